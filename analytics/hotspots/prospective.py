"""Where the next events may fall soon: recent events weigh on the cells near them.

Each event adds 1/(1 + d) · 1/(1 + t) to a cell, d its distance in cells, t whole weeks since
(Bowers, Johnson & Pease 2004, *British Journal of Criminology* 44, 641–658), up to a reach in
metres and weeks. The result ranks cells; it is no number of events.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.ndimage import correlate

from analytics.errors import FilterError, TooFewEventsError
from analytics.events.cubes import cell_counts, moments_of
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.grids import Grid, study_grid
from analytics.settings import City
from analytics.shifts import Shift

FloatArray = NDArray[np.float64]
WEEK = 7
MAX_EVENTS = 10_000_000  # of a few weeks: a city never has as many


@dataclass(frozen=True)
class Reach:
    """How far an event weighs: below ``metres`` (of cell centres) and for ``weeks`` whole weeks.

    Raises
    ------
    FilterError
        If either is not above 0.
    """

    metres: float = 400.0
    weeks: int = 8

    def __post_init__(self) -> None:
        """Refuse what reaches nothing."""
        if self.metres <= 0 or self.weeks < 1:
            raise FilterError("prospective.reach", metres=self.metres, weeks=self.weeks)


@dataclass(frozen=True, eq=False)
class ProspectiveMap:
    """Near-repeat risk of a day, or of a shift of it.

    ``risk`` has the grid's shape, row 0 in the south, NaN outside the study area, and sums to 1
    over it; ``n`` are the events inside it that it is made of, of the days ``learned``.
    """

    city: str
    filters: Filters
    day: date
    shift: Shift | None
    reach: Reach
    learned: tuple[date, date]
    grid: Grid
    risk: FloatArray
    n: float

    def to_frame(self) -> pd.DataFrame:
        """Return the study cells, riskiest first: cell_x, cell_y (metres), risk (sums to 1)."""
        frame = pd.DataFrame(
            {
                "cell_x": self.grid.cell_x,
                "cell_y": self.grid.cell_y,
                "risk": self.risk[self.grid.study],
            }
        )
        order = ["risk", "cell_x", "cell_y"]
        return frame.sort_values(order, ascending=[False, True, True], ignore_index=True)


def prospective_map(
    engine: EventEngine,
    city: City,
    filters: Filters,
    *,
    cell_m: float,
    reach: Reach,
    day: date | None = None,
    shift: Shift | None = None,
) -> ProspectiveMap:
    """Map the near-repeat risk of a day.

    Parameters
    ----------
    engine : EventEngine
        Opened on the city's published version.
    city : City
        Gives CRS (projected, metres) and boundary.
    filters : Filters
        Types, sources, weekdays, hours; its last day is the last one learned from.
    cell_m : float
        Side of a cell in metres.
    reach : Reach
        How far and long an event weighs.
    day : date, optional
        The day meant; by default the one after the last that is known.
    shift : Shift, optional
        Learn only from events in its hours.

    Raises
    ------
    TooFewEventsError
        ``prospective.empty`` if no located event lies in the weeks before.
    """
    last = min(filters.date_to or date.max, engine.period()[1])
    day = day or last + timedelta(days=1)
    asked = shift.narrowed(filters) if shift else filters
    grid = study_grid(city, cell_m, engine.extent())
    first = max(filters.date_from or date.min, day - timedelta(days=WEEK * reach.weeks))
    recent, counts = _recent(engine, asked, grid, day, reach, first)
    n = float(counts[grid.study].sum())
    learned = (first, day - timedelta(days=1))
    if not n > 0:
        raise TooFewEventsError("prospective.empty", n=0, minimum=1, first=first, last=learned[1])
    risk = np.where(grid.study, _spread(recent, grid.cell_m, reach), np.nan)
    risk /= np.nansum(risk)
    return ProspectiveMap(city.key, filters, day, shift, reach, learned, grid, risk, n)


def prospective_risk(
    engine: EventEngine, filters: Filters, grid: Grid, *, day: date, reach: Reach, first: date
) -> FloatArray:
    """Return the risk of every cell on a day, from the events of ``first`` to the day before.

    Parameters
    ----------
    engine, filters : EventEngine, Filters
        The selection; its dates are replaced.
    grid : Grid
        Cells in the city's CRS.
    day : date
        The day meant.
    reach : Reach
        How far and long an event weighs.
    first : date
        The earliest day that may be used.

    Returns
    -------
    ndarray of shape (n_rows, n_cols)
        Sums of weights, comparable among the cells only.
    """
    return _spread(_recent(engine, filters, grid, day, reach, first)[0], grid.cell_m, reach)


def _recent(
    engine: EventEngine, filters: Filters, grid: Grid, day: date, reach: Reach, first: date
) -> tuple[FloatArray, FloatArray]:
    """Count the events before a day by cell, each as 1/(1 + weeks since), and each as 1."""
    start = max(first, day - timedelta(days=WEEK * reach.weeks))
    empty = np.zeros(grid.study.shape)
    if start >= day:
        return empty, empty
    asked = replace(filters, date_from=start, date_to=day - timedelta(days=1))
    events = engine.points(asked, MAX_EVENTS).to_pandas()
    # A span counts in the week it began in.
    days = (pd.Timestamp(day) - events["occurred_from"].dt.normalize()).dt.days.to_numpy()
    weeks = np.clip((days - 1) // WEEK, 0, reach.weeks - 1)
    xy_m, weights = events[["x_m", "y_m"]].to_numpy(float), events["weight"].to_numpy(float)
    faded, plain = (
        cell_counts(moments_of(xy_m, grid.cell_m, weight), 1, grid)
        for weight in (weights / (1 + weeks), weights)
    )
    return faded, plain


def _spread(recent: FloatArray, cell_m: float, reach: Reach) -> FloatArray:
    cells = int(np.ceil(reach.metres / cell_m))
    steps = np.arange(-cells, cells + 1)
    distance = np.hypot(*np.meshgrid(steps, steps))
    kernel = np.where(distance * cell_m < reach.metres, 1 / (1 + distance), 0.0)
    risk: FloatArray = correlate(recent, kernel, mode="constant")
    return risk
