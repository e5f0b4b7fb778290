"""From a projected grid to what a web map can draw: resampled raster, palette PNG, outlines.

Geometry of drawing only. A UTM grid placed by a lon/lat box is wrong by up to 1.5 km, so every
pixel of a Web-Mercator raster (EPSG:3857) asks the grid, in the grid's own CRS, for its value.
"""

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from PIL import Image
from pyproj import Transformer

from analytics.access import SURFACE_STEPS
from analytics.hotspots.grids import Grid

FloatArray = NDArray[np.float64]
Bounds = tuple[float, float, float, float]  # west, south, east, north in degrees
EDGE_POINTS = 33  # along each side of the grid, so that a curved side is not cut off


class _Pixels(NamedTuple):
    """Where every pixel of a raster lies in the grid, (height, width) unless said."""

    bounds: Bounds
    corners: NDArray[np.int32]  # (4, height, width) flat indices of the cells around
    weights: NDArray[np.float32]  # (4, height, width) bilinear, sum 1
    nearest: NDArray[np.int32]
    inside: NDArray[np.bool_]


def mercator_raster(
    values: FloatArray, grid: Grid, *, clip: shapely.Geometry | None = None, max_px: int = 768
) -> tuple[FloatArray, Bounds]:
    """Resample cell values to a north-up raster in Web Mercator.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_cols)
        Values at cell centres, row 0 in the south; NaN = unknown, left out of the interpolation.
    grid : Grid
        Cells of ``cell_m`` metres in a projected CRS, and the study area.
    clip : shapely.Geometry, optional
        Boundary in the grid's CRS: nothing is drawn outside of it. Without it, outside the study
        cells.
    max_px : int
        Length of the raster's longer side in pixels.

    Returns
    -------
    raster : ndarray of shape (height, width)
        Row 0 in the north; bilinear between cell centres, NaN outside the study area.
    bounds : tuple of float
        West, south, east, north of the outer pixel edges in degrees (EPSG:4326).
    """
    pixels = _pixels(
        (grid.crs, float(grid.cell_m), grid.col0, grid.row0, grid.n_cols, grid.n_rows),
        clip,
        max_px,
    )
    flat = np.asarray(values, dtype=np.float32).ravel()
    known = np.isfinite(flat)
    raster = _weighted(np.where(known, flat, np.float32(0)), pixels)
    if not known.all():
        share = _weighted(known.astype(np.float32), pixels)
        with np.errstate(invalid="ignore", divide="ignore"):
            raster = raster / share
    shown = pixels.inside & grid.study.ravel()[pixels.nearest]
    return np.where(shown, raster, np.nan).astype(float), pixels.bounds


def palette_png(
    raster: FloatArray, floors: Sequence[float], colours: Sequence[str], alphas: Sequence[int]
) -> bytes:
    """Draw a raster in classes as a palette PNG with one alpha per class.

    Parameters
    ----------
    raster : ndarray of shape (height, width)
        Row 0 in the north; NaN and values below the first floor are transparent.
    floors : sequence of float
        Lower bounds of the classes, rising, at most 16: the limit of the surface view.
    colours, alphas : sequence
        ``#RRGGBB`` and 0–255 for each class.

    Raises
    ------
    ValueError
        If there are more than 16 classes.
    """
    if len(floors) > SURFACE_STEPS:
        raise ValueError(f"{len(floors)} classes, at most {SURFACE_STEPS}")
    classes = np.searchsorted(np.asarray(floors), raster, side="right")
    classes[~np.isfinite(raster)] = 0
    image = Image.fromarray(classes.astype(np.uint8), mode="P")
    # The transparent entry takes class 1's colour: texture filtering would bleed black otherwise.
    image.putpalette(b"".join(bytes.fromhex(colour[1:]) for colour in (colours[0], *colours)))
    file = BytesIO()
    bits = 4 if len(floors) < 16 else 8
    image.save(file, "PNG", transparency=bytes((0, *alphas)), bits=bits)
    return file.getvalue()


def outline(grid: Grid, chosen: NDArray[np.bool_]) -> list[list[list[float]]]:
    """Merge chosen cells and return the rings around them in lon/lat, 5 decimals (about 1 m).

    Parameters
    ----------
    grid : Grid
        Gives CRS and cell size.
    chosen : ndarray of shape (n_rows, n_cols)
        True for the cells to enclose; holes become rings of their own.
    """
    rows, cols = np.nonzero(chosen)
    x, y = (grid.col0 + cols) * grid.cell_m, (grid.row0 + rows) * grid.cell_m
    merged = shapely.union_all(shapely.box(x, y, x + grid.cell_m, y + grid.cell_m))
    return rings_lonlat(shapely.simplify(merged, 0), grid.crs)


def rings_lonlat(shape: shapely.Geometry, crs: str, decimals: int = 5) -> list[list[list[float]]]:
    """Return the rings of polygons given in ``crs`` in lon/lat; 5 decimals are about 1 m."""
    rings = [shapely.get_coordinates(ring) for ring in shapely.get_rings(shapely.get_parts(shape))]
    return [_lonlat(crs, ring, decimals) for ring in rings]


def cell_rings(grid: Grid, cells: NDArray[np.int64]) -> list[list[list[float]]]:
    """Return the four corners in lon/lat of each cell, by flat index ``row·n_cols + col``."""
    rows, cols = np.divmod(np.asarray(cells), grid.n_cols)
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    x = (grid.col0 + cols[:, None] + corners[:, 0]) * grid.cell_m
    y = (grid.row0 + rows[:, None] + corners[:, 1]) * grid.cell_m
    points = _lonlat(grid.crs, np.column_stack([x.ravel(), y.ravel()]))
    return [points[i : i + 4] for i in range(0, len(points), 4)]


def grid_bounds(grid: Grid) -> Bounds:
    """Return west, south, east, north in degrees of the study area's cells."""
    rows, cols = np.nonzero(grid.study)
    x = (grid.col0 + np.array([cols.min(), cols.max() + 1])) * grid.cell_m
    y = (grid.row0 + np.array([rows.min(), rows.max() + 1])) * grid.cell_m
    to_lonlat = _transformer(grid.crs, "EPSG:4326")
    bounds = to_lonlat.transform_bounds(x[0], y[0], x[1], y[1], densify_pts=EDGE_POINTS)
    return (bounds[0], bounds[1], bounds[2], bounds[3])


def _lonlat(crs: str, points: NDArray[np.float64], decimals: int = 5) -> list[list[float]]:
    lon, lat = _transformer(crs, "EPSG:4326").transform(points[:, 0], points[:, 1])
    pairs: list[list[float]] = np.column_stack([lon, lat]).round(decimals).tolist()
    return pairs


def _weighted(flat: NDArray[np.float32], pixels: _Pixels) -> NDArray[np.float32]:
    total: NDArray[np.float32] = flat[pixels.corners[0]] * pixels.weights[0]
    for corner, weight in zip(pixels.corners[1:], pixels.weights[1:], strict=True):
        total += flat[corner] * weight
    return total


@lru_cache(maxsize=16)
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)


@lru_cache(maxsize=8)
def _pixels(
    cells: tuple[str, float, int, int, int, int], clip: shapely.Geometry | None, max_px: int
) -> _Pixels:
    """Locate every pixel in the grid once, so that a redraw is four look-ups per pixel."""
    crs, cell_m, col0, row0, n_cols, n_rows = cells
    west, south, east, north = _transformer(crs, "EPSG:3857").transform_bounds(
        col0 * cell_m,
        row0 * cell_m,
        (col0 + n_cols) * cell_m,
        (row0 + n_rows) * cell_m,
        densify_pts=EDGE_POINTS,
    )
    step = max(east - west, north - south) / max_px
    width, height = (max(1, int(np.ceil(d / step - 1e-9))) for d in (east - west, north - south))
    x = west + step * (np.arange(width) + 0.5)
    y = north - step * (np.arange(height) + 0.5)
    bounds = _transformer("EPSG:3857", "EPSG:4326").transform_bounds(
        west, north - step * height, west + step * width, north
    )
    x_m, y_m = _transformer("EPSG:3857", crs).transform(*np.meshgrid(x, y))
    column, row = x_m / cell_m - col0, y_m / cell_m - row0
    inside = (column >= 0) & (column < n_cols) & (row >= 0) & (row < n_rows)
    if clip is not None:
        shapely.prepare(clip)
        inside &= shapely.contains_xy(clip, x_m, y_m)
    nearest = np.clip(row.astype(int), 0, n_rows - 1) * n_cols
    nearest += np.clip(column.astype(int), 0, n_cols - 1)
    corners, weights = _bilinear(column - 0.5, row - 0.5, n_cols, n_rows)
    return _Pixels(
        (bounds[0], bounds[1], bounds[2], bounds[3]),
        corners,
        weights,
        nearest.astype(np.int32),
        inside,
    )


def _bilinear(
    column: FloatArray, row: FloatArray, n_cols: int, n_rows: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Give the four cells around a place between cell centres; beyond the last centre it holds."""
    column, row = np.clip(column, 0, n_cols - 1), np.clip(row, 0, n_rows - 1)
    west, south = np.floor(column).astype(np.int32), np.floor(row).astype(np.int32)
    east, north = np.minimum(west + 1, n_cols - 1), np.minimum(south + 1, n_rows - 1)
    a, b = column - west, row - south
    corners = np.stack([r * n_cols + c for r in (south, north) for c in (west, east)])
    weights = np.stack([v * u for v in (1 - b, b) for u in (1 - a, a)])
    return corners.astype(np.int32), weights.astype(np.float32)
