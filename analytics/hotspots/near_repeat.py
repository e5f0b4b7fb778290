"""Do events draw others near them soon after? The Knox table, its risk band, labels per event.

Pairs of events are counted by distance and days apart and compared with what remains when the
dates are dealt anew among the places (Knox 1964; Johnson et al. 2007). Bands are right-open:
[0, 7) days is the same day up to six days later, not seven.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.errors import FilterError, TooFewEventsError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.near_repeat_labels import LABELS, labelled
from analytics.hotspots.pairs import counted_pairs, near_counts, near_pairs

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Progress = Callable[[int, int], None]
SPACE_M = (0.0, 1.0, 200.0, 400.0)
TIME_DAYS = (0, 7, 14)
PERMUTATIONS = 999
SEED = 1
MIN_EVENTS = 10
MAX_EVENTS = 200_000
BLOCK_PAIRS = 4_000_000  # kept at once: 36 MB
LEVEL = 0.05
MIN_RATIO = 1.2  # a fifth above chance, as near-repeat practice asks before speaking of risk
DAY_SPAN_S = 86_400
COLUMNS = ("s_from", "s_to", "t_from", "t_to", "observed", "expected", "ratio", "p")


@dataclass(frozen=True)
class Bands:
    """Edges of the right-open bands: ``space_m`` in metres, ``time_days`` in calendar days.

    Raises
    ------
    FilterError
        If there are fewer than two edges, they do not rise, or one is negative.
    """

    space_m: tuple[float, ...] = SPACE_M
    time_days: tuple[int, ...] = TIME_DAYS
    permutations: int = PERMUTATIONS
    seed: int = SEED

    def __post_init__(self) -> None:
        """Refuse what makes no bands."""
        for name in ("space_m", "time_days"):
            edges: Sequence[float] = getattr(self, name)
            rises = all(low < high for low, high in pairwise(edges))
            if len(edges) < 2 or edges[0] < 0 or not rises:
                raise FilterError("near_repeat.bands", value=", ".join(f"{e:g}" for e in edges))
        if self.permutations < 1:
            raise FilterError("near_repeat.permutations", value=self.permutations)


@dataclass(frozen=True)
class RiskBand:
    """The corner of the table where events draw others, its cells all beyond chance.

    Within ``metres`` [from, to) and ``days`` [0, to) of an event there are ``ratio`` times as many
    as chance would bring; ``p`` is the largest of its cells.
    """

    metres: tuple[float, float]
    days: tuple[int, int]
    observed: int
    expected: float
    p: float

    @property
    def ratio(self) -> float:
        """Observed over expected pairs of the whole band."""
        return self.observed / self.expected


@dataclass(frozen=True, eq=False)
class KnoxTable:
    """Pairs by distance and days apart; arrays of shape (space bands, time bands).

    ``expected`` is the mean over the permutations, ``p`` = (1 + #{permuted ≥ observed})/(R + 1).
    """

    bands: Bands
    n: int
    observed: IntArray
    expected: FloatArray
    p: FloatArray

    @property
    def ratio(self) -> FloatArray:
        """Observed over expected, NaN where nothing is expected."""
        ratio = np.full(self.expected.shape, np.nan)
        np.divide(self.observed, self.expected, out=ratio, where=self.expected > 0)
        return ratio

    def to_frame(self) -> pd.DataFrame:
        """Return a row per band of distance and days, nearest and soonest first."""
        space, time = self.bands.space_m, self.bands.time_days
        shape = self.observed.shape
        rows, cols = (index.ravel() for index in np.indices(shape))
        values = (
            np.array(space)[rows],
            np.array(space)[rows + 1],
            np.array(time)[cols],
            np.array(time)[cols + 1],
            self.observed.ravel(),
            self.expected.ravel(),
            self.ratio.ravel(),
            self.p.ravel(),
        )
        return pd.DataFrame(dict(zip(COLUMNS, values, strict=True)))

    @property
    def risk_band(self) -> RiskBand | None:
        """The band that holds most pairs beyond chance; None if no cell is beyond it.

        Of all runs of distances by the first days in which every cell has p ≤ .05 and at least a
        fifth more pairs than expected.
        """
        beyond = (self.p <= LEVEL) & (np.nan_to_num(self.ratio) >= MIN_RATIO)
        found = [
            self._band(first, last, until)
            for first, last in combinations_with_replacement(range(beyond.shape[0]), 2)
            for until in range(beyond.shape[1])
            if beyond[first : last + 1, : until + 1].all()
        ]
        return max(found, key=lambda band: band.observed - band.expected, default=None)

    def _band(self, first: int, last: int, until: int) -> RiskBand:
        part = slice(first, last + 1), slice(0, until + 1)
        space, time = self.bands.space_m, self.bands.time_days
        return RiskBand(
            metres=(space[first], space[last + 1]),
            days=(time[0], time[until + 1]),
            observed=int(self.observed[part].sum()),
            expected=float(self.expected[part].sum()),
            p=float(self.p[part].max()),
        )


@dataclass(frozen=True, eq=False)
class NearRepeat:
    """The Knox table of a selection, and how many events follow others.

    ``labels`` counts the events of each of ``near_repeat_labels.LABELS`` within the table's last
    edges; ``n_left_out`` events have no place or no day of their own.
    """

    city: str
    filters: Filters
    table: KnoxTable
    labels: dict[str, int]
    n_left_out: float


def near_repeat(
    engine: EventEngine,
    city: str,
    filters: Filters,
    bands: Bands,
    *,
    progress: Progress | None = None,
) -> NearRepeat:
    """Build the Knox table of a selection.

    Parameters
    ----------
    engine : EventEngine
        Opened on the city's published version.
    city : str
        Its key.
    filters : Filters
        The selection.
    bands : Bands
        Edges, permutations and seed.
    progress : callable, optional
        Called with done and total; an exception it raises ends the work.

    Raises
    ------
    TooFewEventsError
        With fewer than ten events that have a place and a day.
    FilterError
        With more than 200,000 of them.
    """
    held = dated_points(engine, filters)
    xy_m, days = held[["x_m", "y_m"]].to_numpy(float), day_numbers(held["occurred_from"])
    table = knox(xy_m, days, bands, progress=progress)
    labels = labelled(
        held,
        same_place_m=bands.space_m[1],
        near_m=bands.space_m[-1],
        days=bands.time_days[-1],
    )["label"]
    counts = {label: int((labels == label).sum()) for label in LABELS}
    return NearRepeat(city, filters, table, counts, engine.totals(filters).n - len(held))


def dated_points(engine: EventEngine, filters: Filters) -> pd.DataFrame:
    """Return the located events whose day is known, the earliest first; parts over half count 1.

    Raises
    ------
    FilterError
        ``near_repeat.too_many`` beyond 200,000 events.
    """
    frame: pd.DataFrame = engine.points(filters, MAX_EVENTS + 1).to_pandas()
    if len(frame) > MAX_EVENTS:
        raise FilterError("near_repeat.too_many", maximum=MAX_EVENTS)
    span_s = (frame["occurred_to"] - frame["occurred_from"]).dt.total_seconds()
    kept = frame[(span_s <= DAY_SPAN_S) & (frame["weight"] >= 0.5)]
    return kept.sort_values(["occurred_from", "event_id"], ignore_index=True)


def day_numbers(moments: "pd.Series[pd.Timestamp]") -> IntArray:
    """Return the calendar day of each moment, days since 1970."""
    days: IntArray = moments.to_numpy("datetime64[D]").astype(np.int64)
    return days


def knox(
    xy_m: FloatArray, days: IntArray, bands: Bands, *, progress: Progress | None = None
) -> KnoxTable:
    """Count pairs by distance and days apart, and again with the days dealt anew.

    Memory is bounded: near pairs are kept in blocks of four million, and each permutation is made
    again for every block from its own seed.

    Parameters
    ----------
    xy_m : ndarray of shape (n, 2)
        Projected coordinates in metres.
    days : ndarray of int, shape (n,)
        Calendar day of each event.
    bands : Bands
        Edges, permutations and seed.
    progress : callable, optional
        Called with done and total; an exception it raises ends the work.

    Raises
    ------
    TooFewEventsError
        With fewer than ten events.
    """
    if len(days) < MIN_EVENTS:
        raise TooFewEventsError("near_repeat.too_few", n=len(days), minimum=MIN_EVENTS)
    order = np.argsort(xy_m[:, 0], kind="stable")
    xy = np.ascontiguousarray(xy_m[order], dtype=np.float64)
    day = (days[order] - days.min()).astype(np.int32)
    space, time = np.array(bands.space_m), np.array(bands.time_days, dtype=np.int32)
    shape = len(space) - 1, len(time) - 1
    simulated = np.zeros((bands.permutations, *shape), dtype=np.int64)
    observed = np.zeros(shape, dtype=np.int64)
    blocks = list(_blocks(near_counts(xy, space)))
    for number, (start, end, size) in enumerate(blocks):
        first, second, band = near_pairs(xy, space, start, end, size)
        observed += counted_pairs(first, second, band, day, time, shape[0])
        for r in range(bands.permutations):
            dealt = np.random.default_rng([bands.seed, r]).permutation(day)
            simulated[r] += counted_pairs(first, second, band, dealt, time, shape[0])
            if progress is not None:
                progress(number * bands.permutations + r + 1, len(blocks) * bands.permutations)
    return KnoxTable(
        bands=bands,
        n=len(days),
        observed=observed,
        expected=simulated.mean(axis=0),
        p=(1 + (simulated >= observed).sum(axis=0)) / (bands.permutations + 1),
    )


def _blocks(counts: IntArray) -> Iterator[tuple[int, int, int]]:
    """Cut the events into runs of at most four million near pairs: start, end, pairs."""
    ends = np.cumsum(counts)
    start = done = 0
    while start < len(counts):
        end = max(start + 1, int(np.searchsorted(ends, done + BLOCK_PAIRS, side="right")))
        yield start, end, int(ends[end - 1]) - done
        start, done = end, int(ends[end - 1])
