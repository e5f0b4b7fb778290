"""Near-repeat risk: weights by hand, against a plain sum, in the table of validity."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.errors import FilterError, TooFewEventsError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.grids import study_grid
from analytics.hotspots.prospective import Reach, prospective_map, prospective_risk
from analytics.hotspots.scoring import MODELS
from analytics.hotspots.surface import Method
from analytics.hotspots.validity import Holdout, validate
from analytics.shifts import DEFAULT_SHIFTS
from tests.analytics.events.builders import EventStore, record, store_in

DAY = date(2026, 3, 10)


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventStore]:
    store = store_in(tmp_path / "store")
    yield store
    store.db.close()


def told(name: str, days_ago: int, x: float, hour: int = 12) -> dict:
    return record(name, f"{DAY - timedelta(days=days_ago)}T{hour:02d}:00", xy=(x, 50.0))


def test_each_event_weighs_by_distance_and_whole_weeks(events: EventStore) -> None:
    # Cells of 100 m in a row, 0 to 9; events in cells 0 (yesterday), 9 (8 days ago) and
    # 5 (57 days ago: beyond eight weeks).
    engine = events.engine(told("a", 1, 50), told("b", 8, 950), told("c", 57, 550))
    found = prospective_map(engine, events.city, Filters(), cell_m=100, reach=Reach(300), day=DAY)
    weights = np.array([1, 1 / 2, 1 / 3, 0, 0, 0, 0, 1 / 6, 1 / 4, 1 / 2])
    assert found.risk[0] == pytest.approx(weights / weights.sum())
    assert found.n == 2
    assert found.learned == (DAY - timedelta(days=56), DAY - timedelta(days=1))
    assert found.to_frame().iloc[0].tolist() == pytest.approx([0, 0, 1 / weights.sum()])


def test_a_shift_learns_from_its_own_hours_and_the_next_day_is_meant(events: EventStore) -> None:
    engine = events.engine(told("a", 2, 50, 23), told("b", 2, 550, 3), told("c", 1, 950, 12))
    night = DEFAULT_SHIFTS[2]
    found = prospective_map(
        engine, events.city, Filters(), cell_m=100, reach=Reach(100), shift=night
    )
    assert found.day == DAY
    assert found.risk[0, [0, 5, 9]].tolist() == [0.5, 0.5, 0]


def test_what_reaches_nothing_and_weeks_without_events_are_refused(events: EventStore) -> None:
    for wrong in ((0.0, 8), (400.0, 0)):
        with pytest.raises(FilterError):
            Reach(*wrong)
    engine = events.engine(told("a", 200, 50))
    with pytest.raises(TooFewEventsError) as caught:
        prospective_map(engine, events.city, Filters(), cell_m=100, reach=Reach(), day=DAY)
    assert caught.value.code == "prospective.empty"
    past = Filters(date_from=DAY + timedelta(days=3))
    with pytest.raises(TooFewEventsError):
        prospective_map(engine, events.city, past, cell_m=100, reach=Reach(), day=DAY)


@pytest.fixture
def memphis(events: EventStore, shared_data: Path, memphis_xy: np.ndarray) -> EventEngine:
    frame = pd.read_csv(shared_data / "memphis" / "memphis_robberies.csv")
    rows = zip(frame["datetime"].str[:19], memphis_xy, strict=True)
    return events.engine(*(record(str(i), at, xy=tuple(xy)) for i, (at, xy) in enumerate(rows)))


@pytest.mark.shared
def test_a_plain_sum_over_the_robberies_gives_the_same(
    memphis: EventEngine, events: EventStore, shared_data: Path, memphis_xy: np.ndarray
) -> None:
    day = date(2019, 10, 1)
    grid = study_grid(events.city, 500, memphis.extent())
    found = prospective_risk(
        memphis, Filters(), grid, day=day, reach=Reach(1200, 8), first=date(2019, 1, 1)
    )
    frame = pd.read_csv(shared_data / "memphis" / "memphis_robberies.csv")
    ago = (pd.Timestamp(day) - pd.to_datetime(frame["datetime"].str[:10])).dt.days.to_numpy()
    cells = np.floor(memphis_xy / 500).astype(int) - (grid.col0, grid.row0)
    plain = np.zeros(grid.study.shape)
    rows, cols = np.indices(plain.shape)
    for (col, row), days in zip(cells, ago, strict=True):
        if 1 <= days <= 56:
            d = np.hypot(rows - row, cols - col)
            plain += np.where(d * 500 < 1200, 1 / (1 + d), 0) / (1 + (days - 1) // 7)
    assert found == pytest.approx(plain)


@pytest.mark.shared
def test_it_stands_in_the_table_of_validity(memphis: EventEngine, events: EventStore) -> None:
    holdout = Holdout(train_days=90, test_days=7, windows=6)
    found = validate(memphis, events.city, Filters(), Method(500, 600), holdout)
    assert found.summary["model"].unique().tolist() == list(MODELS)
    row = found.at(0.05, "prospective")
    # Far better than chance, not better than the best.
    assert 2 < row["pai"] < found.at(0.05, "best")["pai"]
    assert row["pai_low"] <= row["pai"] <= row["pai_high"]
    fewer = validate(memphis, events.city, Filters(), Method(500, 600), holdout, models=())
    assert "prospective" not in set(fewer.summary["model"])
    assert fewer.at(0.05, "count")["n"] == found.at(0.05, "count")["n"]
