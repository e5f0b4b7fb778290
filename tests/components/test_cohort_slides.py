"""A cohort's slides say what its report says, part long lists, and hide names in files too."""

import re
from dataclasses import replace

import pandas as pd
import pytest
import streamlit as st

from analytics.exports.pdf import report_pdf
from analytics.exports.pptx import report_pptx
from analytics.programmes.anonymity import anonymised
from analytics.settings import LANGUAGES
from components import cards, charts, cohort_slides, cohort_view
from components.cohort_reports import cohort_report
from components.language import speaking
from tests.analytics.exports.sample_report import pdf_text
from tests.analytics.exports.test_reports import slides_text, squeezed
from tests.components.test_cohort_reports import found

__all__ = ["found"]
TYPE_PX = 24


@pytest.fixture
def drawn(monkeypatch):
    """Collect what slides draw instead of drawing it: texts, frames, charts."""
    kept = []
    monkeypatch.setattr(st, "html", kept.append)
    monkeypatch.setattr(cards, "table", lambda frame, columns, caption: kept.append(frame))
    monkeypatch.setattr(charts, "show", lambda chart, alt, tall: kept.append(chart.to_dict()))
    return kept


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_is_the_reports(found, drawn, language):
    with speaking(language):
        report = slides_text(report_pptx(cohort_report(found, found.cities)))
        story = cohort_slides.slides(found)
        for slide in story:
            slide.draw()
    passed, overdue, gates = found.gates_counted
    states = [city.status.key for city in found.cities]
    own = {passed, overdue, gates, found.finishing_late, *map(states.count, states)}
    known = {*re.findall(r"\d+", report), *map(str, own)}
    told = [slide.sentence for slide in story]
    told += [re.sub(r"<[^>]+>", " ", part) for part in drawn if isinstance(part, str)]
    frames = [part for part in drawn if isinstance(part, pd.DataFrame)]
    told += [str(cell) for frame in frames for cell in frame.to_numpy().ravel()]
    assert {n for text in told for n in re.findall(r"\d+", text)} <= known
    assert squeezed(story[1].sentence) in squeezed(report)
    assert [slide.key for slide in story] == [
        "opening", "calendar", "gates", "attention", "finish",
    ]  # fmt: skip


def test_gates_and_delays_are_counted_by_hand(found):
    gates = [gate for city in found.cities for gate in city.milestones]
    late = [gate for gate in gates if gate.actual is None and gate.baseline.last < found.as_of]
    done = [gate for gate in gates if gate.actual is not None]
    assert found.gates_counted == (len(done), len(late), len(gates))
    assert found.finishing_late == sum(
        city.last.expected.last > city.last.baseline.last for city in found.cities
    )


def test_charts_are_written_in_type_for_the_last_row_and_fill_their_place(found, drawn):
    with speaking("es"):
        for slide in cohort_slides.slides(found)[1:3]:
            slide.draw()
    for chart in drawn:
        config = chart["config"]
        assert config["axis"]["labelFontSize"] >= TYPE_PX
        assert config["text"]["fontSize"] >= TYPE_PX
        assert chart["height"] == chart["width"] == "container"
        marks = [layer["mark"] for layer in chart["layer"]]
        sizes = [mark["fontSize"] for mark in marks if "fontSize" in mark]
        assert sizes
        assert min(sizes) >= TYPE_PX


def test_thirty_cities_go_on_over_three_slides(found):
    many = tuple(replace(found.cities[0], name=f"Ciudad {n}", key=str(n)) for n in range(30))
    with speaking("es"):
        story = cohort_slides.slides(replace(found, cities=many))
    keys = [slide.key for slide in story if slide.key.startswith("calendar")]
    assert keys == ["calendar", "calendar_2", "calendar_3"]
    assert len(story) == 1 + 4 * 3


def test_without_cities_or_trouble_there_is_still_something_to_say(found, drawn):
    calm = tuple(city for city in found.cities if city.status.key == "run")
    with speaking("es"):
        (empty,) = cohort_slides.slides(replace(found, cities=()))
        attention = cohort_slides.slides(replace(found, cities=calm))[3]
        attention.draw()
        empty.draw()
    assert attention.sentence == "Todas las ciudades van a tiempo."
    assert "Ninguna ciudad" in empty.sentence
    assert drawn == []


def test_files_of_hidden_cities_name_none_and_keep_every_number(found):
    names = {city.key: f"Ciudad {chr(65 + n)}" for n, city in enumerate(found.cities[1:])}
    hidden = anonymised(found, names)
    with speaking("es"):
        report = cohort_report(hidden, hidden.cities)
        open_rows = cohort_view.cities_frame(found.cities)
        hidden_rows = cohort_view.cities_frame(hidden.cities)
    for said in (slides_text(report_pptx(report)), pdf_text(report_pdf(report))):
        flat = squeezed(said)
        assert [c.name for c in found.cities[1:] if squeezed(c.name) in flat] == []
        assert squeezed(found.cities[0].name) in flat
    assert "country" not in hidden_rows or found.cities[0].country
    assert sorted(hidden_rows["slip"]) == sorted(open_rows["slip"])


def test_names_in_what_was_written_are_veiled_the_longest_first():
    names = {"Villa Aurora": "Ciudad A", "Villa Aurora Nueva": "Ciudad B"}
    text = "Con Villa Aurora Nueva, como Villa Aurora"
    assert cohort_slides.veiled(names, text) == "Con Ciudad B, como Ciudad A"
    assert cohort_slides.veiled({}, text) == text
