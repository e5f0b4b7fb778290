"""Invented stations, cameras and schools: inside the city, apart, the same for a seed, marked."""

import geopandas as gpd
import numpy as np
import pytest

from analytics.demo.city import DemoCity, draw_city
from analytics.demo.public_places import APART_M, BESIDE_M, CAMERAS, SCHOOLS, STATIONS


@pytest.fixture(scope="module")
def city() -> DemoCity:
    return draw_city(7)


def test_there_are_as_many_as_planned_and_all_lie_inside(city):
    assert {name: len(layer) for name, layer in city.places.items()} == {
        "stations": STATIONS, "cameras": CAMERAS, "schools": SCHOOLS,
    }  # fmt: skip
    for layer in city.places.values():
        assert layer.within(city.boundary.buffer(1)).all()
        assert layer["synthetic"].all()
        assert layer["name"].is_unique


def test_cameras_stand_apart_where_avenues_cross(city):
    cameras = city.places["cameras"].geometry
    apart = np.array([cameras.distance(camera).sort_values().iloc[1] for camera in cameras])
    assert apart.min() >= APART_M
    main = city.streets[city.streets.street_class.isin(["primary", "secondary"])]
    assert (cameras.distance(main.union_all()) < 0.2).all()


def test_no_station_hides_a_camera(city):
    cameras = city.places["cameras"].union_all()
    assert city.places["stations"].distance(cameras).min() >= BESIDE_M


def test_equal_seeds_give_equal_places(city):
    again = draw_city(7).places
    for name, layer in city.places.items():
        assert isinstance(layer, gpd.GeoDataFrame)
        assert layer.equals(again[name])
    assert not draw_city(8).places["schools"].equals(city.places["schools"])
