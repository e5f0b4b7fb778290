"""What is overdue and whose, by hand."""

from datetime import date

from analytics.programmes.overdue import Owed, Promise, overdue
from analytics.programmes.periods import day_period, parse_period
from analytics.programmes.schedule import Milestone

DAY = date(2026, 11, 21)


def gate(key, promised, actual=None):
    return Milestone(key, "meeting", 1, promised, actual=actual)


def test_gates_past_their_promise_and_promises_past_their_day_the_longest_first():
    milestones = {
        "solana": (
            gate("visit", day_period(date(2026, 11, 1)), date(2026, 11, 2)),
            gate("team", day_period(date(2026, 11, 20))),
            gate("draft", day_period(DAY)),
            gate("strategy", parse_period("2026-Q3")),
        )
    }
    promises = [
        Promise("otra", "Publish", "Finance", date(2026, 11, 11)),
        Promise("otra", "Later", "Finance", DAY),
    ]
    found = overdue(milestones, {("solana", "team"): "Hub"}, promises, DAY)
    assert found == (
        Owed("gate", "solana", "strategy", "", date(2026, 9, 30), 52),
        Owed("commitment", "otra", "Publish", "Finance", date(2026, 11, 11), 10),
        Owed("gate", "solana", "team", "Hub", date(2026, 11, 20), 1),
    )


def test_nothing_is_owed_where_nothing_is_late():
    assert overdue({}, {}, [], DAY) == ()
