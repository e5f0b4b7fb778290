"""The guard of the one public page: a room's code instead of a sign-in, and who a phone is.

A phone is a random id in its own cookie, so that a reload changes its vote instead of adding one.
The id means nothing to anybody: the store holds its hash alone.
"""

import json
import re
import secrets

import streamlit as st

from analytics import loaders
from analytics.errors import AnalyticsError
from analytics.loaders.rooms import RoomSeat
from components import access, accounts, room_view
from components.language import sentence_of

COOKIE = "cabildo_room"
COOKIE_SECONDS = 12 * 3600
PHONE = "room_phone"
SEAT = "room_seat"
CODE = "room_code"
PARAMETER = "code"


def require_room(code: str | None) -> RoomSeat:
    """Guard the room's page: return the seat that a code leads to, or ask for a code and stop.

    Parameters
    ----------
    code : str or None
        What the address asks for. A code is looked up once per session, so that tapping on a
        phone never waits for the throttle.
    """
    access.through_app(access.ROOM)
    room_view.dress()
    refused = ""
    if code:
        known, seat = st.session_state.get(SEAT, ("", None))
        if known == code and seat is not None:
            return _seated(seat)
        try:
            seat = loaders.enter_room(code, accounts.visitor_address())
            seat.sit(phone())
        except AnalyticsError as error:
            refused = sentence_of(error)
        else:
            st.session_state[SEAT] = (code, seat)
            return _seated(seat)
    room_view.door(CODE, _ask, refused)
    st.stop()


def phone() -> str:
    """Return this phone's id: the cookie's, or a new one."""
    if PHONE not in st.session_state:
        told = str(st.context.cookies.get(COOKIE, ""))
        is_ours = re.fullmatch(r"[A-Za-z0-9_-]{43}", told)
        st.session_state[PHONE] = told if is_ours else secrets.token_urlsafe(32)
    return str(st.session_state[PHONE])


def _seated(seat: RoomSeat) -> RoomSeat:
    secure = "; Secure" if (st.context.url or "").startswith("https:") else ""
    cookie = f"{COOKIE}={phone()}; Path=/; Max-Age={COOKIE_SECONDS}; SameSite=Strict{secure}"
    with st.container(key="room_phone"):
        st.html(
            f"<script>document.cookie = {json.dumps(cookie)}</script>",
            unsafe_allow_javascript=True,
        )
    return seat


def _ask() -> None:
    st.query_params[PARAMETER] = st.session_state[CODE].strip()
