"""The tables of programmes: cohorts, cities in them, gates, coaching, ratings, challenges."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Double, ForeignKeyConstraint, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from analytics.store.models import Base, Serial, Versioned


class Programme(Base):
    """A cohort of a programme: its template, its own event dates, where its facts come from."""

    __tablename__ = "programmes"

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    template: Mapped[str] = mapped_column(String(100))
    events: Mapped[dict[str, Any]]
    synthetic: Mapped[bool]
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(100))


class Enrolment(Versioned, Base):
    """A city in a cohort; ``city`` is a key of the settings where the city is there too."""

    __tablename__ = "enrolments"
    __table_args__ = (ForeignKeyConstraint(["programme"], ["programmes.key"]),)
    shown = ("residents", "term_ends", "judged")

    programme: Mapped[str] = mapped_column(String(100), primary_key=True)
    city: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2))
    starts_on: Mapped[date] = mapped_column(Date)
    residents: Mapped[float | None] = mapped_column(Double)
    term_ends: Mapped[date | None] = mapped_column(Date)
    judged: Mapped[dict[str, Any]]
    enrolled_at: Mapped[datetime]


class GateEntry(Versioned, Base):
    """A gate of one city: its first promise, which never changes, and how it was closed."""

    __tablename__ = "gates"
    __table_args__ = (
        ForeignKeyConstraint(["programme", "city"], ["enrolments.programme", "enrolments.city"]),
    )
    shown = ("expected", "actual", "evidence", "owner")

    programme: Mapped[str] = mapped_column(String(100), primary_key=True)
    city: Mapped[str] = mapped_column(String(100), primary_key=True)
    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    baseline_first: Mapped[date] = mapped_column(Date)
    baseline_last: Mapped[date] = mapped_column(Date)
    expected: Mapped[str] = mapped_column(String(30))
    actual: Mapped[date | None] = mapped_column(Date)
    evidence: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(200))
    saved_at: Mapped[datetime]


class GateChange(Base):
    """Everything ever told of a gate, in order; what was undone is marked and kept."""

    __tablename__ = "gate_changes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["programme", "city", "gate"], ["gates.programme", "gates.city", "gates.key"]
        ),
        Index(None, "programme", "city", "gate"),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    programme: Mapped[str] = mapped_column(String(100))
    city: Mapped[str] = mapped_column(String(100))
    gate: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(16))
    reported_on: Mapped[date] = mapped_column(Date)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(100))


class CoachingSession(Versioned, Base):
    """A session held with a city: its kind, coach and minutes, who of the team came, the mayor."""

    __tablename__ = "coaching_sessions"
    __table_args__ = (
        ForeignKeyConstraint(["programme", "city"], ["enrolments.programme", "enrolments.city"]),
        Index(None, "programme", "city"),
    )

    shown = ("kind", "held_on", "minutes", "coach", "attended", "invited")

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    programme: Mapped[str] = mapped_column(String(100))
    city: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(100))
    held_on: Mapped[date] = mapped_column(Date)
    attended: Mapped[int] = mapped_column(Integer)
    invited: Mapped[int] = mapped_column(Integer)
    mayor_present: Mapped[bool]
    minutes: Mapped[int | None] = mapped_column(Integer)
    coach: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(100))


class RatingEntry(Versioned, Base):
    """One person's judgement of one component on one day."""

    __tablename__ = "ratings"
    __table_args__ = (
        ForeignKeyConstraint(["programme", "city"], ["enrolments.programme", "enrolments.city"]),
    )

    shown = ("component", "level", "evidence", "note")

    programme: Mapped[str] = mapped_column(String(100), primary_key=True)
    city: Mapped[str] = mapped_column(String(100), primary_key=True)
    component: Mapped[str] = mapped_column(String(100), primary_key=True)
    rated_on: Mapped[date] = mapped_column(Date, primary_key=True)
    rater: Mapped[str] = mapped_column(String(100), primary_key=True)
    level: Mapped[int] = mapped_column(Integer)
    evidence: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text)


class Commitment(Versioned, Base):
    """What somebody promised: text, owner, day, and the day it was kept."""

    __tablename__ = "commitments"
    __table_args__ = (
        ForeignKeyConstraint(["programme", "city"], ["enrolments.programme", "enrolments.city"]),
        Index(None, "programme", "city"),
    )
    shown = ("text", "owner", "due_on", "kept_on")

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    programme: Mapped[str] = mapped_column(String(100))
    city: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date] = mapped_column(Date)
    kept_on: Mapped[date | None] = mapped_column(Date)
    made_at: Mapped[datetime]


class Lesson(Versioned, Base):
    """What was learned, failures too."""

    __tablename__ = "lessons"
    __table_args__ = (
        ForeignKeyConstraint(["programme", "city"], ["enrolments.programme", "enrolments.city"]),
        Index(None, "programme", "city"),
    )

    shown = ("text", "worked", "learned_on")

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    programme: Mapped[str] = mapped_column(String(100))
    city: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    worked: Mapped[bool]
    learned_on: Mapped[date] = mapped_column(Date)
    by: Mapped[str] = mapped_column(String(100))


class Challenge(Versioned, Base):
    """A challenge put to the market: criteria with weights, and what was decided and why."""

    __tablename__ = "challenges"
    __table_args__ = (
        ForeignKeyConstraint(["programme", "city"], ["enrolments.programme", "enrolments.city"]),
        Index(None, "programme"),
    )
    shown = ("title", "finalists", "weights", "decision", "reason")

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    programme: Mapped[str] = mapped_column(String(100))
    city: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(300))
    weights: Mapped[dict[str, Any]]
    finalists: Mapped[int] = mapped_column(Integer)
    decision: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(Text)


class Proposal(Base):
    """An answer to a challenge."""

    __tablename__ = "proposals"
    __table_args__ = (ForeignKeyConstraint(["challenge"], ["challenges.key"]),)

    challenge: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)


class CriterionScore(Versioned, Base):
    """One evaluator's score of one proposal on one criterion, 1 to 5."""

    __tablename__ = "criterion_scores"
    __table_args__ = (
        ForeignKeyConstraint(["challenge", "proposal"], ["proposals.challenge", "proposals.name"]),
    )
    shown = ("criterion", "score")

    challenge: Mapped[str] = mapped_column(String(100), primary_key=True)
    proposal: Mapped[str] = mapped_column(String(200), primary_key=True)
    criterion: Mapped[str] = mapped_column(String(100), primary_key=True)
    evaluator: Mapped[str] = mapped_column(String(100), primary_key=True)
    score: Mapped[int] = mapped_column(Integer)
