"""A report as a workbook: words on the first sheet, each table on its own, numbers as numbers."""

import re
from io import BytesIO
from typing import Any

import pandas as pd
import xlsxwriter
from PIL import Image

from analytics.exports.reports import Report, Table

FORMULA = re.compile(r"[\s]*[=+\-@＝＋－＠]|[\t\r\n]")  # what a spreadsheet would run
SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
LONGEST_NAME = 31
PICTURE_ROWS = 26
WIDTH = 100  # characters of the first sheet's column
PIXELS = 700


def report_xlsx(report: Report) -> bytes:
    """Return a report as XLSX.

    Texts are written as texts, never as formulas; one that begins like a formula also carries the
    spreadsheet's own mark of a text, so that editing it runs nothing. Numbers are numbers.
    """
    file = BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": report.title, "author": "Cabildo"})
    formats = {
        "title": book.add_format({"bold": True, "font_size": 15, "text_wrap": True}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
        "bold": book.add_format({"bold": True}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "quoted": book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True}),
    }
    front = book.add_worksheet(_free_name(book, report.title))
    _front(front, report, formats)
    for section in report.sections:
        if section.table is not None:
            sheet = book.add_worksheet(_free_name(book, section.title))
            _table(book, sheet, section.table, formats)
    book.close()
    return file.getvalue()


def _front(sheet: Any, report: Report, formats: dict[str, Any]) -> None:
    sheet.set_column(0, 0, WIDTH)
    sheet.hide_gridlines(2)
    row = 0

    def write(text: str, kind: str) -> None:
        nonlocal row
        _text(sheet, row, 0, text, formats, kind)
        row += 1

    write(report.sentence, "title")
    sheet.set_row(0, 42)
    write(report.eyebrow, "wrap")
    if report.stamp:
        write(report.stamp, "bold")
    for section in report.sections:
        row += 1
        write(section.title, "bold")
        for line in section.lines:
            write(line, "wrap")
        if section.picture is not None:
            picture = section.picture
            sheet.insert_image(
                row,
                0,
                "picture.png",
                {
                    "image_data": BytesIO(picture.png),
                    "description": picture.alt,
                    **_scale(picture.png),
                },
            )
            row += PICTURE_ROWS
        if section.note:
            write(section.note, "wrap")
    row += 1
    write(report.method_title, "bold")
    for line in (*report.method, report.command, report.footer):
        write(line, "wrap")


def _table(book: Any, sheet: Any, table: Table, formats: dict[str, Any]) -> None:
    for column, heading in enumerate(table.headings):
        texts = [heading, *(row[column].text for row in table.rows)]
        sheet.set_column(column, column, min(60, max(8, *map(len, texts)) + 2))
        _text(sheet, 0, column, heading, formats, "head")
    patterns: dict[str, Any] = {}
    for number, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            if cell.value is None:
                _text(sheet, number, column, cell.text, formats, "wrap")
                continue
            if cell.pattern not in patterns:
                patterns[cell.pattern] = book.add_format({"num_format": cell.pattern})
            sheet.write_number(number, column, cell.value, patterns[cell.pattern])
    sheet.freeze_panes(1, 0)


def _text(sheet: Any, row: int, column: int, text: str, formats: dict[str, Any], kind: str) -> None:
    risky = FORMULA.match(text) is not None
    sheet.write_string(row, column, text, formats["quoted" if risky else kind])


def _scale(png: bytes) -> dict[str, float]:
    with Image.open(BytesIO(png)) as image:
        across, down = PIXELS / image.width, PICTURE_ROWS * 19 / image.height
    factor = min(across, down)
    return {"x_scale": factor, "y_scale": factor}


def _free_name(book: Any, title: str) -> str:
    """Return a sheet name that is allowed, at most 31 characters, and not taken."""
    taken = {sheet.get_name().casefold() for sheet in book.worksheets()}
    plain = SHEET_NAME.sub(" ", title).strip()[:LONGEST_NAME] or "1"
    name, number = plain, 2
    while name.casefold() in taken:
        name = f"{plain[: LONGEST_NAME - 3]} {number}"
        number += 1
    return name


def frame_xlsx(frame: pd.DataFrame, name: str) -> bytes:
    """Return a table as XLSX of one sheet, with the numbers of the CSV and no formula.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its columns' names are the headings; a missing value is an empty cell.
    name : str
        Of the sheet, cut to what a workbook allows.
    """
    file = BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "plain": book.add_format(),
        "quoted": book.add_format({"quote_prefix": True}),
    }
    sheet = book.add_worksheet(_free_name(book, name))
    for column, heading in enumerate(frame.columns):
        _text(sheet, 0, column, str(heading), formats, "head")
        sheet.set_column(column, column, max(10, len(str(heading)) + 2))
        for row, value in enumerate(frame[heading].tolist(), start=1):
            if pd.isna(value):
                continue
            if isinstance(value, bool):
                sheet.write_boolean(row, column, value)
            elif isinstance(value, int | float):
                sheet.write_number(row, column, value)
            else:
                _text(sheet, row, column, str(value), formats, "plain")
    sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()
