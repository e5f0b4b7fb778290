"""Composites: compensation, missing data, weights, and that null is not zero."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import FilterError
from analytics.scorecards import composite
from analytics.scorecards.composite import Item, city_score, dimension_score, needed


@pytest.mark.parametrize(
    ("scores", "arithmetic", "geometric", "harmonic"),
    [
        ((80, 80, 20), 60.0, 50.4, 40.0),
        ((60, 60, 60), 60.0, 60.0, 60.0),
        ((100, 100, 5), 68.3, 36.8, 13.6),
    ],
)
def test_the_compensation_check_holds(
    scores: tuple[float, ...], arithmetic: float, geometric: float, harmonic: float
) -> None:
    assert round(composite.arithmetic(scores), 1) == arithmetic
    assert round(composite.geometric(scores), 1) == geometric
    assert round(composite.harmonic(scores), 1) == harmonic


def test_unevenness_costs_and_evenness_does_not() -> None:
    assert composite.mazziotta_pareto((60, 60, 60)) == 60
    assert composite.mazziotta_pareto((80, 80, 20)) == pytest.approx(60 - 800 / 60)


@pytest.mark.parametrize(
    ("value", "low", "high", "score"),
    [(20, 20, 40, 0), (30, 20, 40, 50), (50, 20, 40, 100), (10, 20, 40, 0), (35, 50, 20, 50)],
)
def test_goalposts_run_from_baseline_to_target_without_a_flip(
    value: float, low: float, high: float, score: float
) -> None:
    assert composite.goalposts(value, low, high) == score


def test_equal_goalposts_are_refused() -> None:
    with pytest.raises(FilterError, match=r"progress\.target_is_base"):
        composite.goalposts(1, 5, 5)


def items(*groups: tuple[str, list[float | None]], dimension: str = "political") -> list[Item]:
    return [
        Item(f"{dimension}-{category}-{i}", dimension, category, score)
        for category, scores in groups
        for i, score in enumerate(scores)
    ]


def test_categories_weigh_alike_however_many_indicators_they_have() -> None:
    found = dimension_score("political", items(("a", [90.0]), ("b", [10.0] * 12)))
    assert found.score == pytest.approx(50)
    assert found.weights["political-a-0"] == 0.5
    assert found.weights["political-b-3"] == pytest.approx(0.5 / 12)
    assert sum(found.weights.values()) == pytest.approx(1)


@pytest.mark.parametrize(("expected", "least"), [(22, 15), (24, 16), (3, 2), (1, 1), (18, 12)])
def test_two_thirds_are_needed(expected: int, least: int) -> None:
    assert needed(expected) == least


def test_below_two_thirds_there_is_no_score_but_the_categories_stay() -> None:
    found = dimension_score("political", items(("a", [80.0, None]), ("b", [None])))
    assert (found.score, found.present, found.expected, found.needed) == (None, 1, 3, 2)
    assert [(c.category, c.score, c.weight) for c in found.categories] == [
        ("a", 80.0, 1.0),
        ("b", None, 0.0),
    ]


def test_nothing_selected_has_no_score() -> None:
    assert dimension_score("political", []).score is None


def test_a_city_needs_all_three_dimensions() -> None:
    three = [
        item
        for name, score in (("institutional", 80.0), ("political", 80.0), ("territorial", 20.0))
        for item in items(("a", [score]), dimension=name)
    ]
    assert city_score(three).score == pytest.approx(50.397, abs=1e-3)
    assert city_score(three[:2]).score is None
    assert (city_score(three).present, city_score(three).expected) == (3, 3)


def test_an_outlying_column_is_reported() -> None:
    assert composite.outlying([1.0] * 30 + [1000.0])
    assert not composite.outlying([1.0, 2.0, 3.0, 4.0, 5.0])
    assert not composite.outlying([5.0] * 9)


scores = st.lists(st.floats(0, 100), min_size=1, max_size=8)


@given(scores)
def test_harmonic_below_geometric_below_arithmetic(values: list[float]) -> None:
    floored = [max(1.0, value) for value in values]
    low, middle, high = (
        composite.harmonic(values),
        composite.geometric(values),
        composite.arithmetic(floored),
    )
    assert low <= middle + 1e-9 <= high + 2e-9


@given(scores, st.integers(0, 7), st.floats(0, 50))
def test_a_better_indicator_never_lowers_the_score(
    values: list[float], which: int, more: float
) -> None:
    better = list(values)
    better[which % len(values)] = min(100.0, better[which % len(values)] + more)
    before, after = (dimension_score("political", items(("a", v))).score for v in (values, better))
    assert before is not None and after is not None
    assert after >= before - 1e-9


@given(st.lists(st.floats(1, 100), min_size=2, max_size=9))
def test_null_is_not_zero(values: list[float]) -> None:
    absent = dimension_score("political", items(("a", [*values, None]))).score
    zero = dimension_score("political", items(("a", [*values, 0.0]))).score
    without = dimension_score("political", items(("a", values))).score
    assert absent is not None and zero is not None
    assert absent == without
    assert zero < absent


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.floats(1, 1e3), st.floats(0.01, 100))
def test_goalposts_know_no_unit(value: float, low: float, span: float, unit: float) -> None:
    plain = composite.goalposts(value, low, low + span)
    scaled = composite.goalposts(value * unit, low * unit, (low + span) * unit)
    assert scaled == pytest.approx(plain, abs=1e-6)
