"""The layout of the Mexican transparency laws: the city's indicators written into it and read."""

from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import layout_command
from analytics.errors import AnalyticsError, SourceError
from analytics.scorecards.catalogue import DIMENSIONS, load_catalogue
from analytics.scorecards.periods import Period
from analytics.scorecards.transparency_reading import Layout
from analytics.settings import City, load_settings
from analytics.uploads import received
from components import cards, catalogue, downloads, notices, scorecard_workbook, uploader
from components import scorecard_words as words
from components.language import _
from components.report_view import KINDS
from components.scorecard_view import category_name

OUTCOME = "layout_outcome"
TURN = "layout_turn"  # counts what was taken in: the next form starts without a file


@dataclass(frozen=True)
class Outcome:
    """What became of a file in this session."""

    city: str
    file: str
    found: Layout | None
    refusal: AnalyticsError | None


def draw(principal: Principal, city: City, period: Period) -> None:
    """Draw the download, the form for a filled layout, and what became of the last file."""
    with cards.block("layout", title=_("layout.title"), note=_("layout.note")):
        desk = loaders.indicator_entry(principal, city.key)
        kind, mime = KINDS[".xlsx"]
        data = downloads.audited(
            principal, city.key, lambda: desk.layout(city.name, period, _spanish), kind="layout"
        )
        name = downloads.file_name(city.key, "a121fr06", period.key, extension="xlsx")
        label = _("layout.download", kind=kind, period=words.period(period))
        downloads.row([downloads.Download(label, data, name, mime)], key="layout")
        _form(principal, city)
        _result(city)
        cards.method_note([_("layout.rule")], layout_command(city.key, period.key))


def _spanish(key: str, /, **values: object) -> str:
    """Word the layout in the language of its law, whatever the reader's."""
    return catalogue.translate("es", key, **values)


def _form(principal: Principal, city: City) -> None:
    uploader.in_own_words()
    key = f"layout_file_{st.session_state.get(TURN, 0)}"
    with st.form("form_layout", border=False):
        st.file_uploader(_("layout.file"), type=("xlsx", "xls"), key=key, width="stretch")
        left, right = st.columns(2)
        with left:
            st.selectbox(
                _("layout.dimension"),
                DIMENSIONS,
                index=None,
                placeholder="",
                key="layout_dimension",
                format_func=lambda name: _(f"scorecards.{name}"),
            )
        with right:
            st.selectbox(
                _("layout.category"),
                list(load_catalogue().categories),
                index=None,
                placeholder="",
                key="layout_category",
                format_func=category_name,
            )
        st.form_submit_button(_("layout.take_in"), on_click=_take, args=(principal, city, key))


def _take(principal: Principal, city: City, key: str) -> None:
    """Take a file in before the page is drawn anew; what became of it is said on the page."""
    file: Any = st.session_state[key]
    place = st.session_state["layout_dimension"], st.session_state["layout_category"]
    found, refusal = None, None
    try:
        if file is None:
            raise SourceError("workbook.no_file")
        desk = loaders.indicator_entry(principal, city.key)
        with received(load_settings(), file.name, file) as path:
            found = desk.enter_layout(path, place if all(place) else None)
    except AnalyticsError as error:
        refusal = error
    st.session_state[OUTCOME] = Outcome(city.key, file.name if file else "", found, refusal)
    if found is not None and not found.faults:
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _result(city: City) -> None:
    outcome: Outcome | None = st.session_state.pop(OUTCOME, None)
    if outcome is None or outcome.city != city.key:
        return
    if outcome.refusal is not None:
        notices.refusal(words.refusal(outcome.refusal))
    elif outcome.found is not None and outcome.found.faults:
        scorecard_workbook.faults(outcome.file, outcome.found.faults)
    elif outcome.found is not None:
        told = _(
            "layout.taken_in",
            file=outcome.file,
            rows=outcome.found.rows,
            plans=len(outcome.found.plans),
            drafts=len(outcome.found.readings),
        )
        st.html(f'<p class="proof" role="status">{escape(told)}</p>')
