"""Speaker notes on both databases: kept by slide, audited without content, stale saves refused."""

import pytest

from analytics.errors import StoreError
from analytics.store import audit
from analytics.store.speaker_notes import NOTE_LENGTH, NoteRow, save_note, speaker_notes


def keep(db, text, version=0, slide="calendar", scope="alliance"):
    return save_note(db, "cohort", scope, slide, text, version=version, actor="ana")


def test_notes_are_kept_by_slide_and_scope_and_replaced_with_the_version_seen(db):
    first = keep(db, "  Empezar por la peor \n")
    assert first == NoteRow("Empezar por la peor", 1)
    keep(db, "otra", scope="another")
    assert keep(db, "Callar", first.version) == NoteRow("Callar", 2)
    assert speaker_notes(db, "cohort", "alliance") == {"calendar": NoteRow("Callar", 2)}
    assert speaker_notes(db, "scorecard", "alliance") == {}
    assert len(keep(db, "x" * (NOTE_LENGTH + 1), slide="gates").text) == NOTE_LENGTH


def test_a_stale_save_loses_nothing_that_is_stored(db):
    seen = keep(db, "una")
    keep(db, "dos", seen.version)
    with pytest.raises(StoreError, match=r"store\.stale_save") as caught:
        keep(db, "tres", seen.version)
    assert caught.value.details["stored"] == {"text": "dos"}
    with pytest.raises(StoreError, match=r"notes\.meanwhile"):
        keep(db, "la primera, creía")
    assert speaker_notes(db, "cohort", "alliance")["calendar"].text == "dos"


def test_the_audit_tells_who_and_which_slide_but_not_what(db):
    keep(db, "secreto")
    (entry,) = audit.entries(db, actions=["note.save"])
    assert (entry.actor, entry.scope) == ("ana", "alliance")
    assert entry.detail == {"deck": "cohort", "slide": "calendar", "letters": 7}
