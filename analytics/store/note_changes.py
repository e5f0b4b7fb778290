"""Every save of what is noted of a city: kept with its rows before and after, the last undoable."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, inspect, select
from sqlalchemy.orm import Session

from analytics.errors import StoreError
from analytics.store import audit
from analytics.store.database import Database, serialise
from analytics.store.models import Base, UtcDateTime, utc_now
from analytics.store.note_models import NoteChange
from analytics.store.programme_models import (
    Challenge,
    CoachingSession,
    Commitment,
    CriterionScore,
    Lesson,
    Proposal,
    RatingEntry,
)

KINDS: dict[str, type[Base]] = {
    "session": CoachingSession,
    "rating": RatingEntry,
    "commitment": Commitment,
    "lesson": Lesson,
    "challenge": Challenge,
    "proposal": Proposal,
    "score": CriterionScore,
}
Values = dict[str, Any]


@dataclass(frozen=True)
class ChangeRow:
    """A save as read: of what kind, when and by whom."""

    id: int
    kind: str
    at: datetime
    by: str


def last_change(db: Database, programme: str, city: str) -> ChangeRow | None:
    """Return the save that an undo would take back; None without any."""
    with db.read() as session:
        found = _last(session, programme, city)
        return ChangeRow(found.id, found.kind, found.at, found.by) if found else None


def undo(db: Database, programme: str, city: str, change: int, *, actor: str) -> str:
    """Take back the last save and return its kind; the record keeps both.

    Parameters
    ----------
    db : Database
    programme, city : str
    change : int
        Id of the save that was on screen: somebody else's later one is never undone unseen.
    actor : str

    Raises
    ------
    StoreError
        ``programme.nothing_to_undo``; ``programme.changed_meanwhile`` if another save is the last.
    """
    with db.begin() as session:
        serialise(session, f"programme:{programme}")
        last = _last(session, programme, city)
        if last is None:
            raise StoreError("programme.nothing_to_undo", value=city)
        if last.id != change:
            raise StoreError("programme.changed_meanwhile", who=last.by)
        _apply(session, KINDS[last.kind], last.before["rows"], last.after["rows"])
        last.undone_at, last.undone_by = utc_now(), actor
        audit.record(
            session, actor=actor, action="note.undo", scope=programme, city=city, change=last.id
        )
        return last.kind


def keep_change(
    session: Session,
    place: tuple[str, str],
    kind: str,
    before: Sequence[Values],
    after: Sequence[Base],
    *,
    actor: str,
) -> None:
    """Keep a save in its own transaction: ``before`` as :func:`values_of` gave it."""
    session.flush()
    programme, city = place
    session.add(
        NoteChange(
            programme=programme, city=city, kind=kind, before={"rows": list(before)},
            after={"rows": [values_of(row) for row in after]}, at=utc_now(), by=actor,
        )
    )  # fmt: skip


def values_of(row: Base) -> Values:
    """Return a record as plain values, without its version."""
    found = {name: getattr(row, name) for name in _columns(type(row))}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in found.items()
    }


def _apply(session: Session, model: type[Base], before: list[Values], after: list[Values]) -> None:
    """Make the records what they were: those that were added go, the others come back."""
    earlier = {_identity(model, values): values for values in before}
    for values in after:
        identity = _identity(model, values)
        row = session.get(model, identity)
        if identity not in earlier:
            session.delete(row)
    for identity, values in earlier.items():
        row = session.get(model, identity)
        if row is None:
            session.add(model(**_read(model, values)))
            continue
        for name, value in _read(model, values).items():
            setattr(row, name, value)


def _read(model: type[Base], values: Values) -> Values:
    """Return values as the record's columns hold them."""
    columns = _columns(model)
    return {name: _value(columns[name].type, value) for name, value in values.items()}


def _value(kind: object, value: Any) -> Any:
    if value is None or not isinstance(kind, (Date, UtcDateTime)):
        return value
    reader = date if isinstance(kind, Date) else datetime
    return reader.fromisoformat(value)


def _identity(model: type[Base], values: Values) -> tuple[Any, ...]:
    read = _read(model, values)
    return tuple(read[column.name] for column in inspect(model).primary_key)


def _columns(model: type[Base]) -> dict[str, Any]:
    return {c.key: c for c in inspect(model).columns if c.key != "version"}


def _last(session: Session, programme: str, city: str) -> NoteChange | None:
    query = select(NoteChange).filter_by(programme=programme, city=city, undone_at=None)
    return session.scalar(query.order_by(NoteChange.id.desc()).limit(1))
