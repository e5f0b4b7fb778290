"""A report as one value: every writer (PDF, PPTX, XLSX) prints the same words and numbers.

Words arrive already in the reader's language; nothing here formats a number.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from analytics.errors import FilterError

FONTS = Path(__file__).parent / "fonts"
NUMBERS = re.compile(r"[\d.,\s%–−]+")
REPORT_FORMATS = (".pdf", ".pptx", ".xlsx")


@dataclass(frozen=True)
class Cell:
    """One cell of a table: what is printed and, for spreadsheets, the number behind it.

    ``pattern`` is the spreadsheet's number format, such as ``0.0%``.
    """

    text: str
    value: float | None = None
    pattern: str = "General"


@dataclass(frozen=True)
class Table:
    """Headings and rows of equal length; ``widths`` are relative, numbers stand at the right."""

    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]

    def at_right(self, column: int) -> bool:
        """Tell whether a column after the first holds numbers or ranges of numbers only."""
        return column > 0 and all(
            row[column].value is not None or NUMBERS.fullmatch(row[column].text)
            for row in self.rows
        )


@dataclass(frozen=True)
class Picture:
    """A drawn picture (PNG) and what it shows in a sentence."""

    png: bytes
    alt: str

    @property
    def aspect(self) -> float:
        """Width over height."""
        with Image.open(BytesIO(self.png)) as image:
            return image.width / image.height


@dataclass(frozen=True)
class Section:
    """A part of a report: title, what it says, its picture, its table, a key or note below.

    On paper a picture is at most ``picture_mm`` high, and two ``half`` sections stand side by side.
    """

    title: str
    lines: tuple[str, ...] = ()
    picture: Picture | None = None
    table: Table | None = None
    note: str = ""
    half: bool = False
    picture_mm: float = 70.0


@dataclass(frozen=True)
class Report:
    """A report: what, the one sentence, sections, method, and the stamp of every page.

    ``stamp`` marks synthetic data; ``footer`` says city, date of the data and version. ``method``
    holds the choices behind the numbers, ``command`` the command line that gives them again.
    """

    title: str
    eyebrow: str
    sentence: str
    sections: tuple[Section, ...]
    method_title: str
    method: tuple[str, ...]
    command: str
    footer: str
    language: str
    stamp: str = ""


def check_report_format(out: Path) -> None:
    """Refuse a file name before anything is computed for it.

    Raises
    ------
    FilterError
        If the suffix is none of ``REPORT_FORMATS``.
    """
    if out.suffix not in REPORT_FORMATS:
        raise FilterError("export.format", file=out.name, known=", ".join(REPORT_FORMATS))


def report_bytes(report: Report, suffix: str) -> bytes:
    """Write a report as a file of ``suffix``, one of ``REPORT_FORMATS``."""
    return _writers()[suffix](report)


def _writers() -> dict[str, Callable[[Report], bytes]]:
    # Imported when a report is written: no page waits for them to be drawn.
    from analytics.exports.pdf import report_pdf
    from analytics.exports.pptx import report_pptx
    from analytics.exports.xlsx import report_xlsx

    return {".pdf": report_pdf, ".pptx": report_pptx, ".xlsx": report_xlsx}
