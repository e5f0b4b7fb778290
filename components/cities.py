"""The city a page speaks of: asked for by ``?city=``, kept for the session, never one refused."""

import streamlit as st

from analytics.access import Action, Principal, scopes
from analytics.errors import NotAllowedError
from analytics.settings import City, load_settings
from components.language import _

PARAMETER = "city"
SESSION_KEY = "city_key"


def city_choice(principal: Principal) -> None:
    """Draw the choice among the cities in which the principal may do anything.

    A popover named after the city in force; a plain name where there is but one.
    """
    cities = cities_of(principal)
    if not cities:
        return
    chosen = cities.get(_wanted(cities))
    if len(cities) == 1 and chosen:
        st.markdown(chosen.name, width="content")
        return
    with st.popover(
        chosen.name if chosen else _("access.choose_city"), type="tertiary", key="city"
    ):
        for key, city in cities.items():
            st.button(
                city.name, key=f"city_{key}", type="tertiary", on_click=_choose, args=(key,),
                disabled=city == chosen,
            )  # fmt: skip


def current_city(principal: Principal) -> City:
    """Return the city in force and write it into the address.

    Raises
    ------
    NotAllowedError
        ``access.city_refused`` if the address asks for a city that is unknown or not the
        principal's; ``access.no_city`` if the principal has none.
    """
    cities = cities_of(principal)
    if not cities:
        raise NotAllowedError("access.no_city")
    wanted = _wanted(cities)
    if wanted not in cities:
        raise NotAllowedError("access.city_refused", city=wanted)
    if len(load_settings().cities) > 1 and st.query_params.get(PARAMETER) != wanted:
        st.query_params[PARAMETER] = wanted
    st.session_state[SESSION_KEY] = wanted
    return cities[wanted]


def cities_of(principal: Principal) -> dict[str, City]:
    """Return the cities in which a person may do anything, by key, in the settings' order."""
    known = load_settings().cities
    allowed = {key for action in Action for key in scopes(principal, action, tuple(known))}
    return {key: city for key, city in known.items() if key in allowed}


def _wanted(cities: dict[str, City]) -> str:
    asked = st.query_params.get(PARAMETER) or st.session_state.get(SESSION_KEY)
    return asked or next(iter(cities))


def _choose(key: str) -> None:
    st.session_state[SESSION_KEY] = key
    st.query_params[PARAMETER] = key
