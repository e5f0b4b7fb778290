"""Sessions, ratings, commitments and lessons on both databases."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from analytics.errors import AnalyticsError, StoreError
from analytics.programmes.readiness import Rating
from analytics.store import audit, note_changes, programme_notes, programmes
from analytics.store.programme_notes import LessonRow, SessionRow
from analytics.store.programmes import NewCity

DAY = date(2026, 5, 4)
HERE = ("alliance", "solana")


@pytest.fixture
def cohort(db):
    programmes.create_programme(
        db, key="alliance", name="A", template_key="city_data_alliance", actor="ana"
    )
    programmes.enrol(db, "alliance", [NewCity("solana", "Solana", "CL", DAY)], actor="ana")
    return db


def rating(level, rater="ana", evidence="acta"):
    return Rating("use", DAY, rater, level, evidence)


def test_what_is_noted_comes_back(cohort):
    held = SessionRow("coaching", DAY, 6, 8, True)
    programme_notes.hold_session(cohort, *HERE, held, actor="ana")
    programme_notes.rate(cohort, *HERE, [rating(2), rating(4, "bea")], actor="ana")
    programme_notes.rate(cohort, *HERE, [rating(3)], actor="ana")
    programme_notes.commit(cohort, *HERE, "Publish", owner="Finance", due_on=DAY, actor="ana")
    failed = LessonRow("We depended on one person.", False, DAY)
    programme_notes.learn(cohort, *HERE, failed, actor="ana")
    found = programme_notes.notes(cohort, *HERE)
    assert found.sessions == (held,)
    assert sorted((r.rater, r.level) for r in found.ratings) == [("ana", 3), ("bea", 4)]
    assert [(c.text, c.kept_on) for c in found.commitments] == [("Publish", None)]
    assert found.lessons == (failed,)
    assert programme_notes.notes(cohort, "alliance", "elsewhere").sessions == ()
    assert {e.scope for e in audit.entries(cohort)} == {"alliance"}


def test_a_commitment_is_kept_once_and_a_stale_save_is_refused(cohort):
    programme_notes.commit(cohort, *HERE, "Publish", owner="Finance", due_on=DAY, actor="ana")
    (made,) = programme_notes.notes(cohort, *HERE).commitments
    programme_notes.keep(cohort, made.id, DAY, version=made.version, actor="ana")
    with pytest.raises(StoreError, match=r"store\.stale_save"):
        programme_notes.keep(cohort, made.id, date(2026, 6, 1), version=made.version, actor="bea")
    (kept,) = programme_notes.notes(cohort, *HERE).commitments
    assert kept.kept_on == DAY


def noted(db):
    """One of everything, in this order."""
    held = SessionRow("coaching", DAY, 6, 8, True, 90, "Ana Rivas")
    programme_notes.hold_session(db, *HERE, held, actor="ana")
    programme_notes.rate(db, *HERE, [rating(2)], actor="ana")
    programme_notes.commit(db, *HERE, "Publish", owner="Finance", due_on=DAY, actor="ana")
    programme_notes.learn(db, *HERE, LessonRow("Slow.", False, DAY), actor="ana")
    return programme_notes.notes(db, *HERE)


def undo(db):
    return note_changes.undo(db, *HERE, note_changes.last_change(db, *HERE).id, actor="ana")


def correct(db, found, who, **told):
    """Change the record ``found`` of any kind as somebody."""
    if isinstance(found, SessionRow):
        programme_notes.hold_session(db, *HERE, replace(found, **told), actor=who)
    elif isinstance(found, LessonRow):
        programme_notes.learn(db, *HERE, replace(found, **told), actor=who)
    elif isinstance(found, Rating):
        programme_notes.rate(db, *HERE, [replace(found, **told)], actor=who)
    else:
        programme_notes.amend(db, *HERE, replace(found, **told), actor=who)


KINDS = {
    "sessions": ({"minutes": 45}, {"minutes": 60}),
    "ratings": ({"level": 4, "note": "better"}, {"level": 5}),
    "commitments": ({"owner": "Mayor", "kept_on": DAY}, {"text": "No"}),
    "lessons": ({"text": "Very slow.", "worked": True}, {"text": "No"}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_is_corrected_a_stale_one_refused_and_the_last_save_undone(cohort, kind):
    (before,) = getattr(noted(cohort), kind)
    first, second = KINDS[kind]
    correct(cohort, before, "ana", **first)
    with pytest.raises(StoreError) as caught:
        correct(cohort, before, "bea", **second)
    assert caught.value.code == "store.stale_save"
    assert caught.value.details["yours"] != caught.value.details["stored"]
    (after,) = getattr(programme_notes.notes(cohort, *HERE), kind)
    assert {name: getattr(after, name) for name in first} == first
    assert undo(cohort) + "s" == kind
    (back,) = getattr(programme_notes.notes(cohort, *HERE), kind)
    assert back == before if kind != "commitments" else replace(back, version=1) == before


def test_everything_can_be_undone_one_after_the_other_down_to_nothing(cohort):
    noted(cohort)
    assert [undo(cohort) for _ in range(4)] == ["lesson", "commitment", "rating", "session"]
    found = programme_notes.notes(cohort, *HERE)
    assert (found.sessions, found.ratings, found.commitments, found.lessons) == ((), (), (), ())
    assert note_changes.last_change(cohort, *HERE) is None
    with pytest.raises(StoreError, match=r"programme\.nothing_to_undo"):
        note_changes.undo(cohort, *HERE, 1, actor="ana")


def test_a_later_save_of_somebody_else_is_not_undone_unseen(cohort):
    noted(cohort)
    seen = note_changes.last_change(cohort, *HERE)
    programme_notes.learn(cohort, *HERE, LessonRow("Fast.", True, DAY), actor="bea")
    with pytest.raises(StoreError) as caught:
        note_changes.undo(cohort, *HERE, seen.id, actor="ana")
    assert (caught.value.code, caught.value.details["who"]) == (
        "programme.changed_meanwhile",
        "bea",
    )
    assert len(programme_notes.notes(cohort, *HERE).lessons) == 2


@pytest.mark.parametrize("kind", ["sessions", "commitments", "lessons"])
def test_what_was_removed_comes_back_whole(cohort, kind):
    (before,) = getattr(noted(cohort), kind)
    remove = partial(
        programme_notes.remove, cohort, *HERE, kind[:-1], before.id, version=before.version,
        actor="ana",
    )  # fmt: skip
    remove()
    assert getattr(programme_notes.notes(cohort, *HERE), kind) == ()
    with pytest.raises(StoreError, match=r"programme\.unknown_note"):
        remove()
    undo(cohort)
    assert getattr(programme_notes.notes(cohort, *HERE), kind) == (before,)


def test_a_rating_entered_twice_at_once_is_refused_where_none_was_on_screen(cohort):
    programme_notes.rate(cohort, *HERE, [rating(2)], actor="ana")
    with pytest.raises(StoreError, match=r"store\.stale_save"):
        programme_notes.rate(cohort, *HERE, [replace(rating(5), version=0)], actor="ana")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (
            lambda db: programme_notes.hold_session(
                db, *HERE, SessionRow("party", DAY, 1, 2, True), actor="a"
            ),
            "programme.unknown_dose",
        ),
        (
            lambda db: programme_notes.hold_session(
                db, *HERE, SessionRow("coaching", DAY, 3, 2, True), actor="a"
            ),
            "programme.attendance",
        ),
        (
            lambda db: programme_notes.hold_session(
                db, *HERE, SessionRow("coaching", DAY, 1, 2, True, 0), actor="a"
            ),
            "programme.minutes",
        ),
        (
            lambda db: programme_notes.rate(
                db, *HERE, [replace(rating(3), origin="press")], actor="a"
            ),
            "programme.origin",
        ),
        (
            lambda db: programme_notes.learn(db, *HERE, LessonRow("t", True, DAY, 9, 1), actor="a"),
            "programme.unknown_note",
        ),
        (
            lambda db: programme_notes.rate(db, *HERE, [rating(3), rating(9, "b")], actor="a"),
            "programme.level",
        ),
        (
            lambda db: programme_notes.commit(db, *HERE, " ", owner="x", due_on=DAY, actor="a"),
            "programme.empty_text",
        ),
        (
            lambda db: programme_notes.learn(
                db, "alliance", "x", LessonRow("t", True, DAY), actor="a"
            ),
            "programme.unknown_city",
        ),
        (
            lambda db: programme_notes.keep(db, 7, DAY, version=1, actor="a"),
            "programme.unknown_commitment",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(cohort, call, code):
    with pytest.raises(AnalyticsError) as caught:
        call(cohort)
    assert caught.value.code == code
    found = programme_notes.notes(cohort, *HERE)
    assert (found.sessions, found.ratings, found.commitments, found.lessons) == ((), (), (), ())
