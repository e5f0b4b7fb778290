"""Saved views: the page as it stands, under a name; opened, renamed and deleted by name."""

from urllib.parse import parse_qs, urlencode

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.errors import StoreError
from analytics.loaders.views import Shelf
from analytics.store.views import ViewRow
from components import notices
from components.language import PARAMETER, _, sentence_of

# What an address may hold besides the view itself.
KEPT = (PARAMETER, "city")
# Every choice of the hotspot page that lives in the session: an opened view sets them anew.
CHOICES = (
    *("category", "source", "dates", "dates_from", "dates_to", "months", "hour_from", "hour_to"),
    *("weekdays", "bandwidth_m", "cell_m", "kernel", "scale", "view", "layers", "panel"),
    *("measure", "area", "treated", "control", "zones", "crews", "hectares"),
    *("compare", "before_from", "before_to", "before_dates", "other_m", "other_kernel"),
)
REFUSED = "views_refused"


def menu(principal: Principal, city: str, page: str) -> None:
    """Draw the chip with the person's views of a page."""
    shelf = loaders.saved_views(principal, city, page)
    held = {view.name: view for view in shelf.list()}
    with st.popover(_("views.chip", n=len(held)), key="chip_views"):
        if refusal := st.session_state.pop(REFUSED, None):
            notices.refusal(sentence_of(refusal))
        name = st.selectbox(
            _("views.mine"),
            [*held],
            index=None,
            key="views_chosen",
            persist_state="session",
            placeholder=_("views.choose") if held else _("views.none"),
        )
        chosen = held.get(name or "")
        with st.container(horizontal=True):
            off = chosen is None
            st.button(
                _("views.open"), key="views_open", on_click=restore, args=(chosen,), disabled=off
            )
            st.button(
                _("views.delete"),
                key="views_delete",
                on_click=_delete,
                args=(shelf, chosen),
                disabled=off,
            )
        st.text_input(_("views.name"), key="views_name", persist_state="session", max_chars=200)
        with st.container(horizontal=True):
            st.button(_("views.save"), key="views_save", on_click=_save, args=(shelf,))
            st.button(
                _("views.rename"),
                key="views_rename",
                on_click=_rename,
                args=(shelf, chosen),
                disabled=off,
            )


def query_now() -> str:
    """Return the address's query without what is not part of the view."""
    held = {name: st.query_params.get_all(name) for name in st.query_params if name not in KEPT}
    return urlencode(held, doseq=True)


def restore(view: ViewRow) -> None:
    """Put a saved view in force: address and choices."""
    for name in CHOICES:
        st.session_state.pop(name, None)
    kept = {name: st.query_params.get_all(name) for name in KEPT if name in st.query_params}
    st.query_params.from_dict({**parse_qs(view.query), **kept})


def _save(shelf: Shelf) -> None:
    try:
        shelf.save(st.session_state["views_name"], query_now())
        st.session_state["views_name"] = ""
    except StoreError as refusal:
        st.session_state[REFUSED] = refusal


def _rename(shelf: Shelf, view: ViewRow) -> None:
    try:
        shelf.rename(view.id, st.session_state["views_name"])
        st.session_state["views_name"], st.session_state["views_chosen"] = "", None
    except StoreError as refusal:
        st.session_state[REFUSED] = refusal


def _delete(shelf: Shelf, view: ViewRow) -> None:
    try:
        shelf.delete(view.id)
        st.session_state["views_chosen"] = None
    except StoreError as refusal:
        st.session_state[REFUSED] = refusal
