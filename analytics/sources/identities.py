"""Names for records: the same record gets the same id in every import, twins get their own."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analytics.sources.chunks import Chunk

EVENT_ID_DIGITS = 20
NOTE_BYTES = 16
_BETWEEN = "\x1f"

Notes = npt.NDArray[np.uint64]  # shape (n, 2)


def event_id(city: str, source: str, source_record_id: str) -> str:
    """Return 20 hexadecimal digits of the SHA-256 over city, source and record id."""
    return event_ids(city, source, [source_record_id])[0]


def event_ids(city: str, source: str, source_record_ids: Iterable[str]) -> list[str]:
    """Return the :func:`event_id` of many records of one source."""
    start = _BETWEEN.join((city, source, ""))
    return [
        sha256((start + record).encode()).hexdigest()[:EVENT_ID_DIGITS]
        for record in source_record_ids
    ]


@dataclass(frozen=True)
class Named:
    """The records of a chunk by name.

    ``ids`` has a ``source_record_id`` per record; ``repeats`` tells records whose id an earlier
    one has: index in the chunk → row number of the first. ``recurring``, shape (n,), is set where
    the file may hold the same record once more.
    """

    ids: list[str]
    repeats: dict[int, int]
    recurring: npt.NDArray[np.bool_]


class RecordNames:
    """Gives each record of a file its ``source_record_id``.

    A file is gone through twice. ``survey`` notes 16 bytes per record; only records whose notes
    repeat are remembered one by one in ``assign``, so that memory stays small.

    Parameters
    ----------
    columns : sequence of str
        The file's columns.
    record_id : str
        The column with the publisher's id; empty where there is none: then a record is named by
        the content of its row and its ordinal among identical rows.
    left_out : sequence of str
        Columns that are not stored; they do not count as content.
    """

    def __init__(
        self, columns: Sequence[str], *, record_id: str, left_out: Sequence[str] = ()
    ) -> None:
        self.id_index = columns.index(record_id) if record_id else None
        # Sorted by name, so that a register exported with its columns in another order stays known.
        content = sorted(
            (name, index) for index, name in enumerate(columns) if name not in left_out
        )
        self.content = [index for _, index in content]
        self.notes: deque[Notes] = deque()
        self.repeated: npt.NDArray[np.uint64] = np.empty(0, dtype=np.uint64)
        self.first_rows: dict[bytes, int] = {}
        self.ordinals: Counter[bytes] = Counter()

    def survey(self, chunk: Chunk) -> None:
        """Take note of a chunk's records."""
        self.notes.append(self._note(chunk, self._given(chunk)))

    def settle(self) -> None:
        """Find out which notes repeat; call once, between the two passes."""
        if self.notes:
            starts = np.sort(np.concatenate([notes[:, 0] for notes in self.notes]))
            self.repeated = np.unique(starts[1:][starts[1:] == starts[:-1]])

    def assign(self, chunk: Chunk, usable: npt.NDArray[np.bool_]) -> Named:
        """Name the records of a chunk.

        Parameters
        ----------
        chunk : Chunk
        usable : ndarray of bool, shape (n,)
            Records that nothing else speaks against; only these take an id.

        Returns
        -------
        Named
        """
        given = self._given(chunk)
        notes = self.notes.popleft() if self.notes else None
        if notes is None or len(notes) != len(chunk):  # a file that changes is refused at its end
            notes = self._note(chunk, given)
        names = _names(given, notes)
        repeats: dict[int, int] = {}
        recurring = np.isin(notes[:, 0], self.repeated)
        for index in np.flatnonzero(recurring & usable):
            key, row = notes[index].tobytes(), int(chunk.row_numbers[index])
            if given is None or not given[index]:
                self.ordinals[key] += 1
                if self.ordinals[key] > 1:
                    names[index] += f"-{self.ordinals[key]}"
            elif (first := self.first_rows.setdefault(key, row)) != row:
                repeats[int(index)] = first
        return Named(names, repeats, recurring)

    def _given(self, chunk: Chunk) -> list[str] | None:
        """Ids as the publisher gave them, empty where there is none; None without a column."""
        if self.id_index is None:
            return None
        return [text.strip() for text in _listed(chunk.cells[self.id_index])]

    def _note(self, chunk: Chunk, given: list[str] | None) -> Notes:
        """Hash what each record is known by."""
        if given is None:
            texts = self._contents(chunk)
        elif all(given):
            texts = [text.encode() for text in given]
        else:
            pairs = zip(given, self._contents(chunk), strict=True)
            texts = [text.encode() or content for text, content in pairs]
        digests = b"".join([sha256(text).digest()[:NOTE_BYTES] for text in texts])
        return np.frombuffer(digests, dtype=np.uint64).reshape(-1, 2)

    def _contents(self, chunk: Chunk) -> list[bytes]:
        """Write the stored cells of each record, columns in the order of their names."""
        cells = [chunk.cells[index] for index in self.content]
        if not cells:
            return [b""] * len(chunk)
        if len(cells) == 1:  # letter by letter: the ids of such files are on record like this
            return [_BETWEEN.join(text).encode() for text in _listed(cells[0])]
        joined = pc.binary_join_element_wise(*cells, _BETWEEN)
        return _listed(pc.cast(joined, pa.binary()))


def _names(given: list[str] | None, notes: Notes) -> list[str]:
    digits, step = notes.tobytes().hex(), 2 * NOTE_BYTES
    starts = range(0, len(digits), step)
    if given is None:
        return [f"row-{digits[start : start + EVENT_ID_DIGITS]}" for start in starts]
    return [
        text or f"row-{digits[start : start + EVENT_ID_DIGITS]}"
        for text, start in zip(given, starts, strict=True)
    ]


def _listed(texts: pa.Array) -> list[Any]:
    """Return Python texts; by way of numpy, which is quicker than ``to_pylist``."""
    listed: list[Any] = texts.to_numpy(zero_copy_only=False).tolist()
    return listed
