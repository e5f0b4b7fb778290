"""One indicator at the end of a period: its status by rule, with everything that led to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from analytics.scorecards import progress
from analytics.scorecards.catalogue import Indicator
from analytics.scorecards.composite import goalposts
from analytics.scorecards.periods import decimal_year, months_between
from analytics.scorecards.progress import Path, Trend
from analytics.store.scorecard_overrides import Override
from analytics.store.scorecard_values import VALIDATED, Plan, Reading

LEVEL_SCORES = (0.0, 50.0, 100.0)
TOLERANCE = 0.05  # of the value to be kept
CAGR_YEARS = 1.99
PACE_SLACK = 0.99  # a half-year of 181 days is six months


@dataclass(frozen=True)
class Proof:
    """What led to a status: the rule, its inputs and every ratio, None where not computed.

    ``rule`` is ``pace``, ``maintain``, ``ordinal``, ``yes_no``, ``effort``, ``text``, ``no_value``,
    ``no_target`` or ``too_early``. ``low`` and ``high`` are the Wilson interval in percent.
    """

    rule: str
    method: str
    path: Path | None = None
    linear: float | None = None
    cagr: float | None = None
    un: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    other_status: str | None = None


@dataclass(frozen=True)
class Assessment:
    """An indicator's performance, the state of its data (never merged) and its 0–100 score.

    ``status`` is the override's where one is in force, ``rule_status`` always the rule's;
    ``series`` holds the validated readings up to the day, the latest last.
    """

    sheet: Indicator
    plan: Plan
    series: tuple[Reading, ...]
    rule_status: str
    proof: Proof
    trend: Trend
    data: str
    age_months: float | None
    score: float | None
    override: Override | None = None

    @property
    def status(self) -> str:
        """Performance: the override's status, or the rule's."""
        return self.override.status if self.override else self.rule_status

    @property
    def latest(self) -> Reading | None:
        """The latest validated reading."""
        return self.series[-1] if self.series else None


def assess(
    sheet: Indicator,
    plan: Plan,
    readings: Sequence[Reading],
    on: date,
    override: Override | None = None,
) -> Assessment:
    """Judge an indicator on a day from its validated readings that ended by then."""
    known = [r for r in readings if r.state == VALIDATED and r.period_to <= on]
    series = tuple(sorted(known, key=lambda reading: reading.period_to))
    latest = series[-1] if series else None
    age = months_between(latest.period_to, on) if latest else None
    data = progress.data_status(age, sheet.typology.period_months)
    status, proof = _judged(sheet, plan, latest)
    return Assessment(
        sheet,
        plan,
        series,
        status,
        proof,
        progress.trend([number for r in series if (number := number_of(sheet, r)) is not None]),
        data,
        age,
        None if data == "dropped" else score_of(sheet, plan, latest),
        override,
    )


def number_of(sheet: Indicator, reading: Reading) -> float | None:
    """Return a reading as one number: ordinal 0–100 with *medium* at 50, yes 100, no 0."""
    if sheet.value_rule == "distribution":
        counts = (reading.low or 0, reading.medium or 0, reading.high or 0)
        total = sum(counts)
        if not total:
            return None
        return sum(n * s for n, s in zip(counts, LEVEL_SCORES, strict=True)) / total
    if sheet.value_rule == "yes_no":
        return None if reading.yes is None else 100.0 * reading.yes
    return reading.value


def posts_of(sheet: Indicator, plan: Plan) -> tuple[float, float] | None:
    """Return the goalposts baseline → target on the scale of :func:`number_of`, if there are."""
    if sheet.value_rule == "yes_no":
        return 0.0, 100.0
    if plan.maintain or plan.base_value is None or plan.target is None:
        return None
    posts = plan.base_value, plan.target
    if sheet.value_rule == "distribution":
        posts = LEVEL_SCORES[int(posts[0])], LEVEL_SCORES[int(posts[1])]
    return posts if posts[0] != posts[1] else None


def score_of(sheet: Indicator, plan: Plan, reading: Reading | None) -> float | None:
    """Return the 0–100 score of a reading; None where it cannot enter a composite."""
    posts = posts_of(sheet, plan)
    if reading is None or posts is None or not sheet.is_scored:
        return None
    number = number_of(sheet, reading)
    return None if number is None else goalposts(number, *posts)


def interval_of(sheet: Indicator, reading: Reading) -> tuple[float, float] | None:
    """Return the Wilson 95 % interval, in percent, of a share with a sample size."""
    if sheet.value_rule != "share" or not reading.sample_size or reading.value is None:
        return None
    low, high = progress.wilson(reading.value / 100 * reading.sample_size, reading.sample_size)
    return 100 * low, 100 * high


def _judged(sheet: Indicator, plan: Plan, latest: Reading | None) -> tuple[str, Proof]:
    if sheet.value_rule == "text":
        return "narrative" if latest else "not_assessed", Proof("text", "none")
    if sheet.direction == 0 and plan.direction == 0:
        return "context", Proof("effort", "none")
    if latest is None:
        return "not_assessed", Proof("no_value", plan.method)
    if sheet.value_rule == "yes_no":
        return "achieved" if latest.yes else "not_achieved", Proof("yes_no", "none")
    if plan.base_value is None or plan.target is None:
        return "not_assessed", Proof("no_target", plan.method)
    if sheet.value_rule == "distribution":
        return _ordinal(plan, latest)
    return _by_pace(sheet, plan, latest, plan.base_value, plan.target)


def _ordinal(plan: Plan, latest: Reading) -> tuple[str, Proof]:
    counts = latest.low or 0, latest.medium or 0, latest.high or 0
    level = progress.median_level(*counts)
    target, base = int(plan.target or 0), int(plan.base_value or 0)
    return progress.ordinal_status(level, target, base), Proof("ordinal", "none", n=sum(counts))


def _by_pace(
    sheet: Indicator, plan: Plan, latest: Reading, base: float, target: float
) -> tuple[str, Proof]:
    value, bounds = latest.value or 0.0, interval_of(sheet, latest)
    low, high = bounds or (None, None)
    plain = Proof("no_target", plan.method, low=low, high=high, n=latest.sample_size)
    unsure = low is not None and high is not None and low <= target <= high
    if plan.maintain or target == base:
        kept = progress.maintained(
            value, target, direction=plan.direction, tolerance=TOLERANCE * abs(target)
        )
        status = "cannot_tell" if unsure else "achieved" if kept else "deterioration"
        return status, replace(plain, rule="maintain")
    path = _path(plan, latest, base, target)
    if path is None:
        return "not_assessed", plain
    needed = sheet.typology.period_months * PACE_SLACK / 12
    if path.latest_at - path.base_at < needed:
        return "too_early", replace(plain, rule="too_early", path=path)
    linear, cagr = progress.linear_ratio(path), _cagr(path)
    by_cagr = plan.method == "cagr" and cagr is not None
    ratio, other = (cagr, linear) if by_cagr and cagr is not None else (linear, cagr)
    name = progress.status_of(ratio)
    other_name = None if other is None else progress.status_of(other)
    proof = replace(
        plain,
        rule="pace",
        method="cagr" if by_cagr else "linear",
        path=path,
        linear=linear,
        cagr=cagr,
        un=_un(path),
        other_status=None if other_name == name else other_name,
    )
    if unsure:
        return "cannot_tell", proof
    if progress.achieved(value, target, path.direction):
        return "achieved", proof
    return name, proof


def _path(plan: Plan, latest: Reading, base: float, target: float) -> Path | None:
    """Return the path in decimal years; None where a moment is missing or out of order."""
    if plan.base_on is None or plan.target_on is None or latest.value is None:
        return None
    if not plan.base_on < min(latest.period_to, plan.target_on):
        return None
    start, now, end = (decimal_year(d) for d in (plan.base_on, latest.period_to, plan.target_on))
    return Path(base, latest.value, target, start, now, end, 1 if target > base else -1)


def _cagr(path: Path) -> float | None:
    """Growth ratio where Open SDG's method applies: no negative ends, two years of data."""
    if min(path.base, path.latest, path.target) < 0 or path.latest_at - path.base_at < CAGR_YEARS:
        return None
    return progress.cagr_ratio(path)


def _un(path: Path) -> float | None:
    return progress.un_ratio(path) if min(path.base, path.latest, path.target) >= 0 else None
