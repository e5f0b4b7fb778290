"""How many cells a workbook would take in memory, counted before it is loaded."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

from analytics.errors import SourceError
from analytics.sources.formats import BLOCK_BYTES
from analytics.sources.unpacking import UnpackedStream

MAX_CELLS = 8_000_000
MAX_SHEET_BYTES = 2 << 30
_REFERENCE = re.compile(rb'<c [^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_ODS_TAG = re.compile(rb"<(/?)table:(table|table-row|(?:covered-)?table-cell)\b([^>]*)>")
_ODS_COLUMNS = re.compile(rb'number-columns-repeated="(\d+)"')
_ODS_ROWS = re.compile(rb'number-rows-repeated="(\d+)"')


def check_cells(path: Path) -> None:
    """Refuse a workbook whose sheets do not fit into memory.

    A sheet is loaded as a full rectangle: one cell in its farthest corner makes it huge. XLSX
    and ODS are compressed and counted from their XML as it streams by; XLS is neither
    compressed nor larger than its own limits.

    Raises
    ------
    SourceError
        ``source.too_many_cells`` with the limit, ``source.archive_bomb``,
        ``source.broken_sheet``.
    """
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if entry.filename.endswith(".xml"):
                    with archive.open(entry) as stream:
                        _check_part(stream, entry, path.name)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise SourceError("source.broken_sheet", file=path.name, problem=str(error)) from error


def refuse_too_many(cells: int, file: str) -> None:
    """Refuse more cells than are loaded at once.

    Raises
    ------
    SourceError
        ``source.too_many_cells``.
    """
    if cells > MAX_CELLS:
        raise SourceError("source.too_many_cells", file=file, cells=cells, limit=MAX_CELLS)


def _check_part(stream: IO[bytes], entry: zipfile.ZipInfo, file: str) -> None:
    packed = entry.compress_size
    counted = cast(BinaryIO, UnpackedStream(cast(BinaryIO, stream), packed, file))
    if entry.filename.startswith("xl/worksheets/"):
        _check_xlsx(_blocks(counted, file), file)
    elif entry.filename == "content.xml":
        _check_ods(_blocks(counted, file), file)
    else:
        for _ in _blocks(counted, file):
            pass  # strings and styles are loaded too: their size is what is checked


def _blocks(stream: BinaryIO, file: str) -> Iterator[bytes]:
    """Cut XML into blocks that end before a tag begins."""
    rest, seen = b"", 0
    while block := stream.read(BLOCK_BYTES):
        seen += len(block)
        if seen > MAX_SHEET_BYTES:
            raise SourceError("source.too_many_cells", file=file, cells=seen, limit=MAX_CELLS)
        whole, mark, tail = (rest + block).rpartition(b"<")
        rest = mark + tail
        yield whole
    yield rest


def _check_xlsx(blocks: Iterator[bytes], file: str) -> None:
    columns: set[bytes] = set()
    last_row = 0
    for block in blocks:
        if found := _REFERENCE.findall(block):
            columns.update(letters for letters, _ in found)
            last_row = max(last_row, max(int(row) for _, row in found))
            refuse_too_many(last_row * max(map(_column_number, columns)), file)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _check_ods(blocks: Iterator[bytes], file: str) -> None:
    row = rows = column = columns = repeat = 0
    for block in blocks:
        for closing, tag, attributes in _ODS_TAG.findall(block):
            if tag == b"table" and not closing:
                row = rows = columns = 0
            elif tag == b"table-row" and not closing:
                row += repeat
                column, repeat = 0, _times(_ODS_ROWS, attributes)
            elif tag.endswith(b"table-cell") and not closing:
                column += _times(_ODS_COLUMNS, attributes)
                if b"value-type" in attributes:
                    rows, columns = max(rows, row + repeat), max(columns, column)
                    refuse_too_many(rows * columns, file)


def _times(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    found = pattern.search(attributes)
    return int(found.group(1)) if found else 1
