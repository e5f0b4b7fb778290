"""Publishing: the active batches of a city joined into the one file that is queried."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from glob import escape
from pathlib import Path
from secrets import token_hex
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import CRS, Transformer

from analytics.access import SUPPRESSION_K
from analytics.errors import ProjectionError, StoreError
from analytics.events import store
from analytics.events.engine import EventEngine
from analytics.events.placing import boundary_checksum, place_records
from analytics.events.statements import BY_HAND, EVENTS, LATEST, MEMBERS, RECORDS
from analytics.settings import City, Settings
from analytics.sources.taxonomy import categorise, crosswalk_checksum
from analytics.store.batches import (
    BatchManifest,
    VersionRow,
    batches,
    insert_version,
    retire_version,
    versions,
)
from analytics.store.database import Database
from analytics.store.links import LinkRun, current_run, links_folder
from analytics.store.located import HandPlace, located
from analytics.store.models import utc_now
from analytics.store.placements import placements

LAYOUT = 3  # of the published table; another number makes other version ids
KEPT_VERSIONS = 2
SUFFIX = ".duckdb"
NO_LINKS = pa.table(
    {"event_id": pa.array([], pa.string()), "incident_id": pa.array([], pa.string())}
)
ENUMS = (
    "source",
    "source_kind",
    "source_category",
    "category",
    "time_precision",
    "location_precision",
    "detection",
)


def publish(settings: Settings, db: Database, city: City, *, actor: str) -> VersionRow:
    """Join a city's active batches, crosswalk and link run into its current version.

    The version's id follows from what goes in; publishing the same again changes nothing. The
    files of the last two versions are kept.

    Parameters
    ----------
    settings : Settings
        Gives the home.
    db : Database
        Manifests in, version out.
    city : City
        Its CRS must be that of every active batch.
    actor : str
        Who publishes, for the audit.

    Returns
    -------
    VersionRow
        The version that is now current.

    Raises
    ------
    StoreError
        ``store.nothing_to_publish`` without active batches; ``store.batch_missing`` or
        ``store.batch_changed`` if a file is gone or is not what was imported;
        ``store.links_changed`` if the link run's is not.
    ProjectionError
        ``store.batch_crs`` if a batch was imported in another CRS.
    """
    with store.city_lock(settings, city):
        active, run = checked_batches(settings, db, city), checked_run(settings, db, city)
        joined = _Joined(active, run, placements(db, city.key), located(db, city.key))
        version_id = _version_id(city, joined)
        version = _intact(settings, db, city, version_id)
        if version is None:
            version = _build(settings, city, joined, version_id=version_id, actor=actor)
        elif version.current:
            return version
        else:
            version = replace(version, created_at=utc_now(), created_by=actor, superseded_at=None)
        with db.begin() as session:
            insert_version(session, version)
            store.reached("version inserted")
        store.reached("version committed")
        _remove_old(settings, db, city)
        return version


def retire(settings: Settings, db: Database, city: City, *, actor: str) -> VersionRow | None:
    """Take a city's version out of use if it holds a batch that has been rolled back.

    Afterwards nothing of the city is visible until something is published; no file is removed.

    Returns
    -------
    VersionRow or None
        The version that is no longer current; None if nothing had to be done.
    """
    with store.city_lock(settings, city), db.begin() as session:
        return retire_version(session, city.key, actor=actor)


def version_path(settings: Settings, version: VersionRow) -> Path:
    """Return the file of a published version."""
    return versions_folder(settings) / version.path


def open_version(settings: Settings, version: VersionRow) -> EventEngine:
    """Open a version for questions: its own file, or ``events_<city>`` at ``engine.url``."""
    if settings.engine_url:
        table = f"events_{version.city.replace('-', '_')}"
        return EventEngine(settings.engine_url, table=table)
    return EventEngine(version_path(settings, version))


def versions_folder(settings: Settings) -> Path:
    """Return the folder of the published versions, ``home/versions``."""
    return settings.home / "versions"


def checked_batches(settings: Settings, db: Database, city: City) -> list[BatchManifest]:
    """Return a city's active batches, each file as it was imported; refuse as :func:`publish`."""
    active = batches(db, city.key, active_only=True)
    if not active:
        raise StoreError("store.nothing_to_publish", city=city.name)
    for batch in active:
        _check_batch(settings, city, batch)
    return active


def checked_run(settings: Settings, db: Database, city: City) -> LinkRun | None:
    """Return a city's link run, its file as it was written; refuse as :func:`publish`."""
    run = current_run(db, city.key)
    if run is not None:
        path = links_folder(settings) / run.path
        if not path.is_file() or store.sha256_of(path) != run.checksum:
            raise StoreError("store.links_changed", city=city.name, path=run.path)
    return run


def join_batches(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    active: Sequence[BatchManifest],
    placed: Mapping[str, str],
) -> None:
    """Create ``latest``, the records that count, and ``crosswalk``, text to taxonomy key.

    ``placed`` (normalised name → key) is what people of the city placed themselves.
    """
    files = [escape(str(batch_path(settings, batch))) for batch in active]
    ranking = pa.table(
        {"batch_id": [batch.batch_id for batch in active], "rank": range(len(active))}
    )
    connection.register("ranking", ranking)
    connection.execute(LATEST, {"files": files})
    texts = [text for (text,) in _rows(connection, "SELECT DISTINCT source_category FROM latest")]
    keys = categorise(texts, placed)
    crosswalk = {"source_category": pa.array(texts, pa.string()), "category": keys}
    connection.register("crosswalk", pa.table(crosswalk))


def same_crs(one: str, other: str) -> bool:
    """Tell whether two texts name one CRS."""
    return one == other or bool(CRS.from_user_input(one) == CRS.from_user_input(other))


def batch_path(settings: Settings, batch: BatchManifest) -> Path:
    """Return the Parquet file of a batch."""
    return store.events_folder(settings) / batch.path


def _check_batch(settings: Settings, city: City, batch: BatchManifest) -> None:
    named = {"city": city.name, "batch": batch.batch_id, "file": batch.file_name}
    if not same_crs(batch.crs, city.crs):
        raise ProjectionError("store.batch_crs", **named, found=batch.crs, expected=city.crs)
    path = batch_path(settings, batch)
    if not path.is_file():
        raise StoreError("store.batch_missing", **named, path=batch.path)
    if store.sha256_of(path) != batch.checksum:
        raise StoreError("store.batch_changed", **named, path=batch.path)


@dataclass(frozen=True)
class _Joined:
    """What goes into a version."""

    active: Sequence[BatchManifest]
    run: LinkRun | None
    placed: Mapping[str, str]
    by_hand: Sequence[HandPlace]


def _version_id(city: City, joined: _Joined) -> str:
    """Name a version by what goes in."""
    active, run, placed = joined.active, joined.run, joined.placed
    parts = [str(LAYOUT), crosswalk_checksum(placed), boundary_checksum(city)]
    parts += [run.checksum] if run else []
    parts += [f"{batch.batch_id}:{batch.checksum}" for batch in active]
    parts += [f"{p.event_id}:{p.longitude!r}:{p.latitude!r}" for p in joined.by_hand]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _intact(settings: Settings, db: Database, city: City, version_id: str) -> VersionRow | None:
    """Find the version among those published, if its file is still what it was."""
    for version in versions(db, city.key):
        path = version_path(settings, version)
        if version.version_id == version_id and path.is_file():
            return version if store.sha256_of(path) == version.checksum else None
    return None


def _build(
    settings: Settings,
    city: City,
    joined: _Joined,
    *,
    version_id: str,
    actor: str,
) -> VersionRow:
    """Write the file of a version and put it into place, not yet on record."""
    folder = versions_folder(settings)
    staged = folder / store.STAGING / f"{city.key}.{version_id}.{token_hex(4)}{SUFFIX}"
    path = f"{city.key}/{version_id}{SUFFIX}"
    store.make_folder(staged.parent)
    try:
        with duckdb.connect(str(staged)) as connection:
            n_records, n_incidents, n_located = _fill(connection, settings, city, joined)
        store.sync(staged)
        store.reached("version staged")
        version = VersionRow(
            city=city.key,
            version_id=version_id,
            path=path,
            checksum=store.sha256_of(staged),
            crs=city.crs,
            batch_ids=tuple(batch.batch_id for batch in joined.active),
            crosswalk_checksum=crosswalk_checksum(joined.placed),
            n_records=n_records,
            n_incidents=n_incidents,
            n_located=n_located,
            created_at=utc_now(),
            created_by=actor,
        )
        store.make_folder(folder / city.key)
        staged.replace(folder / path)
        store.sync(folder / city.key)
        store.reached("version renamed")
        return version
    finally:
        staged.unlink(missing_ok=True)
        staged.with_name(staged.name + ".wal").unlink(missing_ok=True)


def _fill(
    connection: duckdb.DuckDBPyConnection, settings: Settings, city: City, joined: _Joined
) -> tuple[int, int, int]:
    """Create the table ``events``; return numbers of records, incidents, located incidents."""
    join_batches(connection, settings, joined.active, joined.placed)
    locate_by_hand(connection, city, joined.by_hand)
    run = joined.run
    links = pq.read_table(links_folder(settings) / run.path) if run else NO_LINKS
    connection.register("links", links)
    connection.execute(MEMBERS)
    connection.execute(RECORDS)
    for column in ENUMS:
        connection.execute(
            f"CREATE TYPE {column}_text AS ENUM (SELECT DISTINCT {column} FROM records"  # noqa: S608
            f" WHERE {column} IS NOT NULL ORDER BY ALL)"
        )
    enums = ", ".join(f"{column}::{column}_text AS {column}" for column in ENUMS)
    place_records(connection, city)
    connection.execute(EVENTS.format(enums=enums, k=SUPPRESSION_K))
    connection.execute("CHECKPOINT")
    return _rows(
        connection,
        "SELECT count(*), count(*) FILTER (is_incident),"
        " count(*) FILTER (is_incident AND x_m IS NOT NULL) FROM events",
    )[0]


def locate_by_hand(
    connection: duckdb.DuckDBPyConnection, city: City, by_hand: Sequence[HandPlace]
) -> None:
    """Put the records of ``latest`` that have no place where people said (degrees, EPSG:4326)."""
    if not by_hand:
        return
    longitude = np.array([place.longitude for place in by_hand])
    latitude = np.array([place.latitude for place in by_hand])
    x_m, y_m = Transformer.from_crs(4326, city.crs, always_xy=True).transform(longitude, latitude)
    ids = pa.array([place.event_id for place in by_hand], pa.string())
    columns = {"longitude": longitude, "latitude": latitude, "x_m": x_m, "y_m": y_m}
    connection.register("by_hand", pa.table({"event_id": ids, **columns}))
    connection.execute(BY_HAND)


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


def _remove_old(settings: Settings, db: Database, city: City) -> None:
    """Remove the version files beyond the last two."""
    latest_first = dict.fromkeys(version.path for version in versions(db, city.key))
    kept = {versions_folder(settings) / path for path in list(latest_first)[:KEPT_VERSIONS]}
    for path in (versions_folder(settings) / city.key).glob(f"*{SUFFIX}"):
        if path not in kept:
            path.unlink()
