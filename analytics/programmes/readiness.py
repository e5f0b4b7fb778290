"""How ready a city is: maturity of the strategy's components, conditions, the mayor's term."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pandas as pd

from analytics.errors import ProgrammeError
from analytics.programmes.periods import add_months, months_between
from analytics.programmes.templates import Template

LEVELS = (1, 5)
ORIGINS = ("coach", "self")


@dataclass(frozen=True)
class Rating:
    """One person's judgement of one component, 1 to 5, with the evidence it rests on.

    ``version`` is the one that was on screen when it is saved, 0 where there was none; None asks
    for no check.
    """

    component: str
    rated_on: date
    rater: str
    level: int
    evidence: str
    origin: str = "coach"
    note: str = ""
    version: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Facts:
    """What is known of a city for its eligibility; ``judged`` holds what a person decided."""

    residents: float | None
    term_ends: date | None
    judged: dict[str, bool]


@dataclass(frozen=True)
class Met:
    """Whether a condition is met; None where it is not known."""

    key: str
    met: bool | None


@dataclass(frozen=True)
class MandateGap:
    """The mayor's term beside the strategy: months that the strategy outlives it (< 0: none)."""

    term_ends: date
    strategy_from: date
    strategy_to: date
    months: float


def check_rating(template: Template, rating: Rating) -> None:
    """Refuse a rating that cannot be.

    Raises
    ------
    ProgrammeError
        ``programme.unknown_component``; ``programme.level`` outside 1–5;
        ``programme.evidence_needed`` if none is given; ``programme.origin`` if it is told by
        neither coach nor city.
    """
    known = [component.key for component in template.components]
    if rating.component not in known:
        raise ProgrammeError(
            "programme.unknown_component", value=rating.component, known=", ".join(known)
        )
    low, high = LEVELS
    if not low <= rating.level <= high:
        raise ProgrammeError("programme.level", value=rating.level, low=low, high=high)
    if not rating.evidence.strip():
        raise ProgrammeError("programme.evidence_needed", gate=rating.component)
    if rating.origin not in ORIGINS:
        raise ProgrammeError("programme.origin", value=rating.origin, known=", ".join(ORIGINS))


def maturity(ratings: Sequence[Rating], as_of: date) -> pd.DataFrame:
    """Return mean and range of the raters by component and day, the earliest first.

    Returns
    -------
    pandas.DataFrame
        ``component, rated_on, level`` (mean, 1–5)``, low, high, n, is_latest``. A component
        nobody rated has no row: not assessed is not 0.
    """
    told = [vars(rating) for rating in ratings if rating.rated_on <= as_of]
    columns = ["component", "rated_on", "level", "low", "high", "n", "is_latest"]
    if not told:
        return pd.DataFrame(columns=columns)
    found = (
        pd.DataFrame(told)
        .groupby(["component", "rated_on"])["level"]
        .agg(["mean", "min", "max", "count"])
        .reset_index()
        .rename(columns={"mean": "level", "min": "low", "max": "high", "count": "n"})
    )
    last = found.groupby("component")["rated_on"].transform("max")
    return found.assign(is_latest=found["rated_on"] == last)[columns]


def eligibility(template: Template, facts: Facts, as_of: date) -> tuple[Met, ...]:
    """Check a city against the template's conditions on a day; what is not known stays so."""
    return tuple(Met(c.key, _met(c.more_than_residents, c.years_left, c.key, facts, as_of))
                 for c in template.eligibility)  # fmt: skip


def mandate_gap(
    template: Template, term_ends: date | None, strategy_from: date
) -> MandateGap | None:
    """Put the mayor's term beside the strategy that begins on a day; None where not known."""
    if term_ends is None or not template.strategy_years:
        return None
    end = add_months(strategy_from, 12 * template.strategy_years)
    return MandateGap(term_ends, strategy_from, end, months_between(term_ends, end))


def _met(
    residents: float | None,
    years: float | None,
    key: str,
    facts: Facts,
    as_of: date,
) -> bool | Literal[None]:
    if residents is not None:
        return None if facts.residents is None else facts.residents > residents
    if years is not None:
        known = facts.term_ends
        return None if known is None else known >= add_months(as_of, 12 * years)
    return facts.judged.get(key)
