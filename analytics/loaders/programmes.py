"""Loaders of the cohorts page: a programme's coach sees its cities, a city sees its own row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from analytics.access import Action, Principal, authorise, may
from analytics.errors import NotAllowedError
from analytics.loaders.places import database, record
from analytics.programmes.cohort import CohortOnDay, cohort_on_day
from analytics.programmes.evidence import MIMES
from analytics.programmes.periods import Period
from analytics.programmes.templates import template
from analytics.settings import load_settings
from analytics.store import challenges, evidence, gate_files, gates, programme_notes, programmes
from analytics.store.challenges import ChallengeRow
from analytics.store.database import Database
from analytics.store.gate_files import FileRow
from analytics.store.gates import Place
from analytics.store.programme_notes import Notes
from analytics.store.programmes import CityRow, ProgrammeRow


@dataclass(frozen=True)
class Upload:
    """A file as its sender calls it, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Evidence:
    """An evidence file as it is handed out."""

    name: str
    mime: str
    content: bytes


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

    def reforecast(
        self, gate: str, period: Period, *, version: int, today: date, owner: str | None = None
    ) -> None:
        """Tell when a gate is expected; see :func:`analytics.store.gates.reforecast`."""
        gates.reforecast(
            self.db, self._place(gate), period, version=version, reported_on=today,
            actor=self.username, owner=owner,
        )  # fmt: skip

    def confirm_all(self, versions: Mapping[str, int], *, today: date) -> None:
        """Confirm several forecasts at once; see :func:`analytics.store.gates.confirm_all`."""
        gates.confirm_all(
            self.db, self.programme, self.city, versions, reported_on=today, actor=self.username
        )

    def close(
        self,
        gate: str,
        actual: date,
        *,
        evidence: str,
        version: int,
        today: date,
        upload: Upload | None = None,
    ) -> None:
        """Close a gate with a text or a file; see :func:`analytics.store.gates.close`."""
        gates.close(
            self.db, self._place(gate), actual, evidence=evidence, version=version,
            reported_on=today, actor=self.username,
            file=None if upload is None else self._kept(upload),
        )  # fmt: skip

    def attach(self, gate: str, upload: Upload) -> None:
        """Add an evidence file to a gate; see :func:`analytics.store.gate_files.attach`."""
        kept = self._kept(upload)
        gate_files.attach(self.db, self.programme, gate, kept, actor=self.username)

    def take_out(self, file: int, *, version: int) -> None:
        """Take an evidence file out; see :func:`analytics.store.gate_files.take_out`."""
        gate_files.take_out(
            self.db, self.programme, self.city, file, version=version, actor=self.username
        )

    def put_back(self, file: int, *, version: int) -> None:
        """Put an evidence file back; see :func:`analytics.store.gate_files.put_back`."""
        gate_files.put_back(
            self.db, self.programme, self.city, file, version=version, actor=self.username
        )

    def undo(self, gate: str) -> None:
        """Take back the last change of a gate."""
        gates.undo(self.db, self._place(gate), actor=self.username)

    def _place(self, gate: str) -> Place:
        return Place(self.programme, self.city, gate)

    def _kept(self, upload: Upload) -> evidence.Kept:
        home: Path = load_settings().home
        return evidence.keep(home, self.city, upload.name, upload.content)


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
    day = as_of or _shown_on(held, cities)
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


def cohort_challenges(principal: Principal, programme: str) -> list[ChallengeRow]:
    """Return the challenges of those cities of a cohort that the principal may see."""
    db = database()
    allowed = _seen(db, principal, programme)
    return [row for row in challenges.challenges(db, programme) if row.city in allowed]


def may_enter(principal: Principal, programme: str, city: str) -> bool:
    """Tell whether the principal may enter a city's gates."""
    return any(may(principal, Action.ENTER_COHORT, scope) for scope in (programme, city))


def _shown_on(held: ProgrammeRow, cities: Sequence[CityRow]) -> date:
    last = max((day for city in cities for day in city.reports), default=None)
    return last if held.synthetic and last else date.today()


def _seen(db: Database, principal: Principal, programme: str) -> set[str]:
    held = {city.key for city in programmes.cities(db, programme)}
    if may(principal, Action.READ_COHORT, programme):
        return held
    return {city for city in held if may(principal, Action.READ_COHORT, city)}


def _authorise(principal: Principal, action: Action, programme: str, city: str) -> None:
    if not may(principal, action, programme):
        authorise(principal, action, city)
