"""The cohorts page as a person sees it: drawn above the fold, accessible."""

import pytest

from tests.browser.conftest import WCAG

CITY = "cohorts?member=valdeflores"


@pytest.fixture
def coach(visit, demo_store):
    def opened(path="cohorts"):
        person = visit()
        person.enter(path, "coach", demo_store.sign_ins["coach"])
        return person

    return opened


def charts(page):
    return page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg")


def test_the_cohort_is_drawn_above_the_fold_and_nothing_leaves_the_machine(coach):
    person = coach()
    page = person.page
    assert "12" in page.locator("h1.sentence").inner_text()
    charts(page).nth(1).wait_for()
    key = page.locator(".cohort-key").bounding_box()
    assert key["y"] + key["height"] < 768
    boxes = [charts(page).nth(n).bounding_box() for n in (0, 1)]
    assert abs(boxes[0]["y"] - boxes[1]["y"]) < 2
    assert abs(boxes[0]["height"] - boxes[1]["height"]) < 2
    assert (person.foreign, person.errors) == ([], [])


@pytest.mark.parametrize("path", ["cohorts", CITY])
def test_nothing_on_it_fails_the_accessibility_rules(coach, path):
    person = coach(path)
    charts(person.page).first.wait_for()
    assert person.violations(**WCAG) == []
