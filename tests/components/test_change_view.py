"""Change in words and colours: only what the test confirms is counted and filled."""

from datetime import date

import numpy as np
import pytest

from analytics.hotspots.change import ChangeMap
from analytics.hotspots.grids import Grid
from components import change_view, language
from components.tokens import LIGHT, rgba

GRID = Grid("EPSG:32718", 100.0, 6500, 63000, 4, 1, np.ones((1, 4), dtype=bool))


def found(q: list[float]) -> ChangeMap:
    before, after = np.array([[10.0, 40, 5, 0]]), np.array([[40.0, 10, 5, 30]])
    with np.errstate(divide="ignore"):
        ratio = after / before
    level = np.array([q])
    period = (date(2026, 1, 1), date(2026, 1, 31))
    return ChangeMap(period, period, GRID, before, after, ratio, level, level)


@pytest.fixture(autouse=True)
def spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "current", lambda: "es")
    monkeypatch.setattr(change_view, "palette", lambda: LIGHT)


def test_cells_that_rose_and_fell_are_counted_and_the_new_one_rose() -> None:
    said = change_view.sentence(found([0.01, 0.02, 0.9, 0.001]))
    assert said.startswith("Celdas que subieron: 2; celdas que bajaron: 1.")


def test_without_a_significant_cell_it_says_that_none_changed() -> None:
    assert change_view.sentence(found([0.2] * 4)).startswith("Ninguna celda cambió")


def test_only_significant_cells_are_filled_the_surest_first() -> None:
    layer = change_view._cells(found([0.01, 0.02, 0.9, 0.001]))
    colours = [row["c"] for row in layer.data]
    rise, fall = rgba(LIGHT.rise, 215), rgba(LIGHT.fall, 215)
    assert colours == [rise, rise, fall]
