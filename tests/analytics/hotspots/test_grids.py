"""The study area: which cells belong to it, where they lie, and what is refused."""

import json
import os
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from analytics.errors import FilterError, ProjectionError, SourceError, TooFewEventsError
from analytics.hotspots.grids import Grid, study_grid
from analytics.settings import City

CITY = City("quimera", "Puerto Quimera", "CL", "America/Santiago", "EPSG:32718")
X, Y = 650_000, 6_300_000  # about 73.4° W, 33.4° S
DEGREES = [
    [[-73.40, -33.21], [-73.38, -33.21], [-73.38, -33.19], [-73.40, -33.19], [-73.40, -33.21]]
]


def with_boundary(path: Path, *shapes: shapely.Geometry, crs: str = CITY.crs) -> City:
    gpd.GeoSeries(list(shapes), crs=crs).to_file(path)
    return replace(CITY, boundary=path)


def names(grid: Grid) -> set[tuple[float, float]]:
    return set(zip(grid.cell_x - X, grid.cell_y - Y, strict=True))


@pytest.mark.shared
def test_memphis_robberies_span_4189_cells_of_500_m(memphis_grid: Grid) -> None:
    assert memphis_grid.n_cells == 4189
    assert memphis_grid.area_km2 == 1047.25


def test_without_a_boundary_the_extent_is_snapped_outward_to_multiples_of_the_cell() -> None:
    grid = study_grid(CITY, 100.0, (X + 130, Y - 20, X + 310, Y + 70))
    assert (grid.col0 * 100, grid.row0 * 100) == (X + 100, Y - 100)
    assert names(grid) == {(x, y) for x in (100, 200, 300) for y in (-100, 0)}


def test_an_event_on_the_last_edge_lies_in_the_half_open_cell_that_begins_there() -> None:
    grid = study_grid(CITY, 100.0, (X, Y, X + 200, Y + 100))
    assert names(grid) == {(x, y) for x in (0, 100, 200) for y in (0, 100)}


def test_a_single_event_makes_a_grid_of_one_cell() -> None:
    grid = study_grid(CITY, 100.0, (X + 30, Y + 40, X + 30, Y + 40))
    assert grid.centres_m.tolist() == [[X + 50, Y + 50]]


def test_cells_that_only_touch_the_boundary_are_outside(tmp_path: Path) -> None:
    square = shapely.box(X, Y, X + 200, Y + 200)
    corner = shapely.Polygon([(X + 300, Y + 300), (X + 320, Y + 300), (X + 300, Y + 320)])
    grid = study_grid(with_boundary(tmp_path / "b.gpkg", square, corner), 100.0, None)
    assert names(grid) == {(0, 0), (100, 0), (0, 100), (100, 100), (300, 300)}
    assert grid.study.shape == (4, 4)


def test_a_cell_wholly_inside_a_hole_is_outside(tmp_path: Path) -> None:
    ring = shapely.box(X, Y, X + 500, Y + 500) - shapely.box(X + 150, Y + 150, X + 400, Y + 400)
    grid = study_grid(with_boundary(tmp_path / "b.gpkg", ring), 100.0, None)
    assert grid.n_cells == 25 - 4
    assert not names(grid) & {(200, 200), (300, 200), (200, 300), (300, 300)}


def test_a_crossed_ring_is_repaired_not_refused(tmp_path: Path) -> None:
    bow = shapely.Polygon([(X, Y), (X + 100, Y + 100), (X + 100, Y), (X, Y + 100)])
    grid = study_grid(with_boundary(tmp_path / "b.gpkg", bow), 50.0, None)
    assert grid.n_cells == 4


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=3, max_size=9),
    st.sampled_from([25.0, 50.0, 130.0]),
)
def test_exactly_the_cells_that_share_area_are_found(
    tmp_path_factory: pytest.TempPathFactory, corners: list[tuple[int, int]], cell_m: float
) -> None:
    hull = shapely.MultiPoint([(X + 10 * i, Y + 10 * j) for i, j in corners]).convex_hull
    if hull.area == 0:
        return
    city = with_boundary(tmp_path_factory.mktemp("b") / "b.gpkg", hull)
    grid = study_grid(city, cell_m, None)
    rows, cols = np.mgrid[-1 : grid.n_rows + 1, -1 : grid.n_cols + 1]
    x, y = (grid.col0 + cols) * cell_m, (grid.row0 + rows) * cell_m
    shared = shapely.area(shapely.intersection(hull, shapely.box(x, y, x + cell_m, y + cell_m)))
    assert np.array_equal(np.pad(grid.study, 1), shared > 1e-6)


def test_geojson_without_crs_is_read_as_longitude_and_latitude(tmp_path: Path) -> None:
    path = tmp_path / "boundary.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": DEGREES}))
    grid = study_grid(replace(CITY, boundary=path), 50.0, None)
    to_utm = Transformer.from_crs("EPSG:4326", CITY.crs, always_xy=True)
    x, y = to_utm.transform(-73.39, -33.20)
    assert np.abs(grid.centres_m.mean(axis=0) - (x, y)).max() < 25
    assert grid.area_km2 == pytest.approx(1.865 * 2.218, rel=0.06)  # 0.02° by 0.02° at 33.2° S


def test_a_boundary_in_another_projection_gives_the_same_cells(tmp_path: Path) -> None:
    path = tmp_path / "boundary.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": DEGREES}))
    degrees = study_grid(replace(CITY, boundary=path), 100.0, None)
    layer = gpd.read_file(path).to_crs("EPSG:31978").geometry
    metres = study_grid(with_boundary(tmp_path / "b.gpkg", *layer, crs="EPSG:31978"), 100.0, None)
    assert (metres.col0, metres.row0) == (degrees.col0, degrees.row0)
    assert np.array_equal(metres.study, degrees.study)


def test_a_boundary_file_that_changed_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "b.gpkg"
    before = study_grid(with_boundary(path, shapely.box(X, Y, X + 100, Y + 100)), 100.0, None)
    path.unlink()
    city = with_boundary(path, shapely.box(X, Y, X + 300, Y + 100))
    os.utime(path, ns=(0, 1))
    assert (before.n_cells, study_grid(city, 100.0, None).n_cells) == (1, 3)


def test_an_absent_boundary_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as refused:
        study_grid(replace(CITY, boundary=tmp_path / "limite.geojson"), 100.0, None)
    assert (refused.value.code, refused.value.details["file"]) == (
        "source.absent",
        "limite.geojson",
    )


def test_a_boundary_file_that_is_no_layer_is_named(tmp_path: Path) -> None:
    path = tmp_path / "limite.geojson"
    path.write_text('{"type": "FeatureCollection", "features": [')
    with pytest.raises(SourceError, match=r"source\.unreadable_layer.*limite\.geojson"):
        study_grid(replace(CITY, boundary=path), 100.0, None)


def test_a_boundary_without_a_polygon_is_refused(tmp_path: Path) -> None:
    line = shapely.LineString([(X, Y), (X + 100, Y + 100)])
    with pytest.raises(SourceError, match=r"source\.no_polygon.*b\.gpkg"):
        study_grid(with_boundary(tmp_path / "b.gpkg", line), 100.0, None)


def test_a_boundary_in_another_country_than_the_crs_names_the_settings_key(tmp_path: Path) -> None:
    bogota = shapely.box(-74.2, 4.5, -74.0, 4.8)
    with pytest.raises(ProjectionError) as refused:
        study_grid(with_boundary(tmp_path / "b.gpkg", bogota, crs="EPSG:4326"), 100.0, None)
    details = refused.value.details
    assert refused.value.code == "grid.boundary_outside_crs"
    assert (details["key"], details["crs"]) == ("cities.quimera.crs", "EPSG:32718")
    assert (details["longitude"], details["latitude"]) == (-74.1, 4.65)


def test_metres_where_degrees_are_expected_are_refused(tmp_path: Path) -> None:
    ring = [[[X, Y], [X + 500, Y], [X + 500, Y + 500], [X, Y]]]
    path = tmp_path / "boundary.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": ring}))
    with pytest.raises(ProjectionError):
        study_grid(replace(CITY, boundary=path), 100.0, None)


def test_a_city_somewhat_beyond_its_zone_keeps_its_crs(tmp_path: Path) -> None:
    memphis = replace(CITY, key="memphis", crs="EPSG:32615")  # the zone ends at 90° W
    path = tmp_path / "b.gpkg"
    east = shapely.box(-89.90, 35.10, -89.88, 35.12)
    gpd.GeoSeries([east], crs="EPSG:4326").to_file(path)
    assert study_grid(replace(memphis, boundary=path), 100.0, None).n_cells > 300


@pytest.mark.parametrize("cell_m", [0.0, -100.0, 24.9, 2000.1, float("nan"), float("inf")])
def test_a_cell_outside_25_to_2000_m_is_refused(cell_m: float) -> None:
    with pytest.raises(FilterError, match=r"filter\.cell"):
        study_grid(CITY, cell_m, (X, Y, X + 1000, Y + 1000))


def test_a_stray_event_that_blows_up_the_grid_is_refused_with_the_number_of_cells() -> None:
    with pytest.raises(FilterError) as refused:
        study_grid(CITY, 100.0, (0.0, 0.0, 299_950.0, 199_950.0))
    assert refused.value.code == "grid.too_large"
    assert refused.value.details == {"n": 6_000_000, "cell_m": 100.0, "maximum": 4_000_000}


def test_neither_boundary_nor_located_event_gives_no_grid() -> None:
    with pytest.raises(TooFewEventsError, match=r"grid\.no_extent"):
        study_grid(CITY, 100.0, None)


def test_cell_polygons_are_the_projected_corners_in_degrees() -> None:
    grid = study_grid(CITY, 100.0, (X, Y, X + 250, Y + 150))
    ring = grid.cell_polygons_lonlat([grid.n_cols + 2])[0]
    back = Transformer.from_crs("EPSG:4326", CITY.crs, always_xy=True).transform(*ring.T)
    corners = np.array([(200, 100), (300, 100), (300, 200), (200, 200), (200, 100)])
    assert np.abs(np.column_stack(back) - (X, Y) - corners).max() < 0.1
    assert np.array_equal(ring, ring.round(6))
