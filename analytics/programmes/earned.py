"""Earned schedule: how far a city is in time, after Lipke and Henderson.

ES = C + (EV − PV_C)/(PV_{C+1} − PV_C), C the largest period with PV_C ≤ EV; SV(t) = ES − AT;
SPI(t) = ES/AT; IEAC(t) = PD/SPI(t); TSPI = (PD − ES)/(PD − AT). Planned value grows evenly from
gate to gate. With few gates a punctual city would read SPI(t) < 1 between two of them, so it is
measured on the day of the last gate passed, or on the day asked about while a gate is overdue;
once everything is earned, on the day of the finish.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from analytics.programmes.periods import add_months, months_between
from analytics.programmes.schedule import Milestone

DRAWS = 2000
MIN_SLIPS = 5


@dataclass(frozen=True)
class EarnedSchedule:
    """Earned schedule at a time; times in months, values in percent of the whole.

    ``ieac`` is the forecast duration and ``tspi`` the speed needed from now on; None where nothing
    was earned or no time is left.
    """

    at: float
    pd: float
    pv: float
    ev: float
    es: float
    sv: float
    spi_t: float
    ieac: float | None
    tspi: float | None


@dataclass(frozen=True)
class Measured:
    """A city's earned schedule, the day it was measured on and why that day; forecast finish."""

    earned: EarnedSchedule
    on: date
    why: Literal["gate", "overdue", "finished"]
    finish: date | None


def earned_schedule(
    pv: Sequence[float], ev: float, at: float, times: Sequence[float] | None = None
) -> EarnedSchedule:
    """Return the earned schedule of a planned curve.

    Parameters
    ----------
    pv : sequence of float
        Planned value at each time, never falling, 0–100; the last is reached at the planned
        duration.
    ev : float
        Earned value, 0–100.
    at : float
        Actual time in months, above 0.
    times : sequence of float, optional
        Times of ``pv`` in months, rising; default 0, 1, 2, …
    """
    when = np.arange(len(pv), dtype=float) if times is None else np.asarray(times, dtype=float)
    planned = np.asarray(pv, dtype=float)
    reached = np.flatnonzero(planned <= ev + 1e-9)
    if not reached.size:
        es = 0.0
    elif reached[-1] == len(planned) - 1:
        es = float(when[-1])
    else:
        c = int(reached[-1])
        share = max(0.0, (ev - planned[c]) / (planned[c + 1] - planned[c]))
        es = float(when[c] + share * (when[c + 1] - when[c]))
    pd, spi_t = float(when[-1]), es / at
    return EarnedSchedule(
        at=at,
        pd=pd,
        pv=float(np.interp(at, when, planned)),
        ev=ev,
        es=es,
        sv=es - at,
        spi_t=spi_t,
        ieac=pd / spi_t if spi_t > 0 else None,
        tspi=(pd - es) / (pd - at) if at < pd else None,
    )


def planned_curve(
    milestones: Sequence[Milestone], starts_on: date
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return times (months) and planned value (percent): whole months and the gates' own times."""
    total = sum(gate.weight for gate in milestones)
    due = sorted((_time(gate, starts_on), 100 * gate.weight / total) for gate in milestones)
    knots, values, sum_so_far = [0.0], [0.0], 0.0
    for time, weight in due:
        sum_so_far += weight
        if time <= knots[-1]:
            values[-1] = sum_so_far
        else:
            knots.append(time)
            values.append(sum_so_far)
    values[-1] = 100.0
    times = sorted({*knots, *map(float, range(int(knots[-1]) + 1))})
    return tuple(times), tuple(float(value) for value in np.interp(times, knots, values))


def measure(milestones: Sequence[Milestone], starts_on: date, as_of: date) -> Measured | None:
    """Measure a city; None while no gate was passed and none is overdue.

    Parameters
    ----------
    milestones : sequence of Milestone
        As seen on ``as_of``.
    starts_on, as_of : date
    """
    passed = [gate.actual for gate in milestones if gate.actual is not None]
    overdue = any(gate.is_overdue(as_of) for gate in milestones)
    if not passed and not overdue:
        return None
    finished = len(passed) == len(milestones)
    on = as_of if overdue else max(passed)
    at = months_between(starts_on, on)
    if at <= 0:
        return None
    times, pv = planned_curve(milestones, starts_on)
    earned = sum(gate.weight for gate in milestones if gate.is_done)
    ev = 100.0 if finished else 100 * earned / sum(gate.weight for gate in milestones)
    found = earned_schedule(pv, ev, at, times)
    finish = add_months(starts_on, found.ieac) if found.ieac and found.ieac < 1200 else None
    return Measured(
        earned=found,
        on=on,
        why="finished" if finished else "overdue" if overdue else "gate",
        finish=on if finished else finish,
    )


def added_slips(cities: Sequence[Sequence[Milestone]]) -> dict[str, tuple[int, ...]]:
    """Return, by kind of gate, the days each passed gate lost or won beyond those it waited for.

    A gate that is late only because the one before it was late has lost nothing itself; so slips
    can be added along a chain.
    """
    found: dict[str, list[int]] = {}
    for milestones in cities:
        done = {gate.key: gate for gate in milestones if gate.is_done}
        for gate in done.values():
            before = [done[name].slip_days for name in gate.after if name in done]
            found.setdefault(gate.kind, []).append(gate.slip_days - max(before, default=0))
    return {kind: tuple(slips) for kind, slips in found.items()}


def finish_range(
    last: Milestone,
    milestones: Sequence[Milestone],
    slips: dict[str, tuple[int, ...]],
    as_of: date,
    *,
    seed: int = 1,
) -> tuple[date, date] | None:
    """Return the P50 and P80 day of ``last``, from slips seen in the cohort.

    Slips of the same kind are drawn again along the chain of open gates that leads to it. None if
    it is done, or if any kind has fewer than 5 slips on record.
    """
    gates = {gate.key: gate for gate in milestones}
    if last.is_done:
        return None
    chain, start = [last], 0
    while waits := [gates[name] for name in chain[-1].after if name in gates]:
        still_open = [gate for gate in waits if not gate.is_done]
        if not still_open:
            start = max(gate.slip_days for gate in waits)
            break
        chain.append(max(still_open, key=lambda gate: gate.expected.last))
    if any(len(slips.get(gate.kind, ())) < MIN_SLIPS for gate in chain):
        return None
    rng = np.random.default_rng(seed)
    late = np.full(DRAWS, start)
    for gate in reversed(chain):
        # What is overdue already has slipped at least until today.
        so_far = (as_of - gate.baseline.last).days
        late = np.maximum(late + rng.choice(slips[gate.kind], DRAWS), so_far)
    days = np.quantile(late, (0.5, 0.8), method="higher")
    p50, p80 = (date.fromordinal(last.baseline.last.toordinal() + int(n)) for n in days)
    return p50, p80


def _time(gate: Milestone, starts_on: date) -> float:
    return max(0.0, months_between(starts_on, gate.baseline.last))
