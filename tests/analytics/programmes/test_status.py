"""Status by rule with its proof: punctual, at risk, off, too early, silent, never heard of."""

from datetime import date, timedelta

import pytest

from analytics.programmes.periods import add_months, day_period, parse_period
from analytics.programmes.schedule import Forecast, Milestone
from analytics.programmes.status import city_status, gate_status

START = date(2026, 1, 1)


def gate(key, month, actual=None, forecast=None, weight=1.0, limit=None):
    told = (Forecast(START, day_period(add_months(START, forecast))),) if forecast else ()
    done = add_months(START, actual) if actual is not None else None
    promised = day_period(add_months(START, month))
    return Milestone(key, "document", weight, promised, (), told, done, limit)


def status(gates, month, heard=0):
    """Status ``month`` months after the start, heard of ``heard`` days before that; or never."""
    day = add_months(START, month)
    last = None if heard is None else day - timedelta(days=heard)
    seen = [gate.seen_on(day) for gate in gates]
    return city_status(seen, START, day, last_report=last, report_every_days=30)[0]


@pytest.mark.parametrize("month", range(13))
@pytest.mark.parametrize("heard", [0, 400, None])
@pytest.mark.parametrize("weights", [(1, 1, 1), (80, 10, 10), (5, 5, 90)])
def test_a_punctual_city_is_on_track_at_every_month(month, heard, weights):
    gates = [gate(str(m), m, m, weight=w) for m, w in zip((3, 9, 10), weights, strict=True)]
    found = status(gates, month, heard)
    assert found.key == ("done" if month >= 10 else "run")
    assert found.rule == ("done" if month >= 10 else "punctual")
    if found.spi_t is not None:
        assert found.spi_t == pytest.approx(1)


@pytest.mark.parametrize(
    ("gates", "month", "heard", "key", "rule"),
    [
        ([gate("a", 3, 3), gate("b", 10, forecast=11)], 5, 0, "run", "index_on_track"),
        ([gate("a", 4, 4.7), gate("b", 10, forecast=11)], 6, 0, "risk", "at_risk"),
        ([gate("a", 3, 6), gate("b", 10, forecast=13)], 7, 0, "off", "off_track"),
        ([gate("a", 3), gate("b", 10)], 4, 0, "off", "off_track"),
        ([gate("a", 5, 3), gate("b", 6), gate("c", 10)], 6.2, 0, "risk", "at_risk"),
        ([gate("a", 3, 3), gate("b", 5), gate("c", 10)], 7, 46, "late", "late_data"),
        ([gate("a", 3, 3), gate("b", 5), gate("c", 10)], 7, 45, "off", "off_track"),
        ([gate("a", 3), gate("b", 10)], 4, None, "none", "never_reported"),
        ([gate("a", 3, forecast=4), gate("b", 10)], 0.9, 0, "none", "too_early"),
        ([gate("a", 3, forecast=4), gate("b", 10)], 2, 0, "none", "no_gate_yet"),
    ],
)
def test_each_rule(gates, month, heard, key, rule):
    found = status(gates, month, heard)
    assert (found.key, found.rule) == (key, rule)


def test_the_proof_names_what_the_rule_was_applied_to():
    found = status([gate("a", 3), gate("b", 10, forecast=12)], 4, 10)
    assert (found.overdue, found.slipped) == (("a",), ("b",))
    assert (found.elapsed, found.silent_days, found.spi_t) == (0.4, 10, 0.0)


def test_gates_have_a_status_of_their_own():
    day = add_months(START, 4)
    run = status([gate("a", 9)], 4)
    event = parse_period("2026-Q4")
    cases = {
        "done": gate("a", 3, 3),
        "off": gate("a", 3),
        "risk": gate("a", 9, forecast=10),
        "run": gate("a", 9),
    }
    assert {name: gate_status(one, day, run) for name, one in cases.items()} == {
        name: name for name in cases
    }
    assert gate_status(gate("a", 9, forecast=13, limit=event), day, run) == "off"


def test_gates_of_a_silent_city_are_late_data_and_of_one_never_heard_of_not_assessed():
    gates, day = [gate("a", 3), gate("b", 9)], add_months(START, 5)
    for heard, word in ((90, "late"), (None, "none")):
        city = status(gates, 5, heard)
        assert [gate_status(one, day, city) for one in gates] == [word, "run"]
