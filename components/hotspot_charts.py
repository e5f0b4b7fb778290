"""Charts of the hotspot page's workbench; like :mod:`components.charts` they know no words."""

from typing import Any

import altair as alt
import pandas as pd

from components.charts import Number, configured, names_axis, worded
from components.tokens import Palette

SCALE_ROW_PX = 24
SCALE_NAMES_PX = 176


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
        at=frame["bandwidth_m"].clip(low, high), shown=[metres(m) for m in frame["bandwidth_m"]]
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
        dots.mark_text(align="left", dx=9).encode(text="shown:N"),
        rule.mark_text(color=palette.accent, fontWeight=600, dy=-9, baseline="bottom").encode(
            y=alt.value(0), text="label:N"
        ),
    ]
    height = SCALE_ROW_PX * len(data)
    return configured(alt.layer(*layers).properties(height=height, width="container"), palette)
