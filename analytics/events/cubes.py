"""Cubes of counts: the four sums per binning cell, and what they rebuild exactly.

Per cell the engine returns the count and the sums of the fractional offsets a (east), b (north)
and a·b of its events; they are all that bilinear weights on the cell's four corners need.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from analytics.hotspots.grids import Grid

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
# Relative: a quotient this near below a whole number is that number, so that a point on a cell's
# edge belongs to the cell it opens even where the side (100/3 m) is not a binary fraction.
ROUNDING = 4e-16


@dataclass(frozen=True, eq=False)
class Moments:
    """Sums over the events of each occupied cell, as parallel arrays.

    ``col = floor(x / cell_m)``, ``row = floor(y / cell_m)`` in the city's projected CRS; ``n`` is
    the (weighted) count, ``sum_a``, ``sum_b``, ``sum_ab`` the sums of the offsets from the cell's
    south-west corner, in cells.
    """

    cell_m: float
    col: IntArray
    row: IntArray
    n: FloatArray
    sum_a: FloatArray
    sum_b: FloatArray
    sum_ab: FloatArray

    def window(self, col0: int, row0: int, n_cols: int, n_rows: int) -> "Moments":
        """Keep the cells with col0 ≤ col < col0 + n_cols and row0 ≤ row < row0 + n_rows."""
        inside = (
            (self.col >= col0)
            & (self.col < col0 + n_cols)
            & (self.row >= row0)
            & (self.row < row0 + n_rows)
        )
        if inside.all():
            return self
        kept = (getattr(self, name)[inside] for name in _ARRAYS)
        return Moments(self.cell_m, *kept)


_ARRAYS = ("col", "row", "n", "sum_a", "sum_b", "sum_ab")


def moments_of(xy_m: FloatArray, cell_m: float, weights: FloatArray | None = None) -> Moments:
    """Compute the moments of points held in memory, as the engine does in SQL.

    Parameters
    ----------
    xy_m : ndarray of shape (n, 2)
        Projected coordinates in metres.
    cell_m : float
        Side of a binning cell in metres.
    weights : ndarray of shape (n,), optional
        Weight of each point; one by default.
    """
    scaled = np.asarray(xy_m, dtype=float) / cell_m
    cells = np.floor(scaled + np.abs(scaled) * ROUNDING)
    a, b = np.maximum(scaled - cells, 0).T
    weight = np.ones(len(scaled)) if weights is None else np.asarray(weights, dtype=float)
    index, which = np.unique(cells.astype(np.int64), axis=0, return_inverse=True)
    which = which.reshape(-1)
    sums: list[FloatArray] = [
        np.bincount(which, values, minlength=len(index)).astype(float)
        for values in (weight, weight * a, weight * b, weight * a * b)
    ]
    col, row = index.T if len(index) else (np.empty(0, np.int64), np.empty(0, np.int64))
    return Moments(cell_m, col, row, *sums)


def linear_binned(
    moments: Moments, *, col0: int, row0: int, n_cols: int, n_rows: int
) -> FloatArray:
    """Spread every event bilinearly over the corners of its cell, exactly.

    Parameters
    ----------
    moments : Moments
        Cells outside the window are left out.
    col0, row0, n_cols, n_rows : int
        Window of cells, in cells of the lattice.

    Returns
    -------
    ndarray of shape (n_rows + 1, n_cols + 1)
        Weight on each lattice node ``((col0 + j)·cell_m, (row0 + i)·cell_m)``; sums to the count
        of events inside the window.
    """
    inside = moments.window(col0, row0, n_cols, n_rows)
    shape = (n_rows + 1, n_cols + 1)
    flat = (inside.row - row0) * shape[1] + (inside.col - col0)
    n, a, b, ab = inside.n, inside.sum_a, inside.sum_b, inside.sum_ab
    corners = ((0, n - a - b + ab), (1, a - ab), (shape[1], b - ab), (shape[1] + 1, ab))
    nodes = np.zeros(shape[0] * shape[1])
    for step, weight in corners:
        nodes += np.bincount(flat + step, weight, minlength=len(nodes))
    return nodes.reshape(shape)


def cell_counts(moments: Moments, factor: int, grid: "Grid") -> FloatArray:
    """Add binning cells up to the counts of the grid's cells.

    Parameters
    ----------
    moments : Moments
        Binned at ``grid.cell_m / factor``.
    factor : int
        Binning cells per side of a grid cell.
    grid : Grid
        Events outside its rectangle are left out.

    Returns
    -------
    ndarray of shape (grid.n_rows, grid.n_cols)
        (Weighted) count of events in each half-open cell.
    """
    inside = moments.window(
        grid.col0 * factor, grid.row0 * factor, grid.n_cols * factor, grid.n_rows * factor
    )
    col, row = inside.col // factor - grid.col0, inside.row // factor - grid.row0
    size = grid.n_rows * grid.n_cols
    counts: FloatArray = np.bincount(row * grid.n_cols + col, inside.n, minlength=size).astype(
        float
    )
    return counts.reshape(grid.n_rows, grid.n_cols)
