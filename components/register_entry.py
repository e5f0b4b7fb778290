"""Entering a register's entry, changing one, taking one out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from html import escape

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.errors import AnalyticsError
from analytics.scorecards.registers import KINDS, STAGES, Kind
from analytics.settings import City
from analytics.store.registers import Entry
from components import cards, notices
from components.language import _
from components.register_words import refusal

TOLD, REFUSED, TURN = "register_told", "register_refused", "register_turn"
SHORT = ("title", "with_whom", "owner", "evidence")
LONG = ("text", "detail")
QUESTIONS = {"text": "learned", "detail": "told_best"}
DAYS = ("starts_on", "ends_on")


def draw(principal: Principal, city: City, kind: str, held: Sequence[Entry]) -> None:
    """Draw the form of a new entry of the kind, or of the one that is chosen to be changed."""
    with cards.block("register_entry", title=_("registers.enter")):
        _say_what_happened()
        by_id = {entry.id: entry for entry in held}
        chosen = st.selectbox(
            _("registers.which"),
            [None, *by_id],
            key=f"register_which_{kind}",
            format_func=lambda key: by_id[key].title if key else _("registers.new"),
        )
        start = by_id.get(chosen) or Entry(kind, "")
        # Named after entry, version and turn: another one starts with its own values.
        turn = st.session_state.get(TURN, 0)
        key = f"{kind}_{start.id or 0}_{start.version or 0}_{turn}"
        with st.form(f"form_register_{key}", border=False):
            names = _fields(KINDS[kind], start, key)
            st.form_submit_button(
                _("registers.save"),
                type="primary",
                on_click=_save,
                args=(principal, city, start, names, key),
            )
        if start.id is not None:
            st.button(
                _("registers.withdraw"),
                key=f"link_withdraw_{key}",
                type="tertiary",
                on_click=_withdraw,
                args=(principal, city, start),
            )


def _fields(kind: Kind, start: Entry, key: str) -> tuple[str, ...]:
    """Draw the kind's fields; each is kept under its name and the form's key."""
    for name in SHORT:
        st.text_input(_(f"registers.field.{name}"), getattr(start, name), key=f"{name}_{key}")
    lists: dict[str, tuple[str, ...]] = {
        "state": kind.states if len(kind.states) > 1 else (),
        "stage": STAGES if kind.staged else (),
        "aspect": kind.aspects,
    }
    chosen = [name for name, options in lists.items() if options]
    for name in chosen:
        options: list[str] = list(lists[name])
        held = getattr(start, name)
        st.selectbox(
            _(f"registers.field.{name}"),
            options,
            index=options.index(held) if held in options else 0,
            key=f"{name}_{key}",
            format_func=partial(_named, name),
        )
    for column, name in zip(st.columns(2), DAYS, strict=True):
        with column:
            st.date_input(
                _(f"registers.field.{name}"),
                value=getattr(start, name),
                format="DD/MM/YYYY",
                key=f"{name}_{key}",
            )
    for name in LONG:
        sheet = kind.key == "capitalisation"
        label = _(f"registers.column.{QUESTIONS[name]}" if sheet else f"registers.field.{name}")
        st.text_area(label, getattr(start, name), key=f"{name}_{key}")
    return (*SHORT, *chosen, *DAYS, *LONG)


def _named(group: str, key: str) -> str:
    return _(f"registers.{group}.{key}")


def _save(principal: Principal, city: City, start: Entry, names: tuple[str, ...], key: str) -> None:
    given = {name: st.session_state[f"{name}_{key}"] for name in names}
    desk = loaders.register_desk(principal, city.key)
    _attempt(lambda: desk.save(replace(start, **given)), "registers.saved")


def _withdraw(principal: Principal, city: City, start: Entry) -> None:
    desk = loaders.register_desk(principal, city.key)
    _attempt(lambda: desk.withdraw(start), "registers.withdrawn")


def _attempt(act: Callable[[], object], done: str) -> None:
    """Do it before the page is drawn anew, and keep what happened to be said on it."""
    try:
        act()
    except AnalyticsError as error:
        st.session_state[REFUSED] = refusal(error)
    else:
        st.session_state[TOLD] = _(done)
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _say_what_happened() -> None:
    told = st.session_state.pop(TOLD, "")
    if told:
        st.html(f'<p class="proof" role="status">{escape(told)}</p>')
    refused = st.session_state.pop(REFUSED, "")
    if refused:
        notices.refusal(refused)
