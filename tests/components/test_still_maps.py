"""Still maps: a picture that stands alone, in the right place, with safe words."""

import re
from base64 import b64decode
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from shapely import box
from streamlit.testing.v1 import AppTest

from analytics.hotspots.grids import Grid
from analytics.settings import City
from components import still_maps
from components.tokens import LIGHT

CITY = City("memphis", "Memphis", "US", "America/Chicago", "EPSG:32615")
GRID = Grid("EPSG:32615", 500.0, 1536, 7776, 8, 6, np.ones((6, 8), dtype=bool))
FLOORS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0)


def test_a_density_is_a_picture_inside_a_picture_of_the_same_shape() -> None:
    values = np.zeros((6, 8))
    values[5, 0] = 9.0  # the north-west corner
    svg = still_maps.density_still(CITY, GRID, values, FLOORS, LIGHT, width=400)
    root = ElementTree.fromstring(svg)
    (image,) = root.findall("{http://www.w3.org/2000/svg}image")
    assert (root.get("width"), image.get("width")) == ("400", "400")
    assert image.get("height") == root.get("height")
    picture = Image.open(BytesIO(b64decode(image.get("href", "").partition(",")[2])))
    assert picture.width / picture.height == pytest.approx(400 / int(root.get("height", 0)), 0.02)
    alpha = np.array(picture.convert("RGBA"))[:, :, 3]
    rows, cols = np.nonzero(alpha)
    assert rows.mean() < picture.height / 4 and cols.mean() < picture.width / 4


def test_cells_of_a_kind_are_one_shape_in_its_colour_where_they_lie() -> None:
    chosen = np.zeros((6, 8), dtype=bool)
    chosen[0, 6:] = True  # two cells in the south-east corner
    kinds = {"hot": chosen, "none": np.zeros_like(chosen)}
    svg = still_maps.classes_still(
        CITY, GRID, kinds, {"hot": "#8A3024", "none": "#000000"}, LIGHT, width=400
    )
    assert svg.count('fill="#8A3024"') == 1 and "#000000" not in svg
    (path,) = re.findall(r'<path d="(M[^"]+Z)" fill="#8A3024"', svg)
    points = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", path), dtype=float)
    height = int(ElementTree.fromstring(svg).get("height", 0))
    assert points[:, 0].min() == pytest.approx(300, abs=12)
    assert points[:, 0].max() == pytest.approx(400, abs=12)
    assert points[:, 1].min() == pytest.approx(height * 5 / 6, abs=12)


def test_areas_of_a_kind_are_filled_where_they_lie() -> None:
    half = box(1536 * 500, 7776 * 500, 1540 * 500, 7782 * 500)  # the western half
    svg = still_maps.areas_still(
        CITY, GRID, {"treated": [half], "control": []}, {"treated": "#0E5366", "control": "#000"},
        LIGHT, width=400,
    )  # fmt: skip
    (path,) = re.findall(r'<path d="(M[^"]+Z)" fill="#0E5366"', svg)
    points = np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", path), dtype=float)
    assert points[:, 0].min() == pytest.approx(0, abs=12)
    assert points[:, 0].max() == pytest.approx(200, abs=12)


def _page() -> None:
    from components import still_maps

    still_maps.show("<svg/>", title="<b>Noche</b>", alt='a "quoted" <i>map</i>')
    still_maps.key({"<x>": "#8A3024"}, ["<y>"])


def test_words_on_the_page_are_escaped_and_the_picture_has_an_alt() -> None:
    page = AppTest.from_function(_page).run(timeout=120)
    assert not page.exception
    html = "".join(element.proto.body for element in page.get("html"))
    assert "<b>" not in html and "<i>map" not in html and "<x>" not in html and "<y>" not in html
    assert 'alt="a &quot;quoted&quot;' in html
