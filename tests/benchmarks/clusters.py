"""An invented city for timings: a square of cells, events in clusters and scattered."""

import numpy as np

from analytics.hotspots.grids import Grid

CLUSTERS = 40
SPREAD_M = 400.0
SCATTERED = 0.3


def square_grid(side_cells: int, cell_m: float) -> Grid:
    """Lay a square of cells whose south-west corner is the CRS's origin."""
    study = np.ones((side_cells, side_cells), dtype=bool)
    return Grid("EPSG:32718", cell_m, 0, 0, side_cells, side_cells, study)


def events_m(n: int, side_m: float) -> np.ndarray:
    """Place ``n`` events in the square, shape (n, 2): 30 % anywhere, the rest around centres."""
    random = np.random.default_rng(20_260)
    centres = random.uniform(0.1 * side_m, 0.9 * side_m, (CLUSTERS, 2))
    around = centres[random.integers(CLUSTERS, size=n)] + random.normal(0, SPREAD_M, (n, 2))
    anywhere = random.uniform(0, side_m, (n, 2))
    scattered = random.random(n) < SCATTERED
    return np.clip(np.where(scattered[:, None], anywhere, around), 0, side_m - 1)
