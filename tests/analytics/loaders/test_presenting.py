"""Presenting: who may present what, what is frozen, whose letters never change, what is kept."""

from datetime import date

import pytest

from analytics import loaders
from analytics.demo.cohort import COHORT, COURSES
from analytics.errors import NotAllowedError
from analytics.programmes.periods import parse_period
from analytics.store.models import utc_now
from tests.analytics.loaders.test_programmes import SEES, SHOWN, person

PRESENTS = {who: cities if who[0] in ("coach", "mayor") else set() for who, cities in SEES.items()}
pytestmark = pytest.mark.usefixtures("cohort_store")


@pytest.mark.parametrize("who", PRESENTS)
def test_each_presents_the_cities_seen_if_the_role_presents(who):
    principal, now = person(*who), utc_now()
    assert loaders.may_present(principal, COHORT) == bool(PRESENTS[who])
    if not PRESENTS[who]:
        with pytest.raises(NotAllowedError):
            loaders.frozen_cohort(principal, COHORT, now)
        return
    frozen = loaders.frozen_cohort(principal, COHORT, now, SHOWN)
    assert {city.key for city in frozen.found.cities} == PRESENTS[who]
    assert frozen.found == loaders.cohort(principal, COHORT, SHOWN)


@pytest.mark.parametrize("who", PRESENTS)
def test_notes_and_promises_are_for_who_presents_and_enters(who):
    may = bool(PRESENTS[who]) and who[0] == "coach"
    assert loaders.may_keep_notes(person(*who), COHORT) == may
    if not may:
        with pytest.raises(NotAllowedError):
            loaders.presenting_desk(person(*who), COHORT)


def test_what_is_saved_later_is_counted_and_not_shown():
    coach, moment = person("coach", COHORT), utc_now()
    before = loaders.frozen_cohort(coach, COHORT, moment)
    desk = loaders.cohort_desk(coach, COHORT, "quimera")
    version = desk.record().gate("strategy").version
    desk.reforecast("strategy", parse_period("2027-03"), version=version, today=date.today())
    after = loaders.frozen_cohort(coach, COHORT, moment)
    assert (after.found, after.newer) == (before.found, before.newer + 1)
    fresh = loaders.frozen_cohort(coach, COHORT, utc_now())
    assert fresh.newer == 0
    assert fresh.found != before.found
    desk.undo("strategy")


def test_every_city_has_a_letter_of_its_own_that_the_alphabet_does_not_give():
    coach = person("coach", COHORT)
    letters = loaders.frozen_cohort(coach, COHORT, utc_now()).letters
    assert letters == loaders.frozen_cohort(coach, COHORT, utc_now()).letters
    assert set(letters) == {course.key for course in COURSES}
    assert sorted(letters.values()) == list("ABCDEFGHIJKL")
    by_name = [letters[course.key] for course in sorted(COURSES, key=lambda c: c.name)]
    assert by_name != sorted(by_name)


def test_notes_and_promises_are_kept_in_the_presenters_name():
    desk = loaders.presenting_desk(person("coach", COHORT), COHORT)
    desk.save_note("calendar", "Decir por qué", version=0)
    assert desk.notes()["calendar"].text == "Decir por qué"
    desk.commit("quimera", "Nombrar director", owner="Alcaldía", due_on=date(2026, 12, 1))
    _record, noted = loaders.city_notes(person("coach", COHORT), COHORT, "quimera")
    assert "Nombrar director" in [made.text for made in noted.commitments]
