"""A page that cannot answer says why in words, or gives a code; it never shows a traceback."""

import logging
import re

import pytest
from streamlit.testing.v1 import AppTest


def _refused() -> None:
    import streamlit as st

    from analytics.errors import TooFewEventsError
    from components.notices import explain_errors

    with explain_errors():
        raise TooFewEventsError("look.test_code", n="<7>", minimum=30)
    st.text("after")


def _failed() -> None:
    import streamlit as st

    from components.notices import explain_errors

    with explain_errors():
        raise RuntimeError("SELECT secret FROM events")
    st.text("after")


def _switched() -> None:
    import streamlit as st

    from components.notices import explain_errors

    with explain_errors():
        if "again" not in st.session_state:
            st.session_state["again"] = True
            st.rerun()
        st.text("second run")


def _nothing() -> None:
    from components.notices import empty

    empty("Ningún archivo <aún>.")


def _html(page: AppTest) -> str:
    return "".join(element.proto.body for element in page.get("html"))


def test_a_refusal_is_shown_as_an_alert_and_the_run_stops() -> None:
    page = AppTest.from_function(_refused).run(timeout=120)
    assert not page.exception
    assert 'role="alert"' in _html(page)
    assert "<7>" not in _html(page)
    assert len(page.text) == 0


def test_a_failure_shows_a_code_and_the_log_holds_the_traceback_under_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR, logger="components.notices"):
        page = AppTest.from_function(_failed).run(timeout=120)
    assert not page.exception
    shown = _html(page)
    assert "secret" not in shown and "RuntimeError" not in shown
    (record,) = [entry for entry in caplog.records if entry.name == "components.notices"]
    reference = re.search(r"reference ([0-9a-f]{8})", record.getMessage())
    assert reference and reference[1] in shown
    assert record.exc_info and "SELECT secret" in str(record.exc_info[1])
    assert len(page.text) == 0


def test_streamlit_may_rerun_from_inside() -> None:
    page = AppTest.from_function(_switched).run(timeout=120)
    assert not page.exception
    assert page.text[0].value == "second run"


def test_an_empty_state_is_quiet_and_escaped() -> None:
    drawn = _html(AppTest.from_function(_nothing).run(timeout=120))
    assert 'role="status"' in drawn
    assert "Ningún archivo &lt;aún&gt;." in drawn
