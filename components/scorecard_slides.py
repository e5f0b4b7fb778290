"""What the scorecards page presents: three dimensions, what moved, what to decide, what is late.

Sentences, scores and lists are those of the page and of its report.
"""

from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.exports.reports import Report, Section
from analytics.scorecards.composite import DimensionScore
from analytics.scorecards.periods import Period
from analytics.scorecards.scoring import Scorecard
from analytics.settings import City
from components import (
    cards,
    charts,
    presenting,
    presenting_notes,
    report_view,
    scorecard_charts,
    scorecard_view,
    scorecard_words,
)
from components.downloads import Download
from components.language import _, number
from components.presenting import Deck, Slide
from components.tokens import palette

ROWS = 5  # of a list on one slide, two lines each
FILES = (".pdf", ".pptx")


def present(principal: Principal, city: City, period: Period) -> None:
    """Draw a scorecard's slides as the data were when presenting began."""
    frozen = loaders.frozen_scorecard(principal, city.key, period, presenting.frozen_at())
    presenting.show(
        Deck(
            name=city.name,
            synthetic=city.synthetic,
            slides=slides(city, frozen.shown),
            newer=frozen.newer,
            notes=presenting_notes.notes_of(loaders.scorecard_notes(principal, city.key)),
            files=[_file(principal, city, frozen.shown, suffix) for suffix in FILES],
            hides_names=False,
        )
    )


def slides(city: City, shown: Scorecard) -> tuple[Slide, ...]:
    """Return the sentence with its scores, a slide per dimension, and the three lists."""
    # Loaded by the first who presents: it knows how to draw for paper.
    from components.scorecard_reports import lists

    of = scorecard_words.period(shown.period)
    against = _("scorecards.against", period=of, before=scorecard_words.period(shown.period.before))
    pairs = zip(shown.now.dimensions, shown.before.dimensions, strict=True)
    told = [_dimension(shown, now, before) for now, before in pairs]
    everything = frozenset(a.sheet.id for a in shown.assessments)
    return (
        Slide("opening", scorecard_view.sentence(shown), partial(_scores, shown), escape(against)),
        *told,
        *(
            _listed(key, section)
            for key, section in zip(
                ("moved", "decisions", "late"), lists(shown, everything), strict=True
            )
        ),
    )


def _scores(shown: Scorecard) -> None:
    pairs = zip(shown.now.dimensions, shown.before.dimensions, strict=True)
    tiles = "".join(f"<li>{_score(shown, now, before)}</li>" for now, before in pairs)
    st.html(f'<ul class="present-counts scores">{tiles}</ul>')
    cards.method_note([line for line in scorecard_view.method_lines(shown) if line])


def _score(shown: Scorecard, now: DimensionScore, before: DimensionScore) -> str:
    name = f"<strong>{escape(_(f'scorecards.{now.dimension}'))}</strong>"
    lines = [_("scorecards.present", n=now.present, of=now.expected)]
    if now.score is None:
        numeral = f'<span class="numeral absent">{escape(_("scorecards.no_score"))}</span>'
        lines.insert(0, _("scorecards.needed", n=now.needed, of=now.expected))
    else:
        numeral = f'<span class="numeral">{number(now.score, 0)}</span>'
        lines.insert(0, scorecard_view.bounds_of(shown, now))
        if before.score is not None:
            moved = scorecard_words.signed(now.score - before.score)
            lines.insert(1, f"{moved} {_('scorecards.since')}")
    return name + numeral + "".join(f"<span>{escape(line)}</span>" for line in lines)


def _dimension(shown: Scorecard, now: DimensionScore, before: DimensionScore) -> Slide:
    name = _(f"scorecards.{now.dimension}")
    if now.score is None:
        sentence = _("present.no_score", name=name, n=now.needed, of=now.expected)
    else:
        sentence = _("present.score", name=name, score=number(now.score, 0))
    lines = [_(f"scorecards.{now.dimension}.about")]
    lines.append(_("scorecards.present", n=now.present, of=now.expected))
    key_line = "".join(f"<span>{escape(line)}</span>" for line in lines)
    return Slide(now.dimension, sentence, partial(_rows, shown, now, before, name), key_line)


def _rows(shown: Scorecard, now: DimensionScore, before: DimensionScore, name: str) -> None:
    chart = scorecard_charts.score_rows(
        scorecard_view.rows_of(shown, now, before),
        palette(),
        number=lambda score: number(score, 0),
        absent=_("scorecards.status.not_assessed"),
        projected=True,
    )
    charts.show(chart, alt=scorecard_view.rows_alt(now, name), tall=True)


def _listed(key: str, section: Section) -> Slide:
    n = len(section.table.rows) if section.table else 0
    sentence = _("present.listed", title=section.title, n=n) if n else section.lines[0]
    return Slide(key, sentence, partial(_list, section))


def _list(section: Section) -> None:
    if section.table is None:
        return
    names = [str(n) for n in range(len(section.table.headings))]
    rows = [[cell.text for cell in row] for row in section.table.rows[:ROWS]]
    columns = dict(zip(names, section.table.headings, strict=True))
    with st.container(key="present_list"):  # names are long here: they may break
        cards.table(pd.DataFrame(rows, columns=names), columns, caption=section.title)
    if len(section.table.rows) > ROWS:
        cards.method_note([_("present.more_rows", n=len(section.table.rows) - ROWS)])


def _file(principal: Principal, city: City, shown: Scorecard, suffix: str) -> Download:
    def compose() -> Report:
        from components.scorecard_reports import scorecard_report

        return scorecard_report(city, shown)

    name = ("scorecard", shown.period.key)
    return report_view.delivered(principal, city.key, compose, name, suffix)
