"""What a city hands over: terms against targets, promises and lessons of registers, the board."""

from dataclasses import replace
from datetime import date

import pytest

from analytics.demo.registers import fill_registers
from analytics.errors import FilterError
from analytics.scorecards.catalogue import load_catalogue
from analytics.scorecards.continuity import (
    RegisterDesk,
    beyond_term,
    handover,
    measured_of,
    term_on,
)
from analytics.settings import load_settings
from analytics.store.database import open_database
from analytics.store.registers import Entry, entries
from tests.analytics.scorecards.builders import plan

TERM = Entry("term", "Período", starts_on=date(2024, 12, 6), ends_on=date(2028, 12, 6))
UNTIL = date(2026, 10, 31)


@pytest.fixture
def db(home):
    database = open_database(load_settings())
    yield database
    database.close()


def test_a_target_of_the_terms_last_day_is_inside_it_and_one_a_day_later_is_not():
    plans = {
        "INS-09": plan("INS-09", 1, 5, target_on=date(2028, 12, 6)),
        "INS-13": plan("INS-13", 0, 2, target_on=date(2030, 12, 6)),
        "POL-04": plan("POL-04", 1, 5, target_on=date(2028, 12, 7)),
        "POL-05": plan("POL-05", 1, 5, target_on=date(2031, 1, 1), active=False),
    }
    found = beyond_term(measured_of(load_catalogue(), plans), TERM)
    assert [(b.sheet.id, b.days) for b in found] == [("POL-04", 1), ("INS-13", 730)]
    assert beyond_term(measured_of(load_catalogue(), plans), None) == ()


@pytest.mark.parametrize(
    ("day", "held"),
    [
        (date(2024, 12, 5), False),
        (date(2024, 12, 6), True),
        (date(2028, 12, 6), True),
        (date(2028, 12, 7), False),
    ],
)
def test_a_term_holds_its_first_and_its_last_day(day, held):
    assert (term_on([TERM], day) is TERM) == held
    assert (term_on([replace(TERM, starts_on=None)], day) is not None) == (day <= TERM.ends_on)


def test_the_example_city_hands_over_what_its_registers_hold(db):
    assert fill_registers(db, "quimera", until=UNTIL)
    assert not fill_registers(db, "quimera", until=UNTIL)
    held = handover(db, "quimera", UNTIL)
    assert [e.state for e in held.of("agreement")].count("ended") == 1
    assert len(held.in_force("agreement")) == 2
    assert [p.source for p in held.promises] == ["register"]
    assert (len(held.lessons), held.failures) == (2, 1)
    assert held.board_done == (4, 11)
    assert sum(e is not None for e in held.board("design").values()) == 5
    assert held.term is not None
    assert held.term.ends_on == date(2027, 12, 5)


def test_an_agreement_past_its_last_day_is_not_in_force_whatever_its_state_says(db):
    desk = RegisterDesk(db, "quimera", "ana")
    desk.save(Entry("agreement", "Viejo", with_whom="X", ends_on=date(2026, 10, 30)))
    desk.save(Entry("agreement", "Último día", with_whom="X", ends_on=UNTIL))
    assert [e.title for e in handover(db, "quimera", UNTIL).in_force("agreement")] == ["Último día"]


def test_the_desk_checks_before_it_saves_and_withdraws_what_it_saw(db):
    desk = RegisterDesk(db, "quimera", "ana")
    with pytest.raises(FilterError, match=r"register\.empty"):
        desk.save(Entry("commitment", "Sin fecha", owner="RRII"))
    assert entries(db, "quimera") == []
    desk.withdraw(desk.save(Entry("lesson", "L", aspect="failed", text="Nada")))
    assert handover(db, "quimera", UNTIL).lessons == ()
