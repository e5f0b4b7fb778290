"""The fact sheet by hand: earlier periods, shares, hours, sources, streets, what is not held."""

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, box

from analytics.errors import FilterError
from analytics.events.filters import Filters
from analytics.hotspots.area_sheet import area_sheet
from analytics.hotspots.areas import area_counts
from analytics.settings import City
from tests.analytics.events.builders import record, store_in

X, Y = 770_000.0, 3_890_000.0
CRS = "EPSG:32615"
MARCH = Filters(date_from=date(2026, 3, 1), date_to=date(2026, 3, 31))
CENTRE, RIVER, FAR = (X + 500, Y + 500), (X + 500, Y + 30), (X + 1500, Y + 500)


def many(n: int, day: str, xy, **told) -> list[dict]:
    return [record(f"{day}-{xy[0]:.0f}-{xy[1]:.0f}-{told}-{i}", day, xy=xy, **told)
            for i in range(n)]  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """West: 12 in March (one at the river), 4 in February; east: 12. Data begin in June 2025."""
    store = store_in(tmp_path_factory.mktemp("sheet") / "store")
    rows = [
        *many(8, "2026-03-02T21:15", CENTRE),  # a Monday
        *many(3, "2026-03-03T08:10", CENTRE, source="cameras", detection="detected"),
        *many(1, "2026-03-03T08:10", RIVER),
        *many(4, "2026-02-20T10:10", CENTRE),
        *many(12, "2026-03-10T10:10", FAR),
        *many(1, "2025-06-01T10:10", FAR),
        record("lost", "2026-03-05T10:10"),
    ]
    opened = store.engine(*rows)
    yield opened
    opened.close()
    store.db.close()


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> City:
    folder = tmp_path_factory.mktemp("layers")
    shapes = [box(X, Y, X + 1000, Y + 1000), box(X + 1000, Y, X + 2000, Y + 1000)]
    gpd.GeoDataFrame({"name": ["Oeste", "Este"]}, geometry=shapes, crs=CRS).to_file(
        folder / "areas.gpkg"
    )
    lines = [
        LineString([(X, Y + 540), (X + 1000, Y + 540)]),
        LineString([(X, Y + 510), (X + 1000, Y + 510)]),
        LineString([(X, Y - 31), (X + 1000, Y - 31)]),
    ]
    gpd.GeoDataFrame({"name": ["Norte", "", "Río"]}, geometry=lines, crs=CRS).to_file(
        folder / "streets.gpkg"
    )
    return City(
        "memphis", "Memphis", "US", "America/Chicago", CRS,
        areas=folder / "areas.gpkg", basemap=folder / "streets.gpkg",
    )  # fmt: skip


def test_the_count_is_that_of_the_map_and_set_against_as_many_days_before(engine, city):
    sheet = area_sheet(engine, city, MARCH, 1)
    assert sheet.name == "Oeste"
    assert sheet.row["n"] == area_counts(engine, city, MARCH).frame["n"].iloc[0] == 12
    assert sheet.row["share"] == 0.5
    before = sheet.periods.loc["before"]
    assert (before["first"], before["last"]) == (date(2026, 1, 29), date(2026, 2, 28))
    assert (before["n"], before["ratio"]) == (4, 3.0)
    assert 0.01 < before["p"] < 0.1  # 4 against 12 in equal time


def test_what_lies_before_the_data_begin_is_missing_and_not_zero(engine, city):
    sheet = area_sheet(engine, city, MARCH, 1)
    year = sheet.periods.loc["year_before"]
    assert (year["first"], year["last"]) == (date(2025, 3, 1), date(2025, 3, 31))
    assert np.isnan(year["n"])
    assert np.isnan(year["ratio"])
    assert sheet.categories["n_year_before"].isna().all()
    assert sheet.categories["n_before"].sum() == 4


def test_a_year_before_a_leap_day_ends_on_the_last_of_february(engine, city):
    leap = Filters(date_from=date(2024, 2, 1), date_to=date(2026, 3, 31))
    assert area_sheet(engine, city, leap, 1).periods.at["year_before", "first"] == date(2023, 2, 1)
    ends = Filters(date_from=date(2026, 3, 1), date_to=date(2028, 2, 29))
    assert area_sheet(engine, city, ends, 1).periods.at["year_before", "last"] == date(2027, 2, 28)


def test_hours_sources_and_streets_add_up_to_the_count(engine, city):
    sheet = area_sheet(engine, city, MARCH, 1)
    hours = sheet.hours.frame.set_index(["weekday", "hour"])["n"]
    assert hours.to_dict() == {(1, 21): 8, (2, 8): 4}
    sources = sheet.sources.set_index(["source", "detection"])["n"]
    assert sources.to_dict() == {("calls", "reported"): 9, ("cameras", "detected"): 3}
    # The nearest street has no name, the next named one is 40 m away, the river's 61 m.
    assert sheet.streets.set_index("street")["n"].to_dict() == {"Norte": 11}
    assert sheet.categories["city_share"].sum() == pytest.approx(1.0)


def test_the_table_holds_every_part(engine, city):
    frame = area_sheet(engine, city, MARCH, 1).to_frame()
    assert list(frame) == ["part", "key", "detail", "n", "n_before", "n_year_before"]
    sums = frame.groupby("part")["n"].sum().to_dict()
    assert sums == {"total": 12, "category": 12, "source": 12, "hour": 12, "street": 11}


def test_an_area_without_events_has_an_empty_sheet(engine, city):
    sheet = area_sheet(engine, city, Filters(sources=("cameras",)), 2)
    assert sheet.row["n"] == 0
    assert sheet.hours.n == 0
    assert len(sheet.streets) == len(sheet.sources) == 0


@pytest.mark.parametrize("area", [0, 3, -1])
def test_an_area_that_is_not_there_is_refused(engine, city, area):
    with pytest.raises(FilterError, match=r"areas\.unknown"):
        area_sheet(engine, city, MARCH, area)
