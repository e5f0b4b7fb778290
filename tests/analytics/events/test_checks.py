"""Checking the store: what is missing, changed or nobody's is found; what is old is swept."""

import os
import time

import pytest

from analytics.errors import StoreError
from analytics.events.checks import Finding, check_store, sweep
from analytics.sources.linkage import link
from analytics.store.batches import roll_back
from analytics.store.links import current_run, links_folder
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


@pytest.mark.parametrize(
    "path",
    ["events/memphis/x.parquet", "versions/memphis/x.duckdb", "links/memphis/x.pairs.parquet"],
)
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
            "links/_staging/x.parquet",
            "links/memphis/x.parquet",
            "uploads/robberies.csv",
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


@pytest.fixture
def linked(published):
    """A link run on record, with its two files."""
    link(published.settings, published.db, published.city, actor="ana")
    return published


def run_file(linked):
    return links_folder(linked.settings) / current_run(linked.db, "memphis").path


def test_the_files_of_a_link_run_are_no_orphans_and_are_spared(linked):
    files = [path for path in (linked.settings.home / "links").rglob("*") if path.is_file()]
    for path in files:
        os.utime(path, (0, 0))
    assert len(files) == 2
    assert found(linked) == []
    assert sweep(linked.settings, linked.db) == []


@pytest.mark.parametrize("suffix", [".parquet", ".pairs.parquet"])
def test_a_missing_file_of_the_current_link_run_is_found(linked, suffix):
    path = run_file(linked).with_suffix(suffix)
    path.unlink()
    assert found(linked) == [Finding("missing", "memphis", f"links/memphis/{path.name}")]


def test_a_changed_link_run_is_found(linked):
    path = run_file(linked)
    path.write_bytes(b"changed")
    assert found(linked) == [Finding("changed", "memphis", f"links/memphis/{path.name}")]


def test_what_an_upload_left_is_found_when_it_is_a_day_old_and_swept_with_its_folder(published):
    folder = leave(published, "uploads/tmpabc/robberies.csv", days=0).parent
    assert found(published) == []
    os.utime(folder, (0, 0))
    assert found(published) == [Finding("upload", "", "uploads/tmpabc")]
    assert sweep(published.settings, published.db) == [folder]
    assert not folder.exists()
    assert found(published) == []


def test_sweeping_follows_no_link_out_of_the_uploads(published, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.csv").write_text("kept")
    os.utime(outside, (0, 0))
    link_to = published.settings.home / "uploads" / "link"
    link_to.parent.mkdir(exist_ok=True)
    link_to.symlink_to(outside)
    assert sweep(published.settings, published.db) == [link_to]
    assert (outside / "kept.csv").is_file()
    assert not link_to.is_symlink()


def test_uploads_are_swept_even_where_no_batch_is_on_record(events):
    file = leave(events, "uploads/robberies.csv")
    assert sweep(events.settings, events.db) == [file]
