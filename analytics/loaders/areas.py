"""Loaders of rates and areas: for those who see cells, since an area may hold a single event."""

from analytics.access import Action, Principal, authorise
from analytics.events.filters import Filters
from analytics.hotspots.area_sheet import AreaSheet
from analytics.hotspots.area_sheet import area_sheet as gather_area_sheet
from analytics.hotspots.areas import AreaCounts, area_counts
from analytics.hotspots.rates import RateSurface, rate_surface
from analytics.hotspots.surface import HotspotSurface, Method, hotspot_surface
from analytics.loaders.places import Place, current, engine_of, keyed_by_version
from analytics.overlays import Overlay, read_overlay
from analytics.settings import load_settings


def rates(principal: Principal, city_key: str, filters: Filters, method: Method) -> RateSurface:
    """Return events over residents, cell by cell, for those who see cells.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    FilterError
        If the settings name no layer of residents, or the method is not possible.
    TooFewEventsError
        If the selection holds no event.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    return _rates(version.version_id, Place(settings, version), city_key, filters, method)


def areas(principal: Principal, city_key: str, filters: Filters) -> AreaCounts:
    """Return counts and rates by area, for those who see cells.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    FilterError
        If the settings name no layer of areas.
    SettingsError, SourceError, ProjectionError
        If the layer cannot be used.
    TooFewEventsError
        If the selection holds no event.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    return _areas(version.version_id, Place(settings, version), city_key, filters)


def area_sheet(principal: Principal, city_key: str, filters: Filters, area: int) -> AreaSheet:
    """Return the fact sheet of one area, by its number from 1, for those who see cells.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    FilterError
        If there is no such area, or the settings name none.
    SettingsError, SourceError, ProjectionError
        If a layer cannot be used.
    TooFewEventsError
        If the selection holds no event.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = current(city_key)
    return _area_sheet(version.version_id, Place(settings, version), city_key, filters, area)


def overlay(principal: Principal, city_key: str, name: str) -> Overlay:
    """Return a layer of the settings to draw over the map; it tells nothing of events.

    Raises
    ------
    NotAllowedError
        If the principal may not read the city's surface.
    FilterError
        If the settings name no such layer.
    SettingsError, ProjectionError
        If its file cannot be used.
    """
    authorise(principal, Action.READ_SURFACE, city_key)
    return read_overlay(load_settings().city(city_key), name)


@keyed_by_version
def _rates(
    version_id: str, place: Place, city_key: str, filters: Filters, method: Method
) -> RateSurface:
    city = place.settings.city(city_key)
    surface: HotspotSurface = hotspot_surface(engine_of(place.version), city, filters, method)
    return rate_surface(surface, city)


@keyed_by_version
def _areas(version_id: str, place: Place, city_key: str, filters: Filters) -> AreaCounts:
    return area_counts(engine_of(place.version), place.settings.city(city_key), filters)


@keyed_by_version
def _area_sheet(
    version_id: str, place: Place, city_key: str, filters: Filters, area: int
) -> AreaSheet:
    city = place.settings.city(city_key)
    return gather_area_sheet(engine_of(place.version), city, filters, area)
