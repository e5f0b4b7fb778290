"""Would the map have told where the next events fell? Hit rate, PAI and PEI* over rolling windows.

Before day T the map ranks the cells, after it the events of the test days are counted in the cells
ranked highest: hit rate = n/N, PAI = (n/N)/(k/cells) (Chainey, Tompson & Uhlig 2008), PEI* = n/n*
with n* the most that k cells could have held (White, Hunt & Green 2023). Always beside the ranking
by plain counts, by near-repeat risk, and the best possible one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.errors import FilterError, TooFewEventsError
from analytics.events.cubes import cell_counts
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.density import binning_cell_m, density_per_km2
from analytics.hotspots.grids import Grid, study_grid
from analytics.hotspots.prospective import Reach, prospective_risk
from analytics.hotspots.scoring import MIN_WINDOWS_TO_RESAMPLE, MODELS, SHARES, frames, scored
from analytics.hotspots.surface import HEADLINE_SHARE, Method
from analytics.settings import City

FloatArray = NDArray[np.float64]
SEED = 7


@dataclass(frozen=True)
class Holdout:
    """How the days are divided: ``windows`` tests of ``test_days``, each after ``train_days``.

    Raises
    ------
    FilterError
        If one of the three is below 1.
    """

    train_days: int = 90
    test_days: int = 30
    windows: int = 6

    def __post_init__(self) -> None:
        """Refuse what leaves nothing to learn from or to test on."""
        for name in ("train_days", "test_days", "windows"):
            if getattr(self, name) < 1:
                raise FilterError("validity.holdout", name=name, value=getattr(self, name))

    @property
    def needed_days(self) -> int:
        """Days of data from the first training day to the last test day."""
        return self.train_days + self.windows * self.test_days


def holdout_like(shown_days: int, held_days: int) -> Holdout:
    """Return a holdout that learns from as many days as a map shows, or as the data leave.

    Parameters
    ----------
    shown_days : int
        Days of the map to be judged.
    held_days : int
        Days of data up to the map's last day.
    """
    usual = Holdout()
    left = held_days - usual.windows * usual.test_days
    return replace(usual, train_days=min(shown_days, max(left, usual.test_days)))


@dataclass(frozen=True)
class Window:
    """One test and the training before it; days inclusive. ``number`` 1 is the earliest."""

    number: int
    train: tuple[date, date]
    test: tuple[date, date]


@dataclass(frozen=True, eq=False)
class Validity:
    """How well each model told where the test events fell.

    ``frame`` has a row per window, share and model (``scoring.COLUMNS``); ``summary`` the same
    without ``window``, over all windows: sums of n over sums of N. ``n_test`` are the located test
    events inside the study area, by window; ``resampled`` says what the summary's intervals come
    from: ``windows`` (five or more) or ``events``.
    """

    city: str
    filters: Filters
    method: Method
    holdout: Holdout
    windows: tuple[Window, ...]
    frame: pd.DataFrame
    summary: pd.DataFrame
    n_test: tuple[float, ...]
    n_cells: int
    seed: int
    resampled: str

    def at(self, share: float, model: str) -> pd.Series:
        """Return the summary's row of a share and a model."""
        rows = self.summary
        return rows[(rows["share"] == share) & (rows["model"] == model)].iloc[0]

    @property
    def is_clear(self) -> bool:
        """Whether the intervals of density and plain count stand apart at the headline share."""
        density, count = (self.at(HEADLINE_SHARE, model) for model in ("density", "count"))
        return bool(
            density["pai_low"] > count["pai_high"] or count["pai_low"] > density["pai_high"]
        )

    @property
    def shares_won(self) -> int:
        """At how many of the shares the density captured more than the plain count."""
        return sum(self.at(s, "density")["n"] > self.at(s, "count")["n"] for s in SHARES)


def rolling_windows(holdout: Holdout, first: date, last: date) -> tuple[Window, ...]:
    """Lay the windows so that the last test day is ``last`` and no two tests share a day.

    Raises
    ------
    FilterError
        If the days from ``first`` to ``last`` are too few; says how many are needed.
    """
    days = (last - first).days + 1
    if days < holdout.needed_days:
        raise FilterError(
            "validity.too_short", days=max(days, 0), minimum=holdout.needed_days, last=last
        )
    windows = []
    for number in range(1, holdout.windows + 1):
        end = last - timedelta(days=(holdout.windows - number) * holdout.test_days)
        start = end - timedelta(days=holdout.test_days - 1)
        before = start - timedelta(days=1)
        train = (before - timedelta(days=holdout.train_days - 1), before)
        windows.append(Window(number, train, (start, end)))
    return tuple(windows)


def validate(
    engine: EventEngine,
    city: City,
    filters: Filters,
    method: Method,
    holdout: Holdout,
    *,
    seed: int = SEED,
    models: Sequence[str] = MODELS,
) -> Validity:
    """Test the density map against what came after it, beside plain counts and the best possible.

    Parameters
    ----------
    engine : EventEngine
        Opened on the city's published version.
    city : City
        Gives CRS (projected, metres) and boundary.
    filters : Filters
        The selection; ``date_from`` and ``date_to`` bound the days that may be used. Days after
        the last that the events tell of are no test.
    method : Method
        Cell and bandwidth in metres and kernel; the density is made from the cube.
    holdout : Holdout
        Lengths in days and number of windows.
    seed : int
        Of the bootstrap.
    models : sequence of str
        Of :data:`~analytics.hotspots.scoring.MODELS`; ``best`` is always among the results.

    Raises
    ------
    FilterError
        If the data cover too few days, or the method is not possible.
    TooFewEventsError
        If a window holds no located event in the study area to learn from or to test on.
    """
    binning_m, factor = binning_cell_m(method.cell_m, method.bandwidth_m, method.kernel)
    held_first, held_last = engine.period()
    first = max(filters.date_from or held_first, held_first)
    last = min(filters.date_to or held_last, held_last)
    windows = rolling_windows(holdout, first, last)
    grid = study_grid(city, method.cell_m, engine.extent())
    rng = np.random.default_rng(seed)
    scores = []
    for window in windows:
        before, after = (
            engine.moments(replace(filters, date_from=a, date_to=b), cell_m=binning_m)
            for a, b in (window.train, window.test)
        )
        train, test = (cell_counts(moments, factor, grid) for moments in (before, after))
        _check_not_empty(window, train, test, grid)
        density = density_per_km2(
            before, grid, bandwidth_m=method.bandwidth_m, kernel=method.kernel
        )
        rankings = {"density": density, "count": train}
        if "prospective" in models:
            rankings["prospective"] = prospective_risk(
                engine, filters, grid, day=window.test[0], reach=Reach(), first=window.train[0]
            )
        scores.append(scored(rankings, test, grid.study, rng=rng))
    frame, summary = frames(scores, grid.study, rng)
    return Validity(
        city=city.key,
        filters=filters,
        method=method,
        holdout=holdout,
        windows=windows,
        frame=frame,
        summary=summary,
        n_test=tuple(score.total for score in scores),
        n_cells=grid.n_cells,
        seed=seed,
        resampled="windows" if len(windows) >= MIN_WINDOWS_TO_RESAMPLE else "events",
    )


def _check_not_empty(window: Window, train: FloatArray, test: FloatArray, grid: Grid) -> None:
    sides = (
        ("validity.empty_train", train, window.train),
        ("validity.empty_test", test, window.test),
    )
    for code, counts, (first, last) in sides:
        if not counts[grid.study].sum() > 0:
            raise TooFewEventsError(code, n=0, minimum=1, first=first, last=last)
