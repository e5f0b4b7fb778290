"""Sources: which files arrived, what became of their rows, and the way in for the next one.

Steps: analytics.intake. Drawing: components.sources_view and the other sources_ files.
"""

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from components import (
    notices,
    sources_categories,
    sources_changes,
    sources_official,
    sources_places,
    sources_review,
    sources_totals,
    sources_upload,
    sources_view,
)
from components.access import current_city, require
from components.language import _


def page(principal: Principal) -> None:
    """Draw the sentence, freshness, batches and upload, then the sums and the doubtful pairs."""
    city = current_city(principal)
    intake = loaders.intake(principal, city.key)
    held = intake.holdings()
    sources_view.heading(held)
    sources_view.unpublished(intake, held)
    found = loaders.totals(principal, city.key) if held.version else None
    left, right = st.columns([2.05, 1], gap="medium")
    with left:
        wide = st.container(gap=None)
        if found:
            sources_totals.fresh(found, city)
        sources_view.table(principal, held)
        sources_view.batch(principal, intake, held)
    with right:
        sources_upload.upload(intake, held, wide)
        sources_categories.unplaced_names(intake, held)
    if found:
        names = [_("located.tab"), _("balance.tab"), _("places.tab"), _("compare.tab")]
        shares, sums, places, changes = st.tabs(names)
        with shares:
            sources_totals.located(principal, held, found)
        with sums:
            sources_totals.added_up(held, found)
            sources_official.official(principal, held, found)
        with places:
            sources_places.places(intake, held)
        with changes:
            sources_changes.compare(principal, held)
    sources_review.review(principal, held)


def main() -> None:
    """Guard, then draw."""
    person = require("sources")
    with notices.explain_errors():
        page(person)


main()
