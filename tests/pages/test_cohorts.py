"""The cohorts page entered: confirm, move, close, undo, refusals; filters and links; challenges."""

from datetime import date

import pytest

from analytics.demo.cohort import COHORT
from analytics.settings import load_settings
from analytics.store import programmes
from analytics.store.database import open_database
from tests.pages.visitors import Visit, visit

pytestmark = pytest.mark.usefixtures("city_open")


def gate(city, key):
    return programmes.city(open_database(load_settings()), COHORT, city).gate(key)


def press(app, label):
    (button,) = [b for b in app.button if b.label == label]
    return button.click().run()


def test_filters_and_order_are_kept_in_the_address():
    app = visit("cohorts", "coach").app
    app.multiselect(key="state").set_value(["off"])
    app.button_group(key="order").set_value("name").run()
    (twin,) = [html for html in Visit(app).html if "<caption>Ver en tabla" in html]
    assert twin.index("Altos de Yaguará") < twin.index("Lomas de Oro")
    assert "Valdeflores" not in twin
    assert (app.query_params["state"], app.query_params["order"]) == ("off", "name")


def test_a_past_day_can_be_asked_for_and_one_that_is_none_is_refused():
    early = visit("cohorts", "coach", query={"as-of": "2020-01-05"})
    assert "0 ciudades" in early.text
    assert visit("cohorts", "coach", query={"as-of": "ayer"}).notices


def test_one_city_of_the_cohort_is_shown_when_chosen():
    app = visit("cohorts", "coach").app
    app.selectbox(key="member").set_value("altos-de-yaguara").run()
    assert "47 días tarde" in Visit(app).sentence
    assert app.query_params["member"] == "altos-de-yaguara"
    app.toggle(key="show_trend").set_value(True).run()
    assert not Visit(app).failed
    assert Visit(app).count("vega_lite_chart") == 7


def test_the_cohort_is_offered_as_paper_slides_and_workbook():
    app = visit("cohorts", "coach").app
    labels = [link.proto.label for link in app.get("download_button")]
    assert labels[-3:] == ["PDF", "PPTX", "XLSX"]


def test_a_mayor_sees_the_own_city_and_no_form():
    seen = visit("cohorts", "mayor")
    assert "Puerto Quimera" in seen.text
    assert "Lomas de Oro" not in seen.text
    assert "Registrar avances" not in seen.text
    assert (
        visit("cohorts", "mayor", query={"member": "lomas-de-oro"}).text.count("Lomas de Oro") == 0
    )


def test_an_editor_confirms_moves_closes_and_undoes():
    before = gate("quimera", "draft")
    app = visit("cohorts", "editor").app
    app.selectbox(key="entry_gate").set_value("draft").run()
    press(app, "Guardar")
    assert gate("quimera", "draft").milestone.moves == before.milestone.moves
    assert gate("quimera", "draft").version == before.version + 1

    app.button_group(key="entry_way").set_value("forecast").run()
    app.text_input(key="entry_when").set_value("2027-02-30")
    press(app, "Guardar")
    assert any("2027-02-30" in notice for notice in Visit(app).notices)
    app.text_input(key="entry_when").set_value("2027-Q1")
    press(app, "Guardar")
    assert str(gate("quimera", "draft").milestone.expected) == "2027-Q1"

    app.button_group(key="entry_way").set_value("close").run()
    app.text_input(key="entry_evidence").set_value("lo vi")
    press(app, "Guardar")
    assert any("https://" in notice for notice in Visit(app).notices)
    app.text_input(key="entry_evidence").set_value("https://quimera.invalid/borrador")
    press(app, "Guardar")
    assert gate("quimera", "draft").milestone.actual == date.today()
    for _ in range(3):
        press(app, "Deshacer el último cambio de este hito")
    assert gate("quimera", "draft").milestone == before.milestone


def test_challenges_are_shown_when_asked_for_and_the_case_adds_nothing():
    app = visit("cohorts", "coach").app
    assert "Rocketbot" not in Visit(app).text
    app.toggle(key="show_challenges").set_value(True).run()
    told = Visit(app).text
    assert "Propuesta A" in told
    assert "29 propuestas recibidas" in told
    assert "Rocketbot, Scipopulis, Pulsos" in told
    assert "desarrollo interno" in told
