"""Connected regions of cells that hold as much as possible: growth from many seeds, then exchange.

Finding the heaviest connected cells of a given number is NP-hard, so this is a search: it starts
from what plain greedy growth finds, tries other starts and other orders of growth, and keeps only
what is better. No chance is involved: equal input gives equal regions.
"""

from collections.abc import Iterable
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, uniform_filter

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Region = frozenset[int]

SEEDS = 12  # heaviest local peaks a region is grown from
SMOOTHED_CELLS = (1, 3, 5)  # growth follows the cell itself, or the mean around it: it can bridge
MAX_ROUNDS = 20
FRONTIER = 4  # heaviest neighbours that are tried in an exchange
GAIN = 1e-12  # relative; less is rounding, not a better region


def greedy_regions(weights: FloatArray, n: int, size: int) -> IntArray:
    """Grow regions one after the other: the heaviest free cell, then its heaviest neighbours.

    Parameters
    ----------
    weights : ndarray of shape (n_rows, n_cols)
        What each cell holds, ≥ 0; NaN where no region may lie.
    n, size : int
        How many regions, and how many cells each may have.

    Returns
    -------
    ndarray of int, shape (n_rows, n_cols)
        0 outside, 1 … n in the order grown; regions are connected by edges (rook) and disjoint.
        Fewer regions come back where nothing is left to hold.
    """
    field = _Field(weights)
    return field.labels(_sequence(field, size, n, 1, 1))


def best_regions(weights: FloatArray, n: int, size: int) -> IntArray:
    """Return regions that together hold at least what :func:`greedy_regions` finds, mostly more.

    Parameters and result are those of :func:`greedy_regions`; the heaviest region comes first.
    """
    field = _Field(weights)
    starts = [_sequence(field, size, n, 1, 1)]
    starts += [_sequence(field, size, n, side, SEEDS) for side in SMOOTHED_CELLS]
    found = [_improved(field, start, size) for start in starts]
    best = max(found, key=lambda regions: sum(map(field.sum, regions)))
    return field.labels(sorted(best, key=lambda region: (-field.sum(region), min(region))))


class _Field:
    """The weights with a border of forbidden cells, so that every cell has four neighbours."""

    def __init__(self, weights: FloatArray) -> None:
        self.shape = weights.shape
        padded = np.pad(weights, 1, constant_values=np.nan)
        self.allowed = np.isfinite(padded)
        self.around = {side: self._mean(padded, side) for side in SMOOTHED_CELLS}
        self.weight: list[float] = np.nan_to_num(padded).ravel().tolist()
        width = padded.shape[1]
        self.steps = (-width, -1, 1, width)

    def _mean(self, padded: FloatArray, side: int) -> FloatArray:
        mean = uniform_filter(np.nan_to_num(padded), side, mode="constant")
        return np.where(self.allowed, mean, 0.0)

    def sum(self, region: Iterable[int]) -> float:
        return sum(self.weight[cell] for cell in region)

    def neighbours(self, cell: int) -> list[int]:
        return [cell + step for step in self.steps]

    def free(self, taken: Iterable[Region]) -> NDArray[np.bool_]:
        """Mark the cells, flat, that may be used and belong to no region of ``taken``."""
        free = self.allowed.ravel().copy()
        for region in taken:
            free[list(region)] = False
        return free

    def seeds(self, free: NDArray[np.bool_], side: int, n: int) -> list[int]:
        """Return the heaviest free cells that are no lighter than those around them."""
        height = np.where(free.reshape(self.allowed.shape), self.around[side], 0.0)
        peaks = (height > 0) & (height >= maximum_filter(height, 3, mode="constant"))
        cells = np.flatnonzero(peaks)
        order = np.argsort(-height.ravel()[cells], kind="stable")[:n]
        return [int(cell) for cell in cells[order]]

    def labels(self, regions: Iterable[Region]) -> IntArray:
        flat = np.zeros(self.allowed.size, dtype=np.int64)
        for number, region in enumerate(regions, start=1):
            flat[list(region)] = number
        return flat.reshape(self.allowed.shape)[1:-1, 1:-1]


def _sequence(field: _Field, size: int, n: int, side: int, seeds: int) -> list[Region]:
    regions: list[Region] = []
    for _ in range(n):
        region = _heaviest(field, field.free(regions), size, (side,), seeds)
        if region:
            regions.append(region)
    return regions


def _heaviest(
    field: _Field, free: NDArray[np.bool_], size: int, sides: tuple[int, ...], seeds: int
) -> Region:
    """Grow from every seed and keep the heaviest; empty where no free cell holds anything."""
    best, most = frozenset[int](), 0.0
    for side in sides:
        height = field.around[side].ravel()
        for seed in field.seeds(free, side, seeds):
            region = _grown(field, free, height, seed, size)
            if (held := field.sum(region)) > most * (1 + GAIN):
                best, most = region, held
    return best


def _grown(
    field: _Field, free: NDArray[np.bool_], height: FloatArray, seed: int, size: int
) -> Region:
    region: set[int] = set()
    seen, heap = {seed}, [(-height[seed], seed)]
    while heap and len(region) < size:
        top, cell = heappop(heap)
        if not top < 0:
            break
        region.add(cell)
        for other in field.neighbours(cell):
            if free[other] and other not in seen:
                seen.add(other)
                heappush(heap, (-height[other], other))
    return frozenset(region)


def _improved(field: _Field, regions: list[Region], size: int) -> list[Region]:
    """Grow each region anew among the cells the others leave, exchange cells; until nothing helps.

    Every step makes one region heavier and leaves the others, so the sum only rises.
    """
    regions = list(regions)
    for _ in range(MAX_ROUNDS):
        gained = False
        for i, region in enumerate(regions):
            free = field.free([*regions[:i], *regions[i + 1 :]])
            grown = _heaviest(field, free, size, SMOOTHED_CELLS, SEEDS)
            for tried in (_exchanged(field, free, region), _exchanged(field, free, grown)):
                if field.sum(tried) > field.sum(regions[i]) * (1 + GAIN):
                    regions[i], gained = tried, True
        if not gained:
            break
    return regions


def _exchanged(field: _Field, free: NDArray[np.bool_], region: Region) -> Region:
    """Give light cells for heavier neighbours as long as the region stays connected."""
    while True:
        swapped = _one_exchange(field, free, region)
        if swapped is None:
            return region
        region = swapped


def _one_exchange(field: _Field, free: NDArray[np.bool_], region: Region) -> Region | None:
    weight = field.weight
    beside = {o for cell in region for o in field.neighbours(cell) if free[o]} - region
    for heavy in sorted(beside, key=lambda cell: (-weight[cell], cell))[:FRONTIER]:
        for light in sorted(region, key=lambda cell: (weight[cell], cell)):
            if weight[heavy] <= weight[light] * (1 + GAIN):
                break
            swapped = region - {light} | {heavy}
            if is_connected(swapped, field.steps):
                return swapped
    return None


def is_connected(cells: Iterable[int], steps: tuple[int, ...]) -> bool:
    """Tell whether flat indices hang together by ``steps``, in a grid with an empty border."""
    left = set(cells)
    if not left:
        return True
    reached = [left.pop()]
    while reached:
        cell = reached.pop()
        for step in steps:
            if cell + step in left:
                left.remove(cell + step)
                reached.append(cell + step)
    return not left
