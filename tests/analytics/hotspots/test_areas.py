"""Counts by area reconcile; rates agree with residents and with the exact interval."""

from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import poisson
from shapely.geometry import Point, box

from analytics.errors import TooFewEventsError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.areas import area_counts, poisson_interval
from analytics.settings import City
from tests.analytics.events.builders import record, store_in

X, Y = 770_000.0, 3_890_000.0
CRS = "EPSG:32615"
# West, east, nobody's land north of them, and an island that nobody reports from.
SHAPES = [
    box(X, Y, X + 1000, Y + 1000),
    box(X + 1000, Y, X + 2000, Y + 1000),
    box(X, Y + 1000, X + 2000, Y + 1500),
    box(X + 5000, Y, X + 5100, Y + 100),
]
NAMES = ["Poniente", "Oriente", "Cerro", "Isla"]


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """30 in the west, 5 in the east, 2 on their border, 1 on the hill, 3 outside, 4 unlocated."""
    store = store_in(tmp_path_factory.mktemp("areas") / "store")
    places = [(X + 500, Y + 500)] * 30 + [(X + 1500, Y + 500)] * 5
    places += [(X + 1000, Y + 500)] * 2 + [(X + 500, Y + 1200)] + [(X + 9000, Y)] * 3
    rows = [
        record(f"e{i}", f"2026-01-{i % 28 + 1:02d}T12:00", xy=place)
        for i, place in enumerate(places)
    ]
    rows += [record(f"lost{i}", "2026-01-05T12:00") for i in range(4)]
    rows += [record("undated", xy=(X + 1500, Y + 500))]
    rows += [record("span", "2026-01-31T12:00", "2026-02-01T12:00", xy=(X + 1500, Y + 500))]
    opened = store.engine(*rows)
    yield opened
    opened.close()
    store.db.close()


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> City:
    folder = tmp_path_factory.mktemp("layers")
    layers = {
        "areas": gpd.GeoDataFrame({"name": NAMES}, geometry=SHAPES, crs=CRS),
        "people": gpd.GeoDataFrame(
            {"population": [1500, 500, 10, 7]},
            geometry=[
                Point(X + 200, Y + 200),
                Point(X + 1700, Y + 200),
                Point(X + 5050, Y + 50),
                Point(X - 3000, Y),
            ],
            crs=CRS,
        ),
    }
    for name, layer in layers.items():
        layer.to_file(folder / f"{name}.gpkg")
    return City(
        "here", "Here", "US", "America/Chicago", CRS,
        areas=folder / "areas.gpkg", population=folder / "people.gpkg",
    )  # fmt: skip


def test_counts_residents_and_rates_by_hand(engine: EventEngine, city: City):
    found = area_counts(engine, city, Filters())
    frame = found.frame.set_index("name")
    assert frame["n"].to_dict() == {"Poniente": 32, "Oriente": 7, "Cerro": 1, "Isla": 0}
    assert frame["residents"].tolist() == [1500, 500, 0, 10]
    assert frame["area"].tolist() == [1, 2, 3, 4]
    assert frame.loc["Poniente", "rate_per_1000"] == pytest.approx(32 / 1.5)
    assert frame.loc["Poniente", "per_km2"] == pytest.approx(32.0)
    assert frame.loc["Cerro", "per_km2"] == pytest.approx(1.0)
    assert frame["share"].tolist() == pytest.approx([32 / 40, 7 / 40, 1 / 40, 0])
    # The exact interval of 7 events is 2.814–14.423 (tables of Garwood).
    assert frame.loc["Oriente", "rate_low"] == pytest.approx(2.814 / 0.5, abs=0.002)
    assert frame.loc["Oriente", "rate_high"] == pytest.approx(14.423 / 0.5, abs=0.002)
    assert found.residents_outside == 7


def test_where_nobody_lives_there_is_no_rate_and_a_real_zero_is_zero(engine, city):
    frame = area_counts(engine, city, Filters()).frame.set_index("name")
    assert frame.loc["Cerro", ["rate_per_1000", "rate_low", "rate_high"]].isna().all()
    assert frame.loc["Isla", "rate_per_1000"] == 0
    assert frame.loc["Isla", "rate_low"] == 0
    assert frame.loc["Isla", "rate_high"] == pytest.approx(-np.log(0.025) / 10 * 1000)
    assert not np.isinf(frame.select_dtypes("number").to_numpy()).any()


def test_few_events_or_few_residents_are_marked(engine, city):
    frame = area_counts(engine, city, Filters()).frame.set_index("name")
    assert frame["small_number"].to_dict() == {
        "Poniente": False, "Oriente": True, "Cerro": True, "Isla": True,
    }  # fmt: skip


def test_totals_reconcile_and_tell_outside_from_not_located(engine, city):
    found = area_counts(engine, city, Filters())
    assert (found.totals.n, found.n_in_areas, found.n_outside) == (47, 40, 3)
    assert found.totals.n - found.totals.n_located == 4
    assert found.n_in_several == 2
    assert found.totals.n == found.frame["n"].sum() + found.n_outside + 4


def test_a_time_filter_leaves_the_undated_out_and_counts_the_part_of_a_span(engine, city):
    january = Filters(date_from=date(2026, 1, 1), date_to=date(2026, 1, 31))
    found = area_counts(engine, city, january)
    assert found.totals.n_undated_left_out == 1
    assert found.frame["n"].tolist() == pytest.approx([32, 5.5, 1, 0])
    assert found.period == (date(2026, 1, 1), date(2026, 1, 31))


def test_without_residents_there_are_counts_but_no_rates(engine, city):
    found = area_counts(engine, replace(city, population=None), Filters())
    assert found.frame["rate_per_1000"].isna().all()
    assert found.residents_outside is None
    assert found.measures == ("n", "per_km2")
    # Nothing is known of residents: only few events make a number small.
    assert found.frame["small_number"].tolist() == [False, True, True, True]


def test_an_empty_selection_is_refused(engine, city):
    with pytest.raises(TooFewEventsError, match=r"filter\.no_events"):
        area_counts(engine, city, Filters(date_from=date(1999, 1, 1), date_to=date(1999, 1, 2)))


def test_residents_of_a_polygon_are_shared_by_area(engine, city, tmp_path):
    block = gpd.GeoDataFrame(
        {"population": [800]}, geometry=[box(X + 750, Y, X + 1250, Y + 1000)], crs=CRS
    )
    block.to_file(tmp_path / "people.gpkg")
    city = replace(city, population=tmp_path / "people.gpkg")
    frame = area_counts(engine, city, Filters()).frame
    assert frame["residents"].tolist() == pytest.approx([400, 400, 0, 0])


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.integers(-100, 2200), st.integers(-100, 1700)), min_size=1, max_size=40)
)
def test_every_event_is_in_one_area_outside_or_not_located(city, tmp_path_factory, places):
    store = store_in(tmp_path_factory.mktemp("sums") / "store")
    rows = [
        record(f"e{i}", "2026-01-05T12:00", xy=(X + x, Y + y)) for i, (x, y) in enumerate(places)
    ]
    opened = store.engine(*rows, record("lost", "2026-01-05T12:00"))
    found = area_counts(opened, city, Filters())
    assert found.frame["n"].sum() + found.n_outside + 1 == found.totals.n == len(places) + 1
    opened.close()
    store.db.close()


@given(st.integers(0, 5000))
def test_the_interval_is_the_exact_one(n):
    low, high = (float(end[0]) for end in poisson_interval(np.array([float(n)])))
    assert low <= n <= high
    assert poisson.cdf(n, high) == pytest.approx(0.025, rel=1e-6)
    if n:
        assert poisson.sf(n - 1, low) == pytest.approx(0.025, rel=1e-6)


@pytest.mark.shared
def test_memphis_precincts_agree_with_a_spatial_join(shared_data, tmp_path):
    folder = shared_data / "memphis"
    raw = pd.read_csv(folder / "memphis_robberies.csv")
    points = gpd.GeoDataFrame(
        raw, geometry=gpd.points_from_xy(raw["longitude"], raw["latitude"]), crs=4326
    ).to_crs(CRS)
    store = store_in(tmp_path / "store")
    rows = [
        record(f"e{i}", "2026-01-05T12:00", xy=(point.x, point.y))
        for i, point in enumerate(points.geometry)
    ]
    opened = store.engine(*rows)
    city = City(
        "memphis", "Memphis", "US", "America/Chicago", CRS,
        areas=folder / "memphis_precincts.geojson", areas_name="precinct",
        population=folder / "memphis_population.geojson",
    )  # fmt: skip
    found = area_counts(opened, city, Filters())

    precincts = gpd.read_file(city.areas).to_crs(CRS)
    joined = gpd.sjoin(points, precincts, predicate="intersects")
    joined = joined[~joined.index.duplicated()]
    people = gpd.read_file(city.population).to_crs(CRS)
    lived = gpd.sjoin(people, precincts, predicate="intersects")
    for row in found.frame.itertuples():
        assert row.n == (joined["precinct"] == row.name).sum()
        assert row.residents == lived.loc[lived["precinct"] == row.name, "population"].sum()
    assert len(found.frame) == 9
    assert found.n_outside == len(points) - len(joined)
    opened.close()
    store.db.close()
