"""What a page says when it cannot answer: a refusal, a reference code, an empty state."""

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st

from analytics.errors import AnalyticsError
from components.language import _, sentence_of
from components.tokens import MARKS

logger = logging.getLogger(__name__)


@contextmanager
def explain_errors() -> Iterator[None]:
    """Turn refusals and failures of a page into words; used once per page, around all of it.

    A refusal (:class:`AnalyticsError`) is explained by its sentence. Anything else is logged with
    its traceback under a reference code, and the page shows the code alone. The run then stops.
    """
    try:
        yield
    except AnalyticsError as error:
        refusal(sentence_of(error))
        st.stop()
    except Exception:
        reference = secrets.token_hex(4)
        logger.exception("page failed, reference %s", reference)
        refusal(_("look.failure", reference=reference))
        st.stop()


def refusal(text: str) -> None:
    """Show why something could not be done; ``text`` is translated and is escaped here."""
    _notice(text, "off", "alert")


def empty(text: str) -> None:
    """Say that there is nothing to show and why; ``text`` is translated and is escaped here."""
    _notice(text, "none", "status")


def warning(text: str) -> None:
    """Warn of how a result may mislead; ``text`` is translated and is escaped here."""
    _notice(text, "risk", "note")


def _notice(text: str, state: str, role: str) -> None:
    st.html(
        f'<div class="notice" role="{role}"><span class="mark" aria-hidden="true" '
        f'style="color:var(--c-{state})">{MARKS[state]}</span><p>{escape(text)}</p></div>'
    )
