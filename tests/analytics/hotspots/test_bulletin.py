"""The bulletin's periods and counts: hand-derived cases, whole months, refusals kept as words."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.events.filters import Filters
from analytics.hotspots.bulletin import bulletin, earlier_periods
from analytics.hotspots.change import e_test
from analytics.hotspots.surface import Method, hotspot_surface
from tests.analytics.events.builders import record, store_in


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("period", "before", "year"),
    [
        ("2026-10-01 2026-10-31", "2026-09-01 2026-09-30", "2025-10-01 2025-10-31"),
        ("2026-01-01 2026-03-31", "2025-10-01 2025-12-31", "2025-01-01 2025-03-31"),
        ("2024-02-01 2024-02-29", "2024-01-01 2024-01-31", "2023-02-01 2023-02-28"),
        ("2024-02-29 2024-03-01", "2024-02-27 2024-02-28", "2023-02-28 2023-03-01"),
        ("2026-03-10 2026-03-20", "2026-02-27 2026-03-09", "2025-03-10 2025-03-20"),
        ("2026-01-01 2026-12-31", "2025-01-01 2025-12-31", None),
        ("2025-01-01 2026-06-30", "2023-07-05 2024-12-31", None),
    ],
)
def test_whole_months_are_compared_with_whole_months(period, before, year):
    found = earlier_periods(tuple(map(d, period.split())))
    told = {name: f"{first} {last}" for name, (first, last) in found}
    assert told == {"period": before} | ({"year": year} if year else {})


@given(st.dates(date(2001, 1, 1), date(2030, 1, 1)), st.integers(0, 800))
def test_earlier_periods_end_before_the_period_and_run_forward(first, days):
    for _, (start, end) in earlier_periods((first, first + timedelta(days=days))):
        assert start <= end < first


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """January: 10 events, one not located; February: 30; all in one place."""
    store = store_in(tmp_path_factory.mktemp("bulletin") / "store")
    place = (768_250.0, 3_888_250.0)
    told = [record(f"a{i}", f"2024-01-{1 + i:02d}T12:00", xy=place) for i in range(9)]
    told.append(record("lost", "2024-01-20T12:00"))
    told += [record(f"b{i}", f"2024-02-{1 + i % 28:02d}T13:00", xy=place) for i in range(30)]
    told.append(record("far", "2024-01-02T12:00", xy=(769_750.0, 3_889_750.0)))
    engine = store.engine(*told)
    yield store.city, engine
    store.db.close()


def test_counts_are_of_all_incidents_and_tested_as_rates(town):
    city, engine = town
    february = Filters(date_from=d("2024-02-01"), date_to=d("2024-02-29"))
    told = bulletin(engine, city, hotspot_surface(engine, city, february, Method(500, 500)))

    (only,) = told.compared  # the data do not reach back a year
    assert (only.against, only.n_before, only.n_after) == ("period", 11, 30)
    assert only.rate_ratio == pytest.approx((30 / 29) / (11 / 31))
    assert only.p == e_test(np.array([11.0]), np.array([30.0]), 31, 29)[0]
    assert (only.n_rose, only.n_fell) == (1, 0)
    assert told.hours.n == 30
    assert told.by_source["n"].tolist() == [30]


def test_a_validity_that_cannot_be_judged_is_a_refusal_not_a_failure(town):
    city, engine = town
    january = Filters(date_from=d("2024-01-01"), date_to=d("2024-01-31"))
    told = bulletin(engine, city, hotspot_surface(engine, city, january, Method(500, 500)))
    assert told.compared == ()
    assert told.validity is None
    assert told.refusal is not None and told.refusal.code.startswith(("validity.", "filter."))
