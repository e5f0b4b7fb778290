"""The forms of a city's challenges without a browser: posed, proposed, scored, decided, refused."""

import pytest

from analytics.demo.cohort import CHALLENGE, COHORT
from analytics.settings import load_settings
from analytics.store import challenges
from analytics.store.database import open_database
from tests.pages.test_cohort_forms import CITY, field, form, undo
from tests.pages.test_cohorts import press
from tests.pages.visitors import Visit, visit

pytestmark = pytest.mark.usefixtures("city_open")
CRITERIA = {"connection", "start", "ease", "protection"}


def held(title=None):
    found = challenges.challenges(open_database(load_settings()), COHORT)
    return next(r for r in found if (r.title == title if title else r.key == CHALLENGE))


def step(app, name):
    return app.button_group(key=f"challenge_step_{CHALLENGE}").set_value(name).run()


def told(row):
    return (row.title, dict(row.weights), row.decision, row.reason, row.proposals, len(row.scores))


def test_a_challenge_is_posed_with_the_four_criteria_and_given_proposals():
    app = form("challenge")
    app.selectbox(key="which_challenge_1").set_value("").run()
    press(app, "Plantear el desafío")
    assert Visit(app).notices
    field(app, "text_input", "title").set_value("Mercados sin filas")
    field(app, "text_input", "more").set_value("Precio")
    field(app, "number_input", "more_weight").set_value(50)
    press(app, "Plantear el desafío")
    made = held("Mercados sin filas")
    assert dict(made.weights) == dict.fromkeys(CRITERIA, 25.0) | {"Precio": 50.0}
    assert app.selectbox(key="which_challenge_2").value == made.key
    field(app, "text_area", "names").set_value("Uno\n\nDos\nUno")
    press(app, "Agregar las propuestas")
    assert "«Uno» está dos veces" in Visit(app).notices[0]
    field(app, "text_area", "names").set_value("Uno\n\nDos")
    press(app, "Agregar las propuestas")
    assert held(made.title).proposals == ("Dos", "Uno")
    press(app, "Quitar esta propuesta")
    assert held(made.title).proposals == ("Uno",)
    for _ in range(3):
        undo(app)
    assert [r.key for r in challenges.challenges(open_database(load_settings()), COHORT)] == [
        CHALLENGE
    ]


def test_an_evaluator_scores_one_proposal_after_the_other_and_corrects_a_level():
    before = told(held())
    app = form("challenge")
    press(app, "Guardar")
    assert "ninguna nota" in Visit(app).notices[0]
    score(app, 2)
    press(app, "Guardar")
    mine = held().scores.query("evaluator == 'Carga de indicadores'")
    assert set(mine["criterion"]) == CRITERIA
    assert set(mine["score"]) == {2}
    assert set(mine["proposal"]) == {"Propuesta A"}
    assert app.selectbox(key=f"evaluator_of_{CHALLENGE}_4").value == "Carga de indicadores"
    assert field(app, "selectbox", f"proposal_{CHALLENGE}").value == "Propuesta B"
    field(app, "selectbox", f"proposal_{CHALLENGE}").set_value("Propuesta A").run()
    bars = [b for b in app.button_group if str(b.key).startswith("score_ease_")]
    assert [b.value for b in bars] == [2]
    bars[0].set_value(5)
    press(app, "Guardar")
    again = held().scores.query("evaluator == 'Carga de indicadores' and criterion == 'ease'")
    assert again["score"].tolist() == [5]
    undo(undo(app))
    assert told(held()) == before


def score(app, level):
    for bar in app.button_group:
        if str(bar.key).startswith("score_"):
            bar.set_value(level)


def test_a_decision_needs_its_reason_closes_the_sheets_and_is_told_with_the_ranking():
    before = told(held())
    app = step(form("challenge"), "decision")
    field(app, "radio", "decision").set_value("internal_development")
    press(app, "Guardar")
    assert held().decision == "open"
    field(app, "text_area", "reason").set_value("Los datos son críticos.")
    press(app, "Guardar")
    assert (held().decision, held().reason) == ("internal_development", "Los datos son críticos.")
    step(app, "scores")
    assert "está decidido" in Visit(app).text
    app.toggle(key="show_challenges").set_value(True).run()
    assert "Decisión: desarrollo interno. Los datos son críticos." in Visit(app).text
    undo(app)
    assert told(held()) == before


def test_agreed_weights_are_changed_in_the_form_and_tried_beside_the_ranking():
    before = told(held())
    app = step(form("challenge"), "terms")
    field(app, "number_input", "terms_ease").set_value(75)
    press(app, "Guardar")
    assert held().weights["ease"] == 75
    app.toggle(key="show_challenges").set_value(True).run()
    assert "Pesos acordados" in Visit(app).text
    version = held().version
    app.number_input(key=f"weight_{CHALLENGE}_{version}_start").set_value(5.0).run()
    assert "Pesos de prueba" in Visit(app).text
    assert held().weights["start"] == 25
    undo(app)
    assert told(held()) == before


def test_a_stale_change_shows_both_and_keeps_what_was_typed():
    first, second = (step(form("challenge"), "terms") for _ in range(2))
    for app, weight in ((first, 60), (second, 10)):
        field(app, "number_input", "terms_ease").set_value(weight)
    press(first, "Guardar")
    press(second, "Guardar")
    notice = Visit(second).notices[0].replace("\u00a0", " ")
    assert "12 %" in notice
    assert "44 %" in notice
    assert field(second, "number_input", "terms_ease").value == 10
    assert held().weights["ease"] == 60
    undo(first)


def test_a_mayor_reads_the_own_citys_challenge_and_has_no_form():
    app = visit("cohorts", "mayor").app
    app.toggle(key="show_challenges").set_value(True).run()
    assert "Rutas de recolección" in Visit(app).text
    assert CITY in {row.city for row in [held()]}
    assert not app.button_group
