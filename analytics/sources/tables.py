"""Any file as a table of text: the format is told from the content, never from the name."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analytics.errors import SourceError
from analytics.settings import Query
from analytics.sources.archives import gunzipped, refuse_nested, unzipped
from analytics.sources.columnar import open_parquet
from analytics.sources.formats import GZIP_MAGIC, identify, read_start
from analytics.sources.layers import open_layer
from analytics.sources.mappings import Mapping
from analytics.sources.objects import open_objects
from analytics.sources.queries import open_query
from analytics.sources.readers import open_delimited
from analytics.sources.records import Table, UnpackedTable
from analytics.sources.sheets import SheetChoice, open_sheet

START_BYTES = 512
GEOPACKAGE_IDS = (b"GPKG", b"GP10", b"GP11")
FORMATS = ("delimited", "XLSX", "XLS", "ODS", "JSON", "Parquet", "shapefile", "GeoPackage", "zip")


@contextmanager
def open_table(path: Path | Query, told: Mapping, *, scratch: Path) -> Iterator[Table]:
    """Survey a file of any format, or what a query gives.

    Parameters
    ----------
    path : Path or Query
        Delimited text, XLSX, XLS, ODS, JSON, GeoJSON, Parquet, shapefile, GeoPackage; each of
        them also in a gzip or zip archive that holds nothing else of use. Or a query of the
        settings.
    told : Mapping
        Its options name encoding, delimiter, sheet and header row where they cannot be told.
    scratch : Path
        Folder where archives are unpacked, and rows of a query lie, while they are read.

    Yields
    ------
    Table

    Raises
    ------
    SourceError
        What the file is or what is wrong with it, and the remedy.
    """
    if isinstance(path, Query):
        with open_query(path, scratch=scratch) as rows:
            yield rows
        return
    start = read_start(path, START_BYTES)
    with path.open("rb") as file:
        packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    kind = detect_format(path, start)
    if packed:
        refuse_nested(start, path.name)
    if kind == "zip" or (packed and kind != "delimited"):
        facts = identify(path)
        unpack = gunzipped if packed else unzipped
        with unpack(path, scratch) as inner:
            inner_start = read_start(inner, START_BYTES)
            refuse_nested(inner_start, path.name)
            inner_kind = detect_format(inner, inner_start)
            if inner_kind == "zip" or inner_start.startswith(GZIP_MAGIC):
                raise SourceError("source.archive_nested", file=path.name, member=inner.name)
            yield UnpackedTable(_open(inner, inner_kind, told), facts)
        return
    yield _open(path, kind, told)


def detect_format(path: Path, start: bytes) -> str:
    """Tell the format of a file.

    Parameters
    ----------
    path : Path
        To look into what begins like a zip archive.
    start : bytes
        Its first bytes; unpacked, where it is a gzip file.

    Returns
    -------
    str
        One of ``FORMATS``; ``delimited`` also for what is none of them, and refused later.
    """
    if start.startswith(b"PK\x03\x04"):
        return _zip_kind(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return "XLS"
    if start.startswith(b"PAR1"):
        return "Parquet"
    if start.startswith(b"SQLite format 3") and start[68:72] in GEOPACKAGE_IDS:
        return "GeoPackage"
    if start.startswith(b"\x00\x00\x27\x0a"):
        return "shapefile"
    return "JSON" if _begins_like_json(start) else "delimited"


def _open(path: Path, kind: str, told: Mapping) -> Table:
    if kind in ("XLSX", "XLS", "ODS"):
        row = int(told.header_row) if told.header_row else None
        moments = tuple(name for name in (told.moment, told.end) if name)
        choice = SheetChoice(told.sheet, row, tuple(told.columns.values()), moments)
        return open_sheet(path, choice, format_name=kind)
    if kind == "JSON":
        return open_objects(path, encoding=told.encoding)
    if kind == "Parquet":
        return open_parquet(path)
    if kind in ("shapefile", "GeoPackage"):
        return open_layer(path, layer=told.sheet, encoding=told.encoding, format_name=kind)
    return open_delimited(
        path, encoding=told.encoding, delimiter=told.delimiter, wanted=told.columns.values()
    )


def _zip_kind(path: Path) -> str:
    """Tell a workbook from an archive; what is in a gzip file is seen once it is unpacked."""
    if not zipfile.is_zipfile(path):
        return "zip"
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError) as error:
        raise SourceError("source.broken_zip", file=path.name, problem=str(error)) from error
    if "xl/workbook.bin" in names:
        raise SourceError("source.not_text", file=path.name, format="Excel (.xlsb)")
    if "xl/workbook.xml" in names:
        return "XLSX"
    return "ODS" if {"content.xml", "mimetype"} <= names else "zip"


def _begins_like_json(start: bytes) -> bool:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = start[: len(start) // 2 * 2].decode("utf-16", "replace")
    else:
        text = start.decode("utf-8-sig", "replace")
    text = text.lstrip()
    return text.startswith("{") or (text[:1] == "[" and text[1:].lstrip()[:1] in ("{", "[", "]"))
