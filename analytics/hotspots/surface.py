"""One hotspot map as values: counts, density, significance and the proof of how they were made."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.access import SURFACE_MIN_BANDWIDTH_M, SURFACE_MIN_EVENTS, SURFACE_STEPS
from analytics.errors import FilterError, TooFewEventsError
from analytics.events.cubes import cell_counts
from analytics.events.engine import EventEngine, Totals
from analytics.events.filters import Filters
from analytics.hotspots.concentration import top_share
from analytics.hotspots.density import (
    binning_cell_m,
    density_per_km2,
    exact_density_per_km2,
    exact_is_instant,
)
from analytics.hotspots.grids import Grid, study_grid
from analytics.hotspots.scales import fitted_classes, nice_floors
from analytics.hotspots.significance import GiStar, gi_star
from analytics.settings import CELL_RANGE_M, City

FloatArray = NDArray[np.float64]
HEADLINE_SHARE = 0.05  # the share of the area that the page's first sentence speaks of
DAYS_PER_MONTH = 30.0
METHODS = ("binned", "exact")
FINE_CELLS = 4  # of the surface view in the side of a city's cell


@dataclass(frozen=True)
class Method:
    """How a density is made: lengths in metres.

    ``kernel`` is ``gaussian`` (the bandwidth is σ) or ``quartic`` (the bandwidth is its radius);
    ``method`` is ``binned`` (from the cube) or ``exact`` (from the events).
    """

    cell_m: float
    bandwidth_m: float
    kernel: str = "gaussian"
    method: str = "binned"


@dataclass(frozen=True, eq=False)
class HotspotSurface:
    """The result of one filter and one method for one city.

    Arrays have the grid's shape ``(n_rows, n_cols)``, row 0 in the south, NaN outside the study
    area. ``n`` and ``gi`` are None in the surface view (``stepped`` is then True).
    """

    city: str
    filters: Filters
    method: Method
    grid: Grid
    density_per_km2: FloatArray
    n: FloatArray | None
    gi: GiStar | None
    gi_refusal: TooFewEventsError | None
    totals: Totals
    n_in_area: float
    top_share: float
    period: tuple[date, date]
    binning_m: float
    stepped: bool = False

    @property
    def days(self) -> int:
        """Length of the period in days, both ends included."""
        return (self.period[1] - self.period[0]).days + 1

    @property
    def density_per_km2_30d(self) -> FloatArray:
        """Density per km² and 30 days, shape of the grid."""
        return self.density_per_km2 * (DAYS_PER_MONTH / self.days)

    def to_frame(self) -> pd.DataFrame:
        """Return the study cells, densest first, with the columns of design §8.

        Raises
        ------
        FilterError
            In the surface view, which has no cells.
        """
        if self.n is None:
            raise FilterError("view.no_cells")
        study = self.grid.study
        rows, cols = np.nonzero(study)
        frame = pd.DataFrame(
            {
                "cell_x": (self.grid.col0 + cols) * self.grid.cell_m,
                "cell_y": (self.grid.row0 + rows) * self.grid.cell_m,
                "n": whole_if_whole(self.n[study]),
                "density_per_km2": self.density_per_km2[study],
                "density_per_km2_30d": self.density_per_km2_30d[study],
            }
        )
        for column, field in (("gi_z", "z"), ("gi_p", "p"), ("gi_q", "q")):
            frame[column] = getattr(self.gi, field)[study] if self.gi else np.nan
        frame["significant"] = self.gi.significant[study] if self.gi else False
        frame["gi_class"] = self.gi.gi_class[study].astype(int) if self.gi else 0
        order = ["density_per_km2", "cell_x", "cell_y"]
        return frame.sort_values(order, ascending=[False, True, True], ignore_index=True)


def hotspot_surface(
    engine: EventEngine,
    city: City,
    filters: Filters,
    method: Method,
    *,
    shareable_only: bool = False,
) -> HotspotSurface:
    """Run the line from the published events to density and significance.

    Parameters
    ----------
    engine : EventEngine
        Opened on the city's published version.
    city : City
        Gives CRS (projected, metres) and boundary.
    filters : Filters
        The selection.
    method : Method
        Cell and bandwidth in metres, kernel, binned or exact.
    shareable_only : bool
        Use only groups (month × category × source) of at least five located events, so that no
        two selections differ by fewer: the surface view.

    Returns
    -------
    HotspotSurface
        Counts and densities of every study cell, with totals that reconcile:
        ``totals.n = n_in_area + located outside the area + not located``.

    Raises
    ------
    FilterError
        If the method's lengths or kernel are not possible.
    TooFewEventsError
        If the selection holds no event at all, or the city no located one.
    """
    if method.method not in METHODS:
        raise FilterError("filter.method", value=method.method, known=", ".join(METHODS))
    binning_m, factor = binning_cell_m(method.cell_m, method.bandwidth_m, method.kernel)
    totals = engine.totals(filters, shareable_only=shareable_only)
    if totals.n == 0:
        raise TooFewEventsError("filter.no_events", n=0, minimum=1)
    grid = study_grid(city, method.cell_m, engine.extent(shareable_only=shareable_only))
    moments = engine.moments(filters, cell_m=binning_m, shareable_only=shareable_only)
    counts = cell_counts(moments, factor, grid)
    if method.method == "exact":
        density = _exact(engine, filters, method, grid)
    else:
        density = density_per_km2(
            moments, grid, bandwidth_m=method.bandwidth_m, kernel=method.kernel
        )
    density = np.where(grid.study, density, np.nan)
    gi, refusal = _significance(counts, grid)
    return HotspotSurface(
        city=city.key,
        filters=filters,
        method=method,
        grid=grid,
        density_per_km2=density,
        n=np.where(grid.study, counts, np.nan),
        gi=gi,
        gi_refusal=refusal,
        totals=totals,
        n_in_area=float(counts[grid.study].sum()),
        top_share=top_share(density, counts, grid.study, HEADLINE_SHARE),
        period=_period(engine, filters, shareable_only),
        binning_m=binning_m,
    )


def fixed_classes(engine: EventEngine, city: City) -> tuple[float, ...]:
    """Return the class floors of the city's fixed colour scale, events per km² and 30 days.

    The settings' floors; without them, seven 1–2–5 floors below the peak of all that can be shared
    of the published version, with the city's default cell and bandwidth.

    Raises
    ------
    TooFewEventsError
        If nothing is located.
    """
    if city.density_classes is not None:
        return city.density_classes
    default = Method(cell_m=city.cell_m, bandwidth_m=city.bandwidth_m)
    whole = hotspot_surface(engine, city, Filters(), default, shareable_only=True)
    return fitted_classes(whole.density_per_km2_30d)


def check_surface_view(filters: Filters, method: Method, categories: frozenset[str]) -> None:
    """Refuse what the surface view may not ask (design §6).

    Raises
    ------
    FilterError
        If the bandwidth is under 300 m, the dates are not whole months, hours, weekdays or single
        records are asked for, or a category is not one of ``categories`` (taxonomy keys).
    """
    if method.bandwidth_m < SURFACE_MIN_BANDWIDTH_M:
        raise FilterError("view.bandwidth", value=method.bandwidth_m, low=SURFACE_MIN_BANDWIDTH_M)
    if filters.selects_time_of_week:
        raise FilterError("view.no_hours")
    if not (_starts_month(filters.date_from) and _ends_month(filters.date_to)):
        raise FilterError("view.whole_months")
    unknown = set(filters.categories) - categories
    if filters.records or unknown or method.method != "binned":
        raise FilterError("view.no_detail")


def surface_method(city: City, bandwidth_m: float) -> Method:
    """Return the surface view's method: fine cells, so that few steps still draw smooth edges."""
    return Method(cell_m=max(CELL_RANGE_M[0], city.cell_m / FINE_CELLS), bandwidth_m=bandwidth_m)


def surface_only(surface: HotspotSurface, classes: tuple[float, ...]) -> HotspotSurface:
    """Strip a result to what the surface view may see.

    Cell counts and significance are removed, densities fall to the floor of one of at most 16
    steps, the share is rounded to whole percent.

    Parameters
    ----------
    surface : HotspotSurface
        Made of shareable events only.
    classes : tuple of float
        The city's class floors, events per km² and 30 days: steps of the surface, with 1–2–5
        floors below the peak in the places left.

    Raises
    ------
    TooFewEventsError
        If the selection holds fewer than 30 located events.
    """
    if surface.totals.n_located < SURFACE_MIN_EVENTS:
        raise TooFewEventsError(
            "filter.too_few_for_surface", n=surface.totals.n_located, minimum=SURFACE_MIN_EVENTS
        )
    density = surface.density_per_km2_30d
    ladder = nice_floors(float(np.nanmax(density)), SURFACE_STEPS - 1)
    floors = set(classes)
    for floor in reversed(ladder):
        if len(floors) < SURFACE_STEPS - 1:
            floors.add(floor)
    # Below the lowest floor is a step as well: a value tells no more than which step it is in.
    steps = np.array([0.0, *sorted(floors)])
    stepped = steps[np.searchsorted(steps, np.nan_to_num(density), side="right") - 1]
    # A hair above the floor, so that the way back to 30 days does not round below it.
    per_period = surface.days / DAYS_PER_MONTH * (1 + 1e-5)
    return replace(
        surface,
        density_per_km2=np.where(surface.grid.study, stepped, np.nan) * per_period,
        n=None,
        gi=None,
        gi_refusal=None,
        top_share=round(surface.top_share, 2),
        stepped=True,
    )


def _exact(engine: EventEngine, filters: Filters, method: Method, grid: Grid) -> FloatArray:
    points = engine.weighted_points(filters)
    if not exact_is_instant(len(points[1]), int(grid.study.sum())):
        raise FilterError("filter.exact_too_large", n=len(points[1]), cells=int(grid.study.sum()))
    xy_m, weights = points
    return exact_density_per_km2(
        xy_m, weights, grid, bandwidth_m=method.bandwidth_m, kernel=method.kernel
    )


def _significance(counts: FloatArray, grid: Grid) -> tuple[GiStar | None, TooFewEventsError | None]:
    try:
        return gi_star(counts, grid.study), None
    except TooFewEventsError as refusal:
        return None, refusal


def _period(engine: EventEngine, filters: Filters, shareable_only: bool) -> tuple[date, date]:
    first, last = engine.period(shareable_only=shareable_only)
    return filters.date_from or first, filters.date_to or last


def _starts_month(day: date | None) -> bool:
    return day is None or day.day == 1


def _ends_month(day: date | None) -> bool:
    return day is None or (day + pd.Timedelta(days=1)).day == 1


def whole_if_whole(values: FloatArray) -> NDArray[np.int64] | FloatArray:
    """Return whole counts as integers; a span cut by the filter leaves parts."""
    rounded = np.rint(values)
    return rounded.astype(np.int64) if np.allclose(values, rounded, atol=1e-9) else values
