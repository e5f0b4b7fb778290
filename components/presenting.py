"""Presenting: a page told slide by slide on a projector, frozen at a moment, without the frame.

What is presented comes from a page's own file, as a :class:`Deck`. Where one stands (slide, frozen
moment, names hidden, when it began) is kept in the address: a reload shows the same slide of the
same data. Buttons and keys do the same; the keys are buttons that are not drawn.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import streamlit as st

from components import address, downloads, presenting_notes
from components.language import _, moment
from components.presenting_notes import Notes

SHEET = Path(__file__).with_suffix(".css")
# Parameters of the address; it alone says what is shown.
ON, SLIDE, FROZEN, HIDDEN, BEGAN = "present", "slide", "frozen", "anonymous", "began"
PARAMETERS = (ON, SLIDE, FROZEN, HIDDEN, BEGAN)
DESK = "presenting_desk"  # whether the presenter's controls are shown
KEYS = {
    "PageDown": "next", "Space": "next", "PageUp": "back", "Home": "first", "End": "last",
}  # fmt: skip


@dataclass(frozen=True)
class Slide:
    """One thought: its sentence, what the marks mean (HTML), one figure.

    ``sentence`` is empty where the figure brings its own; ``key`` names the slide for its notes.
    """

    key: str
    sentence: str
    draw: Callable[[], None]
    key_line: str = ""


@dataclass(frozen=True)
class Deck:
    """What is presented, in order; ``newer`` counts what was saved after the frozen moment.

    ``notes`` is None for those who may not keep any, ``files`` hold the same slides.
    """

    name: str
    synthetic: bool
    slides: tuple[Slide, ...]
    newer: int = 0
    notes: Notes | None = None
    files: Sequence[downloads.Download] = ()
    hides_names: bool = True


def is_asked_for() -> bool:
    """Tell whether the address asks for presenting: the frame is not drawn then."""
    return st.query_params.get(ON) == "1"


def is_on(allowed: bool) -> bool:
    """Tell whether the page presents; who may not is given the page with its frame."""
    if is_asked_for() and not allowed:
        leave()
        st.rerun()
    return is_asked_for()


def offer(allowed: bool) -> None:
    """Draw the button that begins, for those who may present."""
    if allowed:
        st.button(_("present.enter"), key="present_enter", type="primary", on_click=enter)


def frozen_at() -> datetime:
    """Return the moment at which the data are frozen; without one in the address it is now.

    Raises
    ------
    FilterError
        If the address tells a moment that makes no sense, or one that is still to come.
    """
    return _moment(FROZEN)


def names_are_hidden() -> bool:
    """Tell whether the peers are shown under letters."""
    return st.query_params.get(HIDDEN) == "1"


def show(deck: Deck) -> None:
    """Draw the slide in turn, the foot, and what the presenter needs.

    Raises
    ------
    FilterError
        If the address makes no sense.
    """
    st.html(f"<style>{SHEET.read_text(encoding='utf-8')}</style>")
    last = len(deck.slides)
    at = min(max(1, address.read(SLIDE, 1, int)), last)
    began = _moment(BEGAN)
    slide = deck.slides[at - 1]
    with st.container(key="present"):
        if slide.sentence:
            _sentence(slide.sentence)
        if slide.key_line:
            st.html(f'<p class="present-key">{slide.key_line}</p>')
        with st.container(key="present_figure"):
            slide.draw()
    if st.session_state.get(DESK):
        with st.container(key="present_panel"):
            _desk(deck)
            if deck.notes:
                presenting_notes.draw(deck.notes, slide.key)
    _foot(deck, at, began)
    _keys(at, last)


def enter() -> None:
    """Begin at the first slide, with the data as they are now."""
    st.session_state[DESK] = False
    now = _stamp(datetime.now(UTC))
    st.query_params.update({ON: "1", SLIDE: "1", FROZEN: now, BEGAN: now})


def leave() -> None:
    """Go back to the page."""
    st.session_state[DESK] = False
    for parameter in PARAMETERS:
        st.query_params.pop(parameter, None)


def _sentence(text: str) -> None:
    parts = "</span> <span>".join(escape(part) for part in re.split(r"(?<=\.) ", text))
    st.html(f'<h1 class="sentence"><span>{parts}</span></h1>')


def _foot(deck: Deck, at: int, began: datetime) -> None:
    frozen = moment(frozen_at(), st.context.timezone or "UTC")
    stamp = f' <span class="stamp">{escape(_("look.synthetic"))}</span>' if deck.synthetic else ""
    gone = max(0, round((datetime.now(UTC) - began).total_seconds()))
    last = len(deck.slides)
    with st.container(key="present_foot", horizontal=True, vertical_alignment="center"):
        st.html(
            f'<p class="present-what"><strong>{escape(deck.name)}</strong> '
            f"<span>{escape(_('present.frozen', moment=frozen))}</span>{stamp}</p>"
        )
        st.html(
            f'<p class="present-at"><span role="status">{escape(_("present.at", n=at, of=last))}'
            f'</span><span class="present-clock" role="timer" aria-label="{_("present.clock")}" '
            f'style="--gone:-{gone}s"></span></p>'
        )
        _button("desk", _turn_desk)
        _button("back", _go, at - 1, shortcut="Left", disabled=at == 1)
        _button("next", _go, at + 1, shortcut="Right", disabled=at == last)


def _keys(at: int, last: int) -> None:
    goals = {"next": min(at + 1, last), "back": max(at - 1, 1), "first": 1, "last": last}
    with st.container(key="present_keys"):
        for key, goal in KEYS.items():
            st.button(key, key=f"key_{key}", shortcut=key, on_click=_go, args=(goals[goal],))
        # Escape takes away what lies on top: the controls first, then the presentation.
        away = _turn_desk if st.session_state.get(DESK) else leave
        st.button("Esc", key="key_Esc", shortcut="Esc", on_click=away)


def _desk(deck: Deck) -> None:
    with st.container(key="present_controls", horizontal=True, vertical_alignment="center"):
        if deck.hides_names:
            hidden = names_are_hidden()
            _button("name" if hidden else "hide", _turn_names)
        _button("refresh", _refresh, n=deck.newer)
        if deck.files:
            downloads.row(deck.files, key="present")
        _button("leave", leave)


def _button(
    verb: str,
    act: Callable[..., None],
    *told: object,
    shortcut: str | None = None,
    disabled: bool = False,
    **values: object,
) -> None:
    st.button(
        _(f"present.{verb}", **values), key=f"present_{verb}", on_click=act, args=told,
        shortcut=shortcut, disabled=disabled,
    )  # fmt: skip


def _go(slide: int) -> None:
    st.query_params[SLIDE] = str(slide)


def _turn_desk() -> None:
    st.session_state[DESK] = not st.session_state.get(DESK)


def _turn_names() -> None:
    address.remember(HIDDEN, [] if names_are_hidden() else ["1"])


def _refresh() -> None:
    st.query_params[FROZEN] = _stamp(datetime.now(UTC))


def _moment(parameter: str) -> datetime:
    """Return the moment in the address, which is given the present one where it has none."""
    when = address.read(parameter, datetime.now(UTC), _past)
    if parameter not in st.query_params:
        st.query_params[parameter] = _stamp(when)
    return when


def _stamp(when: datetime) -> str:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _past(told: str) -> datetime:
    when = datetime.fromisoformat(told)
    if when.tzinfo is None or when > datetime.now(UTC):
        raise ValueError(told)
    return when
