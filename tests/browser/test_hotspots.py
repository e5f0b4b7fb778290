"""The hotspot page as a person sees it: drawn, filtered, steady, quiet, accessible."""

import re
from io import BytesIO

import pytest
from PIL import Image

MAP = ".st-key-map_density"


def colours(page) -> int:
    """Count the colours of the map as it is on screen."""
    picture = Image.open(BytesIO(page.locator(f"{MAP} canvas").last.screenshot())).convert("RGB")
    return len(picture.getcolors(1 << 24) or ())


def drawn(page) -> bytes:
    """Wait until the map has stopped changing and return its picture."""
    picture = b""
    for _ in range(40):
        page.wait_for_timeout(500)
        now = page.locator(MAP).screenshot()
        if now == picture and colours(page) > 50:
            return now
        picture = now
    raise AssertionError("the map never came to rest")


@pytest.fixture
def analyst(visit, demo_store):
    person = visit()
    person.enter("hotspots", "analista", demo_store.sign_ins["analista"])
    return person


def test_the_map_is_drawn_its_csv_fetched_and_nothing_leaves_the_machine(analyst):
    drawn(analyst.page)
    assert colours(analyst.page) > 200
    assert analyst.foreign == []
    assert analyst.errors == []
    assert analyst.page.locator("[data-testid=stException]").count() == 0
    with analyst.page.expect_download() as caught:
        analyst.page.locator(".st-key-downloads_cells").get_by_role(
            "button", name="CSV", exact=True
        ).click()
    lines = caught.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("cell_x,cell_y,n,density_per_km2")
    assert len(lines) > 1000


def test_a_filter_changes_sentence_map_and_address(analyst):
    page = analyst.page
    before, picture = page.locator("h1.sentence").inner_text(), drawn(page)
    page.locator(".st-key-chip_source button").first.click()
    page.get_by_role("combobox", name="Fuente").click()
    page.get_by_role("option", name="Cámaras").click()
    page.keyboard.press("Escape")
    page.wait_for_function("location.search.includes('source=')")
    analyst.settle()
    assert page.locator("h1.sentence").inner_text() != before
    assert drawn(page) != picture


def test_a_link_reopens_the_same_view(visit, demo_store):
    query = "hotspots?category=robbery_violence&hours=18-23&bandwidth_m=300"
    other = visit()
    other.enter(query, "analista", demo_store.sign_ins["analista"])
    assert "Radio 300" in other.page.locator(".st-key-chip_method").inner_text()
    assert "--category robbery_violence" in other.page.locator("pre.command").inner_text()
    assert re.search(
        r"--hours 18-23.*--bandwidth-m 300", other.page.locator("pre.command").inner_text()
    )


def test_pan_survives_a_filter_change(analyst):
    page = analyst.page
    box = page.locator(MAP).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    home = drawn(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 180, y + 60, steps=8)
    page.mouse.up()
    panned = drawn(page)
    assert panned != home
    smooth(analyst, "450")
    page.wait_for_function("location.search.includes('bandwidth_m=450')")
    analyst.settle()
    smooth(analyst, "200")
    page.wait_for_function("!location.search.includes('bandwidth_m=')")
    analyst.settle()
    page.mouse.move(5, 5)
    assert similar(drawn(page), panned) > similar(home, panned)
    assert similar(drawn(page), panned) > 0.99


def test_what_cannot_be_drawn_is_explained(visit, demo_store):
    person = visit()
    for query, told in (
        ("bandwidth_m=0", "50 y 5.000 m"),
        ("bandwidth_m=50000", "50 y 5.000 m"),
        ("from=2001-01-01&to=2001-01-31", "No hay registros"),
    ):
        person.enter(f"hotspots?{query}", "analista", demo_store.sign_ins["analista"])
        said = person.page.locator(".notice p").inner_text()
        assert told in said.replace("\u00a0", " ")


@pytest.mark.parametrize("page", ["overview", "hotspots"])
def test_axe_finds_nothing(visit, demo_store, page):
    person = visit()
    person.enter(page, "analista", demo_store.sign_ins["analista"])
    assert person.violations() == []


def smooth(person, metres: str) -> None:
    """Put another bandwidth in force, in the method's panel."""
    person.page.locator(".st-key-chip_method button").first.click()
    person.set_number("Radio de suavizado (m)", metres)
    person.page.keyboard.press("Escape")


def similar(one: bytes, other: bytes) -> float:
    """Share of pixels that are alike in two pictures of the same size."""
    a, b = (Image.open(BytesIO(data)).convert("L") for data in (one, other))
    pairs = zip(a.get_flattened_data(), b.get_flattened_data(), strict=True)
    alike = [abs(p - q) < 12 for p, q in pairs]
    return sum(alike) / len(alike)
