"""Promises, forecasts, slips, margins, and what cannot be."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import ProgrammeError
from analytics.programmes.periods import Period, day_period, parse_period
from analytics.programmes.schedule import (
    Forecast,
    Milestone,
    check_actual,
    check_forecast,
    instantiate,
    milestone_trend,
)
from analytics.programmes.templates import template

START = date(2025, 4, 14)
DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))


def one(baseline, *forecasts, actual=None, key="draft", after=(), limit=None):
    told = tuple(Forecast(date(2025, 5, n + 1), day_period(d)) for n, d in enumerate(forecasts))
    return Milestone(key, "document", 10, baseline, after, told, actual, limit)


def test_a_template_becomes_promises_of_a_city():
    gates = {gate.key: gate for gate in instantiate(template("city_data_alliance"), START)}
    assert gates["phase_1_closed"].baseline == day_period(date(2025, 7, 14))
    assert gates["strategy"].baseline == day_period(date(2026, 1, 14))
    assert gates["leaders_meeting"].baseline == parse_period("2025-Q4")
    assert gates["strategy"].limit == parse_period("2026-Q1")


def test_a_cohort_has_its_own_events():
    events = {"leaders_meeting": parse_period("2026-Q4"), "mayors_closing": parse_period("2027-02")}
    gates = {g.key: g for g in instantiate(template("city_data_alliance"), START, events)}
    assert gates["leaders_meeting"].baseline == parse_period("2026-Q4")
    assert gates["strategy"].limit == parse_period("2027-02")


def test_slip_in_calendar_and_working_days_moves_and_margin():
    gate = one(
        day_period(date(2025, 9, 17)),
        date(2025, 9, 20),
        date(2025, 9, 20),
        date(2025, 9, 22),
        limit=parse_period("2025-Q4"),
    )
    assert (gate.slip_days, gate.moves) == (5, 2)
    assert gate.slip_working_days("CL") == 1
    assert gate.margin_days == (9, 100)


def test_a_promised_quarter_is_kept_by_any_of_its_days_and_late_after_the_last():
    quarter = parse_period("2025-Q4")
    assert one(quarter, date(2025, 10, 3)).slip_days == 0
    assert one(quarter, date(2026, 1, 2)).slip_days == 2
    assert one(quarter, date(2025, 9, 29)).slip_days == -2
    assert not one(quarter).is_overdue(date(2025, 12, 31))
    assert one(quarter).is_overdue(date(2026, 1, 1))


@given(DAYS, DAYS)
def test_a_slip_leads_from_the_promise_to_the_forecast(promised, expected):
    gate = one(day_period(promised), expected)
    assert promised + timedelta(days=gate.slip_days) == expected
    assert abs(gate.slip_working_days("MX")) <= abs(gate.slip_days)
    assert gate.moves == (promised != expected)


@given(DAYS, st.lists(DAYS, max_size=6), DAYS)
def test_the_past_is_seen_as_it_was(promised, told, day):
    history = tuple(Forecast(d, day_period(d)) for d in sorted(told))
    gate = Milestone("a", "document", 1, day_period(promised), forecasts=history, actual=promised)
    seen = gate.seen_on(day)
    assert all(forecast.reported_on <= day for forecast in seen.forecasts)
    assert seen.is_done == (promised <= day)
    assert seen.seen_on(day) == seen
    assert gate.seen_on(date.max) == gate


TEAM = one(day_period(date(2025, 5, 20)), key="team")
DRAFT = one(day_period(date(2025, 8, 1)), after=("team",))


def refused(code, check, *args, **kwargs):
    with pytest.raises(ProgrammeError) as caught:
        check(*args, **kwargs)
    assert caught.value.code == code


def test_forecasts_that_cannot_be_are_refused():
    others = (TEAM, DRAFT)
    check_forecast(DRAFT, others, day_period(date(2025, 9, 1)), starts_on=START)
    for code, gate, day in [
        ("programme.out_of_order", DRAFT, date(2025, 5, 1)),
        ("programme.before_start", TEAM, date(2025, 4, 1)),
        ("programme.already_done", one(TEAM.baseline, actual=START), date(2025, 9, 1)),
    ]:
        refused(code, check_forecast, gate, others, day_period(day), starts_on=START)


def test_days_on_which_a_gate_cannot_have_been_passed_are_refused():
    done = one(TEAM.baseline, actual=date(2025, 6, 1), key="team")
    given_ = {"starts_on": START, "today": date(2025, 7, 1)}
    check_actual(DRAFT, (done, DRAFT), date(2025, 6, 1), **given_)
    for code, gate, others, day in [
        ("programme.in_future", TEAM, (TEAM,), date(2025, 7, 2)),
        ("programme.before_start", TEAM, (TEAM,), date(2025, 4, 13)),
        ("programme.predecessor_open", DRAFT, (TEAM, DRAFT), date(2025, 6, 1)),
        ("programme.out_of_order", DRAFT, (done, DRAFT), date(2025, 5, 31)),
    ]:
        refused(code, check_actual, gate, others, day, **given_)


def test_a_period_expected_is_as_wide_as_it_was_told():
    wide = Milestone(
        "a", "document", 1, day_period(START),
        forecasts=(Forecast(START, parse_period("2025-Q3")),),
    )  # fmt: skip
    assert wide.expected == Period(date(2025, 7, 1), date(2025, 9, 30))


def test_the_trend_tells_promise_every_forecast_and_how_it_ended():
    open_gate = one(day_period(date(2025, 9, 17)), date(2025, 9, 20), date(2025, 10, 2))
    passed = one(day_period(date(2025, 5, 2)), key="visit", actual=date(2025, 5, 4))
    today = date(2025, 6, 1)
    found = milestone_trend((open_gate, passed), START, today)
    told = {
        gate: list(part.itertuples(index=False, name=None)) for gate, part in found.groupby("gate")
    }
    assert told["draft"] == [
        ("draft", START, date(2025, 9, 17)),
        ("draft", date(2025, 5, 1), date(2025, 9, 20)),
        ("draft", date(2025, 5, 2), date(2025, 10, 2)),
        ("draft", today, date(2025, 10, 2)),
    ]
    assert told["visit"][-1] == ("visit", date(2025, 5, 4), date(2025, 5, 4))
