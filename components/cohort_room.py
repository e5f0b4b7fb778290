"""The coach's side of the room poll, for the projector: code, votes as they arrive, what changed.

The drawing refreshes itself while the room is open; who asks is asked anew at every refresh.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.errors import AnalyticsError
from analytics.loaders.rooms import RoomDesk
from analytics.programmes.cohort import CityOnDay, CohortOnDay
from analytics.store.room_votes import Tally
from analytics.store.rooms import RoomRow
from components import access, accounts, address, cards, notices
from components.language import _, _n, current, number, sentence_of
from components.room_picture import LEVELS, PollRow, poll_html, qr_picture

SHEET = Path(__file__).with_suffix(".css")
SHOWN = "room_shown"
PARAMETER = "room"
REFUSED = "room_desk_refused"
EVERY_SECONDS = 2
EQUAL_BELOW = 0.05
NAMED = 2  # components that the sentence names on either side


def shown(principal: Principal, found: CohortOnDay) -> bool:
    """Offer the room to who may open one; tell whether it is what the page shows."""
    if not found.template.components:
        return False
    if not loaders.may_open_rooms(principal, found.programme.key):
        return False
    address.seed(SHOWN, PARAMETER, False, lambda told: told[:1] == ["1"])
    is_shown = bool(st.toggle(_("room.show"), key=SHOWN, persist_state="session"))
    address.remember(PARAMETER, ["1"] if is_shown else [])
    return is_shown


def room(principal: Principal, found: CohortOnDay, city: CityOnDay) -> None:
    """Draw the city's room: the votes, the way in, and what the coach may do next."""
    st.html(f"<style>{SHEET.read_text(encoding='utf-8')}</style>")
    desk = loaders.room_desk(principal, found.programme.key, city.key)
    held = desk.newest()
    with st.container(key="room_head", horizontal=True):
        cards.eyebrow([found.programme.name, city.name], found.programme.synthetic)
        _buttons(desk, held)
    if held is None:
        notices.empty(_("room.none"))
    else:
        every = EVERY_SECONDS if is_live(held) else None
        st.fragment(_projected, run_every=every)(found, city)
    tell_refused()


def button(verb: str, act: Callable[..., object], *args: object) -> None:
    """Offer what may be done with rooms; it is done before the page is drawn again."""
    st.button(_(f"room.{verb}"), key=f"room_{verb}", on_click=_do, args=(act, *args))


def tell_refused() -> None:
    """Say why the last button did nothing, if so."""
    refused = st.session_state.pop(REFUSED, "")
    if refused:
        notices.refusal(refused)


def is_live(held: RoomRow) -> bool:
    """Tell whether phones may still come in."""
    return held.state != "closed" and held.expires_at > datetime.now(UTC)


def link_of(page: str | None, code: str) -> str:
    """Return the link that opens a room, beside the page that the request asked for.

    Parameters
    ----------
    page : str or None
        Address of the page in use, as the browser sees it.
    code : str
    """
    asked = urlsplit(page or "")
    folder = asked.path.rpartition("/")[0]
    path, query = f"{folder}/{access.ROOM}", f"code={code}"
    return urlunsplit((asked.scheme, asked.netloc, path, query, ""))


def headline(names: dict[str, str], means: dict[str, float], last: dict[str, float]) -> str:
    """Word what the room says: against the last workshop, or of itself where there was none.

    Parameters
    ----------
    names : dict
        Component → its name, translated.
    means, last : dict
        Component → mean level, 1–5; components that nobody rated are absent.
    """
    if not means:
        return _("room.no_votes")
    changes = {key: mean - last[key] for key, mean in means.items() if key in last}
    if not changes:
        ranked = sorted(means, key=means.__getitem__)
        low, high = ranked[0], ranked[-1]
        if means[high] - means[low] < EQUAL_BELOW:
            return _("room.level")
        return _("room.first", high=names[high].lower(), low=names[low].lower())
    ranked = sorted(changes, key=changes.__getitem__, reverse=True)
    up = [names[key] for key in ranked if changes[key] >= EQUAL_BELOW][:NAMED]
    down = [names[key] for key in reversed(ranked) if changes[key] <= -EQUAL_BELOW][:NAMED]
    if up and down:
        return _("room.both", up=_listed(up), down=_listed(down))
    if up:
        return _("room.up", up=_listed(up))
    return _("room.down", down=_listed(down)) if down else _("room.same")


def change_word(mean: float | None, last: float | None) -> str:
    """Word a change of a mean level: signed with one decimal, "same" under 0.05."""
    if mean is None or last is None:
        return ""
    change = mean - last
    if abs(change) < EQUAL_BELOW:
        return _("room.equal")
    return ("+" if change > 0 else "") + number(change, 1)


def _projected(found: CohortOnDay, city: CityOnDay) -> None:
    with notices.explain_errors():
        desk = loaders.room_desk(accounts.principal(), found.programme.key, city.key)
        held = desk.newest()
        if held is None:
            return
        votes = desk.tally(held.id)
        is_revealed = held.state != "open"
        last = desk.last_workshop(held) if is_revealed else {}
        rows = _rows(found, votes, last, is_revealed)
        link = link_of(st.context.url, held.code)
        names = {c.key: c.name[current()] for c in found.template.components}
        means = {key: mean for key in names if (mean := votes.mean(key)) is not None}
        where = link.partition("://")[2].partition("?")[0]
        cards.sentence(
            headline(names, means, last) if is_revealed else _("room.waiting", city=where)
        )
        left, right = st.columns([4.1, 1], gap="large")
        with left:
            levels = [_(f"room.level_{level}") for level in range(1, LEVELS + 1)]
            st.html(poll_html(rows, levels, _("room.picture")))
            with st.expander(_("room.table")):
                _table(rows)
        with right:
            _way_in(held, votes, link, where, is_revealed, bool(last))


def _rows(
    found: CohortOnDay, votes: Tally, last: dict[str, float], is_revealed: bool
) -> list[PollRow]:
    rows = []
    for component in found.template.components:
        mean = votes.mean(component.key) if is_revealed else None
        before = last.get(component.key)
        rows.append(
            PollRow(
                name=component.name[current()],
                counts=votes.counts.get(component.key, (0,) * LEVELS),
                mean=mean,
                mean_word="" if mean is None else number(mean, 1),
                last=before,
                change_word=change_word(mean, before),
            )
        )
    return rows


def _way_in(
    held: RoomRow, votes: Tally, link: str, where: str, is_revealed: bool, has_last: bool
) -> None:
    parts = []
    if is_live(held):
        parts.append(qr_picture(link, _("room.qr", link=link)))
        parts.append(f'<p class="room-link">{_breaking(where)}</p>')
        parts.append(f'<p class="room-code">{escape(held.code)}</p>')
    parts.append(
        f'<p class="room-phones">{_n("room.phones", votes.entered, voted=votes.phones)}</p>'
    )
    if is_revealed:
        parts.append(f'<p class="room-key today">{escape(_("room.mean_today"))}</p>')
    if has_last:
        parts.append(f'<p class="room-key last">{escape(_("room.mean_last"))}</p>')
    st.html(f'<div class="room-side">{"".join(parts)}</div>')


def _breaking(where: str) -> str:
    return escape(where).replace("/", "/<wbr>")


def _table(rows: Sequence[PollRow]) -> None:
    columns = {
        "component": _("room.column_component"),
        **{str(level): str(level) for level in range(1, LEVELS + 1)},
        "mean": _("room.column_mean"),
        "last": _("room.mean_last"),
        "change": _("room.column_change"),
    }
    frame = pd.DataFrame(
        {
            "component": row.name,
            **{str(level): n for level, n in enumerate(row.counts, 1)},
            "mean": row.mean_word,
            "last": "" if row.last is None else number(row.last, 1),
            "change": row.change_word,
        }
        for row in rows
    )
    cards.table(frame, columns, caption=_("room.table"))


def _buttons(desk: RoomDesk, held: RoomRow | None) -> None:
    """Draw what the room's state allows."""
    with st.container(
        key="room_buttons", width="content", horizontal=True, vertical_alignment="center"
    ):
        if held is None or not is_live(held):
            if held is not None and held.stored:
                st.html(f'<p class="note">{escape(_("room.stored"))}</p>')
            elif held is not None and held.state == "closed":
                button("store", desk.store, held.id)
            elif held is not None:
                button("close", desk.move, held.id, "closed")
            button("open", desk.open)
            return
        if held.state == "open":
            button("reveal", desk.move, held.id, "revealed")
        button("close", desk.move, held.id, "closed")


def _do(act: Callable[..., object], *args: object) -> None:
    try:
        act(*args)
    except AnalyticsError as error:
        st.session_state[REFUSED] = sentence_of(error)


def _listed(names: Sequence[str]) -> str:
    *head, final = (name.lower() for name in names)
    return _("room.pair", one=head[0], other=final) if head else final
