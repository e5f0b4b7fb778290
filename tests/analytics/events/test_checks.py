"""Checking the store: what is missing, changed or nobody's is found; what is old is swept."""

import os
import time

import pytest

from analytics.errors import StoreError
from analytics.events.checks import Finding, check_store, sweep
from analytics.store.batches import roll_back
from tests.analytics.events.builders import record, store_in


def found(events):
    return check_store(events.settings, events.db)


def leave(events, path, days=2):
    """Leave a file of an age somewhere in the home."""
    file = events.settings.home / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"left over")
    moment = time.time() - days * 86_400
    os.utime(file, (moment, moment))
    return file


@pytest.fixture
def published(events):
    events.commit([record("a", "2024-03-04", xy=(1.0, 2.0))], refused=1)
    events.publish()
    return events


def test_a_sound_store_has_no_findings(published):
    assert found(published) == []


def test_an_empty_store_has_no_findings(events):
    assert found(events) == []


def test_a_rolled_back_batch_and_a_superseded_version_are_no_findings(published):
    published.commit([record("b")], "b2")
    published.publish()
    roll_back(published.db, "b1", "ana")
    published.publish()
    assert found(published) == []


@pytest.mark.parametrize("name", ["b1.parquet", "b1.quarantine.parquet"])
def test_a_missing_batch_file_is_found(published, name):
    (published.settings.home / "events/memphis" / name).unlink()
    assert found(published) == [Finding("missing", "memphis", f"events/memphis/{name}")]


def test_a_changed_batch_file_is_found(published):
    (published.settings.home / "events/memphis/b1.parquet").write_bytes(b"changed")
    assert found(published) == [Finding("changed", "memphis", "events/memphis/b1.parquet")]


def test_a_missing_or_changed_version_is_found(published):
    (path,) = (published.settings.home / "versions/memphis").iterdir()
    name = f"versions/memphis/{path.name}"
    path.write_bytes(b"changed")
    assert found(published) == [Finding("changed", "memphis", name)]
    path.unlink()
    assert found(published) == [Finding("missing", "memphis", name)]


def test_a_city_moved_to_another_crs_is_found(published, tmp_path):
    moved = store_in(tmp_path / "store", crs="EPSG:32616")
    assert [finding.kind for finding in found(moved)] == ["crs", "crs"]


@pytest.mark.parametrize("path", ["events/memphis/x.parquet", "versions/memphis/x.duckdb"])
def test_a_file_without_a_manifest_is_an_orphan(published, path):
    leave(published, path, days=0)
    assert found(published) == [Finding("orphan", "memphis", path)]


def test_a_staged_file_is_found_when_it_is_a_day_old(published):
    leave(published, "events/_staging/new.parquet", days=0)
    assert found(published) == []
    leave(published, "versions/_staging/old.duckdb")
    assert found(published) == [Finding("staging", "", "versions/_staging/old.duckdb")]


def test_sweeping_removes_what_is_old_and_nobodys(published):
    doomed = {
        leave(published, path)
        for path in (
            "events/_staging/x.parquet",
            "versions/_staging/x.duckdb",
            "events/memphis/x.parquet",
            "versions/memphis/x.duckdb",
        )
    }
    assert set(sweep(published.settings, published.db)) == doomed
    assert not any(path.exists() for path in doomed)
    assert found(published) == []


def test_sweeping_spares_what_is_young(published):
    young = leave(published, "events/memphis/x.parquet", days=0.9)
    assert sweep(published.settings, published.db) == []
    assert young.exists()


def test_sweeping_spares_old_batches_on_record(published):
    for path in published.settings.home.rglob("*.parquet"):
        os.utime(path, (0, 0))
    assert sweep(published.settings, published.db) == []


def test_sweeping_spares_the_batches_of_a_city_taken_out_of_the_settings(published, tmp_path):
    for path in published.settings.home.rglob("*.parquet"):
        os.utime(path, (0, 0))
    other = store_in(tmp_path / "store", key="elsewhere")
    assert sweep(other.settings, other.db) == []


def test_sweeping_refuses_when_no_batch_is_on_record(events):
    file = leave(events, "events/memphis/x.parquet")
    with pytest.raises(StoreError, match=r"store\.empty_manifest"):
        sweep(events.settings, events.db)
    assert file.exists()


def test_sweeping_an_empty_store_is_nothing(events):
    assert sweep(events.settings, events.db) == []
