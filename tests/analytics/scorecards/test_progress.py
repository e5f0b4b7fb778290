"""Pace, status, trend and freshness against published vectors and against what must always hold."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analytics.errors import FilterError
from analytics.scorecards import progress
from analytics.scorecards.progress import Path

VECTORS = [
    (Path(20, 26, 40, 2022, 2024, 2027), 0.943, 0.750, 0.927),
    (Path(50, 45, 20, 2022, 2024, 2026, -1), 0.251, 0.333, 0.317),
    (Path(1, 2, 10, 2022, 2024, 2026), 0.532, 0.222, 0.333),
    (Path(90, 92, 100, 2022, 2024, 2026), 0.414, 0.400, 0.404),
    (Path(0, 1, 10, 2022, 2024, 2026), 3.403, 0.200, None),
]


@pytest.mark.parametrize(("path", "cagr", "linear", "un"), VECTORS)
def test_the_published_ratios_hold(
    path: Path, cagr: float, linear: float, un: float | None
) -> None:
    assert round(progress.cagr_ratio(path), 3) == cagr
    assert round(progress.linear_ratio(path), 3) == linear
    found = progress.un_ratio(path)
    assert (None if found is None else round(found, 3)) == un


def test_from_a_base_of_zero_growth_flatters_and_the_pace_does_not() -> None:
    path = VECTORS[-1][0]
    assert progress.score(progress.cagr_ratio(path)) == 5.0
    assert progress.status_of(progress.cagr_ratio(path)) == "on_track"
    assert progress.status_of(progress.linear_ratio(path)) == "limited"


@pytest.mark.parametrize(
    ("ratio", "status"),
    [
        (0.95, "on_track"),
        (0.9499, "acceleration"),
        (0.6, "acceleration"),
        (0.5999, "limited"),
        (0.0, "limited"),
        (-1e-9, "deterioration"),
    ],
)
def test_the_cuts_belong_to_the_better_side(ratio: float, status: str) -> None:
    assert progress.status_of(ratio) == status


@pytest.mark.parametrize(
    ("base", "factor"),
    [(50, 0.954), (80, 0.629), (90, 0.374), (95, 0.204), (99, 0.044), (100, 0.0), (200, 1.0)],
)
def test_the_limit_factors_hold(base: float, factor: float) -> None:
    assert round(progress.limit_factor(base, 100), 3) == factor


def test_between_the_limit_and_twice_it_the_factor_mirrors() -> None:
    assert progress.limit_factor(110, 100) == pytest.approx(progress.limit_factor(90, 100))


@pytest.mark.parametrize(
    ("ratio", "score"), [(-2, -5), (-0.6, -5), (0.6, 0), (1.3, 5), (3, 5), (0, -2.5), (0.95, 2.5)]
)
def test_scores_with_a_target(ratio: float, score: float) -> None:
    assert progress.score(ratio) == pytest.approx(score, abs=1e-3)
    if -0.6 <= ratio <= 0.6:
        assert progress.score(ratio) == pytest.approx(4.1667 * ratio - 2.5, abs=1e-3)
    elif 0.6 <= ratio <= 1.3:
        assert progress.score(ratio) == pytest.approx(7.1429 * ratio - 4.2857, abs=1e-3)


@pytest.mark.parametrize(
    ("rate", "score"), [(-0.02, -5), (0, -2.5), (0.005, 0), (0.015, 2.5), (0.02, 5), (0.5, 5)]
)
def test_scores_without_a_target(rate: float, score: float) -> None:
    assert progress.score_without_target(rate) == pytest.approx(score)


def test_a_mean_of_scores_is_achieved_only_if_all_are() -> None:
    names = [progress.status_of_score(mean) for mean in (2.5, 0.0, -2.5, -2.6)]
    assert names == ["on_track", "acceleration", "limited", "deterioration"]
    assert progress.status_of_score(5.0, all_achieved=True) == "achieved"


def test_growth_without_a_target_is_judged_by_the_year() -> None:
    names = [progress.status_without_target(rate) for rate in (0.015, 0.005, 0.0, -0.001)]
    assert names == ["on_track", "acceleration", "limited", "deterioration"]
    assert progress.status_without_target(0.008, progress.limit_factor(90, 100)) == "on_track"


@pytest.mark.parametrize(("k", "n", "low", "high"), [(9, 12, 0.47, 0.91), (3, 4, 0.30, 0.95)])
def test_the_wilson_intervals_hold(k: int, n: int, low: float, high: float) -> None:
    assert tuple(round(bound, 2) for bound in progress.wilson(k, n)) == (low, high)


@pytest.mark.parametrize(("k", "n"), [(1, 0), (-1, 3), (4, 3)])
def test_no_sample_no_interval(k: int, n: int) -> None:
    with pytest.raises(FilterError, match=r"progress\.sample"):
        progress.wilson(k, n)


def test_un_cuts() -> None:
    assert [progress.un_status(x) for x in (0.95, 0.1, 0.09)] == [
        "on_track",
        "acceleration",
        "stagnation",
    ]


def test_what_cannot_be_a_path_is_refused() -> None:
    for ratio in (progress.linear_ratio, progress.cagr_ratio):
        with pytest.raises(FilterError, match=r"progress\.target_is_base"):
            ratio(Path(5, 6, 5, 2022, 2023, 2024))
        with pytest.raises(FilterError, match=r"progress\.dates"):
            ratio(Path(5, 6, 7, 2023, 2023, 2024))
    with pytest.raises(FilterError, match=r"progress\.signs"):
        progress.cagr_ratio(Path(-5, 6, 7, 2022, 2023, 2024))


def test_a_value_to_be_kept_may_be_better_and_a_little_worse() -> None:
    kept = [progress.maintained(x, 10, direction=1, tolerance=0.5) for x in (12, 9.5, 9.4)]
    assert kept == [True, True, False]
    assert not progress.maintained(10.6, 10, direction=-1, tolerance=0.5)


@pytest.mark.parametrize(
    ("counts", "level"),
    [((0, 0, 0), None), ((1, 1, 0), 0), ((1, 1, 1), 1), ((2, 3, 6), 2), ((0, 0, 1), 2)],
)
def test_the_median_level_is_the_lower_of_two_middles(
    counts: tuple[int, int, int], level: int | None
) -> None:
    assert progress.median_level(*counts) == level


def test_ordinal_status() -> None:
    assert progress.ordinal_status(None, 2, 0) == "not_assessed"
    assert progress.ordinal_status(2, 2, 0) == "achieved"
    assert progress.ordinal_status(1, 2, 0) == "acceleration"
    assert progress.ordinal_status(1, 2, 1) == "limited"
    assert progress.ordinal_status(0, 2, 1) == "deterioration"
    assert progress.ordinal_status(0, 2, None) == "limited"


def test_below_three_points_there_is_no_arrow() -> None:
    assert progress.trend([]).sign is None
    assert progress.trend([1, 9]).sign is None
    assert progress.trend([1, 9]).n == 2


@pytest.mark.parametrize(
    ("values", "sign"),
    [
        ([100, 101, 102], 0),
        ([100, 103, 106], 1),
        ([100, 90, 80], -1),
        ([5, 5, 5, 5], 0),
        ([0, 0, 0], 0),
        ([100, 102, 98, 101, 99, 100, 100.1, 100.2, 100.3, 100.4, 100.5], 1),
        ([100, 102, 98, 101, 99, 100, 102, 98, 101, 99], 0),
    ],
)
def test_an_arrow_needs_more_than_the_dead_band_or_a_run(values: list[float], sign: int) -> None:
    assert progress.trend(values).sign == sign


@pytest.mark.parametrize(
    ("age", "status"),
    [(None, "never"), (0, "fresh"), (3, "fresh"), (4.5, "due"), (4.6, "stale"), (6.1, "dropped")],
)
def test_freshness_counts_in_periods_of_the_indicator(age: float | None, status: str) -> None:
    assert progress.data_status(age, 3) == status


values = st.floats(0.5, 1e6)
times = st.floats(0.5, 20)


@given(values, values, values, times, times)
def test_a_better_value_never_has_a_smaller_ratio(
    base: float, latest: float, better: float, elapsed: float, horizon: float
) -> None:
    latest, better = sorted((latest, better))
    target = base * 2
    paths = [Path(base, x, target, 2000, 2000 + elapsed, 2000 + horizon) for x in (latest, better)]
    for ratio in (progress.linear_ratio, progress.cagr_ratio):
        low, high = map(ratio, paths)
        assert low <= high + 1e-9 * abs(high)


@given(values, values, values, st.floats(0.01, 100))
def test_the_unit_does_not_matter(base: float, latest: float, target: float, unit: float) -> None:
    assume(abs(target - base) > 1e-3 * base)
    path = Path(base, latest, target, 2020, 2022, 2026, 1 if target > base else -1)
    scaled = Path(base * unit, latest * unit, target * unit, 2020, 2022, 2026, path.direction)
    for ratio in (progress.linear_ratio, progress.cagr_ratio):
        assert ratio(path) == pytest.approx(ratio(scaled), rel=1e-6, abs=1e-6)


@given(st.integers(1, 500), st.data())
def test_the_interval_holds_the_share_and_narrows_with_n(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    low, high = progress.wilson(k, n)
    assert 0 <= low <= k / n <= high <= 1
    wide_low, wide_high = progress.wilson(4 * k, 4 * n)
    assert wide_high - wide_low < high - low
