"""The tables of the live room poll: rooms with a code, the phones in them and their votes."""

from datetime import date, datetime

from sqlalchemy import Date, ForeignKeyConstraint, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from analytics.store.models import Base, Serial


class Room(Base):
    """A room in which one city of a cohort is rated; its code lets phones in until it expires."""

    __tablename__ = "rooms"
    __table_args__ = (
        ForeignKeyConstraint(["programme", "city"], ["enrolments.programme", "enrolments.city"]),
        Index(None, "programme", "city"),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    programme: Mapped[str] = mapped_column(String(100))
    city: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(16))
    held_on: Mapped[date] = mapped_column(Date)
    opened_at: Mapped[datetime]
    opened_by: Mapped[str] = mapped_column(String(100))
    expires_at: Mapped[datetime]
    stored_at: Mapped[datetime | None]


class RoomPhone(Base):
    """A phone that came into a room, whether it voted or not; ``participant`` is a SHA-256."""

    __tablename__ = "room_phones"
    __table_args__ = (ForeignKeyConstraint(["room"], ["rooms.id"]),)

    room: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=False)
    participant: Mapped[str] = mapped_column(String(64), primary_key=True)


class RoomVote(Base):
    """What one phone says of one component, 1 to 5; ``participant`` is a SHA-256."""

    __tablename__ = "room_votes"
    __table_args__ = (ForeignKeyConstraint(["room"], ["rooms.id"]),)

    room: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=False)
    participant: Mapped[str] = mapped_column(String(64), primary_key=True)
    component: Mapped[str] = mapped_column(String(100), primary_key=True)
    level: Mapped[int] = mapped_column(Integer)
