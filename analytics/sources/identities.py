"""Names for records: the same record gets the same id in every import, twins get their own."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from analytics.sources.readers import Chunk

EVENT_ID_DIGITS = 20
_BETWEEN = "\x1f"


def event_id(city: str, source: str, source_record_id: str) -> str:
    """Return 20 hexadecimal digits of the SHA-256 over city, source and record id."""
    text = _BETWEEN.join((city, source, source_record_id))
    return hashlib.sha256(text.encode()).hexdigest()[:EVENT_ID_DIGITS]


class RecordNames:
    """Gives each record of a file its ``source_record_id``.

    A file is gone through twice. ``survey`` notes 8 bytes per record; only records whose notes
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
        self.content = itemgetter(*(index for _, index in content)) if content else lambda _: ""
        self.notes: list[npt.NDArray[np.uint64]] = []
        self.repeated: npt.NDArray[np.uint64] = np.empty(0, dtype=np.uint64)
        self.first_rows: dict[bytes, int] = {}
        self.ordinals: Counter[bytes] = Counter()

    def survey(self, chunk: Chunk) -> None:
        """Take note of a chunk's records."""
        self.notes.append(_note(self._keys(chunk)))

    def settle(self) -> None:
        """Find out which notes repeat; call once, between the two passes."""
        notes, counts = np.unique(np.concatenate(self.notes or [self.repeated]), return_counts=True)
        self.repeated, self.notes = notes[counts > 1], []

    def assign(
        self, chunk: Chunk, usable: npt.NDArray[np.bool_]
    ) -> tuple[list[str], dict[int, int]]:
        """Name the records of a chunk.

        Parameters
        ----------
        chunk : Chunk
        usable : ndarray of bool, shape (n,)
            Records that nothing else speaks against; only these take an id.

        Returns
        -------
        (list of str, dict of int to int)
            A ``source_record_id`` per record, and for records whose id an earlier one has:
            index in the chunk → row number of the first.
        """
        keys, given = self._keys(chunk), self._given(chunk)
        names = [
            f"row-{key.hex()[:EVENT_ID_DIGITS]}" if told is None else told
            for key, told in zip(keys, given, strict=True)
        ]
        repeats: dict[int, int] = {}
        for index in np.flatnonzero(np.isin(_note(keys), self.repeated) & usable):
            key, row = keys[index], int(chunk.row_numbers[index])
            if given[index] is None:
                self.ordinals[key] += 1
                if self.ordinals[key] > 1:
                    names[index] += f"-{self.ordinals[key]}"
            elif (first := self.first_rows.setdefault(key, row)) != row:
                repeats[int(index)] = first
        return names, repeats

    def _given(self, chunk: Chunk) -> list[str | None]:
        if self.id_index is None:
            return [None] * len(chunk.rows)
        return [row[self.id_index].strip() or None for row in chunk.rows]

    def _keys(self, chunk: Chunk) -> list[bytes]:
        return [
            hashlib.sha256(
                (_BETWEEN.join(self.content(row)) if given is None else given).encode()
            ).digest()[:16]
            for row, given in zip(chunk.rows, self._given(chunk), strict=True)
        ]


def _note(keys: list[bytes]) -> npt.NDArray[np.uint64]:
    return np.frombuffer(b"".join(key[:8] for key in keys), dtype=np.uint64)
