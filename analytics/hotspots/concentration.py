"""How much of the events a small share of the area holds."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.errors import FilterError, TooFewEventsError

FloatArray = NDArray[np.float64]
EVENT_SHARES = (0.25, 0.5, 0.8)
FIFTH = 0.2


@dataclass(frozen=True, eq=False)
class Concentration:
    """How unevenly the events lie over the study area.

    ``curve`` as :func:`concentration_curve`; ``area_for`` the share of the area that holds each of
    :data:`EVENT_SHARES`; ``in_fifth`` the share of the events in the fullest 20 % of the area;
    ``gini`` as :func:`generalised_gini`; ``n`` events in ``n_cells`` cells of ``cell_m`` metres.
    """

    curve: pd.DataFrame
    area_for: dict[float, float]
    in_fifth: float
    gini: float
    n: float
    n_cells: int
    cell_m: float


def concentration(counts: FloatArray, study: NDArray[np.bool_], *, cell_m: float) -> Concentration:
    """Measure the concentration of events on cells.

    Parameters
    ----------
    counts : ndarray of shape (n_rows, n_cols)
        Events per cell; what lies outside the study area does not count.
    study : ndarray of bool, shape (n_rows, n_cols)
        The study area.
    cell_m : float
        Side of a cell in metres: finer cells always look more concentrated.

    Raises
    ------
    TooFewEventsError
        If the study area holds no event.
    """
    return Concentration(
        curve=concentration_curve(counts, study),
        area_for={share: area_holding(counts, study, share) for share in EVENT_SHARES},
        in_fifth=top_share(counts, counts, study, FIFTH),
        gini=generalised_gini(counts, study),
        n=float(counts[study].sum()),
        n_cells=int(np.count_nonzero(study)),
        cell_m=cell_m,
    )


def cells_in_share(study: NDArray[np.bool_], share: float) -> int:
    """Return how many cells make a share of the study area: max(1, round(share·n)).

    Raises
    ------
    FilterError
        If the share is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise FilterError("filter.share", value=share)
    return max(1, round(share * int(np.count_nonzero(study))))


def inclusion(values: FloatArray, k: int) -> FloatArray:
    """Return how surely each cell is among the k of highest value, ties broken by chance.

    If t cells tie for the last m places, each is in with m/t: what they add to any sum is its
    expected value, whatever the order of the cells.

    Parameters
    ----------
    values : ndarray of shape (n,)
        What ranks the cells.
    k : int
        Number of places, 1 to n.

    Returns
    -------
    ndarray of shape (n,)
        1 above the cut, m/t at it, 0 below; sums to k.
    """
    last = np.partition(values, -k)[-k]
    above, tied = values > last, values == last
    places = (k - np.count_nonzero(above)) / np.count_nonzero(tied)
    return np.where(above, 1.0, np.where(tied, places, 0.0))


def top_share(
    values: FloatArray, counts: FloatArray, study: NDArray[np.bool_], share: float
) -> float:
    """Return the share of events in the cells of highest value.

    Cells tied at the last place count by their expected value: if t tied cells compete for m
    places, each brings m/t of its events. So the result depends on no order of the cells.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_cols)
        What ranks the cells: a density, or counts of an earlier period.
    counts : ndarray of shape (n_rows, n_cols)
        The events to capture.
    study : ndarray of bool, shape (n_rows, n_cols)
        The study area.
    share : float
        Share of the study cells, above 0 and at most 1.

    Returns
    -------
    float
        From 0 to 1; NaN if the study area holds no event.

    Raises
    ------
    FilterError
        If the share is not above 0 and at most 1.
    """
    k = cells_in_share(study, share)
    ranked, events = values[study], counts[study]
    total = float(events.sum())
    if not total > 0:
        return float("nan")
    return float(events @ inclusion(ranked, k)) / total


def top_cells(values: FloatArray, study: NDArray[np.bool_], share: float) -> NDArray[np.bool_]:
    """Mark the cells of highest value, exactly ``cells_in_share`` of them, for drawing.

    Ties go to the westernmost cell, then to the southernmost: the order of the cell table.

    Parameters
    ----------
    values, study, share
        As for :func:`top_share`.

    Returns
    -------
    ndarray of bool, shape (n_rows, n_cols)
        True for the chosen cells.

    Raises
    ------
    FilterError
        If the share is not above 0 and at most 1.
    """
    k = cells_in_share(study, share)
    rows, cols = np.nonzero(study)
    first = np.lexsort((rows, cols, -values[study]))[:k]
    chosen = np.zeros(study.shape, dtype=bool)
    chosen[rows[first], cols[first]] = True
    return chosen


def concentration_curve(counts: FloatArray, study: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the 80–20 curve: what share of the events the fullest cells hold.

    Returns
    -------
    pandas.DataFrame
        ``area_share`` and ``event_share``, both from 0 to 1, one row per study cell after a first
        row of zeros, the fullest cell first.

    Raises
    ------
    TooFewEventsError
        If the study area holds no event.
    """
    fullest_first = np.sort(_study_counts(counts, study))[::-1]
    held = np.concatenate([[0.0], np.cumsum(fullest_first)])
    area = np.arange(len(held)) / (len(held) - 1)
    return pd.DataFrame({"area_share": area, "event_share": held / held[-1]})


def area_holding(counts: FloatArray, study: NDArray[np.bool_], share: float) -> float:
    """Return the smallest share of the area, in whole cells, that holds ``share`` of the events.

    Parameters
    ----------
    counts : ndarray of shape (n_rows, n_cols)
        Events per cell.
    study : ndarray of bool, shape (n_rows, n_cols)
        The study area.
    share : float
        Share of the events, above 0 and at most 1: 0.25 or 0.5 as Weisburd (2015) compares cities.

    Raises
    ------
    FilterError
        If the share is not above 0 and at most 1.
    TooFewEventsError
        If the study area holds no event.
    """
    if not 0 < share <= 1:
        raise FilterError("filter.share", value=share)
    curve = concentration_curve(counts, study)
    # Half of the events summed cell by cell may miss one half by a rounding.
    enough = int(np.argmax(curve["event_share"].to_numpy() >= share * (1 - 1e-12)))
    return float(curve["area_share"].iloc[enough])


def generalised_gini(counts: FloatArray, study: NDArray[np.bool_]) -> float:
    """Return G' of Bernasco & Steenbeek (2017): 0 if spread as evenly as can be, towards 1 in one.

    The plain Gini calls fewer events than cells concentrated even where no two share a cell. With
    c events in p cells and shares y of the events in ascending order,
    G' = max(1/c, 1/p)·(2 Σ i·y_i − p − 1) − max(p/c, 1) + 1; it equals the plain Gini if c ≥ p.

    Parameters
    ----------
    counts : ndarray of shape (n_rows, n_cols)
        Events per cell.
    study : ndarray of bool, shape (n_rows, n_cols)
        The study area.

    Raises
    ------
    TooFewEventsError
        If the study area holds no event.
    """
    y = np.sort(_study_counts(counts, study))
    c, p = float(y.sum()), len(y)
    ranked = 2 * float(np.arange(1, p + 1) @ y) / c - p - 1
    return max(1 / c, 1 / p) * ranked - max(p / c, 1) + 1


def _study_counts(counts: FloatArray, study: NDArray[np.bool_]) -> FloatArray:
    inside = counts[study]
    if not inside.sum() > 0:
        raise TooFewEventsError("filter.no_events", n=0, minimum=1)
    return inside
