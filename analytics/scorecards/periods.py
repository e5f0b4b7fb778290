"""Periods of a scorecard by key: ``2026``, ``2026-S1``, ``2026-Q3``, ``2026-06``."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from analytics.errors import FilterError

FORM = re.compile(r"(?P<year>\d{4})(?:-(?:S(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>\d\d)))?")
MONTH_DAYS = 365.25 / 12


@dataclass(frozen=True)
class Period:
    """A year, half-year, quarter or month; both days inside."""

    key: str
    first: date
    last: date

    @property
    def months(self) -> int:
        """How many months it has."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def before(self) -> "Period":
        """The period of the same length before it."""
        return self._moved(-self.months)

    @property
    def after(self) -> "Period":
        """The period of the same length after it."""
        return self._moved(self.months)

    def _moved(self, months: int) -> "Period":
        year, month = divmod(self.first.year * 12 + self.first.month - 1 + months, 12)
        return _made(year, month + 1, self.months)


def parse(text: str) -> Period:
    """Read the key of a period.

    Raises
    ------
    FilterError
        ``scorecard.period`` if it is none.
    """
    found = FORM.fullmatch(text.strip().upper())
    month = int(found["month"]) if found and found["month"] else 1
    if found is None or not 1 <= month <= 12 or int(found["year"]) < 1900:
        raise FilterError("scorecard.period", value=text)
    year = int(found["year"])
    if found["half"]:
        return _made(year, 6 * int(found["half"]) - 5, 6)
    if found["quarter"]:
        return _made(year, 3 * int(found["quarter"]) - 2, 3)
    return _made(year, month, 1 if found["month"] else 12)


def half_year_before(day: date) -> Period:
    """Return the last half-year that ended on or before a day."""
    current = parse(f"{day.year}-S{1 if day.month <= 6 else 2}")
    return current if current.last <= day else current.before


def decimal_year(day: date) -> float:
    """Write the end of a day as years: 31 December 2025 is 2026.0."""
    start = date(day.year, 1, 1)
    days = (date(day.year + 1, 1, 1) - start).days
    return day.year + ((day - start).days + 1) / days


def months_between(first: date, last: date) -> float:
    """Return the months from the end of one day to the end of another."""
    return (last - first).days / MONTH_DAYS


def _made(year: int, month: int, months: int) -> Period:
    keys = {
        1: f"{year}-{month:02d}",
        3: f"{year}-Q{(month + 2) // 3}",
        6: f"{year}-S{(month + 5) // 6}",
        12: f"{year}",
    }
    over = year * 12 + month - 1 + months
    last = date(over // 12, over % 12 + 1, 1) - timedelta(days=1)
    return Period(keys[months], date(year, month, 1), last)
