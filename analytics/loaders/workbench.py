"""Loaders of the hotspot page's workbench: everything beside the map that waits to be asked for."""

from datetime import date

from analytics.access import Action, Principal, authorise
from analytics.errors import FilterError
from analytics.events.filters import Filters
from analytics.hotspots.area_layer import joined, read_areas
from analytics.hotspots.bandwidths import (
    HINT_CELL_M,
    BandwidthChoice,
    choose_bandwidth,
    rules_of_thumb,
)
from analytics.hotspots.cautions import Cautions
from analytics.hotspots.cautions import cautions as take_apart
from analytics.hotspots.change import ChangeMap, change_map
from analytics.hotspots.concentration import Concentration
from analytics.hotspots.concentration import concentration as measure_concentration
from analytics.hotspots.surface import HotspotSurface, Method
from analytics.hotspots.validity import Holdout
from analytics.hotspots.wdd import Intervention
from analytics.hotspots.wdd import intervention as compare_areas
from analytics.loaders.hotspots import surface
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


def concentration(
    principal: Principal, city_key: str, filters: Filters, method: Method
) -> Concentration:
    """Return how unevenly the events of a map's cells lie, for those who see cells.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    TooFewEventsError
        If there is no located event in the study area.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    found = surface(principal, city_key, filters, method)
    assert found.n is not None  # who may read cells gets them
    return measure_concentration(found.n, found.grid.study, cell_m=method.cell_m)


def cautions(principal: Principal, city_key: str, filters: Filters, method: Method) -> Cautions:
    """Return what each hotspot of a map is made of, for those who see cells.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    TooFewEventsError
        If the selection holds nothing.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    found = surface(principal, city_key, filters, method)
    return _cautions(version.version_id, Place(settings, version), filters, method, found)


def change(
    principal: Principal, city_key: str, before: Filters, after: Filters, cell_m: float
) -> ChangeMap:
    """Return what changed cell by cell between two periods, for those who see cells.

    ``before`` and ``after`` are one selection with two pairs of dates.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    FilterError
        If the periods share a day, or a date is open.
    TooFewEventsError
        If neither period holds a located event in the study area.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    place = Place(settings, version)
    return _change(version.version_id, place, city_key, before, after, cell_m)


def intervention(
    principal: Principal,
    city_key: str,
    before: Filters,
    after: Filters,
    treated: tuple[int, ...],
    control: tuple[int, ...],
) -> Intervention:
    """Return how areas changed between two periods against others, for those who see cells.

    ``treated`` and ``control`` are numbers of the city's areas, from 1.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    FilterError
        If the periods share a day, an area is on both sides, or the settings name no areas.
    TooFewEventsError
        If the areas hold no event in either period.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    place = Place(settings, version)
    return _intervention(version.version_id, place, city_key, before, after, treated, control)


@keyed_by_version
def _intervention(
    version_id: str,
    place: Place,
    city_key: str,
    before: Filters,
    after: Filters,
    treated: tuple[int, ...],
    control: tuple[int, ...],
) -> Intervention:
    layer = read_areas(place.settings.city(city_key))
    return compare_areas(
        engine_of(place.version),
        after,
        {"treated": joined(layer, treated), "control": joined(layer, control)},
        before=_dates(before),
        after=_dates(after),
    )


@keyed_by_version
def _rules(version_id: str, place: Place, filters: Filters, kernel: str) -> dict[str, float]:
    moments = engine_of(place.version).moments(filters, cell_m=HINT_CELL_M)
    return rules_of_thumb(moments, kernel)


@keyed_by_version
def _cautions(
    version_id: str, place: Place, filters: Filters, method: Method, _found: HotspotSurface
) -> Cautions:
    return take_apart(engine_of(place.version), filters, _found)


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


@keyed_by_version
def _change(
    version_id: str, place: Place, city_key: str, before: Filters, after: Filters, cell_m: float
) -> ChangeMap:
    return change_map(
        engine_of(place.version),
        place.settings.city(city_key),
        after,
        before=_dates(before),
        after=_dates(after),
        cell_m=cell_m,
    )


def _dates(filters: Filters) -> tuple[date, date]:
    if filters.date_from is None or filters.date_to is None:
        raise FilterError("filter.one_date")
    return filters.date_from, filters.date_to
