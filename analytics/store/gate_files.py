"""Evidence files of a gate on record: attached, taken out, put back; each in the audit."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from analytics.errors import ProgrammeError, StoreError
from analytics.programmes.templates import template
from analytics.store import audit, evidence
from analytics.store.database import Database, serialise
from analytics.store.evidence import Kept
from analytics.store.models import utc_now
from analytics.store.note_models import EvidenceFile
from analytics.store.programme_models import GateEntry, Programme


@dataclass(frozen=True)
class FileRow:
    """An evidence file as read; ``version`` goes back when it is taken out or put back."""

    id: int
    gate: str
    name: str
    kind: str
    n_bytes: int
    added_at: datetime
    added_by: str
    removed_at: datetime | None
    version: int


def files(db: Database, programme: str, city: str) -> tuple[FileRow, ...]:
    """Return a city's files by gate and age; those taken out are marked as removed."""
    query = select(EvidenceFile).filter_by(programme=programme, city=city).order_by(EvidenceFile.id)
    with db.read() as session:
        return tuple(_row(row) for row in session.scalars(query))


def content(
    db: Database, home: Path, programme: str, city: str, identity: int
) -> tuple[FileRow, bytes]:
    """Return a file of a city with its bytes.

    Raises
    ------
    StoreError
        ``evidence.unknown`` if the city has no such file or it was taken out; ``evidence.gone``.
    """
    with db.read() as session:
        row = _known(session, programme, city, identity)
        if row.removed_at is not None:
            raise StoreError("evidence.unknown", value=str(identity))
        return _row(row), evidence.content_of(home, row)


def attach(db: Database, programme: str, gate: str, kept: Kept, *, actor: str) -> None:
    """Put a file on record for a gate, whether or not it is closed.

    Raises
    ------
    StoreError
        ``programme.unknown_city`` if the city has no such gate.
    """
    with db.begin() as session:
        if session.get(GateEntry, (programme, kept.city, gate)) is None:
            raise StoreError("programme.unknown_city", value=kept.city)
        put_on_record(session, programme, gate, kept, actor=actor)


def take_out(
    db: Database, programme: str, city: str, identity: int, *, version: int, actor: str
) -> None:
    """Take a file out: nobody gets it any more; its bytes go after 30 days.

    Raises
    ------
    ProgrammeError
        ``evidence.last`` if a closed gate would be left without the evidence it needs.
    StoreError
        ``store.stale_save``; ``evidence.unknown``.
    """
    with db.begin() as session:
        serialise(session, f"programme:{programme}")
        row = _known(session, programme, city, identity)
        set_committed_value(row, "version", version)
        row.removed_at, row.removed_by = utc_now(), actor
        session.flush()
        gate = session.get_one(GateEntry, (programme, city, row.gate))
        wanted = template(session.get_one(Programme, programme).template).gate(row.gate).evidence
        if gate.actual is not None and not is_enough(session, gate, wanted, gate.evidence):
            raise ProgrammeError("evidence.last", gate=row.gate, name=row.name)
        _record(session, row, "evidence.remove", actor)


def put_back(
    db: Database, programme: str, city: str, identity: int, *, version: int, actor: str
) -> None:
    """Undo that a file was taken out.

    Raises
    ------
    StoreError
        ``store.stale_save``; ``evidence.unknown``; ``evidence.swept`` after 30 days.
    """
    with db.begin() as session:
        row = _known(session, programme, city, identity)
        removed = row.removed_at
        if removed is not None and removed < utc_now() - evidence.KEPT_AFTER_REMOVAL:
            raise StoreError("evidence.swept", name=row.name)
        set_committed_value(row, "version", version)
        row.removed_at = row.removed_by = None
        _record(session, row, "evidence.restore", actor)


def put_on_record(
    session: Session,
    programme: str,
    gate: str,
    kept: Kept,
    *,
    actor: str,
    change: int | None = None,
) -> None:
    """Add a file to a transaction; ``change`` is the closing that it came with."""
    row = EvidenceFile(
        programme=programme, city=kept.city, gate=gate, change=change, stored=kept.stored,
        name=kept.name, kind=kept.kind, n_bytes=kept.n_bytes, checksum=kept.checksum,
        added_at=utc_now(), added_by=actor,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _record(session, row, "evidence.attach", actor)


def drop_with(session: Session, change: int, *, actor: str) -> None:
    """Take out the file that came with a closing which is undone."""
    for row in session.scalars(select(EvidenceFile).filter_by(change=change, removed_at=None)):
        row.removed_at, row.removed_by = utc_now(), actor
        _record(session, row, "evidence.remove", actor)


def is_enough(session: Session, gate: GateEntry, wanted: str, text: str) -> bool:
    """Tell whether a gate has the evidence its template asks for: a text or any file."""
    if {"none": True, "note": bool(text), "link": text.startswith("https://")}[wanted]:
        return True
    held = select(EvidenceFile.id).filter_by(
        programme=gate.programme, city=gate.city, gate=gate.key, removed_at=None
    )
    return session.scalar(held.limit(1)) is not None


def _known(session: Session, programme: str, city: str, identity: int) -> EvidenceFile:
    row = session.get(EvidenceFile, identity)
    if row is None or (row.programme, row.city) != (programme, city):
        raise StoreError("evidence.unknown", value=str(identity))
    return row


def _record(session: Session, row: EvidenceFile, action: str, actor: str) -> None:
    audit.record(
        session, actor=actor, action=action, scope=row.programme, city=row.city, gate=row.gate,
        file=row.id,
    )  # fmt: skip


def _row(row: EvidenceFile) -> FileRow:
    return FileRow(
        row.id, row.gate, row.name, row.kind, row.n_bytes, row.added_at, row.added_by,
        row.removed_at, row.version,
    )  # fmt: skip
