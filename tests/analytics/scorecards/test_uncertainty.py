"""Ranges by Monte-Carlo, dominance and sensitivity: equal to closed forms where there are any."""

import numpy as np
import pytest

from analytics.scorecards import uncertainty
from analytics.scorecards.uncertainty import Sheet, dominance, range_of, simulate, sobol

NAN = float("nan")


def sheet(
    values: list[list[float]],
    *,
    error: float = 0.0,
    medium: float = 0.0,
    dimensions: tuple[str, ...] | None = None,
) -> Sheet:
    value = np.array(values)
    n = value.shape[1]
    return Sheet(
        value=value,
        low=np.zeros_like(value),
        high=np.full_like(value, 100.0),
        error=np.full_like(value, error),
        medium=np.full_like(value, medium),
        category=tuple(f"c{i // 2}" for i in range(n)),
        dimension=dimensions or ("political",) * n,
    )


def test_equal_seeds_give_equal_runs_and_others_do_not() -> None:
    page = sheet([[10.0, 50.0, 70.0, 90.0]])
    one, two = (simulate(page, seed=1).by_dimension for _ in range(2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, simulate(page, seed=2).by_dimension)
    assert simulate(page).by_dimension.shape == (1000, 1, 1)


def test_equal_scores_leave_nothing_to_choose() -> None:
    found = range_of(simulate(sheet([[60.0] * 6])).by_dimension[:, 0, 0])
    assert (found.low, found.median, found.high) == pytest.approx((60.0, 60.0, 60.0))


def test_the_range_holds_the_score_and_widens_with_unevenness() -> None:
    even = range_of(simulate(sheet([[55.0, 65.0, 55.0, 65.0]])).by_dimension[:, 0, 0])
    uneven = range_of(simulate(sheet([[20.0, 100.0, 20.0, 100.0]])).by_dimension[:, 0, 0])
    assert even.low <= 60 <= even.high
    assert uneven.high - uneven.low > even.high - even.low


def test_a_survey_is_wider_than_a_count_and_medium_can_be_coded() -> None:
    plain = range_of(simulate(sheet([[50.0] * 4])).by_dimension[:, 0, 0])
    survey = range_of(simulate(sheet([[50.0] * 4], error=10.0)).by_dimension[:, 0, 0])
    coded = range_of(simulate(sheet([[50.0] * 4], medium=1.0)).by_dimension[:, 0, 0])
    assert plain.high - plain.low == pytest.approx(0)
    assert survey.high - survey.low > 5
    assert (coded.low, coded.high) == pytest.approx((36.5, 63.5), abs=1.5)


def test_below_two_thirds_there_is_no_range_and_no_city() -> None:
    page = sheet(
        [[60.0, NAN, NAN, 60.0, 60.0, 60.0]],
        dimensions=("institutional",) * 3 + ("political",) * 3,
    )
    found = simulate(page)
    assert np.isnan(found.by_dimension[:, 0, 0]).all()
    assert np.isfinite(found.by_dimension[:, 0, 1]).all()
    assert np.isnan(found.overall).all()
    assert np.isnan(range_of(found.overall[:, 0]).median)


def test_a_city_better_in_everything_is_ahead_in_every_run() -> None:
    found = simulate(sheet([[30.0, 40.0, 50.0, 60.0], [20.0, 30.0, 40.0, 50.0]]))
    shares = dominance(found.by_dimension[:, :, 0])
    assert shares[0, 1] == 1.0
    assert shares[1, 0] == 0.0
    ranks = uncertainty.rank_ranges(found.by_dimension[:, :, 0])
    assert [rank.median for rank in ranks] == [1.0, 2.0]


def test_cities_with_opposite_strengths_are_not_told_apart() -> None:
    found = simulate(sheet([[90.0, 10.0, 10.0, 90.0], [10.0, 90.0, 90.0, 10.0]]))
    assert 0.05 < dominance(found.by_dimension[:, :, 0])[0, 1] < 0.95


def test_a_city_without_a_score_is_ahead_of_nobody() -> None:
    found = simulate(sheet([[NAN] * 4, [20.0, 30.0, 40.0, 50.0]]))
    assert dominance(found.by_dimension[:, :, 0]).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_the_effects_of_a_sum_are_its_shares_of_variance() -> None:
    effects = sobol(lambda u: u[:, 0] + 2 * u[:, 1] + 0 * u[:, 2], 3, runs=4096, seed=1)
    for (first, total, low, high), share in zip(effects, (0.2, 0.8, 0.0), strict=True):
        assert first == pytest.approx(share, abs=0.05)
        assert total == pytest.approx(share, abs=0.05)
        assert low <= total <= high
    assert sobol(lambda u: u[:, 0] * 0, 1, runs=8, seed=1) == [(0.0, 0.0, 0.0, 0.0)]


def test_an_interaction_shows_in_the_total_effect_only() -> None:
    def product(u: np.ndarray) -> np.ndarray:
        return (u[:, 0] - 0.5) * (u[:, 1] - 0.5)

    for first, total, *_ in sobol(product, 2, runs=4096, seed=1):
        assert first == pytest.approx(0, abs=0.05)
        assert total == pytest.approx(1, abs=0.05)


def test_what_the_score_depends_on_most_is_named_first() -> None:
    surveyed = uncertainty.sensitivity(sheet([[50.0] * 4], error=10.0))
    assert [found.factor for found in surveyed] == ["sampling"] or surveyed[0].factor == "sampling"
    coded = uncertainty.sensitivity(sheet([[50.0] * 4], medium=1.0))
    assert coded[0].factor == "coding"
    assert uncertainty.sensitivity(sheet([[50.0] * 4])) == []
