"""Where loaders read: the program store, the published version, and a cache keyed by both."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

import streamlit as st

from analytics.access import Principal, View
from analytics.errors import StoreError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.events.publishing import open_version
from analytics.hotspots.surface import Method
from analytics.hotspots.validity import Holdout
from analytics.settings import Settings, load_settings
from analytics.store import audit, batches
from analytics.store.batches import VersionRow
from analytics.store.database import Database, open_database

CACHED_RESULTS = 128
_KEYS = (View, Filters, Method, Holdout)  # frozen values: their text tells one from another

P = ParamSpec("P")
R = TypeVar("R")


def database() -> Database:
    """Open the program store named by the settings (one engine per process)."""
    return open_database(load_settings())


def record(principal: Principal, action: str, city_key: str, **detail: object) -> None:
    """Write an audit line for something a person took out of Cabildo."""
    with database().begin() as session:
        audit.record(session, actor=principal.username, action=action, scope=city_key, **detail)


@dataclass(frozen=True)
class Place:
    """Where a cached function computes; keyed by settings file, its age and the home only."""

    settings: Settings
    version: VersionRow

    @property
    def stamp(self) -> str:
        """What makes a cached result stale besides the version: settings, layers, another home."""
        city = self.settings.city(self.version.city)
        layers = (city.boundary, city.areas, city.population, city.official_file)
        files = [self.settings.path, *layers]
        ages = [path.stat().st_mtime_ns for path in files if path and path.exists()]
        return f"{self.settings.path}:{self.settings.home}:{ages}"


def keyed_by_version(function: Callable[P, R]) -> Callable[P, R]:
    """Cache a result as a shared read-only resource; a place is keyed by its stamp."""
    cached = st.cache_resource(
        max_entries=CACHED_RESULTS,
        show_spinner=False,
        hash_funcs={Place: lambda place: place.stamp, **dict.fromkeys(_KEYS, repr)},
    )(function)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return cached(*args, **kwargs)

    return call


def current(city_key: str) -> tuple[Settings, VersionRow]:
    """Return the settings and the published version of a city.

    Raises
    ------
    StoreError
        If the city has no published version yet.
    """
    settings = load_settings()
    city = settings.city(city_key)
    version = batches.current_version(database(), city_key)
    if version is None:
        raise StoreError("store.nothing_published", city=city.name)
    return settings, version


def engine_of(version: VersionRow) -> EventEngine:
    """Return the engine over a published version, opened once per process."""
    settings = load_settings()
    return _engine(version.version_id, version.city, Place(settings, version))


@st.cache_resource(max_entries=8, show_spinner=False, hash_funcs={Place: lambda place: place.stamp})
def _engine(version_id: str, city_key: str, place: Place) -> EventEngine:
    return open_version(place.settings, place.version)
