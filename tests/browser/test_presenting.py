"""Presenting as a room sees it: keys, type, hidden names, frozen data, and the way out."""

import re

import pytest

from analytics import loaders
from analytics.access import Assignment, Principal
from analytics.demo.cohort import COHORT, COURSES
from analytics.programmes.periods import parse_period
from tests.browser.conftest import SETTLED, WCAG, violations_now

HALL = {"viewport": {"width": 1366, "height": 768}}
NAMES = [course.name for course in COURSES]
# Sizes of everything that is written and seen, charts as well, but for what a mark covers.
SIZES = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = {};
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const box = node.parentElement, text = node.textContent.trim();
    if (!text || ['STYLE', 'SCRIPT', 'NOSCRIPT', 'CAPTION'].includes(box.tagName)) continue;
    if (!box.checkVisibility({opacityProperty: true, visibilityProperty: true})) continue;
    const {width, height} = box.getBoundingClientRect();
    if (width * height > 4) found[text.slice(0, 40)] = parseFloat(getComputedStyle(box).fontSize);
  }
  return found;
}"""


@pytest.fixture
def begin(visit, demo_store):
    def begun(*address):
        person = visit(*address, **HALL)
        person.open("cohorts")
        person.sign_in("coach", demo_store.sign_ins["coach"])
        person.page.get_by_role("button", name="Presentar").press("Enter")
        arrived(person, 1)
        return person

    return begun


def arrived(person, slide):
    status = person.page.locator(".present-at [role=status]", has_text=f"{slide} de 7")
    status.wait_for()
    person.page.wait_for_selector(SETTLED)


def press(person, key, slide):
    person.page.keyboard.press(key)
    arrived(person, slide)


def fits(page):
    """Tell whether slide and foot lie on the screen, one below the other."""
    figure = page.locator(".st-key-present").bounding_box()
    foot = page.locator(".st-key-present_foot").bounding_box()
    return figure["y"] + figure["height"] <= foot["y"] and foot["y"] + foot["height"] == 768


def test_keys_tell_the_story_in_type_that_the_last_row_reads_and_escape_ends_it(begin):
    person = begin()
    page = person.page
    assert not page.locator("[data-testid=stHeader]").is_visible()
    small = {}
    for key, slide in (
        ("ArrowRight", 2), ("PageDown", 3), ("Space", 4), ("End", 7), ("PageUp", 6),
        ("ArrowLeft", 5), ("Home", 1),
    ):  # fmt: skip
        press(person, key, slide)
        assert f"slide={slide}" in page.url
        assert fits(page)
        small |= {text: size for text, size in page.evaluate(SIZES).items() if size < 24}
    assert small == {}
    clock = "getComputedStyle(document.querySelector('.present-clock'), '::after').counterReset"
    before = page.evaluate(clock)
    page.wait_for_function(f"{clock} !== '{before}'")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Presentar").wait_for()
    assert "present" not in page.url
    assert (person.foreign, person.errors) == ([], [])


def test_hidden_names_are_nowhere_in_the_page_also_after_a_reload(begin):
    person = begin()
    page = person.page
    press(person, "ArrowRight", 2)
    page.get_by_role("button", name="Más").press("Enter")
    page.get_by_role("button", name="Ocultar nombres").press("Enter")
    page.get_by_role("button", name="Mostrar nombres").wait_for()
    for slide in range(3, 8):
        press(person, "ArrowRight", slide)
        source = page.content()
        assert [name for name in NAMES if name in source] == []
        assert slide % 2 or violations_now(page, **WCAG) == []
    press(person, "Home", 1)
    press(person, "ArrowRight", 2)
    page.reload()
    page.locator(".st-key-present svg", has_text="Ciudad A").wait_for()
    assert [name for name in NAMES if name in page.content()] == []
    # Escape takes the controls away first; the presentation goes on.
    page.get_by_role("button", name="Más").press("Enter")
    shown = page.get_by_role("button", name="Mostrar nombres")
    shown.wait_for()
    page.keyboard.press("Escape")
    shown.wait_for(state="detached")
    arrived(person, 2)


def test_slides_stay_as_they_were_until_new_data_are_asked_for(begin, own_address):
    person = begin(own_address)
    page = person.page
    press(person, "PageDown", 2)
    before = page.locator("h1.sentence").inner_text()
    frozen = re.search("frozen=[^&]*", page.url).group()
    coach = Principal("coach", "C", (Assignment("coach", COHORT),))
    desk = loaders.cohort_desk(coach, COHORT, "lomas-de-oro")
    version = desk.record().gate("strategy").version
    shown = loaders.cohort(coach, COHORT).as_of
    desk.reforecast("strategy", parse_period("2027-06-30"), version=version, today=shown)
    press(person, "ArrowRight", 3)
    press(person, "ArrowLeft", 2)
    assert page.locator("h1.sentence").inner_text() == before
    assert frozen in page.url
    page.get_by_role("button", name="Más").press("Enter")
    page.get_by_role("button", name="Tomar datos nuevos (1 cambios)").press("Enter")
    page.get_by_role("button", name="Tomar datos nuevos (0 cambios)").wait_for()
    assert page.locator("h1.sentence").inner_text() != before
    assert frozen not in page.url
