"""Linkage: records of different sources become one incident, and only where that is likely."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
from pyproj import Transformer

from analytics.errors import StoreError
from analytics.sources.linkage import Thresholds, link
from analytics.store.links import current_run, decide, links_folder, runs
from analytics.store.located import locate
from tests.analytics.events.builders import EventStore, record, store_in


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventStore]:
    store = store_in(tmp_path / "store")
    yield store
    store.db.close()


def town(n: int = 300, *, seed: int = 1) -> list[dict]:
    """Incidents over 60 days in 6 × 6 km; every third is told by the cameras as well."""
    rng = np.random.default_rng(seed)
    told = []
    for number in range(n):
        at = np.datetime64("2024-03-04T00:00") + int(rng.integers(0, 60 * 1440))
        xy = rng.uniform(0, 6000, 2)
        text = ("FRAUDE", "AMENAZAS")[int(rng.integers(2))]
        told.append(
            record(f"p{number:03d}", str(at), xy=tuple(xy), source="patrol", source_category=text)
        )
        if number % 3 == 0:
            later = at + int(rng.integers(0, 20))
            near = tuple(xy + rng.normal(0, 30, 2))
            told.append(
                record(f"c{number:03d}", str(later), xy=near, source="camera", source_category=text)
            )
    return told


def run(events, **told):
    return link(events.settings, events.db, events.city, actor="ana", **told)


def linked(events) -> dict[str, str]:
    path = links_folder(events.settings) / current_run(events.db, "memphis").path
    table = pq.read_table(path)
    return dict(zip(table["event_id"].to_pylist(), table["incident_id"].to_pylist(), strict=True))


def partners(events) -> set[frozenset[str]]:
    groups: dict[str, set[str]] = {}
    for event, incident in linked(events).items():
        groups.setdefault(incident, set()).add(event)
    return {frozenset(group) for group in groups.values()}


def test_near_records_of_two_sources_become_one_incident(events):
    events.commit(town())
    report = run(events)
    true = {frozenset({f"p{n:03d}", f"c{n:03d}"}) for n in range(0, 300, 3)}
    assert len(partners(events) & true) >= 95
    assert len(partners(events) - true) <= 2
    assert report.incidents == report.records - report.pairs
    assert report.quality is None


def test_records_of_one_source_are_never_linked(events):
    twins = [r | {"source": "calls"} for r in town()]
    events.commit(twins)
    assert run(events).pairs == 0


def test_the_published_incident_is_the_most_precise_place_and_counts_once(events):
    told = town()
    for told_by in told:
        if told_by["source"] == "patrol":
            told_by["location_precision"] = "block"
    events.commit(told)
    report = run(events)
    version = events.publish()
    assert (version.n_records, version.n_incidents) == (report.records, report.incidents)
    with duckdb.connect(str(events.path(version)), read_only=True) as connection:
        found = connection.execute(
            "SELECT DISTINCT source::text FROM events JOIN (SELECT incident_id FROM events"
            " GROUP BY 1 HAVING count(*) > 1) USING (incident_id) WHERE is_incident"
        ).fetchall()
    assert found == [("camera",)]


def test_a_record_placed_by_hand_is_linked_where_it_was_put(events):
    told = town()
    where = record("x", "2024-03-20T10:00", xy=(3000, 3000), source="patrol")
    told += [where, record("y", "2024-03-20T10:20", source="camera")]
    events.commit(told)
    first = run(events)
    assert frozenset({"x", "y"}) not in partners(events)
    back = Transformer.from_crs(events.city.crs, 4326, always_xy=True)
    at = back.transform(where["x_m"] + 20, where["y_m"])
    locate(events.db, "memphis", "y", *at, actor="ana")
    second = run(events)
    assert frozenset({"x", "y"}) in partners(events)
    assert second.run != first.run


def test_a_run_makes_another_version_and_no_run_leaves_records_alone(events):
    events.commit(town())
    before = events.publish()
    run(events)
    after = events.publish()
    assert before.n_incidents == before.n_records
    assert after.version_id != before.version_id


def test_the_same_records_give_the_same_run_in_any_order_and_once(events, tmp_path):
    events.commit(town())
    first = run(events)
    run(events)
    assert len(runs(events.db, "memphis")) == 1
    other = store_in(tmp_path / "other")
    other.commit(list(reversed(town())))
    again = run(other)
    assert linked(other) == linked(events)
    assert (again.pairs, again.doubtful) == (first.pairs, first.doubtful)
    other.db.close()


def test_a_rejected_pair_stays_apart_and_a_confirmed_one_together(events):
    events.commit(town())
    run(events)
    pair = min(tuple(sorted(p)) for p in partners(events))
    decide(events.db, "memphis", pair, same=False, actor="ana")
    decide(events.db, "memphis", ("c000", "p001"), same=True, actor="ana")
    run(events)
    assert frozenset(pair) not in partners(events)
    assert frozenset({"c000", "p001"}) in partners(events)


def test_confirming_two_records_of_one_source_is_ignored_and_told(events):
    events.commit(town())
    decide(events.db, "memphis", ("p001", "p002"), same=True, actor="ana")
    report = run(events)
    assert report.decisions_ignored == 1
    assert frozenset({"p001", "p002"}) not in partners(events)


def test_what_is_likely_but_not_certain_waits_for_a_person(events):
    events.commit(town())
    strict = run(events, thresholds=Thresholds(link=1.0, doubtful=0.3))
    assert strict.pairs == 0
    assert strict.doubtful >= 95


def test_without_a_second_source_there_is_nothing_to_link(events):
    events.commit([record("a", "2024-03-04", xy=(1.0, 2.0)), record("b")])
    report = run(events)
    assert (report.pairs, report.incidents, report.doubtful) == (0, 2, 0)


def test_midnight_heaps_mean_some_time_that_day(events):
    told = town()
    for told_by in told:
        if told_by["source"] == "camera":
            midnight = told_by["occurred_from"].replace(hour=0, minute=0)
            told_by |= {"occurred_from": midnight, "occurred_to": midnight}
    events.commit(told)
    assert run(events).pairs >= 60


def test_a_link_file_that_changed_is_refused_at_publication(events):
    events.commit(town())
    version = events.publish()
    run(events)
    path = links_folder(events.settings) / current_run(events.db, "memphis").path
    path.write_bytes(b"damaged")
    with pytest.raises(StoreError, match=r"store\.links_changed"):
        events.publish()
    assert events.path(version).exists()
