"""The tables of the scorecards: what a city measures, its values, every change, overrides."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Double, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from analytics.store.models import Base, Serial, Versioned


class ScorecardIndicator(Versioned, Base):
    """How a city measures an indicator: owner, baseline, planned and adjusted target.

    ``own`` holds the sheet of an indicator that the city added, empty for the catalogue's;
    ``evaluation`` the answers to the four questions and days as ISO text.
    """

    __tablename__ = "scorecard_indicators"
    shown = ("owner", "base_value", "target_planned", "target_adjusted", "active")

    city: Mapped[str] = mapped_column(String(100), primary_key=True)
    indicator_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    active: Mapped[bool]
    owner: Mapped[str] = mapped_column(String(200))
    base_value: Mapped[float | None] = mapped_column(Double)
    base_on: Mapped[date | None]
    target_planned: Mapped[float | None] = mapped_column(Double)
    target_adjusted: Mapped[float | None] = mapped_column(Double)
    target_on: Mapped[date | None]
    direction: Mapped[int] = mapped_column(Integer)
    maintain: Mapped[bool]
    method: Mapped[str] = mapped_column(String(16))
    formula: Mapped[str] = mapped_column(Text)
    variables: Mapped[dict[str, Any]]
    sdg_targets: Mapped[list[str]]
    frameworks: Mapped[list[str]]
    minutes: Mapped[int | None] = mapped_column(Integer)
    own: Mapped[dict[str, Any]]
    evaluation: Mapped[dict[str, Any]]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(String(100))


class ScorecardObservation(Versioned, Base):
    """A value of an indicator in a period; a draft until a second person validates it.

    ``formula`` and ``variables`` hold what a number was computed from, empty where it was entered.
    """

    __tablename__ = "scorecard_observations"
    __table_args__ = (UniqueConstraint("city", "indicator_id", "period_to"),)
    shown = ("value", "low", "medium", "high", "yes", "text", "state")

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    city: Mapped[str] = mapped_column(String(100))
    indicator_id: Mapped[str] = mapped_column(String(64))
    period_from: Mapped[date]
    period_to: Mapped[date]
    value: Mapped[float | None] = mapped_column(Double)
    low: Mapped[int | None] = mapped_column(Integer)
    medium: Mapped[int | None] = mapped_column(Integer)
    high: Mapped[int | None] = mapped_column(Integer)
    yes: Mapped[bool | None]
    happened_on: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text)
    judgement: Mapped[str] = mapped_column(Text)
    sample_size: Mapped[int | None] = mapped_column(Integer)
    method: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    formula: Mapped[str] = mapped_column(Text)
    variables: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16))
    entered_by: Mapped[str] = mapped_column(String(100))
    entered_at: Mapped[datetime]
    validated_by: Mapped[str | None] = mapped_column(String(100))
    validated_at: Mapped[datetime | None]


class ScorecardChange(Base):
    """One change of an indicator's plan, an observation or an override, with all its values."""

    __tablename__ = "scorecard_changes"
    __table_args__ = (Index(None, "city", "subject", "subject_id"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    city: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[str] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(String(32))
    content: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))


class ScorecardOverride(Base):
    """A status that a person puts in place of the rule's, with a reason, until a day."""

    __tablename__ = "scorecard_overrides"

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    city: Mapped[str] = mapped_column(String(100), index=True)
    indicator_id: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[date]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(String(100))
    withdrawn_at: Mapped[datetime | None]
