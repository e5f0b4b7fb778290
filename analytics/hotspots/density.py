"""Expected events per km² at the centres of a grid's cells, from a cube or from single events."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analytics.errors import FilterError
from analytics.events.cubes import Moments, linear_binned
from analytics.hotspots.grids import Grid
from analytics.hotspots.kernels import Kernel, make_kernel, smooth, without_rounding
from analytics.settings import CELL_RANGE_M

FloatArray = NDArray[np.float64]
M2_PER_KM2 = 1e6
MAX_NODES = 32_000_000  # of one transform: about 0.8 GB at its peak
# A transform costs per node about as much as this many direct terms.
TERMS_PER_NODE = 2
CHUNK_TERMS = 1_000_000
SMALLEST_FACTOR = 1e-150
INSTANT_TERMS = 500_000_000  # events × cells; about half a second


def binning_cell_m(cell_m: float, bandwidth_m: float, kernel: str) -> tuple[float, int]:
    """Choose the binning cell of a density map.

    c = cell_m / ceil(8·cell_m/h) for the Gaussian, 20 in place of 8 for the quartic: the relative
    error stays under about 0.4 % where the density is at least 1 % of its peak (Gaussian), 1 % for
    the quartic.

    Returns
    -------
    c : float
        Side of a binning cell in metres, at most h/8 (H/20).
    factor : int
        Binning cells per side of a display cell.

    Raises
    ------
    FilterError
        If the cell or the bandwidth is out of range, or the kernel unknown.
    """
    low, high = CELL_RANGE_M
    if not low <= cell_m <= high:
        raise FilterError("filter.cell", value=cell_m, low=low, high=high)
    factor = math.ceil(cell_m / make_kernel(kernel, bandwidth_m).finest_needed_m)
    return cell_m / factor, factor


def density_per_km2(
    moments: Moments, grid: Grid, *, bandwidth_m: float, kernel: str = "gaussian"
) -> FloatArray:
    """Smooth a cube of binned events (linear binning with a variance-corrected Gaussian).

    Events outside the study area count as far as the kernel reaches: 8 σ, or the quartic's
    radius. No correction is made at the edges.

    Parameters
    ----------
    moments : Moments
        Binned at ``grid.cell_m / factor``, see :func:`binning_cell_m`; x and y in ``grid.crs``.
    grid : Grid
        Where the density is wanted.
    bandwidth_m : float
        σ of the Gaussian, or the radius of the quartic, in metres.
    kernel : str
        ``gaussian`` or ``quartic``.

    Returns
    -------
    ndarray of shape (grid.n_rows, grid.n_cols)
        Events per km² over the period of the selection, at every cell centre of the rectangle;
        never negative.

    Raises
    ------
    FilterError
        If the bandwidth is out of range or the kernel unknown.
    ValueError
        If the binning cells do not divide the grid's.
    """
    chosen = make_kernel(kernel, bandwidth_m)
    factor = round(grid.cell_m / moments.cell_m)
    if not (factor and math.isclose(factor * moments.cell_m, grid.cell_m, rel_tol=1e-9)):
        raise ValueError(f"{moments.cell_m} m cells do not divide cells of {grid.cell_m} m")
    density = _smoothed(moments, grid, chosen.for_linear_binning(moments.cell_m), factor)
    return without_rounding(density) * M2_PER_KM2


def exact_density_per_km2(
    xy_m: FloatArray,
    weights: FloatArray,
    grid: Grid,
    *,
    bandwidth_m: float,
    kernel: str = "gaussian",
) -> FloatArray:
    """Sum the kernel over single events, without binning.

    Parameters
    ----------
    xy_m : ndarray of shape (n, 2)
        Coordinates in metres of ``grid.crs``.
    weights : ndarray of shape (n,)
        Weight of each event; one counts it once.
    grid, bandwidth_m, kernel
        As for :func:`density_per_km2`.

    Returns
    -------
    ndarray of shape (grid.n_rows, grid.n_cols)
        Events per km² at every cell centre; the Gaussian is cut where it falls to 1e-150.

    Raises
    ------
    FilterError
        If the bandwidth is out of range or the kernel unknown.
    """
    chosen = make_kernel(kernel, bandwidth_m)
    xy_m, weights = np.asarray(xy_m, dtype=float), np.asarray(weights, dtype=float)
    add = _outer_products if kernel == "gaussian" else _direct_sums
    return add(xy_m, weights, grid, chosen) * M2_PER_KM2


def exact_is_instant(n_events: int, n_cells: int) -> bool:
    """Tell whether :func:`exact_density_per_km2` answers within about half a second."""
    return n_events * n_cells <= INSTANT_TERMS


def _smoothed(moments: Moments, grid: Grid, kernel: Kernel, factor: int) -> FloatArray:
    """Choose the cheaper of two ways to the same sums; halve grids too large for one transform."""
    pad = math.ceil(kernel.reach_m / moments.cell_m)
    n_cols, n_rows = (n * factor + 2 * pad for n in (grid.n_cols, grid.n_rows))
    col0, row0 = grid.col0 * factor - pad, grid.row0 * factor - pad
    near = moments.window(col0, row0, n_cols, n_rows)
    if 4 * len(near.n) * _span(kernel, grid) ** 2 <= TERMS_PER_NODE * n_cols * n_rows:
        return _direct_sums(*_node_weights(near), grid, kernel)
    if n_cols * n_rows > MAX_NODES and grid.n_cols * grid.n_rows > 1:
        axis = int(grid.n_cols >= grid.n_rows)
        halves = [_smoothed(near, half, kernel, factor) for half in _halves(grid, axis)]
        return np.concatenate(halves, axis=axis)
    nodes = linear_binned(near, col0=col0, row0=row0, n_cols=n_cols, n_rows=n_rows)
    # Display centres lie on nodes where the factor is even, half a cell off where it is odd.
    smoothed = smooth(nodes, kernel, moments.cell_m, shift=factor % 2 / 2)
    first = pad + factor // 2
    found = smoothed[first::factor, first::factor][: grid.n_rows, : grid.n_cols]
    return np.ascontiguousarray(found)


def _halves(grid: Grid, axis: int) -> tuple[Grid, Grid]:
    middle = grid.study.shape[axis] // 2
    first, second = np.split(grid.study, [middle], axis=axis)
    if axis:
        west = replace(grid, n_cols=middle, study=first)
        rest = grid.n_cols - middle
        return west, replace(grid, col0=grid.col0 + middle, n_cols=rest, study=second)
    south = replace(grid, n_rows=middle, study=first)
    rest = grid.n_rows - middle
    return south, replace(grid, row0=grid.row0 + middle, n_rows=rest, study=second)


def _node_weights(moments: Moments) -> tuple[FloatArray, FloatArray]:
    """Place every occupied cell's weight on its four corners, in metres."""
    n, a, b, ab = moments.n, moments.sum_a, moments.sum_b, moments.sum_ab
    corners = ((0, 0, n - a - b + ab), (1, 0, a - ab), (0, 1, b - ab), (1, 1, ab))
    xy = [np.column_stack([moments.col + i, moments.row + j]) for i, j, _ in corners]
    weights = np.concatenate([weight for *_, weight in corners])
    placed = weights != 0
    return np.concatenate(xy)[placed] * moments.cell_m, weights[placed]


def _direct_sums(xy_m: FloatArray, weights: FloatArray, grid: Grid, kernel: Kernel) -> FloatArray:
    """Add the kernel of each point to the cell centres within its reach."""
    span = _span(kernel, grid)
    width, height = grid.n_cols + 2 * span, grid.n_rows + 2 * span
    origin = np.array([grid.col0, grid.row0])
    first = np.ceil((xy_m - kernel.reach_m) / grid.cell_m - 0.5).astype(np.int64) - origin + span
    inside = ((first >= 0) & (first < (width - span, height - span))).all(axis=1)
    xy_m, weights, first = xy_m[inside], weights[inside], first[inside]
    steps = np.arange(span)
    total = np.zeros(width * height)
    chunk = max(1, CHUNK_TERMS // span**2)
    for start in range(0, len(xy_m), chunk):
        part = slice(start, start + chunk)
        places = first[part, :, None] + steps
        offsets = (places + (origin - span + 0.5)[:, None]) * grid.cell_m - xy_m[part, :, None]
        squared = offsets**2
        terms = kernel.per_m2(squared[:, 1, :, None] + squared[:, 0, None, :])
        terms *= weights[part, None, None]
        index = places[:, 1, :, None] * width + places[:, 0, None, :]
        total += np.bincount(index.ravel(), terms.ravel(), minlength=len(total))
    return total.reshape(height, width)[span:-span, span:-span]


def _span(kernel: Kernel, grid: Grid) -> int:
    """Most cell centres within reach of a point along one axis."""
    return int(2 * kernel.reach_m / grid.cell_m) + 1


def _outer_products(
    xy_m: FloatArray, weights: FloatArray, grid: Grid, kernel: Kernel
) -> FloatArray:
    """Sum Gaussians as a matrix product of their factors along the axes."""
    total = np.zeros((grid.n_rows, grid.n_cols))
    chunk = max(1, CHUNK_TERMS // (grid.n_rows + grid.n_cols))
    for start in range(0, len(xy_m), chunk):
        x, y = xy_m[start : start + chunk].T
        across = _normal(kernel.along_axis(grid.column_centres_m - x[:, None]))
        along = _normal(kernel.along_axis(grid.row_centres_m[:, None] - y))
        total += (along * weights[start : start + chunk]) @ across
    return total


def _normal(values: FloatArray) -> FloatArray:
    """Drop factors whose products would be subnormal: those cost a processor 100 times more."""
    return np.where(values > SMALLEST_FACTOR, values, 0.0)
