"""Which cells hold more events, with their neighbours, than chance explains: Getis–Ord Gi*."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import false_discovery_control

from analytics.errors import TooFewEventsError

FloatArray = NDArray[np.float64]
Scalar = TypeVar("Scalar", bound=np.generic)
MIN_EVENTS = 30
SIGNIFICANCE = 0.05
# Confidence in percent of each class, and the corrected p it needs; the strictest last.
CLASSES = ((90, 0.10), (95, 0.05), (99, 0.01))


@dataclass(frozen=True, eq=False)
class GiStar:
    """Gi* of every cell; arrays of the grid's shape ``(n_rows, n_cols)``, row 0 in the south.

    ``z``, ``p`` (two-sided) and ``q`` (Benjamini–Hochberg over all study cells) are NaN outside
    the study area. ``significant``: hot with q ≤ .05. ``gi_class``: 99, 95 or 90 for hot cells
    whose q is at most .01, .05 or .10, the same negative for cold ones, else 0.
    """

    z: FloatArray
    p: FloatArray
    q: FloatArray
    significant: NDArray[np.bool_]
    gi_class: NDArray[np.int8]


def gi_star(counts: FloatArray, study: NDArray[np.bool_]) -> GiStar:
    """Compute Gi* with queen neighbours and self, binary weights, inside a study area.

    z = (Σ_j x_j − x̄·W) / (S·√((n·W − W²)/(n − 1))) over the W study cells of the 3 × 3
    neighbourhood, n study cells in all, S² the population variance (Ord & Getis 1995). A cell is
    called cold only if its neighbourhood holds any event: on sparse counts an empty
    neighbourhood says that little was recorded, not that it is safe.

    Parameters
    ----------
    counts : ndarray of shape (n_rows, n_cols)
        Events per cell; what lies outside the study area does not count.
    study : ndarray of bool, shape (n_rows, n_cols)
        The study area.

    Raises
    ------
    TooFewEventsError
        If the study area holds fewer than 30 events, or all its cells hold the same number; gives
        ``n`` and ``minimum``.
    """
    x = np.where(study, counts, 0.0)
    n, total = int(np.count_nonzero(study)), float(x.sum())
    values = x[study]
    if total < MIN_EVENTS or np.ptp(values) == 0:
        raise TooFewEventsError("gi.too_few", n=round(total, 2), minimum=MIN_EVENTS)
    neighbourhood, size = _sum_3x3(x)[study], _sum_3x3(study.astype(float))[study]
    deviation = values.std() * np.sqrt((n * size - size**2) / (n - 1))
    # Where the neighbourhood is the whole study area there is nothing to compare it with.
    difference = neighbourhood - total / n * size
    z = np.divide(difference, deviation, out=np.zeros(n), where=deviation > 0)
    p = 2 * ndtr(-np.abs(z))
    q = false_discovery_control(p)
    sign = np.where(z > 0, 1, np.where(neighbourhood > 0, -1, 0))
    gi_class = np.zeros(n, dtype=np.int8)
    for percent, level in CLASSES:
        gi_class[q <= level] = percent
    return GiStar(
        z=_on_grid(z, study, np.nan),
        p=_on_grid(p, study, np.nan),
        q=_on_grid(q, study, np.nan),
        significant=_on_grid((q <= SIGNIFICANCE) & (z > 0), study, False),
        gi_class=_on_grid(gi_class * sign.astype(np.int8), study, 0),
    )


def _sum_3x3(values: FloatArray) -> FloatArray:
    padded = np.pad(values, 1)
    across = padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]
    summed: FloatArray = across[:-2] + across[1:-1] + across[2:]
    return summed


def _on_grid(values: NDArray[Scalar], study: NDArray[np.bool_], empty: float) -> NDArray[Scalar]:
    grid = np.full(study.shape, empty, dtype=values.dtype)
    grid[study] = values
    return grid
