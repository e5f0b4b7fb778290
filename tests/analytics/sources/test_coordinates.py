"""Coordinates: reading, checks against the city, projection."""

import json

import numpy as np
import pyarrow as pa
import pytest

from analytics.errors import ProjectionError, SettingsError
from analytics.settings import City
from analytics.sources.bounds import city_bounds
from analytics.sources.coordinates import Locator, PlaceEvidence

CITY = City("santiago", "Santiago", "CL", "America/Santiago", "EPSG:32719")
BOX = [[-70.8, -33.6], [-70.4, -33.6], [-70.4, -33.3], [-70.8, -33.3], [-70.8, -33.6]]


@pytest.fixture
def bounded(tmp_path):
    path = tmp_path / "boundary.geojson"
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Polygon", "coordinates": [BOX]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return City("santiago", "Santiago", "CL", "America/Santiago", "EPSG:32719", boundary=path)


def locate(city, *pairs, decimal=None):
    longitudes, latitudes = (
        pa.array(list(texts), pa.string()) for texts in zip(*pairs, strict=True)
    )
    return Locator(city, decimal).locate(longitudes, latitudes)


@pytest.mark.parametrize(
    ("longitude", "latitude", "reason", "located"),
    [
        ("-70.66", "-33.44", "", True),
        ("-70,66", " -33,44 ", "", True),
        ("", "", "", False),
        ("NA", "S/D", "", False),
        ("nan", "NULL", "", False),
        ("-70.66", "", "half_coordinate", False),
        ("null", "-33.44", "half_coordinate", False),
        ("0", "0.000", "zero_coordinate", False),
        ("-33.44", "-70.66", "swapped_coordinates", False),
        ("70.66", "-33.44", "outside_city", False),
        ("-56235", "-33.44", "outside_city", False),
        ("-70.66,17", "-33.44", "unreadable_coordinate", False),
        ("-70.66", "33°26'S", "unreadable_coordinate", False),
    ],
)
def test_each_coordinate_is_accepted_or_set_aside_with_its_reason(
    bounded, longitude, latitude, reason, located
):
    places = locate(bounded, (longitude, latitude))

    assert places.reason.tolist() == [reason]
    assert (not np.isnan(places.x_m[0])) == located


def test_metres_are_those_of_the_city_crs(bounded):
    # The central meridian of UTM 19 is 69° W: x is 500,000 there, y 10,000,000 at the equator.
    places = locate(CITY, ("-69", "0.0000000"), ("-69", "-33.44"))

    assert places.x_m == pytest.approx([500_000, 500_000], abs=1e-3)
    assert places.y_m[0] == pytest.approx(10_000_000, abs=1e-3)


def test_a_boundary_reaches_25_km_beyond_its_box(bounded):
    # 25 km are 0.2246° of latitude.
    near, far = locate(bounded, ("-70.6", "-33.82"), ("-70.6", "-33.83")).reason

    assert (near, far) == ("", "outside_city")


def test_without_a_boundary_the_crs_reaches_six_degrees_beyond_its_area():
    # UTM 19 South is 72° W to 66° W.
    inside, outside = locate(CITY, ("-77.9", "-33"), ("-78.1", "-33")).reason

    assert (inside, outside) == ("", "outside_city")


def test_a_stated_decimal_mark_refuses_the_other(bounded):
    comma = locate(bounded, ("-70,66", "-33,44"), ("-70.66", "-33.44"), decimal=",")

    assert comma.reason.tolist() == ["", "unreadable_coordinate"]


def test_a_boundary_that_is_not_there_names_the_key(tmp_path):
    city = City("x", "X", "CL", "America/Santiago", "EPSG:32719", boundary=tmp_path / "no")

    with pytest.raises(SettingsError) as refusal:
        city_bounds(city)

    assert refusal.value.details["key"] == "cities.x.boundary"


def check(city, *pairs):
    longitudes, latitudes = (
        pa.array(list(texts), pa.string()) for texts in zip(*pairs, strict=True)
    )
    evidence = PlaceEvidence()
    evidence.add(Locator(city).locate(longitudes, latitudes), longitudes, latitudes)
    evidence.check(city, file="datos.csv", columns={"longitude": "lon", "latitude": "lat"})


@pytest.mark.parametrize(
    ("pairs", "candidate"),
    [
        ([("-58.4", "-34.6"), ("-58.5", "-34.7")], "EPSG:32721"),
        (
            [("-33.4", "-70.6"), ("-33.5", "-70.7")],
            'columns = {longitude = "lat", latitude = "lon"}',
        ),
        ([("345740", "6297660"), ("345800", "6297700")], "EPSG:32719"),
    ],
)
def test_a_file_outside_the_city_is_refused_with_what_might_be_meant(bounded, pairs, candidate):
    with pytest.raises(ProjectionError) as refusal:
        check(bounded, *pairs)

    details = refusal.value.details
    assert details["key"] == "cities.santiago.crs"
    assert candidate in details["candidates"]
    assert ", ".join(pairs[0]) in details["examples"]


def test_a_wrong_file_is_one_with_more_than_half_of_its_rows_outside(bounded):
    inside, outside = ("-70.66", "-33.44"), ("-58.4", "-34.6")
    check(bounded, inside, outside)

    with pytest.raises(ProjectionError):
        check(bounded, inside, outside, outside)
