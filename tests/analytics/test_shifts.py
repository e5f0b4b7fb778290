"""Shifts: which hours are theirs, and that together they are the day."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.events.filters import Filters
from analytics.shifts import DEFAULT_SHIFTS, Shift, cover_the_day, read_shifts


def test_a_shift_passes_midnight_and_narrows_a_selection_to_its_hours():
    night = Shift("night", (22, 5))
    assert night.hour_set == (0, 1, 2, 3, 4, 5, 22, 23)
    asked = Filters(categories=("theft",), weekdays=(1,))
    assert night.narrowed(asked) == Filters(categories=("theft",), weekdays=(1,), hours=(22, 5))


def test_the_usual_three_are_the_day():
    assert cover_the_day(DEFAULT_SHIFTS)
    assert [len(shift.hour_set) for shift in DEFAULT_SHIFTS] == [8, 8, 8]


@given(st.lists(st.integers(0, 23), min_size=2, max_size=6, unique=True))
def test_cuts_anywhere_divide_the_day(cuts):
    cuts = sorted(cuts)
    pairs = zip(cuts, [*cuts[1:], cuts[0]], strict=True)
    table = {f"s{first}": f"{first}-{(last - 1) % 24}" for first, last in pairs}
    hours = [hour for shift in read_shifts(table) for hour in shift.hour_set]
    assert sorted(hours) == list(range(24))


@pytest.mark.parametrize(
    "table",
    [
        {"day": "6-17"},
        {"day": "6-18", "night": "18-5"},
        {"day": "6-17", "night": "18-29"},
        {"day": "6", "night": "18-5"},
        {"day": "a-b"},
        {},
    ],
)
def test_what_is_not_the_day_once_is_refused(table):
    with pytest.raises(ValueError):
        read_shifts(table)
