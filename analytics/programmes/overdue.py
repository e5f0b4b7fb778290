"""What a cohort's cities owe on a day: gates past their promise, commitments past their day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.programmes.schedule import Milestone


@dataclass(frozen=True)
class Promise:
    """A commitment that is open: what, whose, until when; ``city`` is a key."""

    city: str
    text: str
    owner: str
    due_on: date


@dataclass(frozen=True)
class Owed:
    """Something that is overdue; ``kind`` is ``gate`` (``what`` is its key) or ``commitment``."""

    kind: str
    city: str
    what: str
    owner: str
    due_on: date
    days: int


def overdue(
    milestones: Mapping[str, Sequence[Milestone]],
    owners: Mapping[tuple[str, str], str],
    promises: Iterable[Promise],
    as_of: date,
) -> tuple[Owed, ...]:
    """List what is overdue on a day, the longest first.

    Parameters
    ----------
    milestones : Mapping
        City → its gates as they stood on the day.
    owners : Mapping
        (city, gate) → who answers for it; "" where nobody was named.
    promises : iterable of Promise
        Commitments that were open on the day.
    as_of : datetime.date
    """
    found = [
        Owed("gate", city, gate.key, owners.get((city, gate.key), ""), gate.baseline.last,
             (as_of - gate.baseline.last).days)
        for city, gates in milestones.items()
        for gate in gates
        if gate.is_overdue(as_of)
    ]  # fmt: skip
    found += [
        Owed("commitment", p.city, p.text, p.owner, p.due_on, (as_of - p.due_on).days)
        for p in promises
        if p.due_on < as_of
    ]
    return tuple(sorted(found, key=lambda owed: (-owed.days, owed.city, owed.what)))
