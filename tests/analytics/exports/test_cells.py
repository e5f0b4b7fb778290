"""Cells of a surface as files: the same numbers in every format, and the proof inside."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from analytics.access import SURFACE_STEPS
from analytics.errors import FilterError
from analytics.events.filters import Filters
from analytics.exports.cells import CELL_FORMATS, cells_csv, cells_geojson, write_cells
from analytics.hotspots.surface import HotspotSurface, Method, hotspot_surface, surface_only
from tests.analytics.events.builders import EventStore, record, store_in

X, Y = 770_000.0, 3_890_000.0


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventStore]:
    store = store_in(tmp_path / "store")
    yield store
    store.db.close()


@pytest.fixture
def surface(events: EventStore) -> Iterator[HotspotSurface]:
    """Sixty events on a spiral 3 km wide, in cells of 250 m."""
    turns = [(X + 25 * i * np.cos(i), Y + 25 * i * np.sin(i)) for i in range(60)]
    engine = events.engine(
        *(record(f"e{i}", "2026-01-15T12:00", xy=xy) for i, xy in enumerate(turns))
    )
    filters = Filters(date(2026, 1, 1), date(2026, 1, 31), ("fraud",), hours=(8, 20))
    yield hotspot_surface(engine, events.city, filters, Method(cell_m=250, bandwidth_m=400))
    engine.close()


@pytest.fixture
def geojson(surface: HotspotSurface) -> dict:
    return json.loads(cells_geojson(surface, surface.to_frame()))


def test_csv_has_one_row_per_study_cell_and_reads_back_the_same(surface: HotspotSurface) -> None:
    from io import BytesIO

    frame = surface.to_frame()
    again = pd.read_csv(BytesIO(cells_csv(frame)))
    pd.testing.assert_frame_equal(again, frame, check_dtype=False, rtol=1e-12)


@pytest.mark.parametrize("suffix", CELL_FORMATS)
def test_every_format_holds_the_same_cells(
    surface: HotspotSurface, tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"cells{suffix}"
    rows = write_cells(surface, out)
    read = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".geojson": gpd.read_file}[suffix]
    again = pd.DataFrame(read(out)).drop(columns="geometry", errors="ignore")
    frame = surface.to_frame()
    assert rows == len(again) == len(frame)
    assert list(again.columns) == list(frame.columns)
    assert again["n"].sum() == 60
    assert again["density_per_km2"].to_numpy() == pytest.approx(frame["density_per_km2"].to_numpy())


def test_geojson_polygons_are_the_cells_in_degrees(surface: HotspotSurface, tmp_path: Path) -> None:
    out = tmp_path / "cells.geojson"
    write_cells(surface, out)
    layer = gpd.read_file(out)
    assert layer.crs.to_epsg() == 4326
    projected = layer.to_crs(surface.grid.crs)
    assert projected.area.to_numpy() == pytest.approx(250.0**2, rel=1e-3)
    corners = projected.bounds[["minx", "miny"]].to_numpy()
    assert corners == pytest.approx(layer[["cell_x", "cell_y"]].to_numpy(), abs=0.1)
    assert layer.geometry.is_valid.all()


def test_geojson_carries_its_own_proof(geojson: dict, surface: HotspotSurface) -> None:
    proof = geojson["cabildo"]
    assert proof["city"] == "memphis"
    assert proof["crs"] == "EPSG:32615"
    assert proof["period"] == ["2026-01-01", "2026-01-31"]
    assert (proof["cell_m"], proof["bandwidth_m"], proof["kernel"]) == (250, 400, "gaussian")
    assert (proof["n"], proof["n_located"], proof["n_in_area"]) == (60, 60, 60)
    assert proof["filters"]["categories"] == ["fraud"]
    assert proof["filters"]["hours"] == [8, 20]
    assert proof["filters"]["date_from"] == "2026-01-01"
    assert proof["binning_cell_m"] == surface.binning_m


def test_geojson_is_standard_json_where_gi_is_unknown(events: EventStore) -> None:
    engine = events.engine(record("one", "2026-01-15T12:00", xy=(X, Y)))
    found = hotspot_surface(engine, events.city, Filters(), Method(250, 400))

    def refuse(constant: str) -> float:
        raise AssertionError(f"{constant} is not JSON")

    read = json.loads(cells_geojson(found, found.to_frame()), parse_constant=refuse)
    assert read["features"][0]["properties"]["gi_z"] is None
    engine.close()


@pytest.mark.parametrize("name", ["cells.xlsx", "cells", "cells.csv.gz"])
def test_another_suffix_is_refused_by_name(
    surface: HotspotSurface, tmp_path: Path, name: str
) -> None:
    with pytest.raises(FilterError) as refusal:
        write_cells(surface, tmp_path / name)
    assert refusal.value.code == "export.format"
    assert refusal.value.details["file"] == name
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("suffix", CELL_FORMATS)
def test_a_folder_that_is_not_there_is_named(
    surface: HotspotSurface, tmp_path: Path, suffix: str
) -> None:
    with pytest.raises(FilterError) as refusal:
        write_cells(surface, tmp_path / "nowhere" / f"cells{suffix}")
    assert refusal.value.code == "export.not_written"
    assert "nowhere" in str(refusal.value.details["file"])


def test_a_surface_without_cells_is_not_written(surface: HotspotSurface, tmp_path: Path) -> None:
    stripped = surface_only(surface, (2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0))
    assert len(np.unique(stripped.density_per_km2)) <= SURFACE_STEPS
    with pytest.raises(FilterError, match=r"view\.no_cells"):
        write_cells(stripped, tmp_path / "cells.csv")
    assert not (tmp_path / "cells.csv").exists()
