"""The door between pages and data: authorise first, then read through caches keyed by the View.

The only module of ``analytics`` that knows Streamlit. Public functions take the principal and are
never cached; private ones are cached and never see a principal, so no cache can hand one person
what another may see.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

import pandas as pd
import streamlit as st

from analytics.access import Action, Principal, View, authorise, scopes
from analytics.datasets import Dataset, describe
from analytics.errors import StoreError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.events.publishing import open_version
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
from analytics.intake import Intake
from analytics.overview import Overview
from analytics.overview import overview as compute_overview
from analytics.settings import City, Settings, load_settings
from analytics.sources.linkage_review import DoubtfulPair, LinkReview, read_pairs
from analytics.store import audit, batches
from analytics.store.batches import BatchManifest, VersionRow
from analytics.store.database import Database, open_database
from analytics.store.links import LinkRun
from analytics.totals import SourceTotals, source_totals

MAX_POINTS = 10_000
CACHED_RESULTS = 128
_KEYS = (View, Filters, Method, Holdout)  # frozen values: their text tells one from another

P = ParamSpec("P")
R = TypeVar("R")


def database() -> Database:
    """Open the program store named by the settings (one engine per process)."""
    return open_database(load_settings())


def readable_cities(principal: Principal) -> tuple[City, ...]:
    """Return the cities in which the principal may read anything, in the settings' order."""
    settings = load_settings()
    keys = tuple(settings.cities)
    allowed = {key for action in Action for key in scopes(principal, action, keys)}
    return tuple(city for key, city in settings.cities.items() if key in allowed)


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
    settings, version = _current(city_key)
    return _dataset(version.version_id, _Place(settings, version), city_key, view)


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
    settings, version = _current(city_key)
    if not view.sees_cells:
        held = _dataset(version.version_id, _Place(settings, version), city_key, view)
        check_surface_view(filters, method, frozenset(key for key, _ in held.categories))
    return _surface(version.version_id, _Place(settings, version), city_key, filters, method, view)


def points(principal: Principal, city_key: str, filters: Filters) -> pd.DataFrame:
    """Return up to 10,000 located events of the selection, the latest first; audited.

    Raises
    ------
    NotAllowedError
        If the principal may not read single events of the city.
    """
    authorise(principal, Action.READ_POINTS, city_key)
    _, version = _current(city_key)
    found: pd.DataFrame = _engine_of(version).points(filters, MAX_POINTS).to_pandas()
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
    settings, version = _current(city_key)
    return _counts(version.version_id, _Place(settings, version), filters, by)


def hours(principal: Principal, city_key: str, filters: Filters) -> HourByWeekday:
    """Return hour × weekday of the selection, for those who see cells.

    Raises
    ------
    NotAllowedError
        If the principal sees only the surface.
    """
    authorise(principal, Action.READ_CELLS, city_key)
    settings, version = _current(city_key)
    return _hours(version.version_id, _Place(settings, version), filters)


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
    settings, version = _current(city_key)
    place = _Place(settings, version)
    return _validity(version.version_id, place, city_key, filters, method, holdout)


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
    settings, version = _current(city_key)
    return _overview(version.version_id, _Place(settings, version), city_key, view)


def totals(principal: Principal, city_key: str) -> SourceTotals:
    """Return what was received, added up, for those who import; by source and category.

    Raises
    ------
    NotAllowedError
        If the principal may not import into the city.
    """
    authorise(principal, Action.IMPORT, city_key)
    settings, version = _current(city_key)
    return _totals(version.version_id, _Place(settings, version), city_key)


def intake(principal: Principal, city_key: str) -> Intake:
    """Return what brings files into a city and takes batches out of it, in the principal's name.

    Ask for it in every run, and once more in whatever runs later: the right may be gone by then.

    Raises
    ------
    NotAllowedError
        If the principal may not import into the city.
    """
    authorise(principal, Action.IMPORT, city_key)
    settings = load_settings()
    return Intake(settings, database(), settings.city(city_key), principal.username)


def link_review(principal: Principal, city_key: str) -> LinkReview:
    """Return what shows a city's doubtful pairs and keeps decisions in the principal's name.

    Ask for it in every run, as for :func:`intake`.

    Raises
    ------
    NotAllowedError
        If the principal may not review the city's links.
    """
    authorise(principal, Action.REVIEW_LINKS, city_key)
    settings = load_settings()
    city = settings.city(city_key)
    return LinkReview(settings, database(), city, principal.username, _doubtful_pairs)


def record(principal: Principal, action: str, city_key: str, **detail: object) -> None:
    """Write an audit line for something a person took out of Cabildo."""
    with database().begin() as session:
        audit.record(session, actor=principal.username, action=action, scope=city_key, **detail)


@dataclass(frozen=True)
class _Place:
    """Where a cached function computes; keyed by settings file, its age and the home only."""

    settings: Settings
    version: VersionRow

    @property
    def stamp(self) -> str:
        """What makes a cached result stale besides the version: settings, layers, another home."""
        city = self.settings.city(self.version.city)
        files = [self.settings.path, city.boundary, city.population, city.official_file]
        ages = [path.stat().st_mtime_ns for path in files if path and path.exists()]
        return f"{self.settings.path}:{self.settings.home}:{ages}"


def _keyed_by_version(function: Callable[P, R]) -> Callable[P, R]:
    """Cache a result as a shared read-only resource; a place is keyed by its stamp."""
    cached = st.cache_resource(
        max_entries=CACHED_RESULTS,
        show_spinner=False,
        hash_funcs={_Place: lambda place: place.stamp, **dict.fromkeys(_KEYS, repr)},
    )(function)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return cached(*args, **kwargs)

    return call


@_keyed_by_version
def _dataset(version_id: str, place: _Place, city_key: str, view: View) -> Dataset:
    return describe(_engine_of(place.version), place.settings.city(city_key), place.version, view)


@_keyed_by_version
def _surface(
    version_id: str,
    place: _Place,
    city_key: str,
    filters: Filters,
    method: Method,
    view: View,
) -> HotspotSurface:
    engine, city = _engine_of(place.version), place.settings.city(city_key)
    if view.sees_cells:
        return hotspot_surface(engine, city, filters, method)
    found = hotspot_surface(engine, city, filters, method, shareable_only=True)
    return surface_only(found, fixed_classes(engine, city))


@_keyed_by_version
def _counts(version_id: str, place: _Place, filters: Filters, by: tuple[str, ...]) -> pd.DataFrame:
    table: pd.DataFrame = _engine_of(place.version).counts(filters, by).to_pandas()
    return table


@_keyed_by_version
def _hours(version_id: str, place: _Place, filters: Filters) -> HourByWeekday:
    return hour_by_weekday(_engine_of(place.version), filters)


@_keyed_by_version
def _validity(
    version_id: str,
    place: _Place,
    city_key: str,
    filters: Filters,
    method: Method,
    holdout: Holdout,
) -> Validity:
    city = place.settings.city(city_key)
    return validate(_engine_of(place.version), city, filters, method, holdout)


@_keyed_by_version
def _overview(version_id: str, place: _Place, city_key: str, view: View) -> Overview:
    engine, city = _engine_of(place.version), place.settings.city(city_key)
    return compute_overview(engine, city, shareable_only=not view.sees_cells)


@_keyed_by_version
def _totals(version_id: str, place: _Place, city_key: str) -> SourceTotals:
    held = batches.batches(database(), city_key)
    return source_totals(_engine_of(place.version), place.settings, held, place.version)


def _current(city_key: str) -> tuple[Settings, VersionRow]:
    settings = load_settings()
    city = settings.city(city_key)
    version = batches.current_version(database(), city_key)
    if version is None:
        raise StoreError("store.nothing_published", city=city.name)
    return settings, version


def _engine_of(version: VersionRow) -> EventEngine:
    settings = load_settings()
    return _engine(version.version_id, version.city, _Place(settings, version))


@st.cache_resource(
    max_entries=8, show_spinner=False, hash_funcs={_Place: lambda place: place.stamp}
)
def _engine(version_id: str, city_key: str, place: _Place) -> EventEngine:
    return open_version(place.settings, place.version)


def _doubtful_pairs(
    settings: Settings, city: City, run: LinkRun, active: Sequence[BatchManifest]
) -> tuple[DoubtfulPair, ...]:
    held = sorted(f"{batch.batch_id}:{batch.checksum}" for batch in active)
    stamp = f"{settings.path}:{settings.home}:{run.path}:{run.checksum}:{held}"
    return _pairs(stamp, settings, city, run, active)


@st.cache_resource(max_entries=8, show_spinner=False)
def _pairs(
    stamp: str, _settings: Settings, _city: City, _run: LinkRun, _active: Sequence[BatchManifest]
) -> tuple[DoubtfulPair, ...]:
    return read_pairs(_settings, _city, _run, _active)
