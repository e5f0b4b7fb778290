"""The overview's ways in: a tile per page with a numeral, one line, one small picture, one link.

A tile is prepared before it is drawn: who may not see a cohort or a scorecard has no tile of it,
and one that cannot be prepared says why in its place and leaves the page standing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Action, Principal, may
from analytics.errors import AnalyticsError
from analytics.overview import Overview
from analytics.programmes.cohort import CityOnDay, CohortOnDay
from analytics.scorecards.scoring import Scorecard
from analytics.settings import City
from components import (
    access,
    cards,
    charts,
    overview_view,
    scorecard_charts,
    scorecard_inputs,
    scorecard_view,
    scorecard_words,
)
from components.cohort_view import expected
from components.language import _, current, number, sentence_of
from components.notices import refusal
from components.tokens import MARKS, palette


@dataclass(frozen=True)
class Tile:
    """What leads to a page: its key in the menu, what draws it, the words of its link."""

    page: str
    draw: Callable[[], None]
    link: str


def prepare(principal: Principal, city: City, shown: Overview) -> list[Tile]:
    """Return the tiles of what a person may see, in the menu's order."""
    found = [
        Tile("hotspots", partial(overview_view.tile, shown), "overview.to_map"),
        _prepared("cohorts", "overview.to_cohort", lambda: _cohort(principal)),
        _prepared("scorecards", "overview.to_scorecard", lambda: _scorecard(principal, city)),
    ]
    return [tile for tile in found if tile]


def draw(principal: Principal, tile: Tile) -> None:
    """Draw a tile, and its link for who may open the page."""
    with st.container(key=f"tile_{tile.page}"):
        tile.draw()
        if tile.page in {page.key for page in access.pages_for(principal)}:
            st.page_link(access.page_of(tile.page), label=_(tile.link))


def _prepared(page: str, link: str, make: Callable[[], Callable[[], None] | None]) -> Tile | None:
    try:
        drawing = make()
    except AnalyticsError as error:
        drawing = partial(_refused, page, sentence_of(error))
    return Tile(page, drawing, link) if drawing else None


def _refused(page: str, why: str) -> None:
    title = next(held.title for held in access.PAGES if held.key == page)
    with cards.block(f"refused_{page}", title=_(title), large=True):
        refusal(why)


def _cohort(principal: Principal) -> Callable[[], None] | None:
    held = loaders.cohorts(principal)
    if not held:
        return None
    found = loaders.cohort(principal, held[0].key)
    if len(found.cities) == 1:
        return partial(_member_tile, found, found.cities[0])
    return partial(_cohort_tile, found)


def _scorecard(principal: Principal, city: City) -> Callable[[], None] | None:
    if not may(principal, Action.READ_INDICATORS, city.key):
        return None
    shown = loaders.scorecard(principal, city.key, scorecard_inputs.latest_period(city))
    return partial(_scorecard_tile, shown, city)


def _cohort_tile(found: CohortOnDay) -> None:
    with cards.block("cohort", title=_("cohort.title"), large=True):
        cards.number(
            _("overview.cohort_count", n=found.on_time, of=len(found.cities)),
            _("overview.cohort_unit") if found.cities else _("cohort.no_cities"),
        )
        _states(found.by_status)
        _cohort_source(found)


def _member_tile(found: CohortOnDay, city: CityOnDay) -> None:
    key = city.status.key
    with cards.block("cohort", title=_("cohort.title"), large=True):
        mark = f'<span class="mark" aria-hidden="true" style="color:var(--c-{key})">{MARKS[key]}'
        lines = "".join(f'<p class="unit">{escape(line)}</p>' for line in _standing(found, city))
        word = escape(_(f"cohort.state_{key}"))
        gates = f'<p class="note">{escape(_("cohort.gates"))}</p>'
        st.html(f'<p class="numeral state-word">{mark}</span>{word}</p>{lines}{gates}')
        _states(city.gates_by_status)
        _cohort_source(found)


def _standing(found: CohortOnDay, city: CityOnDay) -> list[str]:
    gate = city.next_gate
    if gate is None:
        return [_("overview.member_done", city=city.name)]
    key = "overview.member_next" if gate.expected.last >= found.as_of else "overview.member_open"
    name = found.template.gate(gate.key).name[current()]
    return [_(key, city=city.name, gate=name, day=expected(gate))]


def _states(counted: Mapping[str, int]) -> None:
    """Draw a mark for each, grouped by status, with its word and its number."""
    rows = "".join(
        f'<li><span class="marks" aria-hidden="true" style="color:var(--c-{key})">'
        f"{MARKS[key] * n}</span><span>{escape(_(f'cohort.state_{key}'))}</span>"
        f'<span class="right">{number(n)}</span></li>'
        for key, n in counted.items()
    )
    st.html(f'<ul class="rows states">{rows}</ul>')


def _cohort_source(found: CohortOnDay) -> None:
    parts = [found.programme.name, _("cohort.as_of", day=found.as_of)]
    cards.eyebrow(parts, synthetic=found.programme.synthetic)


def _scorecard_tile(shown: Scorecard, city: City) -> None:
    first = shown.now.dimensions[0]
    name = _(f"scorecards.{first.dimension}")
    with cards.block("scorecard", title=_("scorecards.title"), large=True):
        if first.score is None:
            needed = _("scorecards.needed", n=first.needed, of=first.expected)
            st.html(
                f'<p class="numeral absent">{escape(_("scorecards.no_score"))}</p>'
                f'<p class="unit">{escape(f"{name} · {needed}")}</p>'
            )
        else:
            bounds = scorecard_view.bounds_of(shown, first)
            cards.number(number(first.score, 0), f"{name} · {bounds}")
        rows = _dimensions(shown)
        absent = _("scorecards.status.not_assessed")
        charts.show(
            scorecard_charts.score_rows(
                rows, palette(), number=lambda score: number(score, 0), absent=absent
            ),
            alt=_(
                "scorecards.rows_alt",
                dimension=_("scorecards.title"),
                rows="; ".join(
                    f"{label} {absent if pd.isna(score) else number(score, 0)}"
                    for label, score in zip(rows["label"], rows["value"], strict=True)
                ),
            ),
        )
        parts = [_("scorecards.eyebrow"), scorecard_words.period(shown.period)]
        cards.eyebrow(parts, synthetic=city.synthetic)


def _dimensions(shown: Scorecard) -> pd.DataFrame:
    """Return the row of the whole of each dimension, under the dimension's name."""
    pairs = zip(shown.now.dimensions, shown.before.dimensions, strict=True)
    return pd.concat(
        [
            scorecard_view.rows_of(shown, now, before)
            .head(1)
            .assign(label=_(f"scorecards.{now.dimension}"))
            for now, before in pairs
        ],
        ignore_index=True,
    )
