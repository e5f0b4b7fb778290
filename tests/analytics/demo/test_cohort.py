"""The example cohort: every state occurs, and equal seeds give equal records."""

from datetime import date

import pytest

from analytics.commands.programmes import cohort_record
from analytics.demo.cohort import COHORT, COURSES, add_cohort
from analytics.programmes.challenges import ranking
from analytics.programmes.cohort import cohort_on_day
from analytics.programmes.templates import template
from analytics.settings import load_settings
from analytics.store import challenges, programme_notes, programmes
from analytics.store.database import open_database

SHOWN = date(2026, 11, 21)
CONFIG = """
[cities.quimera]
name = "Puerto Quimera"
country = "CL"
timezone = "America/Santiago"
crs = "EPSG:32718"
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    with pytest.MonkeyPatch.context() as environment:
        folder = tmp_path_factory.mktemp("cohort")
        (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
        environment.setenv("CABILDO_CONFIG", str(folder / "config.toml"))
        environment.setenv("CABILDO_HOME", str(folder / "home"))
        db = open_database(load_settings())
        add_cohort(db, shown_on=SHOWN, seed=1)
        add_cohort(db, shown_on=SHOWN, seed=1)
        yield db
        db.close()


def on_day(db, day):
    held = programmes.programme(db, COHORT)
    return cohort_on_day(held, template(held.template), programmes.cities(db, COHORT), day)


def test_twelve_cities_are_in_it_and_every_state_occurs(built):
    found = on_day(built, SHOWN)
    assert len(found.cities) == len(COURSES) == 12
    assert found.programme.synthetic
    assert {city.status.key for city in found.cities} == {"off", "risk", "late", "none", "run"}
    assert found.latest.name == "Lomas de Oro"
    assert found.latest.slip_days == 61
    assert found.on_time == 6
    assert found.cities[0].status.key == "off"


def test_the_cohort_can_be_seen_on_any_past_day(built):
    early = on_day(built, date(2026, 5, 10))
    assert not any(gate.actual for city in early.cities for gate in city.milestones[1:])
    assert on_day(built, date(2026, 4, 1)).cities == ()


def test_ranges_are_given_where_five_slips_of_each_kind_are_known(built):
    for city in on_day(built, SHOWN).cities:
        p50, p80 = city.range
        assert SHOWN <= p50 <= p80


def test_the_record_of_a_cohort_says_what_the_page_shows(built):
    record = cohort_record(on_day(built, SHOWN))
    city = record["cities"][0]
    assert (record["n"], record["on_time"], record["events"]["mayors_closing"]) == (
        12,
        6,
        "2027-02",
    )
    assert city["status"].overdue == ("data_officer",)
    gate = next(gate for gate in city["gates"] if gate["gate"] == "strategy")
    assert (gate["slip_days"], gate["moves"], gate["status"]) == (61, 1, "off")
    assert 0 < gate["slip_working_days"] < 61


def test_coaching_ratings_and_a_challenge_come_with_it(built):
    noted = programme_notes.notes(built, COHORT, "quimera")
    assert {rating.component for rating in noted.ratings} == {
        component.key for component in template("city_data_alliance").components
    }
    assert {lesson.worked for lesson in noted.lessons} == {True, False}
    (posed,) = challenges.challenges(built, COHORT)
    assert len(ranking(posed.scores, posed.weights)) == 6
