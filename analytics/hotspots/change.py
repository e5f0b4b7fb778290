"""What changed between two periods, cell by cell: rates, the e-test, Benjamini–Hochberg.

The e-test compares two Poisson means by an exact distribution at the estimated common mean
(Krishnamoorthy & Thomson 2004); it stays near its level where counts are small, as they are here.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, poisson_means_test

from analytics.errors import FilterError, TooFewEventsError
from analytics.events.cubes import cell_counts
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.grids import Grid, study_grid
from analytics.settings import City

FloatArray = NDArray[np.float64]
Dates = tuple[date, date]
LEVEL = 0.05


@dataclass(frozen=True, eq=False)
class ChangeMap:
    """Counts of two periods on one grid, with the test of every study cell.

    Arrays have the grid's shape, row 0 in the south. ``rate_ratio`` is the later rate (events per
    day) over the earlier one: NaN where both are 0 or outside the study area, infinite where only
    the earlier is 0. ``p`` is two-sided, ``q`` after Benjamini–Hochberg over all study cells.
    """

    before: Dates
    after: Dates
    grid: Grid
    n_before: FloatArray
    n_after: FloatArray
    rate_ratio: FloatArray
    p: FloatArray
    q: FloatArray

    @property
    def significant(self) -> NDArray[np.bool_]:
        """Study cells that changed beyond chance: q ≤ 0.05."""
        return self.grid.study & (self.q <= LEVEL)

    def to_frame(self) -> pd.DataFrame:
        """Return the study cells, the surest change first, with the columns of design §8."""
        study = self.grid.study
        frame = pd.DataFrame(
            {
                "cell_x": self.grid.cell_x,
                "cell_y": self.grid.cell_y,
                "n_before": self.n_before[study],
                "n_after": self.n_after[study],
                "rate_ratio": self.rate_ratio[study],
                "p": self.p[study],
                "q": self.q[study],
                "significant": self.significant[study],
            }
        )
        return frame.sort_values(["p", "cell_x", "cell_y"], ignore_index=True)


def change_map(
    engine: EventEngine,
    city: City,
    filters: Filters,
    *,
    before: Dates,
    after: Dates,
    cell_m: float,
) -> ChangeMap:
    """Compare two periods of any length, as rates.

    Parameters
    ----------
    engine : EventEngine
        Opened on the city's published version.
    city : City
        Gives CRS (projected, metres) and boundary.
    filters : Filters
        Types, sources, hours and weekdays; its dates are replaced by the two periods.
    before, after : (date, date)
        First and last day, both included; the periods share no day.
    cell_m : float
        Side of a cell in metres.

    Raises
    ------
    FilterError
        ``change.overlap`` if the periods share a day or one ends before it starts.
    TooFewEventsError
        ``change.empty`` if neither period holds a located event in the study area.
    """
    check_periods(before, after)
    grid = study_grid(city, cell_m, engine.extent())
    counts = []
    for first, last in (before, after):
        asked = replace(filters, date_from=first, date_to=last)
        counts.append(cell_counts(engine.moments(asked, cell_m=cell_m), 1, grid))
    n_before, n_after = (np.where(grid.study, n, 0.0) for n in counts)
    if not (n_before + n_after).sum() > 0:
        raise TooFewEventsError("change.empty", n=0, minimum=1)
    days = tuple((last - first).days + 1 for first, last in (before, after))
    p = np.ones(grid.study.shape)
    p[grid.study] = e_test(n_before[grid.study], n_after[grid.study], *days)
    q = np.ones_like(p)
    q[grid.study] = false_discovery_control(p[grid.study])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (n_after / days[1]) / (n_before / days[0])
    return ChangeMap(
        before=before,
        after=after,
        grid=grid,
        n_before=n_before,
        n_after=n_after,
        rate_ratio=np.where(grid.study, ratio, np.nan),
        p=p,
        q=q,
    )


def e_test(
    n_before: FloatArray, n_after: FloatArray, days_before: float, days_after: float
) -> FloatArray:
    """Test pairs of Poisson counts for the same rate per day, two-sided.

    Parameters
    ----------
    n_before, n_after : ndarray of shape (n,)
        Counts; parts of events, from spans that a period cuts, are rounded to whole ones.
    days_before, days_after : float
        Exposure.

    Returns
    -------
    ndarray of shape (n,)
        p-values; 1 where both counts are 0.
    """
    pairs = np.rint(np.column_stack([n_before, n_after])).astype(np.int64)
    # Most cells of a map hold one of few pairs of counts: each is tested once.
    different, which = np.unique(pairs, axis=0, return_inverse=True)
    p = [_one_test(int(a), days_before, int(b), days_after) for a, b in different]
    return np.array(p)[which.reshape(-1)]


def _one_test(n1: int, days1: float, n2: int, days2: float) -> float:
    if n1 == n2 == 0:
        return 1.0
    return min(1.0, float(poisson_means_test(n1, days1, n2, days2).pvalue))


def check_periods(before: Dates, after: Dates) -> None:
    """Refuse two periods that run backwards or share a day.

    Raises
    ------
    FilterError
        ``change.overlap``.
    """
    ordered = before[0] <= before[1] and after[0] <= after[1]
    apart = before[1] < after[0] or after[1] < before[0]
    if not (ordered and apart):
        periods = [f"{first} – {last}" for first, last in (before, after)]
        raise FilterError("change.overlap", before=periods[0], after=periods[1])


def period_before(after: Dates) -> Dates:
    """Return the period of the same length that ends the day before ``after`` begins."""
    days = (after[1] - after[0]).days + 1
    return after[0] - timedelta(days=days), after[0] - timedelta(days=1)
