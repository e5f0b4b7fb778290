"""Living records: versions, withdrawal, history, imports that leave people's work alone."""

from dataclasses import replace
from datetime import date

import pytest

from analytics.errors import StoreError
from analytics.store import audit
from analytics.store.registers import (
    Entry,
    entries,
    entry_history,
    import_entries,
    save_entry,
    withdraw_entry,
)

CITY = "memphis"
ACCORD = Entry(
    "agreement",
    "Hermanamiento técnico",
    with_whom="Ciudad ejemplo",
    owner="RRII",
    state="in_force",
    starts_on=date(2025, 3, 1),
    text="Intercambio anual",
)
LISTED = [Entry("sister_city", f"Ciudad {n}", origin="lista", reference=f"Q{n}") for n in (1, 2, 3)]


def refused(code: str) -> pytest.RaisesExc:
    return pytest.RaisesExc(StoreError, check=lambda error: error.code == code)


def test_an_entry_comes_back_with_every_change_and_its_audit(db):
    saved = save_entry(db, CITY, ACCORD, actor="ana")
    assert entries(db, CITY) == [replace(ACCORD, id=saved.id, version=1)]
    ended = save_entry(
        db, CITY, replace(saved, state="ended", ends_on=date(2026, 2, 1)), actor="eva"
    )
    assert ended.version == 2
    told = entry_history(db, CITY, saved.id)
    assert [(c.version, c.action, c.by, c.content["state"]) for c in told] == [
        (1, "save", "ana", "in_force"),
        (2, "save", "eva", "ended"),
    ]
    assert told[1].content["ends_on"] == "2026-02-01"
    assert [e.action for e in audit.entries(db)] == ["register.save", "register.save"]
    assert entries(db, "quito") == []


def test_a_stale_save_is_refused_and_shows_what_is_stored(db):
    seen = save_entry(db, CITY, ACCORD, actor="ana")
    save_entry(db, CITY, replace(seen, owner="Gabinete"), actor="eva")
    with refused("store.stale_save") as caught:
        save_entry(db, CITY, replace(seen, owner="Otra"), actor="ana")
    assert caught.value.details["stored"]["owner"] == "Gabinete"
    with refused("store.stale_save"):
        withdraw_entry(db, CITY, seen.id, version=1, actor="ana")
    assert entries(db, CITY)[0].owner == "Gabinete"


def test_what_is_withdrawn_is_gone_from_the_list_and_kept_in_the_history(db):
    saved = save_entry(db, CITY, ACCORD, actor="ana")
    withdraw_entry(db, CITY, saved.id, version=1, actor="eva")
    assert entries(db, CITY) == []
    assert [c.action for c in entry_history(db, CITY, saved.id)] == ["save", "withdraw"]
    with refused("register.unknown"):
        save_entry(db, CITY, replace(saved, version=2), actor="ana")


def test_another_citys_entry_is_unknown(db):
    saved = save_entry(db, CITY, ACCORD, actor="ana")
    with refused("register.unknown"):
        save_entry(db, "quito", saved, actor="ana")
    with refused("register.unknown"):
        withdraw_entry(db, "quito", saved.id, version=1, actor="ana")
    assert entry_history(db, "quito", saved.id) == []


def test_an_import_adds_what_is_new_and_leaves_the_rest_as_people_left_it(db):
    assert import_entries(db, CITY, [*LISTED[:2], LISTED[0]], actor="ana") == (2, 1)
    first, second = entries(db, CITY)
    save_entry(db, CITY, replace(first, state="in_force"), actor="eva")
    withdraw_entry(db, CITY, second.id, version=second.version, actor="eva")
    assert import_entries(db, CITY, LISTED, actor="ana") == (1, 2)
    assert [(e.reference, e.state) for e in entries(db, CITY)] == [("Q1", "in_force"), ("Q3", "")]
    assert import_entries(db, "quito", LISTED, actor="ana") == (3, 0)


def test_entries_stand_by_kind_and_first_day(db):
    later = replace(ACCORD, title="B", starts_on=date(2026, 1, 1))
    mission = Entry("mission", "Visita", starts_on=date(2024, 1, 1))
    for entry in (mission, later, ACCORD):
        save_entry(db, CITY, entry, actor="ana")
    assert [e.title for e in entries(db, CITY)] == ["Hermanamiento técnico", "B", "Visita"]
    assert [e.title for e in entries(db, CITY, "mission")] == ["Visita"]
