"""What a pressed button did, said on the page that is drawn after it."""

from collections.abc import Callable
from html import escape

import streamlit as st

from analytics.errors import AnalyticsError
from components import notices
from components import scorecard_words as words
from components.language import _

TOLD, REFUSED = "outcome_told", "outcome_refused"


def attempt(act: Callable[[], object], done: str, **values: object) -> bool:
    """Do it before the page is drawn anew, and keep what happened; return whether it was done.

    ``done`` is the key of what is said where it succeeds, filled with ``values``.
    """
    try:
        act()
    except AnalyticsError as error:
        st.session_state[REFUSED] = words.refusal(error)
        return False
    st.session_state[TOLD] = _(done, **values)
    return True


def say() -> None:
    """Say once what the last button did."""
    told = st.session_state.pop(TOLD, "")
    if told:
        st.html(f'<p class="proof" role="status">{escape(told)}</p>')
    refused = st.session_state.pop(REFUSED, "")
    if refused:
        notices.refusal(refused)
