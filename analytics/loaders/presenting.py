"""Loaders of presenting: cohort and scorecard frozen at a moment, notes, promises in the room."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from analytics.access import Action, Principal, authorise, may
from analytics.errors import NotAllowedError
from analytics.loaders.places import database
from analytics.loaders.programmes import shown_on
from analytics.programmes.cohort import CohortOnDay, cohort_on_day
from analytics.programmes.templates import template
from analytics.scorecards.office import read_past_scorecard
from analytics.scorecards.peers import letters_of
from analytics.scorecards.periods import Period
from analytics.scorecards.scoring import Scorecard
from analytics.settings import load_settings
from analytics.store import programme_notes, programmes, scorecard_past, speaker_notes
from analytics.store.database import Database
from analytics.store.speaker_notes import NoteRow

COHORT_DECK, SCORECARD_DECK = "cohort", "scorecard"
KEPT = 16


@dataclass(frozen=True)
class FrozenCohort:
    """A cohort as it was known at a moment; ``newer`` counts the changes saved since.

    ``letters`` leads every city's key to a letter that stays the same for the cohort.
    """

    found: CohortOnDay
    letters: dict[str, str]
    newer: int


@dataclass(frozen=True)
class FrozenScorecard:
    """A scorecard as it was known at a moment; ``newer`` counts the changes saved since."""

    shown: Scorecard
    newer: int


@dataclass(frozen=True)
class NotesDesk:
    """Keeps the speaker notes of a deck about a programme or a city, in the presenter's name."""

    db: Database
    deck: str
    scope: str
    username: str

    def notes(self) -> dict[str, NoteRow]:
        """Return the speaker notes by slide."""
        return speaker_notes.speaker_notes(self.db, self.deck, self.scope)

    def save_note(self, slide: str, text: str, *, version: int) -> None:
        """Keep a slide's notes; see :func:`analytics.store.speaker_notes.save_note`."""
        speaker_notes.save_note(
            self.db, self.deck, self.scope, slide, text, version=version, actor=self.username
        )


@dataclass(frozen=True)
class PresentingDesk(NotesDesk):
    """What a presenter may keep while presenting a cohort: notes, and promises of the room."""

    def commit(self, city: str, text: str, *, owner: str, due_on: date) -> None:
        """Keep a promise; see :func:`analytics.store.programme_notes.commit`."""
        programme_notes.commit(
            self.db, self.scope, city, text, owner=owner, due_on=due_on, actor=self.username
        )


def may_present(principal: Principal, programme: str) -> bool:
    """Tell whether the principal may present a cohort, or the own city's part of it."""
    return bool(_shown(principal, programme))


def frozen_cohort(
    principal: Principal, programme: str, known_at: datetime, as_of: date | None = None
) -> FrozenCohort:
    """Return the cities that the principal may present, as they were known at a moment.

    Parameters
    ----------
    principal : Principal
    programme : str
    known_at : datetime
        An aware moment; what was saved later is only counted.
    as_of : date, optional
        The day asked about; without one that of the moment, an example's last report.

    Raises
    ------
    NotAllowedError
        If the principal may present none of its cities.
    StoreError
        ``programme.unknown``.
    """
    db = database()
    held = programmes.programme(db, programme)
    allowed = _shown(principal, programme)
    if not allowed:
        raise NotAllowedError("access.refused", action=Action.PRESENT.value, scope=programme)
    cities = programmes.cities(db, programme, known_at=known_at)
    day = as_of or shown_on(db, held, cities, known_at.astimezone().date())
    found = cohort_on_day(held, template(held.template), cities, day)
    found = replace(found, cities=tuple(city for city in found.cities if city.key in allowed))
    # Nobody is shown when a cohort was made, so nobody can work its letters out.
    letters = letters_of([city.key for city in cities], f"{programme}|{held.created_at}")
    return FrozenCohort(found, letters, programmes.changes_since(db, programme, known_at))


def may_present_scorecard(principal: Principal, city: str) -> bool:
    """Tell whether the principal may present a city's scorecard."""
    return all(may(principal, a, city) for a in (Action.PRESENT, Action.READ_INDICATORS))


def frozen_scorecard(
    principal: Principal, city: str, period: Period, known_at: datetime
) -> FrozenScorecard:
    """Return a city's scorecard of a period as it was known at an aware moment.

    Raises
    ------
    NotAllowedError
        If the principal may not present the city's indicators.
    """
    _authorise_scorecard(principal, city)
    settings = load_settings()
    where = (str(settings.home), settings.database_url, city, period.key, known_at)
    return FrozenScorecard(
        _scorecard(*where, period), scorecard_past.changes_since(database(), city, known_at)
    )


def scorecard_notes(principal: Principal, city: str) -> NotesDesk:
    """Return what keeps the notes of a scorecard's slides; for those who present it.

    No role both presents and enters indicators, and notes change none.

    Raises
    ------
    NotAllowedError
        If the principal may not present the city's indicators.
    """
    _authorise_scorecard(principal, city)
    return NotesDesk(database(), SCORECARD_DECK, city, principal.username)


def presenting_desk(principal: Principal, programme: str) -> PresentingDesk:
    """Return what keeps notes and commitments; for those who present and enter for the cohort.

    Raises
    ------
    NotAllowedError
        If the principal may not do both.
    """
    for action in (Action.PRESENT, Action.ENTER_COHORT):
        authorise(principal, action, programme)
    return PresentingDesk(database(), COHORT_DECK, programme, principal.username)


def may_keep_notes(principal: Principal, programme: str) -> bool:
    """Tell whether the principal may present and enter for a cohort."""
    return all(may(principal, a, programme) for a in (Action.PRESENT, Action.ENTER_COHORT))


def _authorise_scorecard(principal: Principal, city: str) -> None:
    for action in (Action.PRESENT, Action.READ_INDICATORS):
        authorise(principal, action, city)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _scorecard(
    home: str, url: str, city: str, period_key: str, known_at: datetime, _period: Period
) -> Scorecard:
    day = known_at.astimezone(ZoneInfo(load_settings().city(city).timezone)).date()
    return read_past_scorecard(database(), city, _period, day, known_at)


def _shown(principal: Principal, programme: str) -> set[str]:
    needed = (Action.READ_COHORT, Action.PRESENT)
    return {
        city.key
        for city in programmes.cities(database(), programme)
        if all(may(principal, a, programme) or may(principal, a, city.key) for a in needed)
    }
