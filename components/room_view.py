"""What a phone sees of a room: the code's form, five bars from 1 to 5, one button."""

from collections.abc import Callable
from html import escape
from pathlib import Path

import streamlit as st

from analytics.errors import AnalyticsError
from analytics.loaders.rooms import RoomSeat
from analytics.programmes.readiness import LEVELS
from components.cards import sentence
from components.language import _, current, sentence_of, switcher
from components.notices import empty, refusal

SHEET = Path(__file__).with_suffix(".css")
REFUSED = "room_refused"


def dress() -> None:
    """Take the page down to a phone's width, without bar and menu."""
    st.html(f"<style>{SHEET.read_text(encoding='utf-8')}</style>")


def door(key: str, on_ask: Callable[[], None], refused: str) -> None:
    """Ask for a room's code; ``refused`` says why the last one did not open a room."""
    with st.container(key="room"):
        sentence(_("room.ask"))
        with st.form("room_door", border=False):
            st.text_input(_("room.code"), key=key, max_chars=12, autocomplete="off")
            st.form_submit_button(_("room.enter"), type="primary", width="stretch", on_click=on_ask)
        if refused:
            refusal(refused)
        switcher(folded=False)


def question(seat: RoomSeat, phone: str) -> None:
    """Ask where the city is today; ``phone`` is the id whose vote it is."""
    stamp = f' <span class="stamp">{escape(_("look.synthetic"))}</span>' if seat.synthetic else ""
    where = _("room.where", code=f"<strong>{escape(seat.code)}</strong>", city=escape(seat.city))
    with st.container(key="room"):
        st.html(f'<p class="room-where">{where}{stamp}</p>')
        sentence(_("room.question"))
        st.html(f'<p class="room-scale">{escape(_("room.scale"))}</p>')
        _bars(seat, phone)
        switcher(folded=False)


@st.fragment
def _bars(seat: RoomSeat, phone: str) -> None:
    own = seat.own(phone)
    if not seat.is_open():
        empty(_("room.closed"))
        _say(seat, own)
        return
    chosen: dict[str, int] = {}
    for component in seat.template.components:
        level = st.segmented_control(
            f"**{component.name[current()]}** :small[{component.note[current()]}]",
            range(LEVELS[0], LEVELS[1] + 1),
            key=f"level_{seat.code}_{component.key}",
            persist_state="session",
            default=own.get(component.key),
            width="stretch",
        )
        if level is not None:
            chosen[component.key] = level
    st.button(
        _("room.send", n=len(chosen), of=len(seat.template.components)),
        key="room_send",
        type="primary",
        width="stretch",
        disabled=not chosen,
        on_click=_send,
        args=(seat, phone, chosen),
    )
    refused = st.session_state.pop(REFUSED, "")
    if refused:
        refusal(refused)
    key = "room.received" if own and own == chosen else "room.may_change"
    st.html(f'<p class="room-foot" role="status">{escape(_(key))}</p>')


def _send(seat: RoomSeat, phone: str, chosen: dict[str, int]) -> None:
    try:
        seat.vote(phone, chosen)
    except AnalyticsError as error:
        st.session_state[REFUSED] = sentence_of(error)


def _say(seat: RoomSeat, own: dict[str, int]) -> None:
    rows = [
        f"<div><dt>{escape(c.name[current()])}</dt><dd>{own[c.key]}</dd></div>"
        for c in seat.template.components
        if c.key in own
    ]
    if rows:
        st.html(f'<dl class="pairs">{"".join(rows)}</dl>')
