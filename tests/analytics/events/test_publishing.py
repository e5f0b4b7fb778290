"""Publishing: active batches become the one version that is queried."""

from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest

from analytics.errors import ProjectionError, StoreError
from analytics.events import publishing
from analytics.events.filters import Filters
from analytics.events.publishing import publish, retire
from analytics.events.store import events_folder, sha256_of
from analytics.store.audit import entries
from analytics.store.batches import current_version, roll_back, versions
from tests.analytics.events.builders import record, store_in


def rows(events, query):
    path = events.path(current_version(events.db, "memphis"))
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(query).fetchall()


def version_files(events):
    return sorted(p.stem for p in (events.settings.home / "versions" / "memphis").iterdir())


def test_the_published_version_is_current_and_says_what_it_holds(events):
    events.commit([record("a", "2024-03-04", xy=(1.0, 2.0)), record("b")])
    version = events.publish()
    assert current_version(events.db, "memphis") == version
    assert (version.n_records, version.n_incidents, version.n_located) == (2, 2, 1)
    assert version.batch_ids == ("b1",)
    assert version.checksum == sha256_of(events.path(version))


def test_publishing_is_audited(events):
    events.commit([record("a")])
    version = events.publish()
    (entry,) = entries(events.db, actions=["version.publish"])
    assert (entry.actor, entry.detail["version"]) == ("ana", version.version_id)


def test_a_city_without_batches_has_nothing_to_publish(events):
    with pytest.raises(StoreError, match=r"store\.nothing_to_publish"):
        events.publish()


def test_a_city_whose_batches_are_rolled_back_has_nothing_to_publish(events):
    events.commit([record("a")])
    roll_back(events.db, "b1", "ana")
    with pytest.raises(StoreError, match=r"store\.nothing_to_publish"):
        events.publish()


def test_events_are_sorted_by_time_and_told_apart_by_encoded_texts(events):
    events.commit([record("late", "2024-03-05"), record("undated"), record("early", "2024-03-04")])
    events.publish()
    assert rows(events, "SELECT event_id FROM events") == [("early",), ("late",), ("undated",)]
    types = {row[0]: row[1] for row in rows(events, "DESCRIBE events")}
    for column in publishing.ENUMS:
        assert types[column].startswith("ENUM"), column
    assert (types["hour"], types["weekday"], types["x_m"]) == ("UTINYINT", "UTINYINT", "DOUBLE")


def test_each_event_is_an_incident_of_its_own_until_records_are_linked(events):
    events.commit([record("a"), record("b")])
    events.publish()
    found = rows(events, "SELECT incident_id, is_incident FROM events ORDER BY ALL")
    assert found == [("a", True), ("b", True)]


def test_only_instants_carry_a_clock_hour_and_a_weekday(events):
    instant, span = record("a", "2024-03-04T23:59"), record("b", "2024-03-04", "2024-03-05")
    events.commit([instant, span, record("c")])
    events.publish()
    found = rows(events, "SELECT event_id, hour, weekday, to_s - from_s FROM events ORDER BY 1")
    assert found == [("a", 23, 1, 0), ("b", None, None, 86_400), ("c", None, None, None)]


def test_seconds_are_counted_from_the_first_monday(events):
    events.commit([record("a", "1970-01-05T00:00:00"), record("b", "1970-01-04T23:59:59.5")])
    events.publish()
    assert rows(events, "SELECT from_s FROM events ORDER BY 1") == [(-0.5,), (0.0,)]


def test_categories_come_from_the_crosswalk_and_unknown_ones_are_unclassified(events):
    texts = ["FRAUDE", "  fraude ", "Robo de luna", None]
    events.commit([record(str(i), source_category=text) for i, text in enumerate(texts)])
    events.publish()
    found = rows(
        events, "SELECT category::text, source_category::text FROM events ORDER BY event_id"
    )
    assert [category for category, _ in found] == ["fraud", "fraud", "unclassified", "unclassified"]
    assert [text for _, text in found] == texts


def test_of_a_record_imported_twice_the_later_batch_counts(events):
    events.commit([record("a", source_category="FRAUDE"), record("only early")], "z-early")
    events.commit([record("a", source_category="AMENAZAS")], "a-late")
    events.publish()
    found = rows(events, "SELECT event_id, category::text FROM events ORDER BY 1")
    assert found == [("a", "threats"), ("only early", "fraud")]


def test_rolling_back_the_later_batch_brings_the_earlier_record_back(events):
    events.commit([record("a", source_category="FRAUDE")], "early")
    events.commit([record("a", source_category="AMENAZAS")], "late")
    events.publish()
    roll_back(events.db, "late", "ana")
    events.publish()
    assert rows(events, "SELECT category::text FROM events") == [("fraud",)]


def test_a_retired_version_is_not_queried_until_something_is_published(events):
    events.commit([record("a")])
    version = events.publish()
    place = (events.settings, events.db, events.city)
    assert retire(*place, actor="ana") is None
    roll_back(events.db, "b1", "ana")
    assert retire(*place, actor="ana").version_id == version.version_id
    assert current_version(events.db, "memphis") is None
    assert events.path(version).exists()
    events.commit([record("b")], "b2")
    assert events.publish() == current_version(events.db, "memphis")


def test_half_or_infinite_coordinates_are_no_place(events):
    places = [{"xy": (1.0, float("nan"))}, {"xy": (float("inf"), 1.0)}, {"xy": (1.0, 1.0)}]
    events.commit([record(str(i), **place) for i, place in enumerate(places)])
    assert events.publish().n_located == 1
    assert rows(events, "SELECT count(x_m), count(longitude) FROM events") == [(1, 1)]


def test_a_city_of_unlocated_events_is_published(events):
    assert events.engine(record("a"), record("b")).totals(Filters()).n == 2


def test_a_batch_with_every_row_refused_is_published_empty(events):
    events.commit([], refused=3)
    assert events.publish().n_records == 0
    assert events.engine().totals(Filters()).n == 0


def test_the_same_batches_have_the_same_version_and_are_not_published_twice(events):
    events.commit([record("a")])
    first = events.publish()
    assert events.publish() == first
    assert len(versions(events.db, "memphis")) == 1


def test_another_batch_makes_another_version(events):
    events.commit([record("a")], "b1")
    first = events.publish()
    events.commit([record("b")], "b2")
    assert events.publish().version_id != first.version_id


def test_another_crosswalk_makes_another_version(events, monkeypatch, tmp_path):
    events.commit([record("a", source_category="Robo de luna")])
    first = events.publish()
    crosswalk = tmp_path / "crosswalk.csv"
    crosswalk.write_text("published_name,key\nrobo de luna,fraud\n", encoding="utf-8")
    monkeypatch.setattr("analytics.sources.taxonomy.CROSSWALK_FILE", crosswalk)
    second = events.publish()
    assert second.version_id != first.version_id
    assert rows(events, "SELECT category::text FROM events") == [("fraud",)]


def test_the_files_of_the_last_two_versions_are_kept(events):
    ids = []
    for batch in ("b1", "b2", "b3"):
        events.commit([record(batch)], batch)
        ids.append(events.publish().version_id)
    assert version_files(events) == sorted(ids[1:])


def test_an_earlier_version_that_still_lies_there_is_taken_up_again(events):
    events.commit([record("a")], "b1")
    first = events.publish()
    events.commit([record("b")], "b2")
    second = events.publish()
    roll_back(events.db, "b2", "ana")
    again = events.publish()
    assert (again.version_id, again.checksum) == (first.version_id, first.checksum)
    assert current_version(events.db, "memphis") == again
    assert version_files(events) == sorted([first.version_id, second.version_id])


def test_a_damaged_version_is_made_anew(events):
    events.commit([record("a")])
    path = events.path(events.publish())
    path.write_bytes(b"damaged")
    assert events.path(events.publish()) == path
    assert rows(events, "SELECT event_id FROM events") == [("a",)]


def test_a_batch_of_another_crs_is_refused_and_the_version_stays(tmp_path):
    store = store_in(tmp_path / "store")
    store.commit([record("a")], "b1")
    version = store.publish()
    moved = store_in(tmp_path / "store", crs="EPSG:32616")
    moved.commit([record("b")], "b2")
    with pytest.raises(ProjectionError, match=r"store\.batch_crs") as refusal:
        moved.publish()
    assert refusal.value.details["batch"] == "b1"
    assert current_version(store.db, "memphis") == version
    store.db.close()


def test_two_names_of_one_crs_are_no_mismatch(tmp_path):
    store_in(tmp_path / "store").commit([record("a")])
    renamed = store_in(tmp_path / "store", crs="epsg:32615")
    assert renamed.publish().n_records == 1
    renamed.db.close()


def test_a_batch_file_that_changed_is_refused(events):
    manifest = events.commit([record("a")])
    path = events_folder(events.settings) / manifest.path
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(StoreError, match=r"store\.batch_changed"):
        events.publish()


def test_a_batch_file_that_is_gone_is_refused(events):
    manifest = events.commit([record("a")])
    (events_folder(events.settings) / manifest.path).unlink()
    with pytest.raises(StoreError, match=r"store\.batch_missing"):
        events.publish()


def test_a_failed_publication_leaves_no_staged_file(events, monkeypatch):
    events.commit([record("a")])
    monkeypatch.setattr(publishing, "EVENTS", "CREATE TABLE events AS SELECT nonsense")
    with pytest.raises(duckdb.Error):
        events.publish()
    assert list((events.settings.home / "versions").rglob("*.*")) == []


def test_publications_at_once_make_one_version(events):
    events.commit([record("a")])
    with ThreadPoolExecutor(4) as pool:
        arguments = (events.settings, events.db, events.city)
        found = list(pool.map(lambda _: publish(*arguments, actor="ana"), range(4)))
    assert len(set(found)) == 1
    assert len(versions(events.db, "memphis")) == 1


def test_a_home_whose_path_looks_like_a_pattern_is_only_a_path(tmp_path):
    store = store_in(tmp_path / "home [1] *")
    assert store.engine(record("a")).totals(Filters()).n == 1
    store.db.close()
