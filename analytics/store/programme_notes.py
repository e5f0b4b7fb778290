"""What is noted of a city besides its gates: sessions, ratings, commitments, lessons."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from analytics.errors import ProgrammeError, StoreError
from analytics.programmes.readiness import Rating, check_rating
from analytics.programmes.templates import template
from analytics.store import audit
from analytics.store.database import Database, serialise
from analytics.store.models import utc_now
from analytics.store.programme_models import (
    CoachingSession,
    Commitment,
    Enrolment,
    Lesson,
    Programme,
    RatingEntry,
)

TEXT_LENGTH = 2000
R = TypeVar("R")


@dataclass(frozen=True)
class SessionRow:
    """A coaching session held: how many of those invited came, and whether the mayor did."""

    kind: str
    held_on: date
    attended: int
    invited: int
    mayor_present: bool


@dataclass(frozen=True)
class CommitmentRow:
    """A commitment as read; ``version`` goes back when it is kept."""

    id: int
    text: str
    owner: str
    due_on: date
    kept_on: date | None
    version: int


@dataclass(frozen=True)
class LessonRow:
    """Something learned; ``worked`` is False for a failure."""

    text: str
    worked: bool
    learned_on: date


@dataclass(frozen=True)
class Notes:
    """Everything noted of a city, by day."""

    sessions: tuple[SessionRow, ...]
    ratings: tuple[Rating, ...]
    commitments: tuple[CommitmentRow, ...]
    lessons: tuple[LessonRow, ...]


def notes(db: Database, programme: str, city: str) -> Notes:
    """Return what is noted of a city of a cohort."""
    with db.read() as session:
        return Notes(
            sessions=_rows(session, CoachingSession, SessionRow, programme, city, "held_on"),
            ratings=_rows(session, RatingEntry, Rating, programme, city, "rated_on"),
            commitments=_rows(session, Commitment, CommitmentRow, programme, city, "due_on"),
            lessons=_rows(session, Lesson, LessonRow, programme, city, "learned_on"),
        )


def hold_session(db: Database, programme: str, city: str, row: SessionRow, *, actor: str) -> None:
    """Note a session that was held.

    Raises
    ------
    ProgrammeError
        ``programme.unknown_dose`` if the template has no such kind, ``programme.attendance`` if
        more came than were invited.
    StoreError
        ``programme.unknown_city``.
    """
    if not 0 <= row.attended <= row.invited:
        raise ProgrammeError("programme.attendance", n=row.attended, invited=row.invited)
    with db.begin() as session:
        known = [dose.key for dose in template(_template(session, programme, city)).dose]
        if row.kind not in known:
            raise ProgrammeError("programme.unknown_dose", value=row.kind, known=", ".join(known))
        session.add(CoachingSession(programme=programme, city=city, by=actor, **vars(row)))
        audit.record(session, actor=actor, action="session.hold", scope=programme, city=city)


def rate(db: Database, programme: str, city: str, ratings: Sequence[Rating], *, actor: str) -> None:
    """Keep judgements of components; a rater's second one on the same day replaces the first.

    Raises
    ------
    ProgrammeError
        Whatever :func:`analytics.programmes.readiness.check_rating` refuses.
    StoreError
        ``programme.unknown_city``.
    """
    with db.begin() as session:
        serialise(session, f"programme:{programme}")
        made = template(_template(session, programme, city))
        for rating in ratings:
            check_rating(made, rating)
            session.merge(RatingEntry(programme=programme, city=city, **vars(rating)))
        audit.record(
            session, actor=actor, action="rating.enter", scope=programme, city=city, n=len(ratings)
        )


def commit(
    db: Database, programme: str, city: str, text: str, *, owner: str, due_on: date, actor: str
) -> None:
    """Note a commitment with its owner and its day.

    Raises
    ------
    StoreError
        ``programme.unknown_city``; ``programme.empty_text`` without a text or an owner.
    """
    with db.begin() as session:
        _template(session, programme, city)
        row = {"text": _text(text), "owner": _text(owner), "due_on": due_on, "kept_on": None}
        session.add(Commitment(programme=programme, city=city, made_at=utc_now(), **row))
        audit.record(session, actor=actor, action="commitment.make", scope=programme, city=city)


def keep(db: Database, commitment: int, kept_on: date, *, version: int, actor: str) -> None:
    """Mark a commitment as kept.

    Raises
    ------
    StoreError
        ``store.stale_save``; ``programme.unknown_commitment``.
    """
    with db.begin() as session:
        row = session.get(Commitment, commitment)
        if row is None:
            raise StoreError("programme.unknown_commitment", value=str(commitment))
        set_committed_value(row, "version", version)
        row.kept_on = kept_on
        audit.record(
            session, actor=actor, action="commitment.keep", scope=row.programme, city=row.city
        )


def learn(db: Database, programme: str, city: str, row: LessonRow, *, actor: str) -> None:
    """Note a lesson, of success or of failure.

    Raises
    ------
    StoreError
        ``programme.unknown_city``; ``programme.empty_text``.
    """
    with db.begin() as session:
        _template(session, programme, city)
        told = vars(row) | {"text": _text(row.text)}
        session.add(Lesson(programme=programme, city=city, by=actor, **told))
        audit.record(session, actor=actor, action="lesson.note", scope=programme, city=city)


def _template(session: Session, programme: str, city: str) -> str:
    if session.get(Enrolment, (programme, city)) is None:
        raise StoreError("programme.unknown_city", value=city)
    return session.get_one(Programme, programme).template


def _text(text: str) -> str:
    text = text.strip()[:TEXT_LENGTH]
    if not text:
        raise StoreError("programme.empty_text")
    return text


def _rows(
    session: Session, model: Any, kind: type[R], programme: str, city: str, order: str
) -> tuple[R, ...]:
    query = select(model).filter_by(programme=programme, city=city)
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    return tuple(
        kind(**{name: getattr(row, name) for name in names})
        for row in session.scalars(query.order_by(getattr(model, order)))
    )
