"""The forms of what is noted of a city: sessions, ratings, commitments, lessons; undo of the last.

Each starts empty or with a record that is to be corrected. A refused save keeps what was typed.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.loaders.cohort_desk import CohortDesk
from analytics.programmes.cohort import CityOnDay, CohortOnDay
from analytics.store.programme_notes import CommitmentRow, LessonRow, Notes, SessionRow
from components.cohort_answers import attempt, turn
from components.language import _, current, day

SHORT = 60
MOST_PEOPLE = 10_000
Place = tuple[Principal, str, str]


def kinds(found: CohortOnDay) -> tuple[str, ...]:
    """Return which forms a programme has: none rates without components, holds without a dose."""
    offered = {"session": found.template.dose, "rating": found.template.components}
    return tuple(k for k in ("session", "rating", "commitment", "lesson") if offered.get(k, True))


def session(principal: Principal, found: CohortOnDay, city: CityOnDay, noted: Notes) -> None:
    """Draw the form of a coaching session and who came to it."""
    names = {dose.key: dose.name[current()] for dose in found.template.dose}
    rows = {r.id: f"{day(r.held_on)} · {names.get(r.kind, r.kind)}" for r in noted.sessions}
    chosen = _choice("session", rows)
    blank = SessionRow(next(iter(names)), date.today(), 0, 0, False, 60, principal.name)
    start = next((r for r in noted.sessions if r.id == chosen), blank)
    key = f"{start.id or 0}_{turn()}"
    with st.form(f"form_session_{key}", border=False):
        left, middle, right = st.columns(3)
        with left:
            st.selectbox(
                _("note.session_kind"),
                list(names),
                index=list(names).index(start.kind),
                key=f"kind_{key}",
                format_func=names.__getitem__,
                persist_state="session",
            )
            _day("held_on", start.held_on, key)
        with middle:
            st.text_input(
                _("note.coach"),
                start.coach,
                key=f"coach_{key}",
                max_chars=200,
                persist_state="session",
            )
            _whole("minutes", start.minutes, key, 1, 1440)
        with right:
            _whole("attended", start.attended, key, 0, MOST_PEOPLE)
            _whole("invited", start.invited, key, 0, MOST_PEOPLE)
        st.checkbox(
            _("cohort.mayor_present"),
            start.mayor_present,
            key=f"mayor_present_{key}",
            persist_state="session",
        )
        fields = ("kind", "held_on", "coach", "minutes", "attended", "invited", "mayor_present")
        place = (principal, found.programme.key, city.key)
        _submit(place, lambda desk, told: desk.hold_session(replace(start, **told)), fields, key)
    _remove(place, "session", start)


def commitment(principal: Principal, found: CohortOnDay, city: CityOnDay, noted: Notes) -> None:
    """Draw the form of a commitment: what, who, until when, and when it was kept."""
    place = (principal, found.programme.key, city.key)
    chosen = _choice("commitment", {r.id: _short(r.text) for r in noted.commitments})
    start = next((r for r in noted.commitments if r.id == chosen), None)
    key = f"{chosen or 0}_{turn()}"
    with st.form(f"form_commitment_{key}", border=False):
        left, right = st.columns([2, 1])
        with left:
            text, owner = (start.text, start.owner) if start else ("", "")
            st.text_input(
                _("note.text"), text, key=f"text_{key}", max_chars=2000, persist_state="session"
            )
            st.text_input(
                _("note.owner"), owner, key=f"owner_{key}", max_chars=200, persist_state="session"
            )
        with right:
            _day("due_on", start.due_on if start else None, key)
            if start:
                _day("kept_on", start.kept_on, key)
        fields = ("text", "owner", "due_on", "kept_on") if start else ("text", "owner", "due_on")
        _submit(place, lambda desk, told: _commit(desk, start, told), fields, key)
    _remove(place, "commitment", start)


def lesson(principal: Principal, found: CohortOnDay, city: CityOnDay, noted: Notes) -> None:
    """Draw the form of a lesson, of what worked and of what failed."""
    place = (principal, found.programme.key, city.key)
    chosen = _choice("lesson", {r.id: _short(r.text) for r in noted.lessons})
    blank = LessonRow("", False, date.today())
    start = next((r for r in noted.lessons if r.id == chosen), blank)
    key = f"{start.id or 0}_{turn()}"
    with st.form(f"form_lesson_{key}", border=False):
        st.text_area(
            _("note.lesson"), start.text, key=f"text_{key}", max_chars=2000, persist_state="session"
        )
        left, right = st.columns([2, 1])
        words = {True: _("cohort.worked"), False: _("cohort.failed")}
        with left:
            st.radio(
                _("cohort.column_kind"),
                [True, False],
                index=0 if start.worked else 1,
                key=f"worked_{key}",
                format_func=words.__getitem__,
                horizontal=True,
                persist_state="session",
            )
        with right:
            _day("learned_on", start.learned_on, key)
        fields = ("text", "worked", "learned_on")
        _submit(place, lambda desk, told: desk.learn(replace(start, **told)), fields, key)
    _remove(place, "lesson", start)


def undo(principal: Principal, found: CohortOnDay, city: CityOnDay) -> None:
    """Offer to take back the last save, named with its kind, its day and its author."""
    place = (principal, found.programme.key, city.key)
    last = loaders.cohort_desk(*place).last_change()
    if last is None:
        return
    kind = _(f"note.kind_{last.kind}").lower()
    st.button(
        _("note.undo", kind=kind, day=last.at.date(), who=last.by),
        key="link_undo_note",
        type="tertiary",
        on_click=_undo,
        args=(place, last.id),
    )


def _commit(desk: CohortDesk, start: CommitmentRow | None, told: Mapping[str, Any]) -> None:
    if start:
        desk.amend(replace(start, **told))
    else:
        desk.commit(told["text"], told["owner"], told["due_on"] or date.today())


def _choice(kind: str, rows: Mapping[int | None, str]) -> int | None:
    """Draw the choice between a new record and those there are, the latest first."""
    if not rows:
        return None
    options: list[int | None] = [None, *reversed(list(rows))]
    return st.selectbox(
        _("note.which"),
        options,
        key=f"which_{kind}_{turn()}",
        format_func=lambda key: _("note.new") if key is None else rows[key],
        width=420,
        persist_state="session",
    )


def _submit(
    place: Place,
    act: Callable[[CohortDesk, dict[str, Any]], None],
    fields: tuple[str, ...],
    key: str,
) -> None:
    st.form_submit_button(_("entry.save"), on_click=_save, args=(place, act, fields, key))


def _save(
    place: Place,
    act: Callable[[CohortDesk, dict[str, Any]], None],
    fields: tuple[str, ...],
    key: str,
) -> None:
    told = {name: st.session_state[f"{name}_{key}"] for name in fields}
    attempt(lambda: act(loaders.cohort_desk(*place), told), _("note.saved"))


def _remove(place: Place, kind: str, start: SessionRow | CommitmentRow | LessonRow | None) -> None:
    if start is None or start.id is None:
        return
    st.button(
        _("note.remove"),
        key=f"link_remove_{kind}",
        type="tertiary",
        on_click=_removed,
        args=(place, kind, start.id, start.version),
    )


def _removed(place: Place, kind: str, identity: int, version: int) -> None:
    attempt(
        lambda: loaders.cohort_desk(*place).remove(kind, identity, version=version),
        _("note.removed"),
    )


def _undo(place: Place, change: int) -> None:
    attempt(lambda: loaders.cohort_desk(*place).undo_note(change), _("entry.undone"))


def _day(name: str, value: date | None, key: str) -> None:
    st.date_input(
        _(f"note.{name}"),
        value=value,
        format="DD/MM/YYYY",
        key=f"{name}_{key}",
        persist_state="session",
    )


def _whole(name: str, value: int | None, key: str, low: int, high: int) -> None:
    st.number_input(
        _(f"note.{name}"), low, high, value, 1, key=f"{name}_{key}", persist_state="session"
    )


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"
