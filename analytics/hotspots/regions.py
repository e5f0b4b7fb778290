"""Connected, compact regions of cells that hold as much as possible.

Finding the heaviest connected cells of a given number is NP-hard, so this is a search: it starts
from what plain greedy growth finds, tries other starts and other orders of growth, and keeps only
what is better. No chance is involved: equal input gives equal regions.
"""

import math
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter, uniform_filter

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

# No cell lies farther from where its region starts than so many radii of a disc of its size:
# without it the second region would be a ring around the first, which nobody can patrol.
REACH = 1.75
SEEDS = 12  # heaviest local peaks a region is grown from
SMOOTHED_CELLS = (1, 3, 5)  # growth follows the cell itself, or the mean around it: it can bridge
MAX_ROUNDS = 20
FRONTIER = 4  # heaviest neighbours that are tried in an exchange
MAX_TRADES = 400
GAIN = 1e-12  # relative; less is rounding, not a better region


class Region(NamedTuple):
    """Cells by flat index into the field with its border, and the one they are grown from."""

    seed: int
    cells: frozenset[int]


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
        0 outside, 1 … n in the order grown; regions are disjoint, connected by edges (rook), and
        lie within :func:`reach_cells` of one of their cells. Fewer regions come back where nothing
        is left to hold.
    """
    field = _Field(weights, size)
    return field.labels(_sequence(field, n, 1, 1))


def best_regions(weights: FloatArray, n: int, size: int) -> IntArray:
    """Return regions that together hold at least what :func:`greedy_regions` finds, mostly more.

    Parameters and result are those of :func:`greedy_regions`; the heaviest region comes first.
    Neighbouring regions trade cells until both are as round as they get: the sum stays.
    """
    field = _Field(weights, size)
    starts = [_sequence(field, n, 1, 1)]
    starts += [_sequence(field, n, side, SEEDS) for side in SMOOTHED_CELLS]
    found = [_improved(field, start) for start in starts]
    best = max(found, key=lambda regions: sum(field.sum(region.cells) for region in regions))
    rounded = _rounded(field, best)
    return field.labels(sorted(rounded, key=lambda r: (-field.sum(r.cells), min(r.cells))))


def reach_cells(size: int) -> float:
    """Return how far, in sides of a cell, a region of ``size`` cells may stretch from its start."""
    return REACH * math.sqrt(size / math.pi)


class _Field:
    """The weights with a border of forbidden cells, so that every cell has four neighbours."""

    def __init__(self, weights: FloatArray, size: int) -> None:
        padded = np.pad(weights, 1, constant_values=np.nan)
        self.size = size
        self.allowed = np.isfinite(padded)
        self.around = {side: self._mean(padded, side) for side in SMOOTHED_CELLS}
        self.weight: list[float] = np.nan_to_num(padded).ravel().tolist()
        self.width = int(padded.shape[1])
        self.steps = (-self.width, -1, 1, self.width)
        self.reach2 = reach_cells(size) ** 2

    def _mean(self, padded: FloatArray, side: int) -> FloatArray:
        mean = uniform_filter(np.nan_to_num(padded), side, mode="constant")
        return np.where(self.allowed, mean, 0.0)

    def sum(self, cells: Iterable[int]) -> float:
        return sum(self.weight[cell] for cell in cells)

    def place(self, cell: int) -> tuple[int, int]:
        return divmod(cell, self.width)

    def near(self, seed: int, cell: int) -> bool:
        """Tell whether a cell is within reach of a region's start."""
        (r0, c0), (r1, c1) = self.place(seed), self.place(cell)
        return (r1 - r0) ** 2 + (c1 - c0) ** 2 <= self.reach2

    def beside(self, cells: frozenset[int]) -> set[int]:
        """Return the neighbours of a set of cells."""
        return {cell + step for cell in cells for step in self.steps} - cells

    def free(self, taken: Iterable[Region]) -> NDArray[np.bool_]:
        """Mark the cells, flat, that may be used and belong to no region of ``taken``."""
        free = self.allowed.ravel().copy()
        for region in taken:
            free[list(region.cells)] = False
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
            flat[list(region.cells)] = number
        return flat.reshape(self.allowed.shape)[1:-1, 1:-1]


def _sequence(field: _Field, n: int, side: int, seeds: int) -> list[Region]:
    regions: list[Region] = []
    for _ in range(n):
        region = _heaviest(field, field.free(regions), (side,), seeds)
        if region is not None:
            regions.append(region)
    return regions


def _heaviest(
    field: _Field, free: NDArray[np.bool_], sides: tuple[int, ...], seeds: int
) -> Region | None:
    """Grow from every seed and keep the heaviest; None where no free cell holds anything."""
    best, most = None, 0.0
    for side in sides:
        height = field.around[side].ravel()
        for seed in field.seeds(free, side, seeds):
            region = _grown(field, free, height, seed)
            if (held := field.sum(region.cells)) > most * (1 + GAIN):
                best, most = region, held
    return best


def _grown(field: _Field, free: NDArray[np.bool_], height: FloatArray, seed: int) -> Region:
    cells: set[int] = set()
    seen, heap = {seed}, [(-height[seed], seed)]
    while heap and len(cells) < field.size:
        top, cell = heappop(heap)
        if not top < 0:
            break
        cells.add(cell)
        for other in (cell + step for step in field.steps):
            if free[other] and other not in seen and field.near(seed, other):
                seen.add(other)
                heappush(heap, (-height[other], other))
    return Region(seed, frozenset(cells))


def _improved(field: _Field, regions: list[Region]) -> list[Region]:
    """Grow each region anew among the cells the others leave, exchange cells; until nothing helps.

    Every step makes one region heavier and leaves the others, so the sum only rises.
    """
    regions = list(regions)
    for _ in range(MAX_ROUNDS):
        gained = False
        for i, region in enumerate(regions):
            free = field.free([*regions[:i], *regions[i + 1 :]])
            grown = _heaviest(field, free, SMOOTHED_CELLS, SEEDS) or region
            for tried in (_exchanged(field, free, region), _exchanged(field, free, grown)):
                if field.sum(tried.cells) > field.sum(regions[i].cells) * (1 + GAIN):
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
    weight, (seed, cells) = field.weight, region
    beside = [o for o in field.beside(cells) if free[o] and field.near(seed, o)]
    for heavy in sorted(beside, key=lambda cell: (-weight[cell], cell))[:FRONTIER]:
        for light in sorted(cells, key=lambda cell: (weight[cell], cell)):
            if weight[heavy] <= weight[light] * (1 + GAIN):
                break
            swapped = cells - {light} | {heavy}
            if light != seed and is_connected(swapped, field.steps):
                return Region(seed, swapped)
    return None


def _rounded(field: _Field, regions: list[Region]) -> list[Region]:
    """Let neighbouring regions trade cells, one for one, as long as both together get rounder."""
    regions = list(regions)
    for _ in range(MAX_TRADES):
        trades = (
            (i, j, *made)
            for i in range(len(regions))
            for j in range(i + 1, len(regions))
            if (made := _one_trade(field, regions[i], regions[j])) is not None
        )
        trade = next(trades, None)
        if trade is None:
            break
        i, j, one, other = trade
        regions[i], regions[j] = one, other
    return regions


def _one_trade(field: _Field, one: Region, other: Region) -> tuple[Region, Region] | None:
    """Return both regions after the trade that makes them roundest; None if none does."""
    given = sorted(one.cells & field.beside(other.cells) - {one.seed})
    taken = sorted(other.cells & field.beside(one.cells) - {other.seed})
    before = _spread(field, one.cells) + _spread(field, other.cells)
    tried = []
    for a in given:
        for b in taken:
            if field.near(other.seed, a) and field.near(one.seed, b):
                left, right = one.cells - {a} | {b}, other.cells - {b} | {a}
                after = _spread(field, left) + _spread(field, right)
                if after < before * (1 - GAIN):
                    tried.append((after, a, b, left, right))
    for _, _, _, left, right in sorted(tried, key=lambda trade: trade[:3]):
        if is_connected(left, field.steps) and is_connected(right, field.steps):
            return Region(one.seed, left), Region(other.seed, right)
    return None


def _spread(field: _Field, cells: frozenset[int]) -> float:
    """Sum of squared distances of the cells from their middle, in sides of a cell."""
    places = [field.place(cell) for cell in cells]
    n, rows, cols = len(places), sum(r for r, _ in places), sum(c for _, c in places)
    squares = sum(r * r + c * c for r, c in places)
    return squares - (rows * rows + cols * cols) / n


def is_connected(cells: Iterable[int], steps: tuple[int, ...]) -> bool:
    """Tell whether flat indices hang together by ``steps``, in a grid with an empty border."""
    left = set(cells)
    reached = [left.pop()] if left else []
    while reached:
        cell = reached.pop()
        for step in steps:
            if cell + step in left:
                left.remove(cell + step)
                reached.append(cell + step)
    return not left
