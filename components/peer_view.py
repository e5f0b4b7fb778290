"""Peers: consenting cities of a programme, indicator by indicator, never a rank."""

from collections.abc import Callable
from html import escape

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Action, Principal, may
from analytics.errors import AnalyticsError
from analytics.scorecards.catalogue import DIMENSIONS, Indicator
from analytics.scorecards.peers import Peer, PeerRow, Peers
from analytics.scorecards.periods import Period
from analytics.settings import City
from analytics.store.programmes import ProgrammeRow
from components import cards, charts, notices, peer_charts
from components import scorecard_words as words
from components.language import _, _n, number, percent, sentence_of
from components.tokens import palette

COLUMNS = 3
TOLD, REFUSED = "peers_told", "peers_refused"
NAN = float("nan")


def draw(principal: Principal, city: City, period: Period) -> None:
    """Draw the choice of programme, dimension and names, then the comparison and the consent."""
    known = loaders.peer_programmes(principal, city.key)
    if not known:
        notices.empty(_("peers.no_programme"))
        return
    programme, dimension, hidden = _choices(known)
    shown = loaders.peers(principal, programme.key, city.key, period, hidden=hidden)
    cards.sentence(sentence(shown))
    _say_what_happened()
    if len(shown.cities) > 1:
        _pairs(shown)
        _panels(shown, dimension)
        _twin(shown, dimension)
    if may(principal, Action.VALIDATE_INDICATORS, city.key):
        _consent(principal, city, programme)


def sentence(shown: Peers) -> str:
    """Say how many pairs can be told apart; that nobody can be compared where nobody consents."""
    if len(shown.cities) < 2:
        return _("peers.alone")
    if not shown.common:
        return _("peers.no_common", n=len(shown.cities))
    return _n("peers.sentence", len(shown.ahead), of=shown.pairs, cities=len(shown.cities))


def _choices(known: list[ProgrammeRow]) -> tuple[ProgrammeRow, str, bool]:
    with st.container(key="chips_peers", horizontal=True, vertical_alignment="center"):
        by_key = {row.key: row for row in known}
        chosen = st.selectbox(
            _("peers.programme"),
            list(by_key),
            key="peers_programme",
            persist_state="session",
            label_visibility="collapsed",
            width=340,
            format_func=lambda key: by_key[key].name,
        )
        dimension = st.segmented_control(
            _("scorecard_report.column.dimension"),
            DIMENSIONS,
            default=DIMENSIONS[0],
            required=True,
            key="peers_dimension",
            label_visibility="collapsed",
            format_func=lambda key: _(f"scorecards.{key}"),
        )
        hidden = st.toggle(_("peers.anonymise"), key="peers_hidden", persist_state="session")
    return by_key[str(chosen)], str(dimension), hidden


def name(peer: Peer) -> str:
    """Return a city's name, or its letter."""
    return _("peers.city", letter=peer.name) if peer.anonymous else peer.name


def _pairs(shown: Peers) -> None:
    note = _("peers.rule", n=shown.common, runs=shown.runs, seed=str(shown.seed))
    with cards.block("pairs", title=_("peers.ahead"), note=note):
        lines = [
            _(
                "peers.pair",
                one=name(shown.cities[pair.one]),
                other=name(shown.cities[pair.other]),
                share=percent(pair.share, 0),
            )
            for pair in shown.ahead
        ] or [_("peers.none_ahead")]
        if shown.influences:
            factor = _(f"scorecards.factor.{shown.influences[0].factor}")
            lines.append(_("scorecards.depends", factor=factor))
        cards.lede(lines)


def _of(shown: Peers, dimension: str) -> list[PeerRow]:
    return [row for row in shown.rows if row.sheet.dimension == dimension]


def _panels(shown: Peers, dimension: str) -> None:
    rows = _of(shown, dimension)
    if not rows:
        cards.lede([_("peers.nothing_here")])
    for start in range(0, len(rows), COLUMNS):
        for column, row in zip(
            st.columns(COLUMNS, gap="large"), rows[start : start + COLUMNS], strict=False
        ):
            with column:
                _panel(shown, row)


def _panel(shown: Peers, row: PeerRow) -> None:
    title = words.short(row.sheet)
    with cards.block(f"peer_{row.sheet.id}", title=title, note=words.name(row.sheet)):
        frame = pd.DataFrame(
            [
                {
                    "label": name(shown.cities[each.city]),
                    "value": each.value,
                    "low": NAN if each.low is None else each.low,
                    "high": NAN if each.high is None else each.high,
                    "own": shown.cities[each.city].own,
                }
                for each in row.values
                if each.value is not None
            ]
        )
        told = _worded(row.sheet)
        parts = "; ".join(f"{label} {told(value)}" for label, value in
                          zip(frame["label"], frame["value"], strict=True))  # fmt: skip
        charts.show(
            peer_charts.panel(frame, palette(), number=told),
            alt=_("peers.alt", name=title, values=parts),
            key=f"peer_{row.sheet.id}",
        )


def _worded(sheet: Indicator) -> Callable[[float], str]:
    return lambda amount: words.level(sheet, amount)


def _twin(shown: Peers, dimension: str) -> None:
    with st.popover(_("peers.table"), key="link_peers_table", type="tertiary"):
        rows = [
            {
                "indicator": words.short(row.sheet),
                "city": name(shown.cities[each.city]),
                "value": "" if each.value is None else words.level(row.sheet, each.value),
                "interval": ""
                if each.low is None or each.high is None
                else f"{number(each.low, 0)}–{number(each.high, 0)}",
                "n": number(each.n) if each.n else "",
                "status": _(f"scorecards.status.{each.status}"),
            }
            for row in _of(shown, dimension)
            for each in row.values
        ]
        columns = {
            "indicator": _("scorecard_report.column.indicator"),
            "city": _("peers.column_city"),
        } | {key: _(f"scorecards.column.{key}") for key in ("value", "interval", "n", "status")}
        cards.table(pd.DataFrame(rows, columns=list(columns)), columns, caption=_("peers.table"))


def _consent(principal: Principal, city: City, programme: ProgrammeRow) -> None:
    """Let those who vouch for the values choose what leaves the city, or take it back."""
    held = loaders.own_consent(principal, programme.key, city.key)
    given = held is not None and held.given
    note = _("peers.consent_note", programme=programme.name)
    with cards.block("consent", title=_("peers.consent"), note=note):
        key = f"peers_share_{programme.key}_{held.version if held else 0}"
        measured = loaders.handover(principal, city.key).measured
        # A city's own indicators have no counterpart elsewhere.
        sheets = {sheet.id: sheet for sheet, plan in measured if not plan.own}
        shared = [k for k in held.indicators if k in sheets] if held and given else []
        with st.form(f"form_{key}", border=False):
            st.multiselect(
                _("peers.shared"),
                list(sheets),
                default=shared,
                key=key,
                format_func=lambda k: words.short(sheets[k]),
            )
            st.form_submit_button(
                _("peers.give"),
                type="primary",
                on_click=_give,
                args=(principal, city, programme.key, held.version if held else None, key),
            )
        if given:
            st.button(
                _("peers.withdraw"),
                key="link_peers_withdraw",
                type="tertiary",
                on_click=_withdraw,
                args=(principal, city, programme.key),
            )


def _give(principal: Principal, city: City, programme: str, version: int | None, key: str) -> None:
    chosen = tuple(st.session_state[key])
    desk = loaders.consent_desk(principal, city.key)
    _attempt(lambda: desk.give(programme, chosen, version), "peers.given")


def _withdraw(principal: Principal, city: City, programme: str) -> None:
    desk = loaders.consent_desk(principal, city.key)
    _attempt(lambda: desk.withdraw(programme), "peers.taken_back")


def _attempt(act: Callable[[], object], done: str) -> None:
    """Do it before the page is drawn anew, and keep what happened to be said on it."""
    try:
        act()
    except AnalyticsError as error:
        st.session_state[REFUSED] = sentence_of(error)
    else:
        st.session_state[TOLD] = _(done)


def _say_what_happened() -> None:
    told = st.session_state.pop(TOLD, "")
    if told:
        st.html(f'<p class="proof" role="status">{escape(told)}</p>')
    refused = st.session_state.pop(REFUSED, "")
    if refused:
        notices.refusal(refused)
