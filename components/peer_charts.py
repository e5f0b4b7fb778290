"""One indicator of several cities: dots with intervals, one's own filled, in a small panel."""

from collections.abc import Callable
from typing import Any

import altair as alt
import pandas as pd

from components.charts import configured
from components.scorecard_charts import nice_ticks
from components.tokens import Palette

ROW_PX = 21
LABEL_PX = 132


def panel(frame: pd.DataFrame, palette: Palette, *, number: Callable[[float], str]) -> Any:
    """Draw the cities in the frame's order.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``label`` (unique), ``value``, ``low``, ``high`` (NaN without a survey), ``own``.
    number : callable
        Words a value.
    """
    data = frame.assign(
        shown=[number(value) for value in frame["value"]],
        end=frame[["high", "value"]].max(axis=1),
    )
    order = data["label"].tolist()
    floor, top = min(0.0, float(data["value"].min())), 1.1 * max(float(data["end"].max()), 1e-9)
    scale = alt.Scale(domain=[floor, top], nice=False, zero=False)
    axis = alt.Axis(values=nice_ticks(floor, top, 4), labels=False)
    names = alt.Axis(
        grid=False,
        labelAlign="left",
        labelColor=palette.ink,
        labelPadding=LABEL_PX,
        labelLimit=LABEL_PX - 4,
    )
    y = alt.Y("label:N", sort=order, scale=alt.Scale(domain=order), axis=names)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    whole = alt.Chart(data)
    surveyed = alt.Chart(data.dropna(subset=["low"]))
    own, others = alt.Chart(data[data["own"]]), alt.Chart(data[~data["own"]])
    hollow = others.mark_point(
        color=palette.muted, fill=palette.bg, opacity=1, size=52, strokeWidth=1.6
    )
    chart = alt.layer(
        surveyed.mark_rule(color=palette.mid, strokeWidth=2.4, opacity=1).encode(
            x=x("low"), x2="high:Q", y=y
        ),
        hollow.encode(x=x("value"), y=y),
        own.mark_point(color=palette.accent, filled=True, opacity=1, size=72).encode(
            x=x("value"), y=y
        ),
        whole.mark_text(align="left", dx=8, fontWeight=600).encode(x=x("end"), y=y, text="shown:N"),
    )
    sized = chart.properties(height=ROW_PX * len(order), width="container")
    # The panel's own description says what its marks would say one by one, some without a name.
    return configured(sized, palette, right_px=54).configure_mark(aria=False)
