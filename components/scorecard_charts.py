"""Figures of the scorecards: dots with intervals, a series with its target, small slopes."""

import base64
import math
from collections.abc import Callable, Sequence
from typing import Any

import altair as alt
import pandas as pd

from components.charts import configured, filling
from components.tokens import MARKS, Palette

ROW_PX = 27
LABEL_PX = 124
SHEET_PX = 330
SLOPE = (46, 22)
MARKS_AT = (0, 25, 50, 75, 100)


def score_rows(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    number: Callable[[float], str],
    absent: str,
    projected: bool = False,
) -> Any:
    """Draw a dimension and its categories: value filled, before hollow, range as a line.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``label`` (unique), ``value``, ``low``, ``high``, ``before`` on 0–100, NaN where not
        assessed; the first row is the whole.
    number : callable
        Words a score.
    absent : str
        What stands in a row without a score.
    projected : bool
        Twice as large, as high as its place.
    """
    scale_by = 2 if projected else 1
    label_px = 16 + 12 * max(map(len, frame["label"])) if projected else LABEL_PX
    data = frame.assign(
        size=[scale_by**2 * (170 if i == 0 else 62) for i in range(len(frame))],
        shown=[number(v) if pd.notna(v) else f"{MARKS['none']}  {absent}" for v in frame["value"]],
        end=frame[["high", "value", "before"]].max(axis=1).fillna(0),
    )
    order = data["label"].tolist()
    axis = alt.Axis(values=[*MARKS_AT], labelFlush=False, labelOverlap=False)
    scale = alt.Scale(domain=[0, 100], nice=False, zero=True)
    names = alt.Axis(
        grid=False,
        labelAlign="left",
        labelColor=palette.ink,
        labelPadding=label_px,
        labelLimit=0 if projected else LABEL_PX - 4,
    )
    y = alt.Y("label:N", sort=order, scale=alt.Scale(domain=order), axis=names)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    held = alt.Chart(data[data["value"].notna()])
    tips = [alt.Tooltip("label:N", title=" "), alt.Tooltip("shown:N", title=" ")]
    line = held.mark_rule(color=palette.mid, strokeWidth=2.6 * scale_by, opacity=1)
    before = alt.Chart(data[data["before"].notna()]).mark_point(
        color=palette.muted, fill=palette.bg, opacity=1, size=46 * scale_by**2,
        strokeWidth=1.6 * scale_by,
    )  # fmt: skip
    dot = held.mark_point(color=palette.accent, filled=True, opacity=1)
    words = held.mark_text(align="left", dx=10 * scale_by, fontWeight=600)
    none = alt.Chart(data[data["value"].isna()]).mark_text(align="left", dx=2, color=palette.muted)
    chart = alt.layer(
        line.encode(x=x("low"), x2="high:Q", y=y),
        before.encode(x=x("before"), y=y),
        dot.encode(x=x("value"), y=y, size=alt.Size("size:Q", scale=None), tooltip=tips),
        words.encode(x=x("end"), y=y, text="shown:N"),
        none.encode(x=x("end"), y=y, text="shown:N"),
    )
    if projected:
        return filling(chart, palette)
    height = ROW_PX * len(order)
    return configured(chart.properties(height=height, width="container"), palette, right_px=10)


def series(
    frame: pd.DataFrame,
    palette: Palette,
    *,
    target: tuple[float, float, str] | None,
    base: tuple[float, float] | None,
    number: Callable[[float], str],
    moment: Callable[[float], str],
) -> Any:
    """Draw an indicator's values with intervals, the agreed pace and the pace still needed.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``at`` (decimal year), ``value``, ``low``, ``high`` (NaN without a sample), in order.
    target : tuple, optional
        Moment, value and label of the target.
    base : tuple, optional
        Moment and value of the baseline.
    number, moment : callable
        Word a value and a moment of the axis.
    """
    data = frame.assign(shown=[number(v) for v in frame["value"]])
    moments = sorted({*data["at"], *([target[0]] if target else [])})
    tops = [*data["value"], *data["high"].dropna(), *([target[1]] if target else [])]
    top = 1.12 * max(max(tops), 1e-9)
    floor = min(0.0, *data["value"], *([target[1]] if target else []))
    expr = _lookup({m: moment(m) for m in moments})
    x_axis = alt.Axis(values=moments, grid=False, labelExpr=expr, labelOverlap=True)
    x_scale = alt.Scale(domain=[moments[0] - 0.15, moments[-1] + 0.25], nice=False, zero=False)
    y_scale = alt.Scale(domain=[floor, top], nice=False)
    ticks = nice_ticks(floor, top)
    y_axis = alt.Axis(values=ticks, labelExpr=_lookup({tick: number(tick) for tick in ticks}))

    def at(field: str, value: str) -> dict[str, Any]:
        return {
            "x": alt.X(f"{field}:Q", scale=x_scale, axis=x_axis),
            "y": alt.Y(f"{value}:Q", scale=y_scale, axis=y_axis),
        }

    whole = alt.Chart(data)
    bars = alt.Chart(data.dropna(subset=["low"])).mark_rule(
        color=palette.mid, strokeWidth=2.4, opacity=1
    )
    dots = whole.mark_point(filled=True, color=palette.accent, size=72, opacity=1)
    words = whole.mark_text(align="left", dx=9, dy=12, fontWeight=600)
    layers = [] if target is None else _paces(data, palette, target, base, at)
    layers += [
        bars.encode(**at("at", "low"), y2="high:Q"),
        whole.mark_line(color=palette.accent, strokeWidth=2).encode(**at("at", "value")),
        dots.encode(**at("at", "value")),
        words.encode(**at("at", "value"), text="shown:N"),
    ]
    chart = alt.layer(*layers).properties(height=SHEET_PX, width="container")
    # The figure's own description says what its marks would say one by one, some without a name.
    return configured(chart, palette, right_px=10).configure_mark(aria=False)


def _paces(
    data: pd.DataFrame,
    palette: Palette,
    target: tuple[float, float, str],
    base: tuple[float, float] | None,
    at: Callable[[str, str], dict[str, Any]],
) -> list[Any]:
    """Agreed pace from the baseline, pace still needed from the last value, and the target."""
    layers = []
    if base:
        agreed = pd.DataFrame({"at": [base[0], target[0]], "value": [base[1], target[1]]})
        pace = alt.Chart(agreed).mark_line(color=palette.ghost, strokeWidth=1.4)
        layers.append(pace.encode(**at("at", "value")))
    last = data.iloc[-1]
    needed = pd.DataFrame({"at": [last["at"], target[0]], "value": [last["value"], target[1]]})
    dashed = alt.Chart(needed).mark_line(
        color=palette.states["risk"], strokeWidth=1.6, strokeDash=[5, 4]
    )
    goal = pd.DataFrame({"at": [target[0]], "value": [target[1]], "shown": [target[2]]})
    mark = alt.Chart(goal).mark_point(
        shape="diamond", filled=True, color=palette.ink, size=70, opacity=1
    )
    label = alt.Chart(goal).mark_text(dy=-13, fontWeight=600, align="right", dx=6)
    layers.append(dashed.encode(**at("at", "value")))
    layers.append(mark.encode(**at("at", "value")))
    layers.append(label.encode(**at("at", "value"), text="shown:N"))
    return layers


def nice_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return round numbers between two bounds, at most so many."""
    steps = (n * 10.0**power for power in range(-6, 16) for n in (1, 2, 5))
    step = next(step for step in steps if (high - low) / step <= most - 1)
    first = math.ceil(low / step)
    return [round(i * step, 9) for i in range(first, math.floor(high / step) + 1)]


def slope(before: float, after: float, palette: Palette) -> str:
    """Return a small slope as a data URI: before hollow, after filled."""
    width, height = SLOPE
    up = 0 if after == before else 1 if after > before else -1
    first, last = height / 2 + 5 * up, height / 2 - 5 * up
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<line x1="6" y1="{first}" x2="{width - 7}" y2="{last}" stroke="{palette.ghost}"/>'
        f'<circle cx="6" cy="{first}" r="3" fill="{palette.bg}" stroke="{palette.muted}" '
        f'stroke-width="1.5"/><circle cx="{width - 7}" cy="{last}" r="4" '
        f'fill="{palette.accent}"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _lookup(words: dict[float, str]) -> str:
    """Vega expression that finds the wording of an axis value."""
    tests: Sequence[str] = [
        f"abs(datum.value - {value!r}) < 1e-6 ? '{text}'" for value, text in words.items()
    ]
    return " : ".join([*tests, "''"])
