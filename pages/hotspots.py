"""Hotspot map: where recorded events concentrate.

Inputs: components.inputs. Numbers: analytics. Drawing: components.hotspot_view.
"""

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.datasets import Dataset
from analytics.hotspots.scales import fitted_classes
from analytics.hotspots.surface import HotspotSurface
from components import hotspot_panels, hotspot_view, inputs, notices, validity_view
from components.access import current_city, require


def page(principal: Principal) -> None:
    """Draw the page: sentence, chips, map, proof."""
    held = loaders.dataset(principal, current_city(principal).key)
    head = st.container(key="head")
    filters, method = inputs.hotspot_inputs(held)
    result = loaders.surface(principal, held.city.key, filters, method)
    with head:
        hotspot_view.heading(held, result)
    picture(principal, held, result)


def picture(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    """Draw the map with its table and, beside it, when, who and how it was made."""
    fitted = inputs.scale_is_fitted()
    classes = fitted_classes(result.density_per_km2_30d) if fitted else held.density_classes
    left, right = st.columns([2.05, 1], gap="medium")
    with left:
        hotspot_view.density_map(held, result, classes)
        if held.view.sees_cells:
            hotspot_view.cells_table(result)
    with right:
        tested = st.container()
        if held.view.sees_cells:
            hotspot_view.when_and_who(principal, result)
        else:
            hotspot_view.classes_table(principal, held, result, classes)
        hotspot_view.method(principal, held, result)
    if held.view.sees_cells:
        with tested:
            validity_view.block(principal, held, result)
        hotspot_panels.draw(principal, held, result)


def main() -> None:
    """Guard, then draw."""
    person = require("hotspots")
    with notices.explain_errors():
        page(person)


main()
