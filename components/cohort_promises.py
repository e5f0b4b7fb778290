"""What a city promised, beside the form that takes promises made in the room."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.errors import AnalyticsError
from analytics.programmes.cohort import CityOnDay, CohortOnDay
from analytics.store.programme_notes import CommitmentRow
from components import cards
from components.language import _, _n, day, sentence_of
from components.notices import empty, refusal
from components.presenting import Slide

SHOWN = 6  # open ones first, by day
USUAL_DAYS = 30
ANSWER, TURN = "promise_answer", "promise_turn"


def slide(
    principal: Principal, found: CohortOnDay, city: CityOnDay, veil: Callable[[str], str]
) -> Slide:
    """Return the slide of a city's promises: they are read and kept at once, never frozen.

    ``veil`` hides the names of peers in what was written.
    """
    held = loaders.city_notes(principal, found.programme.key, city.key)[1].commitments
    waiting = [made for made in held if made.kept_on is None]
    sentence = _n(
        "present.open_promises", len(waiting), city=city.name, kept=len(held) - len(waiting)
    )
    return Slide("promises", sentence, partial(_draw, principal, found, city.key, held, veil))


def _draw(
    principal: Principal,
    found: CohortOnDay,
    city: str,
    held: Sequence[CommitmentRow],
    veil: Callable[[str], str],
) -> None:
    if not loaders.may_keep_notes(principal, found.programme.key):
        _table(held, veil)
        return
    left, right = st.columns([1.7, 1], gap="large")
    with left:
        _table(held, veil)
    with right:
        _form(principal, found.programme.key, city)


def _table(held: Sequence[CommitmentRow], veil: Callable[[str], str]) -> None:
    if not held:
        empty(_("cohort.no_commitments"))
        return
    first = sorted(held, key=lambda made: (made.kept_on is not None, made.due_on, made.id))[:SHOWN]
    rows = [
        {
            "text": veil(made.text),
            "owner": veil(made.owner),
            "due": _("present.kept", day=made.kept_on) if made.kept_on else day(made.due_on),
        }
        for made in first
    ]
    columns = {name: _(f"present.column_{name}") for name in rows[0]}
    cards.table(pd.DataFrame(rows), columns, caption=_("cohort.commitments"))
    if len(held) > SHOWN:
        cards.method_note([_("present.more_promises", n=len(held) - SHOWN)])


def _form(principal: Principal, programme: str, city: str) -> None:
    kind, text = st.session_state.pop(ANSWER, ("", ""))
    if kind == "refused":
        refusal(text)
    # A promise that was kept leaves an empty form; one refused keeps what was written.
    turn = st.session_state.get(TURN, 0)
    with st.form(f"promise_{turn}", border=False):
        keys = {name: f"promise_{name}_{turn}" for name in ("text", "owner", "due")}
        st.text_input(_("present.promise"), key=keys["text"])
        st.text_input(_("present.owner"), key=keys["owner"])
        usual = date.today() + timedelta(days=USUAL_DAYS)
        st.date_input(_("present.due"), usual, key=keys["due"], format="DD/MM/YYYY")
        st.form_submit_button(
            _("present.commit"), on_click=_commit, args=(principal, programme, city, keys)
        )
    if kind == "saved":
        st.html(f'<p class="present-told" role="status">{text}</p>')


def _commit(principal: Principal, programme: str, city: str, keys: dict[str, str]) -> None:
    told = {name: st.session_state[key] for name, key in keys.items()}
    try:
        desk = loaders.presenting_desk(principal, programme)
        desk.commit(city, told["text"], owner=told["owner"], due_on=told["due"])
    except AnalyticsError as error:
        st.session_state[ANSWER] = ("refused", sentence_of(error))
    else:
        st.session_state[ANSWER] = ("saved", _("present.committed"))
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
