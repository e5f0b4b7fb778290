"""Words of a page: real headings and tables, and nothing published can become markup."""

import html
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from components import cards

HOSTILE = "<script>alert('x')</script> & \"robo\""


def _page(call, kwargs) -> None:
    from components import cards

    getattr(cards, call)(**kwargs)


def body(call: str, **kwargs: Any) -> str:
    page = AppTest.from_function(_page, kwargs={"call": call, "kwargs": kwargs}).run(timeout=120)
    assert not page.exception
    return "".join(element.proto.body for element in page.get("html"))


@pytest.mark.parametrize(
    ("call", "kwargs"),
    [
        ("eyebrow", {"parts": [HOSTILE, HOSTILE]}),
        ("sentence", {"text": HOSTILE}),
        ("lede", {"lines": [HOSTILE]}),
        ("number", {"numeral": HOSTILE, "unit": HOSTILE, "note": HOSTILE}),
        ("method_note", {"lines": [HOSTILE], "command": HOSTILE}),
        (
            "table",
            {
                "frame": pd.DataFrame({"a": [HOSTILE], "b": [HOSTILE]}),
                "columns": {"a": HOSTILE, "b": HOSTILE},
                "caption": HOSTILE,
            },
        ),
    ],
)
def test_published_text_is_shown_as_text(call: str, kwargs: dict[str, Any]) -> None:
    drawn = body(call, **kwargs)
    assert "<script>" not in drawn
    assert html.escape(HOSTILE) in drawn


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_no_word_of_a_status_opens_a_tag(word: str) -> None:
    drawn = cards.state("off", word)
    assert html.unescape(drawn.split("</span>")[1]) == word
    assert drawn.count("<") == 4


def test_the_sentence_is_the_first_heading() -> None:
    assert body("sentence", text="El 5 % del área") == '<h1 class="sentence">El 5 % del área</h1>'


def test_the_first_part_of_the_eyebrow_is_strong_and_a_dot_stands_between() -> None:
    drawn = body("eyebrow", parts=["Robo", "1 ago – 31 oct"])
    assert "<strong>Robo</strong> · 1 ago – 31 oct" in drawn
    assert "stamp" not in drawn


def test_synthetic_data_carry_the_stamp() -> None:
    assert 'class="stamp"' in body("eyebrow", parts=["Robo"], synthetic=True)


def test_a_method_note_without_a_command_has_no_code() -> None:
    assert "<code>" not in body("method_note", lines=["Celda 100 m."])


def test_a_table_has_scoped_headers_a_caption_and_numbers_at_the_right() -> None:
    frame = pd.DataFrame(
        {"zone": ["2", "1"], "n": [3, 4], "share": ["9,8 %", "−1,2 %"], "why": "x"}
    )
    columns = {"zone": "Zona", "n": "n", "share": "Parte", "why": "Por qué"}
    drawn = body("table", frame=frame, columns=columns, caption="Zonas")
    assert "<caption>Zonas</caption>" in drawn
    assert '<th scope="col">Zona</th>' in drawn
    assert '<th scope="row">2</th>' in drawn
    assert '<th scope="col" class="right">Parte</th>' in drawn
    assert '<td class="right">9,8 %</td>' in drawn
    assert "<td>x</td>" in drawn


def test_a_missing_value_prints_nothing_rather_than_zero_or_nan() -> None:
    frame = pd.DataFrame({"a": ["x"], "n": [float("nan")], "t": [None]})
    drawn = body("table", frame=frame, columns={"a": "A", "n": "N", "t": "T"}, caption="c")
    assert "nan" not in drawn.lower() and "None" not in drawn and ">0<" not in drawn


def _block() -> None:
    import streamlit as st

    from components import cards

    with cards.block("when", title="Cuándo <b>", note="Hora × día"):
        st.text("dentro")


def test_a_block_holds_its_title_its_note_and_what_is_drawn_in_it() -> None:
    page = AppTest.from_function(_block).run(timeout=120)
    assert not page.exception
    (head,) = page.get("html")
    assert '<h2 class="block-title">Cuándo &lt;b&gt;</h2>' in head.proto.body
    assert '<p class="note">Hora × día</p>' in head.proto.body
    assert page.text[0].value == "dentro"
