"""What phones say in a room of the live poll: who came in, votes that change, and their count.

A seat and a vote belong to a random id that the phone alone knows; the store holds its hash
together with the room's, so that nobody is followed from room to room. Votes change until the
room is closed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from analytics.errors import ProgrammeError, StoreError
from analytics.programmes.readiness import LEVELS
from analytics.programmes.templates import template
from analytics.store.database import Database, serialise
from analytics.store.models import utc_now
from analytics.store.programme_models import Programme
from analytics.store.room_models import Room, RoomPhone, RoomVote
from analytics.store.rooms import is_live, known

MOST_PHONES = 500  # a room holds 200; without a bound one phone could fill the store


@dataclass(frozen=True)
class Tally:
    """What a room says: by component how many phones gave each level, 1 to 5 in order.

    ``phones`` voted of the ``entered`` that opened the question.
    """

    phones: int
    entered: int
    counts: Mapping[str, tuple[int, ...]]

    def mean(self, component: str) -> float | None:
        """Return the mean level of a component, 1–5; None where nobody rated it."""
        return mean_level(self.counts.get(component, ()))


def mean_level(counts: tuple[int, ...]) -> float | None:
    """Return the mean of the levels 1, 2, … that were given ``counts`` times; None without any."""
    n = sum(counts)
    return sum(level * count for level, count in enumerate(counts, LEVELS[0])) / n if n else None


def sit(db: Database, room_id: int, participant: str, *, now: datetime | None = None) -> None:
    """Count a phone as one that came in; the same phone is counted once.

    Raises
    ------
    StoreError
        ``room.unknown``; ``room.over`` once the room is closed or expired; ``room.full``.
    """
    with db.begin() as session:
        serialise(session, f"room:{room_id}")
        if not is_live(known(session, room_id), now or utc_now()):
            raise StoreError("room.over")
        _seat(session, room_id, _hashed(room_id, participant))


def vote(
    db: Database,
    room_id: int,
    participant: str,
    levels: Mapping[str, int],
    *,
    now: datetime | None = None,
) -> None:
    """Keep what a phone says, in place of what it said before; components may be left out.

    Raises
    ------
    StoreError
        ``room.unknown``; ``room.over`` once the room is closed or expired; ``room.full``;
        ``room.empty_vote`` without any component.
    ProgrammeError
        ``programme.unknown_component``; ``programme.level`` outside 1–5.
    """
    hashed = _hashed(room_id, participant)
    with db.begin() as session:
        # A vote is before or after the closing of its room, never during it.
        serialise(session, f"room:{room_id}")
        held = known(session, room_id)
        if not is_live(held, now or utc_now()):
            raise StoreError("room.over")
        _check(session, held, levels)
        _seat(session, room_id, hashed)
        mine = {"room": room_id, "participant": hashed}
        session.execute(delete(RoomVote).filter_by(**mine))
        session.add_all(
            RoomVote(**mine, component=component, level=level)
            for component, level in levels.items()
        )


def own_vote(db: Database, room_id: int, participant: str) -> dict[str, int]:
    """Return what a phone has said, by component; empty before it did."""
    mine = {"room": room_id, "participant": _hashed(room_id, participant)}
    with db.read() as session:
        return {v.component: v.level for v in session.scalars(select(RoomVote).filter_by(**mine))}


def tally(db: Database, room_id: int) -> Tally:
    """Count the votes of a room."""
    low, high = LEVELS
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * (high - low + 1))
    query = (
        select(RoomVote.component, RoomVote.level, func.count())
        .filter_by(room=room_id)
        .group_by(RoomVote.component, RoomVote.level)
    )
    with db.read() as session:
        for component, level, n in session.execute(query):
            counts[component][level - low] = n
        phones, entered = _phones(session, room_id), _seats(session, room_id)
    return Tally(phones, entered, {component: tuple(row) for component, row in counts.items()})


def _check(session: Session, held: Room, levels: Mapping[str, int]) -> None:
    if not levels:
        raise StoreError("room.empty_vote")
    made = template(session.get_one(Programme, held.programme).template)
    known = [component.key for component in made.components]
    low, high = LEVELS
    for component, level in levels.items():
        if component not in known:
            raise ProgrammeError(
                "programme.unknown_component", value=component, known=", ".join(known)
            )
        if not low <= level <= high:
            raise ProgrammeError("programme.level", value=level, low=low, high=high)


def _seat(session: Session, room: int, participant: str) -> None:
    if session.get(RoomPhone, (room, participant)) is None:
        if _seats(session, room) >= MOST_PHONES:
            raise StoreError("room.full")
        session.add(RoomPhone(room=room, participant=participant))


def _seats(session: Session, room_id: int) -> int:
    query = select(func.count()).select_from(RoomPhone).filter_by(room=room_id)
    return session.scalar(query) or 0


def _phones(session: Session, room_id: int) -> int:
    query = select(func.count(RoomVote.participant.distinct())).filter_by(room=room_id)
    return session.scalar(query) or 0


def _hashed(room_id: int, participant: str) -> str:
    return hashlib.sha256(f"{room_id}:{participant}".encode()).hexdigest()
