"""Hour by weekday: what is counted, what is untimed, and which midnights are no midnights."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from analytics.events.filters import Filters
from analytics.hotspots.temporal import HourByWeekday, hour_by_weekday
from tests.analytics.events.builders import EventStore, record, store_in

NAMES = count()


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventStore]:
    store = store_in(tmp_path / "store")
    yield store
    store.db.close()


def times(n: int, moment: str, **told: object) -> list[dict]:
    return [record(f"e{next(NAMES)}", moment, **told) for _ in range(n)]


def counted(events: EventStore, *rows: dict, filters: Filters | None = None) -> HourByWeekday:
    engine = events.engine(*rows)
    try:
        return hour_by_weekday(engine, filters or Filters())
    finally:
        engine.close()


def cells(found: HourByWeekday) -> dict[tuple[int, int], float]:
    return {(row.weekday, row.hour): row.n for row in found.frame.itertuples()}


def test_events_are_counted_by_clock_hour_and_weekday_monday_first(events: EventStore) -> None:
    found = counted(
        events,
        *times(3, "2026-01-05T18:20"),  # a Monday
        *times(2, "2026-01-05T18:59"),
        *times(4, "2026-01-11T23:59"),  # a Sunday
    )
    assert cells(found) == {(1, 18): 5, (7, 23): 4}
    assert (found.n, found.n_untimed, found.n_midnight) == (9, 0, 0)


def test_days_without_an_hour_are_counted_apart(events: EventStore) -> None:
    found = counted(
        events,
        *times(2, "2026-01-05T18:20"),
        *times(3, "2026-01-05T00:00", until="2026-01-06T00:00", time_precision="day"),
        *times(4, None),
    )
    assert (found.n, found.n_untimed, found.n_midnight) == (2, 7, 0)


def every_full_hour(n: int) -> list[dict]:
    return [row for hour in range(24) for row in times(n, f"2026-01-05T{hour:02d}:00")]


def test_a_heap_at_midnight_is_left_out_and_counted(events: EventStore) -> None:
    found = counted(events, *every_full_hour(4), *times(40, "2026-01-06T00:00"))
    assert found.n_midnight == 44
    assert found.n == 23 * 4
    assert not [hour for _day, hour in cells(found) if hour == 0]


def test_as_many_at_midnight_as_at_any_full_hour_are_believed(events: EventStore) -> None:
    found = counted(events, *every_full_hour(4))
    assert found.n_midnight == 0
    assert cells(found)[1, 0] == 4


def test_a_minute_past_midnight_is_never_a_default(events: EventStore) -> None:
    found = counted(events, *every_full_hour(4), *times(40, "2026-01-06T00:01"))
    assert found.n_midnight == 0
    assert cells(found)[2, 0] == 40


def test_the_parts_add_up_to_the_selection(events: EventStore) -> None:
    rows = [
        *every_full_hour(2),
        *times(60, "2026-01-06T00:00"),
        *times(5, "2026-01-07T00:00", until="2026-01-08T00:00", time_precision="day"),
        *times(3, "2026-01-09T17:30"),
    ]
    found = counted(events, *rows)
    assert found.frame["n"].sum() == found.n
    assert found.n + found.n_untimed + found.n_midnight == len(rows)


def test_a_filter_selects_before_counting(events: EventStore) -> None:
    rows = [*times(3, "2026-01-05T18:20"), *times(2, "2026-01-06T18:20")]
    found = counted(events, *rows, filters=Filters(weekdays=(2,)))
    assert cells(found) == {(2, 18): 2}
