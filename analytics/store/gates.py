"""What is told of a city's gates: every forecast is kept, a stale save is refused, undo."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from analytics.errors import ProgrammeError, StoreError
from analytics.programmes.periods import Period
from analytics.programmes.schedule import check_actual, check_forecast
from analytics.programmes.templates import template
from analytics.store import audit, gate_files
from analytics.store.database import Database, serialise
from analytics.store.evidence import Kept
from analytics.store.models import utc_now
from analytics.store.programme_models import GateChange, GateEntry
from analytics.store.programmes import city, programme

NOTE_LENGTH = 2000
OWNER_LENGTH = 200
ACTIONS = {"forecast": "gate.forecast", "confirm": "gate.confirm", "close": "gate.close"}


@dataclass(frozen=True)
class Place:
    """Which gate of which city of which cohort."""

    programme: str
    city: str
    gate: str


def reforecast(
    db: Database,
    place: Place,
    period: Period,
    *,
    version: int,
    reported_on: date,
    actor: str,
    owner: str | None = None,
) -> None:
    """Tell when a gate is expected now; the same date again confirms it.

    ``owner`` is who answers for it; None leaves it as it is.

    Raises
    ------
    ProgrammeError
        Whatever :func:`analytics.programmes.schedule.check_forecast` refuses.
    StoreError
        ``store.stale_save`` if somebody saved meanwhile; ``programme.unknown_city``.
    """
    held = city(db, place.programme, place.city)
    gate = held.gate(place.gate).milestone
    check_forecast(gate, held.milestones, period, starts_on=held.starts_on)
    kind = "confirm" if period == gate.expected else "forecast"
    after = {"expected": str(period)} | _owned(owner)
    with db.begin() as session:
        serialise(session, f"programme:{place.programme}")
        _save(session, place, after, kind=kind, version=version, on=reported_on, actor=actor)


def confirm_all(
    db: Database,
    programme_key: str,
    city_key: str,
    versions: Mapping[str, int],
    *,
    reported_on: date,
    actor: str,
) -> None:
    """Confirm the forecasts of several open gates as they stand, all of them or none.

    Parameters
    ----------
    db : Database
    programme_key, city_key : str
    versions : Mapping
        Gate → the version that was on screen.
    reported_on : date
    actor : str

    Raises
    ------
    ProgrammeError, StoreError
        As :func:`reforecast`.
    """
    held = city(db, programme_key, city_key)
    for key in versions:
        gate = held.gate(key).milestone
        check_forecast(gate, held.milestones, gate.expected, starts_on=held.starts_on)
    with db.begin() as session:
        serialise(session, f"programme:{programme_key}")
        for key, version in versions.items():
            after = {"expected": str(held.gate(key).milestone.expected)}
            place = Place(programme_key, city_key, key)
            _save(session, place, after, kind="confirm", version=version, on=reported_on,
                  actor=actor)  # fmt: skip


def close(
    db: Database,
    place: Place,
    actual: date,
    *,
    evidence: str,
    version: int,
    reported_on: date,
    actor: str,
    file: Kept | None = None,
) -> None:
    """Close a gate on the day it was passed, with the evidence its template asks for.

    A ``file`` is put on record together with the closing, and counts as any evidence.

    Raises
    ------
    ProgrammeError
        Whatever :func:`analytics.programmes.schedule.check_actual` refuses;
        ``programme.already_done``; ``programme.evidence_needed``.
    StoreError
        ``store.stale_save``; ``programme.unknown_city``.
    """
    held = city(db, place.programme, place.city)
    gate = held.gate(place.gate).milestone
    if gate.actual is not None:
        raise ProgrammeError("programme.already_done", gate=gate.key, day=gate.actual)
    check_actual(gate, held.milestones, actual, starts_on=held.starts_on, today=reported_on)
    wanted = template(programme(db, place.programme).template).gate(place.gate).evidence
    evidence = evidence.strip()[:NOTE_LENGTH]
    after = {"actual": actual.isoformat(), "evidence": evidence}
    with db.begin() as session:
        serialise(session, f"programme:{place.programme}")
        change = _save(
            session, place, after, kind="close", version=version, on=reported_on, actor=actor
        )
        if file is not None:
            gate_files.put_on_record(
                session, place.programme, place.gate, file, actor=actor, change=change
            )
        row = session.get_one(GateEntry, (place.programme, place.city, place.gate))
        if not gate_files.is_enough(session, row, wanted, evidence):
            raise ProgrammeError("programme.evidence_needed", gate=gate.key)


def undo(db: Database, place: Place, *, actor: str) -> str:
    """Take back the last change of a gate and return what kind it was; the record keeps both.

    Raises
    ------
    StoreError
        ``programme.nothing_to_undo``.
    """
    with db.begin() as session:
        serialise(session, f"programme:{place.programme}")
        last = session.scalars(
            select(GateChange)
            .filter_by(**_where(place), undone_at=None)
            .order_by(GateChange.id.desc())
            .limit(1)
        ).one_or_none()
        if last is None:
            raise StoreError("programme.nothing_to_undo", value=place.gate)
        _apply(session.get_one(GateEntry, (place.programme, place.city, place.gate)), last.before)
        last.undone_at, last.undone_by = utc_now(), actor
        gate_files.drop_with(session, last.id, actor=actor)
        _record(session, place, "gate.undo", actor)
        return last.kind


def _save(
    session: Session,
    place: Place,
    after: Mapping[str, str],
    *,
    kind: str,
    version: int,
    on: date,
    actor: str,
) -> int:
    """Apply a change to a gate, keep it in the history and return its id there."""
    row = session.get_one(GateEntry, (place.programme, place.city, place.gate))
    # The version that was on screen, not the one just read, must still be stored.
    set_committed_value(row, "version", version)
    before = {name: _text(getattr(row, name)) for name in after}
    _apply(row, after)
    row.saved_at = utc_now()
    change = GateChange(
        programme=place.programme, city=place.city, gate=place.gate, kind=kind,
        reported_on=on, before=before, after=dict(after), at=utc_now(), by=actor,
    )  # fmt: skip
    session.add(change)
    session.flush()
    _record(session, place, ACTIONS[kind], actor)
    return change.id


def _owned(owner: str | None) -> dict[str, str]:
    return {} if owner is None else {"owner": owner.strip()[:OWNER_LENGTH]}


def _record(session: Session, place: Place, action: str, actor: str) -> None:
    audit.record(
        session, actor=actor, action=action, scope=place.programme, city=place.city,
        gate=place.gate,
    )  # fmt: skip


def _apply(row: GateEntry, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        read = (date.fromisoformat(value) if value else None) if name == "actual" else value
        setattr(row, name, read)


def _text(value: date | str | None) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""


def _where(place: Place) -> dict[str, str]:
    return {"programme": place.programme, "city": place.city, "gate": place.gate}
