"""Loaders of the cohorts page: a programme's coach sees its cities, a city sees its own row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from analytics.access import Action, Principal, authorise, may
from analytics.errors import NotAllowedError
from analytics.loaders.places import database
from analytics.programmes.cohort import CohortOnDay, cohort_on_day
from analytics.programmes.periods import Period
from analytics.programmes.templates import template
from analytics.store import challenges, gates, programme_notes, programmes
from analytics.store.challenges import ChallengeRow
from analytics.store.database import Database
from analytics.store.gates import Place
from analytics.store.programme_notes import Notes
from analytics.store.programmes import CityRow, ProgrammeRow


@dataclass(frozen=True)
class CohortDesk:
    """What a person may enter of a city's gates, in the person's name."""

    db: Database
    programme: str
    city: str
    username: str

    def record(self) -> CityRow:
        """Return the city as it is stored now."""
        return programmes.city(self.db, self.programme, self.city)

    def reforecast(self, gate: str, period: Period, *, version: int, today: date) -> None:
        """Tell when a gate is expected; see :func:`analytics.store.gates.reforecast`."""
        gates.reforecast(
            self.db, self._place(gate), period, version=version, reported_on=today,
            actor=self.username,
        )  # fmt: skip

    def close(self, gate: str, actual: date, *, evidence: str, version: int, today: date) -> None:
        """Close a gate; see :func:`analytics.store.gates.close`."""
        gates.close(
            self.db, self._place(gate), actual, evidence=evidence, version=version,
            reported_on=today, actor=self.username,
        )  # fmt: skip

    def undo(self, gate: str) -> None:
        """Take back the last change of a gate."""
        gates.undo(self.db, self._place(gate), actor=self.username)

    def _place(self, gate: str) -> Place:
        return Place(self.programme, self.city, gate)


def cohorts(principal: Principal) -> list[ProgrammeRow]:
    """Return the cohorts of which the principal may see anything, by key."""
    db = database()
    return [row for row in programmes.programmes(db) if _seen(db, principal, row.key)]


def cohort(principal: Principal, programme: str, as_of: date | None = None) -> CohortOnDay:
    """Return a cohort as it stood on a day, with those of its cities that the principal may see.

    Without a day it is today; an example, which nobody reports for, stays on its last report.
    Ranges rest on the slips of the whole cohort; no city's own numbers are told by them.

    Raises
    ------
    NotAllowedError
        If the principal may see none of its cities.
    StoreError
        ``programme.unknown``.
    """
    db = database()
    held = programmes.programme(db, programme)
    allowed = _seen(db, principal, programme)
    if not allowed:
        raise NotAllowedError("access.refused", action=Action.READ_COHORT.value, scope=programme)
    cities = programmes.cities(db, programme)
    day = as_of or shown_on(held, cities, date.today())
    found = cohort_on_day(held, template(held.template), cities, day)
    return replace(found, cities=tuple(city for city in found.cities if city.key in allowed))


def city_notes(principal: Principal, programme: str, city: str) -> tuple[CityRow, Notes]:
    """Return a city's record and what was noted of it.

    Raises
    ------
    NotAllowedError
        If the principal may read neither the cohort nor the city.
    """
    _authorise(principal, Action.READ_COHORT, programme, city)
    db = database()
    return programmes.city(db, programme, city), programme_notes.notes(db, programme, city)


def cohort_desk(principal: Principal, programme: str, city: str) -> CohortDesk:
    """Return what enters a city's gates in the principal's name; ask for it in every run.

    Raises
    ------
    NotAllowedError
        If the principal may enter neither for the cohort nor for the city.
    """
    _authorise(principal, Action.ENTER_COHORT, programme, city)
    return CohortDesk(database(), programme, city, principal.username)


def cohort_challenges(principal: Principal, programme: str) -> list[ChallengeRow]:
    """Return the challenges of those cities of a cohort that the principal may see."""
    db = database()
    allowed = _seen(db, principal, programme)
    return [row for row in challenges.challenges(db, programme) if row.city in allowed]


def may_enter(principal: Principal, programme: str, city: str) -> bool:
    """Tell whether the principal may enter a city's gates."""
    return any(may(principal, Action.ENTER_COHORT, scope) for scope in (programme, city))


def shown_on(held: ProgrammeRow, cities: Sequence[CityRow], today: date) -> date:
    """Return the day a cohort is shown on: today, an example's last report."""
    last = max((day for city in cities for day in city.reports), default=None)
    return last if held.synthetic and last else today


def _seen(db: Database, principal: Principal, programme: str) -> set[str]:
    held = {city.key for city in programmes.cities(db, programme)}
    if may(principal, Action.READ_COHORT, programme):
        return held
    return {city for city in held if may(principal, Action.READ_COHORT, city)}


def _authorise(principal: Principal, action: Action, programme: str, city: str) -> None:
    if not may(principal, action, programme):
        authorise(principal, action, city)
