"""Hits in each model's highest cells, as hit rate, PAI and PEI* with resampled intervals."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.hotspots.concentration import cells_in_share, inclusion

FloatArray = NDArray[np.float64]
SHARES = (0.005, 0.01, 0.02, 0.05, 0.1)
MODELS = ("density", "count", "prospective", "best")
DRAWS = 1000
INTERVAL = (0.025, 0.975)
MIN_WINDOWS_TO_RESAMPLE = 5
COLUMNS = (
    "window",
    "share",
    "model",
    "n",
    "hit_rate",
    "pai",
    "pei_star",
    "pai_low",
    "pai_high",
)


@dataclass(frozen=True, eq=False)
class Score:
    """One window's captures: ``n`` of shape (shares, models), ``draws`` (shares, models, DRAWS).

    ``total`` is N, the test events of the study area. Shares as :data:`SHARES`, ``models`` as they
    were ranked and ``best`` last.
    """

    models: tuple[str, ...]
    n: FloatArray
    draws: FloatArray
    total: float


def scored(
    rankings: dict[str, FloatArray],
    test: FloatArray,
    study: NDArray[np.bool_],
    *,
    rng: np.random.Generator,
) -> Score:
    """Count the test events in each model's highest cells, and again in resampled test events.

    The cells stay as chosen while the N test events are drawn anew (a multinomial of the observed
    cells), so the interval tells how much the score owes to which events happened to come. Ties
    count by expected value, see :func:`analytics.hotspots.concentration.inclusion`.

    Parameters
    ----------
    rankings : dict
        Model → array of shape (n_rows, n_cols): what ranks the cells.
    test : ndarray of shape (n_rows, n_cols)
        Events of the test days per cell; at least one in the study area.
    study : ndarray of bool, shape (n_rows, n_cols)
        The study area.
    rng : numpy.random.Generator
        Where the draws come from.
    """
    events = test[study]
    total = float(events.sum())
    models = (*rankings, "best")
    shape = (len(SHARES), len(models))
    n, draws = np.empty(shape), np.empty((*shape, DRAWS))
    for i, share in enumerate(SHARES):
        k = cells_in_share(study, share)
        for j, model in enumerate(models):
            values = events if model == "best" else rankings[model][study]
            inside = inclusion(values, k)
            n[i, j] = events @ inside
            draws[i, j] = _resampled(events, inside, total, rng)
    return Score(models, n, draws, total)


def _resampled(
    events: FloatArray, inside: FloatArray, total: float, rng: np.random.Generator
) -> FloatArray:
    """Draw N events anew; cells above the cut, at it and below it are all that matters."""
    tied = (inside > 0) & (inside < 1)
    parts = np.array([events[inside == 1].sum(), events[tied].sum()]) / total
    chances = np.append(parts, max(0.0, 1 - parts.sum()))
    size = max(1, round(total))  # spans cut by a filter leave parts of events
    drawn = rng.multinomial(size, chances / chances.sum(), size=DRAWS)
    places = inside[tied][0] if tied.any() else 0.0
    captured: FloatArray = (drawn[:, 0] + places * drawn[:, 1]) * (total / size)
    return captured


def frames(
    scores: list[Score], study: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the frame of every window and the one over all windows."""
    parts = [
        _rows(score.models, score.n, score.total, score.draws / score.total, study).assign(
            window=number
        )
        for number, score in enumerate(scores, start=1)
    ]
    n = np.stack([score.n for score in scores])
    totals = np.array([score.total for score in scores])
    if len(scores) >= MIN_WINDOWS_TO_RESAMPLE:
        chosen = rng.integers(len(scores), size=(DRAWS, len(scores)))
        hits = n[chosen].sum(axis=1) / totals[chosen].sum(axis=1)[:, None, None]
        hits = np.moveaxis(hits, 0, -1)
    else:
        hits = sum(score.draws for score in scores) / totals.sum()
    frame = pd.concat(parts, ignore_index=True)[list(COLUMNS)]
    return frame, _rows(scores[0].models, n.sum(axis=0), float(totals.sum()), hits, study)


def _rows(
    models: tuple[str, ...],
    n: FloatArray,
    total: float,
    hit_draws: FloatArray,
    study: NDArray[np.bool_],
) -> pd.DataFrame:
    """Turn captures into rates; the area of a share is that of its whole cells."""
    n_cells = int(np.count_nonzero(study))
    covered = np.array([cells_in_share(study, share) / n_cells for share in SHARES])[:, None]
    low, high = np.quantile(hit_draws, INTERVAL, axis=-1) / covered
    values = {
        "n": n,
        "hit_rate": n / total,
        "pai": n / total / covered,
        # Sums in another order may differ in the last digit, and no model beats the best one.
        "pei_star": np.minimum(1.0, n / n[:, [-1]]),
        "pai_low": low,
        "pai_high": high,
    }
    return pd.DataFrame(
        {
            "share": np.repeat(SHARES, len(models)),
            "model": np.tile(models, len(SHARES)),
            **{name: value.ravel() for name, value in values.items()},
        }
    )
