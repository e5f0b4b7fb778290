"""The overview's parts: three sentences, the entry tile, what changed, how fresh the data are."""

import math
from datetime import timedelta

import pandas as pd
import streamlit as st

from analytics.access import SUPPRESSION_K, Principal
from analytics.commands.words import overview_command
from analytics.datasets import Dataset
from analytics.overview import FRESHNESS_DAYS, Change, Overview
from analytics.settings import City
from components import cards, charts, downloads
from components.hotspot_view import source_lines
from components.inputs import category_name
from components.language import _, _n, day, month, number, percent
from components.tokens import palette

TABLE_ROWS = 6
WIDTHS = (1, 1.05)  # of two columns


def sentences(shown: Overview, city: City) -> None:
    """Say the three things a mayor asks: how many, what changed, how fresh."""
    cards.eyebrow([city.name, month(shown.month), _("overview.view")], synthetic=city.synthetic)
    cards.sentence(_count_sentence(shown))
    cards.lede([_change_sentence(shown), _fresh_sentence(shown)])


def tile(shown: Overview) -> None:
    """Show the number of the month with its usual range and its history."""
    with cards.block("tile_hotspots", title=_("hotspots.title"), large=True):
        usual = ""
        if shown.usual:
            low, high = (number(value, 0) for value in shown.usual)
            usual = _("overview.usual", low=low, high=high)
        cards.number(
            number(shown.total.after),
            _("overview.tile_unit", month=month(shown.month)),
            " ".join(filter(None, [usual, _located(shown)])),
        )
        charts.show(
            charts.trend(
                _trend_frame(shown),
                palette(),
                number=lambda value: number(value, 0),
                moment=lambda when: month(when.date(), short=True),
            ),
            alt=_("overview.trend_alt", n=shown.total.after, month=month(shown.month)),
        )


def changes(principal: Principal, shown: Overview, city: City) -> None:
    """List the categories that changed most against the same month of last year."""
    note = _("overview.changes_note", before=month(shown.month.replace(year=shown.month.year - 1)))
    with cards.block("changes", title=_("overview.changes"), note=note if shown.categories else ""):
        if not shown.categories:
            st.html(f'<p class="note">{_("overview.no_last_year")}</p>')
            return
        columns = {
            name: _(f"column.{name}")
            for name in ("category", "before", "after", "change", "verdict")
        }
        frame = pd.DataFrame([_change_row(change) for change in shown.categories[:TABLE_ROWS]])
        cards.table(frame, columns, caption=_("overview.changes"))
        raw = pd.DataFrame([vars(change) for change in shown.categories])
        name = downloads.file_name(
            city.key, "changes", shown.month.isoformat()[:7], extension="csv"
        )
        data = downloads.audited(
            principal, city.key, lambda: downloads.csv_bytes(raw), kind="changes"
        )
        downloads.row([downloads.Download("CSV", data, name, "text/csv")], key="changes")


def freshness(shown: Overview) -> None:
    """Draw which days arrived from each source."""
    start = shown.as_of - timedelta(days=FRESHNESS_DAYS - 1)
    ends = {
        str(source): _("overview.last_day", day=day(last, year=False))
        for source, last in zip(shown.freshness["source"], shown.freshness["last"], strict=True)
    }
    with cards.block("fresh", title=_("overview.fresh"), note=_("overview.fresh_note")):
        charts.show(
            charts.freshness(
                shown.received,
                palette(),
                last=ends,
                period=(pd.Timestamp(start), pd.Timestamp(shown.as_of)),
                moment=lambda when: day(when.date(), year=False),
            ),
            alt=_("overview.fresh_alt"),
        )


def method(held: Dataset, shown: Overview) -> None:
    """State how the numbers were made and the command that gives the same."""
    lines = [_("overview.method")]
    if shown.residents is not None:
        lines.append(_("overview.residents", n=shown.residents))
    if not held.view.sees_cells:
        lines.append(_("method.small_groups", k=SUPPRESSION_K))
    lines += source_lines(held)
    with cards.block("method", title=_("hotspots.method")):
        cards.method_note(lines, overview_command(held.city.key))


def _count_sentence(shown: Overview) -> str:
    total = shown.total
    values = {"month": month(shown.month), "counted": _n("count.records", total.after)}
    if not shown.has_last_year or not total.before:
        first = _("overview.count", **values)
    elif total.is_significant:
        key = "overview.count_more" if total.after > total.before else "overview.count_fewer"
        first = _(key, change=_size(total), **values)
    else:
        first = _("overview.count_same", **values)
    if shown.per_1000 is None:
        return first
    return f"{first} {_('overview.per_1000', rate=number(shown.per_1000, 1))}"


def _change_sentence(shown: Overview) -> str:
    if not shown.has_last_year:
        return _("overview.no_last_year")
    moved = [change for change in shown.categories if change.is_significant and change.before]
    if not moved:
        return _("overview.nothing_changed", n=len(shown.categories))
    top = moved[0]
    return _(
        "overview.changed_more" if top.after > top.before else "overview.changed_fewer",
        category=category_name(top.key),
        before=top.before,
        after=top.after,
        change=_size(top),
        n=len(moved),
        of=len(shown.categories),
    )


def _fresh_sentence(shown: Overview) -> str:
    late = shown.freshness.sort_values("days_ago").iloc[-1]
    if late["days_ago"] == 0:
        return _("overview.fresh_all", day=shown.as_of)
    return _(
        "overview.fresh_late", day=shown.as_of, source=late["source"], days=int(late["days_ago"])
    )


def _change_row(change: Change) -> dict[str, object]:
    return {
        "category": category_name(change.key),
        "before": number(change.before),
        "after": number(change.after),
        "change": _interval(change),
        "verdict": _("overview.beyond" if change.is_significant else "overview.chance"),
    }


def _interval(change: Change) -> str:
    if math.isnan(change.ratio):
        return _("overview.no_base")
    low, high = (_signed(bound - 1) for bound in (change.ratio_low, change.ratio_high))
    return _("overview.interval", value=_signed(change.ratio - 1), low=low, high=high)


def _signed(share: float) -> str:
    return ("+" if share > 0 else "") + percent(share) if math.isfinite(share) else "∞"


def _size(change: Change) -> str:
    return percent(abs(change.ratio - 1))


def _located(shown: Overview) -> str:
    return _("hotspots.located", share=percent(shown.located_share)).capitalize() + "."


def _trend_frame(shown: Overview) -> pd.DataFrame:
    frame = shown.monthly[shown.monthly["is_complete"]].rename(columns={"month": "when"})
    low, high = shown.usual or (math.nan, math.nan)
    frame = frame.assign(when=pd.to_datetime(frame["when"]), low=low, high=high)
    return frame[["when", "n", "low", "high"]]
