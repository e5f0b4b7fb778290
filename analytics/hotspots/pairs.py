"""Sweeps over pairs of events, compiled: events sorted by x meet only those within reach."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Pairs = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]]


@njit(nogil=True, cache=True)
def near_counts(xy_m: FloatArray, edges_m: FloatArray) -> IntArray:
    """Count for each event the later ones, in the order of x, that lie in some band.

    Parameters
    ----------
    xy_m : ndarray of shape (n, 2)
        Metres, sorted by x.
    edges_m : ndarray of shape (bands + 1,)
        Rising edges of right-open bands of distance.
    """
    counts = np.zeros(len(xy_m), dtype=np.int64)
    for i in range(len(xy_m)):
        for j in range(i + 1, len(xy_m)):
            dx, dy = xy_m[j, 0] - xy_m[i, 0], xy_m[j, 1] - xy_m[i, 1]
            if dx >= edges_m[-1]:
                break
            distance = math.sqrt(dx * dx + dy * dy)
            if edges_m[0] <= distance < edges_m[-1]:
                counts[i] += 1
    return counts


@njit(nogil=True, cache=True)
def near_pairs(xy_m: FloatArray, edges_m: FloatArray, start: int, end: int, size: int) -> Pairs:
    """List the pairs whose first event is one of ``start`` to ``end``: both events and the band.

    ``size`` is the sum of :func:`near_counts` over them; the rest as there.
    """
    first, second = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
    band = np.empty(size, dtype=np.uint8)
    at = 0
    for i in range(start, end):
        for j in range(i + 1, len(xy_m)):
            dx, dy = xy_m[j, 0] - xy_m[i, 0], xy_m[j, 1] - xy_m[i, 1]
            if dx >= edges_m[-1]:
                break
            distance = math.sqrt(dx * dx + dy * dy)
            if edges_m[0] <= distance < edges_m[-1]:
                first[at], second[at] = i, j
                band[at] = np.searchsorted(edges_m, distance, side="right") - 1
                at += 1
    return first, second, band


@njit(nogil=True, cache=True)
def counted_pairs(
    first: NDArray[np.int32],
    second: NDArray[np.int32],
    band: NDArray[np.uint8],
    days: NDArray[np.int32],
    edges_days: NDArray[np.int32],
    n_bands: int,
) -> IntArray:
    """Count pairs by band of distance and of days apart, shape (n_bands, time bands)."""
    counts = np.zeros((n_bands, len(edges_days) - 1), dtype=np.int64)
    for k in range(len(first)):
        apart = abs(days[first[k]] - days[second[k]])
        if apart < edges_days[0] or apart >= edges_days[-1]:
            continue
        column = 0
        while apart >= edges_days[column + 1]:
            column += 1
        counts[band[k], column] += 1
    return counts
