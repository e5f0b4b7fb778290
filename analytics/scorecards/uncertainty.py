"""How much of a score is choice: Monte-Carlo ranges, pairwise dominance, sensitivity.

What is drawn in each run (OECD/JRC Handbook §8, COINr's ``get_noisy_weights``): weights
× (1 + U(−0.25, 0.25)); normalisation (goalposts; among several cities also min–max and rank);
arithmetic or geometric aggregation; the coding of *medium* in U(35, 65); one indicator left out;
survey values from their interval. Sensitivity: Saisana, Saltelli & Tarantola (2005).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.scorecards.composite import FLOOR, Floats, needed

RUNS = 1000
SEED = 42
NOISE = 0.25
MEDIUM = (35.0, 65.0)
PERCENTILES = (5.0, 95.0)
AHEAD = 0.95
SENSITIVITY_RUNS = 256
FACTORS = ("weights", "normalisation", "aggregation", "coding", "left_out", "sampling")
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Sheet:
    """Values of several cities (rows) in the same indicators (columns).

    ``value``, ``low``, ``high`` (goalposts) are in the indicator's own unit, NaN where absent;
    ``error`` is the standard error of a survey value, 0 elsewhere; ``medium`` is the share (0–1) of
    *medium* among the answers of an ordinal indicator, 0 elsewhere. ``category`` and ``dimension``
    name each column; columns of one category stand together, categories of one dimension too.
    """

    value: Floats
    low: Floats
    high: Floats
    error: Floats
    medium: Floats
    category: tuple[str, ...]
    dimension: tuple[str, ...]


@dataclass(frozen=True)
class Range:
    """Median and 5th–95th percentile of a score over the runs; NaN where there is none."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Simulation:
    """Scores of every run: (runs, cities, categories or dimensions) and (runs, cities) overall."""

    seed: int
    categories: tuple[str, ...]
    dimensions: tuple[str, ...]
    by_category: Floats
    by_dimension: Floats
    overall: Floats


@dataclass(frozen=True)
class Influence:
    """First-order and total effect of one factor on a score, with bootstrap 5–95 % bounds."""

    factor: str
    first: float
    total: float
    total_low: float
    total_high: float


@dataclass(frozen=True)
class _Bank:
    """Realisations of every factor; a run names one of each."""

    weights: Floats  # (draws, columns)
    category_weights: Floats  # (draws, categories)
    normalisation: Ints  # (draws,) 0 goalposts, 1 min–max, 2 rank
    geometric: NDArray[np.bool_]
    medium: Floats
    left_out: Ints
    noise: Floats  # (draws, cities, columns), standard normal


def simulate(sheet: Sheet, *, runs: int = RUNS, seed: int = SEED) -> Simulation:
    """Score every city ``runs`` times under the choices that could have been made."""
    bank = _bank(sheet, runs, seed)
    index = np.tile(np.arange(runs)[:, None], (1, len(FACTORS)))
    by_category, by_dimension, overall = _scores(sheet, bank, index)
    names = tuple(dict.fromkeys(sheet.category)), tuple(dict.fromkeys(sheet.dimension))
    return Simulation(seed, *names, by_category, by_dimension, overall)


def range_of(scores: Floats) -> Range:
    """Return median and 5th–95th percentile of the runs of one score."""
    known = scores[np.isfinite(scores)]
    if len(known) == 0:
        return Range(*[float("nan")] * 3)
    low, middle, high = np.percentile(known, [PERCENTILES[0], 50.0, PERCENTILES[1]])
    return Range(float(middle), float(low), float(high))


def dominance(scores: Floats) -> Floats:
    """Return the share of runs in which the row city is ahead of the column city.

    Parameters
    ----------
    scores : array of shape (runs, cities)
        NaN where a city has no score: neither is then ahead.
    """
    return np.asarray((scores[:, :, None] > scores[:, None, :]).mean(axis=0), dtype=np.float64)


def rank_ranges(scores: Floats) -> list[Range]:
    """Return median and 5th–95th percentile of each city's rank, 1 the highest."""
    ahead = (scores[:, None, :] > scores[:, :, None]).sum(axis=2) + 1.0
    ranks = np.where(np.isfinite(scores), ahead, np.nan)
    return [range_of(ranks[:, city]) for city in range(scores.shape[1])]


def sensitivity(
    sheet: Sheet, city: int = 0, *, runs: int = SENSITIVITY_RUNS, seed: int = SEED
) -> list[Influence]:
    """Return what the mean of a city's dimensions depends on, the strongest factor first.

    Empty where the city has no score or nothing moves it.
    """
    bank = _bank(sheet, 2 * runs, seed)

    def model(points: Floats) -> Floats:
        index = np.minimum((points * 2 * runs).astype(np.int64), 2 * runs - 1)
        scores = _scores(sheet, bank, index)[1][:, city]
        present = np.isfinite(scores)
        total = np.where(present, scores, 0.0).sum(axis=1)
        return np.asarray(total / np.maximum(present.sum(axis=1), 1), dtype=np.float64)

    effects = sobol(model, len(FACTORS), runs=runs, seed=seed)
    found = [Influence(name, *effect) for name, effect in zip(FACTORS, effects, strict=True)]
    return sorted((f for f in found if f.total > 0), key=lambda f: -f.total)


def sobol(
    model: Callable[[Floats], Floats], factors: int, *, runs: int, seed: int
) -> list[tuple[float, float, float, float]]:
    """Estimate first-order and total effects with ``runs · (factors + 2)`` calls of the model.

    S_i = mean(y_B (y_ABi − y_A)) / Var(y); S_Ti = Σ(y_A − y_ABi)² / (2 N Var(y)). Returned per
    factor: S_i, S_Ti and the bootstrap 5th and 95th percentile of S_Ti.
    """
    rng = np.random.default_rng(seed)
    a, b = rng.random((runs, factors)), rng.random((runs, factors))
    y_a, y_b = model(a), model(b)
    variance = float(np.var(np.concatenate([y_a, y_b])))
    centred = y_b - np.mean(np.concatenate([y_a, y_b]))  # the same expectation, less noise
    if variance < 1e-12:
        return [(0.0, 0.0, 0.0, 0.0)] * factors
    again = rng.integers(0, runs, (200, runs))
    effects = []
    for factor in range(factors):
        mixed = a.copy()
        mixed[:, factor] = b[:, factor]
        y_ab = model(mixed)
        squares = (y_a - y_ab) ** 2 / (2 * variance)
        first = float(np.mean(centred * (y_ab - y_a)) / variance)
        bounds = np.percentile(squares[again].mean(axis=1), PERCENTILES)
        effects.append((first, float(squares.mean()), float(bounds[0]), float(bounds[1])))
    return effects


def _bank(sheet: Sheet, draws: int, seed: int) -> _Bank:
    rng = np.random.default_rng(seed)
    cities, columns = sheet.value.shape
    several = 3 if cities > 1 else 1
    return _Bank(
        weights=1 + rng.uniform(-NOISE, NOISE, (draws, columns)),
        category_weights=1 + rng.uniform(-NOISE, NOISE, (draws, len(set(_groups(sheet))))),
        normalisation=rng.integers(0, several, draws),
        geometric=rng.random(draws) < 0.5,
        medium=rng.uniform(*MEDIUM, draws),
        left_out=rng.integers(0, columns, draws),
        noise=rng.standard_normal((draws, cities, columns))
        if sheet.error.any()
        else np.zeros((draws, 1, 1)),
    )


def _groups(sheet: Sheet) -> list[tuple[str, str]]:
    return list(zip(sheet.dimension, sheet.category, strict=True))


def _starts(names: Sequence[object]) -> list[int]:
    return [i for i, name in enumerate(names) if i == 0 or name != names[i - 1]]


def _scores(sheet: Sheet, bank: _Bank, index: Ints) -> tuple[Floats, Floats, Floats]:
    """Score all cities in the runs that ``index`` (runs, factors) composes from the bank."""
    weight, normal, mean, coding, out, sample = index.T
    normalised = _normalised(sheet, bank, normal, coding, sample)
    present = np.broadcast_to(np.isfinite(sheet.value), normalised.shape).copy()
    expected_present = np.isfinite(sheet.value)
    present[np.arange(len(index)), :, bank.left_out[out]] = False
    groups = _groups(sheet)
    starts = _starts(groups)
    weights = np.where(present, bank.weights[weight][:, None, :], 0.0)
    mass = np.add.reduceat(weights, starts, axis=2)
    sums = np.add.reduceat(weights * np.where(present, normalised, 0.0), starts, axis=2)
    by_category = np.divide(sums, mass, out=np.full_like(sums, np.nan), where=mass > 0)
    of_dimension = [groups[start][0] for start in starts]
    geometric = bank.geometric[mean]
    share = np.broadcast_to(bank.category_weights[weight][:, None, :], by_category.shape)
    by_dimension = _mean(by_category, share, _starts(of_dimension), geometric)
    enough = _enough(sheet, expected_present)
    by_dimension = np.where(enough, by_dimension, np.nan)
    overall = _mean(by_dimension, np.ones_like(by_dimension), [0], geometric)[:, :, 0]
    return by_category, by_dimension, np.where(enough.all(axis=1), overall, np.nan)


def _normalised(sheet: Sheet, bank: _Bank, normal: Ints, coding: Ints, sample: Ints) -> Floats:
    """Values on 0–100: (runs, cities, columns)."""
    span = np.where(sheet.high == sheet.low, np.nan, sheet.high - sheet.low)
    drawn = sheet.value + sheet.error * bank.noise[sample]
    shift = (bank.medium[coding] - 50.0)[:, None, None]
    drawn = drawn + sheet.medium * shift
    scores = np.clip(100 * (drawn - sheet.low) / span, 0.0, 100.0)
    chosen = bank.normalisation[normal]
    sign = np.sign(span)
    for kind, convert in ((1, _min_max), (2, _ranks)):
        runs = np.flatnonzero(chosen == kind)
        if len(runs):
            scores[runs] = convert(drawn[runs] * sign)
    return np.asarray(np.nan_to_num(scores), dtype=np.float64)


def _min_max(values: Floats) -> Floats:
    low, high = (np.where(np.isnan(values), fill, values) for fill in (np.inf, -np.inf))
    least, most = low.min(axis=1, keepdims=True), high.max(axis=1, keepdims=True)
    span = most - least
    moves = np.broadcast_to(np.isfinite(span) & (span > 0), values.shape)
    scaled = np.divide(100 * (values - least), span, out=np.full_like(values, 50.0), where=moves)
    return np.asarray(scaled, dtype=np.float64)


def _ranks(values: Floats) -> Floats:
    """Share of the other cities that are behind, in percent; ties share the middle."""
    known = np.isfinite(values)
    others = np.maximum(known.sum(axis=1, keepdims=True) - 1, 1)
    mine, theirs = values[:, :, None, :], values[:, None, :, :]
    behind = (mine > theirs).sum(axis=2) + 0.5 * ((mine == theirs).sum(axis=2) - 1)
    return np.where(known, 100 * behind / others, np.nan)


def _mean(
    values: Floats, weights: Floats, starts: Sequence[int], geometric: NDArray[np.bool_]
) -> Floats:
    """Weighted mean of what is present in the groups that ``starts`` opens on the last axis."""
    held = np.isfinite(values)
    share = np.where(held, weights, 0.0)
    mass = np.add.reduceat(share, starts, axis=2)
    logged = np.where(
        geometric[:, None, None], np.log(np.maximum(np.where(held, values, 1.0), FLOOR)), values
    )
    sums = np.add.reduceat(share * np.where(held, logged, 0.0), starts, axis=2)
    mean = np.divide(sums, mass, out=np.full_like(sums, np.nan), where=mass > 0)
    return np.where(geometric[:, None, None], np.exp(mean), mean)


def _enough(sheet: Sheet, present: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether a city has two thirds of a dimension's values: (cities, dimensions)."""
    names = list(dict.fromkeys(sheet.dimension))
    columns = [np.array([d == name for d in sheet.dimension]) for name in names]
    counts = np.array([[row[chosen].sum() for chosen in columns] for row in present])
    least = np.array([needed(int(chosen.sum())) for chosen in columns])
    return np.asarray(counts >= least)
