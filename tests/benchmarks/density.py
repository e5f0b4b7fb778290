"""Density from the cube against scikit-learn's sum over every event."""

import numpy as np
from sklearn.neighbors import KernelDensity

from analytics.events.cubes import moments_of
from analytics.hotspots.density import binning_cell_m, density_per_km2
from analytics.hotspots.grids import Grid
from tests.benchmarks.clusters import events_m, square_grid
from tests.benchmarks.timing import milliseconds, seconds

EVENTS = 100_000
SIDE_CELLS = 200
CELL_M = 100.0
BANDWIDTH_M = 200.0
NODES = 400
REPEATS = 5


def run() -> list[str]:
    """Time a density of 100,000 events on 40,000 cells."""
    grid = square_grid(SIDE_CELLS, CELL_M)
    xy_m = events_m(EVENTS, SIDE_CELLS * CELL_M)
    binning_m, _ = binning_cell_m(CELL_M, BANDWIDTH_M, "gaussian")
    moments = moments_of(xy_m, binning_m)

    def binned() -> np.ndarray:
        return density_per_km2(moments, grid, bandwidth_m=BANDWIDTH_M)

    cube = seconds(lambda: moments_of(xy_m, binning_m), REPEATS)
    smooth = seconds(binned, REPEATS)
    ours = np.median(cube) + np.median(smooth)
    lines = [
        f"{EVENTS:,} events, {grid.n_cells:,} cells of {CELL_M:g} m, σ = {BANDWIDTH_M:g} m",
        f"binned: cube {milliseconds(cube)} + smoothing {milliseconds(smooth)}",
        f"KernelDensity: timed on {NODES} of the {grid.n_cells:,} cells, scaled by their number",
    ]
    for name, options in {"default": {}, "rtol=1e-2": {"rtol": 1e-2}}.items():
        scaled, error = _reference(xy_m, grid, binned(), options)
        lines.append(
            f"KernelDensity, {name}: {scaled:.1f} s, {scaled / ours:,.0f}× the binned density;"
            f" largest difference {error:.2%} where the density is ≥ 1 % of its peak"
        )
    return lines


def _reference(
    xy_m: np.ndarray, grid: Grid, ours: np.ndarray, options: dict[str, float]
) -> tuple[float, float]:
    """Return seconds scaled to all cells, and the largest relative difference on those timed."""
    chosen = np.random.default_rng(1).choice(grid.n_cells, NODES, replace=False)
    model = KernelDensity(bandwidth=BANDWIDTH_M, **options).fit(xy_m)
    taken = seconds(lambda: model.score_samples(grid.centres_m[chosen]), 3)
    found = np.exp(model.score_samples(grid.centres_m[chosen])) * len(xy_m) * 1e6
    mine = ours[grid.study][chosen]
    dense = found >= 0.01 * ours.max()
    error = np.abs(mine[dense] / found[dense] - 1).max()
    return float(np.median(taken)) * grid.n_cells / NODES, float(error)
