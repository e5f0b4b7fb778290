"""Files in, batches out: the steps that the command line and the page of sources share.

Every change ends in a publication, and whatever happens on the way there, a batch that was rolled
back is not visible afterwards.
"""

import math
import shlex
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from analytics.errors import StoreError
from analytics.events.comparison import BatchDifference, compare_batches
from analytics.events.publishing import batch_path, publish, retire
from analytics.events.store import QUARANTINE_SUFFIX
from analytics.schema import QUARANTINE_SCHEMA
from analytics.settings import City, Query, Settings
from analytics.sources.importing import ImportReport, Progress, import_file
from analytics.sources.mappings import Mapping
from analytics.sources.preview import Preview, preview_file, restored, stored
from analytics.store import audit, batches, mappings
from analytics.store.batches import BatchManifest, VersionRow
from analytics.store.database import Database


@dataclass(frozen=True)
class Holdings:
    """What a city has received: its batches, the latest first, and the version that is queried."""

    city: City
    batches: tuple[BatchManifest, ...]
    version: VersionRow | None

    @property
    def active(self) -> tuple[BatchManifest, ...]:
        """The batches that have not been rolled back."""
        return tuple(batch for batch in self.batches if batch.active)

    @property
    def n_quarantined(self) -> int:
        """How many rows of the active batches wait in quarantine."""
        return sum(sum(batch.rows_quarantined.values()) for batch in self.active)

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the sources so far, in alphabetical order."""
        return tuple(sorted({batch.source for batch in self.batches}))

    @property
    def is_published(self) -> bool:
        """Whether what is queried is made of the active batches, no fewer and no more."""
        published = self.version.batch_ids if self.version else ()
        return set(published) == {batch.batch_id for batch in self.active}

    def to_frame(self) -> pd.DataFrame:
        """Return a row per batch, the latest first, with everything but choices and reasons."""
        rows = [
            vars(batch)
            | {
                "rows_quarantined": sum(batch.rows_quarantined.values()),
                "located_share": batch.rows_located / (batch.rows_accepted or math.nan),
                "state": "active" if batch.active else "rolled_back",
            }
            for batch in self.batches
        ]
        return pd.DataFrame(rows).drop(columns="choices")

    def same_file(self, report: ImportReport) -> BatchManifest | None:
        """Return another active batch of the same source, made of the very same bytes."""
        for batch in self.active:
            alike = (batch.source, batch.file_sha256) == (report.source, report.sha256)
            if alike and batch.batch_id != report.batch:
                return batch
        return None

    def older_version(self, report: ImportReport) -> BatchManifest | None:
        """Return another active batch of the same source and file name, made of other bytes."""
        for batch in self.active:
            alike = (batch.source, batch.file_name) == (report.source, report.file)
            if alike and batch.file_sha256 != report.sha256:
                return batch
        return None


@dataclass(frozen=True)
class Intake:
    """Brings files into one city and takes batches out of it, in the name of ``actor``."""

    settings: Settings
    db: Database
    city: City
    actor: str

    def holdings(self) -> Holdings:
        """Return what the city has received so far."""
        found = batches.batches(self.db, self.city.key)
        version = batches.current_version(self.db, self.city.key)
        return Holdings(self.city, tuple(reversed(found)), version)

    def bring_in(
        self,
        path: Path | Query,
        *,
        source: str,
        mapping: Mapping | None = None,
        dry_run: bool = False,
        replaces: str | None = None,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import a file or a query, or check it only; :meth:`publish` makes it visible.

        Without a mapping the one that is remembered for the source is used, if any.
        ``replaces`` names the batch of an older version of the file: it is rolled back in the
        transaction that puts the new batch on record, so that there are never both or neither.
        See :func:`analytics.sources.importing.import_file` for parameters and refusals.

        Raises
        ------
        StoreError
            ``batches.unknown``, ``batches.already_rolled_back`` or ``batches.other_source`` of
            the batch to replace, before the file is read.
        """
        if replaces is not None:
            self._check_replaced(replaces, source)
        return import_file(
            path,
            settings=self.settings,
            db=self.db,
            city=self.city,
            source=source,
            actor=self.actor,
            mapping=mapping or self.remembered(source),
            dry_run=dry_run,
            replaces=replaces,
            progress=progress,
        )

    def preview(self, path: Path, *, source: str, mapping: Mapping | None = None) -> Preview:
        """Look at the columns of a file, with what is told or remembered of its source.

        See :func:`analytics.sources.preview.preview_file` for refusals.
        """
        told = mapping or self.remembered(source) or Mapping()
        return preview_file(path, told, settings=self.settings, city=self.city)

    def remembered(self, source: str) -> Mapping | None:
        """Return the mapping that is remembered for a source; None if there is none."""
        row = mappings.remembered(self.db, self.city.key, source)
        return None if row is None else restored(row.mapping, row.name)

    def remembered_version(self, source: str) -> int:
        """Return the version of what is remembered for a source; 0 if nothing is."""
        row = mappings.remembered(self.db, self.city.key, source)
        return row.version if row else 0

    def remember(
        self, source: str, mapping: Mapping, name: str, *, version: int | None = None
    ) -> None:
        """Use a mapping for the next files of a source as well; audited.

        ``version`` is the remembered one that was on screen; None replaces whatever is there.

        Raises
        ------
        StoreError
            ``mappings.name_form`` if the name is no name; ``store.stale_save`` if another person
            saved meanwhile.
        """
        mappings.remember(
            self.db,
            self.city.key,
            source,
            name=name,
            mapping=stored(replace(mapping, remembered_as=None)),
            actor=self.actor,
            version=version,
        )

    def forget(self, source: str) -> bool:
        """Guess the columns of a source again; audited. Return whether any were remembered."""
        return mappings.forget(self.db, self.city.key, source, actor=self.actor)

    def publish(self) -> VersionRow:
        """Publish the active batches.

        Raises
        ------
        AnalyticsError
            As :func:`analytics.events.publishing.publish` says. A version that holds a
            rolled-back batch is then out of use all the same.
        """
        try:
            return publish(self.settings, self.db, self.city, actor=self.actor)
        finally:
            retire(self.settings, self.db, self.city, actor=self.actor)

    def roll_back(self, batch_id: str) -> VersionRow | None:
        """Take a batch out and publish what remains; no file is deleted.

        Returns
        -------
        VersionRow or None
            What is visible now; None if no batch remains.

        Raises
        ------
        AnalyticsError
            As :func:`analytics.store.batches.roll_back` and :meth:`publish` say.
        """
        self._own(batch_id)
        batches.roll_back(self.db, batch_id, self.actor)
        try:
            return self.publish()
        except StoreError as refusal:
            if refusal.code != "store.nothing_to_publish":
                raise
            return None

    def restore(self, batch_id: str) -> VersionRow:
        """Undo a roll-back and publish.

        Raises
        ------
        AnalyticsError
            As :func:`analytics.store.batches.restore` and :meth:`publish` say.
        """
        self._own(batch_id)
        batches.restore(self.db, batch_id, self.actor)
        return self.publish()

    def quarantine(self, batch_id: str) -> pd.DataFrame:
        """Return the rows of a batch that were set aside; audited.

        Returns
        -------
        pandas.DataFrame
            The columns of ``QUARANTINE_SCHEMA``, in the order of the file.

        Raises
        ------
        StoreError
            ``batches.unknown``; ``store.batch_missing`` if the rows are on record but not there.
        """
        batch = self._own(batch_id)
        path = batch_path(self.settings, batch).with_name(f"{batch_id}{QUARANTINE_SUFFIX}")
        rows: pd.DataFrame = QUARANTINE_SCHEMA.empty_table().to_pandas()
        if not sum(batch.rows_quarantined.values()):
            return rows
        if not path.is_file():
            raise StoreError(
                "store.batch_missing",
                city=self.city.name,
                batch=batch_id,
                file=batch.file_name,
                path=f"{self.city.key}/{path.name}",
            )
        rows = pq.read_table(path).to_pandas()
        self.record("read_quarantine", batch=batch_id, rows=len(rows))
        return rows

    def record(self, action: str, **detail: object) -> None:
        """Write an audit line for something that was taken out of Cabildo."""
        with self.db.begin() as session:
            audit.record(session, actor=self.actor, action=action, scope=self.city.key, **detail)

    def compare(self, old: str, new: str) -> BatchDifference:
        """Tell which events of two batches of this city are new, gone, changed or the same.

        Raises
        ------
        StoreError
            ``batches.unknown``, or as :func:`analytics.events.comparison.compare_batches` says.
        """
        return compare_batches(self.settings, self._own(old), self._own(new))

    def _check_replaced(self, batch_id: str, source: str) -> None:
        batch = self._own(batch_id)
        if batch.source != source:
            raise StoreError(
                "batches.other_source", batch=batch_id, expected=batch.source, found=source
            )
        if not batch.active:
            who, when = batch.rolled_back_by, batch.rolled_back_at
            raise StoreError("batches.already_rolled_back", batch=batch_id, who=who, when=when)

    def _own(self, batch_id: str) -> BatchManifest:
        """Return a batch of this city; another city's is as unknown as one that is not there."""
        batch = batches.find_batch(self.db, batch_id)
        if batch.city != self.city.key:
            raise StoreError("batches.unknown", batch=batch_id)
        return batch


def import_line(city: str, source: str, file: str, mapping: str = "") -> str:
    """Return the command that imports a file of any size, as text to copy."""
    words = ["import", file, "--city", city, "--source", source]
    return _line(*words, *(("--mapping", mapping) if mapping else ()))


def batch_line(batch: BatchManifest) -> str:
    """Return the command that rolls a batch back, or undoes that, as text to copy."""
    return _line("rollback", batch.batch_id, *(() if batch.active else ("--undo",)))


def batches_line(city: str) -> str:
    """Return the command that lists a city's batches, as text to copy."""
    return _line("batches", "--city", city)


def _line(*words: str) -> str:
    return shlex.join(["python", "-m", "analytics", *words])
