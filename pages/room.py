"""The room: what a phone in a workshop sees without an account, its question and its own vote.

Rules: analytics.store.rooms. Drawing: components.room_view.
"""

import streamlit as st

from components import notices, room_view
from components.room_access import phone, require_room


def main() -> None:
    """Guard by the room's code, then draw."""
    seat = require_room(st.query_params.get("code"))
    with notices.explain_errors():
        room_view.question(seat, phone())


main()
