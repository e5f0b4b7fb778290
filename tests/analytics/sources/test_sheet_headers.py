"""Banners, merged cells and headers of two levels, alike in XLSX, XLS and ODS."""

from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

from analytics.sources.mappings import Mapping
from analytics.sources.tables import open_table

KINDS = ("XLSX", "XLS", "ODS")
Grid = list[list[str]]
Merged = tuple[int, int, int, int]  # first row, last row, first column, last column; from 0

EVENTS = [
    ["1", "2019-01-05", "22:30", "2019-01-06", "-33.44", "-70.66", "Robo"],
    ["2", "2019-01-07", "10:00", "2019-01-07", "-33.45", "-70.65", "Hurto"],
]
ONE_LEVEL = ["id", "fecha", "hora", "fecha denuncia", "latitud", "longitud", "delito"]
UPPER = ["id", "hecho", "", "denuncia", "ubicación", "", "delito"]
LOWER = ["", "fecha", "hora", "fecha", "latitud", "longitud", ""]
JOINED = ("id", "fecha hecho", "hora", "fecha denuncia", "latitud", "longitud", "delito")
UPPER_MERGED = ((0, 1, 0, 0), (0, 0, 1, 2), (0, 0, 4, 5), (0, 1, 6, 6))
BANNER = [
    ["Municipalidad de Santiago: registro de hechos", *[""] * 6],
    [""] * 7,
    ["Dirección de Seguridad", "", "", "Período", "2019", "", ""],
]
BANNER_MERGED = ((0, 1, 0, 6), (2, 2, 0, 2))


def below(rows: int, merged: tuple[Merged, ...]) -> tuple[Merged, ...]:
    return tuple((top + rows, last + rows, left, right) for top, last, left, right in merged)


# What stands above the records, which cells are merged, the columns, the header's last row.
HEADERS: dict[str, tuple[Grid, tuple[Merged, ...], tuple[str, ...], int, int]] = {
    "one row": ([ONE_LEVEL], (), tuple(ONE_LEVEL), 1, 1),
    "a merged banner": ([*BANNER, ONE_LEVEL], BANNER_MERGED, tuple(ONE_LEVEL), 4, 1),
    "two merged levels": ([UPPER, LOWER], UPPER_MERGED, JOINED, 2, 2),
    "two levels under a banner": (
        [*BANNER, UPPER, LOWER],
        (*BANNER_MERGED, *below(3, UPPER_MERGED)),
        JOINED,
        5,
        2,
    ),
    "a header of one row in merged cells of two": (
        [ONE_LEVEL, [""] * 7],
        tuple((0, 1, column, column) for column in range(7)),
        tuple(ONE_LEVEL),
        1,
        1,
    ),
}


def write(kind: str, path: Path, grid: Grid, merged: tuple[Merged, ...]) -> None:
    {"XLSX": write_xlsx, "XLS": write_xls, "ODS": write_ods}[kind](path, grid, merged)


def write_xlsx(path: Path, grid: Grid, merged: tuple[Merged, ...]) -> None:
    book = openpyxl.Workbook()
    for row in grid:
        book.active.append([cell or None for cell in row])
    for top, last, left, right in merged:
        book.active.merge_cells(
            start_row=top + 1, end_row=last + 1, start_column=left + 1, end_column=right + 1
        )
    book.save(path)


def write_xls(path: Path, grid: Grid, merged: tuple[Merged, ...]) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Hoja1")
    covered = set()
    for top, last, left, right in merged:
        sheet.write_merge(top, last, left, right, grid[top][left])
        covered |= {(r, c) for r in range(top, last + 1) for c in range(left, right + 1)}
    for r, row in enumerate(grid):
        for c, cell in enumerate(row):
            if cell and (r, c) not in covered:
                sheet.write(r, c, cell)
    book.save(str(path))


def write_ods(path: Path, grid: Grid, merged: tuple[Merged, ...]) -> None:
    book, table = OpenDocumentSpreadsheet(), Table(name="Hoja1")
    spans = {(top, left): (last - top + 1, right - left + 1) for top, last, left, right in merged}
    covered = {
        (r, c)
        for top, last, left, right in merged
        for r in range(top, last + 1)
        for c in range(left, right + 1)
    } - set(spans)
    for r, row in enumerate(grid):
        line = TableRow()
        for c, text in enumerate(row):
            if (r, c) in covered:
                line.addElement(CoveredTableCell())
                continue
            down, right = spans.get((r, c), (1, 1))
            cell = TableCell(
                valuetype="string" if text else None, numberrowsspanned=down,
                numbercolumnsspanned=right,
            )  # fmt: skip
            if text:
                cell.addElement(P(text=text))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    book.save(str(path))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", HEADERS)
def test_the_header_is_found_below_banners_and_in_merged_cells(tmp_path, kind, what):
    head, merged, columns, header_row, levels = HEADERS[what]
    path = tmp_path / f"libro.{kind.lower()}"
    write(kind, path, [*head, *EVENTS], merged)

    with open_table(path, Mapping(), scratch=tmp_path / "scratch") as table:
        chunks = list(table.chunks())

    assert table.found["format"] == kind
    assert table.columns == columns
    assert (table.found["header_row"], table.found["header_levels"]) == (header_row, levels)
    assert [row for chunk in chunks for row in chunk.rows] == EVENTS
    numbers = [int(number) for chunk in chunks for number in chunk.row_numbers]
    assert numbers == [len(head) + 1, len(head) + 2]


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_with_two_merged_levels_is_imported(import_path, tmp_path, kind):
    head, merged, *_ = HEADERS["two levels under a banner"]
    path = tmp_path / f"libro.{kind.lower()}"
    write(kind, path, [*head, *EVENTS], merged)

    found = import_path(path, "santiago")

    assert (found.report.rows, found.report.accepted) == (2, 2)
    assert [event["occurred_from"] for event in found.events] == [
        datetime(2019, 1, 5, 22, 30),
        datetime(2019, 1, 7, 10),
    ]
    assert [event["row_number"] for event in found.events] == [6, 7]
    assert [event["source_category"] for event in found.events] == ["Robo", "Hurto"]
    assert found.events[0]["latitude"] == -33.44
