"""The clinic on the page: every defect has words, values are escaped, old batches show nothing."""

import html
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.settings import LANGUAGES
from analytics.sources.clinic import CLOCKS_US, DEFECTS
from analytics.sources.remedies import REMEDIES
from components.catalogue import translate, translate_n

NAMED = (
    *DEFECTS.values(),
    *CLOCKS_US,
    "outside_city",
    "zero_coordinates",
    "future_dates",
    "ancient_dates",
    "duplicate_rows",
    "piled_points",
    "heaped_hours",
    "repeated_points",
    "same_time_and_place",
)


def _page(made) -> None:
    from components.sources_clinic import clinic

    clinic(made)


def body(made: dict[str, Any]) -> str:
    page = AppTest.from_function(_page, kwargs={"made": made}).run(timeout=120)
    assert not page.exception
    return html.unescape("".join(element.proto.body for element in page.get("html")))


def finding(defect: str, **more: Any) -> dict[str, Any]:
    return {"defect": defect, "rows": 1234, "remedy": "", "examples": []} | more


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_defect_and_every_remedy_has_words(language):
    keys = [f"clinic.defect.{name}" for name in NAMED]
    keys += [f"clinic.remedy.{name}" for name in REMEDIES]

    assert [key for key in keys if translate(language, key).startswith("⟦")] == []


def test_a_defect_shows_its_rows_examples_and_the_line_that_accepts_its_remedy():
    line = 'options.remedies = "swap"'
    found = finding("swapped_coordinates", remedy=line, examples=["-33.4, -70.6", "-33.5, -70.7"])

    seen = body({"clinic": [found, finding("noon_times")]})

    assert translate("es", "clinic.defect.swapped_coordinates") in seen
    assert translate("es", "clinic.defect.noon_times") in seen
    assert "1.234" in seen
    assert "-33.4, -70.6; -33.5, -70.7" in seen
    assert line in seen
    assert translate("es", "clinic.no_line") in seen


def test_rounding_is_told_in_decimals_and_metres():
    seen = body({"clinic": [finding("rounded_coordinates", decimals=3)]})

    assert translate_n("es", "clinic.rounded", 3, metres="111") in seen


def test_what_the_mapping_moved_is_said():
    seen = body({"clinic": [], "remedies": {"sign": 7}, "coordinate_crs": "EPSG:3857"})

    told = translate("es", "clinic.remedy.sign")
    assert translate_n("es", "clinic.applied", 7, remedy=told) in seen
    assert translate("es", "clinic.crs", crs="EPSG:3857") in seen
    assert translate("es", "clinic.clean") in seen


def test_an_example_of_a_published_file_cannot_become_markup():
    page = AppTest.from_function(
        _page, kwargs={"made": {"clinic": [finding("outside_city", examples=["<script>x"])]}}
    ).run(timeout=120)

    assert "<script>" not in "".join(element.proto.body for element in page.get("html"))


def test_a_batch_of_before_the_clinic_shows_nothing():
    assert body({"encoding": "utf-8"}) == ""
