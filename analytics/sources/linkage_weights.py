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
ROUNDS, MESSAGES, LAST_MESSAGES = 20, 6, 60


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
    """What speaks for each candidate pair, arrays (n_pairs,).

    ``bits`` is log2 of the likelihood ratio times the prior odds, ``probability`` that of the
    pair given that a record has at most one partner in the other source.
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
    describe true pairs (f for piled and other places apart), N counts the records of a category in
    its source, s per m² and t per second say how densely records of that kind lie there and then.
    T, f and g are learnt by expectation–maximisation (Winkler 2000), starting from weak priors.
    Probabilities are the marginals of the one-to-one assignment by belief propagation (Williams
    and Lau 2014, *IEEE Transactions on Aerospace and Electronic Systems* 50, 2942–2959).

    Parameters
    ----------
    candidates : Candidates
    reach : Reach
        With which they were found.

    Returns
    -------
    Weighed
    """
    if not len(candidates.one):
        return Weighed(np.empty(0), np.empty(0))
    graph = Graph.of(candidates)
    kinds = [np.flatnonzero(graph.kind == kind) for kind in np.unique(graph.kind)]
    parts = [_Pairs(candidates, rows, reach) for rows in kinds]
    models = [part.start() for part in parts]
    weight, both = np.empty(len(graph.kind)), 1.0
    for messages in [MESSAGES] * ROUNDS + [LAST_MESSAGES]:
        for rows, part, model in zip(kinds, parts, models, strict=True):
            weight[rows] = part.weight(model)
        probability, next_both = marginals(graph, weight, both=both, messages=messages)
        if messages == MESSAGES:
            both = next_both
            models = [
                part.learn(probability[rows]) for rows, part in zip(kinds, parts, strict=True)
            ]
    return Weighed(np.log2(np.maximum(weight, 1e-300)), probability)


@dataclass(frozen=True)
class Graph:
    """Candidate pairs as edges in both directions.

    ``record`` (2 · n_pairs,) is where an edge starts, first all ``one``, then all ``other``;
    ``side`` numbers a record together with the source of its partner; ``kind`` (n_pairs,) the two
    sources together; ``source`` (n_records,) is each record's own.
    """

    record: np.ndarray
    side: np.ndarray
    kind: np.ndarray
    source: np.ndarray
    n_sources: int

    @classmethod
    def of(cls, candidates: Candidates) -> "Graph":
        """Build the graph of the candidate pairs."""
        source, n = candidates.source, int(candidates.source.max()) + 1
        one, other = candidates.one, candidates.other
        side = np.concatenate([one * n + source[other], other * n + source[one]])
        kind = source[one] * n + source[other]
        return cls(np.concatenate([one, other]), side, kind, source, n)


def marginals(
    graph: Graph, weight: np.ndarray, *, both: float, messages: int
) -> tuple[np.ndarray, float]:
    """Return the probability of each pair when a record has at most one partner per source.

    Parameters
    ----------
    graph : Graph
    weight : ndarray (n_pairs,)
        Odds of the pair against both being alone.
    both : float
        How much likelier a record with a partner in one source is to have one in another: 1 when
        sources tell independently, 0 when an incident is never told three times.
    messages : int
        Rounds of belief propagation; exact for pairs that form a tree.

    Returns
    -------
    probability : ndarray (n_pairs,)
    both : float
        As these probabilities imply.
    """
    n = len(weight)
    odds = np.tile(weight, 2)
    message = np.ones_like(odds)
    for _ in range(messages):
        held = odds * np.concatenate([message[n:], message[:n]])
        factor, total, _ = _around(graph, held, both)
        message = factor / (total[graph.record] - held * factor)
    held = odds * np.concatenate([message[n:], message[:n]])
    factor, total, sums = _around(graph, held, both)
    probability = held * factor / total[graph.record]
    return np.minimum(probability[:n], probability[n:]), _together(graph, sums, total)


def _around(
    graph: Graph, held: np.ndarray, both: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per edge what partners in other sources make of it; per record the odds of all it may do."""
    shape = (len(graph.source), graph.n_sources)
    sums = np.bincount(graph.side, held, shape[0] * shape[1]).reshape(shape)
    free = np.prod(1 + sums, axis=1)
    total = (1 - both) * (1 + sums.sum(axis=1)) + both * free
    factor = (1 - both) + both * free[graph.record] / (1 + sums.ravel()[graph.side])
    return factor, total, sums


def _together(graph: Graph, sums: np.ndarray, total: np.ndarray) -> float:
    """Odds ratio of having partners in two sources, pooled over sources (Mantel–Haenszel)."""
    above, below = 1.0, 1.0  # independent until the records say otherwise
    for source in range(graph.n_sources):
        own = graph.source == source
        n_alone = (1 / total[own]).sum()
        n_one = (sums[own] / total[own, None]).sum(axis=0)
        n_several = max(own.sum() - n_alone - n_one.sum(), 0.0)
        above += n_several * n_alone / max(own.sum(), 1)
        below += (n_one.sum() ** 2 - (n_one**2).sum()) / 2 / max(own.sum(), 1)
    return float(np.clip(above / below, 0.001, 1.0))


class _Pairs:
    """The candidates of two sources, with what of them does not change while learning."""

    def __init__(self, candidates: Candidates, rows: np.ndarray, reach: Reach) -> None:
        one, other = candidates.one[rows], candidates.other[rows]
        self.one = np.unique(one, return_inverse=True)[1]
        self.other = np.unique(other, return_inverse=True)[1]
        self.located = ~np.isnan(candidates.distance_m[rows])
        distance_m = np.where(self.located, candidates.distance_m[rows], 0.0)
        self.distance_edges = np.linspace(0, reach.metres, round(reach.metres / DISTANCE_BIN_M) + 1)
        self.gap_edges = np.linspace(
            0, reach.minutes * 60, round(reach.minutes * 60 / GAP_BIN_S) + 1
        )
        self.distance_m, self.gap_s = distance_m, candidates.gap_s[rows]
        self.span_s = candidates.span_s[rows]
        self.distance_bin = _bin(distance_m, self.distance_edges)
        self.gap_bin = _bin(self.gap_s, self.gap_edges)
        kind = 2 * candidates.is_piled[one] + candidates.is_piled[other]
        self.distance_bin = self.distance_bin + kind * (len(self.distance_edges) - 1)
        self.kind = kind
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
        """Return what is believed before the records are looked at."""
        r, g = _middles(self.distance_edges), _middles(self.gap_edges)
        distance = r * np.exp(-((r / START_SIGMA_M) ** 2) / 2)
        gap = np.exp(-((g / START_SIGMA_S) ** 2) / 2)
        shares = [count / max(count.sum(), 1) for count in self.counts]
        expected = START_SHARE * min(count.sum() for count in self.counts)
        by_chance = np.outer(*shares)
        same = np.diag(np.sqrt(shares[0] * shares[1]))
        together = PRIOR_SAME * same / max(same.sum(), 1e-12) + (1 - PRIOR_SAME) * by_chance
        return Model(
            np.tile(distance / distance.sum(), (4, 1)), gap / gap.sum(), expected * together
        )

    def weight(self, model: Model) -> np.ndarray:
        """Return the odds of each pair."""
        area_m2 = np.pi * np.diff(self.distance_edges**2)
        kinds = [_smooth(d / area_m2, self.distance_edges, self.distance_m) for d in model.distance]
        per_m2 = np.choose(self.kind, kinds)
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
        distance = np.bincount(self.distance_bin, near, start.distance.size)
        gap = np.bincount(self.gap_bin, timed, len(start.gap))
        together = np.bincount(self.cell, probability, self.n_categories**2)
        prior = start.together / start.together.sum()
        return Model(
            _share(distance.reshape(start.distance.shape) + PRIOR_PAIRS * start.distance),
            _share(gap + PRIOR_PAIRS * start.gap),
            together.reshape(prior.shape) + PRIOR_PAIRS * prior,
        )


def _bin(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    return np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)


def _middles(edges: np.ndarray) -> np.ndarray:
    return np.asarray((edges[1:] + edges[:-1]) / 2)


def _smooth(density: np.ndarray, edges: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Read a density between the middles of its bins, on a logarithmic scale."""
    return np.asarray(np.exp(np.interp(at, _middles(edges), np.log(density + 1e-300))))


def _share(values: np.ndarray) -> np.ndarray:
    return np.asarray(values / values.sum(axis=-1, keepdims=True))
