"""Loaders of the sources page: what was received, and what changes it in a person's name."""

from collections.abc import Sequence

import streamlit as st

from analytics.access import Action, Principal, authorise
from analytics.intake import Intake
from analytics.loaders.places import Place, current, database, engine_of, keyed_by_version
from analytics.settings import City, Settings, load_settings
from analytics.sources.linkage_review import DoubtfulPair, LinkReview, read_pairs
from analytics.store import batches
from analytics.store.batches import BatchManifest
from analytics.store.links import LinkRun
from analytics.totals import SourceTotals, source_totals


def totals(principal: Principal, city_key: str) -> SourceTotals:
    """Return what was received, added up, for those who import; by source and category.

    Raises
    ------
    NotAllowedError
        If the principal may not import into the city.
    """
    authorise(principal, Action.IMPORT, city_key)
    settings, version = current(city_key)
    return _totals(version.version_id, Place(settings, version), city_key)


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


@keyed_by_version
def _totals(version_id: str, place: Place, city_key: str) -> SourceTotals:
    held = batches.batches(database(), city_key)
    return source_totals(engine_of(place.version), place.settings, held, place.version)


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
