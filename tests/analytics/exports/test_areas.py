"""Areas as files: the same columns, polygons in degrees, the proof inside."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry import box, shape

from analytics.errors import FilterError
from analytics.events.engine import Totals
from analytics.events.filters import Filters
from analytics.exports.areas import write_areas
from analytics.hotspots.area_layer import Areas
from analytics.hotspots.areas import AreaCounts

X, Y = 770_000.0, 3_890_000.0


@pytest.fixture
def counts() -> AreaCounts:
    shapes = np.array([box(X, Y, X + 1000, Y + 1000), box(X + 1000, Y, X + 2000, Y + 1000)])
    frame = pd.DataFrame(
        {"area": [1, 2], "name": ["Centro", ""], "n": [3, 1], "rate_per_1000": [1.5, np.nan]}
    )
    return AreaCounts(
        city="memphis",
        filters=Filters(),
        period=(date(2026, 1, 1), date(2026, 1, 31)),
        areas=Areas("EPSG:32615", ("Centro", ""), shapes, (2,)),
        frame=frame,
        totals=Totals(n=6, n_located=5, n_undated_left_out=0, n_records=6),
        n_in_areas=4.0,
        n_in_several=0.0,
        residents_outside=None,
    )


def test_the_geojson_holds_polygons_figures_and_proof(counts, tmp_path):
    assert write_areas(counts, tmp_path / "areas.geojson") == 2
    told = json.loads((tmp_path / "areas.geojson").read_text(encoding="utf-8"))
    first, second = told["features"]
    assert first["properties"]["n"] == 3
    assert second["properties"]["rate_per_1000"] is None
    west, south, east, north = shape(first["geometry"]).bounds
    assert -90.1 < west < east < -89.9
    assert 35.0 < south < north < 35.2
    assert told["cabildo"]["n"] == 6
    assert told["cabildo"]["n_outside_areas"] == 1
    assert told["cabildo"]["repaired_areas"] == [2]
    assert shapely.is_valid(shape(second["geometry"]))


def test_the_csv_leaves_what_is_missing_empty(counts, tmp_path):
    write_areas(counts, tmp_path / "areas.csv")
    text = (tmp_path / "areas.csv").read_text(encoding="utf-8")
    assert text.splitlines() == ["area,name,n,rate_per_1000", "1,Centro,3,1.5", "2,,1,"]


def test_another_ending_or_no_folder_is_refused(counts, tmp_path):
    with pytest.raises(FilterError, match=r"export\.format"):
        write_areas(counts, tmp_path / "areas.xlsx")
    with pytest.raises(FilterError, match=r"export\.not_written"):
        write_areas(counts, tmp_path / "absent" / "areas.csv")
