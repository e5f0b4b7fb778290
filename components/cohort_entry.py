"""The two-minute form of a city's gates: confirm or move a forecast, close with evidence, undo.

The version that was on screen travels with the save, so a stale one is refused with both versions.
"""

from datetime import date, timedelta

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.programmes.cohort import CityOnDay, CohortOnDay
from analytics.programmes.periods import parse_period
from analytics.programmes.schedule import Milestone
from analytics.store.programme_notes import Notes
from analytics.store.programmes import CityRow, GateRow
from components import cards, cohort_files
from components import cohort_challenge_entry as challenges
from components import cohort_note_entry as notes
from components import cohort_rating_entry as ratings
from components.cohort_answers import attempt, say
from components.cohort_view import expected
from components.language import _, current, day

WAYS = ("confirm", "forecast", "close")
SOON_DAYS = 45


def entry(
    principal: Principal, found: CohortOnDay, city: CityOnDay, record: CityRow, noted: Notes
) -> None:
    """Draw one of the city's forms, for those who may enter anything of the city."""
    if not loaders.may_enter(principal, found.programme.key, city.key):
        return
    with cards.block("entry", title=_("entry.title"), note=_due_note(found, record)):
        say()
        kinds = ("gate", *notes.kinds(found), "challenge")
        names = {key: _(f"note.kind_{key}") for key in kinds}
        what = st.segmented_control(
            _("note.what"),
            list(names),
            key="entry_what",
            persist_state="session",
            default="gate",
            required=True,
            label_visibility="collapsed",
            format_func=names.__getitem__,
        )
        if what == "gate":
            gates(principal, found, city, record)
            return
        if what == "challenge":
            challenges.challenge(principal, found, city)
            notes.undo(principal, found, city)
            return
        draw = {"session": notes.session, "rating": ratings.rating,
                "commitment": notes.commitment, "lesson": notes.lesson}  # fmt: skip
        draw[str(what)](principal, found, city, noted)
        notes.undo(principal, found, city)


def gates(principal: Principal, found: CohortOnDay, city: CityOnDay, record: CityRow) -> None:
    """Draw the choice of the gate, its form, its files, and what is confirmed all at once."""
    names = {g: found.template.gate(g).name[current()] for g in _by_urgency(record)}
    gate = st.selectbox(
        _("entry.gate"),
        list(names),
        key="entry_gate",
        persist_state="session",
        format_func=names.__getitem__,
        width=420,
    )
    row = record.gate(gate)
    told = (principal, found.programme.key, city.key, gate)
    if row.milestone.actual is not None:
        st.html(f'<p class="note">{_("entry.passed", day=day(row.milestone.actual))}</p>')
        with st.form("entry_file_form", border=False):
            cohort_files.uploaded()
            st.form_submit_button(_("evidence.add"), on_click=cohort_files.add, args=told)
    else:
        _open_gate(found, row, told)
    cohort_files.of_gate(principal, found, city, gate)
    st.button(_("entry.undo"), key="link_undo", type="tertiary", on_click=_undo, args=told)
    _carry_forward(principal, found, city, record)


def _open_gate(found: CohortOnDay, row: GateRow, told: tuple[Principal, str, str, str]) -> None:
    st.html(f'<p class="note">{_("entry.now", expected=expected(row.milestone))}</p>')
    ways = {name: _(f"entry.{name}") for name in WAYS}
    way = st.segmented_control(
        _("entry.way"),
        WAYS,
        key="entry_way",
        persist_state="session",
        default=WAYS[0],
        required=True,
        format_func=ways.__getitem__,
    )
    with st.form("entry_form", border=False):
        if way == "forecast":
            st.text_input(
                _("entry.when"),
                key="entry_when",
                persist_state="session",
                help=_("entry.when_help"),
            )
        elif way == "close":
            st.date_input(
                _("entry.closed_on"),
                key="entry_closed_on",
                persist_state="session",
                format="DD/MM/YYYY",
                value="today",
            )
            need = _(f"entry.evidence_{found.template.gate(row.milestone.key).evidence}")
            st.text_input(
                _("entry.evidence"), key="entry_evidence", persist_state="session", help=need
            )
            cohort_files.uploaded()
        if way != "close":
            owner = f"entry_owner_{row.milestone.key}"
            st.text_input(_("entry.owner"), row.owner, key=owner, max_chars=200)
        st.form_submit_button(_("entry.save"), on_click=_save, args=(way, *told, row.version))


def _carry_forward(
    principal: Principal, found: CohortOnDay, city: CityOnDay, record: CityRow
) -> None:
    """Offer to confirm every open forecast at once, once the person has said so."""
    versions = {gate.milestone.key: gate.version for gate in record.gates
                if not gate.milestone.is_done}  # fmt: skip
    if len(versions) < 2:
        return
    with st.form("entry_carry", border=False):
        dates = "; ".join(
            f"{found.template.gate(key).short[current()]} {expected(record.gate(key).milestone)}"
            for key in versions
        )
        st.checkbox(_("entry.carry", dates=dates), key="entry_sure")
        st.form_submit_button(
            _("entry.carry_button"),
            on_click=_confirm_all,
            args=(principal, found.programme.key, city.key, versions),
        )


def _by_urgency(record: CityRow) -> list[str]:
    gates = sorted(record.milestones, key=lambda gate: (gate.is_done, gate.baseline.last))
    return [gate.key for gate in gates]


def _due_note(found: CohortOnDay, record: CityRow) -> str:
    soon = date.today() + timedelta(days=SOON_DAYS)
    due = [gate for gate in record.milestones if _is_due(gate, soon)]
    if not due:
        return _("entry.nothing_due", n=SOON_DAYS)
    names = ", ".join(found.template.gate(gate.key).name[current()] for gate in due)
    return _("entry.due", gates=names)


def _is_due(gate: Milestone, soon: date) -> bool:
    return not gate.is_done and min(gate.baseline.last, gate.expected.last) <= soon


def _save(
    way: str, principal: Principal, programme: str, city: str, gate: str, version: int
) -> None:
    def act() -> None:
        desk, today = loaders.cohort_desk(principal, programme, city), date.today()
        if way == "close":
            desk.close(
                gate, st.session_state["entry_closed_on"],
                evidence=st.session_state["entry_evidence"], upload=cohort_files.sent(),
                version=version,
                today=today,
            )  # fmt: skip
            return
        told = st.session_state["entry_when"] if way == "forecast" else None
        held = desk.record().gate(gate).milestone
        period = parse_period(told) if told is not None else held.expected
        owner = st.session_state[f"entry_owner_{gate}"]
        desk.reforecast(gate, period, version=version, today=today, owner=owner)

    attempt(act, _(f"entry.saved_{way}"))


def _confirm_all(principal: Principal, programme: str, city: str, versions: dict[str, int]) -> None:
    if not st.session_state["entry_sure"]:
        return
    attempt(
        lambda: loaders.cohort_desk(principal, programme, city).confirm_all(
            versions, today=date.today()
        ),
        _("entry.carried"),
    )
    st.session_state["entry_sure"] = False


def _undo(principal: Principal, programme: str, city: str, gate: str) -> None:
    attempt(lambda: loaders.cohort_desk(principal, programme, city).undo(gate), _("entry.undone"))
