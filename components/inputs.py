"""What a person chooses: filters and method as chips whose label is the value in force.

Every choice stands in the address under the name of its command-line option, so a link reopens the
same view. What cannot be is refused by the analysis with a sentence.
"""

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from analytics.access import SURFACE_MIN_BANDWIDTH_M
from analytics.datasets import Dataset
from analytics.errors import FilterError
from analytics.events.filters import (
    ALL_HOURS,
    Filters,
    latest_months,
    month_span,
    whole_months,
)
from analytics.hotspots.kernels import KERNELS
from analytics.hotspots.surface import Method, surface_method
from components import address, overlays
from components.language import _, _n, day_range, month, number, weekday

DEFAULT_MONTHS = 3
SCALES = ("fixed", "fitted")
MAP_VIEWS = ("density", "rate", "areas")
Dates = tuple[date, date]


def hotspot_inputs(held: Dataset) -> tuple[Filters, Method]:
    """Draw the chips of the hotspot page and return what they say.

    The surface view offers whole months and no hours, weekdays, kernels or cells.

    Raises
    ------
    FilterError
        If what was typed, or stands in the address, cannot be.
    """
    detailed = held.view.sees_cells
    with st.container(key="chips", horizontal=True, horizontal_alignment="right"):
        if detailed:
            _one_of("view", MAP_VIEWS, lambda name: _(f"view.{name}"), labelled=False)
        categories = _several("category", held.categories, category_name)
        dates = (_days if detailed else _months)(held.period)
        sources = _several("source", held.sources, str)
        hours, weekdays = (_hours(), _weekdays()) if detailed else (ALL_HOURS, ())
        method = _method(held)
        overlays.choose(held)
    filters = Filters(
        date_from=dates[0],
        date_to=dates[1],
        categories=categories,
        sources=sources,
        hours=hours,
        weekdays=weekdays,
    )
    return filters, method


def scale_is_fitted() -> bool:
    """Tell whether the person chose a colour scale fitted to this selection."""
    return st.session_state.get("scale") == SCALES[1]


def map_view(held: Dataset) -> str:
    """Tell which map the person asked for; the surface view has the density only."""
    return str(st.session_state["view"]) if held.view.sees_cells else MAP_VIEWS[0]


def category_name(key: str) -> str:
    """Name a category in the session's language."""
    return _(f"category.{key}")


def _several(
    key: str, pairs: Sequence[tuple[str, float]], name: Callable[[str], str]
) -> tuple[str, ...]:
    counts = dict(pairs)
    chosen: list[str] = address.seed(key, key, [], lambda told: address.known(told, counts))
    # Another city may not have what was chosen in the one before.
    st.session_state[key] = [value for value in chosen if value in counts]
    everything = _(f"chips.all_{key}")
    if len(chosen) == 1:
        label = name(chosen[0])
    else:
        label = _n(f"chips.{key}", len(chosen)) if chosen else everything
    with st.popover(label, key=f"chip_{key}"):
        chosen = st.multiselect(
            _(f"inputs.{key}"),
            list(counts),
            key=key,
            persist_state="session",
            placeholder=everything,
            select_all=False,
            format_func=lambda value: f"{name(value)} · {number(counts[value], 0)}",
        )
    address.remember(key, chosen)
    return tuple(chosen)


def _days(period: Dates) -> Dates:
    default = latest_months(period, DEFAULT_MONTHS)
    chosen = _seed_dates("dates", default)
    label = day_range(*chosen) if len(chosen) == 2 else _("chips.choose_end")
    with st.popover(label, key="chip_dates"):
        picked = st.date_input(
            _("inputs.dates"),
            key="dates",
            persist_state="session",
            format="DD/MM/YYYY",
            help=_("inputs.dates_held", first=period[0], last=period[1]),
        )
    # One end only, while the second is being picked: nothing is asked for yet.
    if not isinstance(picked, tuple) or len(picked) != 2:
        raise FilterError("filter.one_date")
    _remember_dates(picked, default)
    return picked


def _months(period: Dates) -> Dates:
    months = whole_months(period)
    if not months:
        raise FilterError("view.whole_months")
    default = latest_months(period, DEFAULT_MONTHS)
    if "months" not in st.session_state:
        asked = _seed_dates("dates", default)
        if month_span(*asked) != asked or not set(_first_days(asked)) <= set(months):
            raise FilterError("view.whole_months")
        st.session_state["months"] = _first_days(asked)
    first, last = st.session_state["months"]
    with st.popover(_months_text(first, last), key="chip_months"):
        st.select_slider(
            _("inputs.months"),
            months,
            key="months",
            persist_state="session",
            format_func=lambda day: month(day, short=True),
        )
    first, last = st.session_state["months"]
    chosen = month_span(first, last)
    _remember_dates(chosen, default)
    return chosen


def _hours() -> tuple[int, int]:
    first = address.seed("hour_from", "hours", ALL_HOURS[0], lambda told: _hour_pair(told)[0])
    last = address.seed("hour_to", "hours", ALL_HOURS[1], lambda told: _hour_pair(told)[1])
    days: list[int] = address.seed("weekdays", "weekdays", [], _weekday_list)
    with st.popover(hours_text(first, last, days), key="chip_hours"):
        left, right = st.columns(2)
        with left:
            first = _hour("hour_from")
        with right:
            last = _hour("hour_to")
        st.pills(
            _("inputs.weekdays"),
            range(1, 8),
            selection_mode="multi",
            key="weekdays",
            persist_state="session",
            format_func=lambda day: weekday(day, short=True),
        )
        st.caption(_("inputs.hours_note"))
    address.remember("hours", [f"{first}-{last}"], ["{}-{}".format(*ALL_HOURS)])
    return first, last


def _weekdays() -> tuple[int, ...]:
    chosen = tuple(sorted(st.session_state["weekdays"]))
    address.remember("weekdays", [",".join(map(str, chosen))] if chosen else [])
    return chosen


def _method(held: Dataset) -> Method:
    city, detailed = held.city, held.view.sees_cells
    default = city.bandwidth_m if detailed else max(city.bandwidth_m, SURFACE_MIN_BANDWIDTH_M)
    label = _("chips.bandwidth", metres=_seed_metres("bandwidth_m", default))
    with st.popover(label, key="chip_method"):
        bandwidth_m = _metres("bandwidth_m", default, step=50.0)
        _one_of("scale", SCALES, lambda name: _(f"scale.{name}"))
        if not detailed:
            st.caption(_("inputs.surface_view", low=SURFACE_MIN_BANDWIDTH_M))
            return surface_method(city, bandwidth_m)
        cell_m = _metres("cell_m", city.cell_m, step=25.0)
        kernel = _one_of("kernel", KERNELS, lambda name: _(f"kernel.{name}"))
        st.caption(_("inputs.bandwidth_note"))
    return Method(cell_m=cell_m, bandwidth_m=bandwidth_m, kernel=kernel)


def _hour(key: str) -> int:
    return st.selectbox(
        _(f"inputs.{key}"),
        range(24),
        key=key,
        persist_state="session",
        format_func=lambda hour: _(f"inputs.{key}_value", hour=f"{hour:02d}"),
    )


def _metres(key: str, default: float, *, step: float) -> float:
    _seed_metres(key, default)
    value = st.number_input(
        _(f"inputs.{key}"), step=step, format="%g", key=key, persist_state="session"
    )
    address.remember(key, [f"{value:g}"], [f"{default:g}"])
    return float(value)


def _one_of(
    key: str, options: Sequence[str], name: Callable[[str], str], *, labelled: bool = True
) -> str:
    address.seed(key, key, options[0], lambda told: address.known(told[:1], options)[0])
    chosen = st.segmented_control(
        _(f"inputs.{key}"),
        options,
        required=True,
        key=key,
        persist_state="session",
        format_func=name,
        label_visibility="visible" if labelled else "collapsed",
    )
    address.remember(key, [str(chosen)], options[:1])
    return str(chosen)


def _seed_metres(key: str, default: float) -> float:
    return address.seed(key, key, float(default), lambda told: float(told[0]))


def _seed_dates(key: str, default: Dates) -> Dates:
    """Read ``from`` and ``to``; either alone keeps the default's other end."""
    if key not in st.session_state:
        ends = [
            address.seed(f"{key}_{name}", name, end, lambda told: date.fromisoformat(told[0]))
            for name, end in zip(("from", "to"), default, strict=True)
        ]
        st.session_state[key] = (ends[0], ends[1])
    chosen: Dates = st.session_state[key]
    return chosen


def _remember_dates(chosen: Dates, default: Dates) -> None:
    for name, day, usual in zip(("from", "to"), chosen, default, strict=True):
        address.remember(name, [day.isoformat()], [usual.isoformat()])


def _hour_pair(told: list[str]) -> tuple[int, int]:
    first, last = (int(part) for part in told[0].split("-"))
    if first not in range(24) or last not in range(24):
        raise ValueError(told)
    return first, last


def _weekday_list(told: list[str]) -> list[int]:
    days = [int(part) for part in told[0].split(",")]
    if not set(days) <= set(range(1, 8)):
        raise ValueError(told)
    return days


def _first_days(span: Dates) -> Dates:
    return span[0].replace(day=1), span[1].replace(day=1)


def hours_text(first: int, last: int, days: Sequence[int]) -> str:
    """Say which hours of which weekdays are chosen."""
    if not Filters(hours=(first, last), weekdays=tuple(days)).selects_time_of_week:
        return _("chips.all_day")
    named = " ".join(weekday(day, short=True) for day in sorted(days))
    return f"{named} {_('chips.hours', first=str(first), last=str(last))}".strip()


def _months_text(first: date, last: date) -> str:
    if first == last:
        return month(first)
    return f"{month(first, short=True)} – {month(last, short=True)}"
