"""A stretch of a file's records, held by column, and the records that had to be set aside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa


@dataclass(frozen=True)
class Rejected:
    """A record that cannot be used as it stands; ``cells`` are what was read of it."""

    row_number: int
    column: str | None
    value: str | None
    reason: str
    cells: Sequence[str]


@dataclass(frozen=True)
class Chunk:
    """Consecutive records of a file.

    ``cells`` has one array of n texts, none of them null, per column; ``row_numbers``, shape
    (n,), count records with the header as 1. ``bytes_done`` is the progress in bytes on disk.
    """

    columns: tuple[str, ...]
    row_numbers: npt.NDArray[np.int64]
    cells: tuple[pa.StringArray, ...]
    rejected: list[Rejected]
    bytes_done: int

    def __len__(self) -> int:
        """Return the number of records, without the rejected ones."""
        return len(self.row_numbers)

    @property
    def rows(self) -> list[list[str]]:
        """The records one by one: slow, for looking at."""
        return [list(row) for row in zip(*(c.to_pylist() for c in self.cells), strict=True)]

    def column(self, name: str) -> pa.StringArray:
        """Return the texts of one column."""
        return self.cells[self.columns.index(name)]

    def row(self, index: int) -> list[str]:
        """Return the cells of one record."""
        return [column[index].as_py() for column in self.cells]

    def with_column(self, columns: tuple[str, ...], text: str) -> "Chunk":
        """Return the chunk with one more column that holds the same text in every row."""
        added = pa.repeat(pa.scalar(text, pa.string()), len(self))
        return replace(self, columns=columns, cells=(*self.cells, added))


def by_column(rows: Sequence[Sequence[str]], width: int) -> tuple[pa.StringArray, ...]:
    """Turn records of ``width`` cells into columns."""
    columns: Iterable[Sequence[str]] = zip(*rows, strict=True) if rows else [[]] * width
    return tuple(_texts(column) for column in islice(columns, width))


def joined(parts: Sequence[tuple[pa.StringArray, ...]], width: int) -> tuple[pa.StringArray, ...]:
    """Put stretches of ``width`` columns under one another."""
    if len(parts) == 1:
        return parts[0]
    return tuple(pa.concat_arrays([part[i] for part in parts]) for i in range(width))


def _texts(column: Sequence[str]) -> pa.StringArray:
    try:
        return pa.array(column, pa.string())
    except UnicodeEncodeError:  # half a surrogate pair, as JSON can spell it, is no text
        whole = [cell.encode("utf-8", "backslashreplace").decode() for cell in column]
        return pa.array(whole, pa.string())
