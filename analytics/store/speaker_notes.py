"""Speaker notes: one text per slide of a deck, saved with optimistic versioning, audited."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from analytics.errors import StoreError
from analytics.store import audit
from analytics.store.database import Database, serialise
from analytics.store.models import utc_now
from analytics.store.presenting_models import SpeakerNote

NOTE_LENGTH = 4000


@dataclass(frozen=True)
class NoteRow:
    """A slide's notes as read; ``version`` goes back with the next save, 0 for none yet."""

    text: str = ""
    version: int = 0


def speaker_notes(db: Database, deck: str, scope: str) -> dict[str, NoteRow]:
    """Return the notes of a deck about a programme or a city, by slide."""
    query = select(SpeakerNote).where(SpeakerNote.deck == deck, SpeakerNote.scope == scope)
    with db.read() as session:
        return {row.slide: NoteRow(row.text, row.version) for row in session.scalars(query)}


def save_note(
    db: Database, deck: str, scope: str, slide: str, text: str, *, version: int, actor: str
) -> NoteRow:
    """Keep a slide's notes, cut at 4,000 characters.

    Raises
    ------
    StoreError
        ``store.stale_save`` if somebody saved meanwhile; ``notes.meanwhile`` if somebody wrote
        the slide's first notes meanwhile.
    """
    with db.begin() as session:
        serialise(session, f"notes:{deck}:{scope}")
        row = session.get(SpeakerNote, (deck, scope, slide))
        if row is None:
            row = SpeakerNote(deck=deck, scope=scope, slide=slide)
            session.add(row)
        elif not version:
            raise StoreError("notes.meanwhile", stored=row.text)
        else:
            # The version that was on screen, not the one just read, must still be stored.
            set_committed_value(row, "version", version)
        row.text, row.saved_at, row.saved_by = text.strip()[:NOTE_LENGTH], utc_now(), actor
        audit.record(
            session, actor=actor, action="note.save", scope=scope, deck=deck, slide=slide,
            letters=len(row.text),
        )  # fmt: skip
        session.flush()
        return NoteRow(row.text, row.version)
