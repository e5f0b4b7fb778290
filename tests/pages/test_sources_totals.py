"""The figures of the sources page: freshness, sums, and two batches side by side."""

import re

import pytest
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import app_test

from analytics.settings import load_settings
from analytics.store import audit, batches
from analytics.store.database import open_database
from analytics.store.located import located
from components.catalogue import number, translate
from tests.pages.test_sources import ServedPages, offered
from tests.pages.visitors import Visit, visit

OLD = "id;fecha;delito;lat;lon\n1;11/10/2026 14:05;ROBO;-33,201;-73,401\n"
OLD += "2;12/10/2026 14:05;ROBO;-33,202;-73,402\n3;13/10/2026 14:05;ROBO;-33,203;-73,403\n"
NEW = OLD.replace("2;12/10/2026 14:05;ROBO", "2;12/10/2026 14:05;HURTO").replace("\n3;", "\n4;")


@pytest.fixture(autouse=True)
def served_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_test, "PagesManager", ServedPages)
    monkeypatch.setattr(PagesManager, "uses_pages_directory", False)


@pytest.fixture
def store(demo):
    database = open_database(load_settings())
    yield database
    database.close()
    st.cache_resource.clear()


def table(seen: Visit, caption: str) -> list[list[str]]:
    """The cells of the table with this caption, row by row."""
    (html,) = [body for body in seen.html if f"<caption>{caption}</caption>" in body]
    rows = re.findall(r"<tr>(.*?)</tr>", html)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_the_page_tells_freshness_located_share_and_sums(store, language):
    seen = visit("sources", "analyst", language=language)
    assert not seen.failed
    fresh = table(seen, translate(language, "fresh.title"))[1:]
    assert [row[0] for row in fresh] == sorted(b.source for b in batches.batches(store, "quimera"))
    assert all(row[4][0] in "⧖✓◇" and row[5].rstrip().endswith("%") for row in fresh)
    version = batches.current_version(store, "quimera")
    sums = {row[0]: row[-1] for row in table(seen, translate(language, "balance.title"))}
    for step, n in (("records", version.n_records), ("incidents", version.n_incidents)):
        name = f"= {translate(language, f'balance.step.{step}')}"
        assert sums[name] == number(language, n)
    assert any("located --city quimera --json" in command for command in seen.commands)


def test_two_batches_of_a_source_are_compared(store):
    app = visit("sources", "analyst").app
    assert translate("es", "compare.none") in Visit(app).text
    for text, name in ((OLD, "uno.csv"), (NEW, "dos.csv")):
        app = offered(app, text, button="import", name=name).app
    newest = batches.batches(store, "quimera")[-1]
    app = app.selectbox(key="compare_new").set_value(newest.batch_id).run()
    seen = Visit(app.button(key="compare").click().run())
    assert not seen.failed
    told = table(seen, translate("es", "compare.title"))[1:]
    names = [translate("es", f"compare.{key}") for key in ("added", "removed", "changed")]
    assert told[:3] == [[name, "1"] for name in names]


def test_a_record_without_a_place_is_placed_and_taken_back(store):
    app = visit("sources", "analyst").app
    app = app.toggle(key="places_show").set_value(True).run()
    before = batches.current_version(store, "quimera")
    app.number_input(key="places_longitude").set_value(-73.4)
    app = app.number_input(key="places_latitude").set_value(-33.2).run()
    read = audit.entries(store, actions=("read_unlocated",))
    assert len(read) == 1  # two redraws of the same list are one reading of it
    event_id = app.selectbox(key="places_event").value
    line = f"place-event {event_id} --city quimera --longitude=-73.4 --latitude=-33.2"
    assert any(line in command for command in Visit(app).commands)

    app = app.button(key="places_place").click().run()
    assert not app.exception
    after = batches.current_version(store, "quimera")
    assert after.n_located == before.n_located + 1
    assert [place.event_id for place in located(store, "quimera")] == [event_id]

    app.button(key="places_undo").click().run()
    assert batches.current_version(store, "quimera").version_id == before.version_id
