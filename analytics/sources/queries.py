"""Rows of another office's database: one SELECT, read only, streamed into a table.

What it gives is written down once, because the importer reads a table twice and rows may change
in a database meanwhile.
"""

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Connection, CursorResult, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from analytics.errors import SourceError
from analytics.settings import Query
from analytics.sources.columnar import open_parquet
from analytics.sources.readers import CHUNK_ROWS, unique_names
from analytics.sources.records import RecordTable

CONNECT_S = 10
# Quotes and comments; what of them is left over afterwards is written in another way and refused.
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.S)
_UNSURE = re.compile(r"""[;'"$\\]|/\*|\*/""")
_READS = re.compile(r"\s*(?:select|with)\b", re.I)
# What may stand in a statement that starts so and writes; other ways begin with their own word.
_WRITES = re.compile(r"\b(?:insert|update|delete|merge|into)\b", re.I)


@contextmanager
def open_query(query: Query, *, scratch: Path) -> Iterator[RecordTable]:
    """Run a query and give its rows as a table.

    Parameters
    ----------
    query : Query
        Of the settings; its URL comes from the environment.
    scratch : Path
        Folder where the rows lie, readable by their owner alone, while the table is open.

    Yields
    ------
    RecordTable
        Its facts (size, checksum) are those of the rows as they were written down.

    Raises
    ------
    SourceError
        ``source.query_not_select``, ``source.query_no_url``, ``source.query_database`` (neither
        SQLite nor PostgreSQL), ``source.query_unreachable``, ``source.query_failed``;
        ``source.header_only`` where it gives no row.
    """
    statement = checked(query)
    engine = _engine(query)
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch) as private:
        path = Path(private) / query.name
        try:
            _write_down(query, engine, statement, path)
        finally:
            engine.dispose()
        inner = open_parquet(path)
        found = {"format": "SQL", "database": engine.dialect.name, "select": statement}
        yield RecordTable(inner.facts, inner.columns, inner.records, inner.n_records, found=found)


def checked(query: Query) -> str:
    """Return the text of a query if it is one statement that reads.

    Raises
    ------
    SourceError
        ``source.query_not_select``: does not start with SELECT or WITH, holds a second statement
        or a word that writes, or is quoted in a way (backslash, dollar) that hides where it ends.
    """
    statement = query.select.strip().removesuffix(";").rstrip()
    bare = _QUOTED.sub(" ", statement)
    hidden = _UNSURE.search(bare) or "\\'" in statement
    if hidden or not _READS.match(bare) or _WRITES.search(bare):
        raise SourceError("source.query_not_select", query=query.name)
    return statement


def _engine(query: Query) -> Engine:
    """Make an engine whose connections cannot write where the server lets that be said."""
    try:
        url = make_url(os.environ[query.url_env])
    except KeyError as error:
        raise SourceError(
            "source.query_no_url", query=query.name, variable=query.url_env
        ) from error
    except ArgumentError as error:  # its text may hold the password
        raise _refusal("source.query_unreachable", query, error) from error
    kind = url.get_backend_name()
    if kind == "sqlite" and url.database and url.database != ":memory:":
        file = f"file:{quote(str(Path(url.database).absolute()))}?mode=ro"
        return create_engine(
            "sqlite://", creator=lambda: sqlite3.connect(file, uri=True), poolclass=NullPool
        )
    if kind in ("postgresql", "postgres"):
        asked = {"connect_timeout": CONNECT_S} if "connect_timeout" not in url.query else {}
        return create_engine(
            url.set(drivername="postgresql+psycopg"), connect_args=asked, poolclass=NullPool
        )
    raise SourceError("source.query_database", query=query.name, found=kind)


def _write_down(query: Query, engine: Engine, statement: str, path: Path) -> None:
    try:
        connection = engine.connect()
    except SQLAlchemyError as error:
        raise _refusal("source.query_unreachable", query, error) from error
    try:
        with connection:
            _forbid_writing(connection)
            connection.execution_options(
                stream_results=True, yield_per=CHUNK_ROWS, no_parameters=True
            )
            _write_rows(connection.exec_driver_sql(statement), path)
    except SQLAlchemyError as error:
        raise _refusal("source.query_failed", query, error) from error


def _forbid_writing(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")
    else:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _write_rows(result: CursorResult[Any], path: Path) -> None:
    names = unique_names(list(result.keys()))
    schema = pa.schema([(name, pa.string()) for name in names])
    with pq.ParquetWriter(path, schema) as writer:
        for rows in result.partitions(CHUNK_ROWS):
            columns = zip(*rows, strict=True)
            texts = [pa.array([_text(cell) for cell in cells], pa.string()) for cells in columns]
            writer.write_table(pa.table(texts, schema=schema))


def _text(value: Any) -> str:
    """Write a value as the other readers do: ISO dates, whole numbers without a point."""
    if value is None or isinstance(value, (bytes, memoryview)):  # pictures or shapes, not text
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < 1e15
        return str(int(value)) if whole else repr(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value.isoformat() if isinstance(value, date) else str(value)


def _refusal(code: str, query: Query, error: SQLAlchemyError) -> SourceError:
    """Say what the driver said, in one line: SQLAlchemy's own text repeats the statement."""
    said = str(getattr(error, "orig", None) or "").strip().splitlines()
    problem = said[0] if said else type(error).__name__
    return SourceError(code, query=query.name, problem=problem)
