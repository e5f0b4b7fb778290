"""The review of doubtful pairs: two records side by side, same incident or not, then publish."""

from html import escape

import streamlit as st

from analytics import loaders
from analytics.access import Action, Principal, may
from analytics.errors import AnalyticsError
from analytics.intake import Holdings
from analytics.sources.linkage_review import (
    DoubtfulPair,
    LinkReview,
    ReviewState,
    Side,
    link_line,
)
from components import cards
from components.language import _, _n, day, moment, number, percent, sentence_of
from components.notices import refusal

PAIRS_SHOWN = 10
WIDTHS = (2.3, 2.3, 1.2, 2.2)
TIMED = ("minute", "hour")
TOLD = "review_told"  # what the last linking came to: a text, and whether it was refused


def review(principal: Principal, held: Holdings) -> None:
    """Draw the doubtful pairs of the latest run, for people who may review links."""
    city = held.city.key
    if not may(principal, Action.REVIEW_LINKS, city) or not held.active:
        return
    links = loaders.link_review(principal, city)
    with cards.block("review", title=_("review.title"), note=_("review.note")):
        _say_last()
        try:
            state = links.state()
        except AnalyticsError as error:
            refusal(sentence_of(error))
            return
        if state.run is None:
            cards.lede([_("review.no_run")])
        else:
            _progress(state, held.city.timezone)
            _pairs(links, state, held.city.timezone)
        _link(links, state)
        cards.method_note([_("review.method")], link_line(city))


def _progress(state: ReviewState, timezone: str) -> None:
    assert state.run is not None
    n = len(state.pairs)
    lines = [_n("review.progress", n, done=number(state.n_reviewed)) if n else _("review.none")]
    if state.n_waiting:
        lines.append(_n("review.waiting", state.n_waiting))
    if state.is_outdated:
        lines.append(_("review.outdated"))
    cards.lede([" ".join(lines)])
    linked = _(
        "review.run",
        when=moment(state.run.created_at, timezone),
        who=state.run.created_by,
        pairs=number(state.run.n_pairs),
        incidents=number(state.run.n_incidents),
    )
    st.html(f'<p class="note">{escape(linked)}</p>')


def _pairs(links: LinkReview, state: ReviewState, timezone: str) -> None:
    """Show ten pairs at a time; a decided one stays where it is, to be undone."""
    place = st.container(gap="small", key="review_pairs")
    pages = -(-len(state.pairs) // PAIRS_SHOWN)
    shown = st.pagination(pages, key="review_page") - 1 if pages > 1 else 0
    with place:
        for pair in state.pairs[shown * PAIRS_SHOWN :][:PAIRS_SHOWN]:
            _pair(links, pair, timezone)


def _pair(links: LinkReview, pair: DoubtfulPair, timezone: str) -> None:
    one, other, between, answer = st.columns(WIDTHS, gap="small", vertical_alignment="center")
    for column, side in ((one, pair.one), (other, pair.other)):
        with column:
            _side(side)
    with between:
        far = "review.no_place" if pair.distance_m is None else "review.metres"
        lines = (
            _(far, m=number(round(pair.distance_m or 0))),
            _("review.minutes", n=number(round(pair.gap_minutes))),
        )
        likely = _("review.probability", share=percent(pair.probability))
        st.html(
            f'<p class="proof">{escape(" · ".join(lines))}</p><p class="note">{escape(likely)}</p>'
        )
    with answer, st.container(horizontal=True, gap="small", vertical_alignment="center"):
        _answer(links, pair, timezone)


def _answer(links: LinkReview, pair: DoubtfulPair, timezone: str) -> None:
    """Ask what the pair is, or say what was answered, by whom and when, with a way back."""
    key = "_".join(pair.ids)
    if pair.decision is None:
        same = st.button(_("review.same"), key=f"same_{key}")
        if same or st.button(_("review.different"), key=f"different_{key}"):
            links.decide(pair, same=same)
            st.rerun()
        return
    word = _("review.same" if pair.decision.same else "review.different")
    when = moment(pair.decision.decided_at, timezone)
    by = _("review.decided", who=pair.decision.decided_by, when=when)
    st.html(f'{cards.state("done", word)}<p class="note">{escape(by)}</p>', width="content")
    if st.button(_("review.undo"), key=f"undo_{key}"):
        links.withdraw(pair)
        st.rerun()


def _side(side: Side) -> None:
    what = side.source_category or _("review.no_category")
    place = (
        _("review.no_place")
        if side.longitude is None or side.latitude is None
        else f"{number(side.latitude, 5)}; {number(side.longitude, 5)}"
    )
    told = " · ".join((side.source, side.source_record_id, place))
    st.html(
        f'<p class="proof"><strong>{escape(_when(side))}</strong> · {escape(what)}</p>'
        f'<p class="note">{escape(told)}</p>'
    )


def _when(side: Side) -> str:
    """Say when a record happened, as precisely as its source does."""
    if side.occurred_from is None:
        return _("review.no_time")
    if side.time_precision not in TIMED:
        return day(side.occurred_from.date())
    first = moment(side.occurred_from)
    if side.occurred_to in (None, side.occurred_from):
        return first
    return f"{first} – {moment(side.occurred_to)}"


def _link(links: LinkReview, state: ReviewState) -> None:
    """Offer to link and publish; after decisions, that is what makes them count."""
    again = state.run is not None
    label = _("review.link_again" if again else "review.link")
    if not st.button(label, key="link"):
        return
    bar = st.progress(0.1, _("review.linking"))
    try:
        report = links.link()
        bar.progress(0.7, _("sources.publishing"))
        links.publish()
        told = _n("review.linked", report.pairs, incidents=number(report.incidents))
        st.session_state[TOLD] = (told, False)
    except AnalyticsError as error:
        st.session_state[TOLD] = (sentence_of(error), True)
    st.rerun()


def _say_last() -> None:
    text, refused = st.session_state.pop(TOLD, ("", False))
    if refused:
        refusal(text)
    elif text:
        cards.lede([text])
