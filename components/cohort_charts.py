"""Charts of a cohort: bars by phase, the matrix of gates, slips of a city, maturity over time.

Rows are equally high in the timeline and in the matrix, so that they run across both. Positions in
time are days counted from a first day; months are worded by the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import altair as alt
import pandas as pd

from components.charts import PROJECTED_PX, configured, filling, names_axis, worded
from components.language import day, month
from components.tokens import FONT, MARKS, Palette

GATE_NAMES_PX = 152
MATURITY_PX = 168
TREND_PX = 300
MARK_FONT = "Cabildo Marks"


@dataclass(frozen=True)
class Sizes:
    """Pixels of the timeline and the matrix; without a height for rows they fill their place.

    ``head`` lies between the plot and the names of events, ``names`` are as wide as the longest
    needs where None.
    """

    row: int | None
    head: int
    names: int | None
    text: int
    mark: int
    bar: int
    tick: int
    stroke: float
    letter: float

    def width(self, words: Sequence[str]) -> int:
        """Return how wide a column of words is."""
        return self.names or round(self.letter * max(map(len, words), default=0))


PAGE = Sizes(row=31, head=30, names=150, text=12, mark=11, bar=9, tick=18, stroke=2, letter=6.2)
PROJECTED = Sizes(
    row=None,
    head=54,
    names=None,
    text=PROJECTED_PX,
    mark=24,
    bar=17,
    tick=25,
    stroke=4,
    letter=11.6,
)


@dataclass(frozen=True)
class Span:
    """The days a chart shows, as numbers from ``first``."""

    first: date
    last: date

    def at(self, when: date) -> int:
        """Return the position of a day."""
        return (when - self.first).days

    @property
    def months(self) -> list[date]:
        """First days of the months inside."""
        found, when = [], self.first.replace(day=1)
        while when <= self.last:
            if when >= self.first:
                found.append(when)
            when = (when + timedelta(days=32)).replace(day=1)
        return found

    def x(self, field: str) -> alt.X:
        """Encode a column of positions with the months above the plot."""
        words = {self.at(when): month(when, short=True).split("\u00a0")[0] for when in self.months}
        axis = alt.Axis(
            orient="top",
            values=list(words),
            labelExpr=worded(words),
            labelAlign="left",
            grid=False,
            ticks=True,
            labelPadding=3,
            labelSeparation=8,
        )
        scale = alt.Scale(domain=[0, self.at(self.last)], nice=False, zero=False)
        return alt.X(field, scale=scale, axis=axis)


def timeline(
    bars: pd.DataFrame,
    rows: pd.DataFrame,
    events: pd.DataFrame,
    palette: Palette,
    *,
    span: Span,
    today: date,
    today_word: str,
    sizes: Sizes = PAGE,
) -> Any:
    """Draw cities × phases.

    Parameters
    ----------
    bars : pandas.DataFrame
        ``city, start, end`` (positions)``, kind`` (whole, first, done, forecast)``, told``.
    rows : pandas.DataFrame
        ``city, promise`` (list of positions)``, state, word``, in order.
    events : pandas.DataFrame
        ``name, start, end``.
    """
    y = _rows_axis(list(rows["city"]), palette, sizes.width(list(rows["city"])))
    layers = [*_events(events, palette, span, sizes), _hairs(rows, palette, y)]
    bar = {"type": "bar", "size": sizes.bar}
    marks: dict[str, dict[str, Any]] = {
        "whole": {"type": "rule", "stroke": palette.ghost, "strokeWidth": 0.7 * sizes.stroke},
        "first": bar | {"color": palette.muted},
        "done": bar | {"color": palette.accent},
        "forecast": bar | {"color": palette.soft, "stroke": palette.accent, "strokeWidth": 1},
    }
    for kind, mark in marks.items():
        layers.append(
            alt.Chart(bars[bars["kind"] == kind], mark=alt.MarkDef(opacity=1, **mark)).encode(
                x=span.x("start:Q"), x2="end:Q", y=y, tooltip=alt.Tooltip("told:N", title=" ")
            )
        )
    promises = rows[["city", "promise"]].explode("promise").dropna()
    layers.append(
        alt.Chart(promises)
        .mark_tick(
            color=palette.ink, thickness=sizes.stroke, size=sizes.tick, opacity=1,
            orient="vertical",
        )
        .encode(x=span.x("promise:Q"), y=y)
    )  # fmt: skip
    layers += _today(palette, span, today, today_word, sizes.head)
    states, edge = alt.Chart(rows), alt.value("width")
    layers.append(
        states.mark_text(font=MARK_FONT, align="left", dx=6, fontSize=sizes.mark).encode(
            x=edge, y=y, text="mark:N", color=_state_colour(palette)
        )
    )
    gap = 8 + sizes.text
    layers.append(states.mark_text(align="left", dx=gap).encode(x=edge, y=y, text="word:N"))
    return _framed(alt.layer(*layers), palette, len(rows), sizes, 8)


def matrix(
    cells: pd.DataFrame,
    gates: Sequence[str],
    palette: Palette,
    *,
    named: bool = False,
    sizes: Sizes = PAGE,
) -> Any:
    """Draw cities × gates as marks (``city, gate, mark, state, told``), the same rows again.

    The rows are named where the matrix stands alone.
    """
    cities = list(dict.fromkeys(cells["city"]))
    y = (
        _rows_axis(cities, palette, sizes.width(cities))
        if named
        else alt.Y(
            "city:N", sort=cities, axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0)
        )
    )
    axis = alt.Axis(
        orient="top", labelAngle=0, grid=False, labelColor=palette.ink,
        labelLimit=80 if sizes.row else 0, labelPadding=6,
    )  # fmt: skip
    x = alt.X("gate:N", sort=list(gates), axis=axis)
    marks = alt.Chart(cells).mark_text(font=MARK_FONT, fontSize=sizes.text + 1)
    rows = pd.DataFrame({"city": cities})
    # As high a head as the timeline's, or the rows would not run across.
    head = alt.Chart(rows.head(1)).mark_text(color=palette.bg, opacity=0.01, text="|")
    chart = alt.layer(
        head.encode(x=alt.value(0), y=alt.value(-sizes.head if sizes.row else 0)),
        _hairs(rows, palette, y),
        marks.encode(
            x=x, y=y, text="mark:N", color=_state_colour(palette),
            tooltip=alt.Tooltip("told:N", title=" "),
        ),
    )  # fmt: skip
    return _framed(chart, palette, len(cities), sizes, 0)


def slips(
    gates: pd.DataFrame, events: pd.DataFrame, palette: Palette, *, span: Span, today: date,
    today_word: str,
) -> Any:  # fmt: skip
    """Draw one city's gates: promise, how far it slipped, where it stands.

    Parameters
    ----------
    gates : pandas.DataFrame
        ``city`` (the gate's name)``, promise, expected`` (positions)``, state, mark, word, told``.
    """
    y = _rows_axis(list(gates["city"]), palette, GATE_NAMES_PX)
    x, base = span.x("expected:Q"), alt.Chart(gates)
    layers = [
        *_events(events, palette, span, PAGE),
        _hairs(gates, palette, y),
        base.mark_rule(stroke=palette.ghost, strokeWidth=2).encode(
            x=span.x("promise:Q"), x2="expected:Q", y=y
        ),
        base.mark_tick(
            color=palette.ink, thickness=2, size=17, opacity=1, orient="vertical"
        ).encode(x=span.x("promise:Q"), y=y),
        *_today(palette, span, today, today_word, PAGE.head),
        base.mark_text(font=MARK_FONT, fontSize=12).encode(
            x=x, y=y, text="mark:N", color=_state_colour(palette),
            tooltip=alt.Tooltip("told:N", title=" "),
        ),
        base.mark_text(align="left", dx=12).encode(x=x, y=y, text="word:N"),
    ]  # fmt: skip
    return _framed(alt.layer(*layers), palette, len(gates), PAGE, 24)


def maturity(frame: pd.DataFrame, palette: Palette, *, number: Mapping[float, str]) -> Any:
    """Draw one component over time, 1 to 5: hollow past, filled last with its number, the range.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``when`` (worded)``, level, low, high, is_latest``, of one component.
    """
    axis = alt.Axis(values=[1, 2, 3, 4, 5], format="d")
    scale = alt.Scale(domain=[1, 5], zero=False, nice=False)
    y = alt.Y("level:Q", scale=scale, axis=axis)
    x = alt.X("when:N", sort=None, axis=alt.Axis(labelAngle=0, grid=False))
    base = alt.Chart(frame.assign(shown=[number[v] for v in frame["level"]]))
    last = base.transform_filter("datum.is_latest")
    chart = alt.layer(
        base.mark_rule(color=palette.mid, strokeWidth=2.4, opacity=1).encode(
            x=x, y=alt.Y("low:Q", scale=scale, axis=axis), y2="high:Q"
        ),
        base.mark_line(color=palette.mid, strokeWidth=1.2).encode(x=x, y=y),
        base.mark_point(
            fill=palette.bg, color=palette.accent, size=70, strokeWidth=1.6, opacity=1
        ).encode(x=x, y=y),
        last.mark_point(filled=True, color=palette.accent, size=80, opacity=1).encode(x=x, y=y),
        last.mark_text(align="left", dx=8, fontWeight=600, fontSize=13).encode(
            x=x, y=y, text="shown:N"
        ),
    ).properties(height=MATURITY_PX, width="container")
    return configured(chart, palette, right_px=26)


def trend(frame: pd.DataFrame, palette: Palette, *, span: Span) -> Any:
    """Draw what was expected of gates, report by report: level is stable, rising slips.

    Parameters
    ----------
    frame : pandas.DataFrame
        ``gate`` (worded)``, reported, expected`` (positions).
    """
    words = {span.at(when): month(when, short=True) for when in span.months}
    axis = alt.Axis(values=list(words), labelExpr=worded(words))
    domain = alt.Scale(domain=[0, span.at(span.last)], nice=False, zero=False)
    y = alt.Y("expected:Q", scale=domain, axis=axis)
    base = alt.Chart(frame)
    x = span.x("reported:Q")
    line = base.mark_line(color=palette.accent, strokeWidth=1.6, interpolate="step-after").encode(
        x=x, y=y, detail="gate:N"
    )
    dots = base.mark_point(filled=True, color=palette.accent, size=30, opacity=1)
    ends = frame.groupby("gate", sort=False).tail(1)
    names = alt.Chart(ends).mark_text(align="left", dx=7).encode(x=x, y=y, text="gate:N")
    chart = alt.layer(line, dots.encode(x=x, y=y), names).properties(
        height=TREND_PX, width="container"
    )
    return configured(chart, palette)


def _rows_axis(names: list[str], palette: Palette, column_px: int) -> alt.Y:
    return alt.Y(
        "city:N",
        sort=names,
        axis=names_axis(palette, column_px),
        scale=alt.Scale(paddingInner=0, paddingOuter=0),
    )


def _state_colour(palette: Palette) -> alt.Color:
    keys = list(MARKS)
    scale = alt.Scale(domain=keys, range=[palette.states[key] for key in keys])
    return alt.Color("state:N", scale=scale, legend=None)


def _hairs(rows: pd.DataFrame, palette: Palette, y: alt.Y) -> Any:
    """Draw a rule below every row."""
    rule = alt.Chart(rows[["city"]]).mark_rule(stroke=palette.hair, strokeWidth=1, opacity=1)
    return rule.encode(y=y.bandPosition(1))


def _events(events: pd.DataFrame, palette: Palette, span: Span, sizes: Sizes) -> list[Any]:
    if events.empty:
        return []
    # In large type a name may reach the next one: each moves on a little.
    step = 0 if sizes.row else sizes.text // 2
    base = alt.Chart(events.assign(dx=[step * n for n in range(len(events))]))
    names = base.mark_text(color=palette.muted, align="left", dx=alt.expr("datum.dx"))
    return [
        base.mark_rect(color=palette.sunk, opacity=1).encode(x=span.x("start:Q"), x2="end:Q"),
        names.encode(x=span.x("start:Q"), y=alt.value(-sizes.head), text="name:N"),
    ]


def _today(palette: Palette, span: Span, today: date, word: str, head: int) -> list[Any]:
    base = alt.Chart(
        pd.DataFrame({"at": [span.at(today)], "word": [f"{word} {day(today, year=False)}"]})
    )
    return [
        base.mark_rule(stroke=palette.ink, strokeWidth=1.2, opacity=1).encode(x=span.x("at:Q")),
        base.mark_text(align="right", fontWeight=600, dx=3, font=FONT).encode(
            x=span.x("at:Q"), y=alt.value(-head), text="word:N"
        ),
    ]


def _framed(chart: Any, palette: Palette, rows: int, sizes: Sizes, right_px: int) -> Any:
    if sizes.row is None:
        return filling(chart, palette, right_px=right_px)
    sized = chart.properties(height=sizes.row * rows, width="container")
    shown = configured(sized, palette, right_px=right_px)
    return shown.properties(padding={"left": 0, "right": right_px, "top": 16, "bottom": 4})
