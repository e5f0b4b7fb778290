"""Milestones of one city: promise, every forecast, what happened, and what follows from them.

Nothing is late before the last day of its first promise has passed. What was reported after the
day asked about is not seen, so that any past day can be asked about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import pandas as pd

from analytics.errors import ProgrammeError
from analytics.programmes.periods import Period, add_months, day_period, working_days
from analytics.programmes.templates import Template


@dataclass(frozen=True)
class Forecast:
    """When a gate was expected, as told on ``reported_on``."""

    reported_on: date
    period: Period


@dataclass(frozen=True)
class Milestone:
    """A gate of one city; ``weight`` is its share of the programme, in any unit.

    ``forecasts`` are every one ever told, the earliest first; ``limit`` is the fixed event it must
    not miss.
    """

    key: str
    kind: str
    weight: float
    baseline: Period
    after: tuple[str, ...] = ()
    forecasts: tuple[Forecast, ...] = ()
    actual: date | None = None
    limit: Period | None = None

    @property
    def is_done(self) -> bool:
        """Whether the gate was passed."""
        return self.actual is not None

    @property
    def expected(self) -> Period:
        """When it was passed, or else the latest forecast, or else the promise."""
        if self.actual is not None:
            return day_period(self.actual)
        return self.forecasts[-1].period if self.forecasts else self.baseline

    @property
    def slip_days(self) -> int:
        """Calendar days from the promise to what is expected; within a promised period none."""
        promised, expected = self.baseline, self.expected
        if promised.first <= expected.last <= promised.last:
            return 0
        end = promised.last if expected.last > promised.last else promised.first
        return (expected.last - end).days

    @property
    def moves(self) -> int:
        """How many times the date was changed."""
        told = [self.baseline, *(forecast.period for forecast in self.forecasts)]
        return sum(one != other for one, other in pairwise(told))

    @property
    def margin_days(self) -> tuple[int, int] | None:
        """Days left to the first and to the last day of the event it must not miss."""
        if self.limit is None:
            return None
        last = self.expected.last
        return (self.limit.first - last).days, (self.limit.last - last).days

    def slip_working_days(self, country: str) -> int:
        """Working days of the country (ISO 3166) from the promise to what is expected."""
        if not self.slip_days:
            return 0
        end = self.baseline.last if self.slip_days > 0 else self.baseline.first
        return working_days(end, self.expected.last, country)

    def is_overdue(self, as_of: date) -> bool:
        """Whether the last day of the promise has passed and the gate has not."""
        return not self.is_done and as_of > self.baseline.last

    def seen_on(self, day: date) -> "Milestone":
        """Return the milestone as it was known at the end of a day."""
        return replace(
            self,
            forecasts=tuple(told for told in self.forecasts if told.reported_on <= day),
            actual=self.actual if self.actual is not None and self.actual <= day else None,
        )


def instantiate(
    template: Template, starts_on: date, events: Mapping[str, Period] | None = None
) -> tuple[Milestone, ...]:
    """Return the promises of a city that starts on a day.

    Parameters
    ----------
    template : Template
    starts_on : date
    events : Mapping, optional
        Dates of the cohort's events by key, in place of the template's.
    """
    dates = {event.key: event.period for event in template.events} | dict(events or {})
    made = []
    for gate in template.gates:
        promised = (
            dates[gate.event]
            if gate.month is None
            else day_period(add_months(starts_on, gate.month))
        )
        made.append(
            Milestone(
                key=gate.key,
                kind=gate.kind,
                weight=gate.weight,
                baseline=promised,
                after=gate.after,
                limit=dates[gate.before_event] if gate.before_event else None,
            )
        )
    return tuple(made)


def milestone_trend(milestones: Sequence[Milestone], starts_on: date, as_of: date) -> pd.DataFrame:
    """Return what was expected of every gate, report by report: level is stable, rising slips.

    Returns
    -------
    pandas.DataFrame
        ``gate, reported_on, expected`` (last day): the promise at the start, every forecast, and
        what is expected on ``as_of``, or the day on which the gate was passed.
    """
    rows = []
    for gate in milestones:
        told = [(starts_on, gate.baseline.last)]
        told += [(forecast.reported_on, forecast.period.last) for forecast in gate.forecasts]
        told.append((gate.actual or as_of, gate.expected.last))
        rows += [(gate.key, reported_on, expected) for reported_on, expected in told]
    return pd.DataFrame(rows, columns=["gate", "reported_on", "expected"])


def check_forecast(
    milestone: Milestone, others: Sequence[Milestone], forecast: Period, *, starts_on: date
) -> None:
    """Refuse a forecast that cannot be.

    Raises
    ------
    ProgrammeError
        ``programme.already_done``; ``programme.before_start`` if it lies before the city's start;
        ``programme.out_of_order`` if it lies before what is expected of a gate it waits for.
    """
    if milestone.is_done:
        raise ProgrammeError("programme.already_done", gate=milestone.key, day=milestone.actual)
    if forecast.last < starts_on:
        raise ProgrammeError("programme.before_start", day=forecast.last, start=starts_on)
    for other in others:
        if other.key in milestone.after and forecast.last < other.expected.first:
            raise ProgrammeError(
                "programme.out_of_order", gate=milestone.key, day=forecast.last,
                other=other.key, other_day=other.expected.first,
            )  # fmt: skip


def check_actual(
    milestone: Milestone, others: Sequence[Milestone], actual: date, *, starts_on: date, today: date
) -> None:
    """Refuse a day on which the gate cannot have been passed.

    Raises
    ------
    ProgrammeError
        ``programme.in_future``; ``programme.before_start``; ``programme.predecessor_open`` if a
        gate it waits for is open; ``programme.out_of_order`` if that gate was passed later.
    """
    if actual > today:
        raise ProgrammeError("programme.in_future", day=actual)
    if actual < starts_on:
        raise ProgrammeError("programme.before_start", day=actual, start=starts_on)
    for other in others:
        if other.key not in milestone.after:
            continue
        if other.actual is None:
            raise ProgrammeError("programme.predecessor_open", gate=milestone.key, other=other.key)
        if actual < other.actual:
            raise ProgrammeError(
                "programme.out_of_order", gate=milestone.key, day=actual,
                other=other.key, other_day=other.actual,
            )  # fmt: skip
