"""How likely a candidate pair is one incident: weights learnt from the records themselves."""

from dataclasses import dataclass

import numpy as np

from analytics.sources.linkage_candidates import Candidates, Reach

DISTANCE_BIN_M = 20.0
GAP_BIN_S = 600.0
START_SIGMA_M, START_SIGMA_S = 70.0, 2400.0  # where learning starts; counts for PRIOR_PAIRS
PRIOR_PAIRS = 60.0
PRIOR_SAME = 0.85  # of the pairs of a category, until the records say otherwise
START_SHARE = 0.10  # of the smaller source's records that are expected to be linked at first
ROUNDS, MESSAGES, LAST_MESSAGES = 20, 4, 40


@dataclass
class Model:
    """What is learnt for one pair of sources.

    ``distance`` and ``gap`` hold the share of true pairs per bin; ``together`` (n_categories,
    n_categories) the expected number of true pairs by the categories the two sources write.
    """

    distance: np.ndarray
    gap: np.ndarray
    together: np.ndarray


@dataclass(frozen=True)
class Weighed:
    """Per candidate pair (n_pairs,): ``bits``, log2 of the likelihood ratio times the prior
    odds, and ``probability`` given that a record has at most one partner in the other source.
    """

    bits: np.ndarray
    probability: np.ndarray


def weigh(candidates: Candidates, reach: Reach) -> Weighed:
    """Weigh candidate pairs of every two sources.

    The weight of a pair is the expected density of true pairs at its distance, gap and categories
    over the density of coincidences there (Fellegi and Sunter 1969, *Journal of the American
    Statistical Association* 64, 1183–1210):

        w = T(a, b) · f(distance) · g(gap) / (N(a) · N(b) · s · t)

    where T is the expected number of true pairs of categories a and b, f per m² and g per second
    describe true pairs, N counts the records of a category in its source, s per m² and t per
    second say how densely records of that kind lie there and then. T, f and g are learnt by
    expectation–maximisation (Winkler 2000), starting from weak priors. Probabilities are the
    marginals of the one-to-one assignment by belief propagation (Williams and Lau 2014, *IEEE
    Transactions on Aerospace and Electronic Systems* 50, 2942–2959).

    Parameters
    ----------
    candidates : Candidates
    reach : Reach
        With which they were found.

    Returns
    -------
    Weighed
    """
    n = len(candidates.one)
    bits, probability = np.empty(n), np.empty(n)
    n_sources = int(candidates.source.max(initial=0)) + 1
    kind = candidates.source[candidates.one] * n_sources + candidates.source[candidates.other]
    for pair_of_sources in np.unique(kind):
        rows = np.flatnonzero(kind == pair_of_sources)
        weight, marginal = _weigh_sources(candidates, rows, reach)
        bits[rows] = np.log2(np.maximum(weight, 1e-300))
        probability[rows] = marginal
    return Weighed(bits, probability)


def _weigh_sources(
    candidates: Candidates, rows: np.ndarray, reach: Reach
) -> tuple[np.ndarray, np.ndarray]:
    pairs = _Pairs(candidates, rows, reach)
    model = pairs.start()
    for _ in range(ROUNDS):
        model = pairs.learn(marginals(pairs.one, pairs.other, pairs.weight(model), MESSAGES))
    weight = pairs.weight(model)
    return weight, marginals(pairs.one, pairs.other, weight, LAST_MESSAGES)


def marginals(
    one: np.ndarray, other: np.ndarray, weight: np.ndarray, messages: int
) -> np.ndarray:
    """Return the probability of each pair when every record has at most one partner.

    Parameters
    ----------
    one, other : ndarray (n_pairs,) of int
        Records of the two sides.
    weight : ndarray (n_pairs,)
        Odds of the pair against both being alone.
    messages : int
        Rounds of belief propagation; exact for pairs that form a tree.

    Returns
    -------
    ndarray (n_pairs,)
        The sum over a record's pairs is at most 1.
    """
    back = np.ones_like(weight)
    for _ in range(messages):
        held = weight * back
        forth = weight / (1 + np.bincount(one, held)[one] - held)
        back = 1 / (1 + np.bincount(other, forth)[other] - forth)
    held = weight * back
    return np.asarray(held / (1 + np.bincount(one, held)[one]))


class _Pairs:
    """The candidates of two sources, with what of them does not change while learning."""

    def __init__(self, candidates: Candidates, rows: np.ndarray, reach: Reach) -> None:
        one, other = candidates.one[rows], candidates.other[rows]
        self.one = np.unique(one, return_inverse=True)[1]
        self.other = np.unique(other, return_inverse=True)[1]
        self.located = ~np.isnan(candidates.distance_m[rows])
        distance_m = np.where(self.located, candidates.distance_m[rows], 0.0)
        self.distance_edges = np.linspace(
            0, reach.metres, round(reach.metres / DISTANCE_BIN_M) + 1
        )
        self.gap_edges = np.linspace(0, reach.minutes * 60, round(reach.minutes * 60 / GAP_BIN_S) + 1)
        self.distance_m, self.gap_s = distance_m, candidates.gap_s[rows]
        self.span_s = candidates.span_s[rows]
        self.distance_bin = _bin(distance_m, self.distance_edges)
        self.gap_bin = _bin(self.gap_s, self.gap_edges)
        self.n_categories = int(candidates.category.max()) + 1
        a, b = candidates.category[one], candidates.category[other]
        self.cell = a * self.n_categories + b
        sides = candidates.source[one[0]], candidates.source[other[0]]
        counts = [
            np.bincount(candidates.category[candidates.source == s], minlength=self.n_categories)
            for s in sides
        ]
        self.counts = counts
        s = np.where(self.located, np.sqrt(candidates.per_m2[one] * candidates.per_m2[other]), 1.0)
        t = np.sqrt(candidates.per_s[one] * candidates.per_s[other])
        self.coincidence = counts[0][a] * counts[1][b] * s * t

    def start(self) -> Model:
        """What is believed before the records are looked at."""
        r, g = _middles(self.distance_edges), _middles(self.gap_edges)
        distance = r * np.exp(-((r / START_SIGMA_M) ** 2) / 2)
        gap = np.exp(-((g / START_SIGMA_S) ** 2) / 2)
        shares = [count / max(count.sum(), 1) for count in self.counts]
        expected = START_SHARE * min(count.sum() for count in self.counts)
        by_chance = np.outer(*shares)
        same = np.diag(np.sqrt(shares[0] * shares[1]))
        together = PRIOR_SAME * same / max(same.sum(), 1e-12) + (1 - PRIOR_SAME) * by_chance
        return Model(distance / distance.sum(), gap / gap.sum(), expected * together)

    def weight(self, model: Model) -> np.ndarray:
        """Return the odds of each pair."""
        area_m2 = np.pi * np.diff(self.distance_edges**2)
        per_m2 = _smooth(model.distance / area_m2, self.distance_edges, self.distance_m)
        per_s = model.gap / (2 * np.diff(self.gap_edges))
        f = np.where(self.located, per_m2, 1.0)
        # A span spreads the same evidence over its length.
        g = _smooth(per_s, self.gap_edges, self.gap_s) / (1 + per_s[0] * self.span_s)
        return np.asarray(model.together.ravel()[self.cell] * f * g / self.coincidence)

    def learn(self, probability: np.ndarray) -> Model:
        """Return the model that these probabilities imply, held back by where learning started."""
        start = self.start()
        near = probability * self.located
        timed = probability * (self.span_s <= GAP_BIN_S)
        distance = np.bincount(self.distance_bin, near, len(start.distance))
        gap = np.bincount(self.gap_bin, timed, len(start.gap))
        together = np.bincount(self.cell, probability, self.n_categories**2)
        prior = start.together / start.together.sum()
        return Model(
            _share(distance + PRIOR_PAIRS * start.distance),
            _share(gap + PRIOR_PAIRS * start.gap),
            together.reshape(prior.shape) + PRIOR_PAIRS * prior,
        )


def _bin(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    return np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)


def _middles(edges: np.ndarray) -> np.ndarray:
    return np.asarray((edges[1:] + edges[:-1]) / 2)


def _smooth(density: np.ndarray, edges: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Read a density between the middles of its bins, on a logarithmic scale."""
    return np.exp(np.interp(at, _middles(edges), np.log(density + 1e-300)))


def _share(values: np.ndarray) -> np.ndarray:
    return np.asarray(values / values.sum())
