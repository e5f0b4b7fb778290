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


def test_filters_and_order_come_from_the_address():
    seen = visit("cohorts", "coach", query={"state": "off", "order": "name"})
    (twin,) = [html for html in seen.html if "<caption>Ver en tabla" in html]
    assert twin.index("Altos de Yaguará") < twin.index("Lomas de Oro")
    assert "Valdeflores" not in twin
    assert visit("cohorts", "coach", query={"state": "fine"}).notices


def test_a_past_day_can_be_asked_for_and_a_city_by_its_link():
    early = visit("cohorts", "coach", query={"as-of": "2026-01-05"})
    assert "0 ciudades" in early.text
    city = visit("cohorts", "coach", query={"member": "altos-de-yaguara"})
    assert "47 días tarde" in city.sentence
    assert "--as-of" in city.command


def test_a_mayor_sees_the_own_city_and_no_form():
    seen = visit("cohorts", "mayor")
    assert "Puerto Quimera" in seen.text
    assert "Lomas de Oro" not in seen.text
    assert "Guardar" not in seen.text
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
