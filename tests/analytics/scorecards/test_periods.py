"""Periods by key, their neighbours, and moments as years."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import FilterError
from analytics.scorecards.periods import decimal_year, half_year_before, months_between, parse


@pytest.mark.parametrize(
    ("key", "first", "last", "before", "after"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2025", "2027"),
        ("2026-S1", date(2026, 1, 1), date(2026, 6, 30), "2025-S2", "2026-S2"),
        ("2026-q4", date(2026, 10, 1), date(2026, 12, 31), "2026-Q3", "2027-Q1"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "2024-01", "2024-03"),
    ],
)
def test_a_period_has_its_days_and_neighbours(
    key: str, first: date, last: date, before: str, after: str
) -> None:
    period = parse(key)
    assert (period.first, period.last) == (first, last)
    assert (period.before.key, period.after.key) == (before, after)
    assert period.after.before == period


@pytest.mark.parametrize("key", ["", "26", "2026-S3", "2026-Q0", "2026-13", "2026-1", "1800"])
def test_what_is_no_period_is_refused(key: str) -> None:
    with pytest.raises(FilterError, match=r"scorecard\.period"):
        parse(key)


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)))
def test_the_last_half_year_has_ended_and_the_next_has_not(day: date) -> None:
    period = half_year_before(day)
    assert period.months == 6
    assert period.last <= day < period.after.last


def test_moments() -> None:
    assert decimal_year(date(2025, 12, 31)) == 2026.0
    assert decimal_year(date(2026, 6, 30)) == pytest.approx(2026.5, abs=0.005)
    assert months_between(date(2025, 6, 30), date(2026, 6, 30)) == pytest.approx(12, abs=0.01)
