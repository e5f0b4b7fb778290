"""Layers over the map: light, near the city, in degrees; what cannot be is refused by its key."""

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import LineString, Point, box

from analytics.errors import FilterError, ProjectionError, SettingsError
from analytics.overlays import MAX_POINTS, MAX_VERTICES, overlay_names, read_overlay
from analytics.settings import City

X, Y = 770_000.0, 3_890_000.0
CRS = "EPSG:32615"


@pytest.fixture
def city_with(tmp_path):
    """A city of 4 km² with one layer ``things``: the shapes given, in metres of its CRS."""

    def make(shapes, crs=CRS, **told) -> City:
        boundary = gpd.GeoDataFrame(geometry=[box(X, Y, X + 2000, Y + 2000)], crs=CRS)
        boundary.to_file(tmp_path / "boundary.gpkg")
        path = tmp_path / "things.gpkg"
        gpd.GeoDataFrame({"name": [str(i) for i in range(len(shapes))]},
                         geometry=shapes, crs=crs).to_file(path)  # fmt: skip
        told |= {"boundary": tmp_path / "boundary.gpkg", "layers": {"things": path}}
        return City("here", "Here", "US", "America/Chicago", CRS, **told)

    return make


def test_points_come_in_degrees_and_far_ones_are_left_out(city_with):
    city = city_with([Point(X + 100, Y + 100), Point(X + 90_000, Y)])
    found = read_overlay(city, "things")
    assert found.n == len(found.points) == 1
    assert found.thinned_m == 0
    back = gpd.GeoSeries([Point(found.points[0])], crs=4326).to_crs(CRS)[0]
    assert back.distance(Point(X + 100, Y + 100)) < 2
    assert found.lines == ()


def test_many_points_are_thinned_to_one_per_square_and_the_square_is_told(city_with):
    rng = np.random.default_rng(4)
    places = rng.uniform((X, Y), (X + 2000, Y + 2000), (3000, 2))
    found = read_overlay(city_with([Point(place) for place in places]), "things")
    assert found.n == 3000
    assert len(found.points) == 100 <= MAX_POINTS
    assert found.thinned_m == 200.0  # squares of 100 m would leave 400
    drawn = gpd.GeoSeries([Point(p) for p in found.points], crs=4326).to_crs(CRS)
    squares = np.floor(np.array([(p.x, p.y) for p in drawn]) / found.thinned_m)
    # Rounded to a metre a point may cross into the square beside it.
    assert len(np.unique(squares, axis=0)) > 0.95 * len(drawn)


def test_borders_of_polygons_and_lines_are_simplified_until_light(city_with):
    angle = np.linspace(0, 2 * np.pi, 20_000)
    ring = np.column_stack([X + 1000 + 900 * np.cos(angle), Y + 1000 + 900 * np.sin(angle)])
    found = read_overlay(city_with([LineString(ring), box(X, Y, X + 10, Y + 10)]), "things")
    assert found.n == 2
    assert sum(len(line) for line in found.lines) < MAX_VERTICES / 10
    assert len(found.lines[1]) == 5
    assert len(found.points) == 0


def test_the_offer_is_the_areas_and_then_the_layers(city_with, tmp_path):
    city = city_with([Point(X, Y)])
    assert overlay_names(city) == ("things",)
    city = city_with([Point(X, Y)], areas=tmp_path / "boundary.gpkg")
    assert overlay_names(city) == ("areas", "things")
    assert len(read_overlay(city, "areas").lines) == 1


def test_what_cannot_be_drawn_is_refused_by_name_or_key(city_with):
    city = city_with([Point(X, Y)])
    with pytest.raises(FilterError, match=r"overlays\.unknown"):
        read_overlay(city, "areas")
    with pytest.raises(ProjectionError) as metres:
        read_overlay(city_with([Point(X, Y)], crs=4326), "things")
    assert metres.value.code == "overlays.outside_crs"
    assert metres.value.details["key"] == "cities.here.layers.things"
    city.layers["things"].unlink()
    with pytest.raises(SettingsError) as absent:
        read_overlay(city, "things")
    assert absent.value.details["key"] == "cities.here.layers.things"
