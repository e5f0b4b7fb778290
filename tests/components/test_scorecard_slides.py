"""A scorecard's slides say what its page and its report say, and part long lists."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import streamlit as st

from analytics.exports.pptx import report_pptx
from analytics.scorecards.office import read_scorecard
from analytics.scorecards.periods import parse
from analytics.settings import LANGUAGES, City, load_settings
from analytics.store.database import open_database
from components import cards, charts, scorecard_slides, scorecard_view
from components.language import number, speaking
from components.scorecard_reports import scorecard_report
from tests.analytics.exports.test_reports import slides_text
from tests.conftest import Demo
from tests.pages.visitors import served

KEYS = ["opening", "institutional", "political", "territorial", "moved", "decisions", "late"]


@pytest.fixture(scope="module")
def city(demo_store: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    with served(demo_store.home, tmp_path_factory.mktemp("scorecards") / "home"):
        yield load_settings().city("quimera")


@pytest.fixture(scope="module")
def shown(city):
    db = open_database(load_settings())
    return read_scorecard(db, city.key, parse("2026-S1"), date(2026, 10, 31))


@pytest.fixture
def drawn(monkeypatch):
    """Collect what slides draw instead of drawing it."""
    kept = []
    monkeypatch.setattr(st, "html", kept.append)
    monkeypatch.setattr(cards, "table", lambda frame, columns, caption: kept.append(frame))
    monkeypatch.setattr(charts, "show", lambda chart, alt, tall: kept.append(chart.to_dict()))
    return kept


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_is_the_reports(city, shown, drawn, language):
    with speaking(language):
        report = slides_text(report_pptx(scorecard_report(city, shown)))
        story = scorecard_slides.slides(city, shown)
        for slide in story:
            slide.draw()
        scores = [number(d.score, 0) for d in shown.now.dimensions if d.score is not None]
    assert [slide.key for slide in story] == KEYS
    frames = [part for part in drawn if isinstance(part, pd.DataFrame)]
    cells = [str(cell) for frame in frames for cell in frame.to_numpy().ravel()]
    texts = [slide.sentence for slide in story] + cells
    texts += [re.sub(r"<[^>]+>", " ", part) for part in drawn if isinstance(part, str)]
    counted = {len(shown.moved), len(shown.decisions), len(shown.late)}
    counted |= {n - scorecard_slides.ROWS for n in counted}
    known = {*re.findall(r"\d+", report), *map(str, counted)}
    known |= {str(n) for d in shown.now.dimensions for n in (d.needed, d.expected, d.present)}
    known |= {"100"}
    assert {n for text in texts for n in re.findall(r"\d+", text)} <= known
    assert all(score in texts[n] for n, score in enumerate(scores, 1))
    assert story[0].sentence == scorecard_sentence(shown, language)
    assert max(map(len, frames)) <= scorecard_slides.ROWS


def scorecard_sentence(shown, language):
    with speaking(language):
        return scorecard_view.sentence(shown)


def test_charts_are_written_for_the_last_row(city, shown, drawn):
    with speaking("es"):
        for slide in scorecard_slides.slides(city, shown)[1:4]:
            slide.draw()
    assert len(drawn) == 3
    for chart in drawn:
        assert chart["config"]["axis"]["labelFontSize"] == 24
        assert chart["config"]["text"]["fontSize"] == 24
        assert chart["height"] == "container"


def test_lists_without_anything_say_so(city, shown, drawn):
    calm = replace(shown, moved=(), decisions=(), late=())
    with speaking("es"):
        story = scorecard_slides.slides(city, calm)[4:]
        for slide in story:
            slide.draw()
    assert [slide.sentence for slide in story][-1] == "Todos los datos están al día."
    assert drawn == []
