"""A scorecard as it was known, on both databases: whatever is saved later is not seen."""

from dataclasses import replace
from datetime import UTC, date, datetime

from analytics.store.models import utc_now
from analytics.store.scorecard_overrides import override, overrides, withdraw_override
from analytics.store.scorecard_past import changes_since, known_at
from analytics.store.scorecards import enter, plans, readings, save_plan, validate
from tests.analytics.store.test_scorecards import CITY, FIRST, PLAN


def test_what_was_known_is_what_was_stored_then(db):
    plan = save_plan(db, CITY, PLAN, actor="ana")
    (draft,) = enter(db, CITY, [FIRST], actor="ana")
    (sure,) = validate(db, CITY, [(draft.id, draft.version)], actor="bea")
    override(db, CITY, "INS-09", "achieved", reason="r", until=date(2099, 1, 1), actor="ana")
    moment = utc_now()
    stored = plans(db, CITY), readings(db, CITY), overrides(db, CITY, date(2026, 6, 1))
    save_plan(db, CITY, replace(plan, target_planned=99.0), actor="ana")
    enter(db, CITY, [replace(sure, value=1.0)], actor="ana")
    later = replace(FIRST, period_from=date(2026, 7, 1), period_to=date(2026, 12, 31))
    enter(db, CITY, [later], actor="ana")
    withdraw_override(db, CITY, "INS-09", actor="ana")
    past = known_at(db, CITY, moment)
    told = overrides(db, CITY, date(2026, 6, 1), known_at=moment)
    assert (past.plans, past.readings, told) == stored
    assert overrides(db, CITY, date(2026, 6, 1)) == {}
    assert changes_since(db, CITY, moment) == 4
    now = known_at(db, CITY, utc_now())
    assert (now.plans, now.readings) == (plans(db, CITY), readings(db, CITY))
    early = known_at(db, CITY, datetime(2020, 1, 1, tzinfo=UTC))
    assert (early.plans, early.readings) == ({}, [])
    assert known_at(db, "otra", utc_now()).readings == []
