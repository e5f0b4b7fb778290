"""The entrance: what everybody sees who is not signed in, whatever the address."""

import logging
from base64 import b64encode
from html import escape
from pathlib import Path
from typing import cast

import streamlit as st

from analytics.basemaps.publishing import STREET_COLOURS
from analytics.basemaps.street_names import street_drawing_svg
from analytics.basemaps.streets import STREET_CLASSES
from analytics.errors import NotAllowedError, SettingsError
from analytics.settings import City, load_settings
from components import accounts, language
from components.language import _
from components.notices import refusal
from components.tokens import ThemeName, theme

USERNAME = "sign_in_username"
PASSWORD = "sign_in_password"  # noqa: S105  # a widget's key
REFUSED = "sign_in_refused"
DRAWING_PX = (759, 768)

log = logging.getLogger(__name__)


def draw() -> None:
    """Draw the sign-in page: the city's streets, the form, the languages."""
    with st.container(key="entrance"):
        streets, form = st.columns([1.25, 1], gap=None)
    with streets, st.container(key="entrance_streets"):
        st.html(
            f"<h1>{escape(_('access.statement'))}</h1><p>{escape(_('access.statement_more'))}</p>"
        )
        credit = _streets()
    middle = form.container(horizontal_alignment="center")
    with middle, st.container(key="entrance_form", width=360):
        st.html(f'<div class="name">{escape(load_settings().title)}</div>')
        _form()
        st.html(f'<p class="note">{escape(_("access.footnote"))}</p>')
        language.switcher(folded=False)
        st.html(f'<p class="note">{escape(credit)}</p>')


def _streets() -> str:
    """Draw the streets of the first city that has some behind the words; return their source."""
    cities = load_settings().cities.values()
    city = next((city for city in cities if city.basemap and city.basemap.is_file()), None)
    if city is None:
        return ""
    try:
        picture = _drawing(city, theme(), cast(Path, city.basemap).stat().st_mtime_ns)
    except SettingsError:
        log.exception("no streets on the entrance: the basemap of %s cannot be drawn", city.key)
        return ""
    st.html(f'<style>:root {{--streets: url("{picture}")}}</style>')
    name = escape(_("access.drawing", city=city.name))
    st.html(f'<span role="img" aria-label="{name}"></span>')
    return city.basemap_attribution


@st.cache_data(max_entries=16, show_spinner=False, hash_funcs={City: lambda city: city.key})
def _drawing(city: City, theme_name: ThemeName, mtime_ns: int) -> str:
    colours = dict(zip(STREET_CLASSES, STREET_COLOURS[theme_name], strict=True))
    drawing = street_drawing_svg(city, *DRAWING_PX, colours=colours)
    return "data:image/svg+xml;base64," + b64encode(drawing.encode()).decode()


def _form() -> None:
    if accounts.session_ended():
        refusal(_("access.session_ended"))
    with st.form("sign_in", border=False):
        st.text_input(_("access.username"), key=USERNAME, autocomplete="username")
        st.text_input(
            _("access.password"), key=PASSWORD, type="password", autocomplete="current-password"
        )
        st.form_submit_button(_("access.enter"), type="primary", width="stretch", on_click=_enter)
    refused = st.session_state.pop(REFUSED, None)
    if refused is not None:
        code, details = refused
        refusal(_(f"error.{code}", **details))


def _enter() -> None:
    """Check before the page is drawn: the run that follows already shows the signed-in page."""
    username, password = st.session_state[USERNAME], st.session_state[PASSWORD]
    st.session_state[PASSWORD] = ""
    try:
        accounts.enter(username, password)
    except NotAllowedError as error:
        st.session_state[REFUSED] = (error.code, error.details)
