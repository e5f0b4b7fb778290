"""Batches: all of a file's events are on record, or none."""

import pyarrow.parquet as pq
import pytest

from analytics.errors import StoreError
from analytics.events.store import BatchWriter, events_folder, sha256_of
from analytics.schema import EVENT_SCHEMA
from analytics.store.audit import entries
from analytics.store.batches import batches
from tests.analytics.events.builders import events_of, quarantined, record


def files(events):
    root = events_folder(events.settings)
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())


def test_a_committed_batch_is_on_record_with_what_it_holds(events):
    rows = [record("a", "2024-03-04", xy=(1.0, 2.0)), record("b", "2024-03-05"), record("c")]
    events.commit(rows, refused=2)
    (manifest,) = batches(events.db, "memphis")
    assert manifest.path == "memphis/b1.parquet"
    assert (manifest.rows_accepted, manifest.rows_located, manifest.rows_dated) == (3, 1, 2)
    assert manifest.rows_quarantined == {"zero_coordinate": 2}
    assert manifest.crs == "EPSG:32615"
    assert manifest.checksum == sha256_of(events_folder(events.settings) / manifest.path)


def test_the_file_holds_the_canonical_events_compressed(events):
    events.commit([record("a", "2024-03-04", xy=(1.0, 2.0)), record("b")])
    file = pq.ParquetFile(events_folder(events.settings) / "memphis/b1.parquet")
    assert file.schema_arrow.equals(EVENT_SCHEMA)
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert file.read()["event_id"].to_pylist() == ["a", "b"]


def test_pieces_are_written_one_after_the_other(events):
    with BatchWriter(events.settings, events.city, "b1") as writer:
        for name in "abc":
            writer.write(events_of([record(name)], "b1"))
        told = {"source": "s", "source_kind": "call", "file_name": "f", "file_sha256": "0"}
        manifest = writer.commit(events.db, **told, choices={}, created_by="ana")
    assert manifest.rows_accepted == 3
    table = pq.read_table(events_folder(events.settings) / manifest.path)
    assert table["event_id"].to_pylist() == ["a", "b", "c"]


def test_refused_rows_are_kept_beside_the_batch(events):
    events.commit([record("a")], refused=2)
    assert files(events) == ["memphis/b1.parquet", "memphis/b1.quarantine.parquet"]
    kept = pq.read_table(events_folder(events.settings) / "memphis/b1.quarantine.parquet")
    assert kept.equals(quarantined(2))


def test_a_batch_without_refused_rows_is_one_file(events):
    events.commit([record("a")])
    assert files(events) == ["memphis/b1.parquet"]


def test_a_commit_is_audited(events):
    events.commit([record("a")])
    (entry,) = entries(events.db, actions=["batch.commit"])
    assert (entry.actor, entry.scope, entry.detail["batch"]) == ("ana", "memphis", "b1")


def test_leaving_without_a_commit_leaves_nothing(events):
    with BatchWriter(events.settings, events.city, "b1") as writer:
        writer.write(events_of([record("a")], "b1"))
        writer.quarantine(quarantined(1))
        assert len(files(events)) == 2
    assert files(events) == []
    assert batches(events.db, "memphis") == []


def test_an_error_while_writing_leaves_nothing(events):
    with (
        pytest.raises(ZeroDivisionError),
        BatchWriter(events.settings, events.city, "b1") as writer,
    ):
        writer.write(events_of([record("a")], "b1"))
        1 / 0  # noqa: B018
    assert files(events) == []


def test_events_of_another_shape_are_refused(events):
    with (
        pytest.raises(ValueError, match="schema"),
        BatchWriter(events.settings, events.city, "b1") as writer,
    ):
        writer.write(events_of([record("a")], "b1").drop_columns(["detection"]))


def test_a_batch_id_on_record_is_refused_and_its_file_kept(events):
    events.commit([record("a")])
    with pytest.raises(StoreError, match=r"batches\.exists"):
        events.commit([record("b")])
    assert files(events) == ["memphis/b1.parquet"]
    kept = pq.read_table(events_folder(events.settings) / "memphis/b1.parquet")
    assert kept["event_id"].to_pylist() == ["a"]
