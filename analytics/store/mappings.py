"""Mappings that people corrected: remembered per city and source, for the next file of it."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy.orm.attributes import set_committed_value

from analytics.errors import StoreError
from analytics.store import audit
from analytics.store.database import Database, serialise
from analytics.store.models import SavedMapping, utc_now

NAME_LENGTH = 200


@dataclass(frozen=True)
class MappingRow:
    """A remembered mapping; ``mapping`` holds its fields, ``version`` goes back with a save."""

    city: str
    source: str
    name: str
    mapping: dict[str, Any] = field(hash=False)
    created_by: str
    created_at: datetime
    version: int


def remembered(db: Database, city: str, source: str) -> MappingRow | None:
    """Return what is remembered of a source's columns; None if nothing is."""
    with db.read() as session:
        row = session.get(SavedMapping, (city, source))
        return None if row is None else _row(row)


def remember(
    db: Database,
    city: str,
    source: str,
    *,
    name: str,
    mapping: dict[str, Any],
    actor: str,
    version: int | None = None,
) -> MappingRow:
    """Remember what the columns of a source mean, in place of what was remembered; audited.

    Parameters
    ----------
    db : Database
    city, source : str
        Whose columns.
    name : str
        For people, 1 to 200 printable characters.
    mapping : dict
        Fields of :class:`analytics.sources.mappings.Mapping` that say something.
    actor : str
    version : int, optional
        The version that was on screen, 0 where nothing was remembered; None replaces whatever is
        there.

    Returns
    -------
    MappingRow

    Raises
    ------
    StoreError
        ``mappings.name_form`` if the name is no name; ``store.stale_save`` if another person
        saved meanwhile.
    """
    name = name.strip()
    if not (1 <= len(name) <= NAME_LENGTH and name.isprintable()):
        raise StoreError("mappings.name_form", n=len(name))
    with db.begin() as session:
        serialise(session, f"mappings:{city}")
        row = session.get(SavedMapping, (city, source))
        if row is None:
            row = SavedMapping(city=city, source=source)
            session.add(row)
        elif version is not None:
            # The version that was on screen, not the one just read, must still be stored.
            set_committed_value(row, "version", version)
        row.name, row.mapping = name, mapping
        row.created_by, row.created_at = actor, utc_now()
        audit.record(session, actor=actor, action="mapping.save", scope=city, source=source)
        session.flush()
        return _row(row)


def forget(db: Database, city: str, source: str, *, actor: str) -> bool:
    """Forget what is remembered of a source; audited. Return whether there was anything."""
    with db.begin() as session:
        row = session.get(SavedMapping, (city, source))
        if row is None:
            return False
        session.delete(row)
        audit.record(session, actor=actor, action="mapping.forget", scope=city, source=source)
        return True


def _row(row: SavedMapping) -> MappingRow:
    return MappingRow(**{f.name: getattr(row, f.name) for f in fields(MappingRow)})
