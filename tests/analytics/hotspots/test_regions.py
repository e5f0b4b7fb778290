"""Regions of cells: connected, disjoint, within size, never lighter than greedy growth."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.ndimage import label

from analytics.hotspots.density import exact_density_per_km2
from analytics.hotspots.regions import best_regions, greedy_regions, reach_cells

# A hot lane behind a cold cell: greedy growth from 9 takes the 5s around it and never sees the 8s.
LANE = np.array(
    [
        [0.0, 5.0, 0.0, 0.0, 0.0, 0.0],
        [5.0, 9.0, 1.0, 8.0, 8.0, 8.0],
        [0.0, 5.0, 0.0, 0.0, 0.0, 0.0],
    ]
)


@st.composite
def fields(draw):
    shape = draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    values = st.one_of(st.just(0.0), st.floats(0.01, 10), st.just(np.nan))
    return draw(arrays(float, shape, elements=values))


def connected(cells):
    return label(cells)[1] <= 1  # the default structure joins by edges


def compact(cells, size):
    """Some cell of the region has all others within reach."""
    places = np.argwhere(cells)
    far = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)).max(axis=1)
    return far.min() <= reach_cells(size) + 1e-9


@given(fields(), st.integers(1, 4), st.integers(1, 8))
@settings(max_examples=150, deadline=None)
def test_regions_are_connected_disjoint_within_size_and_never_worse(weights, n, size):
    found, greedy = best_regions(weights, n, size), greedy_regions(weights, n, size)
    for labels in (found, greedy):
        assert labels.max(initial=0) <= n
        assert not labels[np.isnan(weights)].any()
        for number in range(1, labels.max(initial=0) + 1):
            assert 1 <= (labels == number).sum() <= size
            assert connected(labels == number)
            assert compact(labels == number, size)
    held = np.nan_to_num(weights)
    assert held[found > 0].sum() >= held[greedy > 0].sum() * (1 - 1e-9)
    assert held[found > 0].sum() <= np.sort(held.ravel())[-n * size :].sum() * (1 + 1e-9)
    assert np.array_equal(found, best_regions(weights, n, size))


def heaviest(weights, size):
    """The best of all connected compact sets, one by one."""
    best = 0.0
    for cells in combinations(range(weights.size), size):
        chosen = np.zeros(weights.size, dtype=bool)
        chosen[list(cells)] = True
        shaped = chosen.reshape(weights.shape)
        if connected(shaped) and compact(shaped, size):
            best = max(best, weights[shaped].sum())
    return best


@pytest.mark.parametrize("size", [2, 4, 5])
def test_one_region_comes_near_the_best_of_all_connected_sets(size):
    random = np.random.default_rng(7)
    ratios = []
    for weights in random.exponential(1.0, (12, 3, 4)) ** 2:
        held = weights[best_regions(weights, 1, size) > 0].sum()
        ratios.append(held / heaviest(weights, size))
    assert max(ratios) <= 1 + 1e-9
    assert min(ratios) > 0.85
    assert np.mean(ratios) > 0.97


def test_it_finds_a_lane_that_greedy_growth_misses():
    greedy, found = greedy_regions(LANE, 1, 5), best_regions(LANE, 1, 5)
    assert LANE[greedy > 0].sum() == 9 + 5 + 5 + 5 + 1
    assert LANE[found > 0].sum() == 9 + 1 + 8 + 8 + 8


def test_a_second_region_does_not_run_around_the_first():
    row, col = np.mgrid[-10:11, -10:11]
    hill = np.exp(-np.hypot(row, col) / 4)
    labels = best_regions(hill, 4, 12)
    for number in range(1, 5):
        rows, cols = np.nonzero(labels == number)
        assert max(np.ptp(rows), np.ptp(cols)) <= 6
    # Together they are the hill's top, as far as that can be had.
    assert hill[labels > 0].sum() > 0.98 * np.sort(hill.ravel())[-48:].sum()


def test_the_heaviest_region_comes_first():
    labels = best_regions(LANE, 2, 3)
    sums = [LANE[labels == number].sum() for number in (1, 2)]
    assert sums == sorted(sums, reverse=True) == [24, 19]


@pytest.mark.parametrize("weights", [np.zeros((3, 3)), np.full((2, 2), np.nan)])
def test_nothing_to_hold_gives_no_region(weights):
    assert not best_regions(weights, 2, 2).any()


def test_cells_that_meet_at_a_corner_are_not_connected():
    corner = np.array([[5.0, np.nan], [np.nan, 5.0]])
    assert (best_regions(corner, 1, 2) > 0).sum() == 1


@pytest.mark.shared
@pytest.mark.parametrize(("n", "size"), [(4, 8), (10, 20)])
def test_memphis_zones_hold_more_than_greedy_ones(memphis_xy, memphis_grid, n, size):
    weights = np.where(
        memphis_grid.study,
        exact_density_per_km2(memphis_xy, np.ones(len(memphis_xy)), memphis_grid, bandwidth_m=500),
        np.nan,
    )
    found, greedy = best_regions(weights, n, size), greedy_regions(weights, n, size)
    held, by_greedy = weights[found > 0].sum(), weights[greedy > 0].sum()
    assert by_greedy * 1.005 < held < np.sort(weights[memphis_grid.study])[-n * size :].sum()
    for number in range(1, n + 1):
        assert (found == number).sum() == size
        assert connected(found == number) and compact(found == number, size)
