"""Gi* in words: classes counted, a refusal with the number needed, cold told apart."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics.errors import TooFewEventsError
from analytics.events.engine import Totals
from analytics.events.filters import Filters
from analytics.hotspots.grids import Grid
from analytics.hotspots.significance import GiStar
from analytics.hotspots.surface import HotspotSurface, Method
from components import language, significance_view


@pytest.fixture(autouse=True)
def speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "current", lambda: "es")


def found(classes: list[int]) -> HotspotSurface:
    shape = (1, len(classes))
    grid = Grid("EPSG:32718", 100.0, 0, 0, shape[1], 1, np.ones(shape, dtype=bool))
    level = np.array([classes], dtype=np.int8)
    zeros = np.zeros(shape)
    return HotspotSurface(
        city="quimera",
        filters=Filters(),
        method=Method(100, 200),
        grid=grid,
        density_per_km2=zeros,
        n=zeros,
        gi=GiStar(zeros, zeros, zeros, level >= 95, level),
        gi_refusal=None,
        totals=Totals(0, 0, 0, 0),
        n_in_area=0,
        top_share=0,
        period=(date(2026, 1, 1), date(2026, 1, 30)),
        binning_m=25,
    )


def test_the_key_counts_the_hot_cells_of_each_class_and_no_cold_one() -> None:
    words = significance_view.key(found([99, 99, 99, 95, 90, 90, 0, -95]), numbered=True)["none"]
    assert words == "celdas por confianza: 3 al 99\u00a0%, 1 al 95\u00a0%, 2 al 90\u00a0%"


def test_a_refusal_names_the_number_needed_in_place_of_an_outline() -> None:
    refused = replace(
        found([0]), gi=None, gi_refusal=TooFewEventsError("gi.too_few", n=12, minimum=30)
    )
    words = significance_view.key(refused, numbered=True)
    assert list(words) == ["none"]
    assert "30" in words["none"] and "12" in words["none"]


def test_the_surface_view_has_no_outline_to_explain() -> None:
    assert significance_view.key(replace(found([99]), gi=None), numbered=True) == {}


def test_a_class_is_worded_and_a_cold_one_is_called_fewer() -> None:
    words = [significance_view.confidence(level).replace("\u00a0", " ") for level in (99, -95, 0)]
    assert words == ["99 %", "95 %, menos", ""]


def test_the_method_tells_hot_from_cold() -> None:
    surface = found([99, 95, 90, -99, 0])
    assert surface.gi is not None
    said = significance_view.method(surface.gi)
    assert "2 celdas superan" in said and "1 quedan por debajo" in said
