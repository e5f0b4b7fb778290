"""Loaders of the overview and of the hotspot page: what was recorded, where and when."""

import pandas as pd

from analytics.access import Action, Principal, View, authorise
from analytics.datasets import Dataset, describe
from analytics.events.filters import Filters
from analytics.hotspots.bulletin import Bulletin
from analytics.hotspots.bulletin import bulletin as compute_bulletin
from analytics.hotspots.surface import (
    HotspotSurface,
    Method,
    check_surface_view,
    fixed_classes,
    hotspot_surface,
    surface_only,
)
from analytics.hotspots.temporal import HourByWeekday, hour_by_weekday
from analytics.hotspots.validity import Holdout, Validity, validate
from analytics.hotspots.zones import PatrolPlan, ZoneOrder, patrol_zones
from analytics.loaders.places import Place, current, engine_of, keyed_by_version, record
from analytics.overview import Overview
from analytics.overview import overview as compute_overview

MAX_POINTS = 10_000


def dataset(principal: Principal, city_key: str) -> Dataset:
    """Describe the published version of a city.

    Raises
    ------
    NotAllowedError
        If the principal may not read the city's surface.
    StoreError
        If the city has no published version yet.
    """
    view = authorise(principal, Action.READ_SURFACE, city_key)
    settings, version = current(city_key)
    return _dataset(version.version_id, Place(settings, version), city_key, view)


def surface(
    principal: Principal, city_key: str, filters: Filters, method: Method
) -> HotspotSurface:
    """Return the hotspot surface, with cells only for those who may see cells.

    Raises
    ------
    NotAllowedError
        If the principal may not read the city's surface.
    FilterError
        If the surface view asks for more detail than it may, or the method is not possible.
    TooFewEventsError
        If there is nothing, or too little, to show.
    """
    view = authorise(principal, Action.READ_SURFACE, city_key)
    settings, version = current(city_key)
    if not view.sees_cells:
        held = _dataset(version.version_id, Place(settings, version), city_key, view)
        check_surface_view(filters, method, frozenset(key for key, _ in held.categories))
    return _surface(version.version_id, Place(settings, version), city_key, filters, method, view)


def points(principal: Principal, city_key: str, filters: Filters) -> pd.DataFrame:
    """Return up to 10,000 located events of the selection, the latest first; audited.

    Raises
    ------
    NotAllowedError
        If the principal may not read single events of the city.
    """
    authorise(principal, Action.READ_POINTS, city_key)
    _, version = current(city_key)
    found: pd.DataFrame = engine_of(version).points(filters, MAX_POINTS).to_pandas()
    record(principal, "read_points", city_key, n=len(found), version=version.version_id)
    return found


def counts(
    principal: Principal, city_key: str, filters: Filters, by: tuple[str, ...]
) -> pd.DataFrame:
    """Count events of the selection by any of the engine's columns, for those who see cells.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    return _counts(version.version_id, Place(settings, version), filters, by)


def hours(principal: Principal, city_key: str, filters: Filters) -> HourByWeekday:
    """Return hour × weekday of the selection, for those who see cells.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    return _hours(version.version_id, Place(settings, version), filters)


def validity(
    principal: Principal, city_key: str, filters: Filters, method: Method, holdout: Holdout
) -> Validity:
    """Return how well the density map told what came after it, for those who see cells.

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
    return _validity(version.version_id, place, city_key, filters, method, holdout)


def zones(
    principal: Principal, city_key: str, filters: Filters, method: Method, order: ZoneOrder
) -> PatrolPlan:
    """Return the crews' zones for one shift, for those who see cells.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    FilterError
        If the zones are smaller than a cell or larger than the study area.
    TooFewEventsError
        If the selection holds nothing.
    """
    view = authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    place = Place(settings, version)
    return _zones(version.version_id, place, city_key, filters, method, order, view)


def bulletin(principal: Principal, city_key: str, filters: Filters, method: Method) -> Bulletin:
    """Return what the bulletin tells besides the map, for those who see cells.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    TooFewEventsError
        If the selection holds nothing.
    """
    view = authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    place = Place(settings, version)
    return _bulletin(version.version_id, place, city_key, filters, method, view)


def overview(principal: Principal, city_key: str) -> Overview:
    """Return the overview's numbers; the surface view counts groups of five and more only.

    Raises
    ------
    NotAllowedError
        If the principal may not read the city's overview.
    StoreError
        If the city has no published version yet.
    """
    view = authorise(principal, Action.READ_OVERVIEW, city_key)
    settings, version = current(city_key)
    return _overview(version.version_id, Place(settings, version), city_key, view)


@keyed_by_version
def _dataset(version_id: str, place: Place, city_key: str, view: View) -> Dataset:
    return describe(engine_of(place.version), place.settings.city(city_key), place.version, view)


@keyed_by_version
def _surface(
    version_id: str,
    place: Place,
    city_key: str,
    filters: Filters,
    method: Method,
    view: View,
) -> HotspotSurface:
    engine, city = engine_of(place.version), place.settings.city(city_key)
    if view.sees_cells:
        return hotspot_surface(engine, city, filters, method)
    found = hotspot_surface(engine, city, filters, method, shareable_only=True)
    return surface_only(found, fixed_classes(engine, city))


@keyed_by_version
def _counts(version_id: str, place: Place, filters: Filters, by: tuple[str, ...]) -> pd.DataFrame:
    table: pd.DataFrame = engine_of(place.version).counts(filters, by).to_pandas()
    return table


@keyed_by_version
def _hours(version_id: str, place: Place, filters: Filters) -> HourByWeekday:
    return hour_by_weekday(engine_of(place.version), filters)


@keyed_by_version
def _validity(
    version_id: str,
    place: Place,
    city_key: str,
    filters: Filters,
    method: Method,
    holdout: Holdout,
) -> Validity:
    city = place.settings.city(city_key)
    return validate(engine_of(place.version), city, filters, method, holdout)


@keyed_by_version
def _zones(
    version_id: str,
    place: Place,
    city_key: str,
    filters: Filters,
    method: Method,
    order: ZoneOrder,
    view: View,
) -> PatrolPlan:
    surface = _surface(version_id, place, city_key, filters, method, view)
    city = place.settings.city(city_key)
    return patrol_zones(engine_of(place.version), city, surface, order)


@keyed_by_version
def _bulletin(
    version_id: str, place: Place, city_key: str, filters: Filters, method: Method, view: View
) -> Bulletin:
    surface = _surface(version_id, place, city_key, filters, method, view)
    return compute_bulletin(engine_of(place.version), place.settings.city(city_key), surface)


@keyed_by_version
def _overview(version_id: str, place: Place, city_key: str, view: View) -> Overview:
    engine, city = engine_of(place.version), place.settings.city(city_key)
    return compute_overview(engine, city, shareable_only=not view.sees_cells)
