"""Earned schedule against the published definition, worked by hand; forecast ranges."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.programmes.earned import (
    added_slips,
    earned_schedule,
    finish_range,
    measure,
    planned_curve,
)
from analytics.programmes.periods import add_months, day_period
from analytics.programmes.schedule import Milestone

EVEN = tuple(range(0, 101, 10))
S_CURVE = (0, 5, 10, 20, 35, 50, 65, 80, 90, 95, 100)
START = date(2026, 1, 1)


def gate(key, month, weight, actual=None, kind="document", after=()):
    promised = day_period(add_months(START, month))
    done = add_months(START, actual) if actual is not None else None
    return Milestone(key, kind, weight, promised, after, actual=done)


@pytest.mark.parametrize(
    ("pv", "ev", "at", "es", "sv", "spi_t", "ieac"),
    [
        (EVEN, 35, 5, 3.5, -1.5, 0.70, 14.3),
        (EVEN, 60, 6, 6.0, 0.0, 1.00, 10.0),
        (S_CURVE, 35, 5, 4.0, -1.0, 0.80, 12.5),
    ],
)
def test_the_worked_checks_of_the_method(pv, ev, at, es, sv, spi_t, ieac):
    found = earned_schedule(pv, ev, at)
    assert (found.es, found.sv, found.spi_t) == pytest.approx((es, sv, spi_t), abs=1e-12)
    assert round(found.ieac, 1) == ieac
    assert found.tspi == pytest.approx((10 - es) / (10 - at))


def test_c_is_the_largest_period_reached_so_a_plateau_counts_to_its_end():
    assert earned_schedule((0, 20, 20, 20, 100), 20, 2).es == 3
    assert earned_schedule((0, 20, 20, 20, 100), 60, 2).es == 3.5


def test_nothing_earned_and_no_time_left_give_no_forecast_and_no_needed_speed():
    found = earned_schedule(EVEN, 0, 12)
    assert (found.es, found.spi_t, found.ieac, found.tspi) == (0, 0, None, None)


@given(st.lists(st.floats(0.1, 30), min_size=1, max_size=12), st.floats(0.1, 40))
def test_all_earned_is_the_planned_duration(steps, at):
    pv = [0.0]
    for step in steps:
        pv.append(pv[-1] + step)
    pv = [100 * value / pv[-1] for value in pv]
    found = earned_schedule(pv, 100, at)
    assert found.es == found.pd == len(steps)
    assert found.ieac == pytest.approx(at)


@given(st.floats(0, 100), st.floats(0, 100))
def test_more_earned_is_never_earlier(one, other):
    low, high = sorted((one, other))
    assert earned_schedule(S_CURVE, low, 5).es <= earned_schedule(S_CURVE, high, 5).es


def test_the_planned_curve_grows_evenly_from_gate_to_gate():
    times, pv = planned_curve([gate("a", 3, 30), gate("b", 9, 60), gate("c", 10, 10)], START)
    assert times == tuple(range(11))
    assert pv == pytest.approx((0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100))


def test_a_gate_between_two_months_is_a_time_of_its_own():
    times, pv = planned_curve([gate("a", 1.5, 50), gate("b", 2, 50)], date(2026, 1, 1))
    assert len(times) == 4
    assert pv[times.index(times[2])] == 50


def test_a_city_is_measured_on_the_day_of_its_last_gate_or_while_one_is_overdue():
    gates = [gate("a", 3, 30, actual=4), gate("b", 9, 60), gate("c", 10, 10)]
    at_gate = measure(gates, START, add_months(START, 8))
    assert (at_gate.why, at_gate.on) == ("gate", add_months(START, 4))
    assert (at_gate.earned.es, at_gate.earned.spi_t) == (3, 0.75)
    assert at_gate.finish == add_months(START, 10 / 0.75)
    late = measure(gates, START, add_months(START, 10))
    assert (late.why, late.earned.at, late.earned.spi_t) == ("overdue", 10, 0.3)


def test_a_city_that_finished_is_measured_on_its_last_day():
    gates = [gate("a", 3, 30, actual=3), gate("b", 9, 70, actual=10)]
    found = measure(gates, START, date(2030, 1, 1))
    assert (found.why, found.finish) == ("finished", add_months(START, 10))
    assert (found.earned.ev, found.earned.es, found.earned.spi_t) == (100, 9, 0.9)


def test_nothing_passed_and_nothing_overdue_is_not_measured():
    assert measure([gate("a", 3, 100)], START, add_months(START, 3)) is None


def test_a_gate_answers_only_for_the_days_it_added_itself():
    first = gate("a", 1, 50, actual=2)
    second = gate("b", 2, 50, actual=3, after=("a",))
    own = second.slip_days - first.slip_days
    assert added_slips([[first, second]]) == {"document": (first.slip_days, own)}


def test_a_range_needs_five_slips_of_the_same_kind():
    gates = [gate("a", 1, 50, actual=1), gate("b", 4, 50, kind="visit", after=("a",))]
    assert finish_range(gates[1], gates, {"visit": (1, 2, 3, 4)}, START) is None
    assert finish_range(gates[1], gates, {"document": (1,) * 9}, START) is None
    assert finish_range(gates[0], gates, {"document": (1,) * 9}, START) is None


def test_slips_are_added_along_the_chain_of_open_gates():
    done = gate("a", 1, 20, actual=1)
    chain = [done, gate("b", 2, 40, after=("a",)), gate("c", 4, 40, after=("b",))]
    promised = chain[-1].baseline.last
    found = finish_range(chain[-1], chain, {"document": (7,) * 5}, START)
    assert found == (promised + timedelta(days=14),) * 2


def test_no_day_of_a_range_lies_in_the_past():
    gates = [gate("a", 1, 100)]
    today = add_months(START, 6)
    assert finish_range(gates[0], gates, {"document": (0,) * 5}, today) == (today, today)


@given(st.lists(st.integers(-30, 120), min_size=5, max_size=40), st.integers(0, 99))
def test_a_range_stays_within_what_was_seen_and_its_ends_are_in_order(slips, seed):
    gates = [gate("a", 4, 100)]
    p50, p80 = finish_range(
        gates[0], gates, {"document": tuple(slips)}, date(2020, 1, 1), seed=seed
    )
    promised = gates[0].baseline.last
    assert promised + timedelta(days=min(slips)) <= p50 <= p80
    assert p80 <= promised + timedelta(days=max(slips))
