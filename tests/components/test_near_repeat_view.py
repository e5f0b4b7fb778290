"""The sentence of the Knox table, in every language."""

import numpy as np
import pytest

from analytics.hotspots.near_repeat import Bands, KnoxTable
from analytics.settings import LANGUAGES
from components import language, near_repeat_view


def table(p: list, observed: list, days: tuple[int, ...] = (0, 7, 14)) -> KnoxTable:
    expected = np.full((3, 2), 10.0)
    return KnoxTable(Bands(time_days=days), 50, np.array(observed), expected, np.array(p))


@pytest.fixture(params=LANGUAGES)
def speaks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(language, "current", lambda: request.param)
    return str(request.param)


def test_the_band_is_said_with_metres_days_times_and_p(speaks: str) -> None:
    found = table([[0.01, 0.4], [0.02, 0.4], [0.5, 0.5]], [[30, 10], [20, 10], [10, 10]])
    said = near_repeat_view.sentence(found)
    assert "200 m" in said and "6 d" in said  # right-open: seven days is up to six later
    assert ("2.5" if speaks == "en" else "2,5") in said
    assert ("0.02" if speaks == "en" else "0,02") in said
    assert "⟦" not in said


def test_a_first_day_alone_and_a_band_away_from_the_place_have_words(speaks: str) -> None:
    found = table([[0.5, 0.5], [0.02, 0.4], [0.5, 0.5]], [[10, 10], [20, 10], [10, 10]], (0, 1, 7))
    said = near_repeat_view.sentence(found)
    day = {"es": "el mismo día", "pt": "no mesmo dia", "en": "on the same day"}
    assert day[speaks] in said and "1" in said and "200 m" in said


def test_nothing_beyond_chance_is_said_to_be_nothing(speaks: str) -> None:
    said = near_repeat_view.sentence(table([[0.5, 0.5]] * 3, [[10, 10]] * 3))
    assert {"es": "Ninguna", "pt": "Nenhuma", "en": "No band"}[speaks] in said
