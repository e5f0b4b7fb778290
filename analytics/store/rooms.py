"""Rooms of the live poll: opened by a coach, entered with a code, closed and stored.

What the phones in them say: analytics.store.room_votes.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analytics.errors import NotAllowedError, StoreError
from analytics.programmes.readiness import Rating
from analytics.programmes.templates import template
from analytics.store import audit, programme_notes, throttle
from analytics.store.database import Database, serialise
from analytics.store.models import utc_now
from analytics.store.programme_models import Enrolment, Programme
from analytics.store.room_models import Room, RoomVote

LIFETIME = timedelta(hours=4)
CODE_LENGTH = 6
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read as another
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
        if held is not None and is_live(held, now):
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


def rooms_of_day(
    db: Database, programme: str, day: date, *, now: datetime | None = None
) -> list[RoomRow]:
    """Return every city's newest room that is in use or was opened on ``day``, by city."""
    now = now or utc_now()
    newest = select(func.max(Room.id)).filter_by(programme=programme).group_by(Room.city)
    query = select(Room).where(Room.id.in_(newest)).order_by(Room.city)
    with db.read() as session:
        held = session.scalars(query).all()
        return [_row(room) for room in held if room.held_on == day or is_live(room, now)]


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
    if not is_live(found, now):
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
        return _row(known(session, room_id))


def takes_votes(db: Database, room_id: int) -> bool:
    """Tell whether a room is neither closed nor expired."""
    with db.read() as session:
        return is_live(known(session, room_id), utc_now())


def move(db: Database, room_id: int, state: str, *, actor: str) -> None:
    """Reveal or close a room; doing what is done already changes nothing.

    Raises
    ------
    StoreError
        ``room.unknown``; ``room.over`` if a closed room is to be revealed.
    """
    with db.begin() as session:
        serialise(session, f"room:{room_id}")
        held = known(session, room_id)
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
        held = _row(known(session, room_id))
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
        known(session, room_id).stored_at = utc_now()
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


def is_live(held: Room, now: datetime) -> bool:
    """Tell whether a room is neither closed nor expired."""
    return held.state != "closed" and held.expires_at > now


def known(session: Session, room_id: int) -> Room:
    """Return a room within a transaction; StoreError ``room.unknown`` without it."""
    found = session.get(Room, room_id)
    if found is None:
        raise StoreError("room.unknown")
    return found


def _new_code(session: Session) -> str:
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        if session.scalar(select(Room.id).filter_by(code=code)) is None:
            return code


def _newest(session: Session, programme: str, city: str) -> Room | None:
    query = select(Room).filter_by(programme=programme, city=city).order_by(Room.id.desc())
    return session.scalar(query.limit(1))


def _row(held: Room) -> RoomRow:
    return RoomRow(
        held.id, held.code, held.programme, held.city, held.state, held.held_on,
        held.expires_at, held.stored_at is not None,
    )  # fmt: skip
