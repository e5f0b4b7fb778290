"""Patrol zones: where a given number of crews meets most of what the map expects of a shift."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.stats import poisson

from analytics.basemaps.street_names import streets_inside
from analytics.errors import FilterError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.grids import Grid
from analytics.hotspots.regions import best_regions, greedy_regions
from analytics.hotspots.surface import HotspotSurface, Method
from analytics.hotspots.temporal import hour_by_weekday
from analytics.settings import CELL_RANGE_M, City

FloatArray = NDArray[np.float64]
Shares = tuple[tuple[str, float], ...]
M2_PER_HA = 1e4
CREWS_RANGE = (1, 40)
MAX_CELLS = 5000  # of all zones together: beyond it the search takes longer than a page may
INTERVAL = 0.90
PEAK_HOURS = 4  # length of the stretch of hours that is named
TOLD = 2  # categories and sources that are named


@dataclass(frozen=True)
class ZoneOrder:
    """How many crews there are and how many hectares each can cover.

    Raises
    ------
    FilterError
        If there are fewer than 1 or more than 40 crews, or less than one cell each.
    """

    crews: int
    hectares: float

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        low, high = CREWS_RANGE
        if not low <= self.crews <= high:
            raise FilterError("zones.crews", value=self.crews, low=low, high=high)
        least = CELL_RANGE_M[0] ** 2 / M2_PER_HA
        if not (math.isfinite(self.hectares) and self.hectares >= least):
            raise FilterError("zones.hectares", value=self.hectares, minimum=least)


@dataclass(frozen=True)
class Reasons:
    """What was recorded inside a zone: ``n`` events and the shares that explain it.

    ``categories`` and ``sources`` hold (key, share of n), largest first. ``hours`` are first and
    last hour of the fullest stretch of four and its share of the timed events; None where the
    filter or the records leave no such stretch. ``detected_share``: found by patrols, not told.
    """

    n: float
    categories: Shares
    hours: tuple[int, int, float] | None
    sources: Shares
    detected_share: float


@dataclass(frozen=True, eq=False)
class Zone:
    """One crew's zone: ``cells`` has the grid's shape; they hang together by their edges (rook).

    ``expected`` incidents in one shift, with the 5th and 95th percentile of a Poisson count;
    ``share`` of all that is expected in the study area.
    """

    number: int
    cells: NDArray[np.bool_]
    expected: float
    low: int
    high: int
    share: float
    area_ha: float
    streets: tuple[str, ...]
    reasons: Reasons


@dataclass(frozen=True, eq=False)
class PatrolPlan:
    """Zones for one shift, heaviest first, and what simpler choices of equal size would hold.

    ``expected`` is what the whole study area expects of one of ``shifts`` shifts in ``period``.
    ``greedy_share`` is held by zones that grow greedily from the heaviest cell, ``cells_share`` by
    as many single cells wherever they lie: no zones can hold more.
    """

    city: str
    filters: Filters
    method: Method
    order: ZoneOrder
    grid: Grid
    period: tuple[date, date]
    shifts: int
    expected: float
    zones: tuple[Zone, ...]
    greedy_share: float
    cells_share: float

    @property
    def share(self) -> float:
        """Share of the expected incidents that the zones hold together."""
        return sum(zone.share for zone in self.zones)

    @property
    def area_ha(self) -> float:
        """Area of all zones."""
        return sum(zone.area_ha for zone in self.zones)

    @property
    def area_share(self) -> float:
        """Share of the study area that the zones cover."""
        return self.area_ha / (100 * self.grid.area_km2)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per zone with the columns of the file."""
        return pd.DataFrame([_row(zone) for zone in self.zones])


def patrol_zones(
    engine: EventEngine, city: City, surface: HotspotSurface, order: ZoneOrder
) -> PatrolPlan:
    """Choose disjoint connected zones that hold most of the incidents expected of a shift.

    The expectation is the surface's: events per cell of the filtered period, divided by the days
    of the period that the filter's weekdays leave. The search is
    :func:`analytics.hotspots.regions.best_regions`, the comparison its greedy start.

    Parameters
    ----------
    engine : EventEngine
        The one that ``surface`` was made from.
    city : City
        Gives the streets, for their names.
    surface : HotspotSurface
        With cells; its filters give the shift's hours and weekdays.
    order : ZoneOrder
        Crews and hectares.

    Raises
    ------
    FilterError
        If the surface has no cells, a zone would hold less than one cell, the zones more than the
        study area or more than 5,000 cells, or no day of the period is one of the weekdays.
    """
    if surface.n is None:
        raise FilterError("view.no_cells")
    grid, cell_ha = surface.grid, surface.grid.cell_m**2 / M2_PER_HA
    size = math.floor(order.hectares / cell_ha + 1e-9)
    _check_size(order, size, grid, cell_ha)
    shifts = shift_days(surface.period, surface.filters)
    weights = surface.density_per_km2 * (grid.cell_m**2 / 1e6) / shifts
    labels = best_regions(weights, order.crews, size)
    total = float(np.nansum(weights))
    held = _told_by_zone(engine, surface, labels)
    return PatrolPlan(
        city=city.key,
        filters=surface.filters,
        method=surface.method,
        order=order,
        grid=grid,
        period=surface.period,
        shifts=shifts,
        expected=total,
        zones=tuple(
            _zone(i, labels == i, weights, total, city, grid, held[i])
            for i in range(1, int(labels.max()) + 1)
        ),
        greedy_share=float(weights[greedy_regions(weights, order.crews, size) > 0].sum()) / total,
        cells_share=float(np.sort(weights[grid.study])[-order.crews * size :].sum()) / total,
    )


def shift_days(period: tuple[date, date], filters: Filters) -> int:
    """Count the days of ``period`` on which the filter's weekdays fall.

    Raises
    ------
    FilterError
        If there is none.
    """
    first, last = period
    days = (first + timedelta(days=i) for i in range((last - first).days + 1))
    n = sum(not filters.weekdays or day.isoweekday() in filters.weekdays for day in days)
    if not n:
        raise FilterError("zones.no_day", first=first, last=last)
    return n


def zone_shape(plan_grid: Grid, cells: NDArray[np.bool_]) -> shapely.Geometry:
    """Return the cells of a zone as one polygon in the grid's CRS."""
    rows, cols = np.nonzero(cells)
    side = plan_grid.cell_m
    x, y = (plan_grid.col0 + cols) * side, (plan_grid.row0 + rows) * side
    return shapely.simplify(shapely.union_all(shapely.box(x, y, x + side, y + side)), 0)


def _check_size(order: ZoneOrder, size: int, grid: Grid, cell_ha: float) -> None:
    if size < 1:
        raise FilterError("zones.hectares", value=order.hectares, minimum=cell_ha)
    if order.crews * size > min(grid.n_cells, MAX_CELLS):
        raise FilterError(
            "zones.too_large",
            asked=order.crews * order.hectares,
            most=min(grid.n_cells, MAX_CELLS) * cell_ha,
        )


def _zone(
    number: int,
    cells: NDArray[np.bool_],
    weights: FloatArray,
    total: float,
    city: City,
    grid: Grid,
    reasons: Reasons,
) -> Zone:
    expected = float(weights[cells].sum())
    low, high = poisson.interval(INTERVAL, expected)
    return Zone(
        number=number,
        cells=cells,
        expected=expected,
        low=int(low),
        high=int(high),
        share=expected / total,
        area_ha=float(cells.sum()) * grid.cell_m**2 / M2_PER_HA,
        streets=streets_inside(city, zone_shape(grid, cells)),
        reasons=reasons,
    )


def _told_by_zone(
    engine: EventEngine, surface: HotspotSurface, labels: NDArray[np.int64]
) -> dict[int, Reasons]:
    """Count what was recorded in each zone by type, hour, source and detection."""
    filters, grid = surface.filters, surface.grid
    by_category, by_hour, by_source = (
        _by_zone(engine, filters, grid, labels, by)
        for by in (("category",), ("hour", "is_timed", "is_on_the_hour"), ("source", "detection"))
    )
    timed = by_hour[by_hour["is_timed"] & by_hour["hour"].notna()]
    if hour_by_weekday(engine, filters).n_midnight:  # 00:00 that nobody noted
        timed = timed[~((timed["hour"] == 0) & timed["is_on_the_hour"].astype(bool))]
    told = {}
    for number in range(1, int(labels.max()) + 1):
        category, hour, source = (
            frame[frame["zone"] == number] for frame in (by_category, timed, by_source)
        )
        n = float(category["n"].sum())
        found = float(source.loc[source["detection"] == "detected", "n"].sum())
        told[number] = Reasons(
            n=n,
            categories=_shares(category, "category", n),
            hours=_peak_hours(hour, filters),
            sources=_shares(source, "source", n),
            detected_share=found / n if n else 0.0,
        )
    return told


def _by_zone(
    engine: EventEngine,
    filters: Filters,
    grid: Grid,
    labels: NDArray[np.int64],
    by: tuple[str, ...],
) -> pd.DataFrame:
    frame: pd.DataFrame = engine.counts(filters, by, cell_m=grid.cell_m).to_pandas()
    row, col = frame["row"] - grid.row0, frame["col"] - grid.col0
    inside = row.between(0, grid.n_rows - 1) & col.between(0, grid.n_cols - 1)
    frame = frame[inside]
    zone = labels[row[inside].astype(int), col[inside].astype(int)]
    return frame.assign(zone=zone)


def _shares(frame: pd.DataFrame, by: str, n: float) -> Shares:
    sums = frame.groupby(by)["n"].sum().sort_values(ascending=False, kind="stable")
    return tuple((str(key), float(value) / n) for key, value in sums.head(TOLD).items())


def _peak_hours(frame: pd.DataFrame, filters: Filters) -> tuple[int, int, float] | None:
    """Find the stretch of four hours, round the clock, that holds most of the timed events."""
    total = float(frame["n"].sum())
    if not total or len(filters.hour_set) <= PEAK_HOURS:
        return None
    counts = frame.groupby("hour")["n"].sum().reindex(range(24), fill_value=0.0).to_numpy()
    sums = np.sum([np.roll(counts, -shift) for shift in range(PEAK_HOURS)], axis=0)
    first = int(np.argmax(sums))
    return first, (first + PEAK_HOURS - 1) % 24, float(sums[first]) / total


def _row(zone: Zone) -> dict[str, object]:
    told = zone.reasons
    category, category_share = told.categories[0] if told.categories else ("", math.nan)
    source, source_share = told.sources[0] if told.sources else ("", math.nan)
    first, last, hours_share = told.hours or ("", "", math.nan)
    return {
        "zone": zone.number,
        "streets": " – ".join(zone.streets),
        "expected": zone.expected,
        "expected_low": zone.low,
        "expected_high": zone.high,
        "share": zone.share,
        "area_ha": zone.area_ha,
        "n": told.n,
        "category": category,
        "category_share": category_share,
        "hours": f"{first}-{last}" if told.hours else "",
        "hours_share": hours_share,
        "source": source,
        "source_share": source_share,
        "detected_share": told.detected_share,
    }
