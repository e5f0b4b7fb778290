"""Dates as exact as they are known: a day, a month or a quarter, and months counted from a start.

A quarter stays a quarter: it is kept as its first and last day, and nothing in it is late before
the last day has passed.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

from analytics.errors import ProgrammeError

QUARTER = re.compile(r"(\d{4})-Q([1-4])")
MONTH = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True, order=True)
class Period:
    """The days ``first`` to ``last``, both inside; one day where they are equal."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins."""
        if self.last < self.first:
            raise ProgrammeError("programme.period_order", first=self.first, last=self.last)

    @property
    def is_day(self) -> bool:
        """Whether the date is known to the day."""
        return self.first == self.last

    def __str__(self) -> str:
        """Write it as :func:`parse_period` reads it."""
        if self.is_day:
            return self.first.isoformat()
        if self == _month(self.first.year, self.first.month):
            return f"{self.first:%Y-%m}"
        quarter = (self.first.month + 2) // 3
        if self == _quarter(self.first.year, quarter):
            return f"{self.first.year}-Q{quarter}"
        return f"{self.first.isoformat()}/{self.last.isoformat()}"


def day_period(day: date) -> Period:
    """Return the period of one day."""
    return Period(day, day)


def parse_period(text: str) -> Period:
    """Read ``2026-11-30``, ``2026-11``, ``2026-Q4``, or one of the first two with its quarter.

    Raises
    ------
    ProgrammeError
        ``programme.date_form`` if it is none of these, ``programme.quarter_contradicts`` if a
        quarter stands beside a day or month outside it.
    """
    words = text.replace("(", " ").replace(")", " ").split()
    try:
        found = [_read(word) for word in words]
    except ValueError as error:
        raise ProgrammeError("programme.date_form", value=text) from error
    if not 1 <= len(found) <= 2:
        raise ProgrammeError("programme.date_form", value=text)
    narrow, wide = min(found, key=_length), max(found, key=_length)
    if not wide.first <= narrow.first <= narrow.last <= wide.last:
        raise ProgrammeError("programme.quarter_contradicts", narrow=str(narrow), wide=str(wide))
    return narrow


def add_months(start: date, months: float) -> date:
    """Return the day ``months`` after ``start``; a fraction is that share of its month."""
    whole = int(months // 1)
    floor = _shift(start, whole)
    return floor + timedelta(days=round((months - whole) * (_shift(start, whole + 1) - floor).days))


def months_between(start: date, day: date) -> float:
    """Return months from ``start`` to ``day``, the inverse of :func:`add_months`."""
    whole = (day.year - start.year) * 12 + day.month - start.month
    whole -= _shift(start, whole) > day
    floor = _shift(start, whole)
    return whole + (day - floor).days / (_shift(start, whole + 1) - floor).days


def working_days(start: date, end: date, country: str) -> int:
    """Count the working days after ``start`` up to ``end``; negative if ``end`` comes first.

    Saturdays, Sundays and the country's public holidays are no working days.

    Raises
    ------
    ProgrammeError
        ``programme.unknown_country`` if there is no calendar for the country (ISO 3166, two
        letters).
    """
    if end < start:
        return -working_days(end, start, country)
    is_free = _free(country)
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(day.weekday() < 5 and not is_free(day) for day in days)


@lru_cache(maxsize=64)
def _free(country: str) -> Callable[[date], bool]:
    try:
        calendar_of = holidays.country_holidays(country)
    except NotImplementedError as error:
        raise ProgrammeError("programme.unknown_country", value=country) from error
    return lambda day: day in calendar_of


def _read(word: str) -> Period:
    if told := QUARTER.fullmatch(word):
        return _quarter(int(told[1]), int(told[2]))
    if told := MONTH.fullmatch(word):
        return _month(int(told[1]), int(told[2]))
    return day_period(date.fromisoformat(word))


def _month(year: int, month: int) -> Period:
    last = calendar.monthrange(year, month)[1]
    return Period(date(year, month, 1), date(year, month, last))


def _quarter(year: int, quarter: int) -> Period:
    return Period(_month(year, 3 * quarter - 2).first, _month(year, 3 * quarter).last)


def _shift(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _length(period: Period) -> timedelta:
    return period.last - period.first
