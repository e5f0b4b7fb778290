"""Counts and rates by area: how many, per 1,000 residents with an exact interval, per km².

The interval is the exact Poisson one by chi-square quantiles (Garwood 1936); residents are taken
as known. Where nobody lives there is no rate, neither zero nor infinite.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from analytics.errors import TooFewEventsError
from analytics.events.engine import EventEngine, Totals
from analytics.events.filters import Filters
from analytics.hotspots.area_layer import NOWHERE, Areas, read_areas
from analytics.hotspots.rates import FEWEST_RESIDENTS, PER, residents
from analytics.hotspots.surface import whole_if_whole
from analytics.settings import City

FloatArray = NDArray[np.float64]
LEVEL = 0.95
# Below this a rate's relative standard error exceeds 22 %; below FEWEST_RESIDENTS a single event
# makes a rate of dozens per thousand. Both are shown, and marked.
FEWEST_EVENTS = 20
STEP_M = 25.0  # residents of polygons are spread over a lattice this fine
MEASURES = ("n", "rate_per_1000", "per_km2")


@dataclass(frozen=True, eq=False)
class AreaCounts:
    """A selection counted by area.

    ``frame`` has a row per area in the order of the file: ``area`` (number from 1), ``name``,
    ``n``, ``share`` (of the events inside areas), ``residents``, ``area_km2``, ``per_km2``,
    ``rate_per_1000``, ``rate_low``, ``rate_high`` (95 %; over the whole period; missing where
    nobody lives, and everywhere without a population layer) and ``small_number``.

    ``totals.n = n_in_areas + n_outside + not located``; ``n_in_several`` lie in more than one area
    or on a shared border and are counted in the first. ``residents_outside`` live in none; None
    without a population layer.
    """

    city: str
    filters: Filters
    period: tuple[date, date]
    areas: Areas
    frame: pd.DataFrame
    totals: Totals
    n_in_areas: float
    n_in_several: float
    residents_outside: float | None

    @property
    def n_outside(self) -> float:
        """Located events in no area."""
        return self.totals.n_located - self.n_in_areas

    @property
    def measures(self) -> tuple[str, ...]:
        """Columns that can be drawn: counts, per km², and rates where residents are known."""
        return tuple(name for name in MEASURES if self.frame[name].notna().any())


def area_counts(engine: EventEngine, city: City, filters: Filters) -> AreaCounts:
    """Count a selection by area of the city's ``areas`` layer.

    Parameters
    ----------
    engine : EventEngine
        Opened on the city's published version.
    city : City
        Gives CRS (projected, metres), areas and, if configured, residents.
    filters : Filters
        The selection; a span counts as its share inside.

    Returns
    -------
    AreaCounts

    Raises
    ------
    FilterError
        If the settings name no areas.
    SettingsError, SourceError, ProjectionError
        If a layer cannot be used: see :func:`read_areas`, :func:`residents`.
    TooFewEventsError
        If the selection holds no event.
    """
    areas = read_areas(city)
    totals = engine.totals(filters)
    if totals.n == 0:
        raise TooFewEventsError("filter.no_events", n=0, minimum=1)
    places = engine.counts(filters, (), by_place=True)
    xy_m = np.column_stack([places["x_m"].to_numpy(), places["y_m"].to_numpy()])
    weights = places["n"].to_numpy()
    index, several = areas.locate(xy_m)
    n = summed(index, weights, len(areas.shapes))
    people, outside = people_by_area(city, areas)
    first, last = engine.period()
    return AreaCounts(
        city=city.key,
        filters=filters,
        period=(filters.date_from or first, filters.date_to or last),
        areas=areas,
        frame=_frame(areas, n, people),
        totals=totals,
        n_in_areas=float(n.sum()),
        n_in_several=float(weights[several].sum()),
        residents_outside=outside,
    )


def people_by_area(city: City, areas: Areas) -> tuple[FloatArray, float | None]:
    """Return residents of each area, NaN without a population layer, and those in no area.

    Raises
    ------
    SourceError
        If the layer cannot be used: see :func:`residents`.
    """
    if city.population is None:
        return np.full(len(areas.shapes), np.nan), None
    xy_m, people = residents(city, STEP_M)
    index, _ = areas.locate(xy_m)
    return summed(index, people, len(areas.shapes)), float(people[index == NOWHERE].sum())


def summed(index: NDArray[np.int64], weights: FloatArray, n_areas: int) -> FloatArray:
    """Add up the weights of each area; what lies in none is left out."""
    inside = index != NOWHERE
    return np.bincount(index[inside], weights[inside], minlength=n_areas).astype(float)


def poisson_interval(n: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the exact 95 % interval of Poisson means given counts (Garwood 1936).

    Parameters
    ----------
    n : ndarray
        Counts ≥ 0; parts of events, from spans that a filter cuts, are allowed.

    Returns
    -------
    low, high : ndarray
        ``low`` is 0 where ``n`` is 0.
    """
    tail = (1 - LEVEL) / 2
    counts = np.asarray(n, dtype=float)
    low = np.where(counts > 0, chi2.ppf(tail, 2 * np.maximum(counts, 1e-9)) / 2, 0.0)
    return low, chi2.ppf(1 - tail, 2 * counts + 2) / 2


def _frame(areas: Areas, n: FloatArray, people: FloatArray) -> pd.DataFrame:
    low, high = poisson_interval(n)
    lived_in = np.where(people > 0, people, np.nan)
    whole = n.sum()
    return pd.DataFrame(
        {
            "area": np.arange(1, len(n) + 1),
            "name": list(areas.names),
            "n": whole_if_whole(n),
            "share": n / whole if whole > 0 else np.nan,
            "residents": people,
            "area_km2": areas.km2,
            "per_km2": n / areas.km2,
            "rate_per_1000": n / lived_in * PER,
            "rate_low": low / lived_in * PER,
            "rate_high": high / lived_in * PER,
            "small_number": (n < FEWEST_EVENTS) | (people < FEWEST_RESIDENTS),
        }
    )
