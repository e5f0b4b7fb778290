"""Shifts (*turnos*): how a police day is divided, as clock hours that cover it exactly once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analytics.events.filters import Filters


@dataclass(frozen=True)
class Shift:
    """One shift: ``hours`` first and last clock hour, both inclusive; (22, 5) passes midnight."""

    key: str
    hours: tuple[int, int]

    @property
    def hour_set(self) -> tuple[int, ...]:
        """Its clock hours, in ascending order."""
        return self.narrowed(Filters()).hour_set

    def narrowed(self, filters: Filters) -> Filters:
        """Return a selection with the shift's hours in place of its own."""
        return replace(filters, hours=self.hours)


DEFAULT_SHIFTS = (Shift("morning", (6, 13)), Shift("afternoon", (14, 21)), Shift("night", (22, 5)))


def cover_the_day(shifts: Sequence[Shift]) -> bool:
    """Tell whether every clock hour belongs to exactly one of the shifts."""
    return sorted(hour for shift in shifts for hour in shift.hour_set) == list(range(24))


def read_shifts(table: Mapping[str, str]) -> tuple[Shift, ...]:
    """Read ``{ name = "6-13", … }``.

    Raises
    ------
    ValueError
        If a range is not two hours, an hour does not exist, or the shifts do not cover the day
        exactly once.
    """
    shifts = []
    for key, text in table.items():
        first, last = (int(part) for part in str(text).split("-"))
        shifts.append(Shift(key, (first, last)))
    if not cover_the_day(shifts):
        raise ValueError(table)
    return tuple(shifts)
