"""Events against people at risk: two densities on one grid, and their ratio.

The dual kernel density of Levine (CrimeStat, ch. 8): both surfaces are smoothed, then divided.
Where nobody lives there is no rate, neither zero nor infinite.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from analytics.errors import FilterError, SourceError
from analytics.events.cubes import moments_of
from analytics.hotspots.density import M2_PER_KM2, binning_cell_m, density_per_km2
from analytics.hotspots.grids import Grid
from analytics.hotspots.kernels import make_kernel
from analytics.hotspots.surface import HotspotSurface
from analytics.settings import City

FloatArray = NDArray[np.float64]
PEOPLE = "population"
PER = 1000.0  # residents
# Fewer residents than this within the kernel's effective area carry no rate.
FEWEST_RESIDENTS = 30


@dataclass(frozen=True, eq=False)
class RateSurface:
    """Events per 1,000 residents and 30 days on the grid of a surface.

    Arrays have the grid's shape, row 0 in the south, NaN outside the study area. ``rate`` is NaN
    where ``unpopulated``: fewer than 30 residents within the kernel's effective area. ``ratio`` is
    the rate divided by the study area's own (its events over its residents): 1 is as everywhere.
    """

    surface: HotspotSurface
    people_per_km2: FloatArray
    rate: FloatArray
    ratio: FloatArray
    unpopulated: NDArray[np.bool_]
    residents: float
    residents_in_area: float
    population_bandwidth_m: float

    @property
    def n_unpopulated(self) -> int:
        """Number of study cells without a rate."""
        return int(np.count_nonzero(self.unpopulated))

    def to_frame(self) -> pd.DataFrame:
        """Return the surface's cells with the columns of the rate, highest rate first.

        Returns
        -------
        pandas.DataFrame
            ``cell_x``, ``cell_y`` (metres), ``n``, ``density_per_km2_30d``, ``people_per_km2``,
            ``rate_per_1000_30d``, ``rate_ratio`` (both missing where nobody lives),
            ``unpopulated``.

        Raises
        ------
        FilterError
            In the surface view, which has no cells.
        """
        cells = self.surface.to_frame()[["cell_x", "cell_y", "n", "density_per_km2_30d"]]
        grid = self.surface.grid
        rows = np.rint(cells["cell_y"] / grid.cell_m).astype(int) - grid.row0
        cols = np.rint(cells["cell_x"] / grid.cell_m).astype(int) - grid.col0
        for name, values in (
            ("people_per_km2", self.people_per_km2),
            ("rate_per_1000_30d", self.rate),
            ("rate_ratio", self.ratio),
            ("unpopulated", self.unpopulated),
        ):
            cells[name] = values[rows, cols]
        order = ["rate_per_1000_30d", "cell_x", "cell_y"]
        return cells.sort_values(order, ascending=[False, True, True], ignore_index=True)


def rate_surface(
    surface: HotspotSurface, city: City, *, population_bandwidth_m: float | None = None
) -> RateSurface:
    """Divide a density of events by the density of residents.

    Parameters
    ----------
    surface : HotspotSurface
        The events; its method gives cell, kernel and bandwidth.
    city : City
        Names the layer of residents: points or polygons with a ``population`` property.
    population_bandwidth_m : float, optional
        For the residents, in metres; that of the events by default. A wider one steadies the
        rate where few people live.

    Returns
    -------
    RateSurface

    Raises
    ------
    FilterError
        ``rates.no_population`` if the settings name no layer; ``filter.bandwidth`` if the
        bandwidth is out of range.
    SourceError
        If the layer cannot be read, has no ``population`` or one that is negative or no number.
    """
    if city.population is None:
        raise FilterError("rates.no_population", key=f"cities.{city.key}.population")
    method, grid = surface.method, surface.grid
    bandwidth_m = population_bandwidth_m or method.bandwidth_m
    kernel = make_kernel(method.kernel, bandwidth_m)
    xy_m, people = residents(city, kernel.finest_needed_m)
    binning_m = binning_cell_m(grid.cell_m, bandwidth_m, method.kernel)[0]
    dense = density_per_km2(
        moments_of(xy_m, binning_m, people), grid, bandwidth_m=bandwidth_m, kernel=method.kernel
    )
    dense = np.where(grid.study, dense, np.nan)
    fewest_per_km2 = FEWEST_RESIDENTS / kernel.effective_area_m2 * M2_PER_KM2
    unpopulated = grid.study & ~(dense >= fewest_per_km2)
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(unpopulated, np.nan, surface.density_per_km2_30d / dense * PER)
    inside = _inside(xy_m, people, grid)
    events_30d = np.nansum(surface.density_per_km2_30d[~unpopulated & grid.study])
    residents_here = np.nansum(dense[~unpopulated & grid.study])
    overall = events_30d / residents_here * PER if residents_here > 0 else np.nan
    return RateSurface(
        surface=surface,
        people_per_km2=dense,
        rate=rate,
        ratio=rate / overall if overall > 0 else np.full_like(rate, np.nan),
        unpopulated=unpopulated,
        residents=float(people.sum()),
        residents_in_area=inside,
        population_bandwidth_m=bandwidth_m,
    )


def residents(city: City, step_m: float) -> tuple[FloatArray, FloatArray]:
    """Return where the residents of a city's layer are, as weighted points.

    A polygon's residents are spread evenly over a lattice of ``step_m`` inside it.

    Parameters
    ----------
    city : City
        With a population layer.
    step_m : float
        Spacing of the lattice in metres.

    Returns
    -------
    xy_m : ndarray of shape (n, 2)
        Metres of the city's CRS.
    people : ndarray of shape (n,)
        Residents at each point; sums to the layer's total.

    Raises
    ------
    SourceError
        As :func:`rate_surface` says.
    """
    assert city.population is not None
    if not city.population.is_file():
        raise SourceError("source.absent", file=city.population.name)
    return _residents(city.population, city.population.stat().st_mtime_ns, city.crs, step_m)


@lru_cache(maxsize=16)
def _residents(
    path: Path, _mtime_ns: int, crs: str, step_m: float
) -> tuple[FloatArray, FloatArray]:
    layer = gpd.read_file(path)
    if PEOPLE not in layer:
        raise SourceError(
            "source.missing_column", key=PEOPLE, file=path.name, column=PEOPLE, found=""
        )
    people = np.asarray(layer[PEOPLE], dtype=float)
    wrong = np.flatnonzero(~(people >= 0))
    if len(wrong):
        raise SourceError("rates.population_value", file=path.name, row=int(wrong[0]) + 1)
    layer = layer.set_crs(4326) if layer.crs is None else layer
    shapes = layer.to_crs(crs).geometry.to_numpy()
    points, weights = [], []
    for shape, n in zip(shapes, people, strict=True):
        spread = _spread(shape, step_m)
        points.append(spread)
        weights.append(np.full(len(spread), n / len(spread)))
    return np.concatenate(points), np.concatenate(weights)


def _spread(shape: shapely.Geometry, step_m: float) -> FloatArray:
    """Points that stand for a shape: itself, or a lattice inside a polygon."""
    if shapely.get_dimensions(shape) == 2:
        west, south, east, north = shape.bounds
        x, y = np.meshgrid(
            np.arange(west + step_m / 2, east, step_m), np.arange(south + step_m / 2, north, step_m)
        )
        inside = shapely.contains_xy(shape, x, y)
        if inside.any():
            return np.column_stack([x[inside], y[inside]])
    centre = shapely.point_on_surface(shape)
    return np.array([[shapely.get_x(centre), shapely.get_y(centre)]])


def _inside(xy_m: FloatArray, people: FloatArray, grid: Grid) -> float:
    """Residents whose point lies in a study cell."""
    col, row = (np.floor(xy_m / grid.cell_m).astype(int) - (grid.col0, grid.row0)).T
    within = (col >= 0) & (col < grid.n_cols) & (row >= 0) & (row < grid.n_rows)
    within[within] = grid.study[row[within], col[within]]
    return float(people[within].sum())
