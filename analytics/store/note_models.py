"""The tables behind a city's forms: evidence files, and every change of what is noted."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from analytics.store.models import Base, Serial, Versioned


class EvidenceFile(Versioned, Base):
    """A file that shows that a gate was passed; ``stored`` is its random name on disk."""

    __tablename__ = "evidence_files"
    __table_args__ = (
        ForeignKeyConstraint(
            ["programme", "city", "gate"], ["gates.programme", "gates.city", "gates.key"]
        ),
        ForeignKeyConstraint(["change"], ["gate_changes.id"]),
        Index(None, "programme", "city"),
    )
    shown = ("name", "removed_at")

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    programme: Mapped[str] = mapped_column(String(100))
    city: Mapped[str] = mapped_column(String(100))
    gate: Mapped[str] = mapped_column(String(100))
    change: Mapped[int | None] = mapped_column(Serial)
    stored: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(8))
    n_bytes: Mapped[int] = mapped_column(BigInteger)
    checksum: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(100))
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None] = mapped_column(String(100))


class NoteChange(Base):
    """One save of what is noted of a city, with its rows before and after; undone ones stay."""

    __tablename__ = "note_changes"
    __table_args__ = (
        ForeignKeyConstraint(["programme", "city"], ["enrolments.programme", "enrolments.city"]),
        Index(None, "programme", "city"),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    programme: Mapped[str] = mapped_column(String(100))
    city: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(16))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(100))
