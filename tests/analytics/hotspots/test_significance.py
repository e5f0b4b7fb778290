"""Gi*: equal to the reference, mask-aware, corrected, and honest about too little."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from analytics.errors import TooFewEventsError
from analytics.events.cubes import cell_counts, moments_of
from analytics.hotspots.grids import Grid
from analytics.hotspots.significance import gi_star


@pytest.fixture
def memphis_counts(memphis_xy: np.ndarray, memphis_grid: Grid) -> np.ndarray:
    return cell_counts(moments_of(memphis_xy, 500.0), 1, memphis_grid)


@pytest.mark.shared
def test_memphis_equals_esda(memphis_counts: np.ndarray, memphis_grid: Grid) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from esda import G_Local
        from libpysal.weights import lat2W

        queens = lat2W(*memphis_counts.shape, rook=False)
        reference = G_Local(
            memphis_counts.ravel(), queens, star=True, transform="B", permutations=0
        )
    found = gi_star(memphis_counts, memphis_grid.study)
    assert np.abs(found.z.ravel() - reference.Zs).max() < 1e-9


@pytest.mark.shared
def test_memphis_has_515_hot_cells_raw_382_corrected_and_none_cold(
    memphis_counts: np.ndarray, memphis_grid: Grid
) -> None:
    found = gi_star(memphis_counts, memphis_grid.study)
    assert np.count_nonzero(found.p <= 0.05) == 515
    assert np.count_nonzero(found.significant) == 382
    assert np.count_nonzero(found.p * memphis_grid.n_cells <= 0.05) == 182
    assert not (found.gi_class < 0).any()


def test_thirty_events_in_the_middle_of_25_cells_give_a_z_of_four_thirds() -> None:
    # x̄ = 1.2, S² = 900/25 − 1.44 = 34.56, W = 9: (30 − 10.8) / √(34.56·(225 − 81)/24) = 19.2/14.4
    counts = np.zeros((5, 5))
    counts[2, 2] = 30
    found = gi_star(counts, np.ones((5, 5), dtype=bool))
    assert found.z[2, 2] == pytest.approx(4 / 3, rel=1e-12)
    assert found.p[2, 2] == pytest.approx(2 * norm.sf(4 / 3), rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 9), st.integers(3, 9), st.floats(0.4, 1.0))
def test_any_study_area_equals_the_formula_written_out(
    seed: int, n_rows: int, n_cols: int, density: float
) -> None:
    random = np.random.default_rng(seed)
    study = random.random((n_rows, n_cols)) < density
    study[0, :2] = True
    counts = random.poisson(3, study.shape).astype(float)
    counts[0, :2] = 40, 1
    found = gi_star(counts, study)
    x, n = counts[study], study.sum()
    for row, col in zip(*np.nonzero(study), strict=True):
        around = np.s_[max(row - 1, 0) : row + 2, max(col - 1, 0) : col + 2]
        near = counts[around][study[around]]
        scale = (n * len(near) - len(near) ** 2) / (n - 1)
        if scale > 0:
            z = (near.sum() - x.mean() * len(near)) / (x.std() * np.sqrt(scale))
            assert found.z[row, col] == pytest.approx(z, abs=1e-9)
        else:
            assert found.z[row, col] == 0


def test_what_lies_outside_the_study_area_has_no_result_and_no_influence() -> None:
    study = np.ones((8, 8), dtype=bool)
    study[:, 5:] = False
    counts = np.random.default_rng(1).poisson(2, (8, 8)).astype(float)
    changed = np.where(study, counts, 1000.0)
    first, second = gi_star(counts, study), gi_star(changed, study)
    assert np.array_equal(first.z, second.z, equal_nan=True)
    for values in (first.z, first.p, first.q):
        assert np.array_equal(np.isnan(values), ~study)
    assert not first.significant[~study].any()
    assert not first.gi_class[~study].any()


def test_q_is_benjamini_hochberg_over_the_study_cells() -> None:
    counts = np.random.default_rng(2).poisson(1, (12, 12)).astype(float)
    counts[3:6, 3:6] += 4
    study = np.ones((12, 12), dtype=bool)
    study[9:, 9:] = False
    found = gi_star(counts, study)
    p = np.sort(found.p[study])
    stepped = np.minimum.accumulate((p * p.size / np.arange(1, p.size + 1))[::-1])[::-1]
    assert np.sort(found.q[study]) == pytest.approx(stepped)


def test_classes_follow_the_corrected_p_at_three_levels() -> None:
    counts = np.random.default_rng(3).poisson(1, (30, 30)).astype(float)
    for row, col, extra in ((5, 5, 4), (15, 20, 3), (24, 8, 2), (8, 24, 2)):
        counts[row - 1 : row + 2, col - 1 : col + 2] += extra
    found = gi_star(counts, np.ones((30, 30), dtype=bool))
    hot = found.z > 0
    assert set(np.unique(found.gi_class[hot])) == {0, 90, 95, 99}
    assert np.array_equal(found.gi_class == 99, hot & (found.q <= 0.01))
    assert np.array_equal(found.gi_class >= 95, hot & (found.q <= 0.05))
    assert np.array_equal(found.gi_class >= 90, hot & (found.q <= 0.10))
    assert np.array_equal(found.significant, found.gi_class >= 95)


def test_an_empty_neighbourhood_is_never_cold_while_a_sparse_one_may_be() -> None:
    counts = np.random.default_rng(4).poisson(50, (20, 20)).astype(float)
    counts[2:7, 2:7] = 0
    counts[12:17, 12:17] = 1
    found = gi_star(counts, np.ones((20, 20), dtype=bool))
    assert found.z[4, 4] < found.z[14, 14] < -5
    assert (found.gi_class[4, 4], found.gi_class[14, 14]) == (0, -99)
    assert not found.significant[14, 14]


def test_twenty_nine_events_are_too_few_and_thirty_are_enough() -> None:
    counts, study = np.zeros((6, 6)), np.ones((6, 6), dtype=bool)
    counts[1, 1] = 29
    with pytest.raises(TooFewEventsError) as refused:
        gi_star(counts, study)
    assert refused.value.details == {"n": 29.0, "minimum": 30}
    counts[1, 1] = 30
    assert gi_star(counts, study).z[1, 1] > 0


def test_events_outside_the_study_area_do_not_make_up_the_minimum() -> None:
    counts, study = np.full((6, 6), 10.0), np.zeros((6, 6), dtype=bool)
    study[0, :2] = True
    with pytest.raises(TooFewEventsError):
        gi_star(counts, study)


def test_the_same_count_in_every_cell_has_nothing_to_compare() -> None:
    with pytest.raises(TooFewEventsError, match=r"gi\.too_few"):
        gi_star(np.full((6, 6), 0.1 * 17), np.ones((6, 6), dtype=bool))
