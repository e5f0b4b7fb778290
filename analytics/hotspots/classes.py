"""Which cells were hot again and again: persistent, emerging, former, intermittent hotspots.

Written from the published definition (manual of sfhotspot's ``hotspot_classify``, after Chainey
2020): Gi* in every period, its p corrected over a cell's periods (Holm), hot where p < .05. Two
periods at least must be hot, or one month of noise would already make a former hotspot.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.errors import FilterError, TooFewEventsError
from analytics.events.cubes import cell_counts
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters, month_after, whole_months
from analytics.hotspots.grids import Grid, study_grid
from analytics.hotspots.significance import SIGNIFICANCE, gi_star
from analytics.settings import City

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
CLASSES = ("none", "persistent", "emerging", "former", "intermittent")
NONE, PERSISTENT, EMERGING, FORMER, INTERMITTENT = range(5)
MIN_PERIODS = 10
MIN_HOT_PERIODS = 2
HOTSPOT_SHARE = 0.1
PERSISTENT_SHARE = 0.8
RECENT_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class HotspotClasses:
    """The class of every study cell over consecutive periods.

    ``codes`` (positions in :data:`CLASSES`) has the grid's shape, row 0 in the south; ``hot`` the
    shape (periods, n_rows, n_cols). ``unjudged`` counts the periods with too few events for Gi*,
    in which no cell is hot; ``periods`` are first and last days, ``n`` the located events of all.
    """

    city: str
    filters: Filters
    grid: Grid
    periods: tuple[tuple[date, date], ...]
    n_recent: int
    hot: BoolArray
    codes: NDArray[np.uint8]
    unjudged: int
    n: float

    @property
    def counts(self) -> dict[str, int]:
        """Number of study cells in each class."""
        found = np.bincount(self.codes[self.grid.study], minlength=len(CLASSES))
        return dict(zip(CLASSES, found.tolist(), strict=True))

    def to_frame(self) -> pd.DataFrame:
        """Return the study cells, most often hot first.

        Returns
        -------
        pandas.DataFrame
            ``cell_x``, ``cell_y`` (metres), ``class``, ``hot_periods``, ``hot_recent``,
            ``last_hot`` (first day of the last hot period, missing where there is none).
        """
        study = self.grid.study
        hot = self.hot[:, study]
        starts = np.array([first for first, _ in self.periods])
        last = len(starts) - 1 - hot[::-1].argmax(axis=0)
        frame = pd.DataFrame(
            {
                "cell_x": self.grid.cell_x,
                "cell_y": self.grid.cell_y,
                "class": np.array(CLASSES)[self.codes[study]],
                "hot_periods": hot.sum(axis=0),
                "hot_recent": hot[-self.n_recent :].sum(axis=0),
                "last_hot": np.where(hot.any(axis=0), starts[last], None),
            }
        )
        order = ["hot_periods", "cell_x", "cell_y"]
        return frame.sort_values(order, ascending=[False, True, True], ignore_index=True)


def hotspot_classes(
    engine: EventEngine,
    city: City,
    filters: Filters,
    *,
    cell_m: float,
    period_days: int | None = None,
) -> HotspotClasses:
    """Classify the cells of a city by the periods in which they were hot.

    Parameters
    ----------
    engine : EventEngine
        Opened on the city's published version.
    city : City
        Gives CRS (projected, metres) and boundary.
    filters : Filters
        The selection; its dates bound the periods.
    cell_m : float
        Side of a cell in metres.
    period_days : int, optional
        Length of a period, the last ending on the last day; whole calendar months by default.

    Raises
    ------
    TooFewEventsError
        ``classes.too_few_periods`` with under ten periods, ``gi.too_few`` if not one of them
        holds events enough for Gi*.
    FilterError
        If ``period_days`` is below 1.
    """
    periods = _periods(engine, filters, period_days)
    if len(periods) < MIN_PERIODS:
        raise TooFewEventsError("classes.too_few_periods", n=len(periods), minimum=MIN_PERIODS)
    grid = study_grid(city, cell_m, engine.extent())
    p, is_high = np.ones((2, len(periods), grid.n_cells))
    total, refusals = 0.0, []
    for i, (first, last) in enumerate(periods):
        asked = replace(filters, date_from=first, date_to=last)
        counts = cell_counts(engine.moments(asked, cell_m=cell_m), 1, grid)
        total += float(counts[grid.study].sum())
        try:
            found = gi_star(counts, grid.study)
        except TooFewEventsError as refusal:
            refusals.append(refusal)
            continue
        p[i], is_high[i] = found.p[grid.study], found.z[grid.study] > 0
    if len(refusals) == len(periods):
        raise refusals[-1]
    hot = (holm(p) < SIGNIFICANCE) & (is_high > 0)
    n_recent = max(1, int(RECENT_SHARE * len(periods)))
    codes = np.zeros(grid.study.shape, dtype=np.uint8)
    codes[grid.study] = classified(hot, n_recent)
    on_grid = np.zeros((len(periods), *grid.study.shape), dtype=bool)
    on_grid[:, grid.study] = hot
    return HotspotClasses(
        city.key, filters, grid, periods, n_recent, on_grid, codes, len(refusals), total
    )


def classified(hot: BoolArray, n_recent: int) -> NDArray[np.uint8]:
    """Name the pattern of each cell from the periods in which it was hot.

    The first that holds, in this order: *persistent*, hot in at least 80 % of all periods;
    *emerging*, in under 10 % of the older but at least 10 % of the recent ones; *former*, in at
    least 10 % of the older but under 10 % of the recent ones; *intermittent*, in at least 10 % of
    all. Under two hot periods it is *none*.

    Parameters
    ----------
    hot : ndarray of bool, shape (periods, n)
        The earliest period first.
    n_recent : int
        How many of the last periods are recent; the others are older.

    Returns
    -------
    ndarray of uint8, shape (n,)
        Positions in :data:`CLASSES`.
    """
    share, recent, older = (part.mean(axis=0) for part in (hot, hot[-n_recent:], hot[:-n_recent]))
    codes = np.select(
        [
            hot.sum(axis=0) < MIN_HOT_PERIODS,
            share >= PERSISTENT_SHARE,
            (older < HOTSPOT_SHARE) & (recent >= HOTSPOT_SHARE),
            (older >= HOTSPOT_SHARE) & (recent < HOTSPOT_SHARE),
            share >= HOTSPOT_SHARE,
        ],
        [NONE, PERSISTENT, EMERGING, FORMER, INTERMITTENT],
        default=NONE,
    )
    return codes.astype(np.uint8)


def holm(p: FloatArray) -> FloatArray:
    """Correct p-values over the first axis (Holm 1979).

    Parameters
    ----------
    p : ndarray of shape (tests, n)
    """
    order = np.argsort(p, axis=0)
    steps = np.arange(len(p), 0, -1)[:, None]
    stepped = np.maximum.accumulate(np.take_along_axis(p, order, axis=0) * steps, axis=0)
    corrected = np.empty_like(p)
    np.put_along_axis(corrected, order, np.minimum(stepped, 1.0), axis=0)
    return corrected


def _periods(
    engine: EventEngine, filters: Filters, days: int | None
) -> tuple[tuple[date, date], ...]:
    held_first, held_last = engine.period()
    first = max(filters.date_from or held_first, held_first)
    last = min(filters.date_to or held_last, held_last)
    if days is None:
        months = whole_months((first, last))
        return tuple((month, month_after(month) - timedelta(days=1)) for month in months)
    if days < 1:
        raise FilterError("classes.period", value=days)
    n = max(0, (last - first).days + 1) // days
    ends = [last - timedelta(days=days * i) for i in reversed(range(n))]
    return tuple((end - timedelta(days=days - 1), end) for end in ends)
