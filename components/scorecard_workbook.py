"""The office's workbook on the page: the template to fill in, and the filled one taken in."""

from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import workbook_command
from analytics.errors import AnalyticsError, SourceError
from analytics.scorecards.office import EntryDesk
from analytics.scorecards.periods import Period
from analytics.scorecards.workbook_reading import Fault, Filled
from analytics.settings import City, load_settings
from analytics.uploads import received
from components import cards, catalogue, downloads, notices, uploader
from components import scorecard_words as words
from components.language import _, _n, current, sentence_of
from components.report_view import KINDS

OUTCOME = "workbook_outcome"
TURN = "workbook_turn"  # counts what was taken in: the next form starts without a file
FAULTS = 30  # named on the page; the command names all


@dataclass(frozen=True)
class Outcome:
    """What became of a file in this session."""

    city: str
    file: str
    filled: Filled | None
    refusal: AnalyticsError | None


def draw(principal: Principal, city: City, period: Period) -> None:
    """Draw the choice of the office, its template, the form for the filled one, the result."""
    desk = loaders.indicator_entry(principal, city.key)
    note = _("workbook.note", period=words.period(period))
    with cards.block("workbook", title=_("workbook.block"), note=note):
        offices = desk.offices()
        if not offices:
            notices.empty(_("scorecards.nothing_measured"))
            return
        office = st.selectbox(
            _("workbook.office"),
            ["", *offices],
            key="workbook_office",
            format_func=lambda name: name or _("workbook.all_offices"),
        )
        _template(principal, desk, str(office), period)
        _filled(principal, city)
        _result(city)
        cards.method_note([_("workbook.rule")], workbook_command(city.key, str(office), period.key))


def _template(principal: Principal, desk: EntryDesk, office: str, period: Period) -> None:
    language = current()

    def word(key: str, /, **values: object) -> str:
        # Pressed outside the page's run: there is no session to ask for the language.
        return catalogue.translate(language, key, **values)

    kind, mime = KINDS[".xlsx"]
    data = downloads.audited(
        principal,
        desk.city,
        lambda: desk.template(office, period, word=word, language=language),
        kind="workbook",
    )
    name = downloads.file_name(desk.city, office or "all", period.key, extension="xlsx")
    label = _("workbook.download", kind=kind)
    downloads.row([downloads.Download(label, data, name, mime)], key="workbook")


def _filled(principal: Principal, city: City) -> None:
    uploader.in_own_words()
    key = f"workbook_file_{st.session_state.get(TURN, 0)}"
    with st.form("form_workbook", border=False):
        st.file_uploader(_("workbook.file"), type="xlsx", key=key, width="stretch")
        st.form_submit_button(
            _("workbook.take_in"), type="primary", on_click=_take, args=(principal, city, key)
        )


def _take(principal: Principal, city: City, key: str) -> None:
    """Take a file in before the page is drawn anew; what became of it is said on the page."""
    file: Any = st.session_state[key]
    filled, refusal = None, None
    try:
        if file is None:
            raise SourceError("workbook.no_file")
        desk = loaders.indicator_entry(principal, city.key)
        with received(load_settings(), file.name, file) as path:
            filled = desk.enter_template(path)
    except AnalyticsError as error:
        refusal = error
    st.session_state[OUTCOME] = Outcome(city.key, file.name if file else "", filled, refusal)
    if filled is not None and not filled.faults:
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _result(city: City) -> None:
    outcome: Outcome | None = st.session_state.pop(OUTCOME, None)
    if outcome is None or outcome.city != city.key:
        return
    if outcome.refusal is not None:
        notices.refusal(sentence_of(outcome.refusal))
    elif outcome.filled is not None and outcome.filled.faults:
        faults(outcome.file, outcome.filled.faults)
    elif outcome.filled is not None:
        told = _n("workbook.taken_in", len(outcome.filled.readings), file=outcome.file)
        st.html(f'<p class="proof" role="status">{escape(told)}</p>')


def faults(file: str, found: tuple[Fault, ...]) -> None:
    """Say that nothing of a file was kept, and name every cell with its remedy."""
    notices.refusal(_n("workbook.refused", len(found), file=file))
    rows = "".join(
        f"<li><span><strong>{escape(fault.place)}</strong></span>"
        f"<span>{escape(words.refusal(fault.error))}</span></li>"
        for fault in found[:FAULTS]
    )
    more = len(found) - FAULTS
    if more > 0:
        rows += f'<li class="note">{escape(_n("workbook.more_faults", more))}</li>'
    st.html(f'<ul class="rows faults">{rows}</ul>')
