"""Stray points drawn: all of them, where they were and where they land, with words and a table."""

import html
import json

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.settings import City
from components import sources_strays
from components.catalogue import translate, translate_n
from components.tokens import PALETTES

CITY = City("santiago", "Santiago", "CL", "America/Santiago", "EPSG:32719")
SWAPPED = [[-33.4 - n / 1000, -70.6, -70.6, -33.4 - n / 1000] for n in range(60)]
POINTLESS = [[-33450000.0, -70.65, -70.65, -33.45]]


def _page(found) -> None:
    from analytics.settings import City
    from components.sources_strays import strays

    strays(City("santiago", "Santiago", "CL", "America/Santiago", "EPSG:32719"), found)


def drawn(found) -> AppTest:
    page = AppTest.from_function(_page, kwargs={"found": found}).run(timeout=120)
    assert not page.exception
    return page


def body(page: AppTest) -> str:
    return html.unescape("".join(element.proto.body for element in page.get("html")))


def test_fifty_examples_at_most_are_shared_among_the_remedies_and_told():
    page = drawn({"swap": SWAPPED, "decimal_point": POINTLESS})
    seen = body(page)
    assert translate_n("es", "clinic.strays_note", 26) in seen
    assert translate_n("es", "clinic.strays_off", 1) in seen
    alts = [chart.proto.alt for chart in page.get("vega_lite_chart")]
    assert alts == [
        translate("es", "clinic.strays_before_alt", n="25", city="Santiago"),
        translate("es", "clinic.strays_after_alt", n="26", city="Santiago"),
    ]


def test_the_table_has_the_places_before_and_after():
    seen = body(drawn({"swap": SWAPPED[:1]}))
    assert "<td>-70,60000; -33,40000</td><td>-33,40000; -70,60000</td>" in seen.replace("−", "-")


def test_without_strays_nothing_is_drawn():
    assert body(drawn({})) == ""


@pytest.mark.parametrize("name", ["light", "dark"])
def test_points_land_in_metres_within_the_outline(tmp_path, name):
    square = {
        "type": "Polygon",
        "coordinates": [[[-70.7, -33.5], [-70.5, -33.5], [-70.5, -33.3], [-70.7, -33.5]]],
    }
    (tmp_path / "b.geojson").write_text(json.dumps(square))
    city = City(**vars(CITY) | {"boundary": tmp_path / "b.geojson"})
    points = pd.DataFrame(
        {"to_longitude": [-70.6], "to_latitude": [-33.45], "done": "", "before": "", "after": ""}
    )
    chart = sources_strays.landed(points, city, PALETTES[name]).to_dict()
    (dots,) = [rows for rows in chart["datasets"].values() if "x" in rows[0]]
    # UTM 19 S: the central meridian, 69° W, has x = 500 000 m; 33.45° S is about 3 702 km south.
    assert dots[0]["x"] == pytest.approx(500_000 - 0.9996 * 1.6 * 92_950, rel=2e-3)
    assert dots[0]["y"] == pytest.approx(10_000_000 - 3_702_000, rel=2e-3)
    (outline,) = [rows for rows in chart["datasets"].values() if "geometry" in rows[0]]
    assert outline[0]["geometry"]["type"] == "Polygon"
