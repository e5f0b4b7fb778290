"""The page of sources: who sees it, what an upload becomes, what a roll-back leaves."""

import re
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test

from analytics.events.publishing import batch_path
from analytics.settings import load_settings
from analytics.store import audit, batches, people
from analytics.store.database import open_database
from analytics.store.placements import placements
from components.catalogue import translate, translate_n
from tests.conftest import Demo
from tests.pages.visitors import USERS, Visit, visit

HEADER = "id;fecha;delito;lat;lon\n"
GOOD = HEADER + "".join(f"{n};1{n}/10/2026 14:05;ROBO;-33,20{n};-73,40{n}\n" for n in range(1, 9))
MIXED = GOOD + "90;ayer;ROBO;-33,201;-73,401\n91;13/10/2026 14:05;ROBO;0;0\n"
SOURCE = "Patrullas"
# What the sentences of refused files speak of.
NAMES = ("file", "found", "format", "key", "column", "n", "total", "columns", "examples", "crs")
NAMES += ("candidates",)


class ServedPages(PagesManager):
    """Pages as on a server that somebody has opened before: always behind ``app.py``.

    Without it AppTest runs a page's file first in every run, and the button that was pressed is
    forgotten on the way through ``app.py``.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        PagesManager.uses_pages_directory = False


@pytest.fixture(autouse=True)
def served_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_test, "PagesManager", ServedPages)


@pytest.fixture
def store(demo: Demo):
    """Open the test's own copy of the demonstration store."""
    database = open_database(load_settings())
    yield database
    database.close()
    st.cache_resource.clear()


@pytest.fixture
def analyst(store) -> AppTest:
    return visit("sources", "analyst").app


def offered(app: AppTest, text: str, *, button: str, name: str = "parte.csv") -> Visit:
    """Offer a file under a known source and press a button."""
    app.file_uploader[0].set_value((name, text.encode(), "text/csv"))
    app.selectbox(key="source").set_value(SOURCE)
    return Visit(app.button(key=button).click().run())


def plain(seen: Visit) -> str:
    return re.sub(r"\s+", " ", seen.text)


def cells(seen: Visit) -> set[str]:
    return set(re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", "".join(seen.html)))


def held(store) -> list[batches.BatchManifest]:
    return batches.batches(store, "quimera")


def rolled_back_all_but_the_first(store) -> batches.BatchManifest:
    first, *others = held(store)
    for batch in others:
        batches.roll_back(store, batch.batch_id, "ana")
    return first


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_the_analyst_reads_how_many_batches_count_and_how_many_rows_wait(store, language):
    seen = visit("sources", "analyst", language=language)
    waiting = sum(sum(batch.rows_quarantined.values()) for batch in held(store))
    assert translate_n(language, "sources.active_n", 3) in seen.sentence
    assert translate_n(language, "sources.waiting_n", waiting) in seen.sentence
    assert {batch.file_name for batch in held(store)} <= cells(seen)


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_the_quarantine_of_a_batch_is_told_by_reason_with_its_remedy(store, language):
    first = held(store)[0]
    seen = visit("sources", "analyst", language=language, query={"batch": first.batch_id})
    for reason in first.rows_quarantined:
        assert translate(language, f"reason.{reason}") in cells(seen)
    assert translate(language, "remedy.swap_coordinates") in cells(seen)


def test_an_address_with_an_unknown_batch_says_so(store):
    seen = visit("sources", "analyst", query={"batch": "b9"})
    assert [notice for notice in seen.notices if "b9" in notice]
    assert seen.sentence


@pytest.mark.parametrize("role", sorted(USERS.keys() - {"analyst"}))
def test_whoever_may_not_import_learns_nothing_of_the_batches(store, role):
    seen = visit("sources", role, query={"batch": held(store)[0].batch_id})
    everything = " ".join([seen.text, *seen.html])
    assert translate("es", "access.page_refused", page="Fuentes") in seen.notices[0]
    told = [text for batch in held(store) for text in (batch.batch_id, batch.file_name)]
    assert [text for text in told if text in everything] == []
    assert (seen.count("file_uploader"), seen.count("download_button")) == (0, 0)


def test_a_right_that_is_gone_when_the_button_is_pressed_imports_nothing(store, analyst):
    people.disable_user(store, "analista", actor="admin")
    offered(analyst, GOOD, button="import")
    assert len(held(store)) == 3


def test_checking_a_file_says_what_would_become_of_it_and_stores_nothing(store, demo, analyst):
    seen = offered(analyst, MIXED, button="check")
    assert translate("es", "sources.checked", file="parte.csv") in plain(seen)
    assert "De 10 filas se aceptan 8" in plain(seen)
    assert {
        translate("es", "reason.unreadable_date"),
        translate("es", "reason.zero_coordinate"),
    } <= (cells(seen))
    assert "separador punto y coma, decimales con coma" in plain(seen)
    assert len(held(store)) == 3
    assert list((demo.home / "uploads").iterdir()) == []


def test_checking_a_file_says_what_stands_out_and_the_line_that_would_help(store, analyst):
    stray = GOOD + "90;13/10/2026 14:05;ROBO;-33,201;73,401\n"
    seen = offered(analyst, stray, button="check")
    wanted = {translate("es", "clinic.defect.lost_sign"), "73,401, -33,201"}
    assert wanted | {"options.remedies = &quot;sign&quot;"} <= cells(seen)


def test_importing_a_file_makes_a_batch_publishes_it_and_shows_it(store, demo, analyst):
    seen = offered(analyst, MIXED, button="import", name="../parte de octubre.csv")
    assert not seen.failed
    new = held(store)[-1]
    assert (new.file_name, new.source, new.created_by) == (
        "parte de octubre.csv",
        SOURCE,
        "analista",
    )
    assert (new.rows_accepted, sum(new.rows_quarantined.values())) == (8, 2)
    assert new.batch_id in batches.current_version(store, "quimera").batch_ids
    assert translate_n("es", "sources.active_n", 4) in seen.sentence
    assert seen.app.selectbox(key="batch").value == new.batch_id
    assert list((demo.home / "uploads").iterdir()) == []


def test_after_an_import_the_form_waits_for_another_file(store, analyst):
    seen = offered(analyst, GOOD, button="import")
    again = Visit(seen.app.button(key="import").click().run())
    assert translate("es", "sources.need_file") in plain(again)
    assert len(held(store)) == 4


def test_a_file_that_was_imported_before_is_recognised(store, analyst):
    seen = offered(analyst, GOOD, button="import")
    seen = offered(seen.app, GOOD, button="check", name="otra copia.csv")
    assert "Este mismo archivo ya se importó" in plain(seen)


@pytest.mark.parametrize("language", ["es", "pt", "en"])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "source.empty"),
        (HEADER, "source.header_only"),
        ("%PDF-1.7\n%binary", "source.not_text"),
        ("uno;dos\n1;2\n", "source.no_columns"),
        ("id;delito\n1;ROBO\n", "source.missing_column"),
        (GOOD.replace("-33,20", "-12,00"), "source.wrong_crs_or_columns"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_words_that_name_it(store, text, code, language):
    app = visit("sources", "analyst", language=language).app
    seen = offered(app, text, button="import")
    assert not seen.failed
    beginning = translate(language, f"error.{code}", **dict.fromkeys(NAMES, "§")).split("§")[0]
    (notice,) = seen.notices
    assert notice.startswith(f"■{beginning}")
    assert "parte.csv" in notice
    assert "⟦" not in seen.text
    assert len(held(store)) == 3


def test_a_mapping_that_is_not_toml_is_refused_by_its_own_name(store, analyst):
    analyst.file_uploader[1].set_value(("mapa.toml", b"[columns", "application/toml"))
    seen = offered(analyst, GOOD, button="check")
    (notice,) = seen.notices
    assert "mapa.toml" in notice


def test_a_mapping_says_what_the_columns_mean(store, analyst):
    analyst.file_uploader[1].set_value(
        ("mapa.toml", b'[columns]\ncategory = "motivo"\n', "application/toml")
    )
    seen = offered(analyst, GOOD.replace("delito", "motivo"), button="check")
    assert "Columnas indicadas: tipo = «motivo»." in plain(seen)
    assert "--mapping mapa.toml" in "".join(seen.commands)


def test_without_a_file_and_a_source_nothing_is_tried(store, analyst):
    seen = Visit(analyst.button(key="import").click().run())
    assert translate("es", "sources.need_file") in plain(seen)


def test_the_page_says_how_much_it_takes_and_gives_the_command_for_more(store, analyst):
    analyst.selectbox(key="source").set_value("Registro institucional")
    seen = Visit(analyst.run())
    assert "Archivo, hasta 200 MB" in plain(seen)
    line = "python -m analytics import ARCHIVO.csv --city quimera --source"
    assert any(line in body and "Registro institucional" in body for body in seen.commands)


def test_rolling_back_asks_first(store, analyst):
    seen = Visit(analyst.button(key="roll_back").click().run())
    assert "No se borra nada" in plain(seen)
    assert all(batch.active for batch in held(store))


def test_a_confirmed_roll_back_takes_the_batch_out_under_the_persons_name(store, analyst):
    latest = held(store)[-1]
    analyst.button(key="roll_back").click().run()
    seen = Visit(analyst.button(key="roll_back_now").click().run())
    assert not seen.failed
    assert translate_n("es", "sources.active_n", 2) in seen.sentence
    assert latest.batch_id not in batches.current_version(store, "quimera").batch_ids
    (entry,) = audit.entries(store, actions=["batch.roll_back"])
    assert (entry.actor, entry.detail) == ("analista", {"batch": latest.batch_id})


def test_a_batch_can_be_restored(store, analyst):
    analyst.button(key="roll_back").click().run()
    analyst.button(key="roll_back_now").click().run()
    analyst.button(key="restore").click().run()
    seen = Visit(analyst.button(key="restore_now").click().run())
    assert translate_n("es", "sources.active_n", 3) in seen.sentence


def test_rolling_back_the_only_batch_warns_and_leaves_no_page_with_data(store):
    last = rolled_back_all_but_the_first(store)
    app = visit("sources", "analyst", query={"batch": last.batch_id}).app
    asked = Visit(app.button(key="roll_back").click().run())
    assert "quedará sin datos a la vista" in plain(asked)
    seen = Visit(app.button(key="roll_back_now").click().run())
    assert seen.sentence == translate("es", "sources.none_active", city="Puerto Quimera")
    assert batches.current_version(store, "quimera") is None
    for page in ("overview", "hotspots"):
        (notice,) = visit(page, "analyst").notices
        assert translate("es", "error.store.nothing_published", city="Puerto Quimera") in notice


def test_a_roll_back_that_cannot_be_published_is_explained_in_place(store, analyst):
    batch_path(load_settings(), held(store)[0]).unlink()
    analyst.button(key="roll_back").click().run()
    seen = Visit(analyst.button(key="roll_back_now").click().run())
    assert not seen.failed
    assert any(held(store)[0].batch_id in notice for notice in seen.notices)
    assert batches.current_version(store, "quimera") is None


def test_what_is_not_published_can_be_published_from_the_page(store):
    batches.roll_back(store, held(store)[0].batch_id, "ana")
    seen = visit("sources", "analyst")
    assert translate("es", "sources.unpublished") in plain(seen)
    seen = Visit(seen.app.button(key="publish").click().run())
    assert translate("es", "sources.published") in plain(seen)
    assert translate("es", "sources.unpublished") not in plain(seen)


def test_more_than_ten_batches_come_in_pages(store, analyst):
    for n in range(8):
        offered(analyst, GOOD.replace("ROBO", f"ROBO {n}"), button="import", name=f"n{n}.csv")
    seen = visit("sources", "analyst")
    assert len([cell for cell in cells(seen) if cell.endswith((".csv", ".txt"))]) == 10
    assert "patrullas.csv" not in cells(seen)


def test_a_name_that_leads_nowhere_is_placed_and_taken_back(analyst, store):
    visit = offered(analyst, GOOD.replace("ROBO", "COSA RARA"), button="import")
    app = visit.app
    assert "COSA RARA" in visit.text
    app.selectbox(key="category_name").set_value("COSA RARA")
    app.button(key="place").click().run()
    assert translate("es", "categories.need_key") in Visit(app).notices[-1]

    app.selectbox(key="category_name").set_value("COSA RARA")
    app.selectbox(key="category_key").set_value("homicide")
    app.button(key="place").click().run()

    assert not app.exception
    told = translate("es", "categories.placed", name="COSA RARA", category="Homicidio")
    assert any(told in notice for notice in Visit(app).notices)
    assert placements(store, "quimera") == {"cosa rara": "homicide"}

    app.selectbox(key="category_placed").set_value("COSA RARA")
    app.button(key="unplace").click().run()
    assert placements(store, "quimera") == {}
