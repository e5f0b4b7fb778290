"""The study area as squares: a grid in the city's projected CRS, cut by its boundary."""

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS, Transformer

from analytics.errors import FilterError, ProjectionError, SourceError, TooFewEventsError
from analytics.settings import CELL_RANGE_M, City

FloatArray = NDArray[np.float64]
Extent = tuple[float, float, float, float]  # x_min, y_min, x_max, y_max in metres
MAX_CELLS = 4_000_000
# A city may lie somewhat beyond the zone its CRS was made for; another country's CRS is an error.
CRS_MARGIN_DEGREES = 3.0
LONLAT_DECIMALS = 6  # about 0.1 m


@dataclass(frozen=True, eq=False)
class Grid:
    """Half-open squares of ``cell_m`` metres whose corners lie on multiples of ``cell_m``.

    Parameters
    ----------
    crs : str
        Projected CRS in metres.
    cell_m : float
        Side of a cell.
    col0, row0 : int
        The south-west cell: its corner is ``(col0·cell_m, row0·cell_m)``.
    n_cols, n_rows : int
        Size of the rectangle that holds the study area.
    study : ndarray of bool, shape (n_rows, n_cols)
        The cells of the study area; row 0 in the south.
    """

    crs: str
    cell_m: float
    col0: int
    row0: int
    n_cols: int
    n_rows: int
    study: NDArray[np.bool_]

    @property
    def n_cells(self) -> int:
        """Number of study cells."""
        return int(np.count_nonzero(self.study))

    @property
    def area_km2(self) -> float:
        """Area of the study cells."""
        return self.n_cells * self.cell_m**2 / 1e6

    @property
    def cell_x(self) -> FloatArray:
        """Easting of the west side of each study cell, shape (n_cells,), south row first."""
        return _metres(self.col0 + np.nonzero(self.study)[1], self.cell_m)

    @property
    def cell_y(self) -> FloatArray:
        """Northing of the south side of each study cell, shape (n_cells,), south row first."""
        return _metres(self.row0 + np.nonzero(self.study)[0], self.cell_m)

    @property
    def centres_m(self) -> FloatArray:
        """Centres of the study cells, shape (n_cells, 2), metres of ``crs``, south row first."""
        return np.column_stack([self.cell_x, self.cell_y]) + self.cell_m / 2

    @property
    def column_centres_m(self) -> FloatArray:
        """Eastings of the columns' centres, shape (n_cols,)."""
        return _metres(self.col0 + np.arange(self.n_cols) + 0.5, self.cell_m)

    @property
    def row_centres_m(self) -> FloatArray:
        """Northings of the rows' centres, shape (n_rows,)."""
        return _metres(self.row0 + np.arange(self.n_rows) + 0.5, self.cell_m)

    def cell_polygons_lonlat(self, indices: ArrayLike) -> FloatArray:
        """Return closed rings around cells: their projected corners in degrees.

        Parameters
        ----------
        indices : array-like of int, shape (k,)
            Flat indices ``row·n_cols + col`` into the rectangle.

        Returns
        -------
        ndarray of shape (k, 5, 2)
            Longitude, latitude (EPSG:4326), 6 decimals, counter-clockwise from the south-west
            corner.
        """
        rows, cols = np.divmod(np.asarray(indices, dtype=np.int64), self.n_cols)
        east, north = np.array([0, 1, 1, 0, 0]), np.array([0, 0, 1, 1, 0])
        x = (self.col0 + cols[:, None] + east) * self.cell_m
        y = (self.row0 + rows[:, None] + north) * self.cell_m
        lonlat = _to_lonlat(self.crs).transform(x, y)
        return np.stack(lonlat, axis=-1).round(LONLAT_DECIMALS)


def study_grid(city: City, cell_m: float, extent_m: Extent | None) -> Grid:
    """Lay the grid of a city's study area.

    With a boundary the study area is every cell that shares area with it (touching an edge or a
    corner is not enough); without one it is the bounding box of the located events, snapped
    outward so that every event lies in a half-open cell.

    Parameters
    ----------
    city : City
        Gives CRS (projected, metres) and boundary: a polygon layer in any CRS; one that names
        none is read as EPSG:4326.
    cell_m : float
        Side of a cell in metres.
    extent_m : tuple of float or None
        x_min, y_min, x_max, y_max of the located events in the city's CRS; None if there are
        none. Not used where a boundary is configured.

    Raises
    ------
    FilterError
        If ``cell_m`` is out of range, or the grid would hold more than 4,000,000 cells.
    SourceError
        If the boundary file is absent, unreadable or without polygon; names the file.
    ProjectionError
        If the boundary lies outside the CRS's area of use; names the settings key.
    TooFewEventsError
        If there is neither a boundary nor a located event.
    """
    low, high = CELL_RANGE_M
    if not low <= cell_m <= high:
        raise FilterError("filter.cell", value=cell_m, low=low, high=high)
    if city.boundary is not None:
        try:
            mtime_ns = city.boundary.stat().st_mtime_ns
        except OSError as error:
            raise SourceError("source.absent", file=city.boundary.name) from error
        return _boundary_grid(city.boundary, mtime_ns, city.crs, f"cities.{city.key}.crs", cell_m)
    if extent_m is None:
        raise TooFewEventsError("grid.no_extent", n=0, minimum=1, city=city.name)
    x_min, y_min, x_max, y_max = (math.floor(v / cell_m) for v in extent_m)
    n_cols, n_rows = x_max - x_min + 1, y_max - y_min + 1
    _check_size(n_cols * n_rows, cell_m)
    study = np.ones((n_rows, n_cols), dtype=bool)
    return Grid(city.crs, cell_m, x_min, y_min, n_cols, n_rows, study)


@lru_cache(maxsize=16)
def _boundary_grid(path: Path, mtime_ns: int, crs: str, crs_key: str, cell_m: float) -> Grid:
    area = _read_boundary(path, mtime_ns, crs, crs_key)
    x_min, y_min, x_max, y_max = shapely.bounds(area) / cell_m
    col0, row0 = math.floor(x_min), math.floor(y_min)
    n_cols, n_rows = math.ceil(x_max) - col0, math.ceil(y_max) - row0
    _check_size(n_cols * n_rows, cell_m)
    study = _cells_sharing_area(area, cell_m, col0, row0, max(n_cols, n_rows))[:n_rows, :n_cols]
    study.flags.writeable = False
    return Grid(crs, cell_m, col0, row0, n_cols, n_rows, study)


@lru_cache(maxsize=16)
def _read_boundary(path: Path, _mtime_ns: int, crs: str, crs_key: str) -> shapely.Geometry:
    try:
        layer = gpd.read_file(path)
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise SourceError("source.unreadable_layer", file=path.name) from error
    shapes = layer.geometry.dropna() if isinstance(layer, gpd.GeoDataFrame) else gpd.GeoSeries()
    if shapes.crs is None:
        shapes = shapes.set_crs("EPSG:4326")
    valid = shapely.get_parts(shapely.make_valid(shapes.to_numpy()))
    polygons = valid[shapely.area(valid) > 0]
    if not len(polygons):
        raise SourceError("source.no_polygon", file=path.name)
    layer = gpd.GeoSeries(polygons, crs=shapes.crs)
    _check_inside_crs(layer, crs, crs_key)
    area = shapely.union_all(shapely.make_valid(layer.to_crs(crs).to_numpy()))
    shapely.prepare(area)
    return area


def _check_inside_crs(layer: gpd.GeoSeries, crs: str, crs_key: str) -> None:
    outside = place_outside(layer, crs)
    if outside is not None:
        raise ProjectionError(
            "grid.boundary_outside_crs",
            longitude=outside[0],
            latitude=outside[1],
            crs=crs,
            key=crs_key,
        )


def place_outside(layer: gpd.GeoSeries, crs: str) -> tuple[float, float] | None:
    """Return the middle of a layer that leaves the area of use of ``crs``; None if it does not.

    Longitude and latitude in degrees; infinite or NaN where the layer has no such coordinates.
    """
    use = CRS.from_user_input(crs).area_of_use
    if use is None:
        return None
    west, south, east, north = layer.to_crs("EPSG:4326").total_bounds
    width = (use.east - use.west) % 360 or 360  # a zone may straddle the antimeridian
    middle = use.west + width / 2
    off = max(abs((lon - middle + 180) % 360 - 180) for lon in (west, east)) - width / 2
    off = max(off, use.south - south, north - use.north)
    # Coordinates that are no degrees at all come back as infinity or NaN: refused as well.
    if off <= CRS_MARGIN_DEGREES:
        return None
    return round(float(west + east) / 2, 3), round(float(south + north) / 2, 3)


def _cells_sharing_area(
    area: shapely.Geometry, cell_m: float, col0: int, row0: int, longest: int
) -> NDArray[np.bool_]:
    """Halve blocks of cells until each is wholly in, wholly out, or a cell on the boundary."""
    side = 1 << (longest - 1).bit_length()
    inside, undecided = np.zeros((1, 1), dtype=bool), np.ones((1, 1), dtype=bool)
    while True:
        rows, cols = np.nonzero(undecided)
        x, y = (col0 + cols * side) * cell_m, (row0 + rows * side) * cell_m
        blocks = shapely.box(x, y, x + side * cell_m, y + side * cell_m)
        meets, covered = shapely.intersects(area, blocks), shapely.covers(area, blocks)
        if side == 1:
            inside[rows, cols] = meets & ~shapely.touches(area, blocks)
            return inside
        inside[rows, cols] = covered
        undecided[rows, cols] = meets & ~covered
        inside, undecided = (a.repeat(2, axis=0).repeat(2, axis=1) for a in (inside, undecided))
        side //= 2


def _check_size(n: int, cell_m: float) -> None:
    if n > MAX_CELLS:
        raise FilterError("grid.too_large", n=n, cell_m=cell_m, maximum=MAX_CELLS)


def _metres(cells: ArrayLike, cell_m: float) -> FloatArray:
    return np.asarray(cells, dtype=np.float64) * cell_m


@lru_cache(maxsize=16)
def _to_lonlat(crs: str) -> Transformer:
    return Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
