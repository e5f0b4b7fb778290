"""Manifests and versions: history stays, one version is current."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.errors import StoreError
from analytics.store import audit, batches
from analytics.store.batches import BatchManifest, VersionRow
from analytics.store.database import Database

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MANIFEST = BatchManifest(
    batch_id="b1",
    city="memphis",
    source="mpd",
    source_kind="institutional",
    file_name="robos año 2025.csv",
    file_sha256="f" * 64,
    path="memphis/b1.parquet",
    checksum="c" * 64,
    rows_accepted=3_000_000_000,
    rows_quarantined={"unreadable_date": 2, "outside_city": 1},
    rows_located=9,
    rows_dated=8,
    crs="EPSG:32615",
    choices={"encoding": "cp1252", "date_formats": ["%d/%m/%Y"]},
    created_at=NOON,
    created_by="ana",
)
VERSION = VersionRow(
    city="memphis",
    version_id="v1",
    path="memphis/v1.duckdb",
    checksum="d" * 64,
    crs="EPSG:32615",
    batch_ids=("b1", "b2"),
    crosswalk_checksum="e" * 64,
    n_records=10,
    n_incidents=9,
    n_located=8,
    created_at=NOON,
    created_by="ana",
)


def insert(db: Database, *manifests: BatchManifest) -> None:
    for manifest in manifests:
        with db.begin() as session:
            batches.insert_batch(session, manifest)


def publish(db: Database, *versions: VersionRow) -> None:
    for version in versions:
        with db.begin() as session:
            batches.insert_version(session, version)


def test_a_manifest_comes_back_as_it_was_stored(db):
    insert(db, MANIFEST)
    assert batches.batches(db, "memphis") == [MANIFEST]
    assert batches.batches(db, "quito") == []


def test_manifests_come_oldest_first(db):
    earlier = replace(MANIFEST, batch_id="b0", created_at=NOON - timedelta(seconds=1))
    insert(db, MANIFEST, earlier, replace(MANIFEST, batch_id="a9"))
    assert [b.batch_id for b in batches.batches(db, "memphis")] == ["b0", "a9", "b1"]


def test_a_batch_id_is_used_once(db):
    insert(db, MANIFEST)
    with pytest.raises(StoreError, match=r"batches\.exists"):
        insert(db, MANIFEST)


def test_rolling_back_says_who_and_when_and_keeps_the_manifest(db):
    insert(db, MANIFEST, replace(MANIFEST, batch_id="b2"))
    rolled = batches.roll_back(db, "b1", "bea")
    assert (rolled.batch_id, rolled.active, rolled.rolled_back_by) == ("b1", False, "bea")
    assert [b.batch_id for b in batches.batches(db, "memphis", active_only=True)] == ["b2"]
    assert batches.batches(db, "memphis")[0] == rolled


def test_rolling_back_twice_is_refused_with_who_and_when(db):
    insert(db, MANIFEST)
    rolled = batches.roll_back(db, "b1", "bea")
    with pytest.raises(StoreError, match=r"batches\.already_rolled_back") as caught:
        batches.roll_back(db, "b1", "ana")
    assert caught.value.details == {"batch": "b1", "who": "bea", "when": rolled.rolled_back_at}


def test_rolling_back_an_unknown_batch_is_refused(db):
    with pytest.raises(StoreError, match=r"batches\.unknown"):
        batches.roll_back(db, "b9", "ana")


def test_nothing_is_current_before_the_first_publication(db):
    assert batches.current_version(db, "memphis") is None


def test_the_last_published_version_is_current_and_the_others_are_superseded(db):
    second = replace(VERSION, version_id="v2", created_at=NOON + timedelta(days=1))
    other_city = replace(VERSION, city="quito")
    publish(db, VERSION, other_city, second)
    assert batches.current_version(db, "memphis") == second
    assert batches.current_version(db, "quito") == other_city
    assert batches.versions(db, "memphis") == [
        second,
        replace(VERSION, superseded_at=second.created_at),
    ]


def test_a_version_can_become_current_again(db):
    again = replace(VERSION, created_at=NOON + timedelta(days=2))
    publish(db, VERSION, replace(VERSION, version_id="v2"), again)
    assert batches.current_version(db, "memphis") == again
    assert [v.version_id for v in batches.versions(db, "memphis")] == ["v1", "v2", "v1"]


def test_of_many_publications_at_once_exactly_one_is_current(db):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: publish(db, replace(VERSION, version_id=f"v{n}")), range(16)))
    rows = batches.versions(db, "memphis")
    assert len(rows) == 16
    assert [row.current for row in rows] == [True] + [False] * 15


def test_commits_roll_backs_and_publications_are_audited_by_id(db):
    insert(db, MANIFEST)
    batches.roll_back(db, "b1", "bea")
    publish(db, VERSION)
    told = [(e.actor, e.action, e.scope, e.detail) for e in reversed(audit.entries(db))]
    assert told == [
        (
            "ana",
            "batch.commit",
            "memphis",
            {"batch": "b1", "rows_accepted": 3_000_000_000, "rows_quarantined": 3},
        ),
        ("bea", "batch.roll_back", "memphis", {"batch": "b1"}),
        (
            "ana",
            "version.publish",
            "memphis",
            {"version": "v1", "batches": ["b1", "b2"], "n_records": 10},
        ),
    ]
