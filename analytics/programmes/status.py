"""How a city and its gates stand, by rule, with what the rule was applied to.

No overdue gate and no forecast after its promise is on track, whatever SPI(t) says. Otherwise
SPI(t) ≥ 0.95 without an overdue gate is on track, ≥ 0.80 at risk, else off track. Before a tenth
of the duration it is too early to tell. Silence is a state of its own: where something is due and
nothing was heard for long, it is not known whether the city is late or only its data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from analytics.programmes.earned import Measured, measure
from analytics.programmes.periods import months_between
from analytics.programmes.schedule import Milestone

ON_TRACK, AT_RISK, TOO_EARLY_SHARE = 0.95, 0.80, 0.10
STALE_FACTOR = 1.5  # of the reporting interval


@dataclass(frozen=True)
class Status:
    """``key`` is one of done, run, risk, off, none, late; ``rule`` names what decided.

    The other fields are what the rule was applied to: keys of overdue gates and of gates expected
    after their promise, SPI(t), share of the duration gone, days since the last report.
    """

    key: str
    rule: str
    overdue: tuple[str, ...]
    slipped: tuple[str, ...]
    spi_t: float | None
    elapsed: float
    silent_days: int | None


def city_status(
    milestones: Sequence[Milestone],
    starts_on: date,
    as_of: date,
    *,
    last_report: date | None,
    report_every_days: int,
) -> tuple[Status, Measured | None]:
    """Return a city's status and the measurement it rests on.

    Parameters
    ----------
    milestones : sequence of Milestone
        As seen on ``as_of``.
    starts_on, as_of : date
    last_report : date, optional
        When the city was last heard of; None if never.
    report_every_days : int
        How often it should report; silent for one and a half times that is late data.
    """
    measured = measure(milestones, starts_on, as_of)
    overdue = tuple(gate.key for gate in milestones if gate.is_overdue(as_of))
    slipped = tuple(g.key for g in milestones if not g.is_done and g.slip_days > 0)
    end = max(months_between(starts_on, gate.baseline.last) for gate in milestones)
    elapsed = max(0.0, months_between(starts_on, as_of)) / end if end > 0 else 1.0
    silent = (as_of - last_report).days if last_report else None
    spi_t = measured.earned.spi_t if measured else None
    if all(gate.is_done for gate in milestones):
        rule = "done"
    elif not overdue and not slipped:
        rule = "punctual"
    elif silent is None:
        rule = "never_reported"
    elif silent > STALE_FACTOR * report_every_days:
        rule = "late_data"
    elif elapsed < TOO_EARLY_SHARE:
        rule = "too_early"
    elif spi_t is None:
        rule = "no_gate_yet"
    else:
        rule = _by_index(spi_t, bool(overdue))
    key = _KEYS[rule]
    return Status(key, rule, overdue, slipped, spi_t, elapsed, silent), measured


def gate_status(milestone: Milestone, as_of: date, city: Status) -> str:
    """Return how one gate stands: done, off, risk, run, late or none.

    A gate is off when it is overdue or expected after the event it must not miss, at risk when
    expected after its promise. Of a silent city these are late data, of one never heard of not
    assessed.
    """
    if milestone.is_done:
        return "done"
    margin = milestone.margin_days
    if milestone.is_overdue(as_of) or (margin is not None and margin[1] < 0):
        found = "off"
    else:
        found = "risk" if milestone.slip_days > 0 else "run"
    if found != "run" and city.key in ("late", "none"):
        return city.key
    return found


_KEYS = {
    "done": "done",
    "punctual": "run",
    "index_on_track": "run",
    "at_risk": "risk",
    "off_track": "off",
    "never_reported": "none",
    "too_early": "none",
    "no_gate_yet": "none",
    "late_data": "late",
}
RULES = tuple(_KEYS)


def _by_index(spi_t: float, is_overdue: bool) -> str:
    if spi_t >= ON_TRACK and not is_overdue:
        return "index_on_track"
    return "at_risk" if spi_t >= AT_RISK else "off_track"
