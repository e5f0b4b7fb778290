"""Classes over time: Holm by hand, each pattern, real robberies beside the published run."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import FilterError, TooFewEventsError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.classes import CLASSES, classified, holm, hotspot_classes
from tests.analytics.events.builders import EventStore, record, store_in


def named(text: str, recent: int = 2) -> str:
    """Class of one cell; x is a hot period, a dot is not."""
    hot = np.array([[letter == "x"] for letter in text])
    return CLASSES[classified(hot, recent)[0]]


@pytest.mark.parametrize(
    ("periods", "name"),
    [
        ("xxxxxxxx..", "persistent"),
        ("xxxxxxx...", "former"),
        ("........xx", "emerging"),
        (".x......xx", "intermittent"),  # a tenth of the older is not under a tenth
        (".........x", "none"),  # one hot period is noise
        ("x.........", "none"),
        ("x.x.......", "former"),
        ("x.......x.", "intermittent"),
        ("..........", "none"),
        ("xxxxxxxxxx", "persistent"),
    ],
)
def test_patterns_of_ten_periods(periods: str, name: str) -> None:
    assert named(periods) == name


def test_shares_are_of_the_periods_there_are() -> None:
    # Of 40 periods the last 8 are recent: 3 of 32 older ones are under a tenth, 4 are not.
    assert named("xxx" + "." * 29 + "x" * 8, recent=8) == "emerging"
    assert named("xxxx" + "." * 28 + "x" * 8, recent=8) == "intermittent"
    assert named("xxx" + "." * 37, recent=8) == "none"


def test_holm_by_hand() -> None:
    # Sorted .01 .02 .04: times 3, 2, 1, never falling.
    p = np.array([[0.04, 0.5], [0.01, 0.5], [0.02, 0.5]])
    assert holm(p) == pytest.approx(np.array([[0.04, 1], [0.03, 1], [0.04, 1]]))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_never_lowers_p_nor_changes_their_order(values: list[float]) -> None:
    p = np.array(values)[:, None]
    corrected = holm(p)
    assert (corrected >= p).all() and (corrected <= 1).all()
    assert all(low <= high + 1e-15 for low, high in pairwise(corrected[np.argsort(p[:, 0]), 0]))
    assert corrected.min() == pytest.approx(min(1, len(p) * p.min()))


# Real robberies


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventStore]:
    store = store_in(tmp_path / "store")
    yield store
    store.db.close()


@pytest.fixture
def memphis(events: EventStore, shared_data: Path, memphis_xy: np.ndarray) -> EventEngine:
    frame = pd.read_csv(shared_data / "memphis" / "memphis_robberies.csv")
    rows = zip(frame["datetime"].str[:19], memphis_xy, strict=True)
    return events.engine(*(record(str(i), at, xy=tuple(xy)) for i, (at, xy) in enumerate(rows)))


@pytest.mark.shared
def test_the_robberies_by_month_give_the_published_persistent_cells(
    memphis: EventEngine, events: EventStore
) -> None:
    found = hotspot_classes(memphis, events.city, Filters(), cell_m=500)
    assert (len(found.periods), found.n_recent, found.unjudged, found.n) == (12, 2, 0, 2245)
    assert found.periods[1] == (date(2019, 2, 1), date(2019, 2, 28))
    assert found.counts["persistent"] == 17
    hot = found.hot[:, found.grid.study]
    assert hot.shape == (12, 4189)
    # The published run took the last three months as recent, divided them by two, and let one
    # hot month suffice: with its rules its numbers follow from our hot cells.
    share, recent, older = hot.mean(axis=0), hot[-3:].sum(axis=0) / 2, hot[:-2].mean(axis=0)
    emerging = (share < 0.8) & (older < 0.1) & (recent >= 0.2)
    former = (share < 0.8) & ~emerging & (older >= 0.1) & (recent < 0.1)
    other = (share < 0.8) & ~emerging & ~former & (share >= 0.1)
    assert (emerging.sum(), former.sum(), other.sum()) == (44, 489, 293)
    # By the manual's words, and with two hot months at least, most of those are none.
    assert found.counts == {
        "none": 3673,
        "persistent": 17,
        "emerging": 0,
        "former": 264,
        "intermittent": 235,
    }
    frame = found.to_frame()
    assert len(frame) == 4189
    assert frame["class"].value_counts().to_dict() == {k: n for k, n in found.counts.items() if n}
    assert (frame["hot_periods"].iloc[:17] >= 10).all()
    assert frame["last_hot"].isna().sum() == (frame["hot_periods"] == 0).sum()
    first = frame.iloc[0]
    assert first["last_hot"] >= date(2019, 10, 1)


@pytest.mark.shared
def test_fewer_than_ten_periods_are_refused_and_weeks_are_possible(
    memphis: EventEngine, events: EventStore
) -> None:
    half = Filters(date_to=date(2019, 6, 30))
    with pytest.raises(TooFewEventsError) as caught:
        hotspot_classes(memphis, events.city, half, cell_m=500)
    assert caught.value.details == {"n": 6, "minimum": 10}
    weeks = hotspot_classes(memphis, events.city, half, cell_m=500, period_days=14)
    assert len(weeks.periods) == 12
    assert weeks.periods[-1] == (date(2019, 6, 17), date(2019, 6, 30))
    with pytest.raises(FilterError):
        hotspot_classes(memphis, events.city, half, cell_m=500, period_days=0)


def test_events_too_few_in_every_period_are_refused(events: EventStore) -> None:
    rows = [record(f"e{i}", f"2025-{i:02d}-01T12:00", xy=(1000.0 * i, 0.0)) for i in range(1, 13)]
    with pytest.raises(TooFewEventsError) as caught:
        hotspot_classes(events.engine(*rows), events.city, Filters(), cell_m=500)
    assert caught.value.code == "gi.too_few"
