"""Link runs and decisions as both databases keep them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.errors import StoreError
from analytics.store import audit, links
from analytics.store.links import LinkRun

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUN = LinkRun(
    city="memphis",
    run_id="r1",
    method="rule",
    path="memphis/r1.parquet",
    checksum="d" * 64,
    batch_ids=("b1", "b2"),
    thresholds={"link": 0.8, "doubtful": 0.3},
    n_pairs=3,
    n_incidents=7,
    n_doubtful=1,
    created_at=NOON,
    created_by="ana",
)


def insert(db, *runs):
    for run in runs:
        with db.begin() as session:
            links.insert_run(session, run)


def test_the_last_run_of_a_city_is_current_and_the_others_stay_on_record(db):
    second = replace(RUN, run_id="r2", created_at=NOON + timedelta(days=1))
    other = replace(RUN, city="quito")
    insert(db, RUN, other, second)
    assert links.current_run(db, "memphis") == second
    assert links.current_run(db, "quito") == other
    assert links.runs(db, "memphis") == [second, replace(RUN, superseded_at=second.created_at)]


def test_a_city_never_linked_has_no_run(db):
    assert links.current_run(db, "memphis") is None


def test_a_decision_is_remembered_in_either_order_and_the_later_replaces_it(db):
    links.decide(db, "memphis", ("b", "a"), same=True, actor="ana")
    links.decide(db, "memphis", ("a", "b"), same=False, actor="bea")
    (kept,) = links.decisions(db, "memphis")
    assert (kept.one, kept.other, kept.same, kept.decided_by) == ("a", "b", False, "bea")
    assert links.decisions(db, "quito") == []


def test_a_decision_can_be_withdrawn_once(db):
    links.decide(db, "memphis", ("a", "b"), same=True, actor="ana")
    assert links.withdraw(db, "memphis", ("b", "a"), actor="ana")
    assert not links.withdraw(db, "memphis", ("b", "a"), actor="ana")
    assert links.decisions(db, "memphis") == []


def test_a_record_is_not_decided_against_itself(db):
    with pytest.raises(StoreError, match=r"links\.same_record"):
        links.decide(db, "memphis", ("a", "a"), same=True, actor="ana")


def test_runs_and_decisions_are_audited(db):
    insert(db, RUN)
    links.decide(db, "memphis", ("a", "b"), same=True, actor="ana")
    links.decide(db, "memphis", ("a", "b"), same=False, actor="ana")
    links.withdraw(db, "memphis", ("a", "b"), actor="ana")
    actions = [entry.action for entry in reversed(audit.entries(db))]
    assert actions == ["link.run", "link.confirm", "link.reject", "link.withdraw"]
