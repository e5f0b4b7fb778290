"""How far a file is that is made when its link is pressed: its steps by name, told while it runs.

The file is made outside the page's run, so the maker writes down its step and the page, run again
by the press, looks at it until the file is there.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

import streamlit as st

from components.language import _

STEPS = ("numbers", "pictures", "file")
LOOK_EVERY_S = 0.3
PATIENCE_S = 5.0  # for the making to begin
WATCHED = "progress_watched"


@dataclass
class Making:
    """One file's making, written by the thread that makes it: its step, and how often it ended."""

    step: str | None = None
    ended: int = 0


_current: ContextVar[Making | None] = ContextVar("making", default=None)


def followed(make: Callable[[], bytes], making: Making) -> Callable[[], bytes]:
    """Return what makes a file and lets ``making`` follow it, from the first step to the end."""

    def produce() -> bytes:
        making.step = STEPS[0]
        token = _current.set(making)
        try:
            return make()
        finally:
            _current.reset(token)
            making.step = None
            making.ended += 1

    return produce


def tell(step: str) -> None:
    """Say that a step of :data:`STEPS` begins; where nobody follows, nothing happens."""
    making = _current.get()
    if making is not None:
        making.step = step


def watch(row: str, making: Making) -> None:
    """Look at a making below the row of links ``row`` from the next run on."""
    st.session_state[WATCHED] = (row, making, making.ended, time.monotonic())


def show(row: str) -> None:
    """Draw the bar of what was pressed in this row of links, until it is done."""
    if st.session_state.get(WATCHED, ("",))[0] == row:
        _bar()


@st.fragment(run_every=LOOK_EVERY_S)
def _bar() -> None:
    if WATCHED not in st.session_state:
        return
    _row, making, ended, since = st.session_state[WATCHED]
    is_late = making.step is None and time.monotonic() - since > PATIENCE_S
    if making.ended > ended or is_late:
        del st.session_state[WATCHED]
        st.rerun()
    at = STEPS.index(making.step or STEPS[0])
    text = _("progress.step", i=at + 1, n=len(STEPS), what=_(f"progress.{STEPS[at]}"))
    st.progress((at + 0.5) / len(STEPS), text=text)
