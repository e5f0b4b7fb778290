"""Loaders of the live room poll: the coach's side with rights, a phone's side with a code."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from analytics.access import Action, Principal, authorise, may
from analytics.errors import StoreError
from analytics.loaders.places import database
from analytics.programmes.templates import Template, template
from analytics.store import programme_notes, programmes, room_votes, rooms
from analytics.store.database import Database
from analytics.store.room_votes import Tally
from analytics.store.rooms import RoomRow

# A room shows what a whole city says and stores it in the coach's name.
NEEDED = (Action.READ_COHORT, Action.PRESENT, Action.ENTER_COHORT)


@dataclass(frozen=True)
class RoomDesk:
    """What a coach may do with the rooms of one city, in the coach's name."""

    db: Database
    programme: str
    city: str
    username: str

    def newest(self) -> RoomRow | None:
        """Return the room that was opened last; None without any."""
        return rooms.newest_room(self.db, self.programme, self.city)

    def open(self) -> RoomRow:
        """Open a room, or return the one in use; see :func:`analytics.store.rooms.open_room`."""
        return rooms.open_room(self.db, self.programme, self.city, actor=self.username)

    def move(self, room_id: int, state: str) -> None:
        """Reveal or close a room; see :func:`analytics.store.rooms.move`."""
        self._check(room_id)
        rooms.move(self.db, room_id, state, actor=self.username)

    def store(self, room_id: int) -> None:
        """Keep a closed room as self-assessment; see :func:`analytics.store.rooms.store`."""
        self._check(room_id)
        rooms.store(self.db, room_id, actor=self.username)

    def tally(self, room_id: int) -> Tally:
        """Count the votes of a room."""
        self._check(room_id)
        return room_votes.tally(self.db, room_id)

    def last_workshop(self, room: RoomRow) -> dict[str, float]:
        """Return the mean levels, 1–5, of the last self-assessment before a room, by component."""
        held = programme_notes.notes(self.db, self.programme, self.city).ratings
        mine = rooms.rater_of(room.id)
        told = [
            r
            for r in held
            if r.origin == "self" and r.rated_on <= room.held_on and not r.rater.startswith(mine)
        ]
        day = max((r.rated_on for r in told), default=None)
        levels: dict[str, list[int]] = {}
        for rating in told:
            if rating.rated_on == day:
                levels.setdefault(rating.component, []).append(rating.level)
        return {component: sum(row) / len(row) for component, row in levels.items()}

    def _check(self, room_id: int) -> None:
        held = rooms.room(self.db, room_id)
        if (held.programme, held.city) != (self.programme, self.city):
            raise StoreError("room.unknown")


@dataclass(frozen=True)
class RoomsDesk:
    """What a coach may do with the rooms of a whole cohort, in the coach's name."""

    db: Database
    programme: str
    username: str

    def today(self) -> list[tuple[RoomRow, Tally]]:
        """Return today's newest room of every city that has one, with its votes, by city."""
        held = rooms.rooms_of_day(self.db, self.programme, date.today())
        return [(row, room_votes.tally(self.db, row.id)) for row in held]

    def open_all(self) -> None:
        """Open a room for every city of the cohort that has none in use."""
        for city in programmes.cities(self.db, self.programme):
            rooms.open_room(self.db, self.programme, city.key, actor=self.username)

    def close_all(self) -> None:
        """Close today's rooms; those that are closed already stay as they are."""
        for held in rooms.rooms_of_day(self.db, self.programme, date.today()):
            rooms.move(self.db, held.id, "closed", actor=self.username)


@dataclass(frozen=True)
class RoomSeat:
    """What one phone may do in a room: read the question, read and change its own vote."""

    db: Database
    room_id: int
    code: str
    city: str
    template: Template
    synthetic: bool

    def is_open(self) -> bool:
        """Tell whether votes are still taken."""
        return rooms.takes_votes(self.db, self.room_id)

    def sit(self, participant: str) -> None:
        """Count the phone as one that came in; see :func:`analytics.store.room_votes.sit`."""
        room_votes.sit(self.db, self.room_id, participant)

    def own(self, participant: str) -> dict[str, int]:
        """Return what the phone said, by component."""
        return room_votes.own_vote(self.db, self.room_id, participant)

    def vote(self, participant: str, levels: Mapping[str, int]) -> None:
        """Keep what the phone says; see :func:`analytics.store.room_votes.vote`."""
        room_votes.vote(self.db, self.room_id, participant, levels)


def may_open_rooms(principal: Principal, programme: str) -> bool:
    """Tell whether the principal may open rooms for the cities of a programme."""
    return all(may(principal, action, programme) for action in NEEDED)


def room_desk(principal: Principal, programme: str, city: str) -> RoomDesk:
    """Return what runs a city's rooms in the principal's name; ask for it in every run.

    Raises
    ------
    NotAllowedError
        If the principal does not coach the programme.
    """
    _authorise(principal, programme)
    return RoomDesk(database(), programme, city, principal.username)


def rooms_desk(principal: Principal, programme: str) -> RoomsDesk:
    """Return what runs the rooms of a cohort in the principal's name; ask for it in every run.

    Raises
    ------
    NotAllowedError
        If the principal does not coach the programme.
    """
    _authorise(principal, programme)
    return RoomsDesk(database(), programme, principal.username)


def enter_room(code: str, address: str) -> RoomSeat:
    """Return a phone's seat in the room of a code; the one loader that asks for no principal.

    Parameters
    ----------
    code : str
        As it was typed or linked.
    address : str
        Where the phone comes from; wrong codes are counted against it.

    Raises
    ------
    StoreError, NotAllowedError
        See :func:`analytics.store.rooms.enter`.
    """
    db = database()
    held = rooms.enter(db, code, address=address)
    programme = programmes.programme(db, held.programme)
    city = programmes.city(db, held.programme, held.city)
    return RoomSeat(
        db, held.id, held.code, city.name, template(programme.template), programme.synthetic
    )


def _authorise(principal: Principal, programme: str) -> None:
    for action in NEEDED:
        authorise(principal, action, programme)
