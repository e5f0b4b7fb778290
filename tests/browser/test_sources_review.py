"""Doubtful pairs as a person decides them: one incident or two, and taken back."""

import os
import shutil
import subprocess
import sys

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import server


@pytest.fixture(scope="module")
def linked(demo_store, tmp_path_factory):
    """Serve a copy of the demonstration store in which records have been linked."""
    folder = tmp_path_factory.mktemp("review")
    shutil.copytree(demo_store.home, folder / "home")
    environment = os.environ | {"CABILDO_HOME": str(folder / "home")}
    command = [sys.executable, "-m", "analytics", "link", "--city", "quimera"]
    subprocess.run(command, cwd=server.ROOT, env=environment, check=True, capture_output=True)
    with server.running(folder / "home", folder / "server.log") as url:
        yield url


@pytest.fixture
def analyst(visit, demo_store, linked):
    def start(**options):
        person = visit(linked, **options)
        person.open("sources")
        person.sign_in("analista", demo_store.sign_ins["analista"])
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(analyst, scheme):
    person = analyst(color_scheme=scheme)
    options = {"rules": {"presentation-role-conflict": {"enabled": False}}}
    found = Axe().run(person.page, options=options)
    assert [v["id"] for v in found.response["violations"]] == []
