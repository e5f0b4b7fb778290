"""Loaders of the hotspot page's workbench: everything beside the map that waits to be asked for."""

from analytics.access import Action, Principal, authorise
from analytics.events.filters import Filters
from analytics.hotspots.bandwidths import (
    HINT_CELL_M,
    BandwidthChoice,
    choose_bandwidth,
    rules_of_thumb,
)
from analytics.hotspots.surface import Method
from analytics.hotspots.validity import Holdout
from analytics.loaders.places import Place, current, engine_of, keyed_by_version


def bandwidth_rules(
    principal: Principal, city_key: str, filters: Filters, kernel: str
) -> dict[str, float]:
    """Return the bandwidth in metres of each rule of thumb, for those who see cells.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    TooFewEventsError
        If fewer than 30 events are located.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    return _rules(version.version_id, Place(settings, version), filters, kernel)


def bandwidth_choice(
    principal: Principal, city_key: str, filters: Filters, method: Method, holdout: Holdout
) -> BandwidthChoice:
    """Return what later events say of each candidate bandwidth, for those who see cells.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    FilterError
        If the data cover too few days.
    TooFewEventsError
        If a window holds nothing to learn from or to test on.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    place = Place(settings, version)
    return _choice(version.version_id, place, city_key, filters, method, holdout)


@keyed_by_version
def _rules(version_id: str, place: Place, filters: Filters, kernel: str) -> dict[str, float]:
    moments = engine_of(place.version).moments(filters, cell_m=HINT_CELL_M)
    return rules_of_thumb(moments, kernel)


@keyed_by_version
def _choice(
    version_id: str,
    place: Place,
    city_key: str,
    filters: Filters,
    method: Method,
    holdout: Holdout,
) -> BandwidthChoice:
    city = place.settings.city(city_key)
    return choose_bandwidth(engine_of(place.version), city, filters, method, holdout)
