"""Challenges: proposals scored on criteria by several evaluators, and what the choice hangs on."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.errors import ProgrammeError
from analytics.programmes.fields import Table, Words
from analytics.settings import ROOT

CASES = ROOT / "data" / "reference" / "challenges"
SCORES = (1, 5)
DECISIONS = ("open", "pilot", "purchase", "internal_development", "none")
DRAWS = 2000


@dataclass(frozen=True)
class Criterion:
    """What proposals are judged on; weights are shares of their sum."""

    key: str
    name: Words
    weight: float


@dataclass(frozen=True)
class Case:
    """A challenge as a published case tells it: facts only, ``source`` says whose."""

    key: str
    title: Words
    city: str
    country: str
    criteria: tuple[Criterion, ...]
    finalists: tuple[str, ...]
    proposals_received: int
    decision: str
    reason: Words
    source: str


def published_case(key: str, folder: Path = CASES) -> Case:
    """Read one published case.

    Raises
    ------
    ProgrammeError
        ``template.unknown`` if there is none; otherwise names file, key and what is expected.
    """
    path = folder / f"{key}.toml"
    known = sorted(found.stem for found in folder.glob("*.toml"))
    if key not in known:
        raise ProgrammeError("template.unknown", value=key, known=", ".join(known))
    table = Table(tomllib.loads(path.read_text(encoding="utf-8")), path.name)
    decision = table.text("decision")
    if decision not in DECISIONS:
        raise table.wrong("decision", decision, ", ".join(DECISIONS))
    finalists = [(entry, entry.text("name")) for entry in table.tables("finalists")]
    return table.read_whole(
        Case(
            key=table.name("key"),
            title=table.words("title"),
            city=table.text("city"),
            country=table.text("country"),
            criteria=tuple(_criterion(entry) for entry in table.tables("criteria")),
            finalists=tuple(entry.read_whole(name) for entry, name in finalists),
            proposals_received=int(table.number("proposals_received", 0, 10_000)),
            decision=decision,
            reason=table.words("reason"),
            source=table.text("source"),
        )
    )


def ranking(scores: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """Rank proposals by the weighted mean of their criteria.

    Parameters
    ----------
    scores : pandas.DataFrame
        ``proposal, criterion, evaluator, score`` (1–5), one row per judgement.
    weights : Mapping
        Criterion → weight, in any unit; only shares matter.

    Returns
    -------
    pandas.DataFrame
        ``proposal, score`` (1–5; missing where a criterion was judged by nobody)``, n_evaluators,
        disagreement`` (largest spread between two evaluators on one criterion)``, disputed`` (that
        criterion), the best first.

    Raises
    ------
    ProgrammeError
        ``challenge.score``, ``challenge.twice`` or ``challenge.weights``.
    """
    scores = scores.astype({"score": float})
    means = _means(scores, weights)
    shares = shares_of(weights)
    spread = scores.groupby(["proposal", "criterion"])["score"].agg(lambda s: s.max() - s.min())
    widest = spread.unstack().reindex(columns=list(weights))
    n = scores.groupby("proposal")["evaluator"].nunique()
    found = pd.DataFrame(
        {
            "proposal": means.index.to_numpy(),
            "score": means.to_numpy() @ shares,
            "n_evaluators": n.loc[means.index].to_numpy(),
            "disagreement": widest.max(axis=1).loc[means.index].to_numpy(),
            "disputed": widest.fillna(-1).idxmax(axis=1).loc[means.index].to_numpy(),
        }
    )
    return found.sort_values(["score", "proposal"], ascending=[False, True], ignore_index=True)


def sensitivity(
    scores: pd.DataFrame, weights: Mapping[str, float], *, finalists: int, seed: int = 1
) -> pd.DataFrame:
    """Tell how often each proposal stays among the finalists when the weights change.

    Weights are drawn 2,000 times: ``nearby`` within a quarter of what was agreed, ``anywhere``
    evenly over all weights there could be.

    Returns
    -------
    pandas.DataFrame
        ``proposal, nearby, anywhere``: shares 0–1, in the order of :func:`ranking`. A tie is
        shared out evenly, so that the shares add up to the number of finalists.
    """
    scores = scores.astype({"score": float})
    means = _means(scores, weights).dropna()
    shares, rng = shares_of(weights), np.random.default_rng(seed)
    around = shares * rng.uniform(0.75, 1.25, (DRAWS, len(shares)))
    drawn = {
        "nearby": around / around.sum(axis=1, keepdims=True),
        "anywhere": rng.dirichlet(np.ones(len(shares)), DRAWS),
    }
    found = pd.DataFrame({"proposal": means.index.to_numpy()})
    for name, draws in drawn.items():
        found[name] = _share_among(draws @ means.to_numpy().T, finalists)
    order = ranking(scores, weights)["proposal"]
    return found.set_index("proposal").reindex(order[order.isin(means.index)]).reset_index()


def shares_of(weights: Mapping[str, float]) -> np.ndarray:
    """Return the weights as shares of their sum, in their order.

    Raises
    ------
    ProgrammeError
        ``challenge.weights`` if there are none, one is negative or all are nought.
    """
    values = np.array(list(weights.values()), dtype=float)
    if not len(values) or (values < 0).any() or values.sum() <= 0:
        raise ProgrammeError("challenge.weights", value=", ".join(f"{v:g}" for v in values))
    shares: np.ndarray = values / values.sum()
    return shares


def _means(scores: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    low, high = SCORES
    outside = scores[~scores["score"].between(low, high)]
    if len(outside):
        row = outside.iloc[0]
        raise ProgrammeError(
            "challenge.score", proposal=row["proposal"], value=row["score"], low=low, high=high
        )
    keys = ["proposal", "criterion", "evaluator"]
    twice = scores[scores.duplicated(keys)]
    if len(twice):
        row = twice.iloc[0]
        raise ProgrammeError(
            "challenge.twice", proposal=row["proposal"], evaluator=row["evaluator"]
        )
    means: pd.DataFrame = scores.groupby(["proposal", "criterion"])["score"].mean().unstack()
    return means.reindex(columns=list(weights))


def _share_among(totals: np.ndarray, finalists: int) -> np.ndarray:
    """Mean chance of being among the best, ties sharing the places that are left."""
    n = totals.shape[1]
    if finalists >= n:
        return np.ones(n)
    rounded = totals.round(9)
    cut = np.sort(rounded, axis=1)[:, n - finalists][:, None]
    above, tied = rounded > cut, rounded == cut
    left = (finalists - above.sum(axis=1)) / tied.sum(axis=1)
    chance: np.ndarray = (above + tied * left[:, None]).mean(axis=0)
    return chance


def _criterion(table: Table) -> Criterion:
    weight = table.number("weight", 0, 1000)
    return table.read_whole(Criterion(table.name("key"), table.words("name"), weight))
