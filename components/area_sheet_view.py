"""The fact sheet of a chosen area: against earlier periods, of what kind, when, who, where."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import area_sheet_command
from analytics.datasets import Dataset
from analytics.exports.frames import frame_csv
from analytics.hotspots.area_sheet import PERIODS, AreaSheet
from analytics.hotspots.areas import AreaCounts
from components import cards, charts, downloads, pictures
from components.areas_view import NONE, area_name, chosen_area
from components.inputs import category_name
from components.language import _, _n, day_range, number, percent, week
from components.tokens import palette

CATEGORIES = 8
LEVEL = 0.05


def block(principal: Principal, held: Dataset, found: AreaCounts) -> None:
    """Draw the sheet of the area a person chose; nothing while none is."""
    chosen = chosen_area(found)
    if chosen == NONE:
        return
    sheet = loaders.area_sheet(principal, found.city, found.filters, chosen)
    name = area_name(found.areas, chosen)
    proof = _proof(held, sheet)
    with cards.block("sheet", title=_("sheet.title", area=name), note=proof, large=True):
        first, second, third = st.columns([1, 1.1, 1.1], gap="medium")
        with first:
            _figures(sheet)
        with second:
            kinds = _kinds(sheet)
            _streets(sheet)
        with third:
            when = _when(sheet)
        cards.method_note([_("sheet.note"), _("sheet.share_note")], area_sheet_command(sheet))
        _downloads(principal, held, sheet, {"categories": kinds, "hours": when})


def _proof(held: Dataset, sheet: AreaSheet) -> str:
    counted = _n("count.records", round(float(sheet.row["n"])))
    return _("sheet.proof", n=counted, period=day_range(*sheet.counts.period), city=held.city.name)


def _figures(sheet: AreaSheet) -> None:
    """Print the count with its share and rate, and the table of periods."""
    row = sheet.row
    share = _("sheet.share", share=percent(float(row["share"]), 1))
    rate = ""
    if not np.isnan(row["rate_per_1000"]):
        values = {
            name: number(float(row[f"rate_{name}"]), 1) for name in ("per_1000", "low", "high")
        }
        rate = _("areas.rate", rate=values["per_1000"], low=values["low"], high=values["high"])
    elif row["residents"] == 0:
        rate = _("areas.nobody")
    small = _("areas.small_number") if row["small_number"] else ""
    cards.number(
        number(float(row["n"]), 0), share, " · ".join(text for text in (rate, small) if text)
    )
    _periods(sheet)


def _periods(sheet: AreaSheet) -> None:
    periods = sheet.periods
    shown = pd.DataFrame(
        {
            "period": [_(f"sheet.period_{name}") for name in PERIODS],
            "days": [
                day_range(first, last) for first, last in periods[["first", "last"]].to_numpy()
            ],
            "n": [_count(value) for value in periods["n"]],
            "change": [_change(sheet, name) for name in PERIODS],
        }
    )
    columns = {name: _(f"sheet.column_{name}") for name in ("period", "days", "n", "change")}
    cards.table(shown, columns, caption=_("sheet.periods"))


def _count(value: float) -> str:
    return _("sheet.not_held") if np.isnan(value) else number(float(value), 0)


def _change(sheet: AreaSheet, name: str) -> str:
    """Word the change of the rate per day since an earlier period, and whether chance makes it."""
    ratio, p = map(float, sheet.periods.loc[name, ["ratio", "p"]].to_numpy(dtype=float))
    if name == "now" or not np.isfinite(ratio):
        return ""
    change = number(100 * (ratio - 1), 0)
    signed = change if ratio < 1 else f"+{change}"
    return _("sheet.change" if p <= LEVEL else "sheet.change_unsure", change=signed)


def _kinds(sheet: AreaSheet) -> object:
    """Draw the largest categories with the city's share, then who told of them."""
    frame = sheet.categories[sheet.categories["n"] > 0].head(CATEGORIES)
    whole = float(sheet.categories["n"].sum())
    rows = pd.DataFrame(
        {
            "label": [
                _(
                    "sheet.kind",
                    kind=category_name(row["category"]),
                    share=percent(row["n"] / whole),
                    city=percent(row["city_share"]),
                )
                for row in frame.to_dict("records")
            ],
            "share": frame["n"] / whole,
        }
    )
    chart = charts.bars_share(rows, palette())
    cards.subtitle(_("sheet.kinds"))
    charts.show(chart, alt=_("sheet.kinds"), key="sheet_kinds")
    return chart


def _streets(sheet: AreaSheet) -> None:
    streets = sheet.streets
    if len(streets):
        table = pd.DataFrame(
            {"street": streets["street"], "n": [number(float(n), 0) for n in streets["n"]]}
        )
        heads = {"street": _("sheet.column_street"), "n": _("sheet.column_n")}
        cards.table(table, heads, caption=_("sheet.column_street"))


def _when(sheet: AreaSheet) -> object:
    """Draw hour × weekday and the sources of the area."""
    hours = sheet.hours
    chart = charts.hour_weekday(
        hours.frame,
        palette(),
        weekdays=week(),
        hour=lambda value: _("charts.hour", hour=str(value)),
        number=lambda value: number(value, 0),
    )
    cards.subtitle(_("hotspots.when"))
    charts.show(chart, alt=_("hotspots.when_alt"), key="sheet_hours")
    summed = sheet.sources
    whole = float(summed["n"].sum())
    shown = pd.DataFrame(
        {
            "source": summed["source"],
            "detection": [_(f"sheet.detection_{value}") for value in summed["detection"]],
            "n": [number(float(n), 0) for n in summed["n"]],
            "share": [percent(float(n) / whole) for n in summed["n"]],
        }
    )
    columns = {name: _(f"sheet.column_{name}") for name in ("source", "detection", "n", "share")}
    cards.subtitle(_("hotspots.who"))
    cards.table(shown, columns, caption=_("hotspots.who"))
    return chart


def _downloads(
    principal: Principal, held: Dataset, sheet: AreaSheet, drawn: dict[str, object]
) -> None:
    counts, frame = sheet.counts, sheet.to_frame()
    name = (counts.city, "area", str(sheet.area), *(day.isoformat() for day in counts.period))

    def audited(make: Callable[[], bytes]) -> Callable[[], bytes]:
        return downloads.audited(
            principal, counts.city, make, kind="area", area=sheet.area, version=held.version
        )

    items = [
        downloads.Download(
            "CSV",
            audited(lambda: frame_csv(frame)),
            downloads.file_name(*name, extension="csv"),
            "text/csv",
        )
    ]
    titles = {"categories": _("sheet.kinds"), "hours": _("hotspots.when")}
    area = area_name(counts.areas, sheet.area)
    synthetic = f" · {_('look.synthetic')}" if held.city.synthetic else ""
    proof = [_proof(held, sheet) + synthetic, _("sheet.version", version=held.version)]
    for part, chart in drawn.items():
        picture = pictures.titled(chart, f"{area}: {titles[part]}", proof, palette().bg)
        for item in pictures.links(picture, audited, *name, part):
            label = _("sheet.picture", what=titles[part], kind=item.label)
            items.append(downloads.Download(label, item.data, item.file_name, item.mime))
    downloads.row(items, key="sheet")
