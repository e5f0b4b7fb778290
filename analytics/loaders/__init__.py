"""The door between pages and data: authorise first, then read through caches keyed by the View.

The only package of ``analytics`` that knows Streamlit. Public functions take the principal and are
never cached; private ones are cached and never see a principal, so no cache can hand one person
what another may see.
"""

from analytics.access import Action, Principal, scopes
from analytics.loaders.areas import area_sheet, areas, overlay, rates
from analytics.loaders.hotspots import (
    counts,
    dataset,
    hours,
    overview,
    points,
    surface,
    validity,
)
from analytics.loaders.places import database, record
from analytics.loaders.scorecards import (
    indicator_entry,
    indicator_validation,
    reading_history,
    scorecard,
    today,
)
from analytics.loaders.sources import intake, link_review, totals
from analytics.settings import City, load_settings

__all__ = [
    "area_sheet",
    "areas",
    "counts",
    "database",
    "dataset",
    "hours",
    "indicator_entry",
    "indicator_validation",
    "intake",
    "link_review",
    "overlay",
    "overview",
    "points",
    "rates",
    "readable_cities",
    "reading_history",
    "record",
    "scorecard",
    "surface",
    "today",
    "totals",
    "validity",
]


def readable_cities(principal: Principal) -> tuple[City, ...]:
    """Return the cities in which the principal may read anything, in the settings' order."""
    settings = load_settings()
    keys = tuple(settings.cities)
    allowed = {key for action in Action for key in scopes(principal, action, keys)}
    return tuple(city for key, city in settings.cities.items() if key in allowed)
