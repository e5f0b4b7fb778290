"""The desks: what is entered is checked, validated by another, and read back as a scorecard."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from analytics.errors import FilterError, StoreError
from analytics.scorecards.office import EntryDesk, ValidationDesk, read_scorecard, told
from analytics.scorecards.periods import parse
from analytics.settings import load_settings
from analytics.store.database import Database, open_database
from tests.analytics.scorecards.builders import plan, reading

PERIOD = parse("2026-S1")
TODAY = date(2026, 11, 24)


@pytest.fixture
def db(home) -> Iterator[Database]:
    database = open_database(load_settings())
    yield database
    database.close()


@pytest.fixture
def entry(db: Database) -> EntryDesk:
    return EntryDesk(db, "quimera", "ana", TODAY)


def test_a_value_counts_when_a_second_person_has_validated_it(db: Database, entry) -> None:
    entry.save_plan(plan("INS-23", 0.0, 10.0))
    saved = entry.enter([reading("INS-23", "2026-S1", value=8.0)])
    shown = read_scorecard(db, "quimera", PERIOD, TODAY)
    assert (shown.of("INS-23").status, len(shown.drafts)) == ("not_assessed", 1)
    with pytest.raises(StoreError, match=r"scorecards\.own_value"):
        ValidationDesk(db, "quimera", "ana").validate(saved)
    ValidationDesk(db, "quimera", "eva").validate(saved)
    shown = read_scorecard(db, "quimera", PERIOD, TODAY)
    assert (shown.of("INS-23").status, shown.drafts) == ("on_track", ())


def test_a_value_of_what_is_not_measured_is_refused(entry: EntryDesk) -> None:
    with pytest.raises(FilterError, match=r"entry\.unknown"):
        entry.enter([reading("INS-23", "2026-S1", value=8.0)])
    with pytest.raises(FilterError, match=r"entry\.unknown"):
        entry.save_plan(replace(plan("INS-23", 0.0, 10.0), indicator_id="NO-01"))


def test_a_value_is_carried_forward_as_a_draft_of_its_own(db: Database, entry) -> None:
    entry.save_plan(plan("INS-23", 0.0, 10.0))
    (old,) = entry.enter([reading("INS-23", "2025-S2", value=8.0, evidence="acta")])
    new = entry.carry_forward(old, PERIOD)
    assert (new.value, new.evidence, new.state) == (8.0, "acta", "draft")
    assert (new.period_from, new.id != old.id) == (PERIOD.first, True)


def test_an_earlier_version_is_restored_and_the_history_told(db: Database, entry) -> None:
    entry.save_plan(plan("INS-23", 0.0, 10.0))
    (first,) = entry.enter([reading("INS-23", "2026-S1", value=8.0)])
    (second,) = entry.enter([replace(first, value=80.0)])
    back = entry.restore(second, 1)
    assert back.value == 8.0
    assert [change.action for change in told(db, "quimera", back)] == ["enter", "enter", "restore"]


def test_an_override_is_of_a_known_status_and_shows_beside_the_rule(db: Database, entry) -> None:
    desk = ValidationDesk(db, "quimera", "eva")
    entry.save_plan(plan("INS-23", 0.0, 10.0))
    with pytest.raises(FilterError, match=r"entry\.status"):
        desk.override("INS-23", "wonderful", reason="x", until=date(2100, 1, 1))
    desk.override("INS-23", "on_track", reason="firma en curso", until=date(2100, 1, 1))
    found = read_scorecard(db, "quimera", PERIOD, TODAY).of("INS-23")
    assert (found.status, found.rule_status) == ("on_track", "not_assessed")
    assert desk.withdraw("INS-23")
