"""The two-minute form: what is due, confirm or move a forecast, close with evidence, undo.

The version that was on screen travels with the save, so a stale one is refused with both versions.
"""

from datetime import date, timedelta

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.errors import AnalyticsError
from analytics.programmes.cohort import CityOnDay, CohortOnDay
from analytics.programmes.periods import parse_period
from analytics.programmes.schedule import Milestone
from analytics.store.programmes import CityRow
from components import cards
from components.cohort_view import expected
from components.language import _, current, sentence_of
from components.notices import refusal

ANSWER = "entry_answer"
WAYS = ("confirm", "forecast", "close")
SOON_DAYS = 45


def entry(principal: Principal, found: CohortOnDay, city: CityOnDay, record: CityRow) -> None:
    """Draw the form for those who may enter the city's gates."""
    if not loaders.may_enter(principal, found.programme.key, city.key):
        return
    with cards.block("entry", title=_("entry.title"), note=_due_note(found, record)):
        _say_answer()
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
        told = (principal, found.programme.key, city.key, gate, row.version)
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
                need = _(f"entry.evidence_{found.template.gate(gate).evidence}")
                st.text_input(
                    _("entry.evidence"), key="entry_evidence", persist_state="session", help=need
                )
            st.form_submit_button(_("entry.save"), on_click=_save, args=(way, *told))
        st.button(_("entry.undo"), key="link_undo", type="tertiary", on_click=_undo, args=told[:4])


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
    try:
        desk = loaders.cohort_desk(principal, programme, city)
        today = date.today()
        if way == "close":
            actual = st.session_state["entry_closed_on"]
            evidence = st.session_state["entry_evidence"]
            desk.close(gate, actual, evidence=evidence, version=version, today=today)
        else:
            told = st.session_state["entry_when"] if way == "forecast" else None
            held = desk.record().gate(gate).milestone
            period = parse_period(told) if told is not None else held.expected
            desk.reforecast(gate, period, version=version, today=today)
    except AnalyticsError as error:
        st.session_state[ANSWER] = ("refused", _worded(error))
    else:
        st.session_state[ANSWER] = ("saved", _(f"entry.saved_{way}"))


def _undo(principal: Principal, programme: str, city: str, gate: str) -> None:
    try:
        loaders.cohort_desk(principal, programme, city).undo(gate)
    except AnalyticsError as error:
        st.session_state[ANSWER] = ("refused", sentence_of(error))
    else:
        st.session_state[ANSWER] = ("saved", _("entry.undone"))


def _worded(error: AnalyticsError) -> str:
    if error.code != "store.stale_save":
        return sentence_of(error)
    yours, stored = error.details["yours"], error.details["stored"]
    assert isinstance(yours, dict)
    assert isinstance(stored, dict)
    return _("entry.stale", yours=_values(yours), stored=_values(stored))


def _values(shown: dict[str, object]) -> str:
    return str(shown["actual"] or shown["expected"])


def _say_answer() -> None:
    kind, text = st.session_state.pop(ANSWER, ("", ""))
    if kind == "refused":
        refusal(text)
    elif kind == "saved":
        st.toast(text)
