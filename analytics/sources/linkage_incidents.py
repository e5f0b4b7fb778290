"""From weighed pairs to incidents: at most one record per source, people's word first."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Rows = tuple[int, int]


class Groups:
    """Records joined into incidents, never two of one source, never a pair that was rejected.

    Parameters
    ----------
    source : ndarray (n_records,) of int
        Each record's source.
    rejected : iterable of (int, int)
        Rows that a person told apart.
    """

    def __init__(self, source: np.ndarray, rejected: Iterable[Rows] = ()) -> None:
        self._source = source
        self._members: dict[int, list[int]] = {}
        self._rejected = {frozenset(pair) for pair in rejected}

    def join(self, one: int, other: int) -> bool:
        """Make two records one incident if that is possible; tell whether they are."""
        first, second = self.members(one), self.members(other)
        if first is second:
            return True
        both = [*first, *second]
        sources = {int(self._source[row]) for row in both}
        apart = any(frozenset((a, b)) in self._rejected for a in first for b in second)
        if len(sources) < len(both) or apart:
            return False
        both.sort()
        self._members.update(dict.fromkeys(both, both))
        return True

    def members(self, row: int) -> list[int]:
        """Return the rows of a record's incident."""
        return self._members.setdefault(row, [row])

    def incidents(self) -> list[list[int]]:
        """Return the incidents of more than one record, in order of their first rows."""
        found = {group[0]: group for group in self._members.values() if len(group) > 1}
        return [found[first] for first in sorted(found)]


def assign(
    groups: Groups, one: np.ndarray, other: np.ndarray, probability: np.ndarray, *, at_least: float
) -> np.ndarray:
    """Join pairs into ``groups``, the likeliest first; ties in order of rows.

    Parameters
    ----------
    groups : Groups
        May hold confirmed pairs already; they stay.
    one, other : ndarray (n_pairs,) of int
    probability : ndarray (n_pairs,)
    at_least : float
        Pairs below are not joined.

    Returns
    -------
    ndarray (n_pairs,) of bool
        Whether the pair itself was joined or lies within an incident.
    """
    joined = np.zeros(len(one), dtype=bool)
    for pair in np.lexsort((other, one, -probability)):
        if probability[pair] < at_least:
            break
        joined[pair] = groups.join(int(one[pair]), int(other[pair]))
    return joined


def rows_of(events: set[str], records: pa.Table) -> dict[str, int]:
    """Return the rows of a few events among many; those that are not there are left out.

    Parameters
    ----------
    events : set of str
        Event ids.
    records : pyarrow.Table
        One row per record with ``event_id``; no list of all ids is made of it.
    """
    names = pa.array(sorted(events), pa.string())
    rows = pc.index_in(names, value_set=records.column("event_id").combine_chunks())
    found = zip(names.to_pylist(), rows.to_pylist(), strict=True)
    return {name: row for name, row in found if row is not None}
