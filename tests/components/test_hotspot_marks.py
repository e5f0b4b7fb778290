"""Hotspots on a map have the numbers of the cautions, and no street's name covers the peak."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest
import shapely

from analytics.basemaps.street_names import street_labels
from analytics.events.filters import Filters
from analytics.events.publishing import open_version
from analytics.hotspots.cautions import Cautions, cautions
from analytics.hotspots.grids import Grid
from analytics.hotspots.surface import HotspotSurface, Method, hotspot_surface, surface_only
from analytics.settings import load_settings
from analytics.store.batches import current_version
from analytics.store.database import open_database
from components import hotspot_marks
from components.tokens import LIGHT
from tests.conftest import Demo

AUTUMN = Filters(date_from=date(2026, 8, 1), date_to=date(2026, 10, 31))


@pytest.fixture(scope="module")
def made(demo_store: Demo) -> Iterator[tuple[HotspotSurface, Cautions, HotspotSurface]]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CABILDO_HOME", str(demo_store.home))
        environment.delenv("CABILDO_CONFIG", raising=False)
        settings = load_settings()
        database = open_database(settings)
        version = current_version(database, "quimera")
        assert version is not None
        city, engine = settings.city("quimera"), open_version(settings, version)
        surface = hotspot_surface(engine, city, AUTUMN, Method(100, 200))
        mayor = surface_only(surface, (1, 2, 5, 10, 20, 50, 100))
        yield surface, cautions(engine, AUTUMN, surface), mayor
        engine.close()
        database.close()


def test_each_number_on_the_map_is_the_hotspot_of_that_number_in_the_cautions(made) -> None:
    surface, found, _mayor = made
    marks = hotspot_marks.marks(surface)
    assert [mark.text for mark in marks] == [str(c.number) for c in found.clusters]
    assert len(marks) > 2
    for mark, cluster in zip(marks, found.clusters, strict=True):
        assert int(mark.cells.sum()) == cluster.n_cells
        assert float(surface.n[mark.cells].sum()) == pytest.approx(cluster.n)


def test_a_number_stands_on_the_upper_left_corner_of_its_hotspot(made) -> None:
    surface, _found, _mayor = made
    grid = surface.grid
    for mark in hotspot_marks.marks(surface):
        rows, cols = np.nonzero(mark.cells)
        west = (grid.col0 + cols[rows == rows.max()].min()) * grid.cell_m
        assert mark.spot == (west, (grid.row0 + rows.max() + 1) * grid.cell_m)


def test_the_surface_view_has_no_numbers(made) -> None:
    *_analyst, mayor = made
    assert hotspot_marks.marks(mayor) == []


def test_the_peak_is_the_cells_around_the_highest_density() -> None:
    grid = Grid("EPSG:32718", 100, 10, 20, 4, 3, np.ones((3, 4), dtype=bool))
    density = np.array([[1, 2, 3, 9.5], [1, 8, 10, 3], [1, 7.9, 2, np.nan]])
    shape = hotspot_marks.peak(density, grid)
    assert shape.equals(shapely.box(1100, 2100, 1300, 2200))
    assert hotspot_marks.peak(np.zeros((3, 4)), grid).is_empty


def test_no_street_name_covers_the_peak(made, demo_store: Demo, monkeypatch) -> None:
    surface, *_others = made
    monkeypatch.setenv("CABILDO_HOME", str(demo_store.home))
    city, peak = (
        load_settings().city("quimera"),
        hotspot_marks.peak(surface.density_per_km2_30d, surface.grid),
    )
    aside, usual = street_labels(city, taken=peak), street_labels(city)
    assert aside != usual
    assert {name for name, *_place in aside} <= {name for name, *_place in usual}


def test_the_map_writes_the_numbers_in_ink(made) -> None:
    surface, *_others = made
    marks = hotspot_marks.marks(surface)
    layer = hotspot_marks.layer(marks, surface.grid, LIGHT)
    assert [row["t"] for row in layer.data] == [mark.text for mark in marks]
    assert layer.get_color == [0x1E, 0x21, 0x24, 255]
