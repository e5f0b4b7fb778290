"""Manifests of imported batches and published dataset versions."""

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from analytics.errors import StoreError
from analytics.store import audit
from analytics.store.database import Database, serialise
from analytics.store.models import Batch, DatasetVersion, utc_now


@dataclass(frozen=True)
class BatchManifest:
    """What is known of one imported file.

    ``path`` is relative to ``home/events``, ``checksum`` the SHA-256 of the Parquet file,
    ``rows_quarantined`` maps reason to number of rows, ``choices`` holds what was decided while
    reading (encoding, delimiter, decimal mark, date formats, mapping). Moments are aware UTC.
    """

    batch_id: str
    city: str
    source: str
    source_kind: str
    file_name: str
    file_sha256: str
    path: str
    checksum: str
    rows_accepted: int
    rows_quarantined: dict[str, int] = field(hash=False)
    rows_located: int
    rows_dated: int
    crs: str
    choices: dict[str, Any] = field(hash=False)
    created_at: datetime
    created_by: str
    rolled_back_at: datetime | None = None
    rolled_back_by: str | None = None

    @property
    def active(self) -> bool:
        """Whether the batch has not been rolled back."""
        return self.rolled_back_at is None


@dataclass(frozen=True)
class VersionRow:
    """One publication of a city's events.

    ``path`` is relative to ``home/versions``, ``checksum`` the SHA-256 of that file. The same
    ``version_id`` may be published again (a roll-back restores an earlier set of batches).
    """

    city: str
    version_id: str
    path: str
    checksum: str
    crs: str
    batch_ids: tuple[str, ...]
    crosswalk_checksum: str
    n_records: int
    n_incidents: int
    n_located: int
    created_at: datetime
    created_by: str
    superseded_at: datetime | None = None

    @property
    def current(self) -> bool:
        """Whether this is the version that is queried."""
        return self.superseded_at is None


def insert_batch(session: Session, manifest: BatchManifest) -> None:
    """Add a manifest and its audit entry to the transaction of ``session``.

    Raises
    ------
    StoreError
        ``batches.exists`` if a batch has this id already.
    """
    if session.get(Batch, manifest.batch_id) is not None:
        raise StoreError("batches.exists", batch=manifest.batch_id, file=manifest.file_name)
    session.add(Batch(**asdict(manifest)))
    audit.record(
        session,
        actor=manifest.created_by,
        action="batch.commit",
        scope=manifest.city,
        batch=manifest.batch_id,
        rows_accepted=manifest.rows_accepted,
        rows_quarantined=sum(manifest.rows_quarantined.values()),
    )


def batches(db: Database, city: str, *, active_only: bool = False) -> list[BatchManifest]:
    """Return the manifests of ``city``, oldest first; a later batch wins over an earlier one."""
    query = select(Batch).where(Batch.city == city).order_by(Batch.created_at, Batch.batch_id)
    if active_only:
        query = query.where(Batch.rolled_back_at.is_(None))
    with db.read() as session:
        return [_manifest(row) for row in session.scalars(query)]


def find_batch(db: Database, batch_id: str) -> BatchManifest:
    """Return the manifest of a batch of any city.

    Raises
    ------
    StoreError
        ``batches.unknown``.
    """
    with db.read() as session:
        return _manifest(_batch(session, batch_id))


def roll_back(db: Database, batch_id: str, actor: str) -> BatchManifest:
    """Take a batch out of the next publication; its rows stay on disk.

    Raises
    ------
    StoreError
        ``batches.unknown``, or ``batches.already_rolled_back`` with who and when.
    """
    with db.begin() as session:
        return mark_rolled_back(session, batch_id, actor)


def mark_rolled_back(session: Session, batch_id: str, actor: str) -> BatchManifest:
    """Do as :func:`roll_back` does, in the transaction of ``session``.

    Raises
    ------
    StoreError
        As :func:`roll_back`.
    """
    batch = _batch(session, batch_id, lock=True)
    if batch.rolled_back_at is not None:
        raise StoreError(
            "batches.already_rolled_back",
            batch=batch_id,
            who=batch.rolled_back_by,
            when=batch.rolled_back_at,
        )
    batch.rolled_back_at, batch.rolled_back_by = utc_now(), actor
    audit.record(session, actor=actor, action="batch.roll_back", scope=batch.city, batch=batch_id)
    return _manifest(batch)


def restore(db: Database, batch_id: str, actor: str) -> BatchManifest:
    """Undo a roll-back: the batch is in the next publication again, in its old place.

    Raises
    ------
    StoreError
        ``batches.unknown``, or ``batches.already_active``.
    """
    with db.begin() as session:
        batch = _batch(session, batch_id, lock=True)
        if batch.rolled_back_at is None:
            raise StoreError("batches.already_active", batch=batch_id)
        batch.rolled_back_at = batch.rolled_back_by = None
        audit.record(session, actor=actor, action="batch.restore", scope=batch.city, batch=batch_id)
        return _manifest(batch)


def insert_version(session: Session, version: VersionRow) -> None:
    """Make ``version`` the current one of its city in the transaction of ``session``.

    The version that was current gets this one's ``created_at`` as its ``superseded_at``.
    """
    serialise(session, f"publish:{version.city}")
    session.execute(
        update(DatasetVersion)
        .where(DatasetVersion.city == version.city, DatasetVersion.superseded_at.is_(None))
        .values(superseded_at=version.created_at)
    )
    session.add(DatasetVersion(**asdict(version) | {"batch_ids": list(version.batch_ids)}))
    audit.record(
        session,
        actor=version.created_by,
        action="version.publish",
        scope=version.city,
        version=version.version_id,
        batches=list(version.batch_ids),
        n_records=version.n_records,
    )


def retire_version(session: Session, city: str, *, actor: str) -> VersionRow | None:
    """Leave ``city`` without a current version if that one holds a batch that is rolled back.

    Returns
    -------
    VersionRow or None
        The version that is no longer current; None if nothing had to be done.
    """
    serialise(session, f"publish:{city}")
    row = session.scalars(_current(city)).one_or_none()
    rolled_back = select(Batch.batch_id).where(
        Batch.city == city, Batch.rolled_back_at.is_not(None)
    )
    if row is None or not set(session.scalars(rolled_back)).intersection(row.batch_ids):
        return None
    row.superseded_at = utc_now()
    audit.record(session, actor=actor, action="version.retire", scope=city, version=row.version_id)
    return _version(row)


def current_version(db: Database, city: str) -> VersionRow | None:
    """Return the version of ``city`` that is queried; None if none is published."""
    with db.read() as session:
        row = session.scalars(_current(city)).one_or_none()
        return None if row is None else _version(row)


def versions(db: Database, city: str) -> list[VersionRow]:
    """Return every publication of ``city``, newest first."""
    query = (
        select(DatasetVersion).where(DatasetVersion.city == city).order_by(DatasetVersion.id.desc())
    )
    with db.read() as session:
        return [_version(row) for row in session.scalars(query)]


def _batch(session: Session, batch_id: str, *, lock: bool = False) -> Batch:
    batch = session.get(Batch, batch_id, with_for_update=lock)
    if batch is None:
        raise StoreError("batches.unknown", batch=batch_id)
    return batch


def _current(city: str) -> Select[DatasetVersion]:
    return select(DatasetVersion).where(
        DatasetVersion.city == city, DatasetVersion.superseded_at.is_(None)
    )


def _manifest(row: Batch) -> BatchManifest:
    return BatchManifest(**{f.name: getattr(row, f.name) for f in fields(BatchManifest)})


def _version(row: DatasetVersion) -> VersionRow:
    values = {f.name: getattr(row, f.name) for f in fields(VersionRow)}
    return VersionRow(**values | {"batch_ids": tuple(row.batch_ids)})
