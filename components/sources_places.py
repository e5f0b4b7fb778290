"""The records without a place: what is stored of them, and two numbers that put them on the map."""

from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import unlocated
from analytics.errors import AnalyticsError
from analytics.intake import Holdings, Intake
from analytics.store import located
from components import cards
from components.language import _, _n, day, moment, number, sentence_of
from components.notices import refusal
from components.sources_view import change

ROWS = 10
CHOICE_PX = 360
TIMED = ("minute", "hour")
DEGREES = "%.6f"
LISTED = "places_listed"
COLUMNS = ("record", "time", "category", "source", "row")


def places(intake: Intake, held: Holdings) -> None:
    """List what has no place, ten at a time, on demand; place one, or take a place back."""
    with cards.block("places", title=_("places.title"), note=_("places.note")):
        if st.toggle(_("places.show"), key="places_show"):
            try:
                _unplaced(intake, held)
            except AnalyticsError as error:
                refusal(sentence_of(error))
        _placed(intake)


def _unplaced(intake: Intake, held: Holdings) -> None:
    rows, n = _listed(intake, held)
    if rows.empty and not n:
        st.html(f'<p class="note">{escape(_("places.none"))}</p>')
        return
    st.html(f'<p class="proof">{escape(_n("places.waiting", n))}</p>')
    table = pd.DataFrame([_row(row) for row in rows.to_dict("records")])
    heads = {name: _(f"places.column.{name}") for name in COLUMNS}
    cards.table(table, heads, caption=_("places.title"))
    if n > ROWS:
        st.pagination(-(-n // ROWS), key="places_page")
    labels = dict(zip(rows["event_id"], table["label"], strict=True))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            _("places.choose"),
            list(labels),
            key="places_event",
            format_func=labels.__getitem__,
            width=CHOICE_PX,
        )
        at = [
            st.number_input(
                _(f"places.{name}"),
                min_value=-limit,
                max_value=limit,
                value=None,
                format=DEGREES,
                key=f"places_{name}",
                width=160,
            )
            for name, limit in (("longitude", 180.0), ("latitude", 90.0))
        ]
        goes = st.button(_("places.place"), key="places_place")
    longitude, latitude = at
    if longitude is None or latitude is None:
        if goes:
            refusal(_("places.need"))
        return
    line = unlocated.place_line(intake.city.key, chosen, longitude, latitude)
    cards.method_note([_("places.method")], line)
    if goes:
        told = _("places.placed", record=labels[chosen])
        change(lambda: unlocated.place_event(intake, chosen, longitude, latitude), told)


def _listed(intake: Intake, held: Holdings) -> tuple[pd.DataFrame, int]:
    """Return the records on screen; read, and audited, once per page and state of the store."""
    shown = st.session_state.get("places_page", 1) - 1
    state = (held.city.key, held.version, held.active, shown)
    last = st.session_state.get(LISTED)
    if last is None or last[0] != state:
        last = (state, unlocated.unlocated(intake, limit=ROWS, offset=shown * ROWS))
        st.session_state[LISTED] = last
    rows, n = last[1]
    return rows, n


def _row(row: Mapping[Hashable, Any]) -> dict[str, str]:
    record, when = str(row["source_record_id"]), _when(row)
    named = row["source_category"]
    return {
        "record": record,
        "time": when,
        "category": _("review.no_category") if pd.isna(named) else str(named),
        "source": str(row["source"]),
        "row": number(int(row["row_number"])),
        "label": f"{record} · {when}",
    }


def _when(row: Mapping[Hashable, Any]) -> str:
    at = row["occurred_from"]
    if not isinstance(at, pd.Timestamp) or pd.isna(at):
        return _("review.no_time")
    return moment(at) if row["time_precision"] in TIMED else day(at.date())


def _placed(intake: Intake) -> None:
    """Offer to take back what was placed by hand."""
    held = {place.event_id: place for place in located.located(intake.db, intake.city.key)}
    if not held:
        return
    labels = {
        key: _(
            "places.by",
            longitude=number(place.longitude, 5),
            latitude=number(place.latitude, 5),
            who=place.placed_by,
            when=moment(place.placed_at, intake.city.timezone),
        )
        for key, place in held.items()
    }
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        chosen = st.selectbox(
            _("places.placed_by_hand"),
            list(held),
            key="places_held",
            format_func=labels.__getitem__,
            width=CHOICE_PX,
        )
        if st.button(_("places.undo"), key="places_undo"):
            change(lambda: unlocated.withdraw_event(intake, chosen), _("places.undone"))
