"""Print-outs of counts by area, offence and month: read as counts, never as events."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.errors import SourceError
from analytics.sources.sheet_headers import month_columns, month_row
from analytics.sources.sheets import cell_text, first_rows, load_sheet, open_workbook
from analytics.sources.taxonomy import normalise

TOTAL_WORDS = ("total", "subtotal")
_AREA = re.compile(r"[^a-z]*\d[^a-z]*|\(.+\)")  # C-1.1.1, 0815-A, (en blanco)
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Difference:
    """A total that the print-out states and its own counts do not give.

    ``kind`` is ``area`` (the subtotal of an area), ``row`` (the total of a row), ``year`` (the
    total of a row in a year), ``column`` (the last row, by month) or ``grand_total``.
    """

    kind: str
    row: int
    place: str
    printed: float
    counted: float


@dataclass(frozen=True)
class Pivot:
    """Monthly counts out of a print-out.

    ``counts`` has a row per area, crime and month with a count: ``area``, ``crime``, ``month``
    (first day) and ``n``. ``grand_total`` is what the print-out states, None where it states
    none; ``not_numbers`` are cells where a count should be (row, column from 1, text).
    """

    sheet: str
    counts: pd.DataFrame
    grand_total: int | None
    differences: tuple[Difference, ...]
    not_numbers: tuple[tuple[int, int, str], ...]

    @property
    def counted(self) -> int:
        """The sum of all counts."""
        return int(self.counts["n"].sum())

    @property
    def reconciles(self) -> bool:
        """Whether every total that is printed is the sum of what it totals."""
        return self.grand_total is not None and not self.differences and not self.not_numbers


@dataclass(frozen=True)
class _Layout:
    """Where things are: column → month, column → year of its totals, column of the grand total."""

    months: dict[int, str]
    year_totals: dict[int, int]
    row_total: int | None
    first_row: int


def read_pivot(path: Path, *, sheet: str | None = None) -> Pivot:
    """Read a print-out of counts and add it up against all the totals it states.

    A row whose first cell is a code (digits, no small letters) or stands in parentheses is an
    area; the rows under it are its offences. Without such rows the print-out is one area.

    Parameters
    ----------
    path : Path
        A workbook.
    sheet : str, optional
        By default the first that holds months side by side.

    Returns
    -------
    Pivot

    Raises
    ------
    SourceError
        ``source.not_pivot`` if no row names six months or more, or no year belongs to them.
    """
    book = open_workbook(path)
    for name in [sheet] if sheet else book.sheet_names:
        loaded = load_sheet(book, path, name)
        top = month_row(first_rows(loaded))
        if top is not None:
            rows = list(loaded.iter_rows())
            layout = _layout(rows, top, path.name)
            return _read(name, rows, layout)
    raise SourceError("source.not_pivot", file=path.name)


def _layout(rows: Sequence[Sequence[Any]], top: int, file: str) -> _Layout:
    """Give each month the year above it; a merged year stands over its first month only."""
    months_of = month_columns([cell_text(value) for value in rows[top]])
    upper = [cell_text(value).strip() for value in rows[top - 1]] if top else []
    lower = [cell_text(value).strip() for value in rows[top]]
    months, year_totals, row_total, year = {}, {}, None, ""
    for column in range(1, len(lower)):
        label = (upper[column] if column < len(upper) else "") or lower[column]
        found = _YEAR.search(label)
        if column in months_of:
            year = found.group() if found else year
            if not year:
                raise SourceError("source.not_pivot", file=file)
            months[column] = f"{year}-{months_of[column]:02d}-01"
        elif _is_total(label):
            if found:
                year_totals[column] = int(found.group())
            else:
                row_total = column
    return _Layout(months, year_totals, row_total, top + 1)


def _read(sheet: str, rows: Sequence[Sequence[Any]], layout: _Layout) -> Pivot:
    checks, counts = _Checks(layout), []
    area, subtotals, grand = "", (0, Counter[int]()), None
    has_areas = any(_AREA.fullmatch(_label(row)) for row in rows[layout.first_row :])
    sums: Counter[int] = Counter()
    everything: Counter[int] = Counter()
    for number, row in enumerate(rows[layout.first_row :], start=layout.first_row + 1):
        label = _label(row)
        values = checks.numbers(number, row)
        if not label and not values:
            continue
        if _is_total(label):
            grand = (number, values)
            continue
        checks.row(number, label, values)
        if has_areas and _AREA.fullmatch(label):
            checks.area(area, subtotals, sums)
            area, subtotals, sums = label, (number, values), Counter()
            continue
        for column, month in layout.months.items():
            if values[column]:
                counts.append((area, label, month, int(values[column])))
        sums.update(values)
        everything.update(values)
    checks.area(area, subtotals, sums)
    frame = pd.DataFrame(counts, columns=["area", "crime", "month", "n"])
    frame["month"] = pd.to_datetime(frame["month"])
    total = checks.grand_total(grand, everything)
    return Pivot(sheet, frame, total, tuple(checks.differences), tuple(checks.not_numbers))


class _Checks:
    """Collects what does not add up."""

    def __init__(self, layout: _Layout) -> None:
        self.layout = layout
        self.differences: list[Difference] = []
        self.not_numbers: list[tuple[int, int, str]] = []

    def numbers(self, number: int, row: Sequence[Any]) -> Counter[int]:
        layout, values = self.layout, Counter[int]()
        total = [] if layout.row_total is None else [layout.row_total]
        for column in (*layout.months, *layout.year_totals, *total):
            value = row[column]
            if isinstance(value, (int, float)) and float(value).is_integer():
                values[column] += int(value)
            elif cell_text(value).strip():
                self.not_numbers.append((number, column + 1, cell_text(value)))
        return +values if all(n >= 0 for n in values.values()) else values

    def row(self, number: int, label: str, values: Counter[int]) -> None:
        """Check the totals at the end of each year and of the row."""
        by_year: Counter[int] = Counter()
        for column, month in self.layout.months.items():
            by_year[int(month[:4])] += values[column]
        for column, year in self.layout.year_totals.items():
            self._compare("year", number, f"{label} {year}", values[column], by_year[year])
        if self.layout.row_total is not None:
            printed = values[self.layout.row_total]
            self._compare("row", number, label, printed, by_year.total())

    def area(self, area: str, printed: tuple[int, Counter[int]], sums: Counter[int]) -> None:
        """Check the subtotal of an area, month by month."""
        number, values = printed
        if number:
            for column, month in self.layout.months.items():
                place = f"{area} {month[:7]}"
                self._compare("area", number, place, values[column], sums[column])

    def grand_total(
        self, printed: tuple[int, Counter[int]] | None, sums: Counter[int]
    ) -> int | None:
        """Check the last row, and tell the total of all."""
        if printed is None:
            return None
        number, values = printed
        for column, month in self.layout.months.items():
            self._compare("column", number, month[:7], values[column], sums[column])
        counted = sum(sums[column] for column in self.layout.months)
        if self.layout.row_total is None:
            return sum(values[column] for column in self.layout.months)
        total = values[self.layout.row_total]
        self._compare("grand_total", number, "", total, counted)
        return total

    def _compare(self, kind: str, row: int, place: str, printed: int, counted: int) -> None:
        if printed != counted:
            self.differences.append(Difference(kind, row, place, printed, counted))


def _label(row: Sequence[Any]) -> str:
    return " ".join(cell_text(row[0]).split())


def _is_total(label: str) -> bool:
    words = normalise(label).split()
    return bool(words) and words[0] in TOTAL_WORDS
