"""The forms of a city without a browser: sessions, ratings, commitments, lessons, undo, rights."""

from datetime import date

import pytest

from analytics.demo.cohort import COHORT
from analytics.settings import load_settings
from analytics.store import programme_notes
from analytics.store.database import open_database
from tests.pages.test_cohorts import press
from tests.pages.visitors import Visit, visit

pytestmark = pytest.mark.usefixtures("city_open")
CITY = "quimera"


def noted():
    return programme_notes.notes(open_database(load_settings()), COHORT, CITY)


def form(what, role="editor"):
    app = visit("cohorts", role).app
    if role == "coach":
        app.selectbox(key="member").set_value(CITY).run()
    return app.button_group(key="entry_what").set_value(what).run()


def field(app, kind, name):
    """Find a form's field by what its key begins with; the rest names record and turn."""
    (found,) = [f for f in getattr(app, kind) if str(f.key).startswith(f"{name}_")]
    return found


def undo(app):
    (button,) = [b for b in app.button if b.key == "link_undo_note"]
    return button.click().run()


def test_a_session_is_noted_corrected_and_undone():
    before = noted()
    app = form("session", "coach")
    field(app, "number_input", "attended").set_value(9)
    press(app, "Guardar")
    assert "9 de 0 invitados" in Visit(app).notices[0]
    assert noted() == before
    assert field(app, "number_input", "attended").value == 9
    field(app, "number_input", "invited").set_value(10)
    field(app, "number_input", "minutes").set_value(90)
    press(app, "Guardar")
    (made,) = [s for s in noted().sessions if s.minutes]
    assert (made.attended, made.invited, made.held_on) == (9, 10, date.today())
    assert "1,5 h" in Visit(app).text
    field(app, "selectbox", "which_session").set_value(made.id).run()
    field(app, "text_input", "coach").set_value("Otra persona")
    press(app, "Guardar")
    assert [s.coach for s in noted().sessions if s.minutes] == ["Otra persona"]
    undo(undo(app))
    assert noted() == before


def test_an_editor_rates_for_the_city_and_a_level_needs_its_evidence():
    before = noted()
    app = form("rating")
    assert "Autoevaluación" in Visit(app).text
    day = f"{date.today()}_{0}"
    app.button_group(key=f"level_use_{day}").set_value(4)
    press(app, "Guardar")
    assert "hace falta la evidencia" in Visit(app).notices[0]
    app.text_input(key=f"evidence_use_{day}").set_value("Tablero semanal")
    app.text_input(key=f"note_use_{day}").set_value("Lo usa el gabinete")
    press(app, "Guardar")
    (made,) = [r for r in noted().ratings if r.rater == "editora"]
    assert (made.component, made.level, made.origin) == ("use", 4, "self")
    assert (made.evidence, made.note) == ("Tablero semanal", "Lo usa el gabinete")
    assert "Lo usa el gabinete" in Visit(app).text
    undo(app)
    assert noted() == before


def test_a_coach_carries_the_last_levels_forward_only_once_sure():
    before = noted()
    app = form("rating", "coach")
    press(app, "Repetir los niveles")
    assert noted() == before
    app.checkbox(key="rating_sure").set_value(True)
    press(app, "Repetir los niveles")
    added = [r for r in noted().ratings if r.rated_on == date.today()]
    last = {r.component: r.level for r in before.ratings if r.rater == "coach"}
    assert {r.component: r.level for r in added} == last
    undo(app)
    assert noted() == before


def test_a_commitment_is_made_kept_and_removed_and_a_lesson_of_failure_noted():
    before = noted()
    app = form("commitment")
    press(app, "Guardar")
    assert "Falta el texto" in Visit(app).notices[0]
    field(app, "text_input", "text").set_value("Firmar el decreto")
    field(app, "text_input", "owner").set_value("Alcaldía")
    field(app, "date_input", "due_on").set_value(date(2026, 12, 1))
    press(app, "Guardar")
    (made,) = [c for c in noted().commitments if c.text == "Firmar el decreto"]
    assert (made.owner, made.due_on, made.kept_on) == ("Alcaldía", date(2026, 12, 1), None)
    field(app, "selectbox", "which_commitment").set_value(made.id).run()
    field(app, "date_input", "kept_on").set_value(date(2026, 11, 20))
    press(app, "Guardar")
    assert [c.kept_on for c in noted().commitments if c.id == made.id] == [date(2026, 11, 20)]
    field(app, "selectbox", "which_commitment").set_value(made.id).run()
    press(app, "Quitar este registro")
    assert made.id not in {c.id for c in noted().commitments}
    app.button_group(key="entry_what").set_value("lesson").run()
    field(app, "text_area", "text").set_value("Compramos sin diagnóstico.")
    press(app, "Guardar")
    assert [r.worked for r in noted().lessons if "diagnóstico." in r.text] == [False, False]
    for _ in range(4):
        undo(app)
    assert noted() == before


def test_every_open_forecast_is_confirmed_at_once_only_when_sure():
    app = form("gate")
    press(app, "Confirmar todos los pronósticos")
    assert "Todos los pronósticos" not in "".join(t.value for t in app.toast)
    app.checkbox(key="entry_sure").set_value(True)
    press(app, "Confirmar todos los pronósticos")
    assert "Todos los pronósticos confirmados." in "".join(t.value for t in app.toast)


def test_what_is_overdue_is_listed_with_whose_it_is():
    seen = visit("cohorts", "coach")
    assert "cosas vencidas y de quién" in "".join(e.label for e in seen.app.expander)
    assert "Hacienda" in seen.text
    assert "sin responsable" in seen.text
    own = visit("cohorts", "mayor")
    assert "cosas vencidas" not in own.text
    assert "Publicar el concurso" in own.text
    assert not own.app.button_group
