"""Charts of the hotspot page's workbench; like :mod:`components.charts` they know no words."""

import json
from typing import Any

import altair as alt
import pandas as pd

from components.charts import Number, configured, names_axis, worded
from components.tokens import Palette

SCALE_ROW_PX = 24
SCALE_NAMES_PX = 176
CURVE_PX = 246
CURVE_POINTS = 300


def bandwidth_scale(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    chosen: float,
    chosen_label: str,
    practice: tuple[float, float],
    bounds: tuple[float, float],
    metres: Number,
) -> Any:
    """Draw bandwidths on a logarithmic scale of metres: the one in force against the hints.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``name`` (translated, unique), ``bandwidth_m``, ``is_tested`` (filled dot: chosen by later
        events), in the order to draw.
    chosen : float
        Bandwidth in force: a vertical line through all rows, ``chosen_label`` above it.
    practice, bounds : (float, float)
        The range used for patrols, shaded; the ends of the scale. Metres.
    metres : callable
        Words a length.
    """
    low, high = bounds
    marks = [m * 10**e for e in (1, 2, 3) for m in (1, 2, 5) if low <= m * 10**e <= high]
    # A hint may lie beyond what can be chosen: it stands at the end of the scale.
    data = frame.assign(
        at=frame["bandwidth_m"].clip(low, high),
        shown=[metres(m) for m in frame["bandwidth_m"]],
        # The line of what is in force would run through a length written at the dot's right.
        is_crossed=frame["bandwidth_m"].between(chosen / 2, chosen, inclusive="neither"),
    )
    axis = alt.Axis(values=marks, labelExpr=worded({m: metres(m) for m in marks}), grid=True)
    scale = alt.Scale(type="log", domain=[low, high], nice=False)
    x = alt.X("at:Q", scale=scale, axis=axis)
    y = alt.Y("name:N", sort=[*data["name"]], axis=names_axis(palette, SCALE_NAMES_PX))
    band = alt.Chart(pd.DataFrame({"at": [practice[0]], "to": [practice[1]]}))
    rule = alt.Chart(pd.DataFrame({"at": [chosen], "label": [chosen_label]})).encode(x=x)
    dots = alt.Chart(data).encode(x=x, y=y)
    fill = alt.condition("datum.is_tested", alt.value(palette.accent), alt.value(palette.bg))
    edge = alt.condition("datum.is_tested", alt.value(palette.accent), alt.value(palette.muted))
    point = dots.mark_point(size=62, opacity=1, strokeWidth=1.6)
    layers = [
        band.mark_rect(color=palette.sunk, opacity=1).encode(x=x, x2="to:Q"),
        rule.mark_rule(color=palette.accent, strokeWidth=2),
        point.encode(fill=fill, stroke=edge),
        dots.transform_filter("!datum.is_crossed")
        .mark_text(align="left", dx=9)
        .encode(text="shown:N"),
        dots.transform_filter("datum.is_crossed")
        .mark_text(align="right", dx=-9)
        .encode(text="shown:N"),
        rule.mark_text(color=palette.accent, fontWeight=600, dy=-9, baseline="bottom").encode(
            y=alt.value(0), text="label:N"
        ),
    ]
    height = SCALE_ROW_PX * len(data)
    return configured(alt.layer(*layers).properties(height=height, width="container"), palette)


def concentration_curve(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    even_share: float,
    marks: pd.DataFrame,
    share: Number,
) -> Any:
    """Draw what share of the events the fullest cells hold, and the most even curve there can be.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``area_share`` and ``event_share``, rising; thinned here to a few hundred points.
    even_share : float
        Share of the area that as many events would fill if no two shared a cell; at most 1.
    marks : pandas.DataFrame
        ``area_share``, ``event_share`` and ``label``: points of the curve that are named.
    share : callable
        Words a share.
    """
    step = max(1, len(frame) // CURVE_POINTS)
    thin = pd.concat([frame.iloc[::step], frame.tail(1)]).drop_duplicates()
    shares = [0, 0.25, 0.5, 0.75, 1]
    words = f"({json.dumps({f'{s:g}': share(s) for s in shares})})[datum.value]"
    axis = alt.Axis(values=shares, labelExpr=words)
    scale = alt.Scale(domain=[0, 1], nice=False)
    x = alt.X("area_share:Q", scale=scale, axis=axis)
    y = alt.Y("event_share:Q", scale=scale, axis=axis)
    even = pd.DataFrame({"area_share": [0, even_share, 1], "event_share": [0, 1, 1]})
    line = alt.Chart(thin).mark_line(color=palette.accent, strokeWidth=2)
    named = alt.Chart(marks).encode(x=x, y=y)
    layers = [
        alt.Chart(even).mark_line(color=palette.ghost, strokeWidth=1.4).encode(x=x, y=y),
        line.encode(x=x, y=y),
        named.mark_point(color=palette.accent, filled=True, opacity=1, size=62),
        named.mark_text(align="left", dx=9, dy=6, baseline="top").encode(text="label:N"),
    ]
    return configured(alt.layer(*layers).properties(height=CURVE_PX, width="container"), palette)
