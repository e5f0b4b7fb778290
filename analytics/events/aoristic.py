"""What share of an event lies inside a time filter, as arithmetic on the engine's columns.

Columns are expressions of the engine (no import of it is needed): ``from_s`` and ``to_s``, seconds
of civil time since the first Monday of 1970, and for instants ``hour`` and ``weekday``.
"""

from datetime import date, timedelta
from functools import reduce
from operator import and_
from typing import Any

from analytics.events.filters import Filters

FIRST_MONDAY = date(1970, 1, 5)
HOUR_S = 3_600
DAY_S = 24 * HOUR_S

Column = Any
Rows = Any


def selects_time(filters: Filters) -> bool:
    """Tell whether a filter asks when; only then events without a date are left out."""
    return bool(filters.date_from or filters.date_to or filters.selects_time_of_week)


def weighed(events: Rows, filters: Filters, *, only_instants: bool = False) -> Rows:
    """Add ``weight``, each event's share inside the dates, hours and weekdays at once.

    Parameters
    ----------
    events : table expression
        With the columns ``from_s``, ``to_s``, ``hour`` and ``weekday``.
    filters : Filters
        Selects some time.
    only_instants : bool
        Whether the table is known to hold no span: spares the query their arithmetic.

    Returns
    -------
    table expression
        ``weight`` is 0 or 1 for instants; for spans the exact share in closed form (aoristic
        weight: Ratcliffe 2002, *International Journal of Geographical Information Science* 14,
        669–679); 0 for events without a date.
    """
    is_instant = events.hour.notnull()
    whole = (
        reduce(and_, [is_instant, *_holds_instant(events, filters)]).ifelse(1, 0).cast("float64")
    )
    if only_instants:
        return events.mutate(weight=whole)
    rows = _with_matched_s(events.mutate(weight=whole), filters)
    share = _later(rows.end_s - rows.start_s, 0) / (rows.to_s - rows.from_s)
    return rows.mutate(weight=rows.hour.notnull().ifelse(rows.weight, share).fill_null(0))


def meets_dates(events: Rows, filters: Filters) -> list[Column]:
    """Return cheap conditions that every event of positive weight fulfils."""
    low, high = bounds_s(filters)
    conditions = [events.from_s.notnull()]
    if low is not None:
        conditions.append(events.to_s >= low)
    if high is not None:
        conditions.append(events.from_s < high)
    return conditions


def _with_matched_s(events: Rows, filters: Filters) -> Rows:
    """Add ``start_s`` and ``end_s``: selected seconds up to both ends of a span, cut to the dates.

    Step by step, so that the query names each column once instead of spelling it out again.
    """
    low, high = bounds_s(filters)
    rows = events.mutate(
        start_s=events.from_s if low is None else _later(events.from_s, low),
        end_s=events.to_s if high is None else _earlier(events.to_s, high),
    )
    if not filters.selects_time_of_week:
        return rows
    rows = rows.mutate(
        start_day=(rows.start_s / DAY_S).floor(), end_day=(rows.end_s / DAY_S).floor()
    )
    return rows.mutate(
        start_s=_matched_s(rows.start_s, rows.start_day, filters),
        end_s=_matched_s(rows.end_s, rows.end_day, filters),
    )


def _holds_instant(events: Rows, filters: Filters) -> list[Column]:
    low, high = bounds_s(filters)
    conditions = []
    if low is not None:
        conditions.append(events.from_s >= low)
    if high is not None:
        conditions.append(events.from_s < high)
    if len(filters.hour_set) < 24:
        conditions.append(events.hour.isin(filters.hour_set))
    if filters.weekdays:
        conditions.append(events.weekday.isin(filters.weekdays))
    return conditions


def bounds_s(filters: Filters) -> tuple[float | None, float | None]:
    """Return the start of the first day and the end of the last one; None is open."""
    first, last = filters.date_from, filters.date_to
    low = None if first is None else (first - FIRST_MONDAY) / timedelta(seconds=1)
    high = None if last is None else (last - FIRST_MONDAY) / timedelta(seconds=1) + DAY_S
    return low, high


def _matched_s(moment: Column, day: Column, filters: Filters) -> Column:
    """Seconds of the selected hours and weekdays between the first Monday and ``moment``.

    Piecewise linear: the selected days before the day of ``moment``, and the part of that day.
    """
    per_day = HOUR_S * len(filters.hour_set)
    part = _matched_s_of_day(moment - day * DAY_S, filters)
    if not filters.weekdays:
        return day * per_day + part
    week = (day / 7).floor()
    weekday = day - week * 7  # 0 = Monday
    before = [(d, sum(w <= d for w in filters.weekdays)) for d in range(7)]
    days = week * len(filters.weekdays) + weekday.cases(*before)
    return days * per_day + weekday.isin([w - 1 for w in filters.weekdays]).ifelse(part, 0)


def _matched_s_of_day(second: Column, filters: Filters) -> Column:
    """Seconds of the selected hours from midnight to ``second`` of the day."""
    first, last = filters.hours
    opens, closes = first * HOUR_S, (last + 1) * HOUR_S
    if first <= last:
        return _earlier(_later(second, opens), closes) - opens
    return _earlier(second, closes) + _later(second, opens) - opens


def _later(moment: Column, bound: float) -> Column:
    return (moment > bound).ifelse(moment, bound)


def _earlier(moment: Column, bound: float) -> Column:
    return (moment < bound).ifelse(moment, bound)
