"""Plans and values of a scorecard: two people, versions, history, overrides."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.errors import StoreError
from analytics.store import audit
from analytics.store.scorecard_overrides import override, overrides, withdraw_override
from analytics.store.scorecard_values import Plan, Reading
from analytics.store.scorecards import (
    enter,
    history,
    plans,
    readings,
    restore,
    save_plan,
    stamp,
    validate,
)

CITY = "memphis"
PLAN = Plan(
    "INS-09",
    owner="Relaciones Internacionales",
    base_value=3.0,
    base_on=date(2024, 12, 31),
    target_planned=12.0,
    target_on=date(2027, 12, 31),
    formula="a / b",
    variables={"a": "acuerdos", "b": "todos"},
    sdg_targets=("17.16",),
    minutes=10,
)
FIRST = Reading("INS-09", date(2026, 1, 1), date(2026, 6, 30), value=7.0, evidence="acta 4")


def refused(code: str) -> pytest.RaisesExc:
    return pytest.RaisesExc(StoreError, check=lambda error: error.code == code)


def test_a_plan_comes_back_with_its_version_and_every_change_is_kept(db):
    saved = save_plan(db, CITY, PLAN, actor="ana")
    assert plans(db, CITY) == {"INS-09": replace(PLAN, version=1)}
    adjusted = save_plan(db, CITY, replace(saved, target_adjusted=10.0), actor="eva")
    assert (adjusted.target_planned, adjusted.target_adjusted, adjusted.target) == (12, 10, 10)
    told = history(db, CITY, "indicator", "INS-09")
    assert [(c.version, c.by, c.content["target_adjusted"]) for c in told] == [
        (1, "ana", None),
        (2, "eva", 10.0),
    ]
    assert plans(db, "quito") == {}


def test_a_stale_plan_is_refused(db):
    seen = save_plan(db, CITY, PLAN, actor="ana")
    save_plan(db, CITY, replace(seen, owner="Gabinete"), actor="eva")
    with refused("store.stale_save") as caught:
        save_plan(db, CITY, replace(seen, owner="Otra"), actor="ana")
    assert caught.value.details["stored"]["owner"] == "Gabinete"
    assert plans(db, CITY)["INS-09"].owner == "Gabinete"


def test_of_two_people_who_plan_the_same_indicator_first_the_second_is_refused(db):
    save_plan(db, CITY, PLAN, actor="ana")
    with refused("store.stale_save"):
        save_plan(db, CITY, replace(PLAN, owner="Otra"), actor="eva")


def test_a_draft_is_validated_by_a_second_person_only(db):
    (draft,) = enter(db, CITY, [FIRST], actor="ana")
    assert (draft.state, draft.entered_by, draft.version) == ("draft", "ana", 1)
    with refused("scorecards.own_value"):
        validate(db, CITY, [(draft.id, draft.version)], actor="ana")
    (checked,) = validate(db, CITY, [(draft.id, draft.version)], actor="eva")
    assert (checked.state, checked.validated_by, checked.value) == ("validated", "eva", 7.0)
    with refused("scorecards.not_draft"):
        validate(db, CITY, [(draft.id, checked.version)], actor="eva")
    assert [entry.action for entry in audit.entries(db)] == [
        "scorecard.validate",
        "scorecard.enter",
    ]


def test_what_changed_since_it_was_seen_is_not_validated(db):
    (draft,) = enter(db, CITY, [FIRST], actor="ana")
    enter(db, CITY, [replace(draft, value=8.0)], actor="ana")
    with refused("store.stale_save"):
        validate(db, CITY, [(draft.id, draft.version)], actor="eva")
    assert readings(db, CITY)[0].state == "draft"


def test_changing_a_validated_value_makes_it_a_draft_and_restoring_too(db):
    (draft,) = enter(db, CITY, [FIRST], actor="ana")
    (checked,) = validate(db, CITY, [(draft.id, draft.version)], actor="eva")
    (changed,) = enter(db, CITY, [replace(checked, value=9.0, note="recuento")], actor="eva")
    assert (changed.state, changed.entered_by, changed.validated_by) == ("draft", "eva", None)
    back = restore(db, CITY, draft.id, 1, version=changed.version, actor="ana")
    assert (back.value, back.note, back.evidence, back.state) == (7.0, "", "acta 4", "draft")
    told = history(db, CITY, "observation", str(draft.id))
    assert [(c.version, c.action, c.content["value"]) for c in told] == [
        (1, "enter", 7.0),
        (2, "validate", 7.0),
        (3, "enter", 9.0),
        (4, "restore", 7.0),
    ]
    with refused("scorecards.no_version"):
        restore(db, CITY, draft.id, 99, version=4, actor="ana")
    with refused("store.stale_save"):
        restore(db, CITY, draft.id, 3, version=1, actor="ana")


def test_every_kind_of_value_comes_back(db):
    given = [
        Reading("INS-13", FIRST.period_from, FIRST.period_to, low=1, medium=4, high=7),
        Reading("INS-30", FIRST.period_from, FIRST.period_to, yes=False),
        Reading("TER-13", FIRST.period_from, FIRST.period_to, yes=True,
                happened_on=date(2026, 3, 4), evidence="plan"),
        Reading("TER-07", FIRST.period_from, FIRST.period_to, text="Presidencia", judgement="Alto"),
    ]  # fmt: skip
    saved = enter(db, CITY, given, actor="ana")
    assert readings(db, CITY) == sorted(saved, key=lambda reading: reading.indicator_id)
    assert [r.yes for r in saved] == [None, False, True, None]
    assert readings(db, CITY, "INS-13")[0].medium == 4


def test_a_period_is_entered_once_and_periods_do_not_cut_across_each_other(db):
    enter(db, CITY, [FIRST], actor="ana")
    with refused("scorecards.taken"):
        enter(db, CITY, [FIRST], actor="eva")
    with refused("scorecards.overlap"):
        enter(db, CITY, [replace(FIRST, period_to=date(2026, 3, 31))], actor="eva")
    later = replace(FIRST, period_from=date(2026, 7, 1), period_to=date(2026, 12, 31))
    enter(db, CITY, [later], actor="ana")
    enter(db, "quito", [FIRST], actor="ana")
    assert len(readings(db, CITY)) == 2


def test_many_values_are_kept_all_or_none(db):
    with refused("scorecards.taken"):
        enter(db, CITY, [FIRST, replace(FIRST, value=8.0)], actor="ana")
    assert readings(db, CITY) == []
    assert stamp(db, CITY) == 0


def test_another_citys_value_is_unknown(db):
    (draft,) = enter(db, CITY, [FIRST], actor="ana")
    with refused("scorecards.unknown"):
        validate(db, "quito", [(draft.id, 1)], actor="eva")
    with refused("scorecards.unknown"):
        enter(db, "quito", [draft], actor="ana")


def test_an_override_has_a_name_a_reason_and_an_end(db):
    today = datetime.now(UTC).date()
    with refused("scorecards.no_reason"):
        override(db, CITY, "INS-09", "on_track", reason=" ", until=today, actor="eva")
    with refused("scorecards.expired"):
        override(db, CITY, "INS-09", "on_track", reason="x", until=date(2020, 1, 1), actor="eva")
    until = today + timedelta(days=30)
    override(db, CITY, "INS-09", "limited", reason="x", until=until, actor="ana")
    override(db, CITY, "INS-09", "on_track", reason="firma en curso", until=until, actor="eva")
    (held,) = overrides(db, CITY, today).values()
    assert (held.status, held.decided_by, held.until) == ("on_track", "eva", until)
    assert overrides(db, CITY, until + timedelta(days=1)) == {}
    assert overrides(db, "quito", today) == {}
    assert withdraw_override(db, CITY, "INS-09", actor="eva")
    assert not withdraw_override(db, CITY, "INS-09", actor="eva")
    assert overrides(db, CITY, today) == {}


def test_the_stamp_grows_with_every_change(db):
    stamps = [stamp(db, CITY)]
    save_plan(db, CITY, PLAN, actor="ana")
    stamps.append(stamp(db, CITY))
    enter(db, CITY, [FIRST], actor="ana")
    stamps.append(stamp(db, CITY))
    override(db, CITY, "INS-09", "limited", reason="x", until=date(2100, 1, 1), actor="ana")
    stamps.append(stamp(db, CITY))
    assert stamps == sorted(set(stamps))
