"""Patrol zones on a small town: hand-derived expectation, reasons, streets, refusals."""

import json
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
from scipy.stats import poisson

from analytics.errors import FilterError
from analytics.events.filters import Filters
from analytics.exports.zones import write_zones, zones_geojson
from analytics.hotspots.surface import Method, hotspot_surface
from analytics.hotspots.zones import ZoneOrder, patrol_zones, shift_days
from tests.analytics.events.builders import record, store_in

METHOD = Method(cell_m=100, bandwidth_m=100)
WEST, EAST = (768_250.0, 3_888_250.0), (769_750.0, 3_888_250.0)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """West: 28 thefts at night told by calls; east: 14 robberies at noon found by patrols."""
    store = store_in(tmp_path_factory.mktemp("zones") / "store")
    told = [
        record(f"w{i}", f"2024-02-{1 + i:02d}T2{i % 4}:15", xy=WEST, category="theft")
        for i in range(28)
    ]
    told += [
        record(
            f"e{i}", f"2024-02-{1 + i:02d}T12:30", xy=EAST, category="robbery_violence",
            source="patrols", detection="detected",
        )
        for i in range(14)
    ]  # fmt: skip
    # Corners of the study area, far from both piles.
    told.append(record("north-east", "2024-02-29T12:00", xy=(770_750.0, 3_890_750.0)))
    told.append(record("south-west", "2024-02-01T12:00", xy=(767_250.0, 3_887_250.0)))
    for row in told:
        row["source_category"] = row.pop("category", "other")
    engine = store.engine(*told)
    yield store.city, engine
    store.db.close()


def planned(town, order, filters=None):
    city, engine = town
    return patrol_zones(
        engine, city, hotspot_surface(engine, city, filters or Filters(), METHOD), order
    )


def test_each_pile_gets_a_zone_and_what_it_expects_of_a_day(town):
    plan = planned(town, ZoneOrder(2, 9))
    city, engine = town
    surface = hotspot_surface(engine, city, Filters(), METHOD)
    per_day = surface.density_per_km2 * 0.01 / 29

    assert (plan.shifts, len(plan.zones)) == (29, 2)
    west, east = plan.zones
    assert west.expected == pytest.approx(per_day[west.cells].sum())
    assert west.expected == pytest.approx(2 * east.expected, rel=1e-3)
    assert (west.low, west.high) == tuple(poisson.ppf([0.05, 0.95], west.expected))
    assert west.share == pytest.approx(west.expected / np.nansum(per_day))
    assert plan.expected == pytest.approx(np.nansum(per_day))
    assert (west.area_ha, plan.area_ha) == (9, 18)
    assert plan.area_share == pytest.approx(18 / surface.grid.n_cells)
    assert not (west.cells & east.cells).any()
    assert plan.greedy_share <= plan.share * (1 + 1e-9) <= plan.cells_share * (1 + 1e-6)


def test_the_reasons_are_what_was_recorded_inside(town):
    west, east = (zone.reasons for zone in planned(town, ZoneOrder(2, 9)).zones)
    assert (west.n, east.n) == (28, 14)
    assert west.hours == (20, 23, 1.0)
    assert (east.hours[0] <= 12 <= east.hours[1], east.hours[2]) == (True, 1.0)
    assert (west.sources, east.sources) == ((("calls", 1.0),), (("patrols", 1.0),))
    assert (west.detected_share, east.detected_share) == (0.0, 1.0)
    assert west.categories[0][1] == 1.0


def test_weekdays_decide_how_many_shifts_there_are(town):
    mondays = Filters(weekdays=(1,), date_from=date(2024, 2, 1), date_to=date(2024, 2, 29))
    plan = planned(town, ZoneOrder(1, 1), mondays)
    assert plan.shifts == 4
    assert plan.zones[0].reasons.n <= 4
    with pytest.raises(FilterError) as caught:
        shift_days((date(2024, 2, 5), date(2024, 2, 6)), Filters(weekdays=(7,)))
    assert caught.value.code == "zones.no_day"


def test_a_short_shift_names_no_stretch_of_hours(town):
    assert planned(town, ZoneOrder(1, 1), Filters(hours=(20, 23))).zones[0].reasons.hours is None


@pytest.mark.parametrize(
    ("crews", "hectares", "code"),
    [
        (0, 10, "zones.crews"),
        (41, 10, "zones.crews"),
        (1, 0, "zones.hectares"),
        (1, float("nan"), "zones.hectares"),
        (1, 0.9, "zones.hectares"),
        (40, 1000, "zones.too_large"),
    ],
)
def test_an_order_that_cannot_be_is_refused(town, crews, hectares, code):
    with pytest.raises(FilterError) as caught:
        planned(town, ZoneOrder(crews, hectares))
    assert caught.value.code == code


def test_hectares_between_cells_are_rounded_down(town):
    assert planned(town, ZoneOrder(1, 3.99)).zones[0].area_ha == 3


def test_the_files_hold_the_same_zones(town, tmp_path):
    plan = planned(town, ZoneOrder(2, 9))
    assert write_zones(plan, tmp_path / "z.csv") == 2
    layer = gpd.read_file(zones_geojson(plan).decode())
    assert layer["share"].tolist() == pytest.approx([zone.share for zone in plan.zones])
    areas = layer.to_crs(plan.grid.crs).area / 1e4
    assert areas.tolist() == pytest.approx([9, 9], rel=1e-4)
    proof = json.loads(zones_geojson(plan))["cabildo"]
    assert (proof["crews"], proof["hectares"], proof["shifts"]) == (2, 9, 29)
    with pytest.raises(FilterError):
        write_zones(plan, tmp_path / "z.parquet")
    with pytest.raises(FilterError):
        write_zones(plan, tmp_path / "nowhere" / "z.csv")
