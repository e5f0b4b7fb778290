"""The share of events in the cells of highest value, derived by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import FilterError
from analytics.hotspots.concentration import cells_in_share, top_cells, top_share

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
