"""Cohorts and the cities in them, with the gates as they are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from analytics.errors import ProgrammeError, StoreError
from analytics.programmes.periods import Period, parse_period
from analytics.programmes.readiness import Facts
from analytics.programmes.schedule import (
    Forecast,
    Milestone,
    instantiate,
)
from analytics.programmes.templates import Template, template
from analytics.store import audit
from analytics.store.database import Database, serialise
from analytics.store.models import utc_now
from analytics.store.programme_models import Enrolment, GateChange, GateEntry, Programme


@dataclass(frozen=True)
class ProgrammeRow:
    """A cohort as read; ``events`` are its own dates in place of the template's."""

    key: str
    name: str
    template: str
    events: Mapping[str, Period]
    synthetic: bool
    created_at: datetime


@dataclass(frozen=True)
class GateRow:
    """A gate as read: its milestone with every forecast; ``version`` goes back with a save."""

    milestone: Milestone
    evidence: str
    owner: str
    version: int


@dataclass(frozen=True)
class CityRow:
    """A city of a cohort with its gates; ``reports`` are the days it was heard of."""

    key: str
    name: str
    country: str
    starts_on: date
    facts: Facts
    reports: tuple[date, ...]
    gates: tuple[GateRow, ...]

    @property
    def milestones(self) -> tuple[Milestone, ...]:
        """The gates' milestones, in the template's order."""
        return tuple(gate.milestone for gate in self.gates)

    def gate(self, key: str) -> GateRow:
        """Return one gate.

        Raises
        ------
        ProgrammeError
            ``programme.unknown_gate``.
        """
        for row in self.gates:
            if row.milestone.key == key:
                return row
        known = ", ".join(row.milestone.key for row in self.gates)
        raise ProgrammeError("programme.unknown_gate", value=key, known=known)


@dataclass(frozen=True)
class NewCity:
    """What enrolling a city takes; ``key`` is the settings' key where it is a city there."""

    key: str
    name: str
    country: str
    starts_on: date
    residents: float | None = None
    term_ends: date | None = None
    judged: Mapping[str, bool] | None = None


def create_programme(
    db: Database,
    *,
    key: str,
    name: str,
    template_key: str,
    actor: str,
    events: Mapping[str, Period] | None = None,
    synthetic: bool = False,
) -> ProgrammeRow:
    """Add a cohort of a programme.

    Raises
    ------
    StoreError
        ``programme.exists`` if the key is taken, ``programme.key_form`` if it is no key.
    ProgrammeError
        ``template.unknown``.
    """
    template(template_key)
    if not (key.isidentifier() and key.isascii() and key == key.lower() and len(key) <= 100):
        raise StoreError("programme.key_form", value=key)
    with db.begin() as session:
        serialise(session, "programmes")
        if session.get(Programme, key) is not None:
            raise StoreError("programme.exists", value=key)
        row = Programme(
            key=key,
            name=name,
            template=template_key,
            events={name: str(period) for name, period in (events or {}).items()},
            synthetic=synthetic,
            created_at=utc_now(),
            created_by=actor,
        )
        session.add(row)
        audit.record(
            session, actor=actor, action="programme.create", scope=key, template=template_key
        )
        return _programme(row)


def programmes(db: Database) -> list[ProgrammeRow]:
    """Return every cohort, by key."""
    with db.read() as session:
        return [_programme(row) for row in session.scalars(select(Programme).order_by("key"))]


def programme(db: Database, key: str) -> ProgrammeRow:
    """Return one cohort.

    Raises
    ------
    StoreError
        ``programme.unknown``.
    """
    with db.read() as session:
        return _programme(_known(session, key))


def enrol(db: Database, programme_key: str, cities: Sequence[NewCity], *, actor: str) -> None:
    """Enrol cities with the promises that the template makes them; all of them or none.

    Raises
    ------
    StoreError
        ``programme.unknown``; ``programme.city_enrolled`` if a city is in the cohort already.
    """
    with db.begin() as session:
        serialise(session, f"programme:{programme_key}")
        held = _programme(_known(session, programme_key))
        for city in cities:
            if session.get(Enrolment, (programme_key, city.key)) is not None:
                raise StoreError("programme.city_enrolled", value=city.name)
            _enrol(session, held, city)
        audit.record(
            session, actor=actor, action="programme.enrol", scope=programme_key, n=len(cities)
        )


def cities(db: Database, programme_key: str, *, known_at: datetime | None = None) -> list[CityRow]:
    """Return a cohort's cities with their gates, by name.

    Parameters
    ----------
    db : Database
    programme_key : str
    known_at : datetime, optional
        An aware moment: what was saved or taken back after it is not seen.

    Raises
    ------
    StoreError
        ``programme.unknown``.
    """
    return _cities(db, known_at, programme=programme_key)


def changes_since(db: Database, programme_key: str, moment: datetime) -> int:
    """Count what was saved or taken back, and the cities enrolled, after a moment."""
    later = or_(GateChange.at > moment, GateChange.undone_at > moment)
    changes = select(func.count()).where(GateChange.programme == programme_key, later)
    enrolled = select(func.count()).where(
        Enrolment.programme == programme_key, Enrolment.enrolled_at > moment
    )
    with db.read() as session:
        return (session.scalar(changes) or 0) + (session.scalar(enrolled) or 0)


def city(db: Database, programme_key: str, city_key: str) -> CityRow:
    """Return one city of a cohort.

    Raises
    ------
    StoreError
        ``programme.unknown`` or ``programme.unknown_city``.
    """
    found = _cities(db, None, programme=programme_key, city=city_key)
    if not found:
        raise StoreError("programme.unknown_city", value=city_key)
    return found[0]


def _cities(db: Database, known_at: datetime | None, **where: str) -> list[CityRow]:
    enrolled = select(Enrolment).filter_by(**where).order_by(Enrolment.name)
    told = select(GateChange).filter_by(**where)
    if known_at is None:
        told = told.where(GateChange.undone_at.is_(None))
    else:
        enrolled = enrolled.where(Enrolment.enrolled_at <= known_at)
        standing = or_(GateChange.undone_at.is_(None), GateChange.undone_at > known_at)
        told = told.where(GateChange.at <= known_at, standing)
    told = told.order_by(GateChange.reported_on, GateChange.id)
    with db.read() as session:
        held = _programme(_known(session, where["programme"]))
        rows = session.scalars(enrolled).all()
        gates = session.scalars(
            select(GateEntry).filter_by(**where).order_by(GateEntry.position)
        ).all()
        changes = session.scalars(told).all()
        return [_city(held, row, gates, changes) for row in rows]


def _known(session: Session, key: str) -> Programme:
    row = session.get(Programme, key)
    if row is None:
        raise StoreError("programme.unknown", value=key)
    return row


def _enrol(session: Session, held: ProgrammeRow, new: NewCity) -> None:
    session.add(
        Enrolment(
            programme=held.key, city=new.key, name=new.name, country=new.country,
            starts_on=new.starts_on, residents=new.residents, term_ends=new.term_ends,
            judged=dict(new.judged or {}), enrolled_at=utc_now(),
        )
    )  # fmt: skip
    session.flush()
    promised = instantiate(template(held.template), new.starts_on, held.events)
    for position, gate in enumerate(promised):
        session.add(
            GateEntry(
                programme=held.key, city=new.key, key=gate.key, position=position,
                baseline_first=gate.baseline.first, baseline_last=gate.baseline.last,
                expected=str(gate.baseline), actual=None, evidence="", owner="",
                saved_at=utc_now(),
            )
        )  # fmt: skip


def _programme(row: Programme) -> ProgrammeRow:
    events = {name: parse_period(text) for name, text in row.events.items()}
    return ProgrammeRow(row.key, row.name, row.template, events, row.synthetic, row.created_at)


def _city(
    held: ProgrammeRow,
    row: Enrolment,
    gates: Sequence[GateEntry],
    changes: Sequence[GateChange],
) -> CityRow:
    made, events = template(held.template), _events(template(held.template), held)
    mine = [change for change in changes if change.city == row.city]
    return CityRow(
        key=row.city,
        name=row.name,
        country=row.country,
        starts_on=row.starts_on,
        facts=Facts(row.residents, row.term_ends, dict(row.judged)),
        reports=tuple(sorted({change.reported_on for change in mine})),
        gates=tuple(
            _gate(made, events, entry, [c for c in mine if c.gate == entry.key])
            for entry in gates
            if entry.city == row.city
        ),
    )


def _events(made: Template, held: ProgrammeRow) -> dict[str, Period]:
    return {event.key: event.period for event in made.events} | dict(held.events)


def _gate(
    made: Template, events: Mapping[str, Period], entry: GateEntry, changes: Sequence[GateChange]
) -> GateRow:
    said = made.gate(entry.key)
    told = [c for c in changes if "expected" in c.after]
    closed = [date.fromisoformat(c.after["actual"]) for c in changes if "actual" in c.after]
    milestone = Milestone(
        key=entry.key,
        kind=said.kind,
        weight=said.weight,
        baseline=Period(entry.baseline_first, entry.baseline_last),
        after=said.after,
        forecasts=tuple(Forecast(c.reported_on, parse_period(c.after["expected"])) for c in told),
        actual=closed[-1] if closed else None,
        limit=events[said.before_event] if said.before_event else None,
    )
    return GateRow(milestone, entry.evidence, entry.owner, entry.version)
