"""Puerto Quimera as a drawing: at sea, whole, partitioned, inhabited."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from analytics.demo.city import RESIDENTS, DemoCity, draw_city, open_ground


@pytest.fixture(scope="module")
def city() -> DemoCity:
    return draw_city(7)


def test_equal_seeds_draw_equal_cities(city):
    again = draw_city(7)

    assert again.streets.equals(city.streets)
    assert again.blocks.equals(city.blocks)
    assert again.boundary.equals(city.boundary)


def test_another_seed_draws_other_small_streets_between_the_same_avenues(city):
    other = draw_city(8)

    main = ["primary", "secondary"]
    assert not other.streets.equals(city.streets)
    assert (
        other.streets[other.streets.street_class.isin(main)]
        .reset_index(drop=True)
        .equals(city.streets[city.streets.street_class.isin(main)].reset_index(drop=True))
    )


def test_city_covers_about_fifteen_square_kilometres_with_a_curved_edge(city):
    assert 14 <= city.boundary.area / 1e6 <= 16
    assert city.boundary.is_valid
    assert city.boundary.area < 0.8 * city.boundary.minimum_rotated_rectangle.area


@pytest.mark.shared
def test_city_lies_more_than_a_hundred_kilometres_from_any_land(city, shared_data: Path):
    land = gpd.read_file(shared_data / "world" / "countries-50m.json", layer="countries")
    near = land.set_crs("EPSG:4326", allow_override=True).cx[-80:-65, -45:-20]
    near = near.clip((-80, -45, -65, -20)).to_crs(city.streets.crs)

    assert near.distance(city.boundary).min() > 100_000


def test_beats_partition_the_boundary(city):
    shapes = city.beats.geometry

    assert shapes.area.sum() == pytest.approx(city.boundary.area, rel=1e-9)
    assert shapes.union_all().symmetric_difference(city.boundary).area < 1
    assert set(shapes.geom_type) == {"Polygon"}
    assert city.beats["name"].is_unique


def test_streets_have_all_four_classes_and_run_beyond_the_boundary(city):
    km = city.streets.length.groupby(city.streets.street_class).sum() / 1000
    outside = city.streets.geometry.difference(city.boundary).length.sum() / 1000

    assert km["other"] > km["tertiary"] > km["secondary"] > km["primary"] > 15
    assert 20 < outside < 150
    assert set(city.streets.geom_type) == {"LineString"}


def test_no_small_street_enters_parks_and_quays(city):
    small = city.streets[city.streets.street_class.isin(["tertiary", "other"])]

    inside = small.intersection(shapely.union_all(open_ground()))
    assert inside.length.sum() == pytest.approx(0, abs=1)


def test_residents_add_up_and_live_inside_the_boundary(city):
    assert city.blocks["population"].sum() == RESIDENTS
    assert (city.blocks["population"] >= 0).all()
    assert city.blocks.within(city.boundary).mean() > 0.99


def test_every_street_piece_has_a_name_and_a_length(city):
    assert (city.streets["name"] != "").all()
    assert np.all(city.streets.length > 20)
