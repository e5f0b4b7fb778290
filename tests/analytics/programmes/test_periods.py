"""Days, months, quarters, months from a start, working days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import ProgrammeError
from analytics.programmes.periods import (
    Period,
    add_months,
    months_between,
    parse_period,
    working_days,
)

DAYS = st.dates(date(2000, 1, 1), date(2060, 1, 1))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-Q4", date(2025, 10, 1), date(2025, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-11-30", date(2026, 11, 30), date(2026, 11, 30)),
        ("2026-11-30 (2026-Q4)", date(2026, 11, 30), date(2026, 11, 30)),
        ("2026-Q1 2026-03", date(2026, 3, 1), date(2026, 3, 31)),
    ],
)
def test_a_date_is_read_as_exactly_as_it_is_told(text, first, last):
    assert parse_period(text) == Period(first, last)


@pytest.mark.parametrize("text", ["", "soon", "2026-13", "2026-Q5", "2026-02-30", "1 2 3"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ProgrammeError, match=r"programme\.date_form"):
        parse_period(text)


def test_a_quarter_that_contradicts_the_month_is_refused():
    with pytest.raises(ProgrammeError, match=r"programme\.quarter_contradicts") as caught:
        parse_period("2026-08 2026-Q4")
    assert caught.value.details == {"narrow": "2026-08", "wide": "2026-Q4"}


def test_a_period_never_ends_before_it_begins():
    with pytest.raises(ProgrammeError, match=r"programme\.period_order"):
        Period(date(2026, 2, 1), date(2026, 1, 31))


@given(DAYS, st.integers(0, 90))
def test_a_written_period_reads_back(first, n):
    period = Period(first, first + timedelta(days=n))
    if "/" not in str(period):
        assert parse_period(str(period)) == period


@given(DAYS, st.integers(-400, 4000))
def test_months_from_a_start_lead_back_to_the_day(start, n):
    day = start + timedelta(days=n)
    assert add_months(start, months_between(start, day)) == day


@given(DAYS, st.integers(0, 60))
def test_whole_months_are_whole(start, n):
    assert months_between(start, add_months(start, n)) == n


def test_the_end_of_a_long_month_falls_into_the_short_one():
    assert add_months(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert add_months(date(2025, 3, 1), 9.5) == date(2025, 12, 1) + timedelta(days=16)


def test_working_days_leave_out_weekends_and_the_countrys_holidays():
    # 18 September 2025 (Thursday) and 19 (Friday) are Chile's; 20–21 a weekend.
    assert working_days(date(2025, 9, 17), date(2025, 9, 22), "CL") == 1
    assert working_days(date(2025, 9, 17), date(2025, 9, 22), "UY") == 3
    assert working_days(date(2025, 9, 22), date(2025, 9, 17), "CL") == -1


@given(DAYS, st.integers(0, 200), st.integers(0, 200))
def test_working_days_add_up_and_are_no_more_than_days(start, one, two):
    middle, end = start + timedelta(days=one), start + timedelta(days=one + two)
    parts = working_days(start, middle, "BR") + working_days(middle, end, "BR")
    assert parts == working_days(start, end, "BR") <= one + two


def test_a_country_without_a_calendar_is_refused():
    with pytest.raises(ProgrammeError, match=r"programme\.unknown_country"):
        working_days(date(2025, 1, 1), date(2025, 1, 9), "QQ")
