"""What is drawn lies where it happened: resampling, classes, outlines, in four test cities."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pyproj import Transformer

from analytics.hotspots.grids import Grid
from components.raster import cell_rings, grid_bounds, mercator_raster, outline, palette_png
from components.tokens import DENSITY_ALPHA, LIGHT

CITIES = {
    "quimera": ("EPSG:32718", -73.4, -33.2),
    "memphis": ("EPSG:32615", -90.05, 35.15),
    "mexico": ("EPSG:32614", -99.13, 19.43),
    "sao-paulo": ("EPSG:31983", -46.63, -23.55),
}
FLOORS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)


def grid_around(city: str, *, cell_m: float = 100.0, n: int = 90) -> tuple[Grid, float, float]:
    """A grid with the city's event off its middle, and the event in projected metres."""
    crs, lon, lat = CITIES[city]
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon, lat)
    grid = Grid(
        crs=crs,
        cell_m=cell_m,
        col0=int(x // cell_m) - n // 3,
        row0=int(y // cell_m) - n // 2,
        n_cols=n,
        n_rows=n,
        study=np.ones((n, n), dtype=bool),
    )
    return grid, x, y


def centres(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    return np.meshgrid(
        (grid.col0 + np.arange(grid.n_cols) + 0.5) * grid.cell_m,
        (grid.row0 + np.arange(grid.n_rows) + 0.5) * grid.cell_m,
    )


def bell(grid: Grid, x: float, y: float, sigma_m: float = 300.0) -> np.ndarray:
    cell_x, cell_y = centres(grid)
    return np.exp(-((cell_x - x) ** 2 + (cell_y - y) ** 2) / (2 * sigma_m**2))


def pixel_metres(
    bounds: tuple[float, float, float, float], shape: tuple[int, int], row: float, col: float
) -> tuple[float, float]:
    """Centre of a pixel in EPSG:3857, by the corners alone: what the browser does."""
    to_mercator = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
    west, south = to_mercator.transform(bounds[0], bounds[1])
    east, north = to_mercator.transform(bounds[2], bounds[3])
    height, width = shape
    return (
        west + (col + 0.5) * (east - west) / width,
        north - (row + 0.5) * (north - south) / height,
    )


@pytest.mark.parametrize("city", CITIES)
def test_a_single_event_peaks_within_half_a_cell_of_its_place_on_the_drawn_picture(
    city: str,
) -> None:
    grid, x, y = grid_around(city)
    raster, bounds = mercator_raster(bell(grid, x, y), grid)
    floors = tuple(np.nanmax(raster) * np.array(FLOORS))
    image = Image.open(BytesIO(palette_png(raster, floors, LIGHT.density, DENSITY_ALPHA)))
    classes = np.asarray(image)
    rows, cols = np.nonzero(classes == 7)
    drawn = pixel_metres(bounds, classes.shape, rows.mean(), cols.mean())
    back = Transformer.from_crs("EPSG:3857", grid.crs, always_xy=True).transform(*drawn)
    assert np.hypot(back[0] - x, back[1] - y) <= grid.cell_m / 2


@pytest.mark.parametrize("city", CITIES)
def test_rows_of_pixels_are_parallels_and_equally_high_in_web_mercator(city: str) -> None:
    grid, _x, _y = grid_around(city)
    _cols, northing = centres(grid)
    raster, bounds = mercator_raster(northing, grid, max_px=64)
    to_grid = Transformer.from_crs("EPSG:3857", grid.crs, always_xy=True)
    for row, col in [(8, 8), (8, 55), (32, 32), (55, 8), (55, 55)]:
        _easting, expected = to_grid.transform(*pixel_metres(bounds, raster.shape, row, col))
        assert raster[row, col] == pytest.approx(expected, abs=1.0)


def test_pixels_are_square_in_web_mercator() -> None:
    grid, _x, _y = grid_around("memphis")
    raster, bounds = mercator_raster(np.zeros(grid.study.shape), grid, max_px=200)
    first = pixel_metres(bounds, raster.shape, 0, 0)
    second = pixel_metres(bounds, raster.shape, 1, 1)
    assert second[0] - first[0] == pytest.approx(first[1] - second[1], rel=1e-6)
    assert max(raster.shape) == 200


@settings(max_examples=20, deadline=None)
@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(-100, 100), st.sampled_from(sorted(CITIES)))
def test_a_plane_survives_resampling_exactly(a: float, b: float, c: float, city: str) -> None:
    grid, x, y = grid_around(city, n=24)
    cell_x, cell_y = centres(grid)
    raster, bounds = mercator_raster(a * (cell_x - x) + b * (cell_y - y) + c, grid, max_px=40)
    to_grid = Transformer.from_crs("EPSG:3857", grid.crs, always_xy=True)
    easting, northing = to_grid.transform(*pixel_metres(bounds, raster.shape, 20, 20))
    expected = a * (easting - x) + b * (northing - y) + c
    assert raster[20, 20] == pytest.approx(expected, abs=0.05 + 1e-4 * abs(expected))


def test_cells_outside_the_study_area_are_empty_and_do_not_pull_their_neighbours_down() -> None:
    grid, _x, _y = grid_around("quimera", n=20)
    grid.study[:, :10] = False
    values = np.where(grid.study, 7.0, np.nan)
    raster, _bounds = mercator_raster(values, grid, max_px=100)
    assert np.isnan(raster[50, 20])
    assert raster[50, 80] == pytest.approx(7.0)
    assert np.nanmin(raster) == pytest.approx(7.0)


def test_the_first_row_of_the_picture_is_the_north() -> None:
    grid, _x, _y = grid_around("sao-paulo", n=20)
    values = np.zeros((20, 20))
    values[15:] = 1.0
    raster, _bounds = mercator_raster(values, grid, max_px=60)
    assert raster[5, 30] == pytest.approx(1.0)
    assert raster[55, 30] == pytest.approx(0.0)


def test_classes_begin_at_their_floors_and_nothing_is_drawn_below_the_first() -> None:
    raster = np.array([[np.nan, 0.0, 4.99, 5.0, 9.99, 10.0, 1e9]])
    image = Image.open(BytesIO(palette_png(raster, (5, 10), LIGHT.density[:2], (150, 185))))
    rgba = np.asarray(image.convert("RGBA"))[0]
    assert rgba[:, 3].tolist() == [0, 0, 0, 150, 150, 185, 185]
    assert rgba[3, :3].tolist() == [0xF2, 0xDF, 0xB8]
    assert rgba[5, :3].tolist() == [0xEB, 0xC4, 0x89]


def test_sixteen_steps_are_drawn_and_a_seventeenth_is_refused() -> None:
    raster = np.linspace(0, 17, 200).reshape(10, 20)
    png = palette_png(raster, range(1, 17), ["#123456"] * 16, [200] * 16)
    assert len(np.unique(np.asarray(Image.open(BytesIO(png))))) == 17
    with pytest.raises(ValueError, match="17 classes, at most 16"):
        palette_png(raster, range(1, 18), ["#123456"] * 17, [200] * 17)


def test_a_busy_surface_of_seven_classes_stays_under_25_kilobytes() -> None:
    grid, x, y = grid_around("memphis", n=200)
    rng = np.random.default_rng(7)
    values = sum(bell(grid, x + dx, y + dy, 350) for dx, dy in rng.normal(0, 4000, (150, 2)))
    raster, _bounds = mercator_raster(values, grid)
    floors = tuple(np.nanmax(raster) * np.array((0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8)))
    assert len(palette_png(raster, floors, LIGHT.density, DENSITY_ALPHA)) <= 25_000


def test_neighbouring_cells_share_one_outline_and_holes_have_their_own() -> None:
    grid, _x, _y = grid_around("quimera", n=20)
    chosen = np.zeros((20, 20), dtype=bool)
    chosen[2:5, 2:5] = True
    chosen[3, 3] = False
    chosen[10, 10:13] = True
    rings = sorted(outline(grid, chosen), key=len)
    assert [len(ring) for ring in rings] == [5, 5, 5]  # square, its hole, a bar: closed corners
    for ring in rings:
        assert ring[0] == ring[-1]


def test_an_outline_encloses_exactly_its_cell() -> None:
    grid, _x, _y = grid_around("mexico", n=20)
    chosen = np.zeros((20, 20), dtype=bool)
    chosen[7, 4] = True
    (ring,) = outline(grid, chosen)
    back = Transformer.from_crs("EPSG:4326", grid.crs, always_xy=True)
    x, y = np.array([back.transform(*corner) for corner in ring]).T
    assert x.min() == pytest.approx((grid.col0 + 4) * 100, abs=1.5)
    assert x.max() == pytest.approx((grid.col0 + 5) * 100, abs=1.5)
    assert y.min() == pytest.approx((grid.row0 + 7) * 100, abs=1.5)
    assert y.max() == pytest.approx((grid.row0 + 8) * 100, abs=1.5)


def test_cell_rings_follow_the_flat_index_row_by_row() -> None:
    grid, _x, _y = grid_around("memphis", n=20)
    chosen = np.zeros((20, 20), dtype=bool)
    chosen[3, 5] = True
    (ring,) = cell_rings(grid, np.array([3 * 20 + 5]))
    (around,) = outline(grid, chosen)
    assert {tuple(corner) for corner in ring} == {tuple(corner) for corner in around}


def test_bounds_hold_the_study_area_and_not_the_rest_of_the_grid() -> None:
    grid, _x, _y = grid_around("sao-paulo", n=30)
    grid.study[:] = False
    grid.study[10:12, 10:12] = True
    west, south, east, north = grid_bounds(grid)
    corners = np.array(cell_rings(grid, np.flatnonzero(grid.study.ravel()))).reshape(-1, 2)
    assert west <= corners[:, 0].min() + 1e-5 and east >= corners[:, 0].max() - 1e-5
    assert north - south == pytest.approx(np.ptp(corners[:, 1]), abs=5e-5)
