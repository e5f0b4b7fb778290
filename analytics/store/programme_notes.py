"""What is noted of a city besides its gates: sessions, ratings, commitments, lessons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from analytics.errors import ProgrammeError, StoreError
from analytics.programmes.overdue import Promise
from analytics.programmes.readiness import Rating, check_rating
from analytics.programmes.templates import template
from analytics.store import audit, note_changes
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
DAY_MINUTES = 1440
R = TypeVar("R")


@dataclass(frozen=True)
class SessionRow:
    """A coaching session held: how many of those invited came, and whether the mayor did.

    ``id`` and ``version`` are None before it is saved; they go back when it is corrected.
    """

    kind: str
    held_on: date
    attended: int
    invited: int
    mayor_present: bool
    minutes: int | None = None
    coach: str = ""
    id: int | None = field(default=None, compare=False)
    version: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class CommitmentRow:
    """A commitment as read; ``version`` goes back when it is kept or amended."""

    id: int
    text: str
    owner: str
    due_on: date
    kept_on: date | None
    version: int


@dataclass(frozen=True)
class LessonRow:
    """Something learned; ``worked`` is False for a failure; see :class:`SessionRow` for ``id``."""

    text: str
    worked: bool
    learned_on: date
    id: int | None = field(default=None, compare=False)
    version: int | None = field(default=None, compare=False)


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


def open_promises(db: Database, programme: str, as_of: date) -> list[Promise]:
    """Return the commitments of a cohort's cities that were made and not kept by a day's end."""
    query = select(Commitment).filter_by(programme=programme).order_by(Commitment.id)
    with db.read() as session:
        return [
            Promise(row.city, row.text, row.owner, row.due_on)
            for row in session.scalars(query)
            if row.kept_on is None or row.kept_on > as_of
        ]


def latest_day(db: Database, programme: str, until: date) -> date | None:
    """Return the last day that anything noted of a cohort's cities tells of, up to a day."""
    days = (
        CoachingSession.held_on, RatingEntry.rated_on, Commitment.kept_on, Lesson.learned_on,
    )  # fmt: skip
    with db.read() as session:
        found = [
            session.scalar(
                select(func.max(day)).where(day.class_.programme == programme, day <= until)
            )
            for day in days
        ]
    return max(filter(None, found), default=None)


def hold_session(db: Database, programme: str, city: str, row: SessionRow, *, actor: str) -> None:
    """Note a session that was held, or correct the one of ``row.id``.

    Raises
    ------
    ProgrammeError
        ``programme.unknown_dose`` if the template has no such kind, ``programme.attendance`` if
        more came than were invited, ``programme.minutes`` unless between 1 and 1440.
    StoreError
        ``programme.unknown_city``; ``programme.unknown_note``; ``store.stale_save``.
    """
    if not 0 <= row.attended <= row.invited:
        raise ProgrammeError("programme.attendance", n=row.attended, invited=row.invited)
    if row.minutes is not None and not 1 <= row.minutes <= DAY_MINUTES:
        raise ProgrammeError("programme.minutes", value=row.minutes)
    with db.begin() as session:
        known = [dose.key for dose in template(_template(session, programme, city)).dose]
        if row.kind not in known:
            raise ProgrammeError("programme.unknown_dose", value=row.kind, known=", ".join(known))
        _save(session, "session", (programme, city), vars(row), actor)
        audit.record(session, actor=actor, action="session.hold", scope=programme, city=city)


def rate(
    db: Database,
    programme: str,
    city: str,
    ratings: Sequence[Rating],
    *,
    actor: str,
    is_undoable: bool = True,
) -> None:
    """Keep judgements of components; a rater's second one on the same day replaces the first.

    Raises
    ------
    ProgrammeError
        Whatever :func:`analytics.programmes.readiness.check_rating` refuses.
    StoreError
        ``programme.unknown_city``; ``store.stale_save`` if the same rater saved meanwhile.
    """
    place = (programme, city)
    with db.begin() as session:
        serialise(session, f"programme:{programme}")
        made = template(_template(session, programme, city))
        before, rows = [], []
        for rating in ratings:
            check_rating(made, rating)
            identity = (*place, rating.component, rating.rated_on, rating.rater)
            held = session.get(RatingEntry, identity)
            if held is not None:
                before.append(note_changes.values_of(held))
                if rating.version is not None:
                    set_committed_value(held, "version", rating.version)
            told = {name: value for name, value in vars(rating).items() if name != "version"}
            rows.append(_filled(session, RatingEntry, held, place, told))
        if is_undoable:
            note_changes.keep_change(session, place, "rating", before, rows, actor=actor)
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
        told = {"text": _text(text), "owner": _text(owner), "due_on": due_on, "kept_on": None}
        _save(session, "commitment", (programme, city), told | {"made_at": utc_now()}, actor)
        audit.record(session, actor=actor, action="commitment.make", scope=programme, city=city)


def amend(db: Database, programme: str, city: str, row: CommitmentRow, *, actor: str) -> None:
    """Change a commitment's text, owner or days, its keeping included.

    Raises
    ------
    StoreError
        ``store.stale_save``; ``programme.unknown_note``; ``programme.empty_text``.
    """
    with db.begin() as session:
        told = vars(row) | {"text": _text(row.text), "owner": _text(row.owner)}
        _save(session, "commitment", (programme, city), told, actor)
        audit.record(session, actor=actor, action="commitment.amend", scope=programme, city=city)


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
        told = {"id": commitment, "version": version, "kept_on": kept_on}
        _save(session, "commitment", (row.programme, row.city), told, actor)
        audit.record(
            session, actor=actor, action="commitment.keep", scope=row.programme, city=row.city
        )


def learn(db: Database, programme: str, city: str, row: LessonRow, *, actor: str) -> None:
    """Note a lesson, of success or of failure, or correct the one of ``row.id``.

    Raises
    ------
    StoreError
        ``programme.unknown_city``; ``programme.empty_text``; ``programme.unknown_note``;
        ``store.stale_save``.
    """
    with db.begin() as session:
        _template(session, programme, city)
        told = vars(row) | {"text": _text(row.text)}
        _save(session, "lesson", (programme, city), told, actor)
        audit.record(session, actor=actor, action="lesson.note", scope=programme, city=city)


def remove(
    db: Database, programme: str, city: str, kind: str, identity: int, *, version: int, actor: str
) -> None:
    """Remove a session, a commitment or a lesson; an undo brings it back.

    Raises
    ------
    StoreError
        ``store.stale_save`` or ``store.stale_deleted``; ``programme.unknown_note``.
    """
    with db.begin() as session:
        serialise(session, f"programme:{programme}")
        row = _known(session, kind, (programme, city), identity)
        before = [note_changes.values_of(row)]
        set_committed_value(row, "version", version)
        session.delete(row)
        note_changes.keep_change(session, (programme, city), kind, before, (), actor=actor)
        audit.record(
            session, actor=actor, action="note.remove", scope=programme, city=city, kind=kind,
            note=identity,
        )  # fmt: skip


def _save(
    session: Session, kind: str, place: tuple[str, str], told: Mapping[str, Any], actor: str
) -> None:
    """Add a record, or change the one of ``told["id"]``, and keep the change."""
    serialise(session, f"programme:{place[0]}")
    held, before = None, []
    if told.get("id") is not None:
        held = _known(session, kind, place, told["id"])
        before = [note_changes.values_of(held)]
        set_committed_value(held, "version", told["version"])
    values = {name: value for name, value in told.items() if name not in ("id", "version")}
    model = note_changes.KINDS[kind]
    if hasattr(model, "by"):
        values["by"] = actor
    row = _filled(session, model, held, place, values)
    note_changes.keep_change(session, place, kind, before, [row], actor=actor)


def _filled(
    session: Session, model: Any, held: Any, place: tuple[str, str], values: Mapping[str, Any]
) -> Any:
    if held is None:
        held = model(programme=place[0], city=place[1], **values)
        session.add(held)
        return held
    for name, value in values.items():
        setattr(held, name, value)
    return held


def _known(session: Session, kind: str, place: tuple[str, str], identity: int) -> Any:
    row: Any = session.get(note_changes.KINDS[kind], identity)
    if row is None or (row.programme, row.city) != place:
        raise StoreError("programme.unknown_note", value=str(identity))
    return row


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
