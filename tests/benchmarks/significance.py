"""Gi* against esda on the same cells."""

import warnings

import numpy as np

from analytics.events.cubes import cell_counts, moments_of
from analytics.hotspots.significance import gi_star
from tests.benchmarks.clusters import events_m, square_grid
from tests.benchmarks.timing import milliseconds, seconds

EVENTS = 100_000
SIDE_CELLS = 200
CELL_M = 100.0
REPEATS = 5


def run() -> list[str]:
    """Time Gi* of 40,000 cells; esda's weights are built once and timed apart."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda import G_Local  # type: ignore[import-untyped]
        from libpysal.weights import lat2W  # type: ignore[import-untyped]

        grid = square_grid(SIDE_CELLS, CELL_M)
        counts = cell_counts(moments_of(events_m(EVENTS, SIDE_CELLS * CELL_M), CELL_M), 1, grid)
        queens = lat2W(*counts.shape, rook=False)

        def reference() -> np.ndarray:
            made = G_Local(counts.ravel(), queens, star=True, transform="B", permutations=0)
            return np.asarray(made.Zs)

        weights = seconds(lambda: lat2W(*counts.shape, rook=False), REPEATS)
        theirs = seconds(reference, REPEATS)
        ours = seconds(lambda: gi_star(counts, grid.study), REPEATS)
        difference = np.abs(gi_star(counts, grid.study).z.ravel() - reference()).max()
    ratio = np.median(theirs) / np.median(ours)
    with_weights = (np.median(theirs) + np.median(weights)) / np.median(ours)
    return [
        f"{grid.n_cells:,} cells, queen neighbours and self",
        f"Gi* with correction: {milliseconds(ours)}",
        f"esda without correction: {milliseconds(theirs)}, weights {milliseconds(weights)}",
        f"esda takes {ratio:,.0f}× as long, {with_weights:,.0f}× with its weights;"
        f" largest difference of z {difference:.1e}",
    ]
