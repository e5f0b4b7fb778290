"""Months: what is counted, same month of earlier years, and the run-chart rules by hand."""

from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import TooFewEventsError
from analytics.events.filters import Filters
from analytics.hotspots.trends import Signal, monthly_trend, run_signals
from tests.analytics.events.builders import EventStore, record, store_in

NAMES = count()


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventStore]:
    store = store_in(tmp_path / "store")
    yield store
    store.db.close()


def month(year: int, number: int, n: int) -> list[dict]:
    return [
        record(f"e{next(NAMES)}", f"{year}-{number:02d}-{1 + i % 28:02d}T12:00") for i in range(n)
    ]


def test_whole_months_are_counted_beside_the_same_month_of_earlier_years(
    events: EventStore,
) -> None:
    rows = [*month(2024, 1, 5), *month(2025, 1, 9), *month(2026, 1, 7), *month(2026, 2, 3)]
    rows += [record("first", "2024-01-01T00:00"), record("undated")]  # January 2024 is whole
    found = monthly_trend(events.engine(*rows), Filters())
    assert found.frame["month"].iloc[0] == date(2024, 1, 1)
    # The last record is of 3 February 2026, so that month is cut and left out.
    assert found.frame["month"].iloc[-1] == date(2026, 1, 1)
    assert len(found.frame) == 25
    assert found.frame["n"].sum() == 6 + 9 + 7
    last = found.frame.iloc[-1]
    assert last[["n", "n_year_ago", "earlier_low", "earlier_high"]].tolist() == [7, 9, 6, 9]
    assert np.isnan(found.frame["earlier_low"].iloc[0])
    assert found.median == 0


def test_dates_bound_the_months_and_none_at_all_is_refused(events: EventStore) -> None:
    engine = events.engine(*month(2025, 3, 28), *month(2025, 6, 28))
    found = monthly_trend(engine, Filters(date_from=date(2025, 3, 20), date_to=date(2025, 5, 31)))
    assert found.frame["month"].tolist() == [date(2025, 4, 1), date(2025, 5, 1)]
    assert not found.is_judged and found.signals == ()
    with pytest.raises(TooFewEventsError) as caught:
        monthly_trend(engine, Filters(date_from=date(2025, 4, 2), date_to=date(2025, 4, 29)))
    assert caught.value.code == "trend.no_month"


# The rules by hand


def test_six_months_above_the_median_are_a_shift_and_one_on_it_does_not_count() -> None:
    # The median is 5: months 4 to 10 lie above it but for one on it, which breaks nothing.
    values = [1, 2, 1, 2, 9, 8, 9, 5, 8, 9, 8, 1, 2]
    assert np.median(values) == 5
    assert run_signals(values) == [Signal("shift", True, 4, 10, 6)]
    assert run_signals([1, 2, 1, 2, 9, 8, 9, 5, 8, 9, 1, 2, 5]) == []


def test_five_falling_months_are_a_trend_and_equal_neighbours_count_once() -> None:
    assert run_signals([5, 9, 8, 7, 7, 6, 5, 8]) == [Signal("trend", False, 1, 6, 5)]
    assert run_signals([5, 9, 8, 7, 7, 6, 8]) == []


def test_the_signal_of_the_last_month_is_the_one_to_tell(events: EventStore) -> None:
    rows = [row for i in range(12) for row in month(2025, i + 1, 3 + 2 * max(0, i - 6))]
    rows += [record("first", "2025-01-01T00:00"), record("last", "2025-12-31T23:00")]
    found = monthly_trend(events.engine(*rows), Filters())
    assert found.is_judged
    assert found.latest is not None
    assert (found.latest.kind, found.latest.rises, found.latest.months) == ("trend", True, 6)
    assert found.months_of(found.latest) == (date(2025, 7, 1), date(2025, 12, 1))
    assert found.to_frame()["signal"].tolist()[-1] == "trend_up"


@given(st.lists(st.integers(0, 9), min_size=2, max_size=40))
def test_a_series_upside_down_has_the_same_signals_the_other_way(values: list[int]) -> None:
    found, mirrored = run_signals(values), run_signals([-value for value in values])
    assert [(s.kind, not s.rises, s.first, s.last) for s in found] == [
        (s.kind, s.rises, s.first, s.last) for s in mirrored
    ]
    for signal in found:
        inside = np.array(values[signal.first : signal.last + 1])
        if signal.kind == "shift":
            assert ((inside - np.median(values)) * (1 if signal.rises else -1) >= 0).all()
        else:
            assert (np.diff(inside) * (1 if signal.rises else -1) >= 0).all()
