"""The week hour by hour with aoristic weights: a dated event counts 1 over its possible hours."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.events.aoristic import DAY_S, HOUR_S, bounds_s
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.shifts import Shift

FloatArray = NDArray[np.float64]
SLOTS = 168
WEEK_S = 7 * DAY_S
CHUNK = 10_000  # spans weighed at once: 168 weights each


@dataclass(frozen=True, eq=False)
class AoristicWeek:
    """Expected events in each clock hour of the week.

    ``n`` has shape (7, 24), Monday first, and sums to ``n_dated``, the dated events of the
    selection (parts of spans count as their share inside a time filter). ``n_spans`` of them are
    known to a span only, ``n_uninformative`` to one longer than a week, which says nothing of the
    hour; ``n_undated`` events have no date at all.
    """

    n: FloatArray
    n_dated: float
    n_spans: float
    n_uninformative: float
    n_undated: float

    def to_frame(self) -> pd.DataFrame:
        """Return 168 rows: weekday (Monday = 1), hour (0–23), n."""
        weekday, hour = np.divmod(np.arange(SLOTS), 24)
        return pd.DataFrame({"weekday": weekday + 1, "hour": hour, "n": self.n.ravel()})

    def by_shift(self, shifts: Sequence[Shift]) -> pd.DataFrame:
        """Return a row per shift: shift, hour_from, hour_to (inclusive), n, share (0–1)."""
        rows = [
            (shift.key, *shift.hours, float(self.n[:, list(shift.hour_set)].sum()))
            for shift in shifts
        ]
        frame = pd.DataFrame(rows, columns=["shift", "hour_from", "hour_to", "n"])
        return frame.assign(share=frame["n"] / self.n_dated if self.n_dated else np.nan)


def aoristic_week(engine: EventEngine, filters: Filters) -> AoristicWeek:
    """Spread every dated event of a selection over the hours in which it may have happened.

    The weight of an hour is the part of the event's span that lies inside it (Ratcliffe 2002,
    *International Journal of Geographical Information Science* 14, 669–679); an instant gives 1
    to its hour. A span longer than a week is spread evenly over the hours of the week, 1/168 each.
    A time filter cuts the spans first; what is left of an event is spread over the hours selected.

    Parameters
    ----------
    engine : EventEngine
        Opened on the city's published version.
    filters : Filters
        The selection.
    """
    by = ("weekday", "hour", "span_from_s", "span_to_s")
    table = engine.counts(filters, by).to_pandas()
    dated = table[table["weekday"].notna()]
    is_span = dated["span_from_s"].notna()
    instants, spans = dated[~is_span], dated[is_span]
    slot = (instants["weekday"].to_numpy(int) - 1) * 24 + instants["hour"].to_numpy(int)
    n = np.bincount(slot, instants["n"], minlength=SLOTS).astype(float)
    ends = spans[["span_from_s", "span_to_s"]].to_numpy(float)
    weights = spans["n"].to_numpy(float)
    for start in range(0, len(ends), CHUNK):
        part = slice(start, start + CHUNK)
        n += weights[part] @ _shares(ends[part], filters)
    return AoristicWeek(
        n=n.reshape(7, 24),
        n_dated=float(dated["n"].sum()),
        n_spans=float(weights.sum()),
        n_uninformative=float(weights[np.diff(ends, axis=1).ravel() > WEEK_S].sum()),
        n_undated=float(table["n"].sum() - dated["n"].sum()),
    )


def _shares(ends_s: FloatArray, filters: Filters) -> FloatArray:
    """Return what part of each span falls into each hour of the week, shape (n, 168), rows sum 1.

    Every span shares at least a moment with the selection, or the engine had not counted it.
    """
    low, high = bounds_s(filters)
    start, end = ends_s.T
    is_long = end - start > WEEK_S
    start = start if low is None else np.maximum(start, low)
    end = end if high is None else np.minimum(end, high)
    slots = np.arange(SLOTS)
    selected = np.isin(slots % 24, filters.hour_set)
    if filters.weekdays:
        selected &= np.isin(slots // 24 + 1, filters.weekdays)
    inside = (_elapsed_s(end) - _elapsed_s(start)) * selected
    inside[is_long] = selected
    shares: FloatArray = inside / inside.sum(axis=1, keepdims=True)
    return shares


def _elapsed_s(moments_s: FloatArray) -> FloatArray:
    """Return the seconds of each hour of the week between the first Monday and the moments."""
    weeks, rest = np.divmod(moments_s[:, None], WEEK_S)
    elapsed: FloatArray = weeks * HOUR_S + np.clip(rest - np.arange(SLOTS) * HOUR_S, 0, HOUR_S)
    return elapsed
