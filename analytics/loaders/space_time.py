"""Loaders of what happens when, and what follows what: all for those who see cells."""

from dataclasses import dataclass

from analytics.access import Action, Principal, authorise
from analytics.events.filters import Filters
from analytics.hotspots.aoristic_week import AoristicWeek, aoristic_week
from analytics.hotspots.classes import HotspotClasses, hotspot_classes
from analytics.hotspots.near_repeat import Bands, NearRepeat, Progress
from analytics.hotspots.near_repeat import near_repeat as compute_near_repeat
from analytics.hotspots.prospective import ProspectiveMap, Reach, prospective_map
from analytics.hotspots.trends import MonthlyTrend, monthly_trend
from analytics.loaders.places import Place, current, engine_of, keyed_by_version
from analytics.shifts import Shift


def week(principal: Principal, city_key: str, filters: Filters) -> AoristicWeek:
    """Return the selection's aoristic hours of the week.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    return _week(version.version_id, Place(settings, version), filters)


def trend(principal: Principal, city_key: str, filters: Filters) -> MonthlyTrend:
    """Return the selection month by month, with the runs that chance seldom makes.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    TooFewEventsError
        If no whole month is inside the dates.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    return _trend(version.version_id, Place(settings, version), filters)


def classes(principal: Principal, city_key: str, filters: Filters, cell_m: float) -> HotspotClasses:
    """Return the class of every cell over the months of the selection.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    TooFewEventsError
        With under ten months, or events too few in each.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    return _classes(version.version_id, Place(settings, version), city_key, filters, cell_m)


def prospective(
    principal: Principal, city_key: str, filters: Filters, cell_m: float, shift: Shift | None
) -> ProspectiveMap:
    """Return the near-repeat risk of the day after the selection's last, or of a shift of it.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    TooFewEventsError
        If the weeks before hold no located event.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    place = Place(settings, version)
    return _prospective(version.version_id, place, city_key, filters, cell_m, shift)


def near_repeat(
    principal: Principal,
    city_key: str,
    filters: Filters,
    bands: Bands,
    *,
    progress: Progress | None = None,
) -> NearRepeat:
    """Return the Knox table of the selection.

    Computed outside the cache and kept in it, so that the work can tell how far it is and be
    ended by what ``progress`` raises.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    TooFewEventsError, FilterError
        With fewer than ten events, or more than the method takes.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    kept = _kept_near_repeat(version.version_id, Place(settings, version), filters, bands)
    if kept.found is None:
        kept.found = compute_near_repeat(
            engine_of(version), city_key, filters, bands, progress=progress
        )
    return kept.found


@dataclass
class _Kept:
    """A place in the cache, filled once."""

    found: NearRepeat | None = None


@keyed_by_version
def _kept_near_repeat(version_id: str, place: Place, filters: Filters, bands: Bands) -> _Kept:
    return _Kept()


@keyed_by_version
def _week(version_id: str, place: Place, filters: Filters) -> AoristicWeek:
    return aoristic_week(engine_of(place.version), filters)


@keyed_by_version
def _trend(version_id: str, place: Place, filters: Filters) -> MonthlyTrend:
    return monthly_trend(engine_of(place.version), filters)


@keyed_by_version
def _classes(
    version_id: str, place: Place, city_key: str, filters: Filters, cell_m: float
) -> HotspotClasses:
    city = place.settings.city(city_key)
    return hotspot_classes(engine_of(place.version), city, filters, cell_m=cell_m)


@keyed_by_version
def _prospective(
    version_id: str,
    place: Place,
    city_key: str,
    filters: Filters,
    cell_m: float,
    shift: Shift | None,
) -> ProspectiveMap:
    return prospective_map(
        engine_of(place.version),
        place.settings.city(city_key),
        filters,
        cell_m=cell_m,
        reach=Reach(),
        shift=shift,
    )
