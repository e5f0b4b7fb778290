"""Hotspot map: where recorded events concentrate.

Inputs: components.inputs. Numbers: analytics. Drawing: components.hotspot_view.
"""

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.datasets import Dataset
from analytics.errors import AnalyticsError
from analytics.hotspots.areas import AreaCounts
from analytics.hotspots.scales import fitted_classes
from analytics.hotspots.surface import HotspotSurface
from analytics.hotspots.zones import PatrolPlan
from components import (
    area_sheet_view,
    classes_view,
    hotspot_panels,
    hotspot_view,
    inputs,
    map_views,
    notices,
    overlays,
    report_view,
    validity_view,
    zones_view,
)
from components.access import current_city, require


def page(principal: Principal) -> None:
    """Draw the page: sentence, chips, map, proof."""
    held = loaders.dataset(principal, current_city(principal).key)
    head = st.container(key="head")
    filters, method = inputs.hotspot_inputs(held)
    result = loaders.surface(principal, held.city.key, filters, method)
    other = map_views.load(principal, held, result)
    with head:
        hotspot_view.heading(held, result, map_views.sentence(other))
    picture(principal, held, result, other)


def picture(
    principal: Principal,
    held: Dataset,
    result: HotspotSurface,
    other: map_views.Found | AnalyticsError | None,
) -> None:
    """Draw the map with its table and, beside it, when, who and how it was made."""
    fitted = inputs.scale_is_fitted()
    classes = fitted_classes(result.density_per_km2_30d) if fitted else held.density_classes
    found = zones_view.asked(principal, held, result)
    plan = found if isinstance(found, PatrolPlan) else None
    left, right = st.columns([2.05, 1], gap="medium")
    with left:
        over = overlays.load(principal, held)
        if other is not None:
            map_views.draw(held, result, other, over)
        else:
            hotspot_view.density_map(held, result, classes, over, plan)
            if held.view.sees_cells:
                hotspot_view.cells_table(result)
        if held.view.sees_cells:
            paper = plan and report_view.briefing(principal, held, result, classes, plan)
            zones_view.block(principal, held, found, paper)
    with right:
        tested = st.container()
        if held.view.sees_cells:
            hotspot_view.when_and_who(principal, held, result)
        else:
            classes_view.classes_table(principal, held, result, classes)
        if other is None or isinstance(other, AnalyticsError):
            hotspot_view.method(principal, held, result, classes, plan)
        else:
            map_views.method(principal, held, other, result.grid)
        report_view.bulletin_block(principal, held, result, classes)
    if held.view.sees_cells:
        with tested:
            validity_view.block(principal, held, result)
    if isinstance(other, AreaCounts):
        area_sheet_view.block(principal, held, other)
    if held.view.sees_cells:
        hotspot_panels.draw(principal, held, result)
    else:
        hotspot_panels.views_only(principal, held)


def main() -> None:
    """Guard, then draw."""
    person = require("hotspots")
    with notices.explain_errors():
        page(person)


main()
