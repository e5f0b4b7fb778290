"""A file's making tells its steps by name, ends whatever happens, and is watched where pressed."""

import pytest
from streamlit.testing.v1 import AppTest

from components import progress
from components.catalogue import translate
from components.progress import STEPS, Making, followed, tell


def test_steps_are_told_while_the_file_is_made_and_none_after() -> None:
    making, seen = Making(), []

    def make() -> bytes:
        seen.append(making.step)
        for step in STEPS[1:]:
            tell(step)
            seen.append(making.step)
        return b"x"

    assert followed(make, making)() == b"x"
    assert tuple(seen) == STEPS
    assert (making.step, making.ended) == (None, 1)


def test_a_making_that_fails_has_ended_too() -> None:
    making = Making()

    def fail() -> bytes:
        raise RuntimeError("no paper")

    with pytest.raises(RuntimeError):
        followed(fail, making)()
    assert (making.step, making.ended) == (None, 1)


def test_without_a_follower_a_step_is_told_to_nobody() -> None:
    tell("file")
    making = Making()
    followed(lambda: b"", making)()
    tell("file")
    assert making.step is None


def _page() -> None:
    import streamlit as st

    from components import downloads, progress

    making = st.session_state.setdefault("making", progress.Making())
    downloads.row([downloads.Download("PDF", b"x", "a.pdf", "application/pdf", making)], key="one")
    progress.show("other")


def test_the_bar_names_the_step_below_its_own_row_until_the_end() -> None:
    app = AppTest.from_function(_page).run()
    assert not app.get("progress")
    making: Making = app.session_state["making"]
    making.step = "pictures"
    app.session_state[progress.WATCHED] = ("one", making, making.ended, 1e12)
    (bar,) = app.run().get("progress")
    what = translate("es", "progress.pictures")
    assert bar.proto.text == translate("es", "progress.step", i="2", n="3", what=what)
    making.step, making.ended = None, 1
    assert not app.run().get("progress")
    assert progress.WATCHED not in app.session_state
