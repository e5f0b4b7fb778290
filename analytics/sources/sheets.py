"""Sheets of spreadsheets (XLSX, XLSM, XLS, ODS) as rows of text; no formula is ever run."""

import re
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from analytics.errors import SourceError
from analytics.sources.column_names import guess_roles
from analytics.sources.formats import identify
from analytics.sources.readers import unique_names
from analytics.sources.records import Records, RecordTable
from analytics.sources.sheet_headers import HEADER_WITHIN, Header, find_header, month_row
from analytics.sources.sheet_sizes import check_cells, refuse_too_many

SERIALS = (10_000, 80_000)  # 1927 to 2119 as days since 1899-12-30
PIVOT_COMMAND = "python -m analytics pivot"


@dataclass(frozen=True)
class SheetChoice:
    """What a mapping says about a workbook.

    The sheet, the header's row (from 1), the columns it names, and those of them with moments.
    """

    sheet: str | None = None
    header_row: int | None = None
    columns: Collection[str] = ()
    moments: Collection[str] = ()


def open_sheet(path: Path, told: SheetChoice, *, format_name: str) -> RecordTable:
    """Choose the sheet that holds a register and find its header.

    Parameters
    ----------
    path : Path
        A workbook of at most ``sheet_sizes.MAX_CELLS`` cells, which is loaded whole.
    told : SheetChoice
    format_name : str
        For the record of what was chosen.

    Returns
    -------
    RecordTable
        Rows carry the numbers they have in the sheet. Dates are ISO text, also where the sheet
        holds only the serial number; a formula cell is the value that was saved with it.

    Raises
    ------
    SourceError
        ``source.is_pivot`` for a print-out of counts by month; ``source.several_sheets``,
        ``source.sheet_missing``, ``source.too_many_cells``, ``source.encrypted``,
        ``source.broken_sheet``, ``source.empty``, ``source.header_only``.
    """
    facts = identify(path)
    book = open_workbook(path)
    sheet, header = _choose(book, path, told)
    names = unique_names(header.names)
    readers = _cell_readers(names, told.moments, starts_in_1904(path))
    n_records = _size(sheet)[0] - header.row - 1
    if n_records < 1:
        raise SourceError("source.header_only", file=path.name, found=", ".join(names))
    return RecordTable(
        facts=facts,
        columns=names,
        records=partial(_records, sheet, header.row, readers),
        n_records=n_records,
        titles=header.row + 1 - header.levels,
        found={
            "format": format_name,
            "sheet": sheet.name,
            "header_row": header.row + 1,
            "header_levels": header.levels,
        },
    )


def open_workbook(path: Path) -> CalamineWorkbook:
    """Open a workbook, once it is known to fit into memory.

    Raises
    ------
    SourceError
        ``source.too_many_cells``, ``source.encrypted``, ``source.broken_sheet``.
    """
    check_cells(path)
    with _calamine(path):
        return CalamineWorkbook.from_path(str(path))


def load_sheet(book: CalamineWorkbook, path: Path, name: str) -> CalamineSheet:
    """Load one sheet.

    Raises
    ------
    SourceError
        ``source.too_many_cells``, ``source.broken_sheet``.
    """
    with _calamine(path):
        sheet = book.get_sheet_by_name(name)
    rows, columns = _size(sheet)
    refuse_too_many(rows * columns, path.name)
    return sheet


def first_rows(sheet: CalamineSheet, n: int = HEADER_WITHIN) -> list[list[str]]:
    """Return the first rows of a sheet as text."""
    return [[cell_text(value) for value in row] for row in islice(sheet.iter_rows(), n)]


def cell_text(value: Any) -> str:
    """Write a cell's value as text: dates and times in ISO form, whole numbers without a point."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return _rounded(value).isoformat(" ")
    if isinstance(value, (date, time)):
        return _clock(value) if isinstance(value, time) else value.isoformat()
    return str(value)


def starts_in_1904(path: Path) -> bool:
    """Whether the workbook counts its days from 1904, as old Macintosh files do."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return False
        with archive.open("xl/workbook.xml") as stream:
            return bool(re.search(rb'date1904="(1|true)"', stream.read(1 << 20)))


def _size(sheet: CalamineSheet) -> tuple[int, int]:
    """Rows and columns from the first cell of the sheet on; its used part may begin later."""
    return (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)


class _calamine:  # noqa: N801 — reads as the statement it is
    """Turn what the spreadsheet reader says into our refusals."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, PasswordError):
            raise SourceError("source.encrypted", file=self.path.name) from error
        if isinstance(error, (CalamineError, OSError, ValueError)) and not isinstance(
            error, SourceError
        ):
            problem = str(error)
            raise SourceError(
                "source.broken_sheet", file=self.path.name, problem=problem
            ) from error


def _choose(book: CalamineWorkbook, path: Path, told: SheetChoice) -> tuple[CalamineSheet, Header]:
    """Take the told sheet, or the one whose header is best known; two alike are a question."""
    names, sheets = book.sheet_names, []
    if told.sheet is not None and told.sheet not in names:
        found = ", ".join(names)
        raise SourceError("source.sheet_missing", file=path.name, sheet=told.sheet, found=found)
    for name in [told.sheet] if told.sheet is not None else names:
        sheet = load_sheet(book, path, name)
        if header := _header(sheet, told):
            sheets.append((sheet, header))
    if not sheets:
        raise SourceError("source.empty", file=path.name)
    best = max(header.score for _, header in sheets)
    winners = [(sheet, header) for sheet, header in sheets if header.score == best]
    if len(winners) > 1:
        found = ", ".join(sheet.name for sheet, _ in winners)
        raise SourceError("source.several_sheets", file=path.name, found=found)
    sheet, header = winners[0]
    if told.header_row is None and month_row(first_rows(sheet)) is not None and header.score < 3:
        raise SourceError(
            "source.is_pivot", file=path.name, sheet=sheet.name, command=PIVOT_COMMAND
        )
    return sheet, header


def _header(sheet: CalamineSheet, told: SheetChoice) -> Header | None:
    if told.header_row is None:
        return find_header(first_rows(sheet), told.columns)
    rows = first_rows(sheet, told.header_row)
    if len(rows) < told.header_row:
        return None
    names = tuple(" ".join(name.split()) for name in rows[-1])
    return Header(told.header_row - 1, 1, names, len(guess_roles(names)))


def _cell_readers(
    names: tuple[str, ...], told: Collection[str], since_1904: bool
) -> list[Callable[[Any], str]]:
    """One reader per column: numbers in columns of dates and times are serial numbers."""
    roles = guess_roles(names)
    days = {roles.get(role) for role in ("date", "datetime", "end")} | set(told)
    first = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)
    as_moment = partial(_moment_text, first=first)
    return [
        as_moment if name in days else _clock_text if name == roles.get("time") else cell_text
        for name in names
    ]


def _moment_text(value: Any, *, first: datetime) -> str:
    is_number = isinstance(value, float) and not isinstance(value, bool)
    if not is_number or not SERIALS[0] <= value <= SERIALS[1]:
        return cell_text(value)
    moment = _rounded(first + timedelta(days=value))
    return moment.date().isoformat() if value.is_integer() else moment.isoformat(" ")


def _clock_text(value: Any) -> str:
    if isinstance(value, datetime) and value.year < 1905:  # a time is kept as a part of day 0
        return _clock(_rounded(value).time())
    if isinstance(value, float) and 0 < value < 1:
        return _clock(_rounded(datetime.min + timedelta(days=value)).time())
    return cell_text(value)


def _clock(value: time) -> str:
    return value.replace(microsecond=0).isoformat()


def _rounded(value: datetime) -> datetime:
    """To the second: a day's fraction in floating point misses it by microseconds."""
    return (value + timedelta(microseconds=500_000)).replace(microsecond=0)


def _records(sheet: CalamineSheet, header_row: int, readers: list[Callable[[Any], str]]) -> Records:
    rows: Iterator[list[Any]] = islice(enumerate(sheet.iter_rows(), 1), header_row + 1, None)  # type: ignore[arg-type]
    for number, row in rows:
        cells = [read(value) for read, value in zip(readers, row, strict=True)]
        if any(cell.strip() for cell in cells):
            yield number, cells
