"""A city's scorecard as it was known at a moment, read from the changes that are all kept."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from analytics.store.database import Database
from analytics.store.scorecard_models import ScorecardChange
from analytics.store.scorecard_values import Plan, Reading

DAYS = ("base_on", "target_on", "period_from", "period_to", "happened_on")
MOMENTS = ("entered_at", "validated_at")
LISTS = ("sdg_targets", "frameworks")


@dataclass(frozen=True)
class Past:
    """Plans by indicator and readings by indicator and period, as they stood."""

    plans: dict[str, Plan]
    readings: list[Reading]


def known_at(db: Database, city: str, moment: datetime) -> Past:
    """Return the plans and readings of a city as they had been saved by an aware moment."""
    plans = {plan["indicator_id"]: Plan(**plan) for plan in _last(db, city, "indicator", moment)}
    readings = [Reading(**row) for row in _last(db, city, "observation", moment)]
    readings.sort(key=lambda row: (row.indicator_id, row.period_to))
    return Past(dict(sorted(plans.items())), readings)


def changes_since(db: Database, city: str, moment: datetime) -> int:
    """Count what was changed of a city's scorecard after an aware moment."""
    query = select(func.count()).where(ScorecardChange.city == city, ScorecardChange.at > moment)
    with db.read() as session:
        return session.scalar(query) or 0


def _last(db: Database, city: str, subject: str, moment: datetime) -> Iterator[dict[str, Any]]:
    """Yield the values of every record after its last change."""
    told = select(func.max(ScorecardChange.id)).where(
        ScorecardChange.city == city,
        ScorecardChange.subject == subject,
        ScorecardChange.at <= moment,
    )
    last = told.group_by(ScorecardChange.subject_id)
    with db.read() as session:
        query = select(ScorecardChange.content).where(ScorecardChange.id.in_(last))
        contents = session.scalars(query).all()
    names = {field.name for field in fields(Plan if subject == "indicator" else Reading)}
    for content in contents:
        yield {name: _value(name, value) for name, value in content.items() if name in names}


def _value(name: str, value: Any) -> Any:
    if name in LISTS:
        return tuple(value)
    if value is None or name not in (*DAYS, *MOMENTS):
        return value
    return datetime.fromisoformat(value) if name in MOMENTS else date.fromisoformat(value)
