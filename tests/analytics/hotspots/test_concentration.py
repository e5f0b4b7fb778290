"""Shares of events in shares of the area, their curve and the generalised Gini, by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import FilterError, TooFewEventsError
from analytics.hotspots.concentration import (
    area_holding,
    cells_in_share,
    concentration,
    concentration_curve,
    generalised_gini,
    inclusion,
    top_cells,
    top_share,
)

ALL = np.ones((2, 5), dtype=bool)
COUNTS = np.array([[8.0, 0, 4, 2, 0], [2, 0, 2, 0, 2]])  # 20 events in 10 cells


@pytest.mark.parametrize(("share", "k"), [(0.001, 1), (0.1, 1), (0.16, 2), (0.5, 5), (1.0, 10)])
def test_a_share_is_rounded_to_whole_cells_and_at_least_one(share: float, k: int) -> None:
    assert cells_in_share(ALL, share) == k


def test_five_percent_of_4189_cells_are_209() -> None:
    assert cells_in_share(np.ones((59, 71), dtype=bool), 0.05) == 209


def test_the_top_two_of_ten_cells_hold_twelve_of_twenty_events() -> None:
    assert top_share(COUNTS, COUNTS, ALL, 0.2) == 12 / 20


def test_tied_cells_count_by_their_expected_value() -> None:
    # Third place: four cells of 2 compete for one place, each brings a quarter of 2.
    assert top_share(COUNTS, COUNTS, ALL, 0.3) == 14 / 20
    # Ranked by another period, the tied cells hold 2, 0, 2 and 4: one place brings 8/4.
    earlier = np.array([[5.0, 0, 1, 1, 0], [1, 0, 0, 0, 1]])
    assert top_share(earlier, COUNTS, ALL, 0.2) == pytest.approx((8 + (4 + 2 + 2 + 2) / 4) / 20)


def test_a_flat_map_holds_exactly_the_share_of_the_area() -> None:
    assert top_share(np.zeros((2, 5)), COUNTS, ALL, 0.3) == pytest.approx(0.3)


def test_cells_outside_the_study_area_neither_rank_nor_count() -> None:
    study = ALL.copy()
    study[0, 0] = False
    values = np.where(study, COUNTS, np.nan)
    assert top_share(values, COUNTS, study, 0.12) == 4 / 12


def test_the_share_of_no_events_is_not_a_number() -> None:
    assert math.isnan(top_share(COUNTS, np.zeros((2, 5)), ALL, 0.2))


@pytest.mark.parametrize("share", [0.0, -0.1, 1.01, float("nan")])
def test_a_share_outside_zero_to_one_is_refused(share: float) -> None:
    with pytest.raises(FilterError, match=r"filter\.share"):
        top_share(COUNTS, COUNTS, ALL, share)


def test_drawn_ties_go_to_the_west_then_to_the_south() -> None:
    values = np.array([[0.0, 1, 1], [1, 1, 0]])
    chosen = top_cells(values, np.ones((2, 3), dtype=bool), 0.5)
    assert chosen.tolist() == [[False, True, False], [True, True, False]]


@given(
    st.lists(st.integers(0, 3), min_size=10, max_size=10),
    st.lists(st.booleans(), min_size=10, max_size=10).filter(any),
    st.floats(0.01, 1.0),
)
def test_drawn_cells_lie_inside_and_none_left_out_is_higher(
    values: list[int], inside: list[bool], share: float
) -> None:
    grid, study = np.reshape(values, (2, 5)).astype(float), np.reshape(inside, (2, 5))
    chosen = top_cells(grid, study, share)
    assert chosen.sum() == cells_in_share(study, share)
    assert not (chosen & ~study).any()
    assert grid[chosen].min() >= grid[study & ~chosen].max(initial=0)


@given(st.lists(st.integers(0, 4), min_size=10, max_size=10).filter(any), st.floats(0.01, 1.0))
def test_no_ranking_beats_the_counts_themselves(counts: list[int], share: float) -> None:
    events = np.reshape(counts, (2, 5)).astype(float)
    best = top_share(events, events, ALL, share)
    assert top_share(np.arange(10.0).reshape(2, 5), events, ALL, share) <= best + 1e-12


@given(st.lists(st.integers(0, 3), min_size=10, max_size=10), st.integers(1, 10))
def test_the_places_shared_out_are_as_many_as_there_are(values: list[int], k: int) -> None:
    inside = inclusion(np.array(values, dtype=float), k)
    assert inside.sum() == pytest.approx(k)
    assert ((inside >= 0) & (inside <= 1)).all()


def test_inclusion_by_hand() -> None:
    values = np.array([3.0, 1, 1, 0, 1])
    assert inclusion(values, 2).tolist() == pytest.approx([1, 1 / 3, 1 / 3, 0, 1 / 3])


# The 80–20 curve: 8, 4, 2, 2, 2, 2 and four empty cells


def test_the_curve_adds_the_fullest_cells_first() -> None:
    curve = concentration_curve(COUNTS, ALL)
    assert curve["area_share"].tolist() == pytest.approx([i / 10 for i in range(11)])
    held = [0, 8, 12, 14, 16, 18, 20, 20, 20, 20, 20]
    assert curve["event_share"].tolist() == pytest.approx([n / 20 for n in held])


@pytest.mark.parametrize(
    ("share", "area"), [(0.25, 0.1), (0.4, 0.1), (0.5, 0.2), (0.6, 0.2), (0.61, 0.3), (1.0, 0.6)]
)
def test_the_area_that_holds_a_share_is_counted_in_whole_cells(share: float, area: float) -> None:
    assert area_holding(COUNTS, ALL, share) == pytest.approx(area)


def test_cells_outside_the_study_area_are_no_part_of_the_curve() -> None:
    study = ALL.copy()
    study[0, 0] = False
    # 12 events in 9 cells: 4 and one of 2 hold half.
    assert area_holding(COUNTS, study, 0.5) == pytest.approx(2 / 9)


@pytest.mark.parametrize("share", [0.0, 1.5, float("nan")])
def test_an_impossible_share_of_the_events_is_refused(share: float) -> None:
    with pytest.raises(FilterError, match=r"filter\.share"):
        area_holding(COUNTS, ALL, share)


# G' = max(1/c, 1/p)·(2 Σ i·y_i − p − 1) − max(p/c, 1) + 1


@pytest.mark.parametrize(
    ("counts", "gini"),
    [
        ([0, 0, 0, 0, 0, 0, 0, 1, 1, 1], 0.0),  # fewer events than cells, none share a cell
        ([2, 2, 2, 2, 2, 2, 2, 2, 2, 2], 0.0),  # even
        # c = 3, p = 10, all in one cell: (1/3)(20 − 11) − 10/3 + 1 = 2/3 = 1 − 1/c.
        ([3, 0, 0, 0, 0, 0, 0, 0, 0, 0], 2 / 3),
        # c = 20, p = 10, all in one cell: (1/10)(20 − 11) − 1 + 1 = 0.9 = 1 − 1/p.
        ([20, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0.9),
        # c = 4, p = 10, two cells of two: Σ i·y = 9.5; (1/4)(19 − 11) − 10/4 + 1 = 0.5.
        ([2, 2, 0, 0, 0, 0, 0, 0, 0, 0], 0.5),
        # 8 4 2 2 2 2: Σ i·y = (2(5+6+7+8) + 36 + 80)/20 = 8.4; (16.8 − 11)/10 = 0.58.
        ([8, 4, 2, 2, 2, 2, 0, 0, 0, 0], 0.58),
        # The two examples in the manual of the authors' own package.
        ([10, 8, 2, 0, 0, 0, 0, 0, 0, 0], 0.78),
        ([5, 2, 1, 0, 0, 0, 0, 0, 0, 0], 0.75),
    ],
)
def test_the_generalised_gini_by_hand(counts: list[int], gini: float) -> None:
    assert generalised_gini(np.reshape(counts, (2, 5)).astype(float), ALL) == pytest.approx(gini)


@given(
    st.lists(st.integers(0, 9), min_size=10, max_size=10).filter(any), st.permutations(range(10))
)
def test_the_generalised_gini_lies_in_its_bounds_and_knows_no_order(
    counts: list[int], order: list[int]
) -> None:
    events = np.array(counts, dtype=float)
    found = generalised_gini(events.reshape(2, 5), ALL)
    assert -1e-12 <= found <= 1
    assert generalised_gini(events[order].reshape(2, 5), ALL) == pytest.approx(found)


@given(st.lists(st.integers(1, 9), min_size=10, max_size=10))
def test_with_more_events_than_cells_it_is_the_plain_gini(counts: list[int]) -> None:
    y = np.array(counts, dtype=float)
    plain = np.abs(y[:, None] - y[None, :]).sum() / (2 * len(y) ** 2 * y.mean())
    assert generalised_gini(y.reshape(2, 5), ALL) == pytest.approx(plain)


@pytest.mark.parametrize("ask", [concentration_curve, generalised_gini])
def test_no_events_have_no_concentration(ask: object) -> None:
    with pytest.raises(TooFewEventsError):
        ask(np.zeros((2, 5)), ALL)  # type: ignore[operator]


def test_the_measures_together_equal_a_case_by_hand():
    # Ten cells, twelve events: 6, 3, 1, 1, 1 and five empty ones; a full cell outside.
    counts = np.array([[6.0, 3, 1, 1, 1, 0], [0, 0, 0, 0, 99, 0]])
    study = np.ones((2, 6), dtype=bool)
    study[1, 4] = study[1, 5] = False
    found = concentration(counts, study, cell_m=100.0)
    assert (found.n, found.n_cells) == (12.0, 10)
    assert found.area_for == pytest.approx({0.25: 0.1, 0.5: 0.1, 0.8: 0.3})
    assert found.in_fifth == pytest.approx(9 / 12)
    # Plain Gini, as c ≥ p: (2·Σ i·x)/(c·p) − (p + 1)/p with ranks 6…10 for 1, 1, 1, 3, 6.
    assert found.gini == pytest.approx(2 * (6 + 7 + 8 + 27 + 60) / (12 * 10) - 11 / 10)
    assert found.curve["event_share"].iloc[-1] == 1.0
