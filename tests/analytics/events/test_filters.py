"""Filters: what cannot be is refused; equal selections are equal values."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import FilterError
from analytics.events.filters import Filters, latest_months, month_span, whole_months

DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


def test_reversed_dates_are_refused():
    with pytest.raises(FilterError, match="dates_reversed"):
        Filters(date_from=date(2026, 2, 1), date_to=date(2026, 1, 31))


@pytest.mark.parametrize("hours", [(24, 1), (-1, 5)])
def test_an_hour_that_does_not_exist_is_refused(hours):
    with pytest.raises(FilterError, match=r"filter\.hours"):
        Filters(hours=hours)


def test_weekday_eight_is_refused():
    with pytest.raises(FilterError, match=r"filter\.weekdays"):
        Filters(weekdays=(8,))


def test_hours_wrap_over_midnight():
    assert Filters(hours=(22, 1)).hour_set == (0, 1, 22, 23)


def test_order_and_repetition_do_not_make_another_selection():
    a, b = Filters(categories=("x", "a", "x")), Filters(categories=("a", "x"))
    assert a == b
    assert hash(a) == hash(b)


def test_all_seven_weekdays_select_no_time_of_week():
    assert not Filters(weekdays=(1, 2, 3, 4, 5, 6, 7)).selects_time_of_week
    assert Filters(hours=(8, 7), weekdays=(1,)).selects_time_of_week


@given(st.integers(0, 23), st.integers(0, 23))
def test_an_hour_range_and_the_rest_of_the_day_are_complements(first, last):
    inside = Filters(hours=(first, last)).hour_set
    if len(inside) < 24:
        outside = Filters(hours=((last + 1) % 24, (first - 1) % 24)).hour_set
        assert sorted(inside + outside) == list(range(24))


@given(DAYS, DAYS)
def test_whole_months_lie_inside_the_period(a, b):
    period = min(a, b), max(a, b)
    for month in whole_months(period):
        first, last = month_span(month, month)
        assert period[0] <= first
        assert last <= period[1]


def test_a_period_of_exactly_one_month_is_one_whole_month():
    assert whole_months((date(2024, 2, 1), date(2024, 2, 29))) == (date(2024, 2, 1),)
    assert whole_months((date(2024, 2, 1), date(2024, 2, 28))) == ()


def test_latest_months_end_with_the_last_whole_month():
    assert latest_months((date(2024, 1, 15), date(2024, 6, 10)), 3) == (
        date(2024, 3, 1),
        date(2024, 5, 31),
    )
