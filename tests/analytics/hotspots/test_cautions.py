"""Hotspots taken apart: joined by side or corner, shares by hand, warnings at their thresholds."""

import numpy as np
import pandas as pd
import pytest

from analytics.hotspots.cautions import Cautions, clusters_of
from analytics.hotspots.grids import Grid

GRID = Grid("EPSG:32718", 100.0, 10, 20, 6, 3, np.ones((3, 6), dtype=bool))


def groups(*rows: tuple[int, int, str, str, float]) -> pd.DataFrame:
    """Rows of (column, row) in the grid, source, detection and n."""
    frame = pd.DataFrame(rows, columns=["col", "row", "source", "detection", "n"])
    return frame.assign(col=frame["col"] + GRID.col0, row=frame["row"] + GRID.row0)


def hot(*cells: tuple[int, int]) -> np.ndarray:
    marked = np.zeros(GRID.study.shape, dtype=bool)
    for col, row in cells:
        marked[row, col] = True
    return marked


def test_cells_that_touch_at_a_corner_are_one_hotspot_and_the_fullest_is_the_first():
    told = groups(
        (0, 0, "patrol", "detected", 30.0),
        (1, 1, "patrol", "reported", 10.0),
        (1, 1, "calls", "reported", 40.0),
        (4, 2, "calls", "reported", 100.0),
        (5, 0, "calls", "reported", 20.0),
    )
    first, second = clusters_of(told, GRID, hot((0, 0), (1, 1), (4, 2)))
    assert (first.number, first.n_cells, first.n) == (1, 1, 100.0)
    assert (second.number, second.n_cells, second.n) == (2, 2, 80.0)
    assert first.share == pytest.approx(100 / 200)
    assert second.detected == pytest.approx(30 / 80)
    assert second.sources == {"patrol": 0.5, "calls": 0.5}
    assert (first.x_m, first.y_m) == (1400.0, 2200.0)


@pytest.mark.parametrize(
    ("detected", "reported", "other", "flags"),
    [
        (50.0, 25.0, 25.0, ("detected",)),
        (49.0, 26.0, 25.0, ()),
        (30.0, 60.0, 10.0, ("one_source",)),
        (30.0, 59.0, 11.0, ()),
        (90.0, 0.0, 10.0, ("detected", "one_source")),
        (9.0, 1.0, 9.0, ("small",)),
    ],
)
def test_a_warning_begins_at_its_threshold(
    detected: float, reported: float, other: float, flags: tuple[str, ...]
):
    told = groups(
        (0, 0, "patrol", "detected", detected),
        (0, 0, "patrol", "reported", reported),
        (0, 0, "calls", "unknown", other),
    )
    (cluster,) = clusters_of(told, GRID, hot((0, 0)))
    assert cluster.flags == flags


def test_where_there_is_one_source_only_that_is_no_warning():
    told = groups((0, 0, "calls", "reported", 100.0), (3, 0, "calls", "reported", 1.0))
    (cluster,) = clusters_of(told, GRID, hot((0, 0)))
    assert cluster.flags == ()


def test_without_a_significant_cell_there_is_no_hotspot():
    assert clusters_of(groups((0, 0, "calls", "reported", 9.0)), GRID, hot()) == ()


def test_a_hot_cell_between_full_ones_has_no_event_of_its_own():
    told = groups((0, 0, "patrol", "detected", 30.0), (0, 0, "calls", "reported", 30.0))
    (cluster,) = clusters_of(told, GRID, hot((4, 1), (4, 2)))
    assert (cluster.n, cluster.share, cluster.sources, cluster.flags) == (0.0, 0.0, {}, ("small",))
    assert np.isnan(cluster.detected)
    assert (cluster.x_m, cluster.y_m) == (1400.0, 2200.0)
    frame = Cautions((cluster,), 0.5, 1.0, pd.DataFrame()).to_frame()
    assert frame["hotspot"].tolist() == [1] and frame["source"].tolist() == [""]
