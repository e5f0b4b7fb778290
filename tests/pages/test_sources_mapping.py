"""The columns of an uploaded file, corrected by a person and remembered for their source."""

import pytest
import streamlit as st

from analytics.settings import load_settings
from analytics.store import batches, mappings
from analytics.store.database import open_database
from components.catalogue import translate
from tests.conftest import Demo
from tests.pages.test_sources import (
    GOOD,
    HEADER,
    SOURCE,
    offered,
    plain,
    served_pages,  # noqa: F401 - a fixture for every test
)
from tests.pages.visitors import Visit, visit

ODD = GOOD.replace("delito", "qué fue").replace("id;", "víctima;")
AMBIGUOUS = HEADER + "".join(
    f"{n};0{n}/1{n % 3}/2025 14:05;ROBO;-33,20{n};-73,40{n}\n" for n in range(1, 9)
)


@pytest.fixture
def store(demo: Demo):
    """Open the test's own copy of the demonstration store."""
    database = open_database(load_settings())
    yield database
    database.close()
    st.cache_resource.clear()


def role(seen: Visit, name: str):
    (box,) = [b for b in seen.app.selectbox if (b.key or "").startswith(f"role_{name}_")]
    return box


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_after_a_check_every_role_is_shown_with_its_column_and_examples(store, language):
    seen = offered(visit("sources", "analyst", language=language).app, GOOD, button="check")
    assert not seen.failed
    assert translate(language, "mapping.title", file="parte.csv") in plain(seen)
    assert (role(seen, "category").value, role(seen, "latitude").value) == ("delito", "lat")
    assert role(seen, "end").value == ""
    assert "-33,201 · -33,202 · -33,203" in plain(seen)
    assert translate(language, "mapping.how.name") in plain(seen)
    assert "⟦" not in seen.text


def test_corrected_columns_are_imported_and_remembered_under_their_name(store):
    seen = offered(visit("sources", "analyst").app, ODD, button="check")
    assert role(seen, "category").value == ""
    assert translate("es", "mapping.personal", column="víctima") in role(seen, "category").options
    role(seen, "category").set_value("qué fue")
    (name,) = [box for box in seen.app.text_input if "mapping_name" in (box.key or "")]
    name.set_value("Parte semanal")
    seen = Visit(seen.app.button(key="import_columns").click().run())
    assert not seen.failed
    new = batches.batches(store, "quimera")[-1]
    assert (new.rows_accepted, new.choices["columns"]["category"]) == (8, "qué fue")
    assert new.choices["personal_columns_left_out"] == ["víctima"]
    kept = mappings.remembered(store, "quimera", SOURCE)
    assert (kept.name, kept.created_by) == ("Parte semanal", "analista")

    seen = offered(seen.app, ODD.replace("ROBO", "HURTO"), button="check")
    assert role(seen, "category").value == "qué fue"
    assert translate("es", "mapping.remembered", name="Parte semanal", source=SOURCE) in plain(seen)
    assert translate("es", "sources.read.remembered", name="Parte semanal") in plain(seen)
    Visit(seen.app.button(key="forget_columns").click().run())
    assert mappings.remembered(store, "quimera", SOURCE) is None


def test_columns_can_be_checked_before_they_are_imported(store):
    seen = offered(visit("sources", "analyst").app, ODD, button="check")
    role(seen, "category").set_value("qué fue")
    seen = Visit(seen.app.button(key="check_columns").click().run())
    assert "Columnas indicadas" in plain(seen)
    assert "tipo = «qué fue»" in plain(seen)
    assert len(batches.batches(store, "quimera")) == 3
    assert mappings.remembered(store, "quimera", SOURCE) is None
    assert role(seen, "category").value == "qué fue"


def test_the_order_of_day_and_month_is_asked_where_the_file_leaves_it_open(store):
    text = AMBIGUOUS.replace("/10/", "/02/").replace("/11/", "/03/").replace("/12/", "/04/")
    seen = offered(visit("sources", "analyst").app, text, button="check")
    assert seen.notices
    (order,) = [b for b in seen.app.selectbox if (b.key or "").startswith("order_")]
    order.set_value("dd/mm/yyyy")
    seen = Visit(seen.app.button(key="import_columns").click().run())
    assert not seen.failed
    assert "dd/mm/yyyy HH:MM" in batches.batches(store, "quimera")[-1].choices["date_formats"]


def test_a_file_that_lacks_a_needed_column_can_be_saved_by_naming_it(store):
    text = GOOD.replace("fecha", "cuándo pasó")
    seen = offered(visit("sources", "analyst").app, text, button="import")
    assert "parte.csv" in seen.notices[0]
    role(seen, "datetime").set_value("cuándo pasó")
    seen = Visit(seen.app.button(key="import_columns").click().run())
    assert batches.batches(store, "quimera")[-1].rows_accepted == 8
    assert not seen.notices


def test_another_source_puts_the_columns_away(store):
    seen = offered(visit("sources", "analyst").app, GOOD, button="check")
    seen.app.selectbox(key="source").set_value("Cámaras")
    seen = Visit(seen.app.run())
    assert translate("es", "mapping.title", file="parte.csv") not in plain(seen)
