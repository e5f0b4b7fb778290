"""The input clinic: what looks wrong with a file beside the rows that are set aside.

It states defects with their number of rows, at most three examples and, where a line of the
mapping would help, that line. It changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analytics.sources.bounds import Flags, Floats
from analytics.sources.chunks import Chunk
from analytics.sources.coordinates import EXAMPLES, Places
from analytics.sources.dates import MINUTE
from analytics.sources.garbled import garbled_rows, garbled_word
from analytics.sources.mappings import Mapping, left_out
from analytics.sources.occurrences import Occurrences
from analytics.sources.remedies import REMEDIES

STRAYS = 50  # per remedy, to be drawn
PILE_ROWS, PILE_SHARE = 20, 0.01  # of the located rows
CLOCK_SHARE = 0.05  # a time kept by the full hour falls on one of them in 1 row of 24
# A full hour kept far more often than those beside it, as no rhythm of a city is.
HEAPED_TIMES, HEAPED_SHARE = 1.5, 0.02
REPEATED_SHARE, SAME_SHARE = 0.05, 0.01  # of the located rows; of those with a minute as well
COARSE_DECIMALS, MOST_DECIMALS = 3, 7
DEFAULT_YEARS = np.datetime64("1901-01-01", "us")  # spreadsheets count from 1899-12-30 or 1900
CLOCKS_US = {"midnight_times": 0, "noon_times": 12 * 3_600_000_000}
STRAY_SHARE = 0.001  # of the dated rows; and a whole year without any lies between them
HOUR_US, DAY_US = 3_600_000_000, 86_400_000_000
MIXING = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits spread: 2⁶⁴ over the golden ratio
PENDING = 500_000  # keys held before they are counted
DEFECTS = {
    "swap": "swapped_coordinates",
    "sign": "lost_sign",
    "decimal_point": "lost_decimal_point",
}


@dataclass
class Clinic:
    """Watches the rows of a file go by, a chunk at a time.

    Parameters
    ----------
    mapping : Mapping
        Fitted to the file.
    in_degrees : bool
        Whether the coordinates are written in degrees: only then their decimals tell a distance.
    now : datetime
        Local civil time, naive.

    Notes
    -----
    ``strays`` has per remedy at most ``STRAYS`` points that it would move, or moved: longitude
    and latitude before and after, in degrees.
    """

    mapping: Mapping
    in_degrees: bool
    now: datetime
    applied: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    examples: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    decimals: npt.NDArray[np.int64] = field(
        default_factory=lambda: np.zeros(MOST_DECIMALS + 1, dtype=np.int64)
    )
    strays: dict[str, list[list[float]]] = field(default_factory=dict)
    located: int = 0
    clocks: int = 0
    years: Counter[int] = field(default_factory=Counter)
    full_hours: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(24, dtype=np.int64))

    def __post_init__(self) -> None:
        """Open the counts of repeated keys."""
        self.places, self.lines, self.moments = _Repeats(), _Repeats(), _Repeats()

    def add(self, chunk: Chunk, recurring: Flags, places: Places, occurrences: Occurrences) -> None:
        """Take in a chunk with what its coordinates and its dates were read as.

        ``recurring`` is set wherever a line may stand in the file once more.
        """
        suspects = pa.array(np.flatnonzero(recurring))
        lines = zip(*(cells.take(suspects).to_pylist() for cells in chunk.cells), strict=True)
        self.lines.add(np.array([hash(line) for line in lines], dtype=np.int64))
        self._add_strays(chunk, places)
        here = ~np.isnan(places.longitude)
        self.located += int(here.sum())
        self.places.add(places.longitude[here] + 1j * places.latitude[here])
        self._add_coincidences(places, occurrences)
        if self.in_degrees:
            written = here & ~places.remedied
            digits = _decimals(places.x[written], places.y[written])
            self.decimals += np.bincount(digits, minlength=MOST_DECIMALS + 1)
        self._add_moments(occurrences)
        self._add_garbled(chunk)

    def findings(self) -> list[dict[str, Any]]:
        """Return the defects found, the most frequent first.

        Returns
        -------
        list of dict
            ``defect`` (a key), ``rows``, ``remedy`` (a line of the mapping, or an empty text) and
            ``examples`` (at most three texts); ``rounded_coordinates`` also has ``decimals``.
        """
        found = [
            _finding(defect, n, self.examples[defect], self._remedy(defect))
            for defect, n in self.rows.items()
            if n and (defect not in CLOCKS_US or self._is_default_time(n))
        ]
        found += [*self._repeated_lines(), *self._piles(), *self._rounding(), *self._stray_dates()]
        found += [*self._heaped_hours(), *self._coincidences()]
        return sorted(found, key=lambda one: -one["rows"])

    def _add_strays(self, chunk: Chunk, places: Places) -> None:
        def written(index: int) -> str:
            names = (self.mapping.longitude or "", self.mapping.latitude or "")
            return ", ".join(chunk.column(name)[index].as_py() for name in names)

        for remedy in REMEDIES:
            this = places.remedy == remedy
            self.applied[remedy] += int((this & places.remedied).sum())
            self._note(DEFECTS[remedy], this & places.misplaced, written)
            if this.any():
                held = self.strays.setdefault(remedy, [])
                held += places.led[this][: STRAYS - len(held)].tolist()
        self._note("outside_city", places.misplaced & (places.remedy == ""), written)
        self._note("zero_coordinates", places.reason == "zero_coordinate", written)

    def _add_moments(self, occurrences: Occurrences) -> None:
        starts = occurrences.occurred_from

        def moment(index: int) -> str:
            return str(np.datetime_as_string(starts[index], unit="m"))

        self._note("future_dates", starts > np.datetime64(self.now, "us"), moment)
        self._note("ancient_dates", starts < DEFAULT_YEARS, moment)
        timed = (occurrences.precision == MINUTE) & ~np.isnat(starts)
        self.clocks += int(timed.sum())
        of_day = starts.astype("datetime64[us]").astype(np.int64) % DAY_US
        on_the_hour = timed & (of_day % HOUR_US == 0)
        self.full_hours += np.bincount(of_day[on_the_hour] // HOUR_US, minlength=24)
        for defect, clock in CLOCKS_US.items():
            self._note(defect, timed & (of_day == clock), moment)

        dated = starts[~np.isnat(starts)].astype("datetime64[Y]").astype(np.int64) + 1970
        self.years.update(dict(zip(*_counted(dated), strict=True)))

    def _add_coincidences(self, places: Places, occurrences: Occurrences) -> None:
        """Remember time and place of rows that know both, as one number each."""
        known = ~np.isnan(places.longitude) & (occurrences.precision == MINUTE)
        known &= ~np.isnat(occurrences.occurred_from)
        parts = (
            places.longitude[known].view(np.uint64),
            places.latitude[known].view(np.uint64),
            occurrences.occurred_from[known].astype(np.int64).view(np.uint64),
        )
        key = np.zeros(int(known.sum()), dtype=np.uint64)
        for part in parts:
            key = (key ^ part) * MIXING
            key ^= key >> np.uint64(29)
        self.moments.add(key)

    def _add_garbled(self, chunk: Chunk) -> None:
        hidden = left_out(self.mapping, chunk.columns)
        these = garbled_rows(chunk, hidden)
        self._note("garbled_text", these, lambda index: garbled_word(chunk, index, hidden))

    def _note(self, defect: str, these: Flags, text: Callable[[int], str]) -> None:
        n, held = int(these.sum()), self.examples[defect]
        self.rows[defect] += n
        if n and len(held) < EXAMPLES:
            held += [text(int(i)) for i in np.flatnonzero(these)[: EXAMPLES - len(held)]]

    def _remedy(self, defect: str) -> str:
        for remedy, name in DEFECTS.items():
            if name == defect:
                accepted = ", ".join([*self.mapping.accepted_remedies, remedy])
                return f'options.remedies = "{accepted}"'
        return ""

    def _is_default_time(self, n: int) -> bool:
        return n >= PILE_ROWS and n >= CLOCK_SHARE * self.clocks

    def _repeated_lines(self) -> list[dict[str, Any]]:
        _, counts = self.lines.counted()
        extra = int((counts - 1).sum())
        return [_finding("duplicate_rows", extra, [])] if extra else []

    def _stray_dates(self) -> list[dict[str, Any]]:
        """Name the few rows that lie more than an empty year before all others."""
        years = sorted(self.years)
        gaps = [later for year, later in pairwise(years) if later - year > 1]
        for first in reversed(gaps):
            before = [year for year in years if year < first]
            n = sum(self.years[year] for year in before)
            if n <= STRAY_SHARE * self.years.total():
                told = [f"{year} × {self.years[year]}" for year in before[:EXAMPLES]]
                return [_finding("stray_dates", n, told)]
        return []

    def _piles(self) -> list[dict[str, Any]]:
        keys, counts = self.places.counted()
        high = np.flatnonzero((counts >= PILE_ROWS) & (counts >= PILE_SHARE * self.located))
        if not len(high):
            return []
        top = high[np.argsort(-counts[high], kind="stable")][:EXAMPLES]
        told = [f"{keys[i].real:.6f}, {keys[i].imag:.6f} × {counts[i]}" for i in top]
        return [_finding("piled_points", int(counts[high].sum()), told)]

    def _heaped_hours(self) -> list[dict[str, Any]]:
        """Name full hours, but for 00:00 and 12:00, that people write when they do not know."""
        trusted = np.where(np.isin(np.arange(24), [0, 12]), np.nan, self.full_hours)
        beside = np.nanmedian([np.roll(trusted, step) for step in (-2, -1, 1, 2)], axis=0)
        high = (self.full_hours >= HEAPED_TIMES * beside) & (self.full_hours >= PILE_ROWS)
        high &= self.full_hours >= HEAPED_SHARE * self.clocks
        high[[0, 12]] = False
        if not high.any():
            return []
        told = [f"{hour:02}:00 × {self.full_hours[hour]}" for hour in np.flatnonzero(high)]
        return [_finding("heaped_hours", int(self.full_hours[high].sum()), told[:EXAMPLES])]

    def _coincidences(self) -> list[dict[str, Any]]:
        """Name rows that share their exact place, or place and minute, with an earlier one."""
        found = []
        for defect, repeats, share in (
            ("repeated_points", self.places, REPEATED_SHARE),
            ("same_time_and_place", self.moments, SAME_SHARE),
        ):
            _, counts = repeats.counted()
            extra = int((counts - 1).sum())
            if extra >= PILE_ROWS and extra >= share * counts.sum():
                found.append(_finding(defect, extra, []))
        return found

    def _rounding(self) -> list[dict[str, Any]]:
        n = int(self.decimals.sum())
        digits = int(self.decimals.argmax())
        # A point of a finer register also ends in a zero now and then: only most of them tell.
        if not n or digits > COARSE_DECIMALS or 2 * self.decimals[digits] <= n:
            return []
        stated = self.mapping.location_precision or self.mapping.fixed_location_precision
        level = "block" if digits == COARSE_DECIMALS else "area_centroid"
        line = f'options.location_precision = "{level}"' if stated in ("", "unknown") else ""
        coarse = int(self.decimals[: digits + 1].sum())
        return [_finding("rounded_coordinates", coarse, [], line) | {"decimals": digits}]


class _Repeats:
    """Counts equal keys without holding every one of them for long."""

    def __init__(self) -> None:
        self.pending: list[npt.NDArray[Any]] = []
        self.n_pending = 0
        self.keys: npt.NDArray[Any] | None = None
        self.counts = np.empty(0, dtype=np.int64)

    def add(self, keys: npt.NDArray[Any]) -> None:
        self.pending.append(keys)
        self.n_pending += len(keys)
        if self.n_pending > PENDING:
            self.counted()

    def counted(self) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
        """Distinct keys and how often each was seen."""
        fresh = np.concatenate(self.pending) if self.pending else np.empty(0, dtype=np.int64)
        held = fresh[:0] if self.keys is None else self.keys
        keys, codes = np.unique(np.concatenate([held, fresh]), return_inverse=True)
        weights = np.concatenate([self.counts, np.ones(len(fresh), dtype=np.int64)])
        self.counts = np.bincount(codes, weights, minlength=len(keys)).astype(np.int64)
        self.keys, self.pending, self.n_pending = keys, [], 0
        return keys, self.counts


def _counted(values: npt.NDArray[np.int64]) -> tuple[list[int], list[int]]:
    distinct, counts = np.unique(values, return_counts=True)
    return distinct.tolist(), counts.tolist()


def _finding(defect: str, rows: int, examples: list[str], remedy: str = "") -> dict[str, Any]:
    return {"defect": defect, "rows": rows, "remedy": remedy, "examples": list(examples)}


def _decimals(x: Floats, y: Floats) -> npt.NDArray[np.int64]:
    """Decimals that each point, shape (n,), needs in the finer of its two numbers."""
    needed = np.full(len(x), MOST_DECIMALS, dtype=np.int64)
    open_rows = np.arange(len(x))
    for digits in range(MOST_DECIMALS):
        pair = np.stack([x[open_rows], y[open_rows]])
        exact = (np.abs(np.round(pair, digits) - pair) < 10.0**-9).all(axis=0)
        needed[open_rows[exact]] = digits
        open_rows = open_rows[~exact]
    return needed
