"""Checking the event store against its manifest, and removing what no manifest knows."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from analytics.errors import StoreError
from analytics.events import publishing, store
from analytics.settings import City, Settings
from analytics.sources.importing import SCRATCH
from analytics.sources.linkage import PAIRS_SUFFIX
from analytics.store.batches import BatchManifest, VersionRow, batches, current_version, versions
from analytics.store.database import Database
from analytics.store.evidence import damaged, has_records, unowned
from analytics.store.links import current_run, links_folder, runs

DAY_S = 86_400


@dataclass(frozen=True)
class Finding:
    """Something wrong with the store.

    ``kind`` names the sentence ``finding.<kind>``: ``missing`` (a file on record is gone),
    ``changed`` (it is not what was recorded), ``crs`` (imported in another CRS than the
    settings'), ``orphan`` (a file not on record), ``staging`` (left by a process that died) or
    ``upload`` (a foreign file that a process that died was reading) or ``evidence`` (a file of a
    gate that no record needs). ``path`` is relative to the
    home.
    """

    kind: str
    city: str
    path: str


def check_store(settings: Settings, db: Database) -> list[Finding]:
    """Compare every file of the store with the manifest.

    Returns
    -------
    list of Finding
        Empty when all is well. A process killed while it imported or published leaves nothing
        worse than ``orphan`` and, a day later, ``staging`` and ``upload``.
    """
    orphans = list(_orphans(settings, db))
    found = [
        finding
        for city_key in _cities(settings)
        for finding in (
            *_check_batches(settings, db, city_key),
            *_check_current(settings, db, city_key),
            *_check_run(settings, db, city_key),
        )
    ]
    found += [_finding(settings, "orphan", path.parent.name, path) for path in orphans]
    found += [_finding(settings, *told) for told in damaged(settings.home, db)]
    left = (
        ("staging", _staged(settings)),
        ("upload", _uploads(settings)),
        ("evidence", unowned(settings.home, db)),
    )
    for kind, paths in left:
        found += [_finding(settings, kind, "", path) for path in paths if _is_old(path)]
    return found


def sweep(settings: Settings, db: Database) -> list[Path]:
    """Remove staged files, orphans and what uploads left behind, older than a day.

    Returns
    -------
    list of Path
        What was removed.

    Raises
    ------
    StoreError
        ``store.empty_manifest`` if there is something to remove, apart from uploads, but no
        batch on record at all: then the database is more likely to be the wrong one than the
        files. Nothing is removed then.
    """
    doomed = [path for path in (*_staged(settings), *_orphans(settings, db)) if _is_old(path)]
    if doomed and not any(batches(db, city_key) for city_key in _cities(settings)):
        raise StoreError(
            "store.empty_manifest", n=len(doomed), folder=str(store.events_folder(settings))
        )
    for path in doomed:
        path.unlink(missing_ok=True)
    # With no evidence on record at all the database is more likely to be the wrong one.
    evidence = unowned(settings.home, db) if has_records(db) else []
    left = [path for path in (*_uploads(settings), *evidence) if _is_old(path)]
    for path in left:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return doomed + left


def _check_batches(settings: Settings, db: Database, city_key: str) -> Iterator[Finding]:
    city = settings.cities.get(city_key)
    for batch in batches(db, city_key):
        path = publishing.batch_path(settings, batch)
        for file in _files_of(path, batch):
            if not file.is_file():
                yield _finding(settings, "missing", city_key, file)
        if path.is_file() and store.sha256_of(path) != batch.checksum:
            yield _finding(settings, "changed", city_key, path)
        if batch.active and _in_other_crs(batch, city):
            yield _finding(settings, "crs", city_key, path)


def _check_current(settings: Settings, db: Database, city_key: str) -> Iterator[Finding]:
    version = current_version(db, city_key)
    if version is None:
        return
    path = publishing.version_path(settings, version)
    if not path.is_file():
        yield _finding(settings, "missing", city_key, path)
    elif store.sha256_of(path) != version.checksum:
        yield _finding(settings, "changed", city_key, path)
    if _in_other_crs(version, settings.cities.get(city_key)):
        yield _finding(settings, "crs", city_key, path)


def _check_run(settings: Settings, db: Database, city_key: str) -> Iterator[Finding]:
    run = current_run(db, city_key)
    if run is None:
        return
    path = links_folder(settings) / run.path
    for file in _run_files(path):
        if not file.is_file():
            yield _finding(settings, "missing", city_key, file)
    if path.is_file() and store.sha256_of(path) != run.checksum:
        yield _finding(settings, "changed", city_key, path)


def _run_files(path: Path) -> tuple[Path, ...]:
    return path, path.with_suffix(PAIRS_SUFFIX)


def _in_other_crs(kept: BatchManifest | VersionRow, city: City | None) -> bool:
    return city is not None and not publishing.same_crs(kept.crs, city.crs)


def _files_of(path: Path, batch: BatchManifest) -> tuple[Path, ...]:
    if not sum(batch.rows_quarantined.values()):
        return (path,)
    return path, path.with_name(f"{batch.batch_id}{store.QUARANTINE_SUFFIX}")


def _orphans(settings: Settings, db: Database) -> Iterator[Path]:
    """Files that no batch, no version and no link run of their city owns."""
    published, linked = publishing.versions_folder(settings), links_folder(settings)
    for city_key in _cities(settings):
        # Listed before the manifest is read: what is committed meanwhile is on record.
        files = [p for folder in _folders(settings) for p in (folder / city_key).glob("*")]
        known = {published / version.path for version in versions(db, city_key)}
        for batch in batches(db, city_key):
            known.update(_files_of(publishing.batch_path(settings, batch), batch))
        for run in runs(db, city_key):
            known.update(_run_files(linked / run.path))
        yield from sorted(set(files) - known)


def _staged(settings: Settings) -> list[Path]:
    return sorted(
        path for folder in _folders(settings) for path in (folder / store.STAGING).glob("*")
    )


def _uploads(settings: Settings) -> list[Path]:
    """Private folders of foreign files while they are read; none outlives its reading."""
    return sorted((settings.home / SCRATCH).glob("*"))


def _folders(settings: Settings) -> tuple[Path, ...]:
    """Folders that hold files by city."""
    return (
        store.events_folder(settings),
        publishing.versions_folder(settings),
        links_folder(settings),
    )


def _cities(settings: Settings) -> list[str]:
    """Cities of the settings and of the folders: a city taken out of the settings is kept."""
    found = {p.name for folder in _folders(settings) for p in folder.glob("*") if p.is_dir()}
    return sorted((found | set(settings.cities)) - {store.STAGING})


def _is_old(path: Path) -> bool:
    return path.exists() and time.time() - path.stat().st_mtime > DAY_S


def _finding(settings: Settings, kind: str, city_key: str, path: Path) -> Finding:
    return Finding(kind, city_key, str(path.relative_to(settings.home)))
