"""Today's rooms of a whole cohort: who answered and what; all opened or closed at once."""

from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.programmes.cohort import CohortOnDay
from analytics.store.room_votes import Tally
from analytics.store.rooms import RoomRow
from components import accounts, cards, cohort_room, downloads, notices
from components.language import _, _n, current, number

EVERY_SECONDS = 5


def rooms(principal: Principal, found: CohortOnDay) -> None:
    """Draw the rooms of today for who may open them, once asked for."""
    if not found.template.components:
        return
    if not loaders.may_open_rooms(principal, found.programme.key):
        return
    if not st.toggle(_("room.show_all"), key="show_rooms", persist_state="session"):
        return
    desk = loaders.rooms_desk(principal, found.programme.key)
    held = [room for room, _votes in desk.today()]
    live = [room for room in held if cohort_room.is_live(room)]
    with cards.block("rooms", title=_("room.show_all")):
        st.fragment(_table, run_every=EVERY_SECONDS if live else None)(found)
        with st.container(key="rooms_buttons", horizontal=True):
            if len(live) < len(found.cities):
                cohort_room.button("open_all", desk.open_all)
            if any(room.state != "closed" for room in held):
                cohort_room.button("close_all", desk.close_all)
        cohort_room.tell_refused()


def _table(found: CohortOnDay) -> None:
    with notices.explain_errors():
        who = accounts.principal()
        held = loaders.rooms_desk(who, found.programme.key).today()
        if not held:
            notices.empty(_("room.none_today"))
            return
        answered = sum(votes.phones > 0 for _room, votes in held)
        told = _n("room.answered", len(held), answered=answered)
        st.html(f'<p class="note">{escape(told)}</p>')
        frame, columns = _frame(found, held), _columns(found)
        cards.table(frame, columns, caption=_("room.show_all"))
        day = held[0][0].held_on.isoformat()
        table = downloads.table(
            frame.rename(columns=columns), who, found.programme.key, f"rooms-{day}", day
        )
        downloads.row([table], key="rooms")


def _columns(found: CohortOnDay) -> dict[str, str]:
    return {
        "city": _("room.column_city"),
        "code": _("room.column_code"),
        "phones": _("room.column_phones"),
        "state": _("room.column_state"),
        **{component.key: component.name[current()] for component in found.template.components},
    }


def _frame(found: CohortOnDay, held: Sequence[tuple[RoomRow, Tally]]) -> pd.DataFrame:
    names = {city.key: city.name for city in found.cities}
    told = sorted(held, key=lambda one: names.get(one[0].city, one[0].city))
    return pd.DataFrame(
        {
            "city": names.get(room.city, room.city),
            "code": room.code if cohort_room.is_live(room) else "",
            "phones": _("room.phones_of", voted=votes.phones, n=votes.entered),
            "state": _(f"room.state_{_state(room)}"),
            **{c.key: _mean(room, votes, c.key) for c in found.template.components},
        }
        for room, votes in told
    )


def _state(room: RoomRow) -> str:
    if room.stored:
        return "stored"
    return room.state if room.state == "closed" or cohort_room.is_live(room) else "expired"


def _mean(room: RoomRow, votes: Tally, component: str) -> str | None:
    mean = None if room.state == "open" else votes.mean(component)
    return None if mean is None else number(mean, 1)
