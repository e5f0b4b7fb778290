"""Sources: which files arrived, what became of their rows, and the way in for the next one.

Steps: analytics.intake. Drawing: components.sources_view, sources_upload, sources_review.
"""

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from components import (
    notices,
    sources_categories,
    sources_review,
    sources_upload,
    sources_view,
)
from components.access import current_city, require


def page(principal: Principal) -> None:
    """Draw the sentence, the batches with the chosen one, the upload, and the doubtful pairs."""
    city = current_city(principal)
    intake = loaders.intake(principal, city.key)
    held = intake.holdings()
    sources_view.heading(held)
    sources_view.unpublished(intake, held)
    left, right = st.columns([2.05, 1], gap="medium")
    with left:
        wide = st.container(gap=None)
        sources_view.table(principal, held)
        sources_view.batch(principal, intake, held)
    with right:
        sources_upload.upload(intake, held, wide)
        sources_categories.unplaced_names(intake, held)
    sources_review.review(principal, held)


def main() -> None:
    """Guard, then draw."""
    person = require("sources")
    with notices.explain_errors():
        page(person)


main()
