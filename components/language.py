"""The reader's language: chosen once per session, read at every call, never process-wide.

Order of choice: ``?lang=`` of the address, the session, the browser, the first language of
``config.toml`` (Spanish, unless the installation says otherwise). The address carries
``lang`` only where the browser alone would not lead to the same language, so that a reload and a
copied link keep it.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

import streamlit as st

from analytics.errors import AnalyticsError
from analytics.settings import LANGUAGES, load_settings
from components import catalogue

PARAMETER = "lang"
SESSION_KEY = "language"
_SPOKEN: ContextVar[str | None] = ContextVar("spoken", default=None)
NAMES = {"es": "Español", "pt": "Português", "en": "English"}


def choose() -> str:
    """Settle the language of this session and of the page; call it once, at the top of the app.

    Returns
    -------
    str
        One of the languages of ``config.toml``.
    """
    offered = load_settings().languages
    wanted = (st.query_params.get(PARAMETER), st.session_state.get(SESSION_KEY))
    language = next((code for code in wanted if code in offered), _natural(offered))
    _remember(language)
    # Screen readers and hyphenation follow the document's language; Streamlit always says "en".
    st.html(
        f"<script>document.documentElement.lang = '{language}'</script>",
        unsafe_allow_javascript=True,
    )
    return language


def current() -> str:
    """Return the language of :func:`speaking`, else the session's; Spanish where none is chosen."""
    spoken = _SPOKEN.get()
    if spoken is not None:
        return spoken
    return str(st.session_state.get(SESSION_KEY, LANGUAGES[0]))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Word everything inside in ``language``, also where there is no session: files, commands."""
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def switcher(*, folded: bool = True) -> None:
    """Offer the other languages: a popover named after the language in use, or a row of links."""
    offered = load_settings().languages
    if len(offered) < 2:
        return
    with (
        st.popover(NAMES[current()], type="tertiary", key="languages")
        if folded
        else st.container(key="languages", horizontal=True, vertical_alignment="center")
    ):
        for code in offered:
            if code == current():
                st.markdown(f":small[**{NAMES[code]}**]", width="content")
            else:
                st.button(
                    NAMES[code], key=f"{PARAMETER}_{code}", type="tertiary",
                    on_click=_remember, args=(code,),
                )  # fmt: skip


def _(key: str, /, **values: object) -> str:
    """Return the sentence of ``key`` in the session's language; see :func:`catalogue.translate`."""
    return catalogue.translate(current(), key, **values)


def _n(key: str, n: int, /, **values: object) -> str:
    """Return the sentence of ``key`` in the grammatical number of ``n``, which fills ``{n}``."""
    return catalogue.translate_n(current(), key, n, **values)


def sentence_of(error: AnalyticsError) -> str:
    """Say a refusal of the analysis in the session's language."""
    return _(f"error.{error.code}", **error.details)


def number(value: float, decimals: int | None = None) -> str:
    """Write a number; ``decimals`` fixes how many, else at most three."""
    return catalogue.number(current(), value, decimals)


def probability(value: float) -> str:
    """Write a p or q: none is 0, so a smaller one than is written is said to be smaller."""
    if math.isnan(value):
        return "–"
    return f"<\u00a0{number(0.001, 3)}" if value < 0.001 else number(value, 3)


def percent(share: float, decimals: int = 0) -> str:
    """Write a share (0–1) as a percentage."""
    return catalogue.percent(current(), share, decimals)


def day(value: date, *, year: bool = True) -> str:
    """Write a civil day, with or without its year."""
    return catalogue.day(current(), value, year=year)


def day_range(first: date, last: date) -> str:
    """Write a span of civil days, both inside."""
    return catalogue.day_range(current(), first, last)


def month(value: date, *, short: bool = False) -> str:
    """Write the month and the year of a day."""
    return catalogue.month(current(), value, short=short)


def moment(value: datetime, timezone: str | None = None) -> str:
    """Write a day and a time of day; aware moments are shown in ``timezone``."""
    return catalogue.moment(current(), value, timezone)


def weekday(value: int, *, short: bool = False) -> str:
    """Name a day of the week, 1 = Monday … 7 = Sunday."""
    return catalogue.weekday(current(), value, short=short)


def week() -> list[str]:
    """Name the seven days, Monday first, in as few letters as tell them apart."""
    names = [weekday(value, short=True).capitalize() for value in range(1, 8)]
    letters = next(n for n in range(2, 9) if len({name[:n] for name in names}) == 7)
    return [name[:letters] for name in names]


def _remember(language: str) -> None:
    st.session_state[SESSION_KEY] = language
    needed = None if language == _natural(load_settings().languages) else language
    if needed is None:
        st.query_params.pop(PARAMETER, None)
    elif st.query_params.get(PARAMETER) != needed:
        st.query_params[PARAMETER] = needed


def _natural(offered: tuple[str, ...]) -> str:
    """Return what the browser alone leads to."""
    browser = (st.context.locale or "").replace("_", "-").split("-")[0].lower()
    return browser if browser in offered else offered[0]
