"""The continuity view: what would be handed over today, the registers, and their entry form."""

from functools import partial

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Action, Principal, may
from analytics.commands.words import handover_command
from analytics.exports.reports import Report
from analytics.scorecards.continuity import Handover
from analytics.scorecards.registers import KINDS, STAGES
from analytics.settings import City
from components import cards, downloads, register_entry, report_view
from components import register_words as words
from components.handover_report import board_line, sentence, term_line
from components.language import _, day

FORMATS = (".pdf", ".xlsx")


def draw(principal: Principal, city: City) -> None:
    """Draw the sentence, a register of choice, term, board and open commitments, downloads."""
    held = loaders.handover(principal, city.key)
    cards.sentence(sentence(held))
    left, right = st.columns([1.75, 1], gap="large")
    with left:
        kind = _registers(held)
        if may(principal, Action.ENTER_INDICATORS, city.key):
            register_entry.draw(principal, city, kind, held.of(kind))
    with right:
        _term(held)
        _open(held)
        _board(held)
    _pack(principal, city, held)


def _registers(held: Handover) -> str:
    with cards.block("registers"):
        kind = st.selectbox(
            _("registers.choose"),
            list(KINDS),
            key="register_kind",
            persist_state="session",
            label_visibility="collapsed",
            width=420,
            format_func=lambda key: f"{words.kind(key)} · {len(held.of(key))}",
        )
        names = ("title", "with_whom", "about", "state", "days", "owner")
        columns = {name: _(f"registers.column.{name}") for name in names}
        rows = [words.row(entry) for entry in held.of(kind)]
        if rows:
            cards.table(pd.DataFrame(rows, columns=names), columns, caption=words.kind(kind))
        else:
            cards.lede([_("registers.none")])
    return str(kind)


def _term(held: Handover) -> None:
    with cards.block("term", title=_("handover.term")):
        cards.lede([term_line(held)])


def _open(held: Handover) -> None:
    with cards.block("open", title=_("handover.open")):
        rows = [(p.text, p.owner, day(p.due_on)) for p in held.promises]
        names = ("commitment", "owner", "due")
        columns = {name: _(f"registers.column.{name}") for name in names}
        if rows:
            cards.table(pd.DataFrame(rows, columns=names), columns, caption=_("handover.open"))
        else:
            cards.lede([_("registers.none")])


def _board(held: Handover) -> None:
    with cards.block("board", title=words.kind("board"), note=board_line(held)):
        rows = []
        for stage in STAGES:
            entries = held.board(stage).values()
            done = sum(entry is not None and entry.state == "done" for entry in entries)
            rows.append((words.stage(stage), _("scorecards.of", n=done, of=len(entries))))
        columns = {"stage": _("registers.column.stage"), "done": _("registers.state.done")}
        cards.table(pd.DataFrame(rows, columns=list(columns)), columns, caption=words.kind("board"))


def _pack(principal: Principal, city: City, held: Handover) -> None:
    def compose() -> Report:
        # Drawing is loaded by the first who asks for a report, not by everyone who looks.
        from components.handover_report import handover_report

        return handover_report(city, held)

    with cards.block("pack", title=_("handover.title")):
        cards.method_note([_("handover.method", n=len(held.measured))], handover_command(city.key))
        deliver = partial(report_view.delivered, principal, city.key, compose)
        name = ("handover", held.on.isoformat())
        downloads.row([deliver(name, suffix) for suffix in FORMATS], key="handover")
