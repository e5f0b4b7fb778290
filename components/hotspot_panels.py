"""What stands below the map when it is asked for: one block at a time, computed only then."""

from collections.abc import Callable

import streamlit as st

from analytics.access import Principal
from analytics.datasets import Dataset
from analytics.errors import AnalyticsError
from analytics.hotspots.surface import HotspotSurface
from components import (
    address,
    bandwidth_view,
    cards,
    cautions_view,
    compare_view,
    concentration_view,
    near_repeat_view,
    notices,
    persistence_view,
    saved_views,
    time_view,
    wdd_view,
)
from components.language import _, sentence_of

Block = Callable[[Principal, Dataset, HotspotSurface], None]
PANELS: dict[str, Block] = {
    "time": time_view.block,
    "near_repeat": near_repeat_view.block,
    "classes": persistence_view.classes,
    "next": persistence_view.prospective,
    "bandwidth": bandwidth_view.block,
    "concentration": concentration_view.block,
    "cautions": cautions_view.block,
    "compare": compare_view.block,
    "wdd": wdd_view.block,
}


def views_only(principal: Principal, held: Dataset) -> None:
    """Offer the saved views to who sees the surface and none of the blocks."""
    with (
        cards.block("panels", title=_("views.title")),
        st.container(key="chips_panels", horizontal=True),
    ):
        saved_views.menu(principal, held.city.key, "hotspots")


def draw(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    """Offer the blocks and draw the chosen one; the choice stands in the address."""
    address.seed("panel", "panel", None, lambda told: address.known(told[:1], PANELS)[0])
    with (
        cards.block("panels", title=_("panels.title")),
        st.container(key="chips_panels", horizontal=True),
    ):
        chosen = st.segmented_control(
            _("panels.title"),
            [*PANELS],
            key="panel",
            persist_state="session",
            label_visibility="collapsed",
            format_func=lambda key: _(f"panels.{key}"),
        )
        saved_views.menu(principal, held.city.key, "hotspots")
    address.remember("panel", [chosen] if chosen else [])
    if chosen is None:
        return
    try:
        PANELS[chosen](principal, held, result)
    except AnalyticsError as refusal:
        notices.empty(sentence_of(refusal))
