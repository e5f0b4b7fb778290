"""Loaders of the scorecards: what a city measures, and the desks that change it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from analytics.access import Action, Principal, authorise
from analytics.loaders.places import database
from analytics.scorecards.office import EntryDesk, ValidationDesk, read_scorecard, told
from analytics.scorecards.periods import Period
from analytics.scorecards.scoring import Scorecard
from analytics.settings import load_settings
from analytics.store import scorecards
from analytics.store.scorecard_values import Change, Reading

KEPT = 64


def today(city_key: str) -> date:
    """Return the civil day in a city."""
    return datetime.now(UTC).astimezone(ZoneInfo(load_settings().city(city_key).timezone)).date()


def scorecard(principal: Principal, city_key: str, period: Period) -> Scorecard:
    """Return a city's scorecard of a period.

    Raises
    ------
    NotAllowedError
        If the principal may not read the city's indicators.
    """
    authorise(principal, Action.READ_INDICATORS, city_key)
    settings = load_settings()
    return _scorecard(
        str(settings.home),
        settings.database_url,
        scorecards.stamp(database(), city_key),
        settings.city(city_key).key,
        period.key,
        today(city_key),
        period,
    )


def reading_history(principal: Principal, city_key: str, reading: Reading) -> list[Change]:
    """Return every change of a value of the city, oldest first.

    Raises
    ------
    NotAllowedError
        If the principal may not read the city's indicators.
    """
    authorise(principal, Action.READ_INDICATORS, city_key)
    return told(database(), city_key, reading)


def indicator_entry(principal: Principal, city_key: str) -> EntryDesk:
    """Return what enters values and plans in the principal's name; ask for it in every run.

    Raises
    ------
    NotAllowedError
        If the principal may not enter the city's indicators.
    """
    authorise(principal, Action.ENTER_INDICATORS, city_key)
    return EntryDesk(database(), city_key, principal.username, today(city_key))


def indicator_validation(principal: Principal, city_key: str) -> ValidationDesk:
    """Return what validates values in the principal's name; ask for it in every run.

    Raises
    ------
    NotAllowedError
        If the principal may not validate the city's indicators.
    """
    authorise(principal, Action.VALIDATE_INDICATORS, city_key)
    return ValidationDesk(database(), city_key, principal.username)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _scorecard(
    home: str, url: str, stamp: int, city_key: str, period_key: str, day: date, _period: Period
) -> Scorecard:
    return read_scorecard(database(), city_key, _period, day)
