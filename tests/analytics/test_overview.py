"""The overview's numbers against arithmetic done by hand."""

import json
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from analytics.errors import SourceError, TooFewEventsError
from analytics.events.engine import EventEngine
from analytics.overview import Change, Overview, adjust, compare, count_residents, overview
from tests.analytics.events.builders import EventStore, record, store_in

# January 2025 to March 2026; the last is the month of which the overview speaks.
MONTHLY = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 30]
NAMES = count()
ROBBERY, PLACE = "personal robbery", (770_000.0, 3_890_000.0)


def change(key: str, p: float, before: int = 0, after: int = 0) -> Change:
    return Change(key, before, after, 1.0, 1.0, 1.0, p, p)


def clopper_pearson(after: int, before: int) -> tuple[float, float]:
    """Exact 95 % bounds of the share of ``after`` in both."""
    n = before + after
    low = beta.ppf(0.025, after, n - after + 1) if after else 0.0
    high = beta.ppf(0.975, after + 1, n - after) if before else 1.0
    return float(low), float(high)


def test_twice_as_many_in_as_many_days_is_a_ratio_of_two_with_the_exact_interval() -> None:
    found = compare("x", 10, 20, 30, 30)
    low, high = clopper_pearson(20, 10)
    assert found.ratio == pytest.approx(2)
    assert found.ratio_low == pytest.approx(low / (1 - low))
    assert found.ratio_high == pytest.approx(high / (1 - high))
    assert found.p == pytest.approx(2 * sum(math.comb(30, k) for k in range(20, 31)) / 2**30)


def test_months_of_unequal_length_are_compared_per_day() -> None:
    found = compare("x", 28, 31, 28, 31)
    assert found.ratio == pytest.approx(1)
    assert found.p == pytest.approx(1)
    assert found.ratio_low < 1 < found.ratio_high


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), st.integers(1, 200), st.integers(28, 31), st.integers(28, 31))
def test_the_interval_holds_the_ratio_and_agrees_with_clopper_pearson(
    before: int, after: int, days_before: int, days_after: int
) -> None:
    found = compare("x", before, after, days_before, days_after)
    low, high = (
        share / (1 - share) * days_before / days_after for share in clopper_pearson(after, before)
    )
    assert (found.ratio_low, found.ratio_high) == pytest.approx((low, high))
    assert found.ratio_low < found.ratio < found.ratio_high
    assert found.ratio == pytest.approx((after / days_after) / (before / days_before))


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 100), st.integers(1, 100))
def test_looking_back_in_time_turns_the_ratio_over(before: int, after: int) -> None:
    there, back = compare("x", before, after, 30, 30), compare("x", after, before, 30, 30)
    assert there.ratio * back.ratio == pytest.approx(1)
    assert there.p == pytest.approx(back.p)


def test_without_an_event_before_there_is_no_ratio_but_a_lower_bound() -> None:
    found = compare("x", 0, 8, 31, 31)
    low = beta.ppf(0.025, 8, 1)
    assert math.isnan(found.ratio)
    assert found.ratio_low == pytest.approx(low / (1 - low))
    assert found.ratio_high == math.inf
    assert found.p == pytest.approx(2 / 2**8)


def test_without_an_event_after_the_ratio_is_zero_with_an_upper_bound() -> None:
    found = compare("x", 8, 0, 31, 31)
    high = beta.ppf(0.975, 1, 8)
    assert (found.ratio, found.ratio_low) == (0, 0)
    assert found.ratio_high == pytest.approx(high / (1 - high))


def test_without_any_event_nothing_changed() -> None:
    found = compare("x", 0, 0, 31, 31)
    assert math.isnan(found.ratio)
    assert found.p == 1
    assert not found.is_significant


def test_a_family_is_corrected_after_benjamini_and_hochberg() -> None:
    family = [change("a", 0.03), change("b", 0.5), change("c", 0.01), change("d", 0.02)]
    q = {c.key: c.q for c in adjust(family)}
    # 4·0.01/1, 4·0.02/2 and 4·0.03/3 are all 0.04; 4·0.5/4 is 0.5.
    assert q == pytest.approx({"a": 0.04, "b": 0.5, "c": 0.04, "d": 0.04})


def test_the_largest_difference_comes_first_and_ties_by_name() -> None:
    family = [change("b", 1.0, 5, 8), change("c", 1.0, 9, 2), change("a", 1.0, 8, 5)]
    assert [c.key for c in adjust(family)] == ["c", "a", "b"]


def test_an_empty_family_stays_empty() -> None:
    assert adjust([]) == ()


def month_at(index: int) -> date:
    return date(2025 + index // 12, index % 12 + 1, 1)


def reports(n: int, month: date, **told: object) -> list[dict]:
    """``n`` robberies of a month at noon, from its first day to its last."""
    last = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    days = [month + (last - month) * i / max(n - 1, 1) for i in range(n)]
    return [
        record(
            f"e{next(NAMES)}",
            f"{day.isoformat()}T12:00",
            **{"source_category": ROBBERY, "xy": PLACE, **told},
        )
        for day in days
    ]


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventStore]:
    store = store_in(tmp_path / "store")
    yield store
    store.db.close()


@pytest.fixture
def fifteen_months(events: EventStore) -> Iterator[EventEngine]:
    """Robberies by :data:`MONTHLY`; 27 of the last 30 located; patrols stop on 25 March."""
    rows = [row for i, n in enumerate(MONTHLY[:-1]) for row in reports(n, month_at(i))]
    rows += reports(24, month_at(14)) + reports(3, month_at(14), xy=(None, None))
    rows += [
        record(f"p{day}", f"2026-03-{day}T12:00", source="patrols", xy=PLACE)
        for day in (23, 24, 25)
    ]
    engine = events.engine(*rows)
    yield engine
    engine.close()


def seen(engine: EventEngine, store: EventStore, **told: object) -> Overview:
    return overview(engine, replace(store.city, **told))


def test_the_last_complete_month_is_counted_against_the_same_month_of_last_year(
    fifteen_months: EventEngine, events: EventStore
) -> None:
    shown = seen(fifteen_months, events)
    assert shown.month == date(2026, 3, 1)
    assert (shown.total.before, shown.total.after) == (6, 30)
    assert shown.total.ratio == pytest.approx(5)
    assert shown.has_last_year
    assert [(c.key, c.before, c.after) for c in shown.categories] == [
        ("robbery_violence", 6, 27),
        ("fraud", 0, 3),
    ]


def test_every_month_is_counted_once(fifteen_months: EventEngine, events: EventStore) -> None:
    monthly = seen(fifteen_months, events).monthly
    assert monthly["n"].tolist() == MONTHLY
    assert monthly["month"].tolist() == [month_at(i) for i in range(15)]
    assert monthly["is_complete"].all()


def test_the_usual_range_is_the_middle_eighty_percent_of_the_months_before(
    fifteen_months: EventEngine, events: EventStore
) -> None:
    # 14 months of 4, 5, … 17: a tenth of the way is 4 + 0.1·13, nine tenths 4 + 0.9·13.
    assert seen(fifteen_months, events).usual == pytest.approx((5.3, 15.7))


def test_under_twelve_months_nothing_is_usual(events: EventStore) -> None:
    engine = events.engine(*(row for i in range(12) for row in reports(5, month_at(i))))
    assert seen(engine, events).usual is None
    engine.close()


def test_the_rate_is_per_thousand_residents_of_the_population_layer(
    fifteen_months: EventEngine, events: EventStore, tmp_path: Path
) -> None:
    layer = tmp_path / "population.geojson"
    place = {"type": "Point", "coordinates": [-90, 35]}
    blocks = [
        {"type": "Feature", "properties": {"population": n}, "geometry": place} for n in (500, 700)
    ]
    layer.write_text(json.dumps({"type": "FeatureCollection", "features": blocks}))
    shown = seen(fifteen_months, events, population=layer)
    assert shown.residents == 1200
    assert shown.per_1000 == pytest.approx(25)


def test_without_a_population_layer_there_is_no_rate(
    fifteen_months: EventEngine, events: EventStore
) -> None:
    shown = seen(fifteen_months, events)
    assert shown.residents is None
    assert shown.per_1000 is None


def test_a_population_layer_that_is_absent_or_counts_nobody_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as absent:
        count_residents(tmp_path / "nobody.geojson")
    assert absent.value.details["file"] == "nobody.geojson"
    layer = tmp_path / "areas.geojson"
    layer.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"a"},'
        '"geometry":{"type":"Point","coordinates":[0,0]}}]}'
    )
    with pytest.raises(SourceError) as mute:
        count_residents(layer)
    assert mute.value.details["column"] == "population"


def test_the_located_share_is_of_the_month(fifteen_months: EventEngine, events: EventStore) -> None:
    assert seen(fifteen_months, events).located_share == pytest.approx(27 / 30)


def test_freshness_tells_for_each_source_how_many_days_are_missing_at_the_end(
    fifteen_months: EventEngine, events: EventStore
) -> None:
    shown = seen(fifteen_months, events)
    rows = shown.freshness.set_index("source")
    assert shown.as_of == date(2026, 3, 31)
    assert rows["last"].to_dict() == {"calls": date(2026, 3, 31), "patrols": date(2026, 3, 25)}
    assert rows["days_ago"].to_dict() == {"calls": 0, "patrols": 6}
    assert rows.loc["patrols", "n_days"] == 3
    assert shown.received.groupby("source")["n"].sum()["patrols"] == 3


def test_a_month_that_is_still_running_is_not_compared(events: EventStore) -> None:
    rows = [row for i in range(13) for row in reports(6, month_at(i))]
    engine = events.engine(*rows, record("late", "2026-02-03T12:00"))
    shown = seen(engine, events)
    assert shown.month == date(2026, 1, 1)
    assert shown.monthly.set_index("month")["is_complete"][date(2026, 2, 1)] == False  # noqa: E712
    engine.close()


def test_a_month_without_events_counts_as_zero_and_not_as_missing(events: EventStore) -> None:
    rows = [row for i in range(14) if i != 1 for row in reports(6, month_at(i))]
    engine = events.engine(*rows)
    shown = seen(engine, events)
    assert shown.month == date(2026, 2, 1)
    assert shown.monthly["n"].tolist() == [6, 0] + [6] * 12
    assert shown.has_last_year
    assert (shown.total.before, shown.total.after) == (0, 6)
    engine.close()


def test_a_first_year_has_nothing_to_be_compared_with(events: EventStore) -> None:
    engine = events.engine(*(row for i in range(3) for row in reports(9, month_at(i))))
    shown = seen(engine, events)
    assert not shown.has_last_year
    assert shown.categories == ()
    assert shown.total.after == 9
    engine.close()


def test_without_a_complete_month_there_is_no_overview(events: EventStore) -> None:
    engine = events.engine(record("a", "2026-02-03T12:00"), record("b", "2026-02-20T12:00"))
    with pytest.raises(TooFewEventsError) as refusal:
        seen(engine, events)
    assert refusal.value.code == "overview.no_complete_month"
    engine.close()


def test_the_surface_view_tells_of_days_without_counts_below_five(events: EventStore) -> None:
    month = reports(9, month_at(2)) + [
        record(f"d{i}", "2025-03-15T08:00", source_category=ROBBERY, xy=PLACE) for i in range(6)
    ]
    engine = events.engine(*reports(9, month_at(0)), *reports(9, month_at(1)), *month)
    shown = overview(engine, events.city, shareable_only=True)
    by_day = shown.received.set_index("day")["n"]
    assert by_day[date(2025, 3, 15)] >= 6
    assert by_day.drop(date(2025, 3, 15)).isna().all()
    assert len(by_day) > 5
    engine.close()
