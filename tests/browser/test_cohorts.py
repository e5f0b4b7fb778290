"""The cohorts page as a person sees it: drawn, entered, refused when stale, accessible."""

import pytest

from tests import server
from tests.conftest import Demo

CITY = "cohorts?member=valdeflores"


@pytest.fixture
def coach(visit, demo_store):
    def opened(path="cohorts", address=None, **options):
        person = visit(address, **options) if address else visit(**options)
        person.enter(path, "coach", demo_store.sign_ins["coach"])
        return person

    return opened


@pytest.fixture
def own_address(demo: Demo, tmp_path):
    """Serve a copy of the store, for tests that enter something."""
    with server.running(demo.home, tmp_path / "server.log") as url:
        yield url


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
    rules = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa"]}
    assert person.violations(runOnly=rules) == []


def test_a_stale_save_is_refused_with_both_dates_and_loses_nothing(coach, own_address):
    first, second = (coach(CITY, own_address) for _ in range(2))
    for person, day in ((first, "2027-01-20"), (second, "2027-02-02")):
        page = person.page
        page.get_by_role("radio", name="Cambia de fecha").click()
        person.settle()
        page.get_by_role("textbox", name="Nueva fecha").fill(day)
    first.page.get_by_role("button", name="Guardar", exact=True).click()
    first.settle()
    assert "20 ene 2027" in first.page.locator("body").inner_text().replace("\u00a0", " ")
    second.page.get_by_role("button", name="Guardar", exact=True).click()
    second.settle()
    notice = second.page.locator(".notice").inner_text()
    assert "2027-01-20" in notice
    assert "2027-02-02" in notice
    first.page.get_by_role("button", name="Deshacer").click()
    first.settle()
    assert "20 ene 2027" not in first.page.locator("body").inner_text().replace("\u00a0", " ")
