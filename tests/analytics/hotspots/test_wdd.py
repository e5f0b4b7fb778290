"""WDD by hand, unequal periods, displacement, and on real robberies."""

from collections.abc import Iterator
from datetime import date
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from analytics.errors import FilterError, TooFewEventsError
from analytics.events.filters import Filters
from analytics.hotspots.wdd import difference, intervention
from tests.analytics.events.builders import EventStore, record, store_in

JANUARY = date(2026, 1, 1), date(2026, 1, 31)
FEBRUARY = date(2026, 2, 1), date(2026, 2, 28)
SQUARE = {
    "treated": shapely.box(0, 0, 100, 100),
    "control": shapely.box(200, 0, 300, 100),
    "near_treated": shapely.box(0, 100, 100, 200),
    "near_control": shapely.box(200, 100, 300, 200),
}


def test_a_difference_by_hand() -> None:
    # Treated 20 → 10, control 20 → 20: −10 with variance 70.
    found = difference((20, 10), (20, 20))
    assert found.estimate == -10
    assert found.se == pytest.approx(sqrt(70))
    assert found.z == pytest.approx(-10 / sqrt(70))
    assert found.p == pytest.approx(2 * norm.cdf(-10 / sqrt(70)))
    assert found.interval == pytest.approx((-10 - 1.959964 * sqrt(70), -10 + 1.959964 * sqrt(70)))


def test_a_longer_period_before_counts_for_less() -> None:
    # Two years before, one after: (10 − 20/2) − (20 − 20/2), variance 10 + 20 + 40/4.
    found = difference((20, 10), (20, 20), before_weight=2)
    assert found.estimate == -10
    assert found.se == pytest.approx(sqrt(40))


@given(st.lists(st.integers(0, 90), min_size=4, max_size=4).filter(any), st.integers(1, 9))
def test_treated_and_control_exchanged_change_the_sign_only(n: list[int], weight: int) -> None:
    found = difference((n[0], n[1]), (n[2], n[3]), before_weight=weight)
    other = difference((n[2], n[3]), (n[0], n[1]), before_weight=weight)
    assert found.estimate == pytest.approx(-other.estimate)
    assert found.se == pytest.approx(other.se)
    low, high = found.interval
    assert low < found.estimate < high


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventStore]:
    store = store_in(tmp_path / "store")
    yield store
    store.db.close()


def many(n: int, month: int, x: float, y: float, name: str) -> list[dict]:
    return [
        record(f"{name}{i}", f"2026-{month:02d}-{1 + i % 28:02d}T12:00", xy=(x, y))
        for i in range(n)
    ]


def test_counts_come_from_the_areas_and_the_total_adds_displacement(events: EventStore) -> None:
    engine = events.engine(
        *many(20, 1, 50, 50, "a"),
        *many(8, 2, 50, 50, "b"),
        *many(15, 1, 250, 50, "c"),
        *many(14, 2, 250, 50, "d"),
        *many(6, 1, 50, 150, "e"),
        *many(9, 2, 50, 150, "f"),
        *many(7, 1, 250, 150, "g"),
        *many(7, 2, 250, 150, "h"),
        *many(30, 2, 900, 900, "elsewhere"),
    )
    found = intervention(engine, Filters(), SQUARE, before=JANUARY, after=FEBRUARY)
    assert dict(found.counts) == {
        "treated": (20, 8),
        "control": (15, 14),
        "near_treated": (6, 9),
        "near_control": (7, 7),
    }
    w = 31 / 28
    assert found.local.estimate == pytest.approx((8 - 20 / w) - (14 - 15 / w))
    assert found.displaced is not None
    assert found.displaced.estimate == pytest.approx((9 - 6 / w) - (7 - 7 / w))
    assert found.total.estimate == pytest.approx(found.local.estimate + found.displaced.estimate)
    variance = 8 + 14 + 9 + 7 + (20 + 15 + 6 + 7) / w**2
    assert found.total.se == pytest.approx(sqrt(variance))
    assert not found.is_small
    assert found.to_frame()["n_before"].tolist() == [20, 15, 6, 7]
    two = {role: SQUARE[role] for role in ("treated", "control")}
    local = intervention(engine, Filters(), two, before=JANUARY, after=FEBRUARY)
    assert local.displaced is None and local.total == local.local == found.local


def test_areas_that_meet_or_are_missing_and_periods_that_meet_are_refused(
    events: EventStore,
) -> None:
    engine = events.engine(*many(9, 1, 50, 50, "a"))
    overlap = {"treated": SQUARE["treated"], "control": shapely.box(50, 0, 150, 100)}
    for areas, code in (
        (overlap, "wdd.overlap"),
        ({"treated": SQUARE["treated"]}, "wdd.areas"),
        ({name: SQUARE[name] for name in ("treated", "control", "near_control")}, "wdd.areas"),
    ):
        with pytest.raises(FilterError) as caught:
            intervention(engine, Filters(), areas, before=JANUARY, after=FEBRUARY)
        assert caught.value.code == code
    with pytest.raises(FilterError, match="change"):
        intervention(engine, Filters(), SQUARE, before=JANUARY, after=JANUARY)
    with pytest.raises(TooFewEventsError, match="wdd"):
        intervention(engine, Filters(), SQUARE, before=FEBRUARY, after=(date(2026, 3, 1),) * 2)


@pytest.mark.shared
def test_halves_of_memphis_before_and_after_july(
    events: EventStore, shared_data: Path, memphis_xy: np.ndarray
) -> None:
    frame = pd.read_csv(shared_data / "memphis" / "memphis_robberies.csv")
    rows = zip(frame["datetime"].str[:19], memphis_xy, strict=True)
    engine = events.engine(*(record(str(i), at, xy=tuple(xy)) for i, (at, xy) in enumerate(rows)))
    middle = float(np.median(memphis_xy[:, 0])) + 0.5
    (west, south), (east, north) = memphis_xy.min(axis=0) - 1, memphis_xy.max(axis=0) + 1
    areas = {
        "treated": shapely.box(west, south, middle, north),
        "control": shapely.box(middle, south, east, north),
    }
    before, after = (date(2019, 1, 1), date(2019, 6, 30)), (date(2019, 7, 1), date(2019, 12, 31))
    found = intervention(engine, Filters(), areas, before=before, after=after)
    is_west = memphis_xy[:, 0] < middle
    is_late = (frame["datetime"].str[5:7].astype(int) > 6).to_numpy()
    n = [[int((w & t).sum()) for t in (~is_late, is_late)] for w in (is_west, ~is_west)]
    assert dict(found.counts) == {"treated": tuple(n[0]), "control": tuple(n[1])}
    w = 181 / 184
    assert found.local.estimate == pytest.approx((n[0][1] - n[0][0] / w) - (n[1][1] - n[1][0] / w))
