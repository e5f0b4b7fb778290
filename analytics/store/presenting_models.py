"""The table of presenting: what a speaker wants to say beside each slide."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from analytics.store.models import Base, Versioned


class SpeakerNote(Versioned, Base):
    """The notes of one slide; ``scope`` is a programme's or a city's key."""

    __tablename__ = "speaker_notes"
    shown = ("text",)

    deck: Mapped[str] = mapped_column(String(32), primary_key=True)
    scope: Mapped[str] = mapped_column(String(100), primary_key=True)
    slide: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(String(100))
