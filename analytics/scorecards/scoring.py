"""A city's scorecard of a period: statuses, scores with ranges, what moved, is due, is late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.scorecards import progress, uncertainty
from analytics.scorecards.assessing import (
    Assessment,
    assess,
    interval_of,
    number_of,
    posts_of,
)
from analytics.scorecards.balance import Balance, balance
from analytics.scorecards.catalogue import DIMENSIONS, Catalogue, Indicator
from analytics.scorecards.composite import CityScore, Item, city_score
from analytics.scorecards.periods import MONTH_DAYS, Period
from analytics.scorecards.uncertainty import Influence, Range, Sheet
from analytics.store.scorecard_overrides import Override
from analytics.store.scorecard_values import DRAFT, Plan, Reading

SEVERITY = ("deterioration", "limited", "not_achieved", "acceleration")


@dataclass(frozen=True)
class Move:
    """An indicator with a value in the period and in an earlier one."""

    assessment: Assessment
    before: float
    after: float
    score_change: float


@dataclass(frozen=True)
class Late:
    """An indicator whose value is stale or was never entered; days since it was due, if known."""

    assessment: Assessment
    days: int | None


@dataclass(frozen=True)
class Scorecard:
    """Everything the scorecard page shows of a city and a period.

    ``ranges`` leads ``city``, dimensions and ``dimension/category`` to their Monte-Carlo range;
    ``influences`` says what the scores depend on, the strongest first; ``drafts`` wait for a
    second person.
    """

    city: str
    period: Period
    assessments: tuple[Assessment, ...]
    now: CityScore
    before: CityScore
    ranges: Mapping[str, Range]
    influences: tuple[Influence, ...]
    moved: tuple[Move, ...]
    decisions: tuple[Assessment, ...]
    late: tuple[Late, ...]
    drafts: tuple[Reading, ...]
    balance: Balance
    seed: int
    runs: int

    def of(self, indicator_id: str) -> Assessment | None:
        """Return the assessment of an indicator, None if it is not measured."""
        return next((a for a in self.assessments if a.sheet.id == indicator_id), None)


def scorecard(
    city: str,
    period: Period,
    catalogue: Catalogue,
    plans: Mapping[str, Plan],
    readings: Sequence[Reading],
    overrides: Mapping[str, Override],
) -> Scorecard:
    """Judge every active indicator at the end of the period and compose the scores.

    Parameters
    ----------
    city : str
    period : Period
        Compared with the period of the same length before it.
    catalogue : Catalogue
    plans : mapping
        Indicator → how the city measures it.
    readings : sequence of Reading
        All of the city's; only validated ones are judged.
    overrides : mapping
        Those in force on the last day of the period.
    """
    order = list(catalogue.indicators)
    active = [catalogue.indicators[k] for k in order if k in plans and plans[k].active]
    by_id: dict[str, list[Reading]] = {sheet.id: [] for sheet in active}
    for reading in readings:
        by_id.setdefault(reading.indicator_id, []).append(reading)

    def judged(day: date) -> tuple[Assessment, ...]:
        return tuple(assess(s, plans[s.id], by_id[s.id], day, overrides.get(s.id)) for s in active)

    now, before = judged(period.last), judged(period.before.last)
    simulated = _simulated(now)
    return Scorecard(
        city=city,
        period=period,
        assessments=now,
        now=city_score(_items(now)),
        before=city_score(_items(before)),
        ranges=simulated[0],
        influences=simulated[1],
        moved=_moved(now, before, period),
        decisions=tuple(
            sorted(
                (a for a in now if a.status in SEVERITY),
                key=lambda a: (SEVERITY.index(a.status), a.score if a.score is not None else 101.0),
            )
        ),
        late=_late(now, period.last),
        drafts=tuple(r for r in readings if r.state == DRAFT),
        balance=balance(
            list(catalogue.indicators.values()),
            frozenset(a.sheet.id for a in now if a.series),
            {key: plan.minutes for key, plan in plans.items()},
        ),
        seed=uncertainty.SEED,
        runs=uncertainty.RUNS,
    )


def expected(assessment: Assessment) -> bool:
    """Tell whether an indicator belongs to the composite: scored, and not merely to be kept."""
    return assessment.sheet.is_scored and not assessment.plan.maintain


def _items(assessments: Sequence[Assessment]) -> list[Item]:
    return [
        Item(a.sheet.id, a.sheet.dimension, a.sheet.category, a.score)
        for a in assessments
        if expected(a)
    ]


def _simulated(
    assessments: Sequence[Assessment],
) -> tuple[dict[str, Range], tuple[Influence, ...]]:
    chosen = [a for a in assessments if expected(a)]
    chosen.sort(key=lambda a: (DIMENSIONS.index(a.sheet.dimension), a.sheet.category))
    if not any(a.score is not None for a in chosen):
        return {}, ()
    page = sheet_of([chosen])
    runs = uncertainty.simulate(page)
    ranges = {"city": uncertainty.range_of(runs.overall[:, 0])}
    for i, name in enumerate(runs.dimensions):
        ranges[name] = uncertainty.range_of(runs.by_dimension[:, 0, i])
    pairs = list(dict.fromkeys(zip(page.dimension, page.category, strict=True)))
    for i, (dimension, category) in enumerate(pairs):
        ranges[f"{dimension}/{category}"] = uncertainty.range_of(runs.by_category[:, 0, i])
    return ranges, tuple(uncertainty.sensitivity(page))


def sheet_of(cities: Sequence[Sequence[Assessment]]) -> Sheet:
    """Return the values of cities that chose the same indicators, ready to be simulated."""
    numbers = np.array([[_numbers(a) for a in row] for row in cities], dtype=np.float64)
    value, low, high, error, medium = np.moveaxis(numbers, 2, 0)
    sheets: list[Indicator] = [a.sheet for a in cities[0]]
    return Sheet(
        value,
        low,
        high,
        error,
        medium,
        tuple(sheet.category for sheet in sheets),
        tuple(sheet.dimension for sheet in sheets),
    )


def _numbers(assessment: Assessment) -> tuple[float, float, float, float, float]:
    """Value, goalposts, standard error and share of *medium*; NaN where there is no score."""
    sheet, latest = assessment.sheet, assessment.latest
    posts = posts_of(sheet, assessment.plan)
    if assessment.score is None or latest is None or posts is None:
        return (float("nan"), 0.0, 1.0, 0.0, 0.0)
    bounds = interval_of(sheet, latest)
    error = (bounds[1] - bounds[0]) / (2 * progress.Z_95) if bounds else 0.0
    answers = (latest.low or 0) + (latest.medium or 0) + (latest.high or 0)
    medium = (latest.medium or 0) / answers if answers else 0.0
    return (number_of(sheet, latest) or 0.0, *posts, error, medium)


def _moved(
    now: Sequence[Assessment], before: Sequence[Assessment], period: Period
) -> tuple[Move, ...]:
    moves = []
    for new, old in zip(now, before, strict=True):
        fresh = new.latest is not None and new.latest.period_to >= period.first
        if not fresh or old.latest is None or new.latest is None or new.sheet.direction == 0:
            continue
        a, b = number_of(new.sheet, old.latest), number_of(new.sheet, new.latest)
        if a is None or b is None or a == b:
            continue
        change = (new.score or 0.0) - (old.score or 0.0)
        moves.append(Move(new, a, b, change))
    return tuple(sorted(moves, key=lambda move: -abs(move.score_change)))


def _late(now: Sequence[Assessment], on: date) -> tuple[Late, ...]:
    late = []
    for a in now:
        if a.data in ("fresh", "due"):
            continue
        days = None
        if a.latest is not None:
            period = int(a.sheet.typology.period_months * MONTH_DAYS)
            days = (on - a.latest.period_to).days - period
        late.append(Late(a, days))
    return tuple(sorted(late, key=lambda entry: -(entry.days or 0)))
