"""Dates and times of whole columns: evidence first, then one plan for every row.

A column is seen to its end before its first value is read, so that 03/04/2019 is never guessed:
a value above 12 in one position tells the order, and without one the file is refused.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analytics.errors import SourceError
from analytics.sources.cells import clean
from analytics.sources.moment_texts import (
    CLOCK_NAMES,
    NONE,
    SHAPE_NAMES,
    DateTexts,
    Ints,
    read_clocks,
    read_dates,
)

EMPTY, READ, UNREADABLE = 0, 1, 2
PRECISIONS = ("minute", "hour", "day", "month", "year", "unknown")
MINUTE, HOUR, DAY, MONTH, YEAR, UNKNOWN = range(6)
# Against a settled order, this share of the telling dates may be typing errors.
TYPING_ERRORS_SHARE = 0.01
HELD_ROWS = 500_000
DAY_US = 86_400_000_000
_TWO_NUMBERS, _HOUR_SHAPE, _NUMBER = (
    SHAPE_NAMES.index("two numbers"),
    CLOCK_NAMES.index("HH"),
    CLOCK_NAMES.index("number"),
)
_SHAPE_PRECISION = {"year month": MONTH, "month year": MONTH, "year": YEAR}


@dataclass(frozen=True)
class DateCells:
    """A column of dates, read: ``state`` is EMPTY, READ or UNREADABLE.

    ``day`` is datetime64[D] (the first day where the precision is month or year),
    ``microseconds`` those since midnight, -1 where no time is known; ``precision`` indexes
    ``PRECISIONS``; ``offset_min`` is the written offset from UTC, NaN where there is none.
    """

    state: npt.NDArray[np.int8]
    day: npt.NDArray[np.datetime64]
    microseconds: Ints
    precision: Ints
    offset_min: npt.NDArray[np.float64]


@dataclass(frozen=True)
class ClockCells:
    """A column of clock times, read; fields as in ``DateCells``."""

    state: npt.NDArray[np.int8]
    microseconds: Ints
    precision: Ints
    offset_min: npt.NDArray[np.float64]


@dataclass(frozen=True)
class DatePlan:
    """How every date of a column is read.

    ``day_first`` tells the order for each separator; ``midnight_is_padding`` that the column's
    times are all 00:00 and mean nothing. ``formats`` counts the rows by format.
    """

    day_first: dict[str, bool]
    midnight_is_padding: bool
    formats: dict[str, int]

    def read(self, texts: pa.StringArray) -> DateCells:
        """Read a chunk of the column; the same text always gives the same date."""
        codes, unique = _unique(texts)
        cells = self._read_unique(unique)
        return DateCells(*(values[codes] for values in vars(cells).values()))

    def _read_unique(self, texts: pa.StringArray) -> DateCells:
        parts = read_dates(texts)
        clocks = read_clocks(parts.clock)
        has_clock = np.asarray(pc.is_valid(parts.clock))
        day, valid = _days(parts, self.day_first)
        timed = has_clock & (clocks.microseconds != NONE)
        valid &= ~has_clock | timed
        precision = np.select(
            [parts.shape == SHAPE_NAMES.index(name) for name in _SHAPE_PRECISION],
            list(_SHAPE_PRECISION.values()),
            DAY,
        )
        timed &= not self.midnight_is_padding
        hour_only = clocks.shape == _HOUR_SHAPE
        precision = np.where(timed, np.where(hour_only, HOUR, MINUTE), precision)
        empty = np.asarray(pc.is_null(texts))
        state = np.where(empty, EMPTY, np.where(valid, READ, UNREADABLE)).astype(np.int8)
        micro = np.where(timed, clocks.microseconds, NONE)
        return DateCells(state, day, micro, precision, clocks.offset_min)


@dataclass(frozen=True)
class ClockPlan:
    """How every clock time of a column is read: a bare number is an hour, or HHMM unpadded."""

    bare_is_hour: bool
    formats: dict[str, int]

    def read(self, texts: pa.StringArray) -> ClockCells:
        """Read a chunk of the column."""
        codes, unique = _unique(texts)
        cells = self._read_unique(unique)
        return ClockCells(*(values[codes] for values in vars(cells).values()))

    def _read_unique(self, texts: pa.StringArray) -> ClockCells:
        # A clock cell may carry a date before it, as spreadsheets write: 1899-12-30 22:30:00.
        dated = read_dates(texts)
        clocks = read_clocks(pc.coalesce(dated.clock, texts))
        bare, top = clocks.shape == _NUMBER, 23 if self.bare_is_hour else 59
        unit = 3_600_000_000 if self.bare_is_hour else 60_000_000
        told = np.where(bare & (clocks.number <= top), clocks.number * unit, NONE)
        micro = np.where(bare, told, clocks.microseconds)
        hourly = (clocks.shape == _HOUR_SHAPE) | (bare & self.bare_is_hour)
        empty = np.asarray(pc.is_null(texts))
        state = np.where(empty, EMPTY, np.where(micro != NONE, READ, UNREADABLE)).astype(np.int8)
        return ClockCells(state, micro, np.where(hourly, HOUR, MINUTE), clocks.offset_min)


class _Held:
    """Chunks of a column that wait to be looked at together, each text once."""

    def __init__(self) -> None:
        self.rows, self.chunks = 0, list[pa.StringArray]()

    def add(self, texts: pa.StringArray) -> None:
        self.chunks.append(texts)
        self.rows += len(texts)

    def counted(self) -> tuple[pa.StringArray, Ints]:
        """Let go of the chunks; return their texts, cleaned, and the rows of each."""
        counts = pa.chunked_array(self.chunks, pa.string()).value_counts()
        self.rows, self.chunks = 0, []
        return clean(counts.field("values")), np.asarray(counts.field("counts"))


@dataclass
class DateEvidence:
    """What a column of dates shows while it is gone through."""

    shapes: Counter[tuple[str, str]] = field(default_factory=Counter)
    telling: Counter[tuple[str, bool]] = field(default_factory=Counter)
    ambiguous: dict[str, str] = field(default_factory=dict)
    clocks: int = 0
    clocks_off_midnight: int = 0
    held: _Held = field(default_factory=_Held)

    def add(self, texts: pa.StringArray) -> None:
        """Take in a chunk of the column."""
        self.held.add(texts)
        if self.held.rows > HELD_ROWS:
            self._look()

    def _look(self) -> None:
        unique, rows = self.held.counted()
        parts = read_dates(unique)
        clocks = read_clocks(parts.clock)
        timed = clocks.microseconds != NONE
        self.clocks += int(rows[timed].sum())
        self.clocks_off_midnight += int(rows[timed & (clocks.microseconds > 0)].sum())
        for mark in np.unique(parts.mark):
            used, text = (parts.mark == mark) & (parts.shape != NONE), _text(mark)
            for shape, has_time in set(zip(parts.shape[used], timed[used], strict=True)):
                these = used & (parts.shape == shape) & (timed == has_time)
                name = SHAPE_NAMES[shape] + (" HH:MM" if has_time else "")
                self.shapes[name, text] += int(rows[these].sum())
            self._add_orders(parts, used & (parts.shape == _TWO_NUMBERS), unique, rows)

    def _add_orders(
        self, parts: DateTexts, these: npt.NDArray[np.bool_], unique: pa.StringArray, rows: Ints
    ) -> None:
        if not these.any():
            return
        mark = _text(parts.mark[these][0])
        day, month = parts.a > 12, parts.b > 12
        self.telling[mark, True] += int(rows[these & day & ~month].sum())
        self.telling[mark, False] += int(rows[these & ~day & month].sum())
        for index in np.flatnonzero(these & ~day & ~month & (parts.a != parts.b))[:1]:
            self.ambiguous.setdefault(mark, unique[int(index)].as_py())

    def settle(self, *, file: str, column: str, told: str | None = None) -> DatePlan:
        """Decide the order of day and month for every separator the column uses.

        Parameters
        ----------
        file, column : str
            For the refusal.
        told : str, optional
            ``dmy`` or ``mdy`` as a mapping states it.

        Raises
        ------
        SourceError
            ``source.ambiguous_dates`` if no value tells the order or the values contradict each
            other; gives an example.
        """
        self._look()
        marks = {mark for mark, _ in self.telling}
        day_first = {mark: self._order(mark, file, column, told) for mark in sorted(marks)}
        padding = self.clocks > 0 and self.clocks_off_midnight == 0
        formats: Counter[str] = Counter()
        for (name, mark), n in self.shapes.items():
            formats[_format_name(name, mark, day_first)] += n
        return DatePlan(day_first, padding, dict(formats))

    def _order(self, mark: str, file: str, column: str, told: str | None) -> bool:
        if told in ("dmy", "mdy"):
            return told == "dmy"
        day, month = self.telling[mark, True], self.telling[mark, False]
        if not day + month:
            day = sum(n for (_, first), n in self.telling.items() if first)
            month = sum(n for (_, first), n in self.telling.items() if not first)
        undecided = min(day, month) > TYPING_ERRORS_SHARE * (day + month) or day == month
        if undecided and (day or mark in self.ambiguous):
            raise SourceError(
                "source.ambiguous_dates",
                file=file,
                column=column,
                example=self.ambiguous.get(mark, mark.join(("dd", "mm"))),
                day_first=day,
                month_first=month,
            )
        return day >= month


@dataclass
class ClockEvidence:
    """What a column of clock times shows while it is gone through."""

    shapes: Counter[str] = field(default_factory=Counter)
    held: _Held = field(default_factory=_Held)

    def add(self, texts: pa.StringArray) -> None:
        """Take in a chunk of the column."""
        self.held.add(texts)
        if self.held.rows > HELD_ROWS:
            self._look()

    def _look(self) -> None:
        unique, rows = self.held.counted()
        clocks = read_clocks(pc.coalesce(read_dates(unique).clock, unique))
        for shape, n in zip(clocks.shape, rows, strict=True):
            if shape != NONE:
                self.shapes[CLOCK_NAMES[shape]] += int(n)

    def settle(self) -> ClockPlan:
        """Beside 930 and 2230 a bare 5 is five past midnight; alone it is five o'clock."""
        self._look()
        return ClockPlan("HHMM" not in self.shapes, dict(self.shapes))


def _days(
    parts: DateTexts, day_first: dict[str, bool]
) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.bool_]]:
    """Calendar days, and whether there is such a day."""
    two = parts.shape == _TWO_NUMBERS
    first = np.isin(parts.mark, [ord(mark) for mark, is_first in day_first.items() if is_first])
    month = np.where(two, np.where(first, parts.b, parts.a), parts.month)
    day = np.where(two, np.where(first, parts.a, parts.b), parts.day)
    month, day = np.where(month == NONE, 1, month), np.where(day == NONE, 1, day)
    this_year = datetime.now().year
    century = np.where(2000 + parts.year <= this_year + 1, 2000, 1900)
    year = np.where(parts.short, century + parts.year, parts.year)
    exists = (parts.shape != NONE) & (year >= 1) & (month >= 1) & (month <= 12)
    months = (np.where(exists, year, 1970) - 1970) * 12 + np.where(exists, month, 1) - 1
    start = months.astype("datetime64[M]")
    days = start.astype("datetime64[D]") + (np.where(exists, day, 1) - 1)
    exists &= (day >= 1) & (days.astype("datetime64[M]") == start)
    return np.where(exists, days, np.datetime64("NaT", "D")), exists


def _format_name(shape: str, mark: str, day_first: dict[str, bool]) -> str:
    if shape.startswith("two numbers"):
        order = ("dd", "mm", "yyyy") if day_first.get(mark, True) else ("mm", "dd", "yyyy")
        return shape.replace("two numbers", mark.join(order))
    return shape.replace("ymd", mark.join(("yyyy", "mm", "dd")))


def _text(mark: int) -> str:
    return chr(mark) if mark != NONE else ""


def _unique(texts: pa.StringArray) -> tuple[Ints, pa.StringArray]:
    encoded = texts.dictionary_encode(null_encoding="encode")
    return np.asarray(encoded.indices, dtype=np.int64), clean(encoded.dictionary)
