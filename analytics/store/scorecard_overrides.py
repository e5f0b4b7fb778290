"""Statuses that a person puts in place of the rule's: with a name, a reason and an expiry."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from analytics.errors import StoreError
from analytics.store import audit
from analytics.store.database import Database, serialise
from analytics.store.models import utc_now
from analytics.store.scorecard_models import ScorecardChange, ScorecardOverride
from analytics.store.scorecards import keep


@dataclass(frozen=True)
class Override:
    """A status put in place of the rule's, by whom, why and until when (the day inside)."""

    id: int
    indicator_id: str
    status: str
    reason: str
    until: date
    decided_at: datetime
    decided_by: str


def override(
    db: Database, city: str, indicator_id: str, status: str, *, reason: str, until: date, actor: str
) -> Override:
    """Put a status in place of the rule's until a day; an earlier one of the indicator ends.

    Raises
    ------
    StoreError
        ``scorecards.no_reason`` if the reason is empty, ``scorecards.expired`` if the day is past.
    """
    if not reason.strip():
        raise StoreError("scorecards.no_reason")
    if until < utc_now().date():
        raise StoreError("scorecards.expired", until=until)
    with db.begin() as session:
        serialise(session, f"scorecard:{city}")
        _end_overrides(session, city, indicator_id)
        row = ScorecardOverride(
            city=city,
            indicator_id=indicator_id,
            status=status,
            reason=reason.strip(),
            until=until,
            decided_at=utc_now(),
            decided_by=actor,
        )
        session.add(row)
        session.flush()
        _override_changed(session, row, "override", actor)
        return _override(row)


def withdraw_override(db: Database, city: str, indicator_id: str, *, actor: str) -> bool:
    """Give an indicator back to the rule; return whether an override was in force."""
    with db.begin() as session:
        serialise(session, f"scorecard:{city}")
        ended = _end_overrides(session, city, indicator_id)
        for row in ended:
            _override_changed(session, row, "withdraw", actor)
        return bool(ended)


def overrides(
    db: Database, city: str, on: date, *, known_at: datetime | None = None
) -> dict[str, Override]:
    """Return the overrides in force on a day, by indicator; as known at a moment if one is told."""
    query = select(ScorecardOverride).where(
        ScorecardOverride.city == city, ScorecardOverride.until >= on
    )
    standing = ScorecardOverride.withdrawn_at.is_(None)
    if known_at is None:
        query = query.where(standing)
    else:
        query = query.where(
            ScorecardOverride.decided_at <= known_at,
            or_(standing, ScorecardOverride.withdrawn_at > known_at),
        )
    with db.read() as session:
        return {row.indicator_id: _override(row) for row in session.scalars(query)}


def _override_changed(session: Session, row: ScorecardOverride, action: str, actor: str) -> None:
    change = ScorecardChange(
        city=row.city, subject="override", subject_id=row.indicator_id, action=action
    )
    keep(session, change, asdict(_override(row)), version=row.id, actor=actor)
    audit.record(
        session,
        actor=actor,
        action="scorecard.override" if action == "override" else "scorecard.withdraw",
        scope=row.city,
        indicator=row.indicator_id,
        override=row.id,
    )


def _end_overrides(session: Session, city: str, indicator_id: str) -> list[ScorecardOverride]:
    query = select(ScorecardOverride).filter_by(
        city=city, indicator_id=indicator_id, withdrawn_at=None
    )
    rows = list(session.scalars(query))
    for row in rows:
        row.withdrawn_at = utc_now()
    return rows


def _override(row: ScorecardOverride) -> Override:
    return Override(**{f.name: getattr(row, f.name) for f in fields(Override)})
