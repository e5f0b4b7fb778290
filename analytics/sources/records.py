"""What every kind of file looks like to the importer: named columns and numbered rows of text."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Protocol

import numpy as np

from analytics.sources.chunks import Chunk, Rejected, by_column
from analytics.sources.formats import FileFacts
from analytics.sources.readers import CHUNK_ROWS

Records = Iterator[tuple[int, list[str]]]


class Table(Protocol):
    """A surveyed file.

    ``found`` holds what was decided to read it (format, encoding, sheet, CRS…), ``roles`` the
    columns whose meaning the format itself tells: role → column.
    """

    @property
    def facts(self) -> FileFacts:
        """The file as it is on disk."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names, each once."""

    @property
    def titles(self) -> int:
        """Records above the header."""

    @property
    def found(self) -> dict[str, Any]:
        """What was decided to read the file."""

    @property
    def roles(self) -> dict[str, str]:
        """Role → column, as the format tells it."""

    def chunks(self, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """Read the rows from the first, at most ``rows`` at a time."""

    def check_unchanged(self) -> None:
        """Refuse a file that changed since it was surveyed."""


@dataclass(frozen=True)
class RecordTable:
    """A file of any kind but delimited text; ``records`` starts a reading of all its rows.

    ``n_records`` is for the progress; ``companions`` are files that belong to it.
    """

    facts: FileFacts
    columns: tuple[str, ...]
    records: Callable[[], Records]
    n_records: int
    titles: int = 0
    found: dict[str, Any] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    companions: tuple[FileFacts, ...] = ()

    def chunks(self, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """Read the rows from the first, at most ``rows`` at a time.

        Raises
        ------
        SourceError
            If the file cannot be read to its end.
        """
        records, done = self.records(), 0
        while batch := list(islice(records, rows)):
            done += len(batch)
            share = min(done / max(self.n_records, 1), 1.0)
            numbers = np.array([number for number, _ in batch], dtype=np.int64)
            cells = by_column([row for _, row in batch], len(self.columns))
            yield Chunk(self.columns, numbers, cells, [], int(self.facts.size_bytes * share))

    def check_unchanged(self) -> None:
        """Refuse a file that changed since it was surveyed, or one that belongs to it."""
        for facts in (self.facts, *self.companions):
            facts.check_unchanged()


@dataclass(frozen=True)
class UnpackedTable:
    """A table out of an archive: it goes by the archive's name, size and checksum."""

    inner: Table
    facts: FileFacts

    @property
    def columns(self) -> tuple[str, ...]:
        """Column names, each once."""
        return self.inner.columns

    @property
    def titles(self) -> int:
        """Records above the header."""
        return self.inner.titles

    @property
    def found(self) -> dict[str, Any]:
        """What was decided to read the file, and which file of the archive it is."""
        return {**self.inner.found, "archive_member": self.inner.facts.path.name}

    @property
    def roles(self) -> dict[str, str]:
        """Role → column, as the format tells it."""
        return self.inner.roles

    def chunks(self, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """Read the rows from the first; progress is in bytes of the archive."""
        scale = self.facts.size_bytes / max(self.inner.facts.size_bytes, 1)
        for chunk in self.inner.chunks(rows):
            yield replace(chunk, bytes_done=int(chunk.bytes_done * scale))

    def check_unchanged(self) -> None:
        """Refuse an archive that changed since it was opened."""
        self.facts.check_unchanged()


@dataclass(frozen=True)
class TableOfYear:
    """A table whose rows all happened in a year that only its mapping tells."""

    inner: Table
    year: str

    @property
    def facts(self) -> FileFacts:
        """The file as it is on disk."""
        return self.inner.facts

    @property
    def column(self) -> str:
        """Name of the column that holds the year."""
        return next(n for n in ("options.year", "options.year (2)") if n not in self.inner.columns)

    @property
    def columns(self) -> tuple[str, ...]:
        """The file's columns and that of the year."""
        return (*self.inner.columns, self.column)

    @property
    def titles(self) -> int:
        """Records above the header."""
        return self.inner.titles

    @property
    def found(self) -> dict[str, Any]:
        """What was decided to read the file, and the year."""
        return {**self.inner.found, "year": self.year}

    @property
    def roles(self) -> dict[str, str]:
        """The year is the date."""
        return {**self.inner.roles, "date": self.column, "datetime": ""}

    def chunks(self, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """Read the rows from the first, the year at the end of each."""
        width = len(self.inner.columns)
        for chunk in self.inner.chunks(rows):
            rejected = [self._dated(record, width) for record in chunk.rejected]
            yield replace(chunk.with_column(self.columns, self.year), rejected=rejected)

    def check_unchanged(self) -> None:
        """Refuse a file that changed since it was surveyed."""
        self.inner.check_unchanged()

    def _dated(self, record: Rejected, width: int) -> Rejected:
        whole = len(record.cells) == width
        return replace(record, cells=[*record.cells, self.year]) if whole else record
