"""What a city measures and its values: saved with versions, validated by a second person.

Nothing is overwritten without trace: every change is kept with all its values and can be restored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from analytics.errors import StoreError
from analytics.store import audit
from analytics.store.database import Database, serialise
from analytics.store.models import utc_now
from analytics.store.scorecard_models import (
    ScorecardChange,
    ScorecardIndicator,
    ScorecardObservation,
)
from analytics.store.scorecard_values import DRAFT, VALIDATED, Change, Plan, Reading

_ENTERED = tuple(
    f.name
    for f in fields(Reading)
    if f.name
    not in ("state", "entered_by", "entered_at", "validated_by", "validated_at", "id", "version")
)
_PLANNED = tuple(f.name for f in fields(Plan) if f.name != "version")


def save_plan(db: Database, city: str, plan: Plan, *, actor: str) -> Plan:
    """Keep how a city measures an indicator.

    Raises
    ------
    StoreError
        ``store.stale_save`` if it was saved meanwhile.
    """
    return save_all(db, city, [plan], [], actor=actor)[0][0]


def save_all(
    db: Database, city: str, plans: Iterable[Plan], readings: Iterable[Reading], *, actor: str
) -> tuple[list[Plan], list[Reading]]:
    """Keep plans, and values as drafts, all or none.

    Raises
    ------
    StoreError
        As :func:`save_plan` and :func:`enter`.
    """
    with db.begin() as session:
        serialise(session, f"scorecard:{city}")
        saved = [_save_plan(session, city, plan, actor) for plan in plans]
        return saved, [_enter(session, city, reading, "enter", actor) for reading in readings]


def plans(db: Database, city: str) -> dict[str, Plan]:
    """Return how ``city`` measures its indicators, by id; inactive ones included."""
    query = select(ScorecardIndicator).where(ScorecardIndicator.city == city)
    with db.read() as session:
        rows = session.scalars(query.order_by(ScorecardIndicator.indicator_id))
        return {row.indicator_id: _plan(row) for row in rows}


def enter(db: Database, city: str, readings: Iterable[Reading], *, actor: str) -> list[Reading]:
    """Keep values as drafts, all or none; a value with an ``id`` replaces that one.

    Raises
    ------
    StoreError
        ``store.stale_save`` if it was saved meanwhile, ``scorecards.unknown`` if there is none of
        that id, ``scorecards.taken`` if the period has a value already, ``scorecards.overlap`` if
        the period cuts across another of the indicator.
    """
    return save_all(db, city, [], readings, actor=actor)[1]


def validate(
    db: Database, city: str, ids: Sequence[tuple[int, int]], *, actor: str
) -> list[Reading]:
    """Validate drafts, given as (id, version seen); never one's own.

    Raises
    ------
    StoreError
        ``scorecards.own_value``, ``scorecards.not_draft``, ``scorecards.unknown`` or
        ``store.stale_save``.
    """
    done = []
    with db.begin() as session:
        serialise(session, f"scorecard:{city}")
        for identity, version in ids:
            row = _row(session, city, identity)
            if row.entered_by == actor:
                raise StoreError("scorecards.own_value", indicator=row.indicator_id)
            if row.state != DRAFT:
                raise StoreError("scorecards.not_draft", indicator=row.indicator_id)
            set_committed_value(row, "version", version)
            row.state, row.validated_by, row.validated_at = VALIDATED, actor, utc_now()
            done.append(_kept(session, row, "validate", actor))
    return done


def restore(
    db: Database, city: str, identity: int, to_version: int, *, version: int, actor: str
) -> Reading:
    """Bring back the values that a version had, as a new draft in the actor's name.

    Raises
    ------
    StoreError
        ``scorecards.no_version`` if there was none, and as :func:`enter`.
    """
    with db.begin() as session:
        serialise(session, f"scorecard:{city}")
        row = _row(session, city, identity)
        query = select(ScorecardChange).filter_by(
            city=city, subject="observation", subject_id=str(identity), version=to_version
        )
        found = session.scalars(query).one_or_none()
        if found is None:
            raise StoreError("scorecards.no_version", version=to_version)
        past = replace(_reading(row), **_from_json(found.content), version=version)
        return _enter(session, city, past, "restore", actor)


def readings(db: Database, city: str, indicator_id: str | None = None) -> list[Reading]:
    """Return a city's values, or those of one indicator, by indicator and period."""
    query = select(ScorecardObservation).where(ScorecardObservation.city == city)
    if indicator_id is not None:
        query = query.where(ScorecardObservation.indicator_id == indicator_id)
    order = (ScorecardObservation.indicator_id, ScorecardObservation.period_to)
    with db.read() as session:
        return [_reading(row) for row in session.scalars(query.order_by(*order))]


def history(db: Database, city: str, subject: str, subject_id: str) -> list[Change]:
    """Return every change of an ``indicator``, ``observation`` or ``override``, oldest first."""
    query = select(ScorecardChange).filter_by(city=city, subject=subject, subject_id=subject_id)
    with db.read() as session:
        rows = session.scalars(query.order_by(ScorecardChange.id))
        return [Change(r.version, r.action, r.content, r.at, r.by) for r in rows]


def stamp(db: Database, city: str) -> int:
    """Return a number that grows with every change of a city's scorecard."""
    query = select(func.max(ScorecardChange.id)).where(ScorecardChange.city == city)
    with db.read() as session:
        return session.scalar(query) or 0


def _save_plan(session: Session, city: str, plan: Plan, actor: str) -> Plan:
    row = session.get(ScorecardIndicator, (city, plan.indicator_id))
    if row is None:
        row = ScorecardIndicator(city=city, indicator_id=plan.indicator_id)
        session.add(row)
    else:
        set_committed_value(row, "version", plan.version or 0)
    for name in _PLANNED:
        value = getattr(plan, name)
        setattr(row, name, list(value) if isinstance(value, tuple) else value)
    row.saved_at, row.saved_by = utc_now(), actor
    session.flush()
    saved = _plan(row)
    change = ScorecardChange(
        city=city, subject="indicator", subject_id=plan.indicator_id, action="save"
    )
    keep(session, change, asdict(saved), version=row.version, actor=actor)
    audit.record(
        session,
        actor=actor,
        action="scorecard.plan",
        scope=city,
        indicator=plan.indicator_id,
        version=row.version,
    )
    return saved


def _enter(session: Session, city: str, reading: Reading, action: str, actor: str) -> Reading:
    _check_period(session, city, reading)
    if reading.id is None:
        row = ScorecardObservation(city=city)
        session.add(row)
    else:
        row = _row(session, city, reading.id)
        set_committed_value(row, "version", reading.version or 0)
    for name in _ENTERED:
        setattr(row, name, getattr(reading, name))
    row.state, row.entered_by, row.entered_at = DRAFT, actor, utc_now()
    row.validated_by = row.validated_at = None
    return _kept(session, row, action, actor)


def _check_period(session: Session, city: str, reading: Reading) -> None:
    query = select(ScorecardObservation).where(
        ScorecardObservation.city == city,
        ScorecardObservation.indicator_id == reading.indicator_id,
        ScorecardObservation.period_from <= reading.period_to,
        ScorecardObservation.period_to >= reading.period_from,
        ScorecardObservation.id != (reading.id or 0),
    )
    with session.no_autoflush:
        other = session.scalars(query.limit(1)).first()
    if other is None:
        return
    same = (other.period_from, other.period_to) == (reading.period_from, reading.period_to)
    raise StoreError(
        "scorecards.taken" if same else "scorecards.overlap",
        indicator=reading.indicator_id,
        first=other.period_from,
        last=other.period_to,
    )


def _row(session: Session, city: str, identity: int) -> ScorecardObservation:
    row = session.get(ScorecardObservation, identity)
    if row is None or row.city != city:
        raise StoreError("scorecards.unknown", id=str(identity))
    return row


def _kept(session: Session, row: ScorecardObservation, action: str, actor: str) -> Reading:
    session.flush()
    saved = _reading(row)
    change = ScorecardChange(
        city=row.city, subject="observation", subject_id=str(row.id), action=action
    )
    keep(session, change, asdict(saved), version=row.version, actor=actor)
    done = {
        "enter": "scorecard.enter",
        "validate": "scorecard.validate",
        "restore": "scorecard.restore",
    }
    audit.record(
        session,
        actor=actor,
        action=done[action],
        scope=row.city,
        indicator=row.indicator_id,
        observation=row.id,
        version=row.version,
    )
    return saved


def keep(
    session: Session, change: ScorecardChange, content: dict[str, Any], *, version: int, actor: str
) -> None:
    """Add a change with all values after it to the transaction of ``session``."""
    change.content = {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in content.items()
    }
    change.version, change.at, change.by = version, utc_now(), actor
    session.add(change)
    session.flush()


def _from_json(content: dict[str, Any]) -> dict[str, Any]:
    """Read back what a person entered; days are ISO text in a change."""
    days = ("period_from", "period_to", "happened_on")
    # Changes from before formulas were computed tell none.
    content = {"formula": "", "variables": {}} | content
    return {
        name: date.fromisoformat(content[name]) if name in days and content[name] else content[name]
        for name in _ENTERED
    }


def _plan(row: ScorecardIndicator) -> Plan:
    values = {f.name: getattr(row, f.name) for f in fields(Plan)}
    lists = {name: tuple(values[name]) for name in ("sdg_targets", "frameworks")}
    return Plan(**values | lists)


def _reading(row: ScorecardObservation) -> Reading:
    return Reading(**{f.name: getattr(row, f.name) for f in fields(Reading)})
