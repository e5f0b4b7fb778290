"""The Knox table against the pairs of scipy's tree, permuted the plain way in numpy."""

import numpy as np
from scipy.spatial import cKDTree

from analytics.hotspots.near_repeat import Bands, knox
from tests.benchmarks.clusters import events_m
from tests.benchmarks.timing import milliseconds, seconds

EVENTS = 10_000
SIDE_M = 12_000.0
DAYS = 365
REPEATS = 3
TIMED_PERMUTATIONS = 30  # of the plain way; scaled to all of them


def run() -> list[str]:
    """Time 999 permutations of 10,000 events."""
    bands = Bands()
    xy, rng = events_m(EVENTS, SIDE_M), np.random.default_rng(5)
    days = rng.integers(0, DAYS, EVENTS)

    def pairs() -> np.ndarray:
        found: np.ndarray = cKDTree(xy).query_pairs(bands.space_m[-1], output_type="ndarray")
        return found

    def permuted() -> None:
        first, second = pairs().T
        distance = np.hypot(*(xy[first] - xy[second]).T)
        for _ in range(TIMED_PERMUTATIONS):
            dealt = rng.permutation(days)
            np.histogram2d(
                distance, np.abs(dealt[first] - dealt[second]), [bands.space_m, bands.time_days]
            )

    ours, tree, plain = (
        seconds(lambda: knox(xy, days, bands), REPEATS),
        seconds(pairs, REPEATS),
        [t * bands.permutations / TIMED_PERMUTATIONS for t in seconds(permuted, REPEATS)],
    )
    middle = np.median(ours)
    return [
        f"{EVENTS:,} events, {len(pairs()):,} pairs under {bands.space_m[-1]:g} m,"
        f" {bands.permutations} permutations: {milliseconds(ours)}",
        f"cKDTree.query_pairs once: {milliseconds(tree)};"
        f" the whole table takes {middle / np.median(tree):,.0f}× as long",
        f"those pairs with numpy, {TIMED_PERMUTATIONS} permutations scaled to"
        f" {bands.permutations}: {np.median(plain) / middle:,.1f}× as long as ours",
    ]
