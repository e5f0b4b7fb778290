"""The map for paper: its parts by their colours, its size, its key."""

import re
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from analytics.hotspots.grids import Grid
from analytics.settings import City
from components.map_pictures import Areas, Key, drawn_png, key_px, map_svg
from components.tokens import LIGHT

CITY = City("memphis", "Memphis", "US", "America/Chicago", "EPSG:32615")
CLASSES = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
GRID = Grid("EPSG:32615", 500, 1536, 7776, 12, 8, np.ones((8, 12), dtype=bool))


def pixels(png: bytes) -> np.ndarray:
    with Image.open(BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"))


def share(png: bytes, colour: str) -> float:
    """Share of the pixels that have nearly a colour."""
    wanted = np.array([*bytes.fromhex(colour[1:])])
    return float((np.abs(pixels(png).astype(int) - wanted).max(axis=2) < 6).mean())


def block(rows: slice, cols: slice) -> np.ndarray:
    cells = np.zeros(GRID.study.shape, dtype=bool)
    cells[rows, cols] = True
    return cells


def test_the_surface_is_drawn_in_its_classes_on_land() -> None:
    density = np.where(np.arange(12) < 6, 0.5, 60.0) * np.ones((8, 1))
    made = drawn_png(map_svg(CITY, GRID, [], density=density, classes=CLASSES, width=400))
    assert pixels(made).shape[1] == 800
    assert share(made, LIGHT.land) > 0.3
    strong = np.array([*bytes.fromhex(LIGHT.density[5][1:])])
    land = np.array([*bytes.fromhex(LIGHT.land[1:])])
    blended = (strong * 235 + land * 20) / 255
    east = pixels(made)[200:300, 600:700].reshape(-1, 3).mean(axis=0)
    assert np.abs(east - blended).max() < 4


def test_a_zone_is_an_accent_line_with_its_number() -> None:
    zone = Areas(block(slice(2, 6), slice(3, 8)), "zone", "7")
    made = drawn_png(map_svg(CITY, GRID, [zone], width=400))
    bare = drawn_png(map_svg(CITY, GRID, [Areas(zone.cells, "zone")], width=400))
    assert share(bare, LIGHT.accent) > 0.01
    assert share(made, LIGHT.accent) > share(bare, LIGHT.accent)
    assert share(drawn_png(map_svg(CITY, GRID, [], width=400)), LIGHT.accent) == 0


def test_filled_cells_have_their_colour_and_empty_areas_are_left_out() -> None:
    cells = block(slice(0, 4), slice(0, 12))
    made = drawn_png(map_svg(CITY, GRID, [Areas(cells, "fill", colour="#FF0000")], width=300))
    red = pixels(made)[-60:-40, 200:400].reshape(-1, 3).mean(axis=0)
    assert red[0] > 240 and red[1] < 60
    empty = Areas(np.zeros_like(cells), "fill", colour="#FF0000")
    assert drawn_png(map_svg(CITY, GRID, [empty], width=300)) == drawn_png(
        map_svg(CITY, GRID, [], width=300)
    )


def test_the_key_adds_its_height_and_its_swatches() -> None:
    plain = drawn_png(map_svg(CITY, GRID, [], width=600))
    key = Key(("1", "2"), ("<unit>",), (("zone", "", "zona"), ("fill", "#00FF00", "sube")), "© x")
    made = drawn_png(map_svg(CITY, GRID, [], key=key, width=600))
    assert pixels(made).shape[0] == pixels(plain).shape[0] + 2 * key_px(key)
    assert share(made, LIGHT.density[1]) > 0
    assert share(made, "#00FF00") > 0


def test_a_hotspots_number_stands_outside_above_its_left_corner() -> None:
    area = Areas(block(slice(2, 4), slice(5, 8)), "number", "3")
    drawn = map_svg(CITY, GRID, [area], width=400)
    (plate,) = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="12.0" height="14"', drawn)
    outline = map_svg(CITY, GRID, [Areas(area.cells)], width=400)
    (path,) = re.findall(r'<path d="M([^"]+)Z"', outline)
    corners = [tuple(map(float, corner.split())) for corner in path.split("L")]
    left, top = min(x for x, _y in corners), min(y for _x, y in corners)
    assert float(plate[0]) == pytest.approx(left, abs=3)
    assert float(plate[1]) + 14 == pytest.approx(top, abs=4)
    assert f'fill="{LIGHT.ink}">3</text>' in drawn and "<path" not in drawn


def test_the_words_of_a_key_stay_inside_the_picture() -> None:
    """The widest letters of the page's type are under 7 px at this size."""
    words = "más que el azar (95 % o más, corregido); 1, el de más registros"
    credit = "Puerto Quimera · 1 ago – 31 oct 2026 · 12.869 registros · datos sintéticos"
    key = Key(tuple("1234567"), ("por km²", "fija"), (("outline", "", words),), credit)
    drawn = map_svg(CITY, GRID, [], key=key, width=680)
    places = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]+)</text>', drawn)
    assert {words, credit} < {text for _x, _y, text in places}
    height = float(re.findall(r'height="(\d+)"', drawn)[0])
    for x, y, text in places:
        assert float(x) >= 8 and float(x) + 7 * len(text) <= 680
        assert float(y) < height - 3
