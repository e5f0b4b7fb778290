"""Groups of five are counted inside the boundary, where the surface view draws them."""

import json
from dataclasses import replace

import duckdb
import pytest

from analytics.events.placing import boundary_checksum, place_records
from analytics.settings import City

SQUARE = [[-70.61, -33.44], [-70.60, -33.44], [-70.60, -33.43], [-70.61, -33.43], [-70.61, -33.44]]
# EPSG:32719: one point inside the square, one 20 km east of it, one without a place.
RECORDS = "(VALUES ('in', 350500.0, 6299100.0), ('out', 370500.0, 6299100.0), ('none', NULL, NULL))"


@pytest.fixture
def city(tmp_path):
    path = tmp_path / "boundary.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [SQUARE]}))
    return City("c", "C", "CL", "America/Santiago", "EPSG:32719", boundary=path)


def in_area(city):
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TEMP TABLE records AS SELECT * FROM {RECORDS} r(event_id, x_m, y_m)"
        )
        place_records(connection, city)
        return dict(connection.execute("SELECT event_id, in_area FROM placed").fetchall())


def test_a_record_outside_the_boundary_is_not_in_the_area(city):
    assert in_area(city) == {"in": True, "out": False, "none": False}


def test_without_a_boundary_every_located_record_is_in_the_area(city):
    assert in_area(replace(city, boundary=None)) == {"in": True, "out": True, "none": False}


def test_another_boundary_is_another_checksum(city):
    before = boundary_checksum(city)
    city.boundary.write_text(city.boundary.read_text().replace("-70.6,", "-70.59,"))
    assert boundary_checksum(city) != before
    assert boundary_checksum(replace(city, boundary=None)) == ""
