"""Parquet files, a batch of rows at a time, as text."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as kinds

from analytics.errors import SourceError
from analytics.sources.formats import identify
from analytics.sources.readers import CHUNK_ROWS, unique_names
from analytics.sources.records import Records, RecordTable, Table


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


def stretches(
    table: Table, columns: Sequence[str], by: str, keep: Callable[[str], bool]
) -> Iterator[tuple[npt.NDArray[np.int64], dict[str, pa.StringArray]]]:
    """Read some columns of a table; of a Parquet file only the rows that are wanted.

    Each distinct text of the column ``by`` is asked for once, and rows that are not wanted never
    become text. Other formats, and archives, give every row.

    Parameters
    ----------
    table : Table
    columns : sequence of str
        Which to read, ``by`` among them.
    by : str
        Column that decides; empty to read every row.
    keep : callable
        Whether rows with this text are wanted.

    Yields
    ------
    ndarray of shape (n,), dict
        Row numbers, with the header as 1, and the texts of each column.

    Raises
    ------
    SourceError
        If the file cannot be read to its end.
    """
    if by and _is_plain(table):
        yield from _rows_where(table.facts.path, columns, by, keep)
        return
    for chunk in table.chunks():
        yield chunk.row_numbers, {name: chunk.column(name) for name in columns}


def _is_plain(table: Table) -> bool:
    """Whether the file itself is Parquet, in no archive, with a name of its own per column."""
    if not isinstance(table, RecordTable) or table.found.get("format") != "Parquet":
        return False
    return table.columns == tuple(pq.read_schema(table.facts.path).names)


def _rows_where(
    path: Path, columns: Sequence[str], by: str, keep: Callable[[str], bool]
) -> Iterator[tuple[npt.NDArray[np.int64], dict[str, pa.StringArray]]]:
    first = 2
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(CHUNK_ROWS, columns=list(columns)):
                chosen = _chosen(batch.column(by), keep)
                if len(chosen):
                    rows = batch.take(pa.array(chosen))
                    cells = {n: pa.array(texts_of(rows.column(n)), pa.string()) for n in columns}
                    yield first + chosen, cells
                first += len(batch)
    except (pa.ArrowInvalid, OSError) as error:
        raise _broken(path, error) from error


def _chosen(column: pa.Array, keep: Callable[[str], bool]) -> npt.NDArray[np.int64]:
    """Return the indices of the rows whose text is wanted; null is the empty text."""
    is_coded = kinds.is_dictionary(column.type)
    coded = column if is_coded else column.dictionary_encode()
    codes = np.asarray(pc.fill_null(coded.indices.cast(pa.int64()), -1))
    told = [*texts_of(coded.dictionary), ""]  # the last is what code -1 finds
    present = set(np.unique(codes) % len(told))
    wanted = np.array([i in present and keep(text) for i, text in enumerate(told)])
    return np.flatnonzero(wanted[codes]).astype(np.int64)


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
