"""Who may open which page: the guard of every page and the router behind ``app.py``.

A ``pages/`` folder lets a fresh server run a page file without ``app.py``. So every page begins
with :func:`require`, which goes through ``app.py`` first, and every address shows the entrance to
whoever is not signed in: signing in then shows the very address that was asked for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import Page as StreamlitPage

from analytics.access import ROLES, Action, Principal
from analytics.errors import NotAllowedError
from analytics.settings import load_settings
from components import accounts, entrance, language, presenting
from components.accounts import leave as sign_out
from components.accounts import principal
from components.cities import city_choice, current_city
from components.language import _
from components.notices import empty, refusal
from components.person import person_menu

__all__ = [
    "PAGES",
    "Page",
    "city_choice",
    "current_city",
    "framed",
    "has_frame",
    "navigation",
    "page_of",
    "pages_for",
    "person_menu",
    "principal",
    "require",
    "sign_in",
    "sign_out",
    "through_app",
]

ROOM = "room"  # the one public page; components.room_access guards it
PRESENTED = ("cohorts", "scorecards")  # pages that can be presented
WANTED = "wanted_page"
UNSEEN = (
    '<style>[data-testid="stLayoutWrapper"]:has(> .st-key-unseen) '
    "{position: absolute; height: 0; overflow: hidden}</style>"
)
_in_frame: ContextVar[bool] = ContextVar("in_frame", default=False)


@dataclass(frozen=True)
class Page:
    """A page of ``pages/``: ``key`` names its file and its address, ``title`` its message key."""

    key: str
    action: Action
    title: str


PAGES = (
    Page("overview", Action.READ_OVERVIEW, "overview.title"),
    Page("hotspots", Action.READ_SURFACE, "hotspots.title"),
    Page("cohorts", Action.READ_COHORT, "cohort.title"),
    Page("scorecards", Action.READ_INDICATORS, "scorecards.title"),
    Page("sources", Action.IMPORT, "sources.title"),
)
_BY_KEY = {page.key: page for page in PAGES}


@contextmanager
def framed() -> Iterator[None]:
    """Mark what runs inside as run by ``app.py``; :func:`require` refuses to draw outside."""
    token = _in_frame.set(True)
    try:
        yield
    finally:
        _in_frame.reset(token)


def sign_in() -> Principal | None:
    """Settle language and person of this run; None shows the entrance through :func:`navigation`.

    Call it at the top of ``app.py``, before anything else is drawn.
    """
    # One container for what is never seen, there in every run: the page below must not shift.
    with st.container(key="unseen"):
        st.html(UNSEEN)
        language.choose()
        return accounts.resume()


def navigation(who: Principal | None) -> StreamlitPage:
    """Register the pages with Streamlit and return the one to run.

    Every page keeps its address whoever asks: without sign-in it shows the entrance, without the
    right its own refusal; the room alone is public. The menu lists the permitted pages only.
    """
    allowed = pages_for(who) if who else ()
    home = st.Page(
        _no_page if who else entrance.draw,
        title=load_settings().title,
        url_path="home",
        default=True,
        visibility="hidden",
    )
    registered = {
        page.key: st.Page(
            page_of(page.key) if who else entrance.draw,
            title=_(page.title) if who else _("access.title"),
            url_path=page.key,
            visibility="visible" if page in allowed else "hidden",
        )
        for page in PAGES
    }
    registered[ROOM] = st.Page(
        "pages/room.py", title=_("room.title"), url_path=ROOM, visibility="hidden"
    )
    chosen = st.navigation([home, *registered.values()], position="top" if allowed else "hidden")
    if accounts.just_left():
        st.switch_page(home)  # the next person starts without this one's filters in the address
    first = (allowed[0].key, _parameters()) if allowed and chosen is home else ("", {})
    key, parameters = st.session_state.pop(WANTED, first)
    if key in registered:
        st.switch_page(registered[key], query_params=parameters)
    return chosen


def require(page: str) -> Principal:
    """Guard a page: return who may see it, or say why not and stop.

    Parameters
    ----------
    page : str
        A key of :data:`PAGES`.
    """
    guarded = _BY_KEY[page]
    through_app(page)
    try:
        who = principal()
    except NotAllowedError:
        entrance.draw()
        st.stop()
    if guarded not in pages_for(who):
        refusal(_("access.page_refused", page=_(guarded.title)))
        st.stop()
    return who


def through_app(page: str) -> None:
    """Leave a page file that a fresh server runs by itself, and come back by ``app.py``."""
    if not _in_frame.get():
        st.session_state[WANTED] = (page, _parameters())
        st.switch_page("app.py")


def has_frame(page: StreamlitPage) -> bool:
    """Tell whether a page has the bar: neither the public room nor a page that is presented."""
    if page.url_path == ROOM:
        return False
    return not (page.url_path in PRESENTED and presenting.is_asked_for())


def pages_for(who: Principal) -> tuple[Page, ...]:
    """Return the pages that a person may open somewhere, in the menu's order."""
    held = {action for assignment in who.assignments for action in ROLES[assignment.role]}
    return tuple(page for page in PAGES if who.system or page.action in held)


def page_of(key: str) -> str:
    """Return what ``st.page_link`` and ``st.switch_page`` call the page named ``key``."""
    return f"pages/{_BY_KEY[key].key}.py"


def _no_page() -> None:
    empty(_("access.no_pages"))


def _parameters() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params}
