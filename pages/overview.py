"""The overview: three sentences for a mayor, and the ways into what the person may open.

Numbers: analytics.overview. Drawing: components.overview_view, components.overview_tiles.
"""

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from components import notices, overview_tiles, overview_view
from components.access import current_city, require


def page(principal: Principal) -> None:
    """Draw the three sentences, the tiles, what changed and how fresh the data are."""
    city = current_city(principal)
    held = loaders.dataset(principal, city.key)
    shown = loaders.overview(principal, city.key)
    overview_view.sentences(shown, city)
    tiles = overview_tiles.prepare(principal, city, shown)
    if len(tiles) == 1:
        # A tile alone would leave most of its row empty: what changed stands beside it.
        left, right = st.columns(overview_view.WIDTHS, gap="large")
        with left:
            overview_tiles.draw(principal, tiles[0])
        with right:
            overview_view.changes(principal, shown, city)
        left, right = st.columns(overview_view.WIDTHS, gap="large")
        with left:
            overview_view.freshness(shown)
        with right:
            overview_view.method(held, shown)
        return
    for column, tile in zip(st.columns(len(tiles), gap="large"), tiles, strict=True):
        with column:
            overview_tiles.draw(principal, tile)
    left, right = st.columns(overview_view.WIDTHS, gap="large")
    with left:
        overview_view.freshness(shown)
    with right:
        overview_view.changes(principal, shown, city)
    overview_view.method(held, shown)


def main() -> None:
    """Guard, then draw."""
    person = require("overview")
    with notices.explain_errors():
        page(person)


main()
