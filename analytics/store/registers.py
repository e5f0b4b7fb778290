"""Living records of a city: saved with versions, withdrawn and never deleted, every change kept."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from analytics.errors import StoreError
from analytics.store import audit
from analytics.store.database import Database, serialise
from analytics.store.models import utc_now
from analytics.store.register_models import RegisterChange, RegisterEntry
from analytics.store.scorecard_values import Change


@dataclass(frozen=True)
class Entry:
    """An entry as it is read and saved; ``id`` and ``version`` are None before it is saved.

    See ``RegisterEntry`` for the fields, ``analytics.scorecards.registers`` for what they may hold.
    """

    kind: str
    title: str
    with_whom: str = ""
    owner: str = ""
    state: str = ""
    stage: str = ""
    aspect: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    text: str = ""
    detail: str = ""
    evidence: str = ""
    origin: str = ""
    reference: str = ""
    id: int | None = None
    version: int | None = None


_SAVED = tuple(f.name for f in fields(Entry) if f.name not in ("id", "version"))


def save_entry(db: Database, city: str, entry: Entry, *, actor: str) -> Entry:
    """Keep an entry; one with an ``id`` replaces that one.

    Raises
    ------
    StoreError
        ``store.stale_save`` if it was saved meanwhile, ``register.unknown`` if the city has none
        of that id.
    """
    with db.begin() as session:
        serialise(session, f"register:{city}")
        return _save(session, city, entry, actor)


def import_entries(
    db: Database, city: str, entries: Iterable[Entry], *, actor: str
) -> tuple[int, int]:
    """Add those entries whose kind, origin and reference the city has not; all or none.

    What is known already, withdrawn entries included, stays as people left it.

    Returns
    -------
    tuple of int
        How many were added, how many were known.
    """
    added = known = 0
    with db.begin() as session:
        serialise(session, f"register:{city}")
        query = select(RegisterEntry).where(RegisterEntry.city == city)
        held = {(row.kind, row.origin, row.reference) for row in session.scalars(query)}
        for entry in entries:
            key = entry.kind, entry.origin, entry.reference
            if key in held:
                known += 1
                continue
            held.add(key)
            _save(session, city, entry, actor)
            added += 1
    return added, known


def withdraw_entry(db: Database, city: str, identity: int, *, version: int, actor: str) -> None:
    """Take an entry out of the register; its history stays.

    Raises
    ------
    StoreError
        As :func:`save_entry`.
    """
    with db.begin() as session:
        serialise(session, f"register:{city}")
        row = _row(session, city, identity)
        set_committed_value(row, "version", version)
        row.withdrawn_at = row.saved_at = utc_now()
        row.saved_by = actor
        _keep(session, row, "withdraw", actor)
        audit.record(
            session,
            actor=actor,
            action="register.withdraw",
            scope=city,
            kind=row.kind,
            entry=row.id,
        )


def entries(db: Database, city: str, kind: str | None = None) -> list[Entry]:
    """Return a city's entries, or those of one kind, by kind, first day and id."""
    query = select(RegisterEntry).where(
        RegisterEntry.city == city, RegisterEntry.withdrawn_at.is_(None)
    )
    if kind is not None:
        query = query.where(RegisterEntry.kind == kind)
    with db.read() as session:
        found = [_entry(row) for row in session.scalars(query)]
    return sorted(found, key=lambda e: (e.kind, e.starts_on or date.min, e.id or 0))


def entry_history(db: Database, city: str, identity: int) -> list[Change]:
    """Return every change of an entry, oldest first."""
    query = select(RegisterChange).filter_by(city=city, entry_id=identity)
    with db.read() as session:
        rows = session.scalars(query.order_by(RegisterChange.id))
        return [Change(r.version, r.action, r.content, r.at, r.by) for r in rows]


def _save(session: Session, city: str, entry: Entry, actor: str) -> Entry:
    if entry.id is None:
        row = RegisterEntry(city=city)
        session.add(row)
    else:
        row = _row(session, city, entry.id)
        set_committed_value(row, "version", entry.version or 0)
    for name in _SAVED:
        setattr(row, name, getattr(entry, name))
    row.saved_at, row.saved_by = utc_now(), actor
    _keep(session, row, "save", actor)
    audit.record(
        session, actor=actor, action="register.save", scope=city, kind=row.kind, entry=row.id
    )
    return _entry(row)


def _row(session: Session, city: str, identity: int) -> RegisterEntry:
    row = session.get(RegisterEntry, identity)
    if row is None or row.city != city or row.withdrawn_at is not None:
        raise StoreError("register.unknown", id=str(identity))
    return row


def _keep(session: Session, row: RegisterEntry, action: str, actor: str) -> None:
    session.flush()
    content: dict[str, Any] = {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in asdict(_entry(row)).items()
    }
    session.add(
        RegisterChange(
            city=row.city,
            entry_id=row.id,
            version=row.version,
            action=action,
            content=content,
            at=row.saved_at,
            by=actor,
        )
    )


def _entry(row: RegisterEntry) -> Entry:
    return Entry(**{f.name: getattr(row, f.name) for f in fields(Entry)})
