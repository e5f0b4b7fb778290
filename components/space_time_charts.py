"""Charts of time and of near repeats; like :mod:`components.charts` they know no words."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from components.charts import Number, configured, names_axis, worded
from components.tokens import Palette

RUN_PX = 190
KNOX_ROW_PX = 46
KNOX_NAMES_PX = 84
RATIO_STEPS = (1.2, 1.5, 2.0, 3.0, 5.0, 8.0)
DARK_FROM = 4  # of the seven steps: text on them is set in the ground's colour


def run_chart(
    frame: pd.DataFrame, palette: Palette, *, median: float, median_label: str, number: Number
) -> Any:
    """Draw months as a line about their median; months of a run are filled.

    Behind each month a bar spans the same month of earlier years, where there are any.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``when`` (worded month, in the order to draw), ``n``, ``earlier_low``, ``earlier_high``
        (may be missing), ``in_run``, ``tick`` (worded, empty for months without a label).
    median, median_label : float, str
        The centre line and its words.
    number : callable
        Words a count.
    """
    data = frame.assign(at=range(len(frame)), shown=[number(n) for n in frame["n"]])
    known_values = frame[["n", "earlier_low", "earlier_high"]]
    low, top = float(known_values.min().min()), float(known_values.max().max())
    room = 0.15 * (top - low) or 1.0
    last = len(frame) - 1
    ticks = {i: str(text) for i, text in enumerate(frame["tick"]) if text}
    x_axis = alt.Axis(values=[*ticks], labelExpr=worded(ticks), grid=False, labelOverlap=False)
    x = alt.X("at:Q", axis=x_axis, scale=alt.Scale(domain=[-0.6, 1.12 * last + 0.6], nice=False))
    bottom = max(0.0, low - room)
    step = _nice((top + room - bottom) / 4)
    marks = [int(m) for m in np.arange(np.ceil(bottom / step), (top + room) // step + 1) * step]
    y_axis = alt.Axis(values=marks, labelExpr=worded({m: number(m) for m in marks}))
    scale = alt.Scale(domain=[bottom, top + room], zero=False, nice=False)
    y = alt.Y("n:Q", axis=y_axis, scale=scale)
    tooltip = [alt.Tooltip("when:N", title=" "), alt.Tooltip("shown:N", title=" ")]
    base = alt.Chart(data)
    known = alt.Chart(data.dropna(subset=["earlier_low", "earlier_high"]))
    ranges = known.mark_bar(color=palette.hair, width=6, opacity=1).encode(
        x=x, y=alt.Y("earlier_low:Q", axis=y_axis, scale=scale), y2="earlier_high:Q"
    )
    centre = alt.Chart(pd.DataFrame({"n": [median], "at": [last], "label": [median_label]}))
    rule = centre.mark_rule(color=palette.muted, strokeDash=[4, 3]).encode(y=y)
    words = centre.mark_text(align="left", dx=10, dy=-7, color=palette.muted).encode(
        x=x, y=y, text="label:N"
    )
    line = base.mark_line(color=palette.ink2, strokeWidth=1.4).encode(x=x, y=y)
    fill = alt.condition("datum.in_run", alt.value(palette.accent), alt.value(palette.bg))
    edge = alt.condition("datum.in_run", alt.value(palette.accent), alt.value(palette.ink2))
    dots = base.mark_point(size=36, opacity=1, strokeWidth=1.2).encode(
        x=x, y=y, fill=fill, stroke=edge, tooltip=tooltip
    )
    chart = alt.layer(ranges, rule, words, line, dots)
    return configured(chart.properties(height=RUN_PX, width="container"), palette)


def knox_heat(frame: pd.DataFrame, palette: Palette, *, words: dict[str, str]) -> Any:
    """Draw the Knox table as cells: stronger where more pairs than chance explains.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``space``, ``time`` (worded bands, in the order to draw), ``ratio``, ``beyond`` (whether
        the cell is beyond chance), ``ratio_text``, ``p_text``, ``pairs_text``.
    words : dict
        Tooltip's field → translated name, for ``pairs_text``.
    """
    steps = 1 + np.searchsorted(RATIO_STEPS, frame["ratio"].fillna(0), side="right")
    shade = np.where(frame["beyond"], np.minimum(steps - 1, len(RATIO_STEPS)), 0)
    data = frame.assign(shade=shade, dark=shade >= DARK_FROM)
    times = list(dict.fromkeys(data["time"]))
    spaces = list(dict.fromkeys(data["space"]))
    axis = alt.Axis(orient="top", labelAngle=0, labelColor=palette.ink, labelLimit=0)
    x = alt.X("time:N", sort=times, axis=axis, scale=alt.Scale(paddingInner=0, paddingOuter=0))
    y = alt.Y(
        "space:N",
        sort=spaces,
        axis=names_axis(palette, KNOX_NAMES_PX),
        scale=alt.Scale(paddingInner=0, paddingOuter=0),
    )
    colour = alt.Color(
        "shade:O", scale=alt.Scale(domain=list(range(7)), range=[*palette.hours]), legend=None
    )
    ink = alt.condition("datum.dark", alt.value(palette.bg), alt.value(palette.ink))
    tooltip = [alt.Tooltip(f"{name}:N", title=title) for name, title in words.items()]
    base = alt.Chart(data).encode(x=x, y=y)
    cells = base.mark_rect(stroke=palette.bg, strokeWidth=1.6).encode(color=colour, tooltip=tooltip)
    ratio = base.mark_text(dy=-7, fontWeight=600, fontSize=13).encode(
        text="ratio_text:N", color=ink
    )
    p = base.mark_text(dy=9, fontSize=12).encode(text="p_text:N", color=ink)
    chart = alt.layer(cells, ratio, p).properties(
        height=KNOX_ROW_PX * len(spaces), width="container"
    )
    return configured(chart, palette)


def _nice(value: float) -> float:
    """Return the smallest 1, 2 or 5 times a power of ten that is no smaller, at least 1."""
    power = 10.0 ** np.floor(np.log10(max(value, 1)))
    return float(next(m * power for m in (1, 2, 5, 10) if m * power >= value or m == 10))
