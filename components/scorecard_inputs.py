"""The choices of the scorecards page: view, period and indicator, kept in the address."""

from dataclasses import dataclass

import streamlit as st

from analytics import loaders
from analytics.access import Action, Principal, may
from analytics.scorecards.periods import Period, half_year_before, parse
from analytics.scorecards.scoring import Scorecard
from analytics.settings import City
from components import address, cards, presenting, scorecard_words
from components.language import _

PERIODS = 8
NEEDED = {
    "board": Action.READ_INDICATORS,
    "sheet": Action.READ_INDICATORS,
    "balance": Action.READ_INDICATORS,
    "peers": Action.READ_INDICATORS,
    "continuity": Action.READ_INDICATORS,
    "entry": Action.ENTER_INDICATORS,
    "indicators": Action.ENTER_INDICATORS,
    "validation": Action.VALIDATE_INDICATORS,
}


@dataclass(frozen=True)
class Chosen:
    """What is looked at, and of when."""

    view: str
    period: Period


def choices(principal: Principal, city: City) -> Chosen:
    """Draw eyebrow, period and views in one row and return what was chosen.

    Raises
    ------
    FilterError
        ``filter.address`` if the address asks for what there is not.
    """
    views = [view for view, action in NEEDED.items() if may(principal, action, city.key)]
    latest, chosen = latest_period(city), period_of(city)
    seen = address.seed(
        "scorecard_view", "view", "board", lambda told: address.known(told, views)[0]
    )
    with st.container(key="chips_scorecard", horizontal=True, vertical_alignment="center"):
        period = scorecard_words.period(chosen)
        if seen == "board":
            before = scorecard_words.period(chosen.before)
            period = _("scorecards.against", period=period, before=before)
        parts = [_("scorecards.eyebrow"), period, city.name]
        with st.container(gap=None):
            cards.eyebrow(parts, synthetic=city.synthetic)
        with st.popover(scorecard_words.period(chosen), key="chip_period"):
            _period_choice(latest)
        view = st.segmented_control(
            _("scorecards.view"),
            views,
            required=True,
            key="scorecard_view",
            label_visibility="collapsed",
            persist_state="session",
            format_func=lambda key: _(f"scorecards.view.{key}"),
        )
        presenting.offer(loaders.may_present_scorecard(principal, city.key))
    address.remember("view", [str(view)], ["board"])
    address.remember("period", [chosen.key], [latest.key])
    return Chosen(str(view), chosen)


def period_of(city: City) -> Period:
    """Return the period that the address or the choice asks for; else the last half-year."""
    return address.seed(
        "scorecard_period", "period", latest_period(city), lambda told: parse(told[0])
    )


def indicator(shown: Scorecard) -> str:
    """Draw the choice among the measured indicators and return its id."""
    known = [a.sheet.id for a in shown.assessments]
    names = {a.sheet.id: scorecard_words.short(a.sheet) for a in shown.assessments}
    address.seed("indicator", "indicator", known[0], lambda told: address.known(told, known)[0])
    chosen = st.selectbox(
        _("scorecards.indicator"),
        known,
        key="indicator",
        persist_state="session",
        label_visibility="collapsed",
        width=460,
        format_func=lambda key: f"{names[key]} · {key}",
    )
    address.remember("indicator", [str(chosen)])
    return str(chosen)


def latest_period(city: City) -> Period:
    """Return the last half-year that is over in a city."""
    return half_year_before(loaders.today(city.key))


def _period_choice(latest: Period) -> None:
    offered = [latest]
    while len(offered) < PERIODS:
        offered.append(offered[-1].before)
    for offer in offered:
        st.button(
            scorecard_words.period(offer),
            key=f"period_{offer.key}",
            type="tertiary",
            on_click=_choose,
            args=(offer,),
        )


def _choose(offer: Period) -> None:
    st.session_state["scorecard_period"] = offer
