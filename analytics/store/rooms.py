"""Rooms of the live poll: opened by a coach, entered with a code, voted in by phones.

A vote belongs to a random id that the phone alone knows; the store holds its hash together with
the room's, so that nobody is followed from room to room. Votes change until the room is closed.
"""

import hashlib
import re
import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from analytics.errors import NotAllowedError, ProgrammeError, StoreError
from analytics.programmes.readiness import LEVELS, Rating
from analytics.programmes.templates import template
from analytics.store import audit, programme_notes, throttle
from analytics.store.database import Database, serialise
from analytics.store.models import utc_now
from analytics.store.programme_models import Enrolment, Programme
from analytics.store.room_models import Room, RoomVote

LIFETIME = timedelta(hours=4)
CODE_LENGTH = 6
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read as another
MOST_PHONES = 500  # a room holds 200; without a bound one phone could fill the store
LATER = {"open": ("revealed", "closed"), "revealed": ("closed",), "closed": ()}
AUDITED = {"revealed": "room.reveal", "closed": "room.close"}


@dataclass(frozen=True)
class RoomRow:
    """A room as read; ``state`` is ``open``, ``revealed`` or ``closed``."""

    id: int
    code: str
    programme: str
    city: str
    state: str
    held_on: date
    expires_at: datetime
    stored: bool


@dataclass(frozen=True)
class Tally:
    """What a room says: by component how many phones gave each level, 1 to 5 in order."""

    phones: int
    counts: Mapping[str, tuple[int, ...]]

    def mean(self, component: str) -> float | None:
        """Return the mean level of a component, 1–5; None where nobody rated it."""
        return mean_level(self.counts.get(component, ()))


def mean_level(counts: tuple[int, ...]) -> float | None:
    """Return the mean of the levels 1, 2, … that were given ``counts`` times; None without any."""
    n = sum(counts)
    return sum(level * count for level, count in enumerate(counts, LEVELS[0])) / n if n else None


def open_room(
    db: Database, programme: str, city: str, *, actor: str, now: datetime | None = None
) -> RoomRow:
    """Open a room for a city of a cohort, or return the one that is in use.

    Raises
    ------
    StoreError
        ``programme.unknown_city``; ``room.no_components`` if the programme rates none.
    """
    now = now or utc_now()
    with db.begin() as session:
        serialise(session, f"programme:{programme}")
        if session.get(Enrolment, (programme, city)) is None:
            raise StoreError("programme.unknown_city", value=city)
        if not template(session.get_one(Programme, programme).template).components:
            raise StoreError("room.no_components")
        held = _newest(session, programme, city)
        if held is not None and _is_live(held, now):
            return _row(held)
        made = Room(
            code=_new_code(session), programme=programme, city=city, state="open",
            held_on=date.today(), opened_at=now, opened_by=actor, expires_at=now + LIFETIME,
            stored_at=None,
        )  # fmt: skip
        session.add(made)
        session.flush()
        audit.record(
            session, actor=actor, action="room.open", scope=programme, city=city, room=made.id
        )
        return _row(made)


def newest_room(db: Database, programme: str, city: str) -> RoomRow | None:
    """Return the room that was opened last for a city, whatever its state; None without any."""
    with db.read() as session:
        found = _newest(session, programme, city)
        return _row(found) if found else None


def enter(db: Database, code: str, *, address: str, now: datetime | None = None) -> RoomRow:
    """Return the room of a code; a code that was never given counts against the address.

    Only wrong codes count, so that a whole room behind one address comes in. The wait is looked
    up and the guess counted in one transaction: many guesses at the same moment gain nothing.

    Raises
    ------
    NotAllowedError
        ``room.throttled`` with ``seconds`` to wait.
    StoreError
        ``room.unknown``; ``room.over`` if the room was closed or its code has expired.
    """
    now = now or utc_now()
    with db.begin() as session:
        serialise(session, "throttle")
        wait = throttle.code_wait(session, address, now)
        found = None
        if not wait:
            found = session.scalar(select(Room).filter_by(code=normal_code(code)))
            if found is None:
                throttle.count_wrong_code(session, address, now)
    if wait:
        raise NotAllowedError("room.throttled", seconds=wait)
    if found is None:
        raise StoreError("room.unknown")
    if not _is_live(found, now):
        raise StoreError("room.over")
    return _row(found)


def room(db: Database, room_id: int) -> RoomRow:
    """Return a room by its id.

    Raises
    ------
    StoreError
        ``room.unknown``.
    """
    with db.read() as session:
        return _row(_known(session, room_id))


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
        held = _known(session, room_id)
        if not _is_live(held, now or utc_now()):
            raise StoreError("room.over")
        _check(session, held, levels)
        mine = {"room": room_id, "participant": hashed}
        told = session.execute(delete(RoomVote).filter_by(**mine))
        if not told.rowcount and _phones(session, room_id) >= MOST_PHONES:  # type: ignore[attr-defined]
            raise StoreError("room.full")
        session.add_all(
            RoomVote(**mine, component=component, level=level)
            for component, level in levels.items()
        )


def takes_votes(db: Database, room_id: int) -> bool:
    """Tell whether a room is neither closed nor expired."""
    with db.read() as session:
        return _is_live(_known(session, room_id), utc_now())


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
        phones = _phones(session, room_id)
    return Tally(phones, {component: tuple(row) for component, row in counts.items()})


def move(db: Database, room_id: int, state: str, *, actor: str) -> None:
    """Reveal or close a room; doing what is done already changes nothing.

    Raises
    ------
    StoreError
        ``room.unknown``; ``room.over`` if a closed room is to be revealed.
    """
    with db.begin() as session:
        serialise(session, f"room:{room_id}")
        held = _known(session, room_id)
        if held.state == state:
            return
        if state not in LATER[held.state]:
            raise StoreError("room.over")
        held.state = state
        audit.record(
            session, actor=actor, action=AUDITED[state], scope=held.programme,
            city=held.city, room=room_id,
        )  # fmt: skip


def store(db: Database, room_id: int, *, actor: str) -> None:
    """Keep the votes of a closed room as the city's self-assessment of that day.

    Every phone is a rater of its own, so mean and range of the maturity are the room's. Storing
    twice keeps the same.

    Raises
    ------
    StoreError
        ``room.unknown``; ``room.still_open``; ``room.empty_vote`` if nobody voted.
    """
    with db.read() as session:
        held = _row(_known(session, room_id))
        votes = session.scalars(
            select(RoomVote).filter_by(room=room_id).order_by(RoomVote.participant)
        ).all()
    if held.state != "closed":
        raise StoreError("room.still_open")
    if not votes:
        raise StoreError("room.empty_vote")
    raters = {p: n for n, p in enumerate(sorted({vote.participant for vote in votes}), 1)}
    ratings = [
        Rating(
            vote.component, held.held_on, f"{rater_of(room_id)}{raters[vote.participant]}",
            vote.level, f"room {held.code}", "self",
        )
        for vote in votes
    ]  # fmt: skip
    programme_notes.rate(db, held.programme, held.city, ratings, actor=actor, is_undoable=False)
    with db.begin() as session:
        _known(session, room_id).stored_at = utc_now()
        audit.record(
            session, actor=actor, action="room.store", scope=held.programme,
            city=held.city, room=room_id, n=len(raters),
        )  # fmt: skip


def rater_of(room_id: int) -> str:
    """Return how the names of a room's raters begin."""
    return f"room:{room_id}:"


def normal_code(text: str) -> str:
    """Return a code as it is stored: capital letters and digits, nothing between them."""
    return "".join(re.findall(r"[0-9A-Z]", text.upper()))[: 2 * CODE_LENGTH]


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


def _new_code(session: Session) -> str:
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        if session.scalar(select(Room.id).filter_by(code=code)) is None:
            return code


def _newest(session: Session, programme: str, city: str) -> Room | None:
    query = select(Room).filter_by(programme=programme, city=city).order_by(Room.id.desc())
    return session.scalar(query.limit(1))


def _is_live(held: Room, now: datetime) -> bool:
    return held.state != "closed" and held.expires_at > now


def _known(session: Session, room_id: int) -> Room:
    found = session.get(Room, room_id)
    if found is None:
        raise StoreError("room.unknown")
    return found


def _phones(session: Session, room_id: int) -> int:
    query = select(func.count(RoomVote.participant.distinct())).filter_by(room=room_id)
    return session.scalar(query) or 0


def _hashed(room_id: int, participant: str) -> str:
    return hashlib.sha256(f"{room_id}:{participant}".encode()).hexdigest()


def _row(held: Room) -> RoomRow:
    return RoomRow(
        held.id, held.code, held.programme, held.city, held.state, held.held_on,
        held.expires_at, held.stored_at is not None,
    )  # fmt: skip
