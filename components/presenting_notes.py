"""Speaker notes beside a slide: read and written by those who may keep them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

import streamlit as st

from analytics.errors import AnalyticsError
from analytics.loaders.presenting import NotesDesk
from analytics.store.speaker_notes import NOTE_LENGTH, NoteRow
from components.language import _, sentence_of
from components.notices import refusal

ANSWER = "present_note_answer"


@dataclass(frozen=True)
class Notes:
    """A deck's notes by slide, how one is kept, and how names in them are hidden.

    ``keep`` takes slide, text and the version that was on screen; ``veil`` is None where names
    are shown, and notes can be written then only: what is written is what is kept.
    """

    held: Mapping[str, NoteRow]
    keep: Callable[[str, str, int], None]
    veil: Callable[[str], str] | None = None


def notes_of(desk: NotesDesk, veil: Callable[[str], str] | None = None) -> Notes:
    """Return the notes that a desk keeps."""

    def keep(slide: str, text: str, version: int) -> None:
        desk.save_note(slide, text, version=version)

    return Notes(desk.notes(), keep, veil)


def draw(notes: Notes, slide: str) -> None:
    """Draw a slide's notes."""
    row = notes.held.get(slide, NoteRow())
    if notes.veil:
        st.html(
            f'<p class="present-notes">{escape(notes.veil(row.text) or _("present.no_notes"))}</p>'
        )
        return
    kind, text = st.session_state.pop(ANSWER, ("", ""))
    if kind == "refused":
        refusal(text)
    key = f"present_note_{slide}_{row.version}"
    with st.form(f"form_{key}", border=False):
        st.text_area(_("present.notes"), row.text, key=key, max_chars=NOTE_LENGTH, height=110)
        st.form_submit_button(
            _("present.save_note"), on_click=_keep, args=(notes, slide, key, row.version)
        )
    if kind == "saved":
        st.html(f'<p class="present-told" role="status">{escape(text)}</p>')


def _keep(notes: Notes, slide: str, key: str, version: int) -> None:
    text = st.session_state[key]
    try:
        notes.keep(slide, text, version)
    except AnalyticsError as error:
        stored = error.details.get("stored", "")
        if isinstance(stored, dict):
            stored = stored["text"]
        stale = error.code in ("store.stale_save", "notes.meanwhile")
        told = _("entry.stale", yours=text, stored=stored) if stale else sentence_of(error)
        st.session_state[ANSWER] = ("refused", told)
    else:
        st.session_state[ANSWER] = ("saved", _("present.saved_note"))
