"""How many events month by month, and whether the run of months is more than chance.

Run-chart rules of Perla, Provost & Murray (2011, *BMJ Quality & Safety* 20, 46–51): a *shift* is
six or more consecutive months on one side of the median, months on the median neither adding nor
breaking; a *trend* is five or more consecutive months all rising or all falling, equal neighbours
counting once. Each has a chance of about one in forty where nothing changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.errors import TooFewEventsError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters, whole_months

SHIFT_MONTHS = 6
TREND_MONTHS = 5
MIN_MONTHS = 10  # fewer months make no run chart


@dataclass(frozen=True)
class Signal:
    """A run that chance seldom makes: ``kind`` is ``shift`` or ``trend``, ``rises`` its direction.

    ``first`` and ``last`` are positions in the series, both inside the run; ``months`` how many
    points count.
    """

    kind: str
    rises: bool
    first: int
    last: int
    months: int


@dataclass(frozen=True, eq=False)
class MonthlyTrend:
    """Events of each whole month of the selection.

    ``frame``: ``month`` (its first day), ``n``, ``n_year_ago``, and the lowest and highest ``n``
    of the same month in earlier years, ``earlier_low`` and ``earlier_high`` (missing where there
    is no earlier year). ``signals`` is empty where ``is_judged`` is False: under ten months.
    """

    frame: pd.DataFrame
    median: float
    signals: tuple[Signal, ...]

    @property
    def is_judged(self) -> bool:
        """Whether there are months enough for the run-chart rules."""
        return len(self.frame) >= MIN_MONTHS

    @property
    def latest(self) -> Signal | None:
        """The signal that the last month belongs to; the longer one where there are two."""
        running = [signal for signal in self.signals if signal.last == len(self.frame) - 1]
        return max(running, key=lambda signal: signal.months, default=None)

    def months_of(self, signal: Signal) -> tuple[date, date]:
        """Return the first days of a signal's first and last month."""
        months = self.frame["month"]
        return months.iloc[signal.first], months.iloc[signal.last]

    def to_frame(self) -> pd.DataFrame:
        """Return the months with the median and the signals they belong to, as texts."""
        marked = [""] * len(self.frame)
        for signal in self.signals:
            name = f"{signal.kind}_{'up' if signal.rises else 'down'}"
            for i in range(signal.first, signal.last + 1):
                marked[i] = f"{marked[i]} {name}".strip()
        return self.frame.assign(median=self.median, signal=marked)


def monthly_trend(engine: EventEngine, filters: Filters) -> MonthlyTrend:
    """Count a selection by month; months that the data or the dates cut are left out.

    Parameters
    ----------
    engine : EventEngine
        Opened on the city's published version.
    filters : Filters
        The selection. The month of a span is that of its start.

    Raises
    ------
    TooFewEventsError
        ``trend.no_month`` if no whole month is inside the dates.
    """
    held_first, held_last = engine.period()
    first = max(filters.date_from or held_first, held_first)
    last = min(filters.date_to or held_last, held_last)
    months = whole_months((first, last))
    if not months:
        raise TooFewEventsError("trend.no_month", n=0, minimum=1, first=first, last=last)
    counted = engine.counts(filters, ("month",)).to_pandas()
    by_month = {
        pd.Timestamp(month).date(): float(n)
        for month, n in counted.itertuples(index=False)
        if pd.notna(month)
    }
    n = pd.Series([by_month.get(month, 0.0) for month in months], index=pd.Index(months))
    frame = pd.DataFrame({"month": list(months), "n": n.to_numpy(), **_earlier(n)})
    judged = len(months) >= MIN_MONTHS
    return MonthlyTrend(
        frame=frame,
        median=float(n.median()),
        signals=tuple(run_signals(n.tolist())) if judged else (),
    )


def run_signals(values: Sequence[float]) -> list[Signal]:
    """Find every shift and trend of a series, in the order of their first point.

    Parameters
    ----------
    values : sequence of float
        One value per month, the earliest first.
    """
    middle = float(np.median(values))
    sides = [(i, float(np.sign(value - middle))) for i, value in enumerate(values)]
    off = [(i, side) for i, side in sides if side]
    found = [
        Signal("shift", side > 0, first, last, points)
        for side, first, last, points in _runs(off)
        if points >= SHIFT_MONTHS
    ]
    moves = [
        (i, float(np.sign(values[i] - values[i - 1])))
        for i in range(1, len(values))
        if values[i] != values[i - 1]
    ]
    for side, start, last, steps in _runs(moves):
        # A run of moves begins at the point before its first move.
        if steps + 1 >= TREND_MONTHS:
            found.append(Signal("trend", side > 0, start - 1, last, steps + 1))
    return sorted(found, key=lambda signal: (signal.first, signal.kind))


def _runs(signs: Sequence[tuple[int, float]]) -> list[tuple[float, int, int, int]]:
    """Group equal neighbours: sign, first position, last position, length."""
    runs: list[tuple[float, int, int, int]] = []
    for i, sign in signs:
        if runs and runs[-1][0] == sign:
            _, first, _, length = runs[-1]
            runs[-1] = (sign, first, i, length + 1)
        else:
            runs.append((sign, i, i, 1))
    return runs


def _earlier(n: "pd.Series[float]") -> dict[str, list[float]]:
    """Return last year's count and the range of the same month in all earlier years."""
    columns: dict[str, list[float]] = {"n_year_ago": [], "earlier_low": [], "earlier_high": []}
    for month in n.index:
        same = [
            float(n[other]) for other in n.index if other.month == month.month and other < month
        ]
        year_ago = month.replace(year=month.year - 1)
        columns["n_year_ago"].append(float(n.get(year_ago, np.nan)))
        columns["earlier_low"].append(min(same, default=np.nan))
        columns["earlier_high"].append(max(same, default=np.nan))
    return columns
