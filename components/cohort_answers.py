"""What became of a save on the cohorts page: said once, with both versions where it was stale."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from analytics.errors import AnalyticsError
from components.challenge_words import criterion_name, weights_words
from components.language import _, day, sentence_of
from components.notices import refusal

ANSWER, TURN = "entry_answer", "entry_turn"


def attempt(act: Callable[[], object], done: str) -> None:
    """Save before the page is drawn anew, and keep what happened to be said on it.

    After a save the forms start empty; after a refusal they keep what was typed.
    """
    try:
        act()
    except AnalyticsError as error:
        st.session_state[ANSWER] = ("refused", worded(error))
    else:
        st.session_state[ANSWER] = ("saved", done)
        st.session_state[TURN] = turn() + 1


def turn() -> int:
    """Count the saves of this session; forms that start empty after one are named by it."""
    return int(st.session_state.get(TURN, 0))


def say() -> None:
    """Say what became of the last save."""
    kind, text = st.session_state.pop(ANSWER, ("", ""))
    if kind == "refused":
        refusal(text)
    elif kind == "saved":
        st.toast(text)


def worded(error: AnalyticsError) -> str:
    """Word a refusal; a stale save with what was to be saved and what is stored."""
    if error.code != "store.stale_save":
        return sentence_of(error)
    yours, stored = error.details["yours"], error.details["stored"]
    assert isinstance(yours, dict)
    assert isinstance(stored, dict)
    return _("entry.stale", yours=_values(yours), stored=_values(stored))


def _values(shown: dict[str, object]) -> str:
    if "expected" in shown:  # of a gate its day alone
        return str(shown["actual"] or shown["expected"])
    return ", ".join(
        _value(name, value) for name, value in shown.items() if value not in (None, "")
    )


def _value(name: str, value: object) -> str:
    if name == "criterion":
        return criterion_name(str(value))
    if name == "decision":
        return _(f"challenge.choose_{value}").lower()
    if isinstance(value, dict):
        return weights_words(value)
    if isinstance(value, bool):
        return _("scorecards.yes") if value else _("scorecards.no")
    return day(value) if isinstance(value, date) else str(value)
