"""Cohorts on both databases: promises kept, forecasts kept, stale saves refused, undo."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial

import pytest

from analytics.errors import AnalyticsError, ProgrammeError, StoreError
from analytics.programmes.periods import day_period, parse_period
from analytics.store import audit, gates, programmes
from analytics.store.gates import Place
from analytics.store.models import utc_now
from analytics.store.programmes import NewCity

START = date(2026, 4, 14)
VISIT = Place("alliance", "solana", "visit")
TEAM = Place("alliance", "solana", "team")
EVENTS = {"leaders_meeting": parse_period("2026-Q4"), "mayors_closing": parse_period("2027-Q1")}


@pytest.fixture
def cohort(db):
    programmes.create_programme(
        db,
        key="alliance",
        name="Alliance 2026",
        template_key="city_data_alliance",
        events=EVENTS,
        actor="ana",
    )
    new = NewCity("solana", "Solana", "CL", START, 200_000, date(2028, 12, 6), {"ambition": True})
    programmes.enrol(db, "alliance", [new], actor="ana")
    return db


def solana(db):
    return programmes.city(db, "alliance", "solana")


def tell(db, place, text, day, version=None):
    version = version or solana(db).gate(place.gate).version
    gates.reforecast(db, place, parse_period(text), version=version, reported_on=day, actor="ana")


def shut(db, place, actual, *, evidence="acta", version=None, day=date(2026, 9, 1)):
    version = version or solana(db).gate(place.gate).version
    gates.close(db, place, actual, evidence=evidence, version=version, reported_on=day, actor="ana")


def test_an_enrolled_city_has_the_promises_of_its_template_and_cohort(cohort):
    held = solana(cohort)
    assert (held.name, held.country, held.starts_on, held.reports) == ("Solana", "CL", START, ())
    assert held.facts.judged == {"ambition": True}
    assert held.gate("phase_1_closed").milestone.baseline == day_period(date(2026, 7, 14))
    assert held.gate("leaders_meeting").milestone.baseline == parse_period("2026-Q4")
    assert held.gate("strategy").milestone.limit == parse_period("2027-Q1")
    assert [r.key for r in programmes.programmes(cohort)] == ["alliance"]


def test_every_forecast_is_kept_and_the_promise_never_changes(cohort):
    promised = solana(cohort).gate("team").milestone.baseline
    tell(cohort, TEAM, "2026-06-10", date(2026, 5, 1))
    tell(cohort, TEAM, "2026-06-10", date(2026, 6, 1))
    tell(cohort, TEAM, "2026-07", date(2026, 6, 8))
    gate = solana(cohort).gate("team").milestone
    assert [str(told.period) for told in gate.forecasts] == ["2026-06-10", "2026-06-10", "2026-07"]
    assert (gate.moves, gate.baseline) == (2, promised)
    assert solana(cohort).reports == (date(2026, 5, 1), date(2026, 6, 1), date(2026, 6, 8))


def test_a_gate_is_closed_with_its_evidence_and_in_order(cohort):
    with pytest.raises(ProgrammeError, match=r"programme\.predecessor_open"):
        shut(cohort, TEAM, date(2026, 6, 1))
    with pytest.raises(ProgrammeError, match=r"programme\.evidence_needed"):
        shut(cohort, VISIT, date(2026, 5, 2), evidence="  ")
    shut(cohort, VISIT, date(2026, 5, 2))
    shut(cohort, TEAM, date(2026, 6, 1))
    with pytest.raises(ProgrammeError, match=r"programme\.already_done"):
        shut(cohort, TEAM, date(2026, 6, 2))
    with pytest.raises(ProgrammeError, match=r"programme\.evidence_needed"):
        shut(cohort, Place("alliance", "solana", "diagnosis"), date(2026, 6, 20), evidence="acta")
    assert solana(cohort).gate("team").evidence == "acta"


def test_a_stale_save_is_refused_with_both_versions(cohort):
    tell(cohort, TEAM, "2026-06-10", date(2026, 5, 1), version=1)
    with pytest.raises(StoreError, match=r"store\.stale_save") as caught:
        tell(cohort, TEAM, "2026-08-01", date(2026, 5, 1), version=1)
    told = caught.value.details
    assert (told["your_version"], told["stored_version"]) == (1, 2)
    assert (told["yours"]["expected"], told["stored"]["expected"]) == ("2026-08-01", "2026-06-10")
    assert len(solana(cohort).gate("team").milestone.forecasts) == 1


def test_of_two_saving_at_once_one_is_refused_and_one_kept(cohort):
    def save(text):
        try:
            tell(cohort, TEAM, text, date(2026, 5, 1), version=1)
        except StoreError as error:
            return error.code
        return text

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(save, ["2026-06-10", "2026-06-11"]))
    kept = [str(f.period) for f in solana(cohort).gate("team").milestone.forecasts]
    assert sorted([*kept, "store.stale_save"]) == sorted(told)


def test_confirming_is_a_report_and_no_move_even_where_somebody_confirmed_before(cohort):
    tell(cohort, TEAM, "2026-06-10", date(2026, 5, 1))
    tell(cohort, TEAM, "2026-06-10", date(2026, 5, 9))
    kinds = [e.action for e in audit.entries(cohort, scope="alliance")]
    assert kinds[:2] == ["gate.confirm", "gate.forecast"]
    with pytest.raises(StoreError, match=r"store\.stale_save"):
        tell(cohort, TEAM, "2026-06-10", date(2026, 5, 9), version=2)


def test_the_last_change_can_be_undone_one_after_the_other(cohort):
    shut(cohort, VISIT, date(2026, 5, 2))
    tell(cohort, TEAM, "2026-06-10", date(2026, 5, 3))
    shut(cohort, TEAM, date(2026, 6, 12))
    undo = partial(gates.undo, cohort, TEAM, actor="bea")
    assert undo() == "close"
    gate = solana(cohort).gate("team")
    assert (gate.milestone.actual, gate.evidence) == (None, "")
    assert str(gate.milestone.expected) == "2026-06-10"
    assert undo() == "forecast"
    assert solana(cohort).gate("team").milestone.forecasts == ()
    with pytest.raises(StoreError, match=r"programme\.nothing_to_undo"):
        undo()
    assert solana(cohort).gate("visit").milestone.is_done


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda db: programmes.programme(db, "nowhere"), "programme.unknown"),
        (lambda db: programmes.city(db, "alliance", "x"), "programme.unknown_city"),
        (
            lambda db: programmes.enrol(
                db, "alliance", [NewCity("solana", "Solana", "CL", START)], actor="ana"
            ),
            "programme.city_enrolled",
        ),
        (
            lambda db: programmes.create_programme(
                db, key="alliance", name="A", template_key="i_team", actor="ana"
            ),
            "programme.exists",
        ),
        (
            lambda db: programmes.create_programme(
                db, key="No Key", name="A", template_key="i_team", actor="ana"
            ),
            "programme.key_form",
        ),
    ],
)
def test_what_is_not_there_or_there_already_is_refused(cohort, call, code):
    with pytest.raises(AnalyticsError) as caught:
        call(cohort)
    assert caught.value.code == code


def test_all_cities_of_a_list_are_enrolled_or_none(cohort):
    again = [NewCity("aurora", "Aurora", "PE", START), NewCity("solana", "Solana", "CL", START)]
    with pytest.raises(StoreError, match=r"programme\.city_enrolled"):
        programmes.enrol(cohort, "alliance", again, actor="ana")
    assert [held.key for held in programmes.cities(cohort, "alliance")] == ["solana"]


def test_a_cohort_is_read_as_it_was_known_whatever_is_saved_or_taken_back_later(cohort):
    tell(cohort, TEAM, "2026-06-10", date(2026, 5, 1))
    shut(cohort, VISIT, date(2026, 4, 28))
    moment, before = utc_now(), programmes.cities(cohort, "alliance")
    assert programmes.changes_since(cohort, "alliance", moment) == 0
    tell(cohort, TEAM, "2026-08", date(2026, 5, 1))
    gates.undo(cohort, VISIT, actor="ana")
    new = NewCity("aurora", "Aurora", "PE", START)
    programmes.enrol(cohort, "alliance", [new], actor="ana")
    (known,) = programmes.cities(cohort, "alliance", known_at=moment)
    assert known.milestones == before[0].milestones
    assert known.gate("visit").milestone.actual == date(2026, 4, 28)
    now = {city.key: city for city in programmes.cities(cohort, "alliance")}
    assert set(now) == {"aurora", "solana"}
    assert now["solana"].gate("visit").milestone.actual is None
    assert str(now["solana"].gate("team").milestone.expected) == "2026-08"
    assert programmes.changes_since(cohort, "alliance", moment) == 3
    assert programmes.cities(cohort, "alliance", known_at=datetime(2020, 1, 1, tzinfo=UTC)) == []
