"""The overview: three sentences for a mayor, and the ways into what the person may open.

Numbers: analytics.overview. Drawing: components.overview_view.
"""

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from components import access, notices, overview_view
from components.access import current_city, require
from components.language import _


def page(principal: Principal) -> None:
    """Draw the three sentences, the tile, what changed and how fresh the data are."""
    city = current_city(principal)
    held = loaders.dataset(principal, city.key)
    shown = loaders.overview(principal, city.key)
    overview_view.sentences(shown, city)
    left, right = st.columns([1, 1.05], gap="large")
    with left:
        overview_view.tile(shown)
        st.page_link(access.page_of("hotspots"), label=_("overview.to_map"))
    with right:
        overview_view.changes(principal, shown, city)
    left, right = st.columns([1, 1.05], gap="large")
    with left:
        overview_view.freshness(shown)
    with right:
        overview_view.method(held, shown)


def main() -> None:
    """Guard, then draw."""
    person = require("overview")
    with notices.explain_errors():
        page(person)


main()
