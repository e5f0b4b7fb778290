"""The door between pages and data: authorise first, then read through caches keyed by the View.

The only package of ``analytics`` that knows Streamlit. Public functions take the principal and are
never cached; private ones are cached and never see a principal, so no cache can hand one person
what another may see.
"""

from analytics.access import Action, Principal, scopes
from analytics.loaders.areas import area_sheet, areas, overlay, rates
from analytics.loaders.continuity import handover, register_desk
from analytics.loaders.hotspots import (
    bulletin,
    counts,
    dataset,
    hours,
    overview,
    points,
    surface,
    validity,
    zones,
)
from analytics.loaders.peers import consent_desk, own_consent, peer_programmes, peers
from analytics.loaders.places import database, record
from analytics.loaders.presenting import (
    frozen_cohort,
    frozen_scorecard,
    may_keep_notes,
    may_present,
    may_present_scorecard,
    presenting_desk,
    scorecard_notes,
)
from analytics.loaders.programmes import (
    challenge_desk,
    city_notes,
    cohort,
    cohort_challenges,
    cohort_desk,
    cohorts,
    evidence_file,
    evidence_files,
    may_enter,
    overdue,
)
from analytics.loaders.rooms import enter_room, may_open_rooms, room_desk, rooms_desk
from analytics.loaders.scorecards import (
    indicator_entry,
    indicator_validation,
    reading_history,
    scorecard,
    today,
)
from analytics.loaders.sources import intake, link_review, totals
from analytics.loaders.space_time import classes, near_repeat, prospective, trend, week
from analytics.loaders.views import saved_views
from analytics.loaders.workbench import (
    bandwidth_choice,
    bandwidth_rules,
    cautions,
    change,
    concentration,
    intervention,
)
from analytics.settings import City, load_settings

__all__ = [
    "area_sheet",
    "areas",
    "bandwidth_choice",
    "bandwidth_rules",
    "bulletin",
    "cautions",
    "challenge_desk",
    "change",
    "city_notes",
    "classes",
    "cohort",
    "cohort_challenges",
    "cohort_desk",
    "cohorts",
    "concentration",
    "consent_desk",
    "counts",
    "database",
    "dataset",
    "enter_room",
    "evidence_file",
    "evidence_files",
    "frozen_cohort",
    "frozen_scorecard",
    "handover",
    "hours",
    "indicator_entry",
    "indicator_validation",
    "intake",
    "intervention",
    "link_review",
    "may_enter",
    "may_keep_notes",
    "may_open_rooms",
    "may_present",
    "may_present_scorecard",
    "near_repeat",
    "overdue",
    "overlay",
    "overview",
    "own_consent",
    "peer_programmes",
    "peers",
    "points",
    "presenting_desk",
    "prospective",
    "rates",
    "readable_cities",
    "reading_history",
    "record",
    "register_desk",
    "room_desk",
    "rooms_desk",
    "saved_views",
    "scorecard",
    "scorecard_notes",
    "surface",
    "today",
    "totals",
    "trend",
    "validity",
    "week",
    "zones",
]


def readable_cities(principal: Principal) -> tuple[City, ...]:
    """Return the cities in which the principal may read anything, in the settings' order."""
    settings = load_settings()
    keys = tuple(settings.cities)
    allowed = {key for action in Action for key in scopes(principal, action, keys)}
    return tuple(city for key, city in settings.cities.items() if key in allowed)
