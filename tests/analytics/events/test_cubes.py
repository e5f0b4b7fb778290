"""Cubes: four sums per cell rebuild bilinear weights and plain counts exactly."""

from collections import Counter
from dataclasses import dataclass
from math import floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.events.cubes import cell_counts, linear_binned, moments_of

CELL_M = 50.0
WINDOW = {"col0": -4, "row0": -4, "n_cols": 9, "n_rows": 9}
# Quarters of a cell, edges and corners included: exact in binary, so sums can be compared exactly.
OFFSETS = st.integers(-16, 19).map(lambda k: k * CELL_M / 4)
POINTS = st.lists(st.tuples(OFFSETS, OFFSETS), max_size=12)
quickly = settings(max_examples=60, deadline=None)


@dataclass(frozen=True)
class Block:
    col0: int
    row0: int
    n_cols: int
    n_rows: int


def binned(points, **window):
    moments = moments_of(np.array(points, dtype=float).reshape(-1, 2), CELL_M)
    return linear_binned(moments, **(WINDOW | window))


def bilinear_by_hand(points):
    """Each point over its four nodes, one after the other."""
    nodes = np.zeros((WINDOW["n_rows"] + 1, WINDOW["n_cols"] + 1))
    for x, y in points:
        u, v = x / CELL_M, y / CELL_M
        for col in (floor(u), floor(u) + 1):
            for row in (floor(v), floor(v) + 1):
                weight = (1 - abs(u - col)) * (1 - abs(v - row))
                nodes[row - WINDOW["row0"], col - WINDOW["col0"]] += weight
    return nodes


@quickly
@given(POINTS)
def test_linear_binning_equals_spreading_each_point_by_hand(points):
    np.testing.assert_array_equal(binned(points), bilinear_by_hand(points))


@quickly
@given(POINTS)
def test_linear_binning_keeps_every_event_of_the_window(points):
    assert binned(points).sum() == len(points)


@quickly
@given(POINTS, st.integers(-3, 3), st.integers(-3, 3))
def test_moving_all_events_by_whole_cells_moves_the_nodes(points, east, north):
    moved = [(x + east * CELL_M, y + north * CELL_M) for x, y in points]
    window = {"col0": WINDOW["col0"] + east, "row0": WINDOW["row0"] + north}
    np.testing.assert_array_equal(binned(moved, **window), binned(points))


@quickly
@given(POINTS, POINTS)
def test_two_selections_add_up(some, others):
    np.testing.assert_array_equal(binned(some + others), binned(some) + binned(others))


@quickly
@given(POINTS)
def test_the_mean_position_of_the_weights_is_that_of_the_events(points):
    nodes = binned(points)
    eastings = (WINDOW["col0"] + np.arange(nodes.shape[1])) * CELL_M
    assert nodes.sum(axis=0) @ eastings == pytest.approx(sum(x for x, _ in points))


def test_an_event_on_a_node_is_on_that_node_alone():
    nodes = binned([(0.0, 0.0)])
    assert nodes[4, 4] == 1
    assert np.count_nonzero(nodes) == 1


def test_an_event_in_the_last_cell_of_the_window_loses_nothing():
    corner = (5 * CELL_M - 1e-6, 5 * CELL_M - 1e-6)
    assert binned([corner]).sum() == pytest.approx(1)
    assert binned([corner])[-1, -1] == pytest.approx(1)


def test_an_event_outside_the_window_is_left_out():
    assert binned([(5 * CELL_M, 0.0)]).sum() == 0


def test_weights_count_instead_of_events():
    moments = moments_of(np.array([[10.0, 10.0], [20.0, 10.0]]), CELL_M, np.array([0.25, 0.5]))
    assert moments.n.tolist() == [0.75]
    assert linear_binned(moments, **WINDOW).sum() == pytest.approx(0.75)


@quickly
@given(POINTS, st.integers(1, 4))
def test_cell_counts_equal_a_plain_count(points, factor):
    moments = moments_of(np.array(points, dtype=float).reshape(-1, 2), CELL_M)
    counts = cell_counts(moments, factor, Block(-4, -4, 9, 9))
    side = factor * CELL_M
    plain = Counter((floor(y / side), floor(x / side)) for x, y in points)
    found = {(r - 4, c - 4): counts[r, c] for r, c in zip(*np.nonzero(counts), strict=True)}
    assert found == plain


def test_a_cell_owns_its_south_west_edges_only():
    moments = moments_of(np.array([[100.0, 0.0], [0.0, 100.0], [0.0, 0.0]]), CELL_M)
    assert cell_counts(moments, 2, Block(0, 0, 2, 2)).tolist() == [[1, 1], [1, 0]]


def test_display_cells_outside_the_grid_are_left_out():
    moments = moments_of(np.array([[-1.0, 0.0], [200.0, 0.0], [10.0, 10.0]]), CELL_M)
    assert cell_counts(moments, 2, Block(0, 0, 2, 1)).tolist() == [[1, 0]]


@pytest.mark.parametrize("factor", [3, 7, 11, 20, 37])
def test_an_edge_stays_an_edge_where_the_binning_cell_is_no_binary_fraction(factor):
    edges = np.arange(60_000, 61_000) * 100.0
    moments = moments_of(np.column_stack([edges, edges]), 100.0 / factor)
    assert (moments.col == np.arange(60_000, 61_000) * factor).all()
    assert np.abs(moments.sum_a).max() < 1e-6


def test_no_events_make_an_empty_grid():
    moments = moments_of(np.empty((0, 2)), CELL_M)
    assert linear_binned(moments, **WINDOW).shape == (10, 10)
    assert cell_counts(moments, 2, Block(0, 0, 3, 2)).tolist() == [[0, 0, 0], [0, 0, 0]]
