"""Aoristic weights by hand, against a minute-by-minute count, and for any spans."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.aoristic_week import AoristicWeek, _shares, aoristic_week
from tests.analytics.events.builders import EventStore, record, store_in

NAMES = count()
MONDAY = datetime(2026, 1, 5)


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventStore]:
    store = store_in(tmp_path / "store")
    yield store
    store.db.close()


def span(start: str, end: str | None = None, **told: object) -> dict:
    return record(f"e{next(NAMES)}", start, until=end, **told)


def week(events: EventStore, *rows: dict, filters: Filters | None = None) -> AoristicWeek:
    engine = events.engine(*rows)
    try:
        return aoristic_week(engine, filters or Filters())
    finally:
        engine.close()


def cells(found: AoristicWeek) -> dict[tuple[int, int], float]:
    frame = found.to_frame()
    kept = frame[frame["n"] > 1e-12]
    return {(row.weekday, row.hour): pytest.approx(row.n) for row in kept.itertuples()}


def test_an_instant_gives_its_hour_one_and_a_span_gives_each_hour_its_part(
    events: EventStore,
) -> None:
    found = week(
        events,
        span("2026-01-05T18:20"),  # a Monday
        span("2026-01-05T18:30", "2026-01-05T20:30"),  # 30, 60 and 30 of 120 minutes
        span("2026-01-11T23:00", "2026-01-12T01:00"),  # Sunday into Monday
    )
    assert cells(found) == {(1, 18): 1.25, (1, 19): 0.5, (1, 20): 0.25, (7, 23): 0.5, (1, 0): 0.5}
    assert (found.n_dated, found.n_spans, found.n_uninformative) == (3, 2, 0)


def test_a_day_gives_each_of_its_hours_a_24th_and_a_month_each_of_the_week_a_168th(
    events: EventStore,
) -> None:
    found = week(
        events,
        span("2026-01-06T00:00", "2026-01-07T00:00", time_precision="day"),
        span("2026-01-01T00:00", "2026-02-01T00:00", time_precision="month"),
        span(None),
    )
    assert found.n[1] == pytest.approx(np.full(24, 1 / 24 + 1 / 168))
    assert found.n[[0, 2, 3, 4, 5, 6]] == pytest.approx(np.full((6, 24), 1 / 168))
    assert (found.n_dated, found.n_uninformative, found.n_undated) == (2, 1, 1)
    assert found.n.sum() == pytest.approx(2)


def test_a_time_filter_cuts_spans_before_they_are_spread(events: EventStore) -> None:
    rows = [span("2026-01-05T20:00", "2026-01-06T02:00"), span("2026-01-06T21:10")]
    evening = Filters(hours=(22, 23), date_to=date(2026, 1, 6))
    found = week(events, *rows, filters=evening)
    assert cells(found) == {(1, 22): 1 / 6, (1, 23): 1 / 6}
    assert found.n_dated == pytest.approx(2 / 6)
    nothing = aoristic_week(events.engine(), Filters(weekdays=(3,)))
    assert (nothing.n_dated, nothing.n.sum()) == (0, 0)


SPANS = st.lists(
    st.tuples(st.integers(0, 3 * 10_080), st.integers(1, 10_080)), min_size=1, max_size=6
)


@given(SPANS)
@settings(deadline=None, max_examples=40)
def test_the_weights_are_those_of_counting_minutes_and_sum_to_one(spans: list) -> None:
    ends = np.array([[start * 60.0, (start + length) * 60.0] for start, length in spans])
    found = _shares(ends, Filters())
    assert found.sum(axis=1) == pytest.approx(np.ones(len(spans)))
    for (start, length), weights in zip(spans, found, strict=True):
        minutes = np.arange(start, start + length) // 60 % 168
        assert weights == pytest.approx(np.bincount(minutes, minlength=168) / length)


HOURS = st.tuples(st.integers(0, 23), st.integers(0, 23))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EventEngine]:
    """Forty spans of a minute to a week, seeded."""
    store = store_in(tmp_path_factory.mktemp("spans") / "store")
    rng = np.random.default_rng(3)
    starts, lengths = rng.integers(0, 3 * 10_080, 40), rng.integers(1, 10_080, 40)
    opened = store.engine(
        *(
            span(
                (MONDAY + timedelta(minutes=int(start))).isoformat(),
                (MONDAY + timedelta(minutes=int(start + length))).isoformat(),
            )
            for start, length in zip(starts, lengths, strict=True)
        )
    )
    yield opened
    opened.close()
    store.db.close()


@given(HOURS, st.sets(st.integers(1, 7), max_size=3), st.integers(-1, 20), st.integers(20, 40))
@settings(deadline=None, max_examples=8)
def test_the_week_sums_to_what_the_engine_counts(
    engine: EventEngine, hours: tuple[int, int], days: set[int], first: int, last: int
) -> None:
    day = MONDAY.date()
    filters = Filters(
        date_from=day + timedelta(days=first),
        date_to=day + timedelta(days=last),
        hours=hours,
        weekdays=tuple(days),
    )
    found = aoristic_week(engine, filters)
    assert found.n.sum() == pytest.approx(engine.totals(filters).n)
    assert found.n_dated == pytest.approx(engine.totals(filters).n)
    outside = found.n[:, [h for h in range(24) if h not in filters.hour_set]]
    assert outside.sum() == 0
