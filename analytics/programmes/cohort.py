"""A cohort as it stood on a day: every city's status with its proof, and the headline's facts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.programmes.earned import Measured, added_slips, finish_range
from analytics.programmes.periods import Period
from analytics.programmes.schedule import Milestone
from analytics.programmes.status import Status, city_status, gate_status
from analytics.programmes.templates import Template
from analytics.store.programmes import CityRow, ProgrammeRow

SEVERITY = ("off", "risk", "late", "none", "run", "done")


@dataclass(frozen=True)
class CityOnDay:
    """A city as it stood: milestones as seen that day, status, measurement, ranges.

    ``gates`` leads keys to their status; ``last`` is the gate that must not miss an event, or else
    the one promised last; ``range`` its P50 and P80 where five slips of each kind are known.
    """

    key: str
    name: str
    country: str
    starts_on: date
    milestones: tuple[Milestone, ...]
    status: Status
    measured: Measured | None
    gates: Mapping[str, str]
    last: Milestone
    range: tuple[date, date] | None

    @property
    def slip_days(self) -> int:
        """Slip of the last gate, in days."""
        return self.last.slip_days

    def milestone(self, key: str) -> Milestone:
        """Return the milestone of a gate."""
        return next(gate for gate in self.milestones if gate.key == key)

    @property
    def next_gate(self) -> Milestone | None:
        """The gate expected first of those not passed; None once all are."""
        ahead = (gate for gate in self.milestones if not gate.is_done)
        return min(ahead, key=lambda gate: gate.expected.last, default=None)

    @property
    def gates_by_status(self) -> dict[str, int]:
        """How many gates have each status that any has, best first."""
        return _counted(self.gates.values())


@dataclass(frozen=True)
class CohortOnDay:
    """A cohort as it stood on ``as_of``; cities worst first."""

    programme: ProgrammeRow
    template: Template
    as_of: date
    cities: tuple[CityOnDay, ...]

    @property
    def events(self) -> dict[str, Period]:
        """Fixed events by key: the cohort's own dates, or else the template's."""
        told = {event.key: event.period for event in self.template.events}
        return told | dict(self.programme.events)

    @property
    def on_time(self) -> int:
        """How many cities are on track or done."""
        return sum(city.status.key in ("run", "done") for city in self.cities)

    @property
    def by_status(self) -> dict[str, int]:
        """How many cities have each status that any has, best first."""
        return _counted(city.status.key for city in self.cities)

    @property
    def gates_counted(self) -> tuple[int, int, int]:
        """Gates of all cities: how many are passed, how many are overdue, how many there are."""
        gates = [gate for city in self.cities for gate in city.milestones]
        passed = sum(gate.is_done for gate in gates)
        return passed, sum(gate.is_overdue(self.as_of) for gate in gates), len(gates)

    @property
    def finishing_late(self) -> int:
        """How many cities expect their last gate, or passed it, after its promise."""
        return sum(city.slip_days > 0 for city in self.cities)

    @property
    def latest(self) -> CityOnDay | None:
        """The city whose last gate slips most, if any slips."""
        slipping = [city for city in self.cities if city.slip_days > 0]
        return max(slipping, key=lambda city: city.slip_days, default=None)


def cohort_on_day(
    programme: ProgrammeRow, template: Template, cities: Sequence[CityRow], as_of: date
) -> CohortOnDay:
    """Judge every city of a cohort as it was known at the end of a day."""
    started = [city for city in cities if city.starts_on <= as_of]
    seen = {city.key: tuple(gate.seen_on(as_of) for gate in city.milestones) for city in started}
    slips = added_slips(list(seen.values()))
    judged = [_judge(city, seen[city.key], slips, template, as_of) for city in started]
    judged.sort(key=lambda city: (SEVERITY.index(city.status.key), -city.slip_days, city.name))
    return CohortOnDay(programme, template, as_of, tuple(judged))


def _counted(states: Iterable[str]) -> dict[str, int]:
    found = Counter(states)
    return {key: found[key] for key in reversed(SEVERITY) if found[key]}


def _judge(
    city: CityRow,
    milestones: tuple[Milestone, ...],
    slips: dict[str, tuple[int, ...]],
    template: Template,
    as_of: date,
) -> CityOnDay:
    last = max(milestones, key=lambda gate: (gate.limit is not None, gate.baseline.last))
    reports = [day for day in city.reports if day <= as_of]
    status, measured = city_status(
        milestones,
        city.starts_on,
        as_of,
        last_report=max(reports, default=None),
        report_every_days=template.report_every_days,
    )
    return CityOnDay(
        key=city.key,
        name=city.name,
        country=city.country,
        starts_on=city.starts_on,
        milestones=milestones,
        status=status,
        measured=measured,
        gates={gate.key: gate_status(gate, as_of, status) for gate in milestones},
        last=last,
        range=finish_range(last, milestones, slips, as_of),
    )
