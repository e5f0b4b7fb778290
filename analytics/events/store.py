"""Batches of events on disk: written aside, made durable, renamed, and only then on record.

A process may be killed at any moment: what is on record is whole, what is not is an orphan that
``analytics.events.checks`` reports.
"""

import fcntl
import hashlib
import logging
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.schema import EVENT_SCHEMA, QUARANTINE_SCHEMA
from analytics.settings import City, Settings
from analytics.store.batches import BatchManifest, insert_batch, mark_rolled_back
from analytics.store.database import Database
from analytics.store.models import utc_now

STAGING = "_staging"
# A dictionary of a column whose values are nearly all different costs time and saves no space.
REPETITIVE = (
    "city",
    "source",
    "batch_id",
    "source_kind",
    "source_category",
    "time_precision",
    "location_precision",
    "detection",
    "file",
    "column",
    "reason",
    "remedy",
)
SUFFIX, QUARANTINE_SUFFIX = ".parquet", ".quarantine.parquet"

logger = logging.getLogger(__name__)


class BatchWriter:
    """Writes the events of one file, piece by piece; nothing counts before :meth:`commit`.

    Use it as a context manager: leaving without a commit removes what was staged.

    Parameters
    ----------
    settings : Settings
        Gives the home.
    city : City
        Its CRS is written to the manifest: ``x_m`` and ``y_m`` must be in it.
    batch_id : str
        Names the files.
    """

    def __init__(self, settings: Settings, city: City, batch_id: str) -> None:
        self._root = events_folder(settings)
        self._city, self._batch_id = city, batch_id
        self._staged = {
            suffix: self._root / STAGING / f"{batch_id}.{token_hex(4)}{suffix}"
            for suffix in (SUFFIX, QUARANTINE_SUFFIX)
        }
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._rows: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()

    def __enter__(self) -> Self:
        """Open the staging file."""
        self._writer(SUFFIX, EVENT_SCHEMA)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove whatever is still staged."""
        self._close()
        for path in self._staged.values():
            path.unlink(missing_ok=True)

    def write(self, events: pa.Table) -> None:
        """Add accepted events, a table with ``EVENT_SCHEMA``."""
        self._writer(SUFFIX, EVENT_SCHEMA).write_table(events)
        self._rows["accepted"] += events.num_rows
        for count, column in (("located", "x_m"), ("dated", "occurred_from")):
            self._rows[count] += events.num_rows - events[column].null_count

    def quarantine(self, rows: pa.Table) -> None:
        """Add refused rows, a table with ``QUARANTINE_SCHEMA``; without rows, nothing."""
        if rows.num_rows == 0:
            return
        self._writer(QUARANTINE_SUFFIX, QUARANTINE_SCHEMA).write_table(rows)
        self._reasons.update(rows["reason"].to_pylist())

    def commit(
        self,
        db: Database,
        *,
        source: str,
        source_kind: str,
        file_name: str,
        file_sha256: str,
        choices: Mapping[str, Any],
        created_by: str,
        replaces: str | None = None,
    ) -> BatchManifest:
        """Put the files into place and the manifest on record.

        Parameters
        ----------
        db : Database
            Takes the manifest and its audit entry in one transaction.
        source, source_kind : str
            Where the records come from.
        file_name, file_sha256 : str
            The file that was read.
        choices : mapping
            What was decided while reading it, JSON-serialisable.
        created_by : str
            Who imports, for the audit.
        replaces : str, optional
            A batch that is rolled back in the same transaction.

        Raises
        ------
        StoreError
            ``batches.exists`` if a batch has this id, or as
            :func:`analytics.store.batches.roll_back` says of ``replaces``; nothing on disk has
            changed then.
        """
        self._close()
        for path in self._written():
            sync(path)
        reached("batch staged")
        manifest = BatchManifest(
            batch_id=self._batch_id,
            city=self._city.key,
            source=source,
            source_kind=source_kind,
            file_name=file_name,
            file_sha256=file_sha256,
            path=f"{self._city.key}/{self._batch_id}{SUFFIX}",
            checksum=sha256_of(self._staged[SUFFIX]),
            rows_accepted=self._rows["accepted"],
            rows_quarantined=dict(self._reasons),
            rows_located=self._rows["located"],
            rows_dated=self._rows["dated"],
            crs=self._city.crs,
            choices=dict(choices),
            created_at=utc_now(),
            created_by=created_by,
        )
        with db.begin() as session:
            insert_batch(session, manifest)
            session.flush()  # an id that exists is refused before its file could be replaced
            if replaces is not None:
                mark_rolled_back(session, replaces, created_by)
            self._rename()
            reached("batch renamed")
        reached("batch committed")
        return manifest

    def _writer(self, suffix: str, schema: pa.Schema) -> pq.ParquetWriter:
        if suffix not in self._writers:
            self._staged[suffix].parent.mkdir(parents=True, exist_ok=True)
            self._writers[suffix] = pq.ParquetWriter(
                self._staged[suffix],
                schema,
                compression="zstd",
                use_dictionary=[name for name in schema.names if name in REPETITIVE],
            )
        return self._writers[suffix]

    def _close(self) -> None:
        for writer in self._writers.values():
            writer.close()

    def _written(self) -> list[Path]:
        return [self._staged[suffix] for suffix in self._writers]

    def _rename(self) -> None:
        folder = self._root / self._city.key
        make_folder(folder)
        for suffix in self._writers:
            self._staged[suffix].replace(folder / f"{self._batch_id}{suffix}")
        sync(folder)


def reached(stage: str) -> None:
    """Log that a durable step is done; tests stop the process here."""
    logger.debug("reached: %s", stage)


def events_folder(settings: Settings) -> Path:
    """Return the folder of the batches, ``home/events``."""
    return settings.home / "events"


@contextmanager
def city_lock(settings: Settings, city: City) -> Iterator[None]:
    """Let one process at a time publish a city; the others wait."""
    folder = settings.home / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{city.key}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_folder(folder: Path) -> None:
    """Create a folder whose name survives a power cut."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync(folder.parent)


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
