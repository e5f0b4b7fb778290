"""Reading delimited files in chunks: every record comes out once, whole or with a reason."""

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analytics.errors import SourceError
from analytics.sources.chunks import Chunk, Rejected, by_column, joined
from analytics.sources.column_names import guess_roles
from analytics.sources.formats import FileFacts, open_text, survey_file
from analytics.sources.plain_text import read_block

CHUNK_ROWS = 20_000
BLOCK_LETTERS = 2 << 20
DELIMITERS = (",", ";", "\t", "|")
SAMPLE_LINES = 200
HEADER_WITHIN = 20  # titles that stand above the header are passed over


@dataclass(frozen=True)
class DelimitedFile:
    """A delimited file, surveyed: encoding, delimiter and header are known, rows are unread.

    ``titles`` is the number of records above the header. Repeated column names get a number,
    empty ones come as ``column <n>``.
    """

    facts: FileFacts
    delimiter: str
    columns: tuple[str, ...]
    titles: int

    @property
    def found(self) -> dict[str, Any]:
        """What was decided to read the file."""
        return {
            "format": "delimited",
            "encoding": self.facts.encoding,
            "delimiter": self.delimiter,
        }

    @property
    def roles(self) -> dict[str, str]:
        """Role → column, as the format tells it: delimited text tells nothing."""
        return {}

    def check_unchanged(self) -> None:
        """Refuse a file that changed since it was surveyed."""
        self.facts.check_unchanged()

    def chunks(self, rows: int = CHUNK_ROWS) -> Iterator[Chunk]:
        """Read the file from its first data row, at most ``rows`` records at a time.

        Yields
        ------
        Chunk

        Raises
        ------
        SourceError
            If the file cannot be read to its end.
        """
        with open_text(self.facts) as (text, raw):
            source, number = _Lines(text), 2
            header = _records(source, self.delimiter, len(self.columns))
            if len(list(islice(header, self.titles + 1))) <= self.titles:
                return
            while (chunk := self._chunk(source, number, rows)) is not None:
                number += len(chunk) + len(chunk.rejected)
                if len(chunk) or chunk.rejected:  # there may be blank lines at the end
                    yield replace(chunk, bytes_done=raw.tell())

    def _chunk(self, source: "_Lines", number: int, rows: int) -> Chunk | None:
        """Read up to ``rows`` records, the first of them with this number; None at the end."""
        width, last = len(self.columns), number + rows
        numbers: list[npt.NDArray[np.int64]] = []
        parts: list[tuple[pa.StringArray, ...]] = []
        rejected: list[Rejected] = []
        # A record takes one line or more, so that a block never holds too many of them.
        while number < last and (block := source.take(last - number)):
            if cells := read_block(block, self.delimiter, width):
                taken = np.arange(number, number + len(cells[0]))
                number += len(taken)
            else:
                source.give_back(block)
                batch = list(enumerate(self._careful(source, last - number), start=number))
                number += len(batch)
                taken, cells = self._sorted_out(batch, rejected)
            numbers.append(taken)
            parts.append(cells)
        if not parts:
            return None
        return Chunk(self.columns, np.concatenate(numbers), joined(parts, width), rejected, 0)

    def _careful(self, source: "_Lines", most: int) -> Iterator[list[str] | str]:
        """Yield records one by one until the lines given back are used up."""
        for record in islice(_records(source, self.delimiter, len(self.columns)), most):
            yield record
            if not source.holds_some():
                return

    def _sorted_out(
        self, batch: list[tuple[int, list[str] | str]], rejected: list[Rejected]
    ) -> tuple[npt.NDArray[np.int64], tuple[pa.StringArray, ...]]:
        """Add the broken records to ``rejected``; return the others and their numbers."""
        numbers, rows = [], []
        for number, cells in batch:
            if isinstance(cells, str):
                rejected.append(Rejected(number, None, None, "wrong_field_count", [cells]))
            elif len(cells) != len(self.columns):
                found = str(len(cells))
                rejected.append(Rejected(number, None, found, "wrong_field_count", cells))
            elif self.facts.escapes and (bad := _undecodable(cells)) is not None:
                column, shown = self.columns[bad], [_visible(cell) for cell in cells]
                rejected.append(Rejected(number, column, shown[bad], "undecodable_text", shown))
            else:
                numbers.append(number)
                rows.append(cells)
        return np.array(numbers, dtype=np.int64), by_column(rows, len(self.columns))


def open_delimited(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    wanted: Iterable[str] = (),
) -> DelimitedFile:
    """Find out how a delimited file is to be read.

    Parameters
    ----------
    path : Path
        ``.csv``, ``.tsv`` or ``.txt``, plain or gzip; what counts is the content.
    encoding, delimiter : str, optional
        Stated by a mapping; then not guessed.
    wanted : iterable of str
        Column names that the header is known to hold.

    Returns
    -------
    DelimitedFile

    Raises
    ------
    SourceError
        If the file is no delimited text or holds no data row.
    """
    facts = survey_file(path, encoding=encoding)
    with open_text(facts) as (lines, _):
        sample = list(islice(lines, SAMPLE_LINES))
    chosen = delimiter or _guess_delimiter(sample)
    records = [cells for cells in _parsed(sample, chosen) if not _is_blank(cells)]
    if not records:
        raise SourceError("source.empty", file=path.name)
    names = set(wanted)
    scores = [len(guess_roles(r)) + len(names & set(r)) for r in records[:HEADER_WITHIN]]
    titles = scores.index(max(scores)) if max(scores) >= 2 else 0
    if len(records) == titles + 1 and len(sample) < SAMPLE_LINES:
        raise SourceError("source.header_only", file=path.name, found=", ".join(records[titles]))
    return DelimitedFile(facts, chosen, unique_names(records[titles]), titles)


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Tell repeated column names apart by a number; an empty one becomes ``column <n>``."""
    unique: list[str] = []
    for number, name in enumerate(names, start=1):
        wanted = _visible(name).strip() or f"column {number}"
        repeats = sum(other == wanted or other.startswith(f"{wanted} (") for other in unique)
        unique.append(f"{wanted} ({repeats + 1})" if wanted in unique else wanted)
    return tuple(unique)


class _Lines:
    """Lines that can be given back; remembers those of the record being read."""

    def __init__(self, text: TextIO) -> None:
        self.text, self.ended = text, False
        self.returned, self.block, self.record = deque[str](), StringIO(newline=""), list[str]()

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.returned.popleft() if self.returned else self.block.readline()
        if not line and not self.ended:
            line = self.text.readline()
            # What has ended stays so: a file that grows meanwhile is not followed for ever.
            self.ended = not line
        if not line:
            raise StopIteration
        self.record.append(line)
        return line

    def take(self, n: int) -> str:
        """Take up to ``n`` lines, those given back first; empty at the end of the file."""
        text = self._held()
        if not text and not self.ended:
            text = self.text.read(BLOCK_LETTERS)
            self.ended = not text
            if text and not text.endswith("\n"):
                text += self.text.readline()
        # The last line of a file may lack its end.
        ends = text.count("\n") + text.count("\r") + (not text.endswith(("\n", "\r")))
        if ends <= n:
            return text
        self.block = StringIO(text, newline="")
        return "".join(islice(self.block, n))

    def give_back(self, text: str) -> None:
        self.block = StringIO(text + self._held(), newline="")

    def give_back_all_but_first(self) -> str:
        first, *rest = self.record
        self.returned.extendleft(reversed(rest))
        return first.rstrip("\r\n")

    def holds_some(self) -> bool:
        """Whether lines given back are still to be read."""
        if not self.returned and (line := self.block.readline()):
            self.returned.append(line)
        return bool(self.returned)

    def _held(self) -> str:
        text = "".join(self.returned) + self.block.read()
        self.returned.clear()
        return text


def _records(source: _Lines, delimiter: str, width: int) -> Iterator[list[str] | str]:
    """Yield cells, or a line's text where its quotes are broken; blank lines are no records.

    A quote that is opened and not closed swallows the lines after it: they are given back, so
    that one bad row costs one row.
    """
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        source.record.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield source.give_back_all_but_first()
            continue
        if len(cells) != width and _is_blank(cells):
            continue
        if len(cells) != width and _swallowed(source.record, delimiter, width):
            yield source.give_back_all_but_first()
            continue
        yield cells


def _swallowed(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether the second line is a record of its own, not the rest of a quoted cell."""
    follower = next(csv.reader(lines[1:2], delimiter=delimiter), [])
    return len(follower) == width and not any('"' in cell for cell in follower)


def _guess_delimiter(sample: list[str]) -> str:
    """Take the delimiter that cuts most lines, the header included, into equally many cells."""

    def regularity(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(cells) for cells in _parsed(sample, delimiter) if len(cells) > 1)
        return max(((count, width) for width, count in widths.items()), default=(0, 0))

    return max(DELIMITERS, key=regularity)


def _parsed(sample: list[str], delimiter: str) -> Iterator[list[str]]:
    """Read the sample as far as its quotes allow."""
    with suppress(csv.Error):
        yield from csv.reader(sample, delimiter=delimiter)


def _is_blank(cells: list[str]) -> bool:
    return not cells or (len(cells) == 1 and not cells[0].strip())


def _undecodable(cells: list[str]) -> int | None:
    for index, cell in enumerate(cells):
        if not cell.isascii() and any("\udc80" <= letter <= "\udcff" for letter in cell):
            return index
    return None


def _visible(cell: str) -> str:
    r"""Write bytes without meaning as ``\xNN``."""
    return cell.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
