"""Charts of computed frames: direct labels, no legend, our own configuration on every chart.

Functions take a frame, words already in the page's language and a palette, and return an Altair
chart; :func:`show` draws it. Numbers and dates are worded by callables of the caller, so that no
chart speaks the browser's language.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd
import streamlit as st

from components.tokens import FONT, Palette

Number = Callable[[float], str]
ROW_PX = 38
PROJECTED_PX = 24  # type on a projector: never less
SHARE_ROW_PX = 28
HEAT_ROW_PX = 15
PAI_PX = 122


def configured(
    chart: alt.TopLevelMixin, palette: Palette, *, size: int = 12, right_px: int = 0
) -> Any:
    """Return the chart with Cabildo's configuration: hair grid, no domain, no ticks, no legend.

    ``size`` is the type size in pixels: 12 on a page, 24 when presenting; ``right_px`` is kept free
    at the right for labels at the ends of rows.
    """
    axis = {
        "domain": False,
        "ticks": False,
        "gridColor": palette.hair,
        "gridWidth": 1,
        "labelColor": palette.muted,
        "labelFontSize": size,
        "labelPadding": 6,
        "tickColor": palette.hair,
        "tickOpacity": 1,
        "tickSize": 5,
        "title": None,
    }
    return chart.configure(
        background="transparent",
        font=FONT,
        view={"stroke": None},
        axis=axis,
        text={"color": palette.ink, "fontSize": size},
        title={
            "anchor": "start",
            "color": palette.ink,
            "fontSize": size + 2,
            "fontWeight": 600,
            "font": FONT,
        },
        legend={"disable": True},
    ).properties(
        # Streamlit would make it "fit", which takes the axes from the plot's height.
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        padding={"left": 0, "right": right_px, "top": 6, "bottom": 4},
    )


def filling(chart: Any, palette: Palette, *, right_px: int = 8) -> Any:
    """Return a chart in type for a projector, as wide and as high as its place."""
    sized = chart.properties(width="container", height="container")
    return configured(sized, palette, size=PROJECTED_PX, right_px=right_px).properties(
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        padding={"left": 0, "right": right_px, "top": 4 + PROJECTED_PX, "bottom": 4},
    )


def trend(
    frame: pd.DataFrame, palette: Palette, *, number: Number, moment: Callable[[Any], str]
) -> Any:
    """Draw a small line with its usual range, the last value marked and printed.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``when`` (datetime), ``n``; ``low`` and ``high`` bound the usual range, where known.
        Missing ``n`` breaks the line: not measured is not zero.
    number, moment : callable
        Word a value and a date.
    """
    data = frame.assign(
        shown=[number(n) if pd.notna(n) else "" for n in frame["n"]],
        period=[moment(when) for when in frame["when"]],
        day=(pd.to_datetime(frame["when"]) - pd.to_datetime(frame["when"]).min()).dt.days,
    )
    span = max(1, int(data["day"].max()))
    ends = [-0.02 * span, 1.24 * span]  # room for the last value beside its dot
    x = alt.X("day:Q", axis=None, scale=alt.Scale(domain=ends, nice=False))
    y = alt.Y("n:Q", axis=None, scale=alt.Scale(zero=False, nice=False, padding=6))
    tooltip = [alt.Tooltip("period:N", title=" "), alt.Tooltip("shown:N", title=" ")]
    line = alt.Chart(data).mark_line(color=palette.ink2, strokeWidth=1.6).encode(x=x, y=y)
    reading = line.mark_point(size=90, opacity=0).encode(x=x, y=y, tooltip=tooltip)
    last = alt.Chart(data.dropna(subset=["n"]).tail(1)).encode(x=x, y=y)
    dot = last.mark_point(color=palette.accent, filled=True, opacity=1, size=62)
    label = last.mark_text(align="left", dx=9, fontWeight=600, fontSize=13).encode(text="shown:N")
    band = _usual_range(data, palette, number, ends)
    chart = alt.layer(*band, line, dot, label, reading)
    return configured(chart.properties(height=92, width="container"), palette)


def hour_weekday(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    weekdays: Sequence[str],
    hour: Callable[[int], str],
    number: Number,
) -> Any:
    """Draw a week as 7 × 24 cells, Monday first, in seven equal steps up to the largest.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``weekday`` (Monday = 1), ``hour`` (0–23), ``n``; a cell that is absent stays empty.
    weekdays : sequence of str
        Seven short names, Monday first.
    hour, number : callable
        Word an hour and a value.
    """
    data = frame.assign(
        day=[weekdays[int(day) - 1] for day in frame["weekday"]],
        at=[hour(int(value)) for value in frame["hour"]],
        shown=[number(n) if pd.notna(n) else "" for n in frame["n"]],
    )
    top = float(frame["n"].max()) if len(frame) and frame["n"].max() > 0 else 1.0
    axis_hours = (0, 6, 12, 18, 23)
    x = alt.X(
        "hour:O",
        scale=alt.Scale(domain=list(range(24)), paddingInner=0, paddingOuter=0),
        axis=alt.Axis(
            values=list(axis_hours),
            labelAngle=0,
            labelExpr=worded({value: hour(value) for value in axis_hours}),
            labelOverlap=False,
        ),
    )
    # By number, not by name: two days may have equal short names.
    axis = names_axis(palette, 8 + 7 * max(map(len, weekdays)))
    axis.labelExpr = worded(dict(enumerate(weekdays, 1)))
    y = alt.Y("weekday:O", scale=alt.Scale(domain=list(range(1, 8))), axis=axis)
    colour = alt.Color(
        "n:Q", scale=alt.Scale(type="quantize", domain=[0, top], range=[*palette.hours])
    )
    tooltip = [alt.Tooltip(f"{name}:N", title=" ") for name in ("day", "at", "shown")]
    cells = alt.Chart(data).mark_rect(stroke=palette.bg, strokeWidth=1.2)
    chart = cells.encode(x=x, y=y, color=colour, tooltip=tooltip)
    return configured(chart.properties(height=HEAT_ROW_PX * 7, width="container"), palette)


def bars_share(frame: pd.DataFrame, palette: Palette) -> Any:
    """Draw each share as a thin bar on its whole, its words above it.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``label`` (name and worded share, unique) and ``share`` (0–1), in the order to draw.
    """
    order = frame["label"].tolist()
    y = alt.Y("label:N", sort=order, axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0))
    x = alt.X("share:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    base = alt.Chart(frame.assign(whole=1.0))
    whole = base.mark_bar(color=palette.hair, height=4, yOffset=7).encode(
        y=y, x=alt.X("whole:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    )
    bars = base.mark_bar(color=palette.ink2, height=4, yOffset=7).encode(y=y, x=x)
    words = base.mark_text(align="left", baseline="middle", dy=-5).encode(
        y=y, x=alt.value(0), text="label:N"
    )
    height = SHARE_ROW_PX * max(1, len(order))
    return configured(
        alt.layer(whole, bars, words).properties(height=height, width="container"), palette
    )


def freshness(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    last: Mapping[str, str],
    period: tuple[pd.Timestamp, pd.Timestamp],
    moment: Callable[[Any], str],
) -> Any:
    """Draw one tick per day received and source; a gap is a day without data.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``source`` (translated) and ``day`` (date), one row per day received.
    last : mapping
        Source → worded end of its row ("today 06:00"), in the order to draw; a source without any
        day keeps its empty row.
    period : tuple of pandas.Timestamp
        First and last day of the axis.
    moment : callable
        Words a date of the axis.
    """
    order = list(last)
    start, end = (pd.Timestamp(day) for day in period)
    weeks = {(day - start).days: moment(day) for day in pd.date_range(start, end, freq="W-MON")}
    # Days are counted, not timed: no clock or time zone of a browser can move a tick.
    begin = (pd.to_datetime(frame["day"]) - start).dt.days
    days = frame[["source"]].assign(begin=begin, until=begin + 0.55)
    whole = (end - start).days + 1
    rows = pd.DataFrame({"source": order, "begin": 0, "until": whole, "text": [*last.values()]})
    axis = alt.Axis(values=[*weeks], grid=False, labelAlign="left", labelExpr=worded(weeks))
    x = alt.X("begin:Q", scale=alt.Scale(domain=[0, whole], nice=False), axis=axis)
    y = alt.Y("source:N", sort=order, scale=alt.Scale(domain=order), axis=names_axis(palette, 152))
    base = alt.Chart(rows)
    line = base.mark_rule(color=palette.hair, strokeWidth=1, opacity=1).encode(
        x=x, x2="until:Q", y=y
    )
    ticks = alt.Chart(days).mark_bar(color=palette.accent, height=15).encode(x=x, x2="until:Q", y=y)
    ends = base.mark_text(align="left", dx=14).encode(
        x=alt.X("until:Q", axis=axis), y=y, text="text:N"
    )
    chart = alt.layer(line, ticks, ends).properties(
        height=ROW_PX * max(1, len(order)), width="container"
    )
    return configured(chart, palette)


def times_better(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    names: Mapping[str, str],
    chance: str,
    share: Number,
    times: Number,
) -> Any:
    """Draw how many times better than chance each model did, by share of the area.

    The density is a filled dot with its interval, the plain count a hollow one with its own, the
    near-repeat risk a hollow diamond, the best possible a tick; the words above the figure tell
    which is which.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``share`` (in the order to draw), ``model`` (density, count, prospective, best), ``pai``,
        ``pai_low``, ``pai_high``.
    names : mapping
        Model → translated name, for the tooltip.
    chance : str
        Label of 1 on the axis.
    share, times : callable
        Word a share of the area and a multiple of chance.
    """
    data = frame.assign(
        row=[share(value) for value in frame["share"]],
        name=frame["model"].map(names),
        shown=[times(value) for value in frame["pai"]],
    )
    top = float(frame[["pai", "pai_high"]].max().max())
    step = next(n * 10**e for e in range(9) for n in (1, 2, 5) if top <= 4.5 * n * 10**e)
    marks = [1, *(n for n in range(step, int(top) + 1, step) if n > max(1, top / 5))]
    axis = alt.Axis(
        values=marks,
        labelExpr=worded({n: chance if n == 1 else times(n) for n in marks}),
        labelOverlap=False,
    )
    scale = alt.Scale(domain=[0, 1.06 * top], nice=False)
    y = alt.Y("row:N", sort=list(dict.fromkeys(data["row"])), axis=names_axis(palette, 40))
    tooltip = [alt.Tooltip(f"{name}:N", title=" ") for name in ("name", "row", "shown")]
    start = alt.Chart(pd.DataFrame({"pai": [1.0]})).mark_rule(color=palette.ink2, strokeWidth=1.2)
    layers = [start.encode(x=alt.X("pai:Q", scale=scale, axis=axis))]
    for model, rule, edge, fill, dy in (
        ("density", palette.mid, palette.accent, palette.accent, -5),
        ("count", palette.muted, palette.muted, palette.bg, 5),
    ):
        part = alt.Chart(data[data["model"] == model])
        low, at = (alt.X(f"{name}:Q", scale=scale, axis=axis) for name in ("pai_low", "pai"))
        interval = part.mark_rule(color=rule, strokeWidth=2.2, opacity=1, yOffset=dy)
        point = part.mark_point(
            color=edge, fill=fill, opacity=1, size=62, strokeWidth=1.6, yOffset=dy
        )
        layers.append(interval.encode(x=low, x2="pai_high:Q", y=y))
        layers.append(point.encode(x=at, y=y, tooltip=tooltip))
    ticks = alt.Chart(data[data["model"] == "best"]).mark_tick(
        color=palette.ink, thickness=1.6, size=15, opacity=1, orient="vertical"
    )
    best = ticks.encode(x=alt.X("pai:Q", scale=scale, axis=axis), y=y, tooltip=tooltip)
    diamonds = alt.Chart(data[data["model"] == "prospective"]).mark_point(
        shape="diamond", color=palette.ink2, fill=palette.bg, opacity=1, size=54, strokeWidth=1.4
    )
    layers.append(diamonds.encode(x=alt.X("pai:Q", scale=scale, axis=axis), y=y, tooltip=tooltip))
    chart = alt.layer(*layers, best).properties(height=PAI_PX, width="container")
    return configured(chart, palette)


def show(chart: Any, *, alt: str, key: str | None = None, tall: bool = False) -> None:
    """Draw a chart at the width of its place; ``alt`` says in a sentence what it shows.

    A ``tall`` one takes the height of its place as well.
    """
    height: Literal["stretch", "content"] = "stretch" if tall else "content"
    st.altair_chart(chart, width="stretch", height=height, theme=None, alt=alt, key=key)


def _usual_range(
    data: pd.DataFrame, palette: Palette, number: Number, ends: list[float]
) -> list[Any]:
    """Band between ``low`` and ``high`` over the whole width, its bounds printed at the right."""
    known = data.dropna(subset=["low", "high"]) if {"low", "high"} <= set(data) else data[:0]
    if known.empty:
        return []
    edges = pd.concat([known.head(1).assign(day=ends[0]), known, known.tail(1).assign(day=ends[1])])
    scale = alt.Scale(zero=False, nice=False, padding=6)
    x = alt.X("day:Q", axis=None, scale=alt.Scale(domain=ends, nice=False))
    base = alt.Chart(edges[["day", "low", "high"]])
    band = base.mark_area(color=palette.sunk, opacity=1).encode(
        x=x, y=alt.Y("low:Q", axis=None, scale=scale), y2="high:Q"
    )
    bounds = [float(known[name].iloc[-1]) for name in ("low", "high")]
    texts = alt.Chart(pd.DataFrame({"n": bounds, "text": [number(value) for value in bounds]}))
    words = texts.mark_text(align="right", dx=-4, color=palette.muted).encode(
        x=alt.value("width"), y=alt.Y("n:Q", axis=None, scale=scale), text="text:N"
    )
    return [band, words]


def names_axis(palette: Palette, column_px: int) -> alt.Axis:
    """Category names in ink, flush left with the figure's title in a column of their own."""
    return alt.Axis(
        grid=False, labelAlign="left", labelColor=palette.ink, labelPadding=column_px, labelLimit=0
    )


def worded(words: Mapping[int, str]) -> str:
    """Vega expression that looks up the wording of an axis value."""
    texts = {str(value): text for value, text in words.items()}
    return f"({json.dumps(texts)})[datum.value]"
