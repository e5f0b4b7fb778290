"""The panels of time and near repeats in a browser: drawn, cancelled, accessible."""

import pytest


@pytest.fixture
def analyst(visit, demo_store):
    person = visit()
    person.enter("hotspots?panel=near_repeat", "analista", demo_store.sign_ins["analista"])
    return person


def test_long_work_shows_how_far_it_is_and_can_be_cancelled(analyst):
    page = analyst.page
    toggle = page.locator(".st-key-near_repeat_ask")
    toggle.get_by_text("Calcular").click()
    page.locator(".st-key-near_repeat_running [role=progressbar]").wait_for()
    page.get_by_role("button", name="Cancelar", exact=True).click()
    analyst.settle()
    assert not toggle.get_by_role("switch").is_checked()
    assert page.locator(".st-key-link_near_repeat").count() == 0
    assert page.locator("[data-testid=stException]").count() == 0


@pytest.mark.parametrize("panel", ["time", "next"])
def test_a_panel_is_drawn_here_alone_and_axe_finds_nothing(visit, demo_store, panel):
    analyst = visit()
    analyst.enter(f"hotspots?panel={panel}", "analista", demo_store.sign_ins["analista"])
    analyst.page.locator("figure.still img").first.wait_for()
    analyst.settle()
    assert analyst.foreign == [] and analyst.errors == []
    assert analyst.violations() == []
