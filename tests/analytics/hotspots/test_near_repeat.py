"""The Knox table: twelve events by hand, every pair of real files, the permutations, the band."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.errors import FilterError, TooFewEventsError
from analytics.events.filters import Filters
from analytics.hotspots import near_repeat as module
from analytics.hotspots.near_repeat import COLUMNS, Bands, KnoxTable, knox, near_repeat
from analytics.hotspots.near_repeat_labels import labelled
from tests.analytics.events.builders import EventStore, record, store_in

# Twelve events on a line: metres east, and day.
BY_HAND = [
    *((0, 0), (0, 0), (0, 6), (0, 7)),  # one place: same day, 6 and 7 days later
    *((199, 0), (200, 13), (400, 14)),  # 199 and 200 m from it
    *((5000, 0), (5300, 3), (5399, 20)),  # 300, 399 and 99 m among them
    *((9000, 5), (9400, 5)),  # exactly 400 m: in no band
]


def table_of(events: list[tuple[float, int]], **options: object) -> KnoxTable:
    xy = np.array([(x, 0.0) for x, _ in events])
    return knox(xy, np.array([day for _, day in events]), Bands(permutations=99, **options))


def every_pair(xy: np.ndarray, days: np.ndarray, space: tuple, time: tuple) -> np.ndarray:
    """Counts of all n² pairs, by rows: nothing sorted, nothing pruned."""
    counts = np.zeros((len(space) - 1, len(time) - 1), dtype=int)
    for i in range(len(xy)):
        distance = np.sqrt(((xy[i + 1 :] - xy[i]) ** 2).sum(axis=1))
        apart = np.abs(days[i + 1 :] - days[i])
        for a, b in np.ndindex(counts.shape):
            near = (distance >= space[a]) & (distance < space[a + 1])
            counts[a, b] += (near & (apart >= time[b]) & (apart < time[b + 1])).sum()
    return counts


def test_twelve_events_by_hand() -> None:
    # Pairs below 1 m: 0-0 and 0-6 twice are under 7 days; 0-7 twice are 7 days; 6-7 is 1 day.
    # Pairs of [1, 200): 199 with 0, 0, 6 (< 7 days), with 7 (7 days); 200 with 199: 13 days;
    # 5300 with 5399: 17 days, in no band.
    # Pairs of [200, 400): 200 with 6 (7 days), 7 (6 days), and with 0, 0 (13 days);
    # 400 with 200: 1 day, with 199: 14 days, in no band; 5000 with 5300: 3 days, with 5399: 20.
    found = table_of(BY_HAND)
    assert found.n == 12
    assert found.observed.tolist() == [[4, 2], [3, 2], [3, 3]]


def test_the_frame_has_the_documented_columns_nearest_and_soonest_first() -> None:
    frame = table_of(BY_HAND).to_frame()
    assert frame.columns.tolist() == list(COLUMNS)
    assert frame["s_to"].tolist() == [1, 1, 200, 200, 400, 400]
    assert frame["t_from"].tolist() == [0, 7] * 3
    assert frame["observed"].tolist() == [4, 2, 3, 2, 3, 3]


EVENTS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 20)), min_size=10, max_size=40
)


@given(EVENTS)
@settings(deadline=None)
def test_observed_is_the_count_over_every_pair(events: list[tuple[int, int, int]]) -> None:
    xy, days = np.array([e[:2] for e in events]) * 40.0, np.array([e[2] for e in events])
    bands = Bands(permutations=3)
    assert (
        knox(xy, days, bands).observed == every_pair(xy, days, bands.space_m, bands.time_days)
    ).all()


@given(EVENTS)
@settings(deadline=None, max_examples=20)
def test_expected_and_p_are_those_of_the_same_permutations(events: list) -> None:
    xy, days = np.array([e[:2] for e in events]) * 40.0, np.array([e[2] for e in events])
    bands = Bands(permutations=19, seed=4)
    order = np.argsort(xy[:, 0], kind="stable")
    simulated = np.array(
        [
            every_pair(
                xy[order],
                np.random.default_rng([4, r]).permutation(days[order]),
                bands.space_m,
                bands.time_days,
            )
            for r in range(19)
        ]
    )
    found = knox(xy, days, bands)
    assert found.expected == pytest.approx(simulated.mean(axis=0))
    assert found.p == pytest.approx((1 + (simulated >= found.observed).sum(axis=0)) / 20)


def test_blocks_and_order_change_nothing_and_the_seed_does(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    xy, days = rng.uniform(0, 1500, (80, 2)), rng.integers(0, 40, 80)
    whole = knox(xy, days, Bands(permutations=49))
    monkeypatch.setattr(module, "BLOCK_PAIRS", 50)
    cut = knox(xy, days, Bands(permutations=49))
    assert (cut.observed == whole.observed).all() and (cut.p == whole.p).all()
    assert (cut.expected == whole.expected).all()
    other = knox(xy, days, Bands(permutations=49, seed=2))
    assert (other.observed == whole.observed).all()
    assert not np.allclose(other.expected, whole.expected)


def test_progress_is_told_and_what_it_raises_ends_the_work() -> None:
    told: list[tuple[int, int]] = []
    xy, days = np.zeros((12, 2)), np.arange(12)
    knox(xy, days, Bands(permutations=5), progress=lambda *state: told.append(state))
    assert told == [(i, 5) for i in range(1, 6)]

    def stop(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        knox(xy, days, Bands(permutations=5), progress=stop)


@pytest.mark.parametrize(
    "wrong",
    [
        {"space_m": (0.0,)},
        {"space_m": (0.0, 200.0, 200.0)},
        {"space_m": (-1.0, 200.0)},
        {"time_days": (0, 7, 3)},
        {"permutations": 0},
    ],
)
def test_what_makes_no_bands_is_refused(wrong: dict) -> None:
    with pytest.raises(FilterError, match="near_repeat"):
        Bands(**wrong)


def test_too_few_events_are_refused() -> None:
    with pytest.raises(TooFewEventsError) as caught:
        table_of(BY_HAND[:9])
    assert caught.value.details == {"n": 9, "minimum": 10}


# The risk band


def knox_like(observed: list, expected: list, p: list) -> KnoxTable:
    arrays = (np.array(values, dtype=float) for values in (observed, expected, p))
    return KnoxTable(Bands(), 99, *arrays)


def test_the_band_reaches_as_far_as_every_cell_is_beyond_chance() -> None:
    found = knox_like(
        [[30, 9], [60, 40], [22, 50]],
        [[10, 9], [40, 30], [20, 49]],
        [[0.001, 0.5], [0.01, 0.04], [0.03, 0.4]],
    ).risk_band
    assert found is not None
    # The third distance is only a tenth above chance; the second week not beyond it at one place.
    assert (found.metres, found.days) == ((0, 200), (0, 7))
    assert (found.observed, found.expected, found.p) == (90, 50, 0.01)
    assert found.ratio == 1.8


def test_the_band_may_begin_away_from_the_place_itself_or_not_be_at_all() -> None:
    rounded = knox_like([[3, 3], [30, 20], [5, 5]], [[3, 3], [10, 10], [5, 5]], [[1, 1]] * 3)
    assert rounded.risk_band is None
    away = knox_like(
        [[3, 3], [30, 20], [5, 5]],
        [[3, 3], [10, 10], [5, 5]],
        [[1, 1], [0.001, 0.02], [1, 1]],
    ).risk_band
    assert away is not None and (away.metres, away.days) == ((1, 200), (0, 14))


# Labels


def test_labels_follow_the_earliest_event_of_each_chain() -> None:
    rows = [
        ("a", 0, "2026-01-01T10:00"),  # begins
        ("b", 0, "2026-01-03T10:00"),  # a's place, two days later
        ("c", 150, "2026-01-05T10:00"),  # 150 m from both
        ("d", 0, "2026-01-19T10:00"),  # a's place, but 16 days after b: nothing before, nor after
        ("e", 5000, "2026-01-05T10:00"),  # far from all
        ("f", 5000, "2026-01-05T10:00"),  # e's place and minute: the second by name repeats
    ]
    events = pd.DataFrame(
        {
            "event_id": [name for name, _, _ in rows],
            "x_m": [float(x) for _, x, _ in rows],
            "y_m": 0.0,
            "occurred_from": pd.to_datetime([at for _, _, at in rows]),
        }
    )
    found = labelled(events, same_place_m=1, near_m=200, days=14)
    assert dict(zip(found["event_id"], found["label"], strict=True)) == {
        "a": "originator",
        "b": "repeat",
        "c": "near_repeat",
        "d": "single",
        "e": "originator",
        "f": "repeat",
    }
    # Right-open: 16 days less two are 14 days after c, which lies 150 m away.
    wider = labelled(events, same_place_m=1, near_m=200, days=15)
    assert wider.set_index("event_id")["label"]["d"] == "near_repeat"


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 15)), min_size=1, max_size=30))
@settings(deadline=None, max_examples=40)
def test_labels_are_those_of_comparing_every_pair(places: list[tuple[int, int]]) -> None:
    events = pd.DataFrame(
        {
            "event_id": [f"{i:02d}" for i in range(len(places))],
            "x_m": [100.0 * x for x, _ in places],
            "y_m": 0.0,
            "occurred_from": [pd.Timestamp(2026, 1, 1 + day) for _, day in places],
        }
    ).sort_values(["occurred_from", "event_id"], ignore_index=True)
    found = labelled(events, same_place_m=1, near_m=200, days=7)["label"].tolist()
    x, day = events["x_m"].to_numpy(), events["occurred_from"].dt.day.to_numpy()
    expected = ["single"] * len(places)
    for i, j in combinations(range(len(places)), 2):
        near, soon = abs(x[i] - x[j]), day[j] - day[i] < 7
        if near < 200 and soon:
            expected[i] = "originator" if expected[i] == "single" else expected[i]
            expected[j] = "repeat" if near < 1 or expected[j] == "repeat" else "near_repeat"
    assert found == expected


# From the store


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventStore]:
    store = store_in(tmp_path / "store")
    yield store
    store.db.close()


def test_events_without_place_or_day_are_left_out_and_counted(events: EventStore) -> None:
    rows = [
        record(f"e{i}", f"2026-01-{1 + i:02d}T12:00", xy=(1000.0 + x, 0.0))
        for i, (x, _) in enumerate(BY_HAND)
    ]
    rows += [
        record("nowhere", "2026-01-03T12:00"),
        record("undated", xy=(1000.0, 0.0)),
        record("month", "2026-01-01T00:00", "2026-02-01T00:00", xy=(1000.0, 0.0)),
        record("day", "2026-01-20T00:00", "2026-01-21T00:00", xy=(1000.0, 0.0)),
    ]
    found = near_repeat(events.engine(*rows), "memphis", Filters(), Bands(permutations=9))
    assert found.table.n == 13
    assert found.n_left_out == 3
    assert sum(found.labels.values()) == 13 and found.labels["originator"] >= 1
    days = near_repeat(
        events.engine(), "memphis", Filters(date_to=date(2026, 1, 12)), Bands(permutations=9)
    )
    # The month's span lies with a third of it in the dates, which is not a day either.
    assert days.table.n == 12


# Real files


def read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    frame = pd.read_csv(path)
    return frame[["x", "y"]].to_numpy(float), module.day_numbers(pd.to_datetime(frame["date"]))


@pytest.mark.shared
@pytest.mark.parametrize("name", ["chicago_arson_2016.csv", "chicago_be_month1.csv"])
def test_every_pair_of_the_chicago_files(shared_data: Path, name: str) -> None:
    xy, days = read(shared_data / "near_repeat" / name)
    bands = Bands(space_m=(0, 0.1, 100, 200, 300, 400), time_days=(0, 2, 4, 7, 14), permutations=9)
    expected = every_pair(xy, days, bands.space_m, bands.time_days)
    assert expected.sum() > 10
    assert (knox(xy, days, bands).observed == expected).all()


@pytest.mark.shared
def test_every_pair_of_memphis(shared_data: Path, memphis_xy: np.ndarray) -> None:
    frame = pd.read_csv(shared_data / "memphis" / "memphis_robberies.csv")
    days = module.day_numbers(pd.to_datetime(frame["datetime"].str[:10]))
    bands = Bands(permutations=99)
    found = knox(memphis_xy, days, bands)
    assert (found.observed == every_pair(memphis_xy, days, bands.space_m, bands.time_days)).all()
    # Robberies of one rounded place within a week are far beyond chance.
    assert found.ratio[0, 0] > 1.5
    assert found.p[0, 0] <= 0.05
    assert found.risk_band is not None and found.risk_band.days[0] == 0
