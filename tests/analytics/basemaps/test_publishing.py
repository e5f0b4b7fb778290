"""The local basemap: only streets and boundary, whole files, written when inputs change."""

import json
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box
from shapely.geometry import shape

from analytics.basemaps.publishing import geojson_text, publish_basemap, write_whole
from analytics.demo.city import draw_city, write_layers
from analytics.errors import SettingsError

QUIMERA = """
[cities.quimera]
name = "Puerto Quimera"
country = "CL"
timezone = "America/Santiago"
crs = "EPSG:32718"
boundary = "layers/boundary.geojson"
basemap = "layers/streets.geojson"
"""


@pytest.fixture(scope="module")
def layers(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("layers")
    write_layers(folder, draw_city(7))
    return folder


@pytest.fixture
def settings(make_settings, tmp_path, layers):
    folder = tmp_path / "layers"
    folder.mkdir()
    for name in ("boundary", "streets"):
        (folder / f"{name}.geojson").write_bytes((layers / f"{name}.geojson").read_bytes())
    return make_settings(QUIMERA)


@pytest.fixture
def published(settings, tmp_path) -> Path:
    static = tmp_path / "static"
    assert publish_basemap(settings, settings.city("quimera"), static=static)
    return static


def read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_four_files_appear_and_nothing_else(published):
    assert sorted(path.name for path in published.iterdir()) == [
        "quimera-dark.json",
        "quimera-light.json",
        "quimera-main.geojson",
        "quimera.geojson",
    ]


def test_files_stay_small(published):
    assert (published / "quimera.geojson").stat().st_size < 400_000
    assert (published / "quimera-main.geojson").stat().st_size < 60_000


def test_nothing_is_written_while_inputs_stay_the_same(settings, published):
    assert not publish_basemap(settings, settings.city("quimera"), static=published)


def test_changed_streets_are_written_again(settings, published):
    city = settings.city("quimera")
    whole = read(city.basemap)
    city.basemap.write_text(json.dumps(whole | {"features": whole["features"][:40]}))

    assert publish_basemap(settings, city, static=published)
    assert (published / "quimera.geojson").stat().st_size < 30_000


def test_a_lost_file_is_written_again(settings, published):
    (published / "quimera-main.geojson").unlink()

    assert publish_basemap(settings, settings.city("quimera"), static=published)
    assert (published / "quimera-main.geojson").is_file()


def test_a_city_without_basemap_publishes_nothing(make_settings, tmp_path):
    settings = make_settings(QUIMERA.replace("basemap =", "areas ="))

    assert not publish_basemap(settings, settings.city("quimera"), static=tmp_path / "static")
    assert not (tmp_path / "static").exists()


def test_an_absent_layer_is_refused_by_its_key(settings):
    city = settings.city("quimera")
    city.boundary.unlink()

    with pytest.raises(SettingsError) as refusal:
        publish_basemap(settings, city, static=city.boundary.parent)
    assert refusal.value.code == "basemap.absent"
    assert refusal.value.details["key"] == "cities.quimera.boundary"


@pytest.mark.parametrize("text", ["", "no es un mapa", '{"type": "FeatureCollection"}'])
def test_an_unreadable_layer_is_refused_by_its_key(settings, tmp_path, text):
    city = settings.city("quimera")
    city.basemap.write_text(text)

    with pytest.raises(SettingsError) as refusal:
        publish_basemap(settings, city, static=tmp_path)
    assert refusal.value.code == "basemap.unreadable"
    assert refusal.value.details["key"] == "cities.quimera.basemap"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_style_needs_no_glyphs_sprites_or_foreign_addresses(published, theme):
    text = (published / f"quimera-{theme}.json").read_text()
    style = json.loads(text)

    assert style["version"] == 8
    assert not {"glyphs", "sprite"} & set(style)
    assert "://" not in text
    assert style["sources"]["base"]["data"] == "/app/static/basemaps/quimera.geojson"


def test_style_draws_land_then_small_to_main_streets_then_veil_and_boundary(published):
    layers = read(published / "quimera-light.json")["layers"]

    assert [layer["id"] for layer in layers] == [
        "land",
        "streets-other",
        "streets-tertiary",
        "streets-secondary",
        "streets-primary",
        "outside",
        "boundary",
    ]
    assert layers[0]["paint"]["background-color"] == "#F6F2E8"
    assert layers[4]["paint"]["line-width"] == [
        "interpolate", ["linear"], ["zoom"], 12, 1.6, 15, 5.7
    ]  # fmt: skip
    assert layers[5]["paint"]["fill-opacity"] == 0.72


def test_geojson_holds_streets_veil_and_boundary_and_no_other_property(published):
    features = read(published / "quimera.geojson")["features"]

    assert [f["properties"].get("class", f["properties"]["kind"]) for f in features] == [
        "other",
        "tertiary",
        "secondary",
        "primary",
        "outside",
        "boundary",
    ]
    assert {key for f in features for key in f["properties"]} == {"kind", "class"}


def test_veil_leaves_the_city_open(settings, published):
    features = read(published / "quimera.geojson")["features"]
    veil = shape(next(f for f in features if f["properties"]["kind"] == "outside")["geometry"])
    boundary = gpd.read_file(settings.city("quimera").boundary).geometry.iloc[0]

    assert veil.intersection(boundary).area < 0.001 * boundary.area
    assert veil.union(boundary).bounds == veil.bounds


def test_main_streets_are_primary_and_secondary(published):
    features = read(published / "quimera-main.geojson")["features"]

    assert [f["properties"]["class"] for f in features] == ["primary", "secondary"]


def test_a_replaced_file_leaves_no_half_behind(tmp_path):
    path = tmp_path / "a.json"
    write_whole(path, "one")
    write_whole(path, "two")

    assert path.read_text() == "two"
    assert list(tmp_path.iterdir()) == [path]


def test_layers_are_written_in_degrees_with_their_columns():
    frame = gpd.GeoDataFrame(
        {"name": ["Ñuñez"]}, geometry=[box(500_000, 6_300_000, 500_100, 6_300_100)], crs=32718
    )
    feature = json.loads(geojson_text(frame))["features"][0]

    # The central meridian of UTM zone 18 is 75° W, where easting is 500,000 m.
    assert feature["properties"] == {"name": "Ñuñez"}
    assert min(x for x, _ in feature["geometry"]["coordinates"][0]) == -75.0
