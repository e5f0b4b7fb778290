"""Parquet files, a batch of rows at a time, as text."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as kinds

from analytics.errors import SourceError
from analytics.sources.formats import identify
from analytics.sources.readers import CHUNK_ROWS, unique_names
from analytics.sources.records import Records, RecordTable


def open_parquet(path: Path) -> RecordTable:
    """Survey a Parquet file.

    Returns
    -------
    RecordTable
        Rows are numbered with the header as 1, as in a table.

    Raises
    ------
    SourceError
        ``source.broken_parquet``; ``source.header_only`` for a file without rows.
    """
    facts = identify(path)
    try:
        with pq.ParquetFile(path) as file:
            names, n_rows = file.schema_arrow.names, file.metadata.num_rows
    except (pa.ArrowInvalid, OSError) as error:
        raise _broken(path, error) from error
    if not n_rows:
        raise SourceError("source.header_only", file=path.name, found=", ".join(names))
    return RecordTable(
        facts, unique_names(names), partial(_records, path), n_rows, found={"format": "Parquet"}
    )


def texts_of(column: pa.Array) -> list[str]:
    """Write a column as texts: ISO dates, whole numbers without a point, null as empty."""
    if kinds.is_dictionary(column.type):
        column = column.dictionary_decode()
    if kinds.is_floating(column.type):
        return [_number(value) for value in column.to_pylist()]
    if kinds.is_binary(column.type) or kinds.is_nested(column.type):
        return [_structure(value) for value in column.to_pylist()]
    texts = pc.cast(column, pa.string())
    if kinds.is_timestamp(column.type) or kinds.is_time(column.type):
        texts = pc.replace_substring_regex(texts, r"\.0+(Z|[+-]\d{4})?$", r"\1")
    written: list[str] = pc.fill_null(texts, "").to_pylist()
    return written


def _records(path: Path) -> Records:
    number = 1
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(CHUNK_ROWS):
                for cells in zip(*(texts_of(column) for column in batch.columns), strict=True):
                    number += 1
                    yield number, list(cells)
    except (pa.ArrowInvalid, OSError) as error:
        raise _broken(path, error) from error


def _number(value: float | None) -> str:
    if value is None or value != value:
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _structure(value: Any) -> str:
    if value is None or isinstance(value, bytes):  # bytes are pictures or shapes, not text
        return ""
    return json.dumps(value, ensure_ascii=False, default=str)


def _broken(path: Path, error: Exception) -> SourceError:
    return SourceError("source.broken_parquet", file=path.name, problem=str(error))
