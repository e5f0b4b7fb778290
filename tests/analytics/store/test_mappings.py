"""Remembered mappings as both databases keep them."""

import pytest

from analytics.errors import StoreError
from analytics.store import audit, mappings

COLUMNS = {"date": "F. del hecho", "category": "Delito", "latitude": "", "longitude": ""}


def save(db, **told):
    known = {"name": "Partes", "mapping": COLUMNS, "actor": "ana"} | told
    return mappings.remember(db, "memphis", "Patrullas", **known)


def test_a_mapping_is_remembered_for_its_city_and_source_alone(db):
    row = save(db)
    assert mappings.remembered(db, "memphis", "Patrullas") == row
    assert (row.name, row.mapping, row.created_by) == ("Partes", COLUMNS, "ana")
    assert mappings.remembered(db, "memphis", "Cámaras") is None
    assert mappings.remembered(db, "quito", "Patrullas") is None


def test_saving_again_replaces_it_under_a_new_version(db):
    first = save(db)
    second = save(db, name="Partes 2", mapping={"date": "día"}, actor="bea", version=first.version)
    assert second.version == first.version + 1
    found = mappings.remembered(db, "memphis", "Patrullas")
    assert (found.name, found.mapping, found.created_by) == ("Partes 2", {"date": "día"}, "bea")


def test_a_stale_save_is_refused_and_changes_nothing(db):
    seen = save(db)
    theirs = save(db, name="Suyo", version=seen.version)
    with pytest.raises(StoreError, match=r"store\.stale_save"):
        save(db, name="Mío", version=seen.version)
    assert mappings.remembered(db, "memphis", "Patrullas") == theirs


def test_a_first_save_does_not_replace_what_another_person_saved_meanwhile(db):
    theirs = save(db, name="Suyo", version=0)
    with pytest.raises(StoreError, match=r"store\.stale_save"):
        save(db, name="Mío", version=0)
    assert mappings.remembered(db, "memphis", "Patrullas") == theirs


def test_a_mapping_can_be_forgotten_once(db):
    save(db)
    assert mappings.forget(db, "memphis", "Patrullas", actor="bea")
    assert not mappings.forget(db, "memphis", "Patrullas", actor="bea")
    assert mappings.remembered(db, "memphis", "Patrullas") is None


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\0b"])
def test_names_that_cannot_be_shown_are_refused(db, name):
    with pytest.raises(StoreError, match=r"mappings\.name_form"):
        save(db, name=name)


def test_who_saved_and_who_forgot_is_audited(db):
    save(db)
    mappings.forget(db, "memphis", "Patrullas", actor="bea")
    told = [(entry.action, entry.actor, entry.detail) for entry in audit.entries(db)]
    assert told == [
        ("mapping.forget", "bea", {"source": "Patrullas"}),
        ("mapping.save", "ana", {"source": "Patrullas"}),
    ]
