"""What a cohort on a day counts, against cases made by hand."""

from dataclasses import replace
from datetime import date
from typing import cast

from analytics.programmes.cohort import CityOnDay, CohortOnDay
from analytics.programmes.periods import day_period
from analytics.programmes.schedule import Forecast, Milestone
from analytics.programmes.status import Status
from analytics.programmes.templates import Template
from analytics.store.programmes import ProgrammeRow

STARTS = date(2026, 1, 1)
FIRST = Milestone("first", "gate", 1.0, day_period(date(2026, 2, 1)), actual=date(2026, 2, 3))
SECOND = Milestone("second", "gate", 1.0, day_period(date(2026, 3, 1)))
THIRD = Milestone("third", "gate", 1.0, day_period(date(2026, 4, 1)))


def city(key: str, *gates: Milestone) -> CityOnDay:
    status = cast(Status, type("Stands", (), {"key": key})())
    states = {gate.key: "done" if gate.is_done else "risk" for gate in gates}
    return CityOnDay(key, key, "CL", STARTS, gates, status, None, states, gates[-1], None)


def test_the_next_gate_is_the_one_expected_first_of_those_not_passed() -> None:
    assert city("run", FIRST, THIRD, SECOND).next_gate == SECOND
    moved = replace(SECOND, forecasts=(Forecast(STARTS, day_period(date(2026, 5, 1))),))
    assert city("run", FIRST, moved, THIRD).next_gate == THIRD


def test_a_city_that_passed_every_gate_has_no_next_one() -> None:
    assert city("done", FIRST).next_gate is None


def test_statuses_are_counted_best_first_and_those_of_nobody_are_left_out() -> None:
    cities = tuple(city(key, FIRST) for key in ("off", "off", "late", "run", "done", "run"))
    found = CohortOnDay(cast(ProgrammeRow, None), cast(Template, None), STARTS, cities)
    assert list(found.by_status.items()) == [("done", 1), ("run", 2), ("late", 1), ("off", 2)]
    assert sum(found.by_status.values()) == len(cities)


def test_gates_are_counted_by_their_own_status() -> None:
    assert city("off", FIRST, SECOND, THIRD).gates_by_status == {"done": 1, "risk": 2}
