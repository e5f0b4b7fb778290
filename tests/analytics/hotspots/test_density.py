"""Densities: equal to the direct sums, conserving, and blind to what cannot matter."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import KernelDensity

from analytics.errors import FilterError
from analytics.events.cubes import Moments, cell_counts, moments_of
from analytics.hotspots import density
from analytics.hotspots.density import (
    binning_cell_m,
    density_per_km2,
    exact_density_per_km2,
    exact_is_instant,
)
from analytics.hotspots.grids import Grid

X0, Y0 = 650_000.0, 6_300_000.0
ORIGIN = np.array([X0, Y0])
KERNELS = pytest.mark.parametrize("kernel", ["gaussian", "quartic"])
# Display cells per binning cell: 1, 2, 3, 4 and 6; odd ones put centres between the nodes.
FACTORS = pytest.mark.parametrize("bandwidth_m", [900.0, 500.0, 300.0, 220.0, 150.0])


def grid_of(n_cols: int, n_rows: int, cell_m: float = 100.0) -> Grid:
    study = np.ones((n_rows, n_cols), dtype=bool)
    return Grid("EPSG:32718", cell_m, int(X0 / cell_m), int(Y0 / cell_m), n_cols, n_rows, study)


def binned(xy_m: np.ndarray, grid: Grid, bandwidth_m: float, kernel: str = "gaussian") -> Moments:
    return moments_of(xy_m, binning_cell_m(grid.cell_m, bandwidth_m, kernel)[0])


def surface(
    xy_m: np.ndarray, grid: Grid, bandwidth_m: float, kernel: str = "gaussian"
) -> np.ndarray:
    moments = binned(xy_m, grid, bandwidth_m, kernel)
    return density_per_km2(moments, grid, bandwidth_m=bandwidth_m, kernel=kernel)


def clustered(seed: int, n: int, side_m: float) -> np.ndarray:
    """Events around four places and everywhere, as in a city."""
    random = np.random.default_rng(seed)
    places = random.uniform(0.2 * side_m, 0.8 * side_m, (4, 2))
    near = places[random.integers(0, 4, n)] + random.normal(scale=side_m / 25, size=(n, 2))
    anywhere = random.uniform(0, side_m, (n, 2))
    return np.where(random.random((n, 1)) < 0.7, near, anywhere) + ORIGIN


@pytest.mark.parametrize(
    ("cell_m", "bandwidth_m", "kernel", "factor"),
    [
        (100, 400, "gaussian", 2),
        (100, 800, "gaussian", 1),
        (100, 801, "gaussian", 1),
        (100, 799, "gaussian", 2),
        (500, 500, "gaussian", 8),
        (100, 400, "quartic", 5),
        (2000, 50, "quartic", 800),
    ],
)
def test_binning_cells_are_at_most_an_eighth_of_the_bandwidth_or_a_twentieth_of_the_radius(
    cell_m: float, bandwidth_m: float, kernel: str, factor: int
) -> None:
    assert binning_cell_m(cell_m, bandwidth_m, kernel) == (cell_m / factor, factor)


@pytest.mark.shared
def test_memphis_equals_kernel_density_within_a_thousandth_of_its_peak(
    memphis_xy: np.ndarray, memphis_grid: Grid
) -> None:
    moments = binned(memphis_xy, memphis_grid, 500.0)
    found = density_per_km2(moments, memphis_grid, bandwidth_m=500.0)
    model = KernelDensity(bandwidth=500.0).fit(memphis_xy)
    expected = 2245 * 1e6 * np.exp(model.score_samples(memphis_grid.centres_m))
    assert np.abs(found[memphis_grid.study] - expected).max() < 1e-3 * expected.max()
    visible = expected >= 0.01 * expected.max()
    relative = np.abs(found[memphis_grid.study] / expected - 1)[visible]
    assert relative.max() < 0.004
    assert cell_counts(moments, 8, memphis_grid).sum() == 2245


@pytest.mark.shared
def test_memphis_quartic_errs_by_two_thousandths_of_its_peak_at_most(
    memphis_xy: np.ndarray, memphis_grid: Grid
) -> None:
    found = surface(memphis_xy, memphis_grid, 1000.0, "quartic")
    squared = ((memphis_grid.centres_m[:, None] - memphis_xy) ** 2).sum(axis=2)
    near = np.maximum(1 - squared / 1000.0**2, 0)
    expected = 1e6 * 3 / (np.pi * 1000.0**2) * (near**2).sum(axis=1)
    assert np.abs(found[memphis_grid.study] - expected).max() < 2e-3 * expected.max()


@KERNELS
@FACTORS
def test_binned_densities_equal_exact_ones_for_even_and_odd_factors(
    kernel: str, bandwidth_m: float
) -> None:
    grid, xy_m = grid_of(40, 30), clustered(1, 3000, 4000.0)
    found = surface(xy_m, grid, bandwidth_m, kernel)
    exact = exact_density_per_km2(xy_m, np.ones(3000), grid, bandwidth_m=bandwidth_m, kernel=kernel)
    tolerance = 5e-4 if kernel == "gaussian" else 3e-3
    assert np.abs(found - exact).max() < tolerance * exact.max()


@KERNELS
@FACTORS
def test_a_sum_over_few_events_and_a_transform_of_many_agree(
    kernel: str, bandwidth_m: float
) -> None:
    grid, xy_m = grid_of(30, 40), clustered(2, 1500, 4000.0)
    whole = surface(xy_m, grid, bandwidth_m, kernel)
    parts = sum(surface(part, grid, bandwidth_m, kernel) for part in np.split(xy_m, 500))
    assert np.abs(whole - parts).max() < 1e-10 * whole.max()


@KERNELS
def test_a_grid_too_large_for_one_transform_is_worked_in_parts(
    monkeypatch: pytest.MonkeyPatch, kernel: str
) -> None:
    grid, xy_m = grid_of(57, 41), clustered(3, 4000, 5000.0)
    whole = surface(xy_m, grid, 220.0, kernel)
    monkeypatch.setattr(density, "MAX_NODES", 30_000)
    assert np.abs(surface(xy_m, grid, 220.0, kernel) - whole).max() < 1e-10 * whole.max()


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0, 2000, exclude_max=True),
    st.floats(0, 2000, exclude_max=True),
    st.sampled_from(["gaussian", "quartic"]),
    st.sampled_from([150.0, 300.0, 500.0, 900.0]),
)
def test_one_event_peaks_within_half_a_cell_of_its_place_at_the_kernels_height(
    x: float, y: float, kernel: str, bandwidth_m: float
) -> None:
    grid = grid_of(20, 20)
    found = surface(np.array([[X0 + x, Y0 + y]]), grid, bandwidth_m, kernel)
    row, col = np.unravel_index(found.argmax(), found.shape)
    dx, dy = (col + 0.5) * 100 - x, (row + 0.5) * 100 - y
    # Where two centres are equally near, binning may choose either.
    assert max(abs(dx), abs(dy)) <= 50 + bandwidth_m / 1000
    squared = (dx**2 + dy**2) / bandwidth_m**2
    height = {
        "gaussian": np.exp(-squared / 2) / (2 * np.pi),
        "quartic": 3 / np.pi * (1 - squared) ** 2,
    }
    assert found.max() == pytest.approx(1e6 * height[kernel] / bandwidth_m**2, rel=0.01)


def test_one_event_on_a_cell_centre_has_a_density_of_a_million_over_two_pi_h_squared() -> None:
    found = surface(np.array([[X0 + 1050, Y0 + 1050]]), grid_of(21, 21), 400.0)
    assert found[10, 10] == found.max()
    # σ is corrected for a spread that an event on a node does not have: 0.26 % at h/8.
    assert found[10, 10] == pytest.approx(1e6 / (2 * np.pi * 400.0**2), rel=0.003)
    assert np.allclose(found, found.T, rtol=1e-12)


@settings(max_examples=20, deadline=None)
@given(
    st.integers(0, 10_000),
    st.sampled_from([("gaussian", 300.0), ("gaussian", 900.0), ("quartic", 700.0)]),
)
def test_all_events_are_in_a_study_area_wide_enough(seed: int, method: tuple[str, float]) -> None:
    kernel, bandwidth_m = method
    random = np.random.default_rng(seed)
    xy_m = random.uniform(7500, 8500, (60, 2)) + ORIGIN
    found = surface(xy_m, grid_of(160, 160), bandwidth_m, kernel)
    assert found.sum() * 0.01 == pytest.approx(60, rel=2e-4)
    assert found.min() >= 0


@settings(max_examples=20, deadline=None)
@given(st.integers(-40, 40), st.integers(-40, 40), st.sampled_from(["gaussian", "quartic"]))
def test_moving_events_and_grid_by_whole_cells_moves_the_density(
    cols: int, rows: int, kernel: str
) -> None:
    grid, xy_m = grid_of(25, 20), clustered(4, 300, 2500.0)
    moved = Grid(grid.crs, 100.0, grid.col0 + cols, grid.row0 + rows, 25, 20, grid.study)
    here = surface(xy_m, grid, 400.0, kernel)
    there = surface(xy_m + np.array([100 * cols, 100 * rows]), moved, 400.0, kernel)
    assert np.allclose(here, there, rtol=1e-9, atol=1e-9 * here.max())


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 40))
def test_the_density_of_two_sets_is_the_sum_of_theirs(seed: int, n: int, m: int) -> None:
    grid, xy_m = grid_of(20, 20), clustered(seed, n + m, 2000.0)
    both = surface(xy_m, grid, 300.0)
    apart = surface(xy_m[:n], grid, 300.0) + surface(xy_m[n:], grid, 300.0)
    assert np.allclose(both, apart, rtol=1e-9, atol=1e-9 * both.max())


@KERNELS
def test_every_event_twice_doubles_the_density(kernel: str) -> None:
    grid, xy_m = grid_of(20, 20), clustered(5, 200, 2000.0)
    once = surface(xy_m, grid, 300.0, kernel)
    twice = surface(np.vstack([xy_m, xy_m]), grid, 300.0, kernel)
    assert np.allclose(twice, 2 * once, rtol=1e-9, atol=1e-9 * once.max())


@KERNELS
def test_events_outside_the_grid_count_inside_as_far_as_the_kernel_reaches(kernel: str) -> None:
    grid = grid_of(10, 10)
    around = np.array([(-250.0, 480.0), (1300.0, 220.0), (700.0, 1210.0), (310.0, -90.0)])
    found = surface(around + ORIGIN, grid, 500.0, kernel)
    exact = exact_density_per_km2(
        around + ORIGIN, np.ones(4), grid, bandwidth_m=500.0, kernel=kernel
    )
    assert found.max() > 0.1
    assert np.abs(found - exact).max() < 3e-3 * exact.max()


@KERNELS
def test_an_event_a_thousand_kilometres_away_changes_nothing(kernel: str) -> None:
    grid, xy_m = grid_of(20, 20), clustered(6, 100, 2000.0)
    stray = np.vstack([xy_m, [(X0 - 1e6, Y0 + 1e6)]])
    assert np.array_equal(surface(stray, grid, 300.0, kernel), surface(xy_m, grid, 300.0, kernel))


@KERNELS
@pytest.mark.parametrize("n", [1, 800])
def test_beyond_the_quartics_radius_or_eight_sigma_the_density_is_exactly_zero(
    kernel: str, n: int
) -> None:
    xy_m = np.random.default_rng(7).uniform(0, 300, (n, 2)) + ORIGIN
    found = surface(xy_m, grid_of(40, 40), 150.0, kernel)
    reach = 150.0 * (8 if kernel == "gaussian" else 1)
    beyond = int((300 + reach) // 100) + 2
    assert not found[beyond:].any()
    assert not found[:, beyond:].any()
    assert found[:2, :2].max() > 0


def test_no_events_have_no_density() -> None:
    assert not surface(np.empty((0, 2)), grid_of(5, 4), 300.0).any()


def test_cells_much_larger_than_the_bandwidth_need_no_lattice_of_the_whole_city() -> None:
    # 2 km cells with a radius of 50 m: a lattice of 80,000 × 80,000 nodes would not fit anywhere.
    grid = grid_of(100, 100, 2000.0)
    corner = np.array([grid.column_centres_m[70] + 20, grid.row_centres_m[30] - 10])
    found = surface(np.array([corner, corner + 300]), grid, 50.0, "quartic")
    assert np.count_nonzero(found) == 1
    expected = 1e6 * 3 / (np.pi * 50**2) * (1 - 500 / 50**2) ** 2
    assert found[30, 70] == pytest.approx(expected, rel=0.01)


@KERNELS
def test_a_weight_of_two_counts_an_event_twice(kernel: str) -> None:
    grid, xy_m = grid_of(12, 12), clustered(8, 40, 1200.0)
    weighted = exact_density_per_km2(
        xy_m, np.where(np.arange(40) < 10, 2.0, 1.0), grid, bandwidth_m=200.0, kernel=kernel
    )
    repeated = exact_density_per_km2(
        np.vstack([xy_m, xy_m[:10]]), np.ones(50), grid, bandwidth_m=200.0, kernel=kernel
    )
    assert np.allclose(weighted, repeated, rtol=1e-12)


def test_the_exact_gaussian_keeps_its_far_tail() -> None:
    grid = grid_of(100, 1)
    found = exact_density_per_km2(
        np.array([[X0 + 50, Y0 + 50]]), np.ones(1), grid, bandwidth_m=500.0
    )
    distance = 100.0 * np.arange(100)
    expected = 1e6 / (2 * np.pi * 500**2) * np.exp(-(distance**2) / (2 * 500**2))
    assert np.allclose(found[0], expected, rtol=1e-9, atol=0)


def test_the_exact_way_is_instant_for_a_year_of_robberies_and_not_for_a_million_calls() -> None:
    assert exact_is_instant(2245, 4189)
    assert not exact_is_instant(1_000_000, 20_000)


@pytest.mark.parametrize("bandwidth_m", [0.0, -400.0, float("nan"), 50_000.0, float("inf")])
def test_an_impossible_bandwidth_is_refused_with_its_limits(bandwidth_m: float) -> None:
    grid, xy_m = grid_of(3, 3), np.array([[X0, Y0]])
    for call in (
        lambda: binning_cell_m(100.0, bandwidth_m, "gaussian"),
        lambda: density_per_km2(moments_of(xy_m, 50.0), grid, bandwidth_m=bandwidth_m),
        lambda: exact_density_per_km2(xy_m, np.ones(1), grid, bandwidth_m=bandwidth_m),
    ):
        with pytest.raises(FilterError) as refused:
            call()
        assert refused.value.code == "filter.bandwidth"
        assert (refused.value.details["low"], refused.value.details["high"]) == (50, 5000)


@pytest.mark.parametrize("cell_m", [0.0, -1.0, float("nan"), 50_000.0])
def test_an_impossible_cell_is_refused(cell_m: float) -> None:
    with pytest.raises(FilterError, match=r"filter\.cell"):
        binning_cell_m(cell_m, 400.0, "gaussian")


def test_an_unknown_kernel_is_refused_with_those_there_are() -> None:
    with pytest.raises(FilterError, match=r"filter\.kernel.*gaussian, quartic"):
        binning_cell_m(100.0, 400.0, "triangular")


def test_binning_cells_that_do_not_divide_the_grids_are_refused() -> None:
    with pytest.raises(ValueError, match="do not divide"):
        density_per_km2(moments_of(np.array([[X0, Y0]]), 30.0), grid_of(3, 3), bandwidth_m=300.0)
