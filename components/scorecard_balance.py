"""Where the city's measuring is concentrated: a map of counts, and what would fill the gap."""

from html import escape

import streamlit as st

from analytics.scorecards.balance import MANAGEMENT_SHARE, BalanceCell
from analytics.scorecards.catalogue import DIMENSIONS, HIERARCHIES, LEVELS
from analytics.scorecards.scoring import Scorecard
from components import cards
from components import scorecard_words as words
from components.language import _, _n, percent

STEPS = 4  # shades above nothing
DEEPEST = 36  # percent of accent in the ground at the largest count


def draw(shown: Scorecard) -> None:
    """Draw the three maps and the list of fillers."""
    share = shown.balance.management_share
    if share is None:
        cards.sentence(_("scorecards.balance_empty"))
    else:
        cards.sentence(
            _(
                "scorecards.balance_sentence",
                share=percent(share),
                n=shown.balance.measured,
                usual=percent(MANAGEMENT_SHARE),
            )
        )
    top = max((cell.measured for cell in shown.balance.cells), default=0)
    for column, dimension in zip(st.columns(3, gap="large"), DIMENSIONS, strict=True):
        cells = [cell for cell in shown.balance.cells if cell.dimension == dimension]
        tends = [
            _(f"scorecards.level.{c.level}")
            for c in cells
            if c.tends and c.hierarchy == "strategic"
        ]
        note = _("scorecards.tendency", levels=", ".join(tends))
        with (
            column,
            cards.block(
                f"balance_{dimension}", title=_(f"scorecards.{dimension}"), note=note, large=True
            ),
        ):
            st.html(_map(cells, top, _(f"scorecards.{dimension}")))
    with cards.block("fillers", title=_("scorecards.fillers"), note=_("scorecards.fillers_note")):
        rows = "".join(
            f"<li><span>{escape(words.name(f.sheet))}</span>"
            f'<span class="right">{escape(_minutes(f.minutes))}</span></li>'
            for f in shown.balance.fillers
        )
        st.html(f'<ul class="rows">{rows}</ul>')
    cards.method_note([_("scorecards.balance_method"), _("scorecards.inferred")])


def _map(cells: list[BalanceCell], top: int, caption: str) -> str:
    heads = "".join(
        f'<th scope="col">{escape(_(f"scorecards.hierarchy.{name}"))}</th>' for name in HIERARCHIES
    )
    by_place = {(cell.level, cell.hierarchy): cell for cell in cells}
    rows = ""
    for level in LEVELS:
        label = escape(_(f"scorecards.level.{level}"))
        shown = "".join(_cell(by_place[level, hierarchy], top) for hierarchy in HIERARCHIES)
        rows += f'<tr><th scope="row">{label}</th>{shown}</tr>'
    return (
        f'<table class="small balance"><caption>{escape(caption)}</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _cell(cell: BalanceCell, top: int) -> str:
    if not cell.offered:
        return "<td></td>"
    depth = round(DEEPEST * -(-STEPS * cell.measured // max(top, 1)) / STEPS)
    inferred = f" ({cell.inferred}*)" if cell.inferred else ""
    text = _("scorecards.of", n=cell.measured, of=cell.offered) + inferred
    return f'<td style="--depth:{depth}%">{escape(text)}</td>'


def _minutes(minutes: int | None) -> str:
    return _("scorecards.not_stated") if minutes is None else _n("scorecards.minutes", minutes)
