"""Rates, areas, the fact sheet and layers as a person reaches them."""

import pytest

from tests.browser.test_hotspots import drawn


@pytest.fixture
def analyst(visit, demo_store):
    person = visit()
    person.enter("hotspots", "analista", demo_store.sign_ins["analista"])
    return person


def test_the_switch_leads_to_areas_and_choosing_one_to_its_sheet(analyst):
    page = analyst.page
    density = drawn(page)
    page.get_by_role("radio", name="Áreas").click()
    page.wait_for_function("location.search.includes('view=areas')")
    analyst.settle()
    assert "Cuadrante" in page.locator("h1.sentence").inner_text()
    areas = drawn(page)
    assert areas != density
    page.locator(".st-key-chip_area button").first.click()
    page.get_by_role("combobox", name="Elegir un área").click()
    page.get_by_role("option", name="Cuadrante 8").click()
    page.wait_for_function("location.search.includes('area=8')")
    analyst.settle()
    assert page.get_by_role("heading", name="Ficha: Cuadrante 8").is_visible()
    with page.expect_download() as caught:
        page.locator(".st-key-downloads_sheet").get_by_role("button", name="Cuándo (SVG)").click()
    assert caught.value.path().read_bytes().startswith(b"<svg")
    assert analyst.errors == []
    assert analyst.foreign == []


def test_a_layer_is_drawn_over_the_map_and_told_in_the_key(analyst):
    page = analyst.page
    before = drawn(page)
    page.locator(".st-key-chip_overlays button").first.click()
    page.get_by_role("button", name="cámaras").click()
    page.keyboard.press("Escape")
    page.wait_for_function("location.search.includes('layers=cameras')")
    analyst.settle()
    assert page.get_by_text("cámaras (24)").is_visible()
    assert drawn(page) != before


def test_axe_finds_nothing_on_areas_with_a_sheet(visit, demo_store):
    person = visit()
    person.enter(
        "hotspots?view=areas&area=3&layers=schools", "analista", demo_store.sign_ins["analista"]
    )
    assert person.violations() == []
