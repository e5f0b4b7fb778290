"""HotspotDensity: a scikit-learn citizen, quick, and equal to the exact sums."""

import numpy as np
import pytest
from scipy.special import logsumexp
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.neighbors import KernelDensity
from sklearn.utils.estimator_checks import parametrize_with_checks

from analytics.errors import FilterError
from analytics.hotspots.estimator import HotspotDensity

KERNELS = pytest.mark.parametrize("kernel", ["gaussian", "quartic"])
METHODS = pytest.mark.parametrize("method", ["binned", "exact"])
CHECKED = [
    HotspotDensity(kernel=k, method=m) for k in ("gaussian", "quartic") for m in ("binned", "exact")
]


def clusters(seed: int, n: int = 400) -> np.ndarray:
    """Events around three corners 3 km apart, σ = 200 m."""
    random = np.random.default_rng(seed)
    corners = np.array(
        [(700_000.0, 3_880_000.0), (703_000.0, 3_880_000.0), (700_000.0, 3_883_000.0)]
    )
    return corners[random.integers(0, 3, n)] + random.normal(scale=200, size=(n, 2))


@parametrize_with_checks(CHECKED)
def test_scikit_learn_accepts_it(estimator, check) -> None:
    check(estimator)


@pytest.mark.shared
@KERNELS
def test_binned_is_within_half_a_percent_of_exact_where_it_is_visible(
    memphis_xy: np.ndarray, kernel: str
) -> None:
    bandwidth_m = 400.0 if kernel == "gaussian" else 1000.0
    random = np.random.default_rng(1)
    near = memphis_xy[::2] + random.normal(scale=bandwidth_m, size=memphis_xy[::2].shape)
    places = np.vstack([memphis_xy, near])
    found, exact = (
        np.exp(HotspotDensity(bandwidth_m, kernel, method).fit(memphis_xy).score_samples(places))
        for method in ("binned", "exact")
    )
    visible = exact >= 0.01 * exact.max()
    assert np.abs(found[visible] / exact[visible] - 1).max() < 0.005


def test_the_exact_gaussian_is_kernel_density_in_any_number_of_dimensions() -> None:
    for columns in (1, 2, 3):
        events = np.random.default_rng(2).normal(scale=300, size=(50, columns))
        found = HotspotDensity(100.0, method="exact").fit(events).score_samples(events[:9] + 40)
        reference = KernelDensity(bandwidth=100.0).fit(events)
        assert np.allclose(found, reference.score_samples(events[:9] + 40), rtol=1e-10)


@pytest.mark.parametrize(("columns", "peak"), [(1, 15 / 16), (2, 3 / np.pi), (3, 105 / 32 / np.pi)])
def test_the_quartic_has_mass_one_in_any_number_of_dimensions(columns: int, peak: float) -> None:
    # The biweight's constants: 15/16 on the line, 3/π on the plane, 105/(32π) in space.
    model = HotspotDensity(100.0, "quartic", "exact").fit(np.zeros((1, columns)))
    assert np.exp(model.score_samples(np.zeros((1, columns)))[0]) == pytest.approx(
        peak / 100**columns
    )


@KERNELS
@METHODS
def test_the_density_integrates_to_one(kernel: str, method: str) -> None:
    events = np.random.default_rng(3).normal(scale=300, size=(200, 2))
    axis = np.arange(-3000, 3001, 50.0)
    places = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    model = HotspotDensity(300.0, kernel, method).fit(events)
    assert np.exp(model.score_samples(places)).sum() * 50**2 == pytest.approx(1, abs=1e-3)


@METHODS
def test_a_query_far_from_every_event_stays_finite_for_the_gaussian(method: str) -> None:
    events = clusters(4)
    far = events.mean(axis=0) + np.array([(0, 12_000), (9_000, 9_000)])
    found = HotspotDensity(1000.0, method=method).fit(events).score_samples(far)
    squared = ((far[:, None] - events) ** 2).sum(axis=2)
    expected = logsumexp(-squared / 2e6, axis=1) - np.log(len(events) * 2 * np.pi * 1e6)
    assert np.isfinite(found).all()
    if method == "binned":  # KernelDensity itself loses its digits in so deep a tail
        assert np.allclose(found, expected, rtol=1e-9)


@METHODS
def test_a_query_beyond_the_quartics_radius_has_no_density(method: str) -> None:
    events = clusters(5)
    model = HotspotDensity(500.0, "quartic", method).fit(events)
    far = [events.max(axis=0) + 510, events.min(axis=0) - 1e6]
    assert np.isneginf(model.score_samples(far)).all()


@KERNELS
@METHODS
def test_a_weight_of_two_counts_a_sample_twice(kernel: str, method: str) -> None:
    events = clusters(6, 60)
    model = HotspotDensity(400.0, kernel, method)
    weights = np.where(np.arange(60) < 20, 2.0, 1.0)
    weighted = clone(model).fit(events, sample_weight=weights).score_samples(events)
    repeated = clone(model).fit(np.vstack([events, events[:20]])).score_samples(events)
    assert np.allclose(weighted, repeated, rtol=1e-9)


def test_events_spread_over_the_globe_are_summed_exactly_instead_of_filling_memory() -> None:
    events = np.vstack([clusters(7), [(-9e6, 0.0), (9e6, 9e6)]])
    model = HotspotDensity(100.0).fit(events)
    assert model.lattice_ is None
    reference = KernelDensity(bandwidth=100.0).fit(events).score_samples(events)
    assert np.allclose(model.score_samples(events), reference)


@METHODS
def test_grid_search_finds_the_bandwidth_that_held_out_events_prefer(method: str) -> None:
    folds = KFold(4, shuffle=True, random_state=1)
    choices = {"bandwidth_m": [50.0, 100.0, 1500.0, 4000.0]}
    search = GridSearchCV(HotspotDensity(method=method), choices, cv=folds).fit(clusters(8))
    assert search.best_params_ == {"bandwidth_m": 100.0}


@METHODS
def test_the_score_is_the_total_log_likelihood(method: str) -> None:
    events = clusters(9)
    model = HotspotDensity(300.0, method=method).fit(events)
    assert model.score(events[:50]) == pytest.approx(model.score_samples(events[:50]).sum())


@pytest.mark.parametrize("bandwidth_m", [0.0, -1.0, float("nan"), 50_000.0])
def test_an_impossible_bandwidth_is_refused_at_fit(bandwidth_m: float) -> None:
    with pytest.raises(FilterError, match=r"filter\.bandwidth"):
        HotspotDensity(bandwidth_m).fit(clusters(10))


@pytest.mark.parametrize(
    ("parameters", "code"),
    [({"kernel": "tophat"}, r"filter\.kernel"), ({"method": "fast"}, r"filter\.method")],
)
def test_an_unknown_kernel_or_method_is_refused_at_fit(parameters: dict, code: str) -> None:
    with pytest.raises(FilterError, match=code):
        HotspotDensity(**parameters).fit(clusters(11))


@METHODS
def test_weights_that_are_all_zero_are_refused(method: str) -> None:
    events = clusters(12, 5)
    with pytest.raises(ValueError, match="zero"):
        HotspotDensity(method=method).fit(events, sample_weight=np.zeros(5))
