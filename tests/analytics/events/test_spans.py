"""Spans: the weight of an event is the share of its span inside the filter, exactly."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.events.filters import Filters
from tests.analytics.events.builders import record, store_in

HERE = (770_000.0, 3_890_000.0)
FIRST = datetime(2024, 1, 1)  # a Monday
MINUTE = timedelta(minutes=1)


def weight(events, at, until, **asked):
    return events.engine(record("e", at, until, xy=HERE)).totals(Filters(**asked)).n


def test_half_of_a_night_from_ten_to_two_lies_in_the_small_hours(events):
    assert weight(events, "2024-03-05T22:00", "2024-03-06T02:00", hours=(0, 5)) == 0.5


def test_hours_that_wrap_take_both_sides_of_midnight(events):
    assert weight(events, "2024-03-05T21:00", "2024-03-06T02:00", hours=(22, 0)) == 0.6


def test_a_week_long_span_lies_to_a_seventh_on_each_weekday(events):
    engine = events.engine(record("e", "2024-03-06T15:30", "2024-03-13T15:30"))
    shares = [engine.totals(Filters(weekdays=(day,))).n for day in range(1, 8)]
    assert shares == pytest.approx([1 / 7] * 7)


def test_a_month_long_span_lies_on_a_weekday_as_often_as_the_calendar_says(events):
    share = weight(events, "2024-03-01", "2024-04-01", weekdays=(5,))  # five Fridays of 31 days
    assert share == pytest.approx(5 / 31)


def test_hours_and_weekdays_intersect_by_the_clock(events):
    # Friday 22:00 to Saturday 04:00: of the selected hours only Friday's 22 and 23 are a Friday.
    asked = {"hours": (22, 5), "weekdays": (5,)}
    assert weight(events, "2024-03-08T22:00", "2024-03-09T04:00", **asked) == pytest.approx(2 / 6)


def test_dates_cut_a_span_at_midnight(events):
    asked = {"date_from": date(2024, 3, 6), "date_to": date(2024, 3, 6)}
    assert weight(events, "2024-03-05T18:00", "2024-03-07T06:00", **asked) == pytest.approx(24 / 36)


def test_dates_and_hours_cut_together(events):
    asked = {"date_from": date(2024, 3, 6), "hours": (4, 4)}
    assert weight(events, "2024-03-05T00:00", "2024-03-07T00:00", **asked) == pytest.approx(1 / 48)


def test_a_span_that_only_touches_the_filter_is_outside(events):
    asked = {"date_from": date(2024, 3, 6)}
    engine = events.engine(record("e", "2024-03-05T18:00", "2024-03-06T00:00", xy=HERE))
    assert engine.totals(Filters(**asked)).n == 0
    assert len(engine.moments(Filters(**asked), cell_m=100).n) == 0


def test_a_span_wholly_before_or_after_the_dates_counts_nothing(events):
    asked = {"date_from": date(2024, 3, 6), "date_to": date(2024, 3, 6)}
    before = record("before", "2024-03-04T18:00", "2024-03-05T06:00")
    after = record("after", "2024-03-08T18:00", "2024-03-09T06:00")
    assert events.engine(before, after).totals(Filters(**asked)).n == 0


def test_a_span_before_the_first_monday_of_1970_is_weighed_like_any_other(events):
    assert weight(events, "1969-12-31T22:00", "1970-01-01T02:00", hours=(0, 5)) == 0.5


def test_seconds_count(events):
    share = weight(events, "2024-03-05T05:59:45", "2024-03-05T06:00:15", hours=(6, 6))
    assert share == 0.5


def test_without_a_time_filter_a_span_counts_one(events):
    assert weight(events, "2024-03-05T22:00", "2024-03-06T02:00") == 1


def test_moments_and_points_carry_the_share(events):
    engine = events.engine(
        record("night", "2024-03-05T22:00", "2024-03-06T02:00", xy=HERE),
        record("four", "2024-03-05T04:00", xy=HERE),
    )
    small_hours = Filters(hours=(0, 5))
    assert engine.moments(small_hours, cell_m=100).n.tolist() == [1.5]
    shares = dict(
        zip(*(engine.points(small_hours, 9)[c].to_pylist() for c in ("event_id", "weight")),
            strict=True)
    )  # fmt: skip
    assert shares == {"night": 0.5, "four": 1.0}


@pytest.fixture(scope="module")
def spans():
    """Seeded spans and instants of whole minutes: short, of some days, of months."""
    rng = np.random.default_rng(7)
    lengths = [0, 0, 1, 59, 60, 61, 1440, 10_080, 44_640]
    lengths += rng.integers(1, 600, 10).tolist() + rng.integers(600, 12_000, 10).tolist()
    starts = rng.integers(0, 60 * 1440, len(lengths)).tolist()
    return [
        (FIRST + m * MINUTE, FIRST + (m + n) * MINUTE) for m, n in zip(starts, lengths, strict=True)
    ]


@pytest.fixture(scope="module")
def engine_of_spans(spans, tmp_path_factory):
    store = store_in(tmp_path_factory.mktemp("spans") / "store")
    yield store.engine(
        *(record(str(i), a.isoformat(), b.isoformat(), xy=HERE) for i, (a, b) in enumerate(spans))
    )
    store.db.close()


@pytest.fixture(scope="module")
def minutes(spans):
    """Every minute of every span: day, hour and ISO weekday, by the calendar alone."""
    calendar = {}
    for index, (start, end) in enumerate(spans):
        moments = [start + k * MINUTE for k in range(max(1, (end - start) // MINUTE))]
        calendar[str(index)] = np.array(
            [(m.toordinal(), m.hour, m.isoweekday()) for m in moments]
        ).T
    return calendar


@settings(max_examples=60, deadline=None)
@given(
    days=st.tuples(st.integers(-2, 95), st.integers(-2, 95)),
    open_ends=st.tuples(st.booleans(), st.booleans()),
    hours=st.tuples(st.integers(0, 23), st.integers(0, 23)),
    weekdays=st.sets(st.integers(1, 7)),
)
def test_weights_equal_a_count_minute_by_minute(
    engine_of_spans, minutes, days, open_ends, hours, weekdays
):
    first, last = (FIRST.date() + timedelta(days=n) for n in sorted(days))
    asked = Filters(
        date_from=None if open_ends[0] else first,
        date_to=None if open_ends[1] else last,
        hours=hours,
        weekdays=tuple(weekdays),
    )
    low = 0 if open_ends[0] else first.toordinal()
    high = 10**7 if open_ends[1] else last.toordinal()
    expected = {}
    for event, (day, hour, weekday) in minutes.items():
        inside = (day >= low) & (day <= high) & np.isin(hour, asked.hour_set)
        if weekdays:
            inside &= np.isin(weekday, list(weekdays))
        if inside.any():
            expected[event] = inside.mean()
    found = engine_of_spans.points(asked, 1000)
    shares = dict(zip(found["event_id"].to_pylist(), found["weight"].to_pylist(), strict=True))
    assert shares == pytest.approx(expected, rel=1e-9)
    assert engine_of_spans.totals(asked).n == pytest.approx(sum(expected.values()))


def test_the_twenty_four_hours_share_out_every_dated_event(engine_of_spans, spans):
    hours = [engine_of_spans.totals(Filters(hours=(h, h))).n for h in range(24)]
    assert sum(hours) == pytest.approx(len(spans))
