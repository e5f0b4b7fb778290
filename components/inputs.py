"""What a person chooses: filters and method as chips whose label is the value in force.

Every choice is bound to the address (``?categories=…``), so a link reopens the same view. Bad
values are passed on: the analysis refuses them with a sentence, which tells more than a widget
that silently corrects.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date

import streamlit as st

from analytics.access import SURFACE_MIN_BANDWIDTH_M
from analytics.errors import FilterError
from analytics.events.filters import (
    ALL_HOURS,
    Filters,
    latest_months,
    month_span,
    whole_months,
)
from analytics.hotspots.surface import Method, surface_method
from analytics.loaders import Dataset
from components.language import _, _n, day_range, month, number, weekday

DEFAULT_MONTHS = 3
SCALES = ("fixed", "fitted")
KERNELS = ("gaussian", "quartic")


def hotspot_inputs(held: Dataset) -> tuple[Filters, Method]:
    """Draw the chips of the hotspot page and return what they say.

    The surface view offers whole months and no hours, weekdays, kernels or cells.

    Raises
    ------
    FilterError
        If what was typed, or stands in the address, cannot be.
    """
    labels = _Labels()
    with st.container(key="chips", horizontal=True, horizontal_alignment="right"):
        categories = _several(
            labels, "categories", held.categories, category_name, "chips.all_types"
        )
        dates = (_days if held.view.sees_cells else _months)(labels, held.period)
        sources = _several(labels, "sources", held.sources, str, "chips.all_sources")
        hours, weekdays = _hours(labels) if held.view.sees_cells else (ALL_HOURS, ())
        method = _method(labels, held)
    labels.settle()
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


def category_name(key: str) -> str:
    """Name a category in the session's language."""
    return _(f"category.{key}")


class _Labels:
    """Chips are labelled before their widgets exist; a link may bring values the label missed."""

    def __init__(self) -> None:
        self._shown: list[tuple[str, Callable[[], str]]] = []

    @contextmanager
    def chip(self, key: str, text: Callable[[], str]) -> Iterator[None]:
        """Open a popover labelled with the value in force."""
        label = text()
        with st.popover(label, key=f"chip_{key}"):
            yield
        self._shown.append((label, text))

    def settle(self) -> None:
        """Draw once more when a label does not say what its widgets now hold."""
        if any(label != text() for label, text in self._shown):
            st.rerun()


def _several(
    labels: _Labels,
    key: str,
    pairs: Sequence[tuple[str, float]],
    name: Callable[[str], str],
    all_key: str,
) -> tuple[str, ...]:
    counts = dict(pairs)

    def text() -> str:
        chosen = [value for value in st.session_state.get(key, []) if value in counts]
        if len(chosen) == 1:
            return name(chosen[0])
        return _n(f"chips.{key}", len(chosen)) if chosen else _(all_key)

    with labels.chip(key, text):
        chosen = st.multiselect(
            _(f"inputs.{key}"),
            list(counts),
            key=key,
            bind="query-params",
            placeholder=_(all_key),
            format_func=lambda value: f"{name(value)} · {number(counts[value], 0)}",
        )
    return tuple(chosen)


def _days(labels: _Labels, period: tuple[date, date]) -> tuple[date, date]:
    default = latest_months(period, DEFAULT_MONTHS)

    def text() -> str:
        chosen = st.session_state.get("dates", default)
        return day_range(*chosen) if len(chosen) == 2 else _("chips.choose_end")

    with labels.chip("dates", text):
        chosen = st.date_input(
            _("inputs.dates"),
            default,
            key="dates",
            bind="query-params",
            format="DD/MM/YYYY",
            help=_("inputs.dates_held", first=period[0], last=period[1]),
        )
    # One end only, while the second is being picked: nothing is asked for yet.
    if not isinstance(chosen, tuple) or len(chosen) != 2:
        raise FilterError("filter.one_date")
    return chosen[0], chosen[1]


def _months(labels: _Labels, period: tuple[date, date]) -> tuple[date, date]:
    months = whole_months(period)
    if not months:
        raise FilterError("view.whole_months")
    names = [first.strftime("%Y-%m") for first in months]
    default = (names[-min(DEFAULT_MONTHS, len(names))], names[-1])

    def text() -> str:
        first, last = st.session_state.get("months", default)
        return _months_text(_first_day(first), _first_day(last))

    with labels.chip("months", text):
        first, last = st.select_slider(
            _("inputs.months"),
            names,
            default,
            key="months",
            bind="query-params",
            format_func=lambda name: month(_first_day(name), short=True),
        )
    return month_span(_first_day(first), _first_day(last))


def _hours(labels: _Labels) -> tuple[tuple[int, int], tuple[int, ...]]:
    def text() -> str:
        first = st.session_state.get("hour_from", ALL_HOURS[0])
        last = st.session_state.get("hour_to", ALL_HOURS[1])
        days = st.session_state.get("weekdays", [])
        if Filters(hours=(first, last), weekdays=tuple(days)).selects_time_of_week:
            named = " ".join(weekday(day, short=True) for day in sorted(days))
            span = _("chips.hours", first=str(first), last=str(last))
            return f"{named} {span}".strip() if days else span
        return _("chips.all_day")

    with labels.chip("hours", text):
        left, right = st.columns(2)
        with left:
            first = _hour("hour_from", ALL_HOURS[0])
        with right:
            last = _hour("hour_to", ALL_HOURS[1])
        days = st.pills(
            _("inputs.weekdays"),
            range(1, 8),
            selection_mode="multi",
            key="weekdays",
            bind="query-params",
            format_func=lambda day: weekday(day, short=True),
        )
        st.caption(_("inputs.hours_note"))
    return (first, last), tuple(days)


def _hour(key: str, default: int) -> int:
    return st.selectbox(
        _(f"inputs.{key}"),
        range(24),
        index=default,
        key=key,
        bind="query-params",
        format_func=lambda hour: _(f"inputs.{key}_value", hour=f"{hour:02d}"),
    )


def _method(labels: _Labels, held: Dataset) -> Method:
    city, detailed = held.city, held.view.sees_cells
    default = city.bandwidth_m if detailed else max(city.bandwidth_m, SURFACE_MIN_BANDWIDTH_M)

    def text() -> str:
        return _("chips.bandwidth", metres=st.session_state.get("bandwidth_m", default))

    with labels.chip("method", text):
        bandwidth_m = _metres("bandwidth_m", default, step=50.0)
        st.segmented_control(
            _("inputs.scale"),
            SCALES,
            default=SCALES[0],
            required=True,
            key="scale",
            bind="query-params",
            format_func=lambda name: _(f"scale.{name}"),
        )
        if not detailed:
            st.caption(_("inputs.surface_view", low=SURFACE_MIN_BANDWIDTH_M))
            return surface_method(city, bandwidth_m)
        cell_m = _metres("cell_m", city.cell_m, step=25.0)
        kernel = st.segmented_control(
            _("inputs.kernel"),
            KERNELS,
            default=KERNELS[0],
            required=True,
            key="kernel",
            bind="query-params",
            format_func=lambda name: _(f"kernel.{name}"),
        )
        st.caption(_("inputs.bandwidth_note"))
    return Method(cell_m=cell_m, bandwidth_m=bandwidth_m, kernel=kernel or KERNELS[0])


def _metres(key: str, default: float, *, step: float) -> float:
    value = st.number_input(
        _(f"inputs.{key}"), value=default, step=step, format="%g", key=key, bind="query-params"
    )
    return float(value)


def _first_day(name: str) -> date:
    return date.fromisoformat(f"{name}-01")


def _months_text(first: date, last: date) -> str:
    if first == last:
        return month(first)
    return f"{month(first, short=True)} – {month(last, short=True)}"
