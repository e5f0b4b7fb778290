"""The tables of a city's memory: register entries with every change, consents to be compared."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from analytics.store.models import Base, Serial, Versioned


class RegisterEntry(Versioned, Base):
    """An agreement, a mission, a lesson or another living record of a city.

    ``kind`` decides what ``state``, ``stage`` and ``aspect`` may be: see
    ``analytics.scorecards.registers``. ``reference`` is the id in the source ``origin`` that an
    imported entry comes from.
    """

    __tablename__ = "register_entries"
    __table_args__ = (Index(None, "city", "kind"),)
    shown = ("title", "state", "owner", "text")

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    city: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(300))
    with_whom: Mapped[str] = mapped_column(String(300))
    owner: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    stage: Mapped[str] = mapped_column(String(16))
    aspect: Mapped[str] = mapped_column(String(32))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    evidence: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(String(200))
    reference: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(String(100))
    withdrawn_at: Mapped[datetime | None]


class RegisterChange(Base):
    """One change of a register entry, with all its values after it."""

    __tablename__ = "register_changes"
    __table_args__ = (Index(None, "city", "entry_id"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    city: Mapped[str] = mapped_column(String(100))
    entry_id: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    action: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))


class PeerConsent(Versioned, Base):
    """A city's consent that those of a programme see some of its indicators, until withdrawn."""

    __tablename__ = "peer_consents"
    shown = ("indicators", "withdrawn_at")

    programme: Mapped[str] = mapped_column(String(100), primary_key=True)
    city: Mapped[str] = mapped_column(String(100), primary_key=True)
    indicators: Mapped[list[str]]
    given_at: Mapped[datetime]
    given_by: Mapped[str] = mapped_column(String(100))
    withdrawn_at: Mapped[datetime | None]
