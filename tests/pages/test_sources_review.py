"""The review of doubtful pairs on the page of sources."""

import re
import shutil

import pytest
import streamlit as st

from analytics.settings import load_settings
from analytics.sources.linkage_review import LinkReview
from analytics.store import audit, batches, links, people
from analytics.store.database import open_database
from components.catalogue import translate, translate_n
from tests.conftest import Demo
from tests.pages.test_sources import plain, served_pages  # noqa: F401 - a fixture for every test
from tests.pages.visitors import Visit, visit


@pytest.fixture
def store(demo: Demo):
    """Open the test's own copy of the demonstration store."""
    database = open_database(load_settings())
    yield database
    database.close()
    st.cache_resource.clear()


@pytest.fixture
def linked(linked_store, tmp_path, monkeypatch):
    """Open a copy of the linked demonstration store; yields it and what its review holds."""
    shutil.copytree(linked_store.home, tmp_path / "home")
    monkeypatch.setenv("CABILDO_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CABILDO_CONFIG", raising=False)
    settings = load_settings()
    database = open_database(settings)
    state = LinkReview(settings, database, settings.city("quimera"), "ana").state()
    assert len(state.pairs) > 10
    yield database, state
    database.close()
    st.cache_resource.clear()


def keys(seen: Visit, beginning: str) -> list[str]:
    return [b.key for b in seen.app.button if b.key and b.key.startswith(beginning)]


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_without_a_run_the_page_offers_to_link_and_gives_the_command(store, language):
    seen = visit("sources", "analyst", language=language)
    assert translate(language, "review.no_run") in plain(seen)
    assert any("python -m analytics link --city quimera" in body for body in seen.commands)
    assert seen.app.button(key="link").label == translate(language, "review.link")


def test_linking_from_the_page_makes_a_run_and_publishes_it(store):
    app = visit("sources", "analyst").app
    app.default_timeout = 120
    seen = Visit(app.button(key="link").click().run())
    assert not seen.failed
    run = links.current_run(store, "quimera")
    assert run.created_by == "analista"
    assert batches.current_version(store, "quimera").n_incidents == run.n_incidents
    words = translate_n("es", "review.linked", run.n_pairs, incidents="§").split("§")[0]
    assert words in plain(seen)


def test_ten_pairs_are_shown_the_most_doubtful_first(linked):
    _, held = linked
    seen = visit("sources", "analyst")
    assert keys(seen, "same_") == ["same_" + "_".join(pair.ids) for pair in held.pairs[:10]]
    progress = translate_n("es", "review.progress", len(held.pairs), done="0")
    assert progress in plain(seen)
    first = held.pairs[0]
    assert f"{first.gap_minutes:.0f} min" in plain(seen)
    assert first.one.source_record_id in plain(seen)


@pytest.mark.parametrize(("button", "same"), [("same", True), ("different", False)])
def test_an_answer_is_kept_under_the_persons_name_and_can_be_undone(linked, button, same):
    store, held = linked
    app = visit("sources", "analyst").app
    key = "_".join(held.pairs[0].ids)
    seen = Visit(app.button(key=f"{button}_{key}").click().run())
    (made,) = links.decisions(store, "quimera")
    assert ((made.one, made.other), made.same) == (tuple(sorted(held.pairs[0].ids)), same)
    assert made.decided_by == "analista"
    assert translate_n("es", "review.progress", len(held.pairs), done="1") in plain(seen)
    assert re.search(r"analista, \S", plain(seen))
    seen = Visit(seen.app.button(key=f"undo_{key}").click().run())
    assert links.decisions(store, "quimera") == []
    assert f"same_{key}" in keys(seen, "same_")
    actions = {entry.action for entry in audit.entries(store)}
    assert {"link.withdraw", "link.confirm" if same else "link.reject"} <= actions


def test_a_review_right_that_is_gone_when_the_button_is_pressed_decides_nothing(linked):
    store, held = linked
    app = visit("sources", "analyst").app
    people.disable_user(store, "analista", actor="admin")
    app.button(key="same_" + "_".join(held.pairs[0].ids)).click().run()
    assert links.decisions(store, "quimera") == []
