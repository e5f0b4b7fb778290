"""Anonymous cohorts: no name, key or country is left, and no order that names would tell."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from analytics.programmes.anonymity import anonymised
from analytics.programmes.cohort import cohort_on_day
from analytics.programmes.periods import day_period
from analytics.programmes.readiness import Facts
from analytics.programmes.schedule import Milestone
from analytics.programmes.templates import template
from analytics.store.programmes import CityRow, GateRow, ProgrammeRow

START, DAY = date(2026, 1, 1), date(2026, 6, 1)


def city(name, actual=None):
    gates = (
        Milestone("visit", "meeting", 1, day_period(date(2026, 2, 1)), actual=actual),
        Milestone("strategy", "document", 1, day_period(date(2026, 9, 1))),
    )
    rows = tuple(GateRow(gate, "", "", 1) for gate in gates)
    return CityRow(name.lower(), name, "CL", START, Facts(None, None, {}), (DAY,), rows)


@pytest.fixture
def found():
    cities = [city("Ana", date(2026, 2, 1)), city("Bea", date(2026, 2, 1)), city("Caro")]
    held = ProgrammeRow("p", "P", "city_data_alliance", {}, True, datetime(2026, 1, 1, tzinfo=UTC))
    return cohort_on_day(held, template("city_data_alliance"), cities, DAY)


def test_hidden_cities_keep_their_numbers_and_lose_all_that_names_them(found):
    names = {"ana": "City B", "bea": "City A", "caro": "City C"}
    hidden = anonymised(found, names)
    # Ana and Bea stand alike: were the alphabet kept, City B would be told to be Ana.
    assert [c.name for c in hidden.cities] == ["City C", "City A", "City B"]
    assert [c.name for c in found.cities] == ["Caro", "Ana", "Bea"]
    for shown in hidden.cities:
        assert shown.key == shown.name
        assert shown.country == ""
        real = next(c for c in found.cities if names[c.key] == shown.name)
        assert replace(shown, key=real.key, name=real.name, country="CL") == real
    text = repr(hidden).lower()
    assert [name for name in ("ana", "bea", "caro") if f"'{name}'" in text] == []


def test_a_city_that_is_not_hidden_stays_as_it_is(found):
    hidden = anonymised(found, {"ana": "City B", "caro": "City C"})
    assert next(c for c in hidden.cities if c.key == "bea") == found.cities[2]
