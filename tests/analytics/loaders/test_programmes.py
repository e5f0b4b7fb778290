"""The rights walk of programmes: who sees which cities, and who may enter what."""

from datetime import date

import pytest

from analytics import loaders
from analytics.access import Assignment, Principal
from analytics.demo.cohort import COHORT, COURSES
from analytics.errors import NotAllowedError, StoreError
from analytics.loaders.cohort_desk import Upload
from analytics.programmes.periods import parse_period
from analytics.store import audit
from tests.analytics.programmes.test_evidence import PDF

SHOWN = date(2026, 11, 21)
ALL = {course.key for course in COURSES}
pytestmark = pytest.mark.usefixtures("cohort_store")


def person(role, scope):
    return Principal("ana", "Ana", (Assignment(role, scope),))


SEES = {
    ("coach", COHORT): ALL,
    ("coach", "*"): ALL,
    ("mayor", "quimera"): {"quimera"},
    ("editor", "quimera"): {"quimera"},
    ("mayor", "*"): ALL,
    ("coach", "another_cohort"): set(),
    ("mayor", "valparaiso"): set(),
    ("analyst", "quimera"): set(),
    ("validator", "quimera"): set(),
    ("admin", "*"): set(),
}
ENTERS = {("coach", COHORT), ("coach", "*"), ("editor", "quimera")}


@pytest.mark.parametrize("who", SEES)
def test_each_sees_the_cities_of_the_scope_and_no_other(who):
    principal = person(*who)
    if not SEES[who]:
        assert loaders.cohorts(principal) == []
        assert loaders.cohort_challenges(principal, COHORT) == []
        with pytest.raises(NotAllowedError):
            loaders.cohort(principal, COHORT, SHOWN)
        return
    assert [row.key for row in loaders.cohorts(principal)] == [COHORT]
    found = loaders.cohort(principal, COHORT, SHOWN)
    assert {city.key for city in found.cities} == SEES[who]
    assert {row.city for row in loaders.cohort_challenges(principal, COHORT)} == {"quimera"}


@pytest.mark.parametrize("who", SEES)
@pytest.mark.parametrize("city", ["quimera", "lomas-de-oro"])
def test_what_is_noted_of_a_city_is_for_those_who_see_it(who, city):
    if city in SEES[who]:
        assert loaders.city_notes(person(*who), COHORT, city)[0].key == city
    else:
        with pytest.raises(NotAllowedError):
            loaders.city_notes(person(*who), COHORT, city)


@pytest.mark.parametrize("who", SEES)
@pytest.mark.parametrize("city", ["quimera", "lomas-de-oro"])
def test_only_coaches_and_editors_enter_and_only_their_cities(who, city):
    may = who in ENTERS and (who[0] == "coach" or city == "quimera")
    assert loaders.may_enter(person(*who), COHORT, city) == may
    if may:
        assert loaders.cohort_desk(person(*who), COHORT, city).record().key == city
        assert loaders.challenge_desk(person(*who), COHORT, city).city == city
    else:
        for desk in (loaders.cohort_desk, loaders.challenge_desk):
            with pytest.raises(NotAllowedError):
                desk(person(*who), COHORT, city)


def test_a_desk_reaches_the_challenges_of_its_own_city_alone():
    coach = person("coach", COHORT)
    own, other = (loaders.challenge_desk(coach, COHORT, c) for c in ("quimera", "lomas-de-oro"))
    key = own.pose("Mercados", {"ease": 1.0}, 1)
    for reach in (
        lambda: other.propose(key, ["A"]),
        lambda: other.withdraw(key, "A"),
        lambda: other.decide(key, "none", "No.", version=1),
        lambda: other.amend(key, "X", {"ease": 1.0}, 1, version=1),
    ):
        with pytest.raises(StoreError, match=r"challenge\.unknown"):
            reach()
    own.propose(key, ["A"])
    told = [r for r in loaders.cohort_challenges(coach, COHORT) if r.key == key]
    assert [(r.title, r.proposals) for r in told] == [("Mercados", ("A",))]


def test_a_row_seen_alone_says_the_same_as_in_the_whole_cohort():
    whole = loaders.cohort(person("coach", COHORT), COHORT, SHOWN)
    (own,) = loaders.cohort(person("mayor", "quimera"), COHORT, SHOWN).cities
    assert own in whole.cities


def test_an_example_stays_on_its_last_report():
    assert loaders.cohort(person("coach", COHORT), COHORT).as_of <= SHOWN


def test_what_is_entered_is_in_the_next_answer_and_can_be_undone():
    coach = person("coach", COHORT)
    desk = loaders.cohort_desk(coach, COHORT, "quimera")
    version = desk.record().gate("draft").version
    moved = parse_period("2026-12-24")
    desk.reforecast("draft", moved, version=version, today=SHOWN)
    with pytest.raises(StoreError, match=r"store\.stale_save"):
        desk.close("draft", SHOWN, evidence="https://a.b", version=version, today=SHOWN)
    assert desk.record().gate("draft").milestone.expected == moved
    desk.undo("draft")
    assert desk.record().gate("draft").milestone.expected != moved


@pytest.mark.parametrize("who", SEES)
def test_evidence_is_for_those_who_see_the_city_and_each_reading_is_audited(who, cohort_store):
    desk = loaders.cohort_desk(person("coach", COHORT), COHORT, "quimera")
    desk.attach("team", Upload("acta.pdf", PDF))
    held = loaders.evidence_files(person("coach", COHORT), COHORT, "quimera")[-1]
    before = len(audit.entries(cohort_store, actions=["evidence.read"]))
    if "quimera" in SEES[who]:
        assert held in loaders.evidence_files(person(*who), COHORT, "quimera")
        got = loaders.evidence_file(person(*who), COHORT, "quimera", held.id)
        assert (got.name, got.mime, got.content) == ("acta.pdf", "application/pdf", PDF)
        assert len(audit.entries(cohort_store, actions=["evidence.read"])) == before + 1
    else:
        for ask in (
            lambda: loaders.evidence_files(person(*who), COHORT, "quimera"),
            lambda: loaders.evidence_file(person(*who), COHORT, "quimera", held.id),
        ):
            with pytest.raises(NotAllowedError):
                ask()
        assert len(audit.entries(cohort_store, actions=["evidence.read"])) == before
    with pytest.raises((NotAllowedError, StoreError)):
        loaders.evidence_file(person(*who), COHORT, "lomas-de-oro", held.id)
    desk.take_out(held.id, version=held.version)
