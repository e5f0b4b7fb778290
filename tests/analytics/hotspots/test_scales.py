"""Class floors that people can read, and areas by class that add up."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.hotspots.scales import area_by_class, fitted_classes, nice_floors


def test_the_floors_are_the_seven_one_two_five_numbers_below_two_thirds_of_the_peak() -> None:
    assert fitted_classes(np.array([1.0, 160.0])) == (1, 2, 5, 10, 20, 50, 100)
    assert fitted_classes(np.array([1.0, 149.0])) == (0.5, 1, 2, 5, 10, 20, 50)


def test_cells_outside_the_study_area_do_not_count() -> None:
    assert fitted_classes(np.array([np.nan, 160.0])) == fitted_classes(np.array([160.0]))


def test_a_surface_of_zeros_still_has_a_scale() -> None:
    assert fitted_classes(np.zeros(4)) == (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1)


@settings(max_examples=100, deadline=None)
@given(st.floats(1e-6, 1e6))
def test_the_top_class_is_seen_and_small(peak: float) -> None:
    floors = fitted_classes(np.array([0.0, peak]))
    assert len(floors) == 7
    assert list(floors) == sorted(set(floors))
    assert peak / 4 < floors[-1] <= peak * 2 / 3 * (1 + 1e-9)
    for floor in floors:
        mantissa = floor / 10 ** math.floor(math.log10(floor) + 1e-9)
        assert min(abs(mantissa - nice) for nice in (1, 2, 5)) < 1e-6


def test_nice_floors_end_at_the_highest_that_fits() -> None:
    assert nice_floors(50.0, 3) == (10, 20, 50)
    assert nice_floors(49.9, 3) == (5, 10, 20)


def test_areas_by_class_are_half_open_and_add_up_to_the_study_area() -> None:
    values = np.array([[0.0, 0.99, 1.0], [1.99, 2.0, 50.0], [np.nan, np.nan, np.nan]])
    frame = area_by_class(values, 500.0, (1.0, 2.0, 5.0))
    assert frame["low"].tolist() == [0, 1, 2, 5]
    assert frame["high"].tolist() == [1, 2, 5, math.inf]
    assert frame["area_km2"].tolist() == pytest.approx([0.5, 0.5, 0.25, 0.25])
    assert frame["share"].tolist() == pytest.approx([2 / 6, 2 / 6, 1 / 6, 1 / 6])
