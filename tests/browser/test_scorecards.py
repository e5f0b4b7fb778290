"""The mayor's screen and the sheets in a browser: no scroll, links, keyboard, axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe

OPTIONS = {"rules": {"presentation-role-conflict": {"enabled": False}}}


@pytest.fixture
def mayor(visit, demo_store):
    def start(path="scorecards", **options):
        person = visit(**options)
        person.open(path)
        person.sign_in("alcaldesa", demo_store.sign_ins["alcaldesa"])
        return person

    return start


def test_the_mayors_screen_needs_no_scroll_and_leads_to_a_sheet(mayor):
    person = mayor()
    heights = person.page.evaluate(
        "(m => [m.scrollHeight, m.clientHeight])(document.querySelector('[data-testid=stMain]'))"
    )
    assert heights[0] <= heights[1]
    link = person.page.get_by_role("link", name="Reuniones de la mesa intersectorial")
    link.focus()
    person.page.keyboard.press("Enter")
    person.page.get_by_text("Por qué dice").wait_for()
    person.settle()
    assert "indicator=POL-04" in person.page.url
    assert "(2 − 5) ÷ 2,0" in person.page.locator(".st-key-block_proof").inner_text()
    assert (person.foreign, person.errors) == ([], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", ["board", "sheet", "balance"])
def test_axe_finds_nothing(mayor, view, scheme):
    person = mayor(f"scorecards?view={view}", color_scheme=scheme)
    found = Axe().run(person.page, options=OPTIONS)
    assert [v["id"] for v in found.response["violations"]] == []
