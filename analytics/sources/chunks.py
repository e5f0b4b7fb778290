"""A stretch of a file's records, held by column, and the records that had to be set aside."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_BYTES_PER_CELL = 100  # of a record that is held as Python texts


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

    @property
    def nbytes(self) -> int:
        """About the memory it takes."""
        broken = sum(len(record.cells) + 1 for record in self.rejected) * _BYTES_PER_CELL
        return broken + sum(int(column.nbytes) for column in self.cells)

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


class Memory:
    """Holds the chunks of a first pass for the second, as long as they are small.

    Parameters
    ----------
    most_bytes : int
        Above this nothing is held, and the file is to be read again.
    """

    def __init__(self, most_bytes: int) -> None:
        self._room = most_bytes
        self._held: deque[Chunk] | None = deque()

    def add(self, chunk: Chunk) -> None:
        """Hold a chunk, or give up all of them."""
        self._room -= chunk.nbytes
        if self._room < 0:
            self._held = None
        if self._held is not None:
            self._held.append(chunk)

    def replay(self) -> Iterator[Chunk] | None:
        """Return the chunks, each let go once it is given out; None if they were too large."""
        held = self._held
        return None if held is None else (held.popleft() for _ in range(len(held)))


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
