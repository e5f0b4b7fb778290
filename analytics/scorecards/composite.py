"""Scores of a dimension and of a city, in the order of the OECD/JRC Handbook (2008).

Framework (three dimensions, categories, indicators) · selection (product, result and impact; no
effort, no text) · missing data (score only if at least two thirds are present; nothing is imputed)
· normalisation (goalposts: from the city's own baseline to its own target) · weights (equal inside
a category, equal among categories) · aggregation (arithmetic inside a dimension, geometric across
dimensions with a floor of 1). Range and sensitivity: :mod:`analytics.scorecards.uncertainty`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.errors import FilterError
from analytics.scorecards.catalogue import DIMENSIONS

AVAILABILITY = 2 / 3
FLOOR = 1.0
SKEW, KURTOSIS = 2.0, 3.5
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Item:
    """One selected indicator: its 0–100 score, None where there is no value to score."""

    id: str
    dimension: str
    category: str
    score: float | None


@dataclass(frozen=True)
class CategoryScore:
    """Mean of a category's present indicators; ``weight`` is its share of the dimension."""

    category: str
    score: float | None
    present: int
    expected: int
    weight: float


@dataclass(frozen=True)
class DimensionScore:
    """A dimension with its availability, categories and the effective weight of each indicator.

    ``score`` is None below two thirds of the expected values; ``needed`` says how many that is.
    """

    dimension: str
    score: float | None
    present: int
    expected: int
    categories: tuple[CategoryScore, ...]
    weights: Mapping[str, float]

    @property
    def needed(self) -> int:
        """How many values a score needs."""
        return needed(self.expected)


@dataclass(frozen=True)
class CityScore:
    """The three dimensions and their geometric mean, None unless every dimension has a score."""

    score: float | None
    present: int
    expected: int
    dimensions: tuple[DimensionScore, ...]


def needed(expected: int) -> int:
    """Return the least number of present values of ``expected`` that allows a score."""
    return -(-2 * expected // 3)


def goalposts(value: float, low: float, high: float) -> float:
    """Return where a value stands between baseline (0) and target (100), truncated.

    A falling target already has ``high`` < ``low``: there is no further flip.

    Raises
    ------
    FilterError
        ``progress.target_is_base`` if the goalposts are equal.
    """
    if high == low:
        raise FilterError("progress.target_is_base", value=low)
    return float(np.clip(100 * ((value - low) / (high - low)), 0.0, 100.0))


def arithmetic(scores: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """Return the weighted mean; equal weights by default."""
    return float(np.average(scores, weights=weights))


def geometric(scores: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """Return the weighted geometric mean with every score floored at 1."""
    logs = np.log(np.maximum(np.asarray(scores, dtype=float), FLOOR))
    return float(np.exp(np.average(logs, weights=weights)))


def harmonic(scores: Sequence[float]) -> float:
    """Return the harmonic mean with every score floored at 1."""
    return float(1 / np.mean(1 / np.maximum(np.asarray(scores, dtype=float), FLOOR)))


def mazziotta_pareto(scores: Sequence[float]) -> float:
    """Return the mean less a penalty for unevenness (mean − sd · cv)."""
    mean, deviation = float(np.mean(scores)), float(np.std(scores))
    return mean if mean == 0 else mean - deviation * deviation / mean


def outlying(values: Sequence[float]) -> bool:
    """Tell whether a column is to be reported: |skew| > 2 and kurtosis > 3.5 (COINr's defaults)."""
    centred = np.asarray(values, dtype=float) - np.mean(values)
    spread = float(np.sqrt(np.mean(centred**2)))
    if spread == 0 or len(values) < 4:
        return False
    skew, kurtosis = (float(np.mean((centred / spread) ** power)) for power in (3, 4))
    return abs(skew) > SKEW and kurtosis - 3 > KURTOSIS


def dimension_score(dimension: str, items: Sequence[Item]) -> DimensionScore:
    """Return the score of one dimension from its selected indicators, absent ones included."""
    chosen = [item for item in items if item.dimension == dimension]
    names = list(dict.fromkeys(item.category for item in chosen))
    groups = {name: [item for item in chosen if item.category == name] for name in names}
    held = {
        name: [item for item in group if item.score is not None] for name, group in groups.items()
    }
    living = [name for name in names if held[name]]
    share = 1 / len(living) if living else 0.0
    categories = tuple(
        CategoryScore(
            name,
            arithmetic([item.score for item in held[name] if item.score is not None])
            if held[name]
            else None,
            len(held[name]),
            len(groups[name]),
            share if held[name] else 0.0,
        )
        for name in names
    )
    present, expected = sum(c.present for c in categories), len(chosen)
    known = [c.score for c in categories if c.score is not None]
    enough = expected > 0 and present >= needed(expected)
    return DimensionScore(
        dimension,
        arithmetic(known) if enough else None,
        present,
        expected,
        categories,
        {item.id: share / len(held[name]) for name in living for item in held[name]},
    )


def city_score(items: Sequence[Item]) -> CityScore:
    """Return the three dimensions and, where all have a score, their geometric mean."""
    dimensions = tuple(dimension_score(name, items) for name in DIMENSIONS)
    known = [d.score for d in dimensions if d.score is not None]
    return CityScore(
        geometric(known) if len(known) == len(DIMENSIONS) else None,
        sum(d.present for d in dimensions),
        sum(d.expected for d in dimensions),
        dimensions,
    )
