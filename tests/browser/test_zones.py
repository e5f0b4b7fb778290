"""Zones and reports in a real browser: asked by a switch, drawn, downloaded as files that open."""

import re

import pytest

from tests.analytics.exports.sample_report import pdf_text


@pytest.fixture
def analyst(visit, demo_store):
    person = visit()
    person.enter("hotspots?hours=18-1&weekdays=5,6", "analista", demo_store.sign_ins["analista"])
    return person


def test_zones_are_asked_told_and_taken_along(analyst):
    page = analyst.page
    page.locator(".st-key-block_zones label").filter(has_text="Calcular las zonas").click()
    page.wait_for_function("location.search.includes('zones=1')")
    table = page.locator(".st-key-block_zones table.small")
    table.wait_for()
    assert table.locator("tbody tr").count() == 4
    assert "crews 4 --hectares 12" in page.locator(".st-key-block_zones pre.command").inner_text()

    assert analyst.violations() == []

    with page.expect_download() as caught:
        page.get_by_role("button", name="Parte de turno (PDF)").click()
        page.get_by_text(re.compile(r"Paso \d de 3: ")).wait_for()
    page.locator("[data-testid=stProgress]").wait_for(state="detached")
    assert caught.value.suggested_filename.endswith(".pdf")
    said = pdf_text(caught.value.path().read_bytes())
    first = table.locator("tbody tr").first.locator("td").nth(1).inner_text()
    assert first in said
    assert analyst.errors == [] and analyst.foreign == []
