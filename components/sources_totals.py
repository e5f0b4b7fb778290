"""What arrived, in figures: freshness and located share of each source, and how it all adds up."""

from collections.abc import Callable
from datetime import date
from html import escape
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.intake import Holdings
from analytics.settings import City
from analytics.store.models import utc_now
from analytics.totals import (
    STEPS,
    Freshness,
    SourceTotals,
    freshness,
    located_by,
    located_line,
    reconcile_line,
)
from components import cards, charts, downloads
from components.inputs import category_name
from components.language import _, _n, day, month, number, percent
from components.tokens import MARKS, Palette, palette

MONTHS = 12
BATCH_ROWS = 10
CHART_PX = 64
PICTURES = 4
SIGNS = {"rows": "", "quarantined": "−", "superseded": "−", "linked": "−"}
SIGNS |= {"accepted": "=", "records": "=", "incidents": "=", "in_area": "", "outside": ""}
STATES = {
    True: ("late", "fresh.late"),
    False: ("done", "fresh.on_time"),
    None: ("none", "fresh.new"),
}


def fresh(found: SourceTotals, city: City) -> None:
    """Say of every source how old it is, whether it is late, and how much of it has a place."""
    share = located_by(found.located, ("source",)).set_index("source")["share"]
    rows = []
    for rhythm in found.rhythms:
        age = freshness(rhythm, utc_now(), city)
        mark, word = STATES[age.is_late]
        rows.append(
            {
                "source": rhythm.source,
                "event": _event(age),
                "import": day(rhythm.last_import),
                "every": _every(age),
                "state": f"{MARKS[mark]}\u00a0{_(word)}",
                "located": percent(share[rhythm.source], 1) if rhythm.source in share else "",
            }
        )
    with cards.block("fresh", title=_("fresh.title"), note=_("fresh.note")):
        columns = ("source", "event", "import", "every", "state", "located")
        heads = {name: _(f"fresh.column.{name}") for name in columns}
        cards.table(pd.DataFrame(rows), heads, caption=_("fresh.title"))


def located(principal: Principal, held: Holdings, found: SourceTotals) -> None:
    """Draw the located share by month and source, and tell it by month and by category."""
    months = located_by(found.located.dropna(subset="month"), ("source", "month"))
    with cards.block("located", title=_("located.title"), note=_("located.note")):
        if len(months):
            _pictures(months, held.city)
        left, right = st.columns(2, gap="medium")
        with left:
            _crossed(found, "month", _("located.by_month"), _month_name)
        with right:
            _crossed(found, "category", _("located.by_category"), category_name)
        name = downloads.file_name(held.city.key, "located", extension="csv")
        label, city_key = _("located.csv"), held.city.key

        def made() -> bytes:
            return downloads.csv_bytes(loaders.totals(principal, city_key).located)

        data = downloads.audited(principal, city_key, made, kind="csv", rows=len(found.located))
        downloads.row([downloads.Download(label, data, name, "text/csv")], key="located")
        cards.method_note([_("located.method")], located_line(city_key))


def added_up(held: Holdings, found: SourceTotals) -> None:
    """Follow the rows of all files to incidents, source by source, and list rows by batch."""
    balance = found.balance.set_index("source")[list(STEPS)].T
    rows = pd.DataFrame({"step": [_step(name) for name in STEPS]})
    heads = {"step": _("balance.step")}
    for index, source in enumerate(balance.columns):
        rows[f"s{index}"] = [number(int(n)) for n in balance[source]]
        heads[f"s{index}"] = str(source)
    rows["total"] = [number(int(n)) for n in balance.sum(axis=1)]
    heads["total"] = _("balance.total")
    with cards.block("balance", title=_("balance.title"), note=_("balance.note")):
        cards.table(rows, heads, caption=_("balance.title"))
        shown = pd.DataFrame(found.batches[:BATCH_ROWS])
        for name in ("rows", "accepted", "quarantined"):
            shown[name] = [number(int(n)) for n in shown[name]]
        columns = ("file", "source", "rows", "accepted", "quarantined")
        named = {name: _(f"sources.column.{name}") for name in columns}
        cards.table(shown, named, caption=_("balance.by_batch"))
        more = len(found.batches) - BATCH_ROWS
        if more > 0:
            st.html(f'<p class="note">{escape(_n("balance.more", more))}</p>')
        cards.method_note([_("balance.method")], reconcile_line(held.city.key))


def _event(age: Freshness) -> str:
    last, days = age.rhythm.last_event, age.event_days
    if last is None or days is None:
        return _("fresh.no_event")
    return f"{day(last)} · {_n('fresh.ago', days)}"


def _every(age: Freshness) -> str:
    every = age.rhythm.every_days
    if every is None:
        return _("fresh.no_rhythm")
    return _(f"fresh.by_{age.rhythm.basis}", every=_n("fresh.days", round(every)))


def _step(name: str) -> str:
    return f"{SIGNS.get(name, '')} {_(f'balance.step.{name}')}".strip()


def _month_name(value: date | None) -> str:
    return _("located.undated") if pd.isna(value) else month(pd.Timestamp(value))


def _crossed(found: SourceTotals, by: str, title: str, named: Callable[[Any], str]) -> None:
    """Tell shares in a table: a row per month or category, a column per source."""
    cells = located_by(found.located, ("source", by))
    keys = cells.groupby(by, dropna=False)["n"].sum().reset_index()
    keys = keys.sort_values(by if by == "month" else "n", ascending=False, na_position="last")
    names = [named(key) for key in keys[by]]
    rows, heads = pd.DataFrame({"row": names}), {"row": title}
    for index, (source, own) in enumerate(cells.groupby("source", observed=True)):
        told = {
            named(key): _("located.cell", share=percent(share), n=number(int(n)))
            for key, share, n in zip(own[by], own["share"], own["n"], strict=True)
        }
        rows[f"s{index}"] = [told.get(name, "–") for name in names]
        heads[f"s{index}"] = str(source)
    cards.table(rows.head(MONTHS), heads, caption=title)


def _pictures(months: pd.DataFrame, city: City) -> None:
    """Draw the located share by month of the largest sources, side by side on one scale."""
    largest = months.groupby("source")["n"].sum().nlargest(PICTURES).index
    for place, source in zip(st.columns(len(largest), gap="medium"), largest, strict=True):
        own = months[months["source"] == source]
        with place:
            st.html(f'<p class="proof">{escape(str(source))}</p>')
            told = _("located.alt", source=source, city=city.name)
            charts.show(_by_month(own, palette()), alt=told)


def _by_month(frame: pd.DataFrame, colours: Palette) -> Any:
    data = pd.DataFrame(
        {
            "at": range(len(frame)),
            "share": frame["share"],
            "shown": [percent(share) for share in frame["share"]],
            "when": [month(pd.Timestamp(at)) for at in frame["month"]],
        }
    )
    scale = alt.Scale(domain=[0, len(data) + max(1.0, len(data) / 6)], nice=False)
    y = alt.Y("share:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=None)
    base = alt.Chart(data).encode(x=alt.X("at:Q", axis=None, scale=scale), y=y)
    line = base.mark_line(color=colours.ink2, strokeWidth=1.6)
    reading = base.mark_point(size=90, opacity=0).encode(
        tooltip=[alt.Tooltip(f"{name}:N", title=" ") for name in ("when", "shown")]
    )
    last = alt.Chart(data.tail(1)).encode(x=alt.X("at:Q", axis=None, scale=scale), y=y)
    dot = last.mark_point(color=colours.accent, filled=True, opacity=1, size=62)
    label = last.mark_text(align="left", dx=9, fontWeight=600, fontSize=13).encode(text="shown:N")
    whole = alt.Chart(pd.DataFrame({"share": [0.0, 1.0]})).mark_rule(color=colours.hair).encode(y=y)
    chart = alt.layer(whole, line, dot, label, reading)
    return charts.configured(chart.properties(height=CHART_PX, width="container"), colours)
