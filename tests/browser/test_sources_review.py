"""Doubtful pairs as a person decides them: one incident or two, and taken back."""

import shutil

import pytest

from tests import server
from tests.browser.conftest import DROP_ZONE


@pytest.fixture(scope="module")
def linked(linked_store, tmp_path_factory):
    """Serve a copy of the linked store, for pairs are decided in it."""
    folder = tmp_path_factory.mktemp("review")
    shutil.copytree(linked_store.home, folder / "home")
    with server.running(folder / "home", folder / "server.log") as url:
        yield url


@pytest.fixture
def analyst(visit, demo_store, linked):
    def start(**options):
        person = visit(linked, **options)
        person.enter("sources", "analista", demo_store.sign_ins["analista"])
        person.page.locator(".st-key-review_pairs").wait_for()
        return person

    return start


def test_a_pair_is_decided_shown_with_its_author_and_taken_back(analyst):
    person = analyst()
    review = person.page.locator(".st-key-block_review")
    waiting = review.get_by_role("button", name="Mismo hecho").count()
    assert waiting > 0
    review.get_by_role("button", name="Mismo hecho").first.click()
    undo = review.get_by_role("button", name="Deshacer")
    undo.wait_for()
    person.settle()
    assert review.get_by_role("button", name="Mismo hecho").count() == waiting - 1
    assert "analista" in review.inner_text()
    person.open("sources")
    undo.wait_for()
    assert review.get_by_role("button", name="Mismo hecho").count() == waiting - 1
    undo.click()
    undo.wait_for(state="detached")
    person.settle()
    assert review.get_by_role("button", name="Mismo hecho").count() == waiting
    assert (person.foreign, person.errors) == ([], [])


def test_axe_finds_nothing(analyst):
    assert analyst().violations(rules=DROP_ZONE) == []
