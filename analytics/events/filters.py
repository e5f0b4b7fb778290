"""Which events are asked for: one frozen value, hashable, the same for pages and command line."""

from dataclasses import dataclass
from datetime import date, timedelta

from analytics.errors import FilterError

ALL_HOURS = (0, 23)


@dataclass(frozen=True)
class Filters:
    """A selection of events of one city.

    Parameters
    ----------
    date_from, date_to : date or None
        First and last civil day, both inclusive; None is open.
    categories : tuple of str
        Taxonomy keys or category texts as published; empty is all.
    sources : tuple of str
        Source names; empty is all.
    hours : (int, int)
        First and last clock hour, both inclusive: ``(18, 23)`` is 18:00–23:59, ``(22, 5)`` wraps.
    weekdays : tuple of int
        ISO weekdays, Monday = 1; empty is all.
    records : bool
        Count every record instead of one per incident.

    Raises
    ------
    FilterError
        If the dates are reversed, or an hour or weekday does not exist.
    """

    date_from: date | None = None
    date_to: date | None = None
    categories: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    hours: tuple[int, int] = ALL_HOURS
    weekdays: tuple[int, ...] = ()
    records: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be, and put lists in one order so that equal filters hash equally."""
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise FilterError(
                "filter.dates_reversed", date_from=self.date_from, date_to=self.date_to
            )
        if any(hour not in range(24) for hour in self.hours):
            raise FilterError("filter.hours", hours="-".join(map(str, self.hours)))
        if any(day not in range(1, 8) for day in self.weekdays):
            raise FilterError("filter.weekdays", weekdays=",".join(map(str, self.weekdays)))
        for name in ("categories", "sources", "weekdays"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))

    @property
    def hour_set(self) -> tuple[int, ...]:
        """The clock hours selected, in ascending order."""
        first, last = self.hours
        wraps = first > last
        return tuple(
            h for h in range(24) if (h >= first or h <= last if wraps else first <= h <= last)
        )

    @property
    def selects_time_of_week(self) -> bool:
        """Whether some hours or weekdays are left out."""
        return len(self.hour_set) < 24 or len(self.weekdays) not in (0, 7)


def whole_months(period: tuple[date, date]) -> tuple[date, ...]:
    """Return the first days of the calendar months that lie wholly inside ``period``."""
    first, last = period
    month = first if first.day == 1 else month_after(first)
    months = []
    while month_after(month) - timedelta(days=1) <= last:
        months.append(month)
        month = month_after(month)
    return tuple(months)


def month_after(day: date) -> date:
    """Return the first day of the month after the one of ``day``."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_span(first: date, last: date) -> tuple[date, date]:
    """Return first and last day of the months from ``first`` to ``last``, both included."""
    return first.replace(day=1), month_after(last) - timedelta(days=1)


def latest_months(period: tuple[date, date], months: int) -> tuple[date, date]:
    """Return the span of the last whole months of ``period``; all of it where it holds none."""
    whole = whole_months(period)
    return month_span(whole[-min(months, len(whole))], whole[-1]) if whole else period
