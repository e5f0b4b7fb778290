"""A batch that is rolled back takes the version that holds it out of use, on both databases."""

from dataclasses import replace

import pytest

from analytics.errors import StoreError
from analytics.store import audit, batches
from tests.analytics.store.test_batches import MANIFEST, VERSION, insert, publish


def retire(db, city="memphis"):
    with db.begin() as session:
        return batches.retire_version(session, city, actor="bea")


@pytest.fixture
def published(db):
    """A city of two batches, both published."""
    insert(db, MANIFEST, replace(MANIFEST, batch_id="b2"))
    publish(db, VERSION)
    return db


def test_a_version_of_active_batches_stays_current(published):
    assert retire(published) is None
    assert batches.current_version(published, "memphis") == VERSION


def test_a_version_that_holds_a_rolled_back_batch_is_retired_and_kept_on_record(published):
    batches.roll_back(published, "b2", "bea")
    retired = retire(published)
    assert retired.version_id == "v1"
    assert batches.current_version(published, "memphis") is None
    assert [row.current for row in batches.versions(published, "memphis")] == [False]


def test_retiring_is_audited_once(published):
    batches.roll_back(published, "b1", "bea")
    retire(published)
    retire(published)
    (entry,) = audit.entries(published, actions=["version.retire"])
    assert (entry.actor, entry.scope, entry.detail) == ("bea", "memphis", {"version": "v1"})


def test_another_city_keeps_its_version(published):
    publish(published, replace(VERSION, city="quito", batch_ids=("q1",)))
    batches.roll_back(published, "b1", "bea")
    assert retire(published, "quito") is None
    assert batches.current_version(published, "quito") is not None


def test_a_city_without_a_version_has_nothing_to_retire(db):
    assert retire(db) is None


def test_a_retired_version_can_be_published_again(published):
    batches.roll_back(published, "b1", "bea")
    retire(published)
    batches.restore(published, "b1", "bea")
    publish(published, VERSION)
    assert batches.current_version(published, "memphis") == VERSION


def test_a_restored_batch_is_as_it_was_and_audited(db):
    insert(db, MANIFEST)
    batches.roll_back(db, "b1", "bea")
    assert batches.restore(db, "b1", "cai") == MANIFEST
    assert batches.batches(db, "memphis", active_only=True) == [MANIFEST]
    (entry,) = audit.entries(db, actions=["batch.restore"])
    assert (entry.actor, entry.scope, entry.detail) == ("cai", "memphis", {"batch": "b1"})


def test_an_active_batch_cannot_be_restored(db):
    insert(db, MANIFEST)
    with pytest.raises(StoreError, match=r"batches\.already_active"):
        batches.restore(db, "b1", "bea")


def test_a_batch_is_found_by_its_id_whatever_its_city(db):
    insert(db, replace(MANIFEST, city="quito"))
    assert batches.find_batch(db, "b1").city == "quito"
    with pytest.raises(StoreError, match=r"batches\.unknown"):
        batches.find_batch(db, "b2")
