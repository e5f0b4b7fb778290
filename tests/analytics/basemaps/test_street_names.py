"""Names stand upright on their streets without crossing; the entrance shows streets only."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from analytics.basemaps.street_names import (
    PLATE_PX,
    _angle,
    street_drawing_svg,
    street_labels,
    streets_inside,
)
from analytics.demo.city import DemoCity, draw_city, write_layers
from analytics.settings import City

METRES_PER_PX = 4000 / 474  # the city, all of it, on the page's map
COLOURS = {"primary": "#111111", "secondary": "#222222", "tertiary": "#333333", "other": "#444444"}


@pytest.fixture(scope="module")
def drawn() -> DemoCity:
    return draw_city(7)


@pytest.fixture(scope="module")
def city(tmp_path_factory, drawn) -> City:
    folder: Path = tmp_path_factory.mktemp("layers")
    write_layers(folder, drawn)
    return City(
        key="quimera",
        name="Puerto Quimera",
        country="CL",
        timezone="America/Santiago",
        crs="EPSG:32718",
        boundary=folder / "boundary.geojson",
        basemap=folder / "streets.geojson",
    )


def test_twelve_main_streets_are_named_once(city, drawn):
    names = [name for name, *_ in street_labels(city)]

    main = drawn.streets.loc[drawn.streets.street_class.isin(["primary", "secondary"]), "name"]
    is_main = [name in set(main) for name in names]
    assert len(names) == len(set(names)) == 12
    assert sum(is_main) >= 9 and is_main == sorted(is_main, reverse=True)
    assert names[0] == "Av. Quimera"


def test_limit_is_kept(city):
    assert street_labels(city, limit=3) == street_labels(city)[:3]


def test_each_name_stands_on_its_street_and_along_it(city, drawn):
    for name, lon, lat, angle in street_labels(city):
        spot = gpd.GeoSeries([shapely.Point(lon, lat)], crs=4326).to_crs(32718).iloc[0]
        line = drawn.streets.loc[drawn.streets["name"] == name].union_all()
        piece = line.intersection(spot.buffer(120))
        x0, y0, x1, y1 = piece.bounds
        slope = np.degrees(np.arctan2(y1 - y0, x1 - x0))

        assert line.distance(spot) < PLATE_PX / 2 * METRES_PER_PX
        assert abs(angle) == pytest.approx(slope, abs=12)


def plates(labels) -> list[shapely.Geometry]:
    """Return what the names cover on the page's map, in metres."""
    spots = gpd.GeoSeries([shapely.Point(lon, lat) for _, lon, lat, _ in labels], crs=4326)
    made = []
    for (name, _lon, _lat, angle), spot in zip(labels, spots.to_crs(32718), strict=True):
        half, tall = (len(name) * 6 + 6) / 2 * METRES_PER_PX, 8 * METRES_PER_PX
        box = shapely.box(spot.x - half, spot.y - tall, spot.x + half, spot.y + tall)
        made.append(shapely.affinity.rotate(box, angle))
    return made


def test_plates_do_not_cross(city):
    for one, other in combinations(plates(street_labels(city)), 2):
        assert not one.intersects(other)


def test_names_step_aside_for_what_else_is_drawn(city):
    taken = shapely.union_all([plate.centroid.buffer(60) for plate in plates(street_labels(city))])
    beside = street_labels(city, taken=taken)
    assert len(beside) > 3
    assert {name for name, *_ in beside} <= {name for name, *_ in street_labels(city)}
    assert not any(plate.intersects(taken) for plate in plates(beside))


def test_a_name_crowded_by_marks_stays_where_it_covers_the_fewest(city):
    usual = {name for name, *_ in street_labels(city)}
    area = shapely.union_all(plates(street_labels(city))).envelope
    x0, y0, x1, y1 = area.bounds
    thick = shapely.multipoints(
        [(x, y) for x in np.arange(x0, x1, 150) for y in np.arange(y0, y1, 150)]
    )
    assert not {name for name, *_ in street_labels(city, taken=thick)} >= usual
    beside = street_labels(city, marks=thick)
    assert len(beside) >= len(usual) - 3
    for one, other in combinations(plates(beside), 2):
        assert not one.intersects(other)
    few = shapely.union_all([plate.centroid for plate in plates(street_labels(city))])
    moved = plates(street_labels(city, marks=few))
    assert sum(plate.intersects(few) for plate in moved) <= len(usual) / 2


def test_streets_inside_an_area_come_by_their_length_in_it(city, drawn):
    streets = drawn.streets.to_crs(city.crs)
    area = streets.geometry.iloc[0].centroid.buffer(400)
    inside = streets[streets["name"] != ""].assign(metres=lambda s: s.intersection(area).length)
    by_name = inside.groupby("name")["metres"].sum().sort_values(ascending=False)
    assert streets_inside(city, area) == tuple(by_name.index[:3])
    assert streets_inside(city, shapely.Point(0, 0).buffer(1)) == ()
    assert streets_inside(replace(city, basemap=None), area) == ()


@given(st.floats(-3.2, 3.2))
def test_angles_read_upright(direction):
    ends = np.array([[649e3, 6325e3], [649e3, 6325e3]])
    ends[1] += 500 * np.array([np.cos(direction), np.sin(direction)])
    to_map = Transformer.from_crs("EPSG:32718", "EPSG:3857", always_xy=True)

    angle = _angle(ends, to_map)
    # Grid north leans by under a degree from true north here.
    off = (angle - np.degrees(direction) + 90) % 180 - 90
    assert -90 <= angle <= 90
    assert abs(off) < 1.2


def test_a_city_without_basemap_has_no_names_and_an_empty_picture(city):
    bare = City(key="x", name="X", country="CL", timezone="UTC", crs="EPSG:32718")

    assert street_labels(bare) == []
    assert "<path" not in street_drawing_svg(bare, 400, 300, colours=COLOURS)


def test_the_picture_holds_one_path_per_class_and_no_words(city):
    svg = street_drawing_svg(city, 758, 768, colours=COLOURS)

    assert [svg.count(colour) for colour in COLOURS.values()] == [1, 1, 1, 1]
    assert "<text" not in svg
    assert "Quimera" not in svg
    assert len(svg) < 120_000


def test_the_picture_fades_below_the_place_for_words(city):
    svg = street_drawing_svg(city, 758, 768, colours=COLOURS, clear=0.4)

    assert '<stop offset="0.40" stop-color="#000"/>' in svg
