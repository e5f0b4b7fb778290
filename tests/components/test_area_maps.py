"""Areas as polygons of a map: classes, what is not known, holes, light shapes."""

import json

import numpy as np
from shapely.geometry import MultiPolygon, Point, Polygon, box

from analytics.hotspots.area_layer import Areas
from analytics.hotspots.scales import even_floors
from components import area_maps
from components.tokens import LIGHT, rgba

X, Y = 770_000.0, 3_890_000.0


def made(*shapes) -> Areas:
    return Areas("EPSG:32615", ("",) * len(shapes), np.array(shapes, dtype=object), ())


def rows_of(layer) -> list[dict]:
    return json.loads(layer.to_json())["data"]


def test_even_floors_are_at_most_seven_round_steps_from_zero_that_reach_the_highest():
    assert even_floors(2298) == (0, 500, 1000, 1500, 2000)
    assert even_floors(135.3) == (0, 20, 40, 60, 80, 100, 120)
    assert even_floors(7) == (0, 2, 4, 6)
    assert even_floors(0.6) == (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    assert even_floors(0) == even_floors(float("nan")) == (0,)


def test_an_area_has_the_colour_of_its_class_and_grey_where_nothing_is_known():
    areas = made(*(box(X + i * 100, Y, X + (i + 1) * 100, Y + 100) for i in range(4)))
    values, floors = np.array([0.0, 19.9, 20.0, np.nan]), (0.0, 10.0, 20.0)
    fill = area_maps.areas_layer(areas, values, floors, {"a": ["<b>"] * 4}, LIGHT)
    low, middle, high = area_maps.class_colours(3, LIGHT)
    colours = [row["c"] for row in rows_of(fill)]
    assert [colour[:3] for colour in colours] == [
        rgba(low)[:3], rgba(middle)[:3], rgba(high)[:3], rgba(LIGHT.ghost)[:3],
    ]  # fmt: skip
    assert rows_of(fill)[0]["a"] == "&lt;b&gt;"


def test_holes_and_parts_are_drawn():
    parts = MultiPolygon([box(X, Y, X + 100, Y + 100), box(X + 300, Y, X + 400, Y + 100)])
    ring = box(X, Y + 500, X + 900, Y + 900).difference(box(X + 300, Y + 600, X + 500, Y + 800))
    two, one = area_maps.drawn_shapes(made(parts, ring))
    assert [len(rings) for rings in two] == [1, 1]
    assert [len(rings) for rings in one] == [2]


def test_areas_that_do_not_meet_are_drawn_as_finely_as_the_map_shows_them() -> None:
    # A thousand rough neighbours with a gap between them, on a map of 60 m per pixel.
    rough = [
        Point(X + 1200 * (i % 32), Y + 1200 * (i // 32)).buffer(590, quad_segs=40)
        for i in range(1000)
    ]
    drawn = area_maps.drawn_shapes(made(*rough))
    vertices = [point for area in drawn for rings in area for ring in rings for point in ring]
    assert len(vertices) < 16_000
    assert all(round(x, 4) == x and round(y, 4) == y for x, y in vertices)
    assert len(drawn) == 1000 and all(len(area) == 1 for area in drawn)


def test_neighbours_share_the_vertices_of_their_border() -> None:
    line = [(X + 1000 + 200 * np.sin(i / 7), Y + 10 * i) for i in range(300)]
    west = Polygon([(X, Y), *line, (X, Y + 2990)])
    east = Polygon([(X + 2000, Y), *line, (X + 2000, Y + 2990)])
    one, other = (
        {tuple(point) for ring in area[0] for point in ring}
        for area in area_maps.drawn_shapes(made(west, east))
    )
    assert len(one) < 250
    assert len(one & other) == len(one) - 2 == len(other) - 2


def test_shapes_of_many_vertices_become_light():
    rough = [Point(X + 3000 * i, Y).buffer(1000, quad_segs=2000) for i in range(5)]
    drawn = area_maps.drawn_shapes(made(*rough))
    assert sum(len(ring) for area in drawn for rings in area for ring in rings) < 1000
