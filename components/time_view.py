"""The block that says when: months with their runs, shifts, hours of the week, maps by shift."""

from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import temporal_command
from analytics.datasets import Dataset
from analytics.errors import TooFewEventsError
from analytics.events.filters import ALL_HOURS, Filters
from analytics.hotspots.aoristic_week import AoristicWeek
from analytics.hotspots.scales import fitted_classes
from analytics.hotspots.surface import HotspotSurface
from analytics.hotspots.trends import MonthlyTrend
from analytics.shifts import DEFAULT_SHIFTS, Shift
from components import (
    cards,
    charts,
    downloads,
    inputs,
    notices,
    pictures,
    space_time_charts,
    still_maps,
)
from components.language import _, _n, month, number, percent, week
from components.tokens import palette

STILL_PX = 400


def block(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    """Draw the trend beside shifts and hours, and below them one map per shift."""
    filters = replace(result.filters, date_from=None, date_to=result.period[1])
    left, right = st.columns([1.6, 1], gap="large")
    with left:
        _trend(principal, held, loaders.trend(principal, result.city, filters), filters)
    with right:
        _week(principal, held, result)
    _maps(principal, held, result)


def shift_name(shift: Shift) -> str:
    """Name a shift with its hours; the city's own names are shown as they are."""
    usual = {usual.key for usual in DEFAULT_SHIFTS}
    name = _(f"shift.{shift.key}") if shift.key in usual else shift.key
    first, last = shift.hours
    return _("shift.name", name=name, first=f"{first:02d}", last=f"{(last + 1) % 24:02d}")


def run_sentence(found: MonthlyTrend) -> str:
    """Say whether the last months are a run that chance seldom makes."""
    if not found.is_judged:
        return _("time.not_judged")
    latest = found.latest
    if latest is None:
        return _("time.no_run")
    first, last = found.months_of(latest)
    way = "up" if latest.rises else "down"
    return _n(
        f"time.{latest.kind}_{way}",
        latest.months,
        first=month(first, short=True),
        last=month(last, short=True),
        median=number(found.median, 0),
    )


def _trend(principal: Principal, held: Dataset, found: MonthlyTrend, filters: Filters) -> None:
    with cards.block("trend", title=_("time.trend"), note=run_sentence(found)):
        frame = found.frame
        runs = [signal for signal in found.signals if signal is found.latest]
        in_run = np.zeros(len(frame), dtype=bool)
        for signal in runs:
            in_run[signal.first : signal.last + 1] = True
        shown = frame.assign(
            when=[month(day) for day in frame["month"]],
            tick=[_tick(i, len(frame), day) for i, day in enumerate(frame["month"])],
            in_run=in_run,
        ).drop(columns="month")
        chart = space_time_charts.run_chart(
            shown,
            palette(),
            median=found.median,
            median_label=_("time.median", n=number(found.median, 0)),
            number=lambda value: number(value, 0),
        )
        charts.show(chart, alt=_("time.trend_alt", months=len(frame), said=run_sentence(found)))
        cards.method_note([_("time.trend_method")])
        with st.container(key="link_trend", horizontal=True, gap="medium"):
            with st.popover(_("time.months"), key="chip_trend", type="tertiary"):
                cards.table(_months_table(frame), _month_columns(), caption=_("time.trend"))
                command = temporal_command(held.city.key, filters, by="month")
                cards.method_note([], command)
            table = found.to_frame()
            kept = downloads.table(table, principal, held.city.key, "months", held.version)
            drawn = pictures.figure(
                chart,
                palette(),
                title=_("time.trend"),
                principal=principal,
                city=held.city.key,
                name="months",
            )
            downloads.row([kept, *drawn], key="trend")


def _week(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    found = loaders.week(principal, result.city, result.filters)
    table = found.by_shift(held.city.shifts)
    rows = pd.DataFrame(
        {
            "label": [
                _("time.shift_row", shift=shift_name(shift), n=number(n, 0), share=percent(share))
                for shift, n, share in zip(
                    held.city.shifts, table["n"], table["share"].fillna(0), strict=True
                )
            ],
            "share": table["share"].fillna(0),
        }
    )
    at_midnight = loaders.hours(principal, result.city, result.filters).n_midnight
    with cards.block("shifts", title=_("time.shifts"), note=_week_note(found, at_midnight)):
        charts.show(charts.bars_share(rows, palette()), alt=_("time.shifts_alt"))
        chart = charts.hour_weekday(
            found.to_frame(),
            palette(),
            weekdays=week(),
            hour=lambda value: _("charts.hour", hour=str(value)),
            number=lambda value: number(value, 1),
        )
        charts.show(chart, alt=_("hotspots.when_alt"))
        cards.method_note([_("time.aoristic")], temporal_command(result.city, result.filters))
        downloads.row(
            [
                downloads.table(found.to_frame(), principal, result.city, "hours", held.version),
                *pictures.figure(
                    chart,
                    palette(),
                    title=_("hotspots.when"),
                    principal=principal,
                    city=result.city,
                    name="hours",
                ),
            ],
            key="week",
        )


def _maps(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    """Draw one map per shift, all in the same classes."""
    note = _("time.maps_note") if result.filters.hours == ALL_HOURS else _("time.maps_hours")
    with cards.block("shift_maps", title=_("time.maps"), note=note):
        surfaces: list[tuple[Shift, HotspotSurface]] = []
        for shift in held.city.shifts:
            try:
                asked = shift.narrowed(result.filters)
                found = loaders.surface(principal, result.city, asked, result.method)
            except TooFewEventsError:
                notices.empty(_("time.no_events", shift=shift_name(shift)))
                continue
            surfaces.append((shift, found))
        if not surfaces:
            return
        densities = np.stack([found.density_per_km2_30d for _shift, found in surfaces])
        is_fitted = inputs.scale_is_fitted()
        classes = fitted_classes(densities) if is_fitted else held.density_classes
        columns = st.columns(len(surfaces), gap="medium")
        for column, (shift, found) in zip(columns, surfaces, strict=True):
            with column:
                _still(principal, held, shift, found, classes)
        swatches = dict(zip(map(number, classes), palette().density, strict=True))
        scale = _("scale.fitted_note" if is_fitted else "scale.fixed_note")
        notes = [_("hotspots.key_unit"), f"{scale}; {_('time.one_scale')}"]
        still_maps.key(swatches, notes, held.city.basemap_attribution)


def _still(
    principal: Principal,
    held: Dataset,
    shift: Shift,
    found: HotspotSurface,
    classes: tuple[float, ...],
) -> None:
    svg = still_maps.density_still(
        held.city,
        found.grid,
        found.density_per_km2_30d,
        classes,
        palette(),
        width=STILL_PX,
    )
    peak = number(float(np.nanmax(found.density_per_km2_30d)), 0)
    n = round(found.totals.n_located)
    name = shift_name(shift)
    still_maps.show(
        svg, title=name, alt=_("time.map_alt", shift=name, n=n, peak=peak, city=held.city.name)
    )
    cards.method_note([_("time.map_line", n=n, peak=peak)])
    stem = f"shift-{shift.key}"
    downloads.row(
        [
            downloads.table(found.to_frame(), principal, found.city, stem, held.version),
            *still_maps.links(svg, principal=principal, city=found.city, name=stem),
        ],
        key=stem,
    )


def _week_note(found: AoristicWeek, at_midnight: float) -> str:
    note = _("time.week_note", n=round(found.n_dated), undated=round(found.n_undated))
    if found.n_spans:
        note = f"{note} {_('time.week_spans', n=round(found.n_spans))}"
    if at_midnight:
        note = f"{note} {_('time.week_midnight', n=round(at_midnight))}"
    return note


def _tick(i: int, n: int, day: object) -> str:
    first = pd.Timestamp(str(day))
    is_labelled = i in (0, n - 1) or (first.month in (1, 7) and 4 <= i <= n - 5)
    return month(first.date(), short=True) if is_labelled else ""


def _months_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Twin of the run chart: every month, the latest first."""
    rows = [
        {
            "month": month(row["month"], short=True),
            "n": number(row["n"], 0),
            "year_ago": _count(row["n_year_ago"]),
            "earlier": _span(row["earlier_low"], row["earlier_high"]),
        }
        for row in frame[::-1].to_dict("records")
    ]
    return pd.DataFrame(rows)


def _month_columns() -> dict[str, str]:
    return {
        "month": _("column.month"),
        "n": _("column.n"),
        "year_ago": _("column.year_ago"),
        "earlier": _("time.same_month"),
    }


def _count(value: float) -> str:
    return number(value, 0) if np.isfinite(value) else "–"


def _span(low: float, high: float) -> str:
    return f"{number(low, 0)}–{number(high, 0)}" if np.isfinite(low) else "–"
