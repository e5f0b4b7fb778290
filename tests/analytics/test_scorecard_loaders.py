"""Who may read, enter and validate indicators, through every loader of the scorecards."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from analytics import loaders
from analytics.access import Assignment, Principal
from analytics.demo.scorecard import fill_scorecard
from analytics.errors import NotAllowedError, StoreError
from analytics.scorecards.periods import parse
from analytics.scorecards.scoring import Scorecard
from analytics.settings import load_settings
from analytics.store import audit
from analytics.store.database import open_database
from analytics.store.models import utc_now
from tests.analytics.scorecards.builders import reading

CITY = "quimera"
PERIOD = parse("2026-S1")
READERS = {"mayor", "coach", "editor", "validator"}
ASKED: dict[str, tuple[Callable[[Principal], Any], set[str]]] = {
    "scorecard": (lambda who: loaders.scorecard(who, CITY, PERIOD), READERS),
    "frozen_scorecard": (
        lambda who: loaders.frozen_scorecard(who, CITY, PERIOD, utc_now()),
        {"mayor", "coach"},
    ),
    "scorecard_notes": (
        lambda who: loaders.scorecard_notes(who, CITY).notes() is not None,
        {"mayor", "coach"},
    ),
    "reading_history": (
        lambda who: loaders.reading_history(who, CITY, reading("INS-23", "2026-S1")),
        READERS,
    ),
    "indicator_entry": (lambda who: loaders.indicator_entry(who, CITY), {"editor"}),
    "handover": (lambda who: loaders.handover(who, CITY), READERS),
    "register_desk": (lambda who: loaders.register_desk(who, CITY), {"editor"}),
    "indicator_validation": (lambda who: loaders.indicator_validation(who, CITY), {"validator"}),
}
ROLES = ("mayor", "analyst", "coach", "editor", "validator", "admin")


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("scorecards") / "home"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CABILDO_HOME", str(folder))
        environment.delenv("CABILDO_CONFIG", raising=False)
        db = open_database(load_settings())
        fill_scorecard(db, CITY, until=date(2026, 10, 31), seed=1)
        yield folder
        db.close()
        st.cache_resource.clear()


def person(role: str, scope: str = CITY) -> Principal:
    return Principal(role, role, (Assignment(role, scope),))


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("role", ROLES)
def test_a_loader_answers_those_who_may_and_nobody_else(role: str, name: str) -> None:
    ask, allowed = ASKED[name]
    if role in allowed:
        assert ask(person(role)) is not None
    else:
        with pytest.raises(NotAllowedError):
            ask(person(role))


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("role", ROLES)
def test_nobody_is_answered_about_another_city(role: str, name: str) -> None:
    with pytest.raises(NotAllowedError):
        ASKED[name][0](person(role, "otra"))


def test_a_frozen_scorecard_is_the_pages_until_newer_data_are_asked_for() -> None:
    who, moment = person("mayor"), utc_now()
    shown = loaders.scorecard(who, CITY, PERIOD)
    frozen = loaders.frozen_scorecard(who, CITY, PERIOD, moment)
    assert (told(frozen.shown), frozen.newer) == (told(shown), 0)
    loaders.indicator_validation(person("validator"), CITY).validate([shown.drafts[-1]])
    again = loaders.frozen_scorecard(who, CITY, PERIOD, moment)
    assert (told(again.shown), again.newer) == (told(shown), 1)
    st.cache_resource.clear()
    assert told(loaders.frozen_scorecard(who, CITY, PERIOD, moment).shown) == told(shown)
    fresh = loaders.frozen_scorecard(who, CITY, PERIOD, utc_now())
    assert told(fresh.shown) == told(loaders.scorecard(who, CITY, PERIOD))
    assert told(fresh.shown) != told(shown)


def told(shown: Scorecard) -> tuple[Any, ...]:
    """All that is judged; ranges hold numbers that are not equal to themselves."""
    return shown.assessments, shown.now, shown.moved, shown.late, shown.drafts


def test_the_desks_act_in_the_persons_name() -> None:
    assert loaders.indicator_entry(person("editor"), CITY).actor == "editor"
    assert loaders.indicator_validation(person("validator"), CITY).actor == "validator"


def test_a_change_is_seen_at_once_and_an_unchanged_scorecard_is_not_computed_again() -> None:
    who = person("mayor")
    shown = loaders.scorecard(who, CITY, PERIOD)
    assert loaders.scorecard(who, CITY, PERIOD) is shown
    draft = shown.drafts[0]
    loaders.indicator_validation(person("validator"), CITY).validate([draft])
    again = loaders.scorecard(who, CITY, PERIOD)
    assert len(again.drafts) == len(shown.drafts) - 1
    assert again.of(draft.indicator_id).latest.period_to == PERIOD.last


def test_notes_of_a_scorecard_are_kept_in_the_presenters_name_and_apart_from_others() -> None:
    desk = loaders.scorecard_notes(person("mayor"), CITY)
    desk.save_note("opening", " Decir por qué ", version=0)
    assert desk.notes()["opening"].text == "Decir por qué"
    seen = loaders.scorecard_notes(person("coach"), CITY)
    seen.save_note("opening", "Otra", version=1)
    with pytest.raises(StoreError, match=r"store\.stale_save"):
        desk.save_note("opening", "Tarde", version=1)
    assert loaders.scorecard_notes(person("mayor", "*"), "memphis").notes() == {}
    notes = audit.entries(desk.db, actions=["note.save"])
    assert [(entry.actor, entry.scope) for entry in notes] == [("coach", CITY), ("mayor", CITY)]
