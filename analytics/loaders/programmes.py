"""Loaders of the cohorts page: a programme's coach sees its cities, a city sees its own row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from analytics.access import Action, Principal, authorise, may
from analytics.errors import NotAllowedError
from analytics.loaders.challenge_desk import ChallengeDesk
from analytics.loaders.cohort_desk import CohortDesk
from analytics.loaders.places import database, record
from analytics.programmes.cohort import CohortOnDay, cohort_on_day
from analytics.programmes.evidence import MIMES
from analytics.programmes.overdue import Owed
from analytics.programmes.overdue import overdue as owed
from analytics.programmes.templates import template
from analytics.settings import load_settings
from analytics.store import challenges, gate_files, programme_notes, programmes
from analytics.store.challenges import ChallengeRow
from analytics.store.database import Database
from analytics.store.gate_files import FileRow
from analytics.store.programme_notes import Notes
from analytics.store.programmes import CityRow, ProgrammeRow


@dataclass(frozen=True)
class Evidence:
    """An evidence file as it is handed out."""

    name: str
    mime: str
    content: bytes


def cohorts(principal: Principal) -> list[ProgrammeRow]:
    """Return the cohorts of which the principal may see anything, by key."""
    db = database()
    return [row for row in programmes.programmes(db) if _seen(db, principal, row.key)]


def cohort(principal: Principal, programme: str, as_of: date | None = None) -> CohortOnDay:
    """Return a cohort as it stood on a day, with those of its cities that the principal may see.

    Without a day it is today; an example, which nobody reports for, stays on its last entry.
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
    day = as_of or shown_on(db, held, cities, date.today())
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
    is_coach = may(principal, Action.ENTER_COHORT, programme)
    return CohortDesk(database(), programme, city, principal.username, is_coach)


def evidence_files(principal: Principal, programme: str, city: str) -> tuple[FileRow, ...]:
    """Return which evidence files a city has, without their bytes.

    Raises
    ------
    NotAllowedError
        If the principal may read neither the cohort nor the city.
    """
    _authorise(principal, Action.READ_COHORT, programme, city)
    return gate_files.files(database(), programme, city)


def evidence_file(principal: Principal, programme: str, city: str, file: int) -> Evidence:
    """Hand out an evidence file and write who got it to the audit; never cached.

    Raises
    ------
    NotAllowedError
        If the principal may read neither the cohort nor the city.
    StoreError
        See :func:`analytics.store.gate_files.content`.
    """
    _authorise(principal, Action.READ_COHORT, programme, city)
    row, content = gate_files.content(database(), load_settings().home, programme, city, file)
    record(principal, "evidence.read", programme, city=city, gate=row.gate, file=row.id)
    return Evidence(row.name, MIMES[row.kind], content)


def overdue(principal: Principal, found: CohortOnDay) -> tuple[Owed, ...]:
    """List what the cities of a cohort owe on its day, of those that the principal may see."""
    db, programme = database(), found.programme.key
    allowed = _seen(db, principal, programme)
    owners = {
        (city.key, gate.milestone.key): gate.owner
        for city in programmes.cities(db, programme)
        for gate in city.gates
    }
    promises = programme_notes.open_promises(db, programme, found.as_of)
    return owed(
        {city.key: city.milestones for city in found.cities if city.key in allowed},
        owners,
        [promise for promise in promises if promise.city in allowed],
        found.as_of,
    )


def cohort_challenges(principal: Principal, programme: str) -> list[ChallengeRow]:
    """Return the challenges of those cities of a cohort that the principal may see."""
    db = database()
    allowed = _seen(db, principal, programme)
    return [row for row in challenges.challenges(db, programme) if row.city in allowed]


def challenge_desk(principal: Principal, programme: str, city: str) -> ChallengeDesk:
    """Return what changes a city's challenges in the principal's name; ask for it in every run.

    Raises
    ------
    NotAllowedError
        If the principal may enter neither for the cohort nor for the city.
    """
    _authorise(principal, Action.ENTER_COHORT, programme, city)
    return ChallengeDesk(database(), programme, city, principal.username)


def may_enter(principal: Principal, programme: str, city: str) -> bool:
    """Tell whether the principal may enter a city's gates."""
    return any(may(principal, Action.ENTER_COHORT, scope) for scope in (programme, city))


def shown_on(db: Database, held: ProgrammeRow, cities: Sequence[CityRow], today: date) -> date:
    """Return the day a cohort is shown on: today, an example's last report or note."""
    if not held.synthetic:
        return today
    told = [day for city in cities for day in city.reports]
    noted = programme_notes.latest_day(db, held.key, today)
    return max([*told, *filter(None, [noted])], default=today)


def _seen(db: Database, principal: Principal, programme: str) -> set[str]:
    held = {city.key for city in programmes.cities(db, programme)}
    if may(principal, Action.READ_COHORT, programme):
        return held
    return {city for city in held if may(principal, Action.READ_COHORT, city)}


def _authorise(principal: Principal, action: Action, programme: str, city: str) -> None:
    if not may(principal, action, programme):
        authorise(principal, action, city)
