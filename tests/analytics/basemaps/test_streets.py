"""Street files of any origin become names, classes and lines in metres."""

import json

import pytest

from analytics.basemaps.streets import read_boundary, read_streets
from analytics.errors import SettingsError

CITY = """
[cities.demo]
name = "Demo"
country = "CL"
timezone = "America/Santiago"
crs = "EPSG:32719"
"""


def layer(*features: tuple[dict, str, list]) -> str:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": properties,
                    "geometry": {"type": kind, "coordinates": coordinates},
                }
                for properties, kind, coordinates in features
            ],
        }
    )


@pytest.fixture
def city_with(make_settings, tmp_path):
    def make(streets: str, boundary: str = ""):
        (tmp_path / "streets.geojson").write_text(streets, encoding="utf-8")
        text = CITY + 'basemap = "streets.geojson"\n'
        if boundary:
            (tmp_path / "boundary.geojson").write_text(boundary, encoding="utf-8")
            text += 'boundary = "boundary.geojson"\n'
        return make_settings(text).city("demo")

    return make


LINE = [[-70.60, -33.40], [-70.61, -33.40]]
FAR = [[-70.80, -33.40], [-70.81, -33.40]]
SQUARE = [
    [[-70.61, -33.41], [-70.60, -33.41], [-70.60, -33.40], [-70.61, -33.40], [-70.61, -33.41]]
]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"class": "secondary"}, "secondary"),
        ({"highway": "trunk_link"}, "primary"),
        ({"highway": "['tertiary', 'residential']"}, "tertiary"),
        ({"highway": "residential"}, "other"),
        ({"fclass": "motorway"}, "primary"),
    ],
)
def test_classes_are_ours_or_openstreetmaps(city_with, properties, expected):
    streets = read_streets(city_with(layer((properties, "LineString", LINE))))

    assert streets["street_class"].tolist() == [expected]


def test_footways_are_no_streets(city_with):
    streets = read_streets(
        city_with(
            layer(
                ({"highway": "footway"}, "LineString", LINE),
                ({"highway": "primary"}, "LineString", LINE),
            )
        )
    )

    assert streets["street_class"].tolist() == ["primary"]


def test_without_any_class_avenues_count_as_secondary(city_with):
    streets = read_streets(
        city_with(
            layer(
                ({"name": "Avenida Uno"}, "LineString", LINE),
                ({"name": "Dos"}, "LineString", LINE),
                ({"name": None}, "LineString", LINE),
            )
        )
    )

    assert streets["street_class"].tolist() == ["secondary", "other", "other"]
    assert streets["name"].tolist() == ["Avenida Uno", "Dos", ""]


def test_lines_come_in_the_citys_metres(city_with):
    streets = read_streets(city_with(layer(({}, "MultiLineString", [LINE]))))

    # cos(33.4°) × 111.3 km per degree × 0.01° ≈ 930 m
    assert streets.length.iloc[0] == pytest.approx(930, rel=0.01)


def test_streets_far_from_the_boundary_are_left_out(city_with):
    streets = layer(({"name": "A"}, "LineString", LINE), ({"name": "B"}, "LineString", FAR))
    city = city_with(streets, boundary=layer(({}, "Polygon", SQUARE)))

    assert read_streets(city)["name"].tolist() == ["A"]
    assert read_boundary(city).area == pytest.approx(930 * 1109, rel=0.01)


def test_a_layer_of_points_is_refused(city_with):
    with pytest.raises(SettingsError) as refusal:
        read_streets(city_with(layer(({}, "Point", LINE[0]))))
    assert refusal.value.code == "basemap.not_lines"


def test_a_city_without_layers_is_told_which_key_is_missing(make_settings):
    city = make_settings(CITY).city("demo")

    assert read_boundary(city) is None
    with pytest.raises(SettingsError) as refusal:
        read_streets(city)
    assert refusal.value.details == {"key": "cities.demo.basemap"}


@pytest.mark.shared
def test_providencias_real_network_has_avenues(make_settings, shared_data):
    path = shared_data / "providencia" / "edges.geojson"
    city = make_settings(CITY + f'basemap = "{path}"\n').city("demo")

    streets = read_streets(city)
    assert len(streets) > 1000
    assert "Avenida Providencia" in set(streets.loc[streets.street_class == "secondary", "name"])
