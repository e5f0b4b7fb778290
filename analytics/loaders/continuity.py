"""Loaders of a city's memory: what it hands over, and the desk that changes its registers."""

from analytics.access import Action, Principal, authorise
from analytics.loaders.places import database
from analytics.loaders.scorecards import today
from analytics.scorecards import continuity
from analytics.scorecards.continuity import Handover, RegisterDesk
from analytics.settings import load_settings


def handover(principal: Principal, city_key: str) -> Handover:
    """Return everything a city would hand over today; ask for it in every run.

    Raises
    ------
    NotAllowedError
        If the principal may not read the city's indicators.
    """
    authorise(principal, Action.READ_INDICATORS, city_key)
    key = load_settings().city(city_key).key
    return continuity.handover(database(), key, today(key))


def register_desk(principal: Principal, city_key: str) -> RegisterDesk:
    """Return what changes the city's registers in the principal's name.

    Raises
    ------
    NotAllowedError
        If the principal may not enter the city's indicators.
    """
    authorise(principal, Action.ENTER_INDICATORS, city_key)
    return RegisterDesk(database(), city_key, principal.username)
