"""Files leave the page whole, lazily, and harmless to the spreadsheet that opens them."""

import csv
import io
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from components.downloads import csv_bytes, file_name


def rows(frame: pd.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_bytes(frame).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert rows(pd.DataFrame({"a": [text]}))[1] == ["'" + text]


def test_a_heading_that_a_spreadsheet_would_run_gets_an_apostrophe() -> None:
    assert rows(pd.DataFrame({"=cmd": ["x"]}))[0] == ["'=cmd"]


def test_numbers_keep_their_sign_and_missing_values_stay_empty() -> None:
    frame = pd.DataFrame({"z": [-1.5, float("nan")], "n": [-3, 4]})
    assert rows(frame)[1:] == [["-1.5", "-3"], ["", "4"]]


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet=st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1))
def test_other_text_is_written_as_it_is(text: str) -> None:
    (_head, (cell,)) = rows(pd.DataFrame({"a": [text]}))
    assert cell in (text, f"'{text}")
    assert cell.startswith("'") or not re.match(r"\s*[=+\-@]", cell)


def test_accents_are_announced_to_spreadsheets() -> None:
    assert csv_bytes(pd.DataFrame({"a": ["ñ"]})) == b"\xef\xbb\xbfa\r\n\xc3\xb1\r\n"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("Puntos calientes", "São Paulo"), "puntos-calientes-sao-paulo.csv"),
        (("../etc", "pass wd"), "etc-pass-wd.csv"),
        (("日本",), "cabildo.csv"),
    ],
)
def test_file_names_are_plain(parts: tuple[str, ...], expected: str) -> None:
    assert file_name(*parts, extension="csv") == expected


def _page() -> None:
    import streamlit as st

    from components.downloads import Download, row

    def make() -> bytes:
        st.session_state["made"] = True
        return b"x"

    row(
        [
            Download("CSV", make, "zonas.csv", "text/csv"),
            Download("PNG", b"png", "zonas.png", "image/png"),
        ],
        key="zones",
    )


def test_a_file_is_not_made_before_its_link_is_pressed() -> None:
    page = AppTest.from_function(_page).run(timeout=120)
    assert not page.exception
    assert [link.proto.label for link in page.get("download_button")] == ["CSV", "PNG"]
    assert "made" not in page.session_state
