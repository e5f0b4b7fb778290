"""Evidence files on disk: written whole or not at all, named at random, read against a checksum.

A file is written before it is on record: a process that dies in between leaves an orphan that
``doctor --sweep`` removes after a day, never a record without its file.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from analytics.errors import StoreError
from analytics.programmes.evidence import check_file
from analytics.store.database import Database
from analytics.store.models import utc_now
from analytics.store.note_models import EvidenceFile

FOLDER = "evidence"
PARTIAL = ".partial"
KEPT_AFTER_REMOVAL = timedelta(days=30)  # as long as a removal can be undone


@dataclass(frozen=True)
class Kept:
    """A file that lies in the store of a city and is not on record yet."""

    city: str
    stored: str
    name: str
    kind: str
    n_bytes: int
    checksum: str


def keep(home: Path, city: str, name: str, content: bytes) -> Kept:
    """Check a file and write it into the city's own folder under a random name.

    Raises
    ------
    ProgrammeError
        Whatever :func:`analytics.programmes.evidence.check_file` refuses.
    StoreError
        ``evidence.city`` if the city's key cannot name a folder.
    """
    checked = check_file(name, content)
    folder = city_folder(home, city)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stored = secrets.token_hex(16)
    partial = folder / f"{stored}{PARTIAL}"
    with open(partial, "xb", opener=_private) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(folder / stored)
    _sync(folder)
    checksum = hashlib.sha256(content).hexdigest()
    return Kept(city, stored, checked.name, checked.kind, len(content), checksum)


def content_of(home: Path, row: EvidenceFile) -> bytes:
    """Return the bytes of a file on record.

    Raises
    ------
    StoreError
        ``evidence.gone`` if it is missing or is not what was recorded.
    """
    path = city_folder(home, row.city) / row.stored
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != row.checksum:
        raise StoreError("evidence.gone", name=row.name)
    return content


def city_folder(home: Path, city: str) -> Path:
    """Return where a city's files lie.

    Raises
    ------
    StoreError
        ``evidence.city``.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", city):
        raise StoreError("evidence.city", value=city)
    return home / FOLDER / city


def damaged(home: Path, db: Database) -> Iterator[tuple[str, str, Path]]:
    """Yield (``missing`` or ``changed``, city, path) of files that are not as recorded."""
    with db.read() as session:
        rows = session.scalars(select(EvidenceFile).filter_by(removed_at=None)).all()
    for row in rows:
        path = city_folder(home, row.city) / row.stored
        if not path.is_file():
            yield "missing", row.city, path
        elif hashlib.sha256(path.read_bytes()).hexdigest() != row.checksum:
            yield "changed", row.city, path


def has_records(db: Database) -> bool:
    """Tell whether any evidence file was ever put on record."""
    with db.read() as session:
        return session.scalar(select(EvidenceFile.id).limit(1)) is not None


def unowned(home: Path, db: Database) -> list[Path]:
    """List what no record owns: left by a process that died, or removed 30 days ago."""
    files = sorted(path for path in (home / FOLDER).glob("*/*") if path.is_file())
    with db.read() as session:
        owned = {
            (row.city, row.stored)
            for row in session.scalars(select(EvidenceFile))
            if row.removed_at is None or row.removed_at > utc_now() - KEPT_AFTER_REMOVAL
        }
    return [path for path in files if (path.parent.name, path.name) not in owned]


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
