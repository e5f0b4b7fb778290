"""How the scorecards write values, periods and figures."""

from datetime import date

import pandas as pd
import pytest

from analytics.scorecards.catalogue import load_catalogue
from analytics.scorecards.periods import parse
from components import scorecard_charts, scorecard_words
from components.tokens import DARK, LIGHT
from tests.analytics.scorecards.builders import reading

SHEETS = load_catalogue().indicators
NB = "\u00a0"


@pytest.mark.parametrize(
    ("identity", "values", "written"),
    [
        ("INS-23", {"value": 1200.0}, "1.200"),
        ("INS-15", {"value": 41.5}, f"41,5{NB}%"),
        ("INS-04", {"value": -40.0}, f"−40{NB}%"),
        ("INS-13", {"low": 1, "medium": 2, "high": 3}, "alto 3 · medio 2 · bajo 1"),
        ("INS-30", {"yes": False}, "No"),
        ("TER-07", {"text": "Presidencia"}, "Presidencia"),
        ("INS-23", {}, ""),
    ],
)
def test_a_value_is_written_by_its_kind(
    identity: str, values: dict[str, object], written: str
) -> None:
    given = reading(identity, "2026-S1", **values)
    assert scorecard_words.reading(SHEETS[identity], given) == written


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("2026", "2026"),
        ("2026-S2", "segundo semestre de 2026"),
        ("2026-Q3", "tercer trimestre de 2026"),
        ("2026-05", f"mayo{NB}de{NB}2026"),
    ],
)
def test_a_period_is_named_and_so_are_its_days(key: str, written: str) -> None:
    period = parse(key)
    assert scorecard_words.period(period) == written
    assert scorecard_words.span(period.first, period.last) == written


def test_days_that_are_no_period_are_written_out() -> None:
    assert "2026" in scorecard_words.span(date(2026, 1, 3), date(2026, 2, 9))


def test_an_interval_is_of_a_survey_only_and_a_pace_of_a_percentage_in_points() -> None:
    survey = reading("INS-02", "2026-S1", value=50.0, sample_size=12)
    assert scorecard_words.interval(SHEETS["INS-02"], survey) == f"25–75{NB}%"
    plain = reading("INS-02", "2026-S1", value=50.0)
    assert scorecard_words.interval(SHEETS["INS-02"], plain) == ""
    assert scorecard_words.pace(SHEETS["INS-02"], 7.55).endswith("puntos")
    assert scorecard_words.pace(SHEETS["INS-23"], 7.0) == "7,0"


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 15.6, [0, 5, 10, 15]), (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1.0]), (-3, 9, [0, 5])],
)
def test_ticks_are_round_and_few(low: float, high: float, ticks: list[float]) -> None:
    found = scorecard_charts.nice_ticks(low, high)
    assert all(low <= tick <= high for tick in found)
    assert len(found) <= 6
    assert found == pytest.approx(ticks)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_a_row_without_a_score_has_words_and_no_dot(palette: object) -> None:
    nan = float("nan")
    rows = [("todo", 60.0, 55.0, 65.0, 50.0), ("parte", nan, nan, nan, nan)]
    frame = pd.DataFrame(rows, columns=["label", "value", "low", "high", "before"])
    chart = scorecard_charts.score_rows(
        frame, palette, number=lambda v: f"{v:g}", absent="sin evaluar"
    ).to_dict()
    shown = [row["shown"] for data in chart["datasets"].values() for row in data]
    assert "◇  sin evaluar" in shown
    assert "0" not in shown
    values = [row.get("value") for data in chart["datasets"].values() for row in data]
    assert 0 not in values
