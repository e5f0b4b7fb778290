"""Presenting without a browser: whose slides, what the address says, notes, promises, refusals."""

from datetime import UTC, date, datetime, timedelta

import pytest

from analytics.demo.cohort import COHORT, COURSES
from analytics.settings import LANGUAGES, load_settings
from analytics.store import audit, programme_notes
from analytics.store.database import open_database
from components.catalogue import translate
from components.presenting import DESK
from tests.pages.visitors import Visit, visit

pytestmark = pytest.mark.usefixtures("city_open")
NAMES = [course.name for course in COURSES]


def presented(role="coach", slide=1, **query):
    told = {"present": "1", "slide": str(slide)} | query
    return visit("cohorts", role, query=told)


def of_city(city, slide, **query):
    """Present with a city chosen on the page before."""
    app = visit("cohorts", "coach", **query).app
    app.selectbox(key="member").set_value(city).run()
    press(app, "present_enter")
    app.query_params["slide"] = str(slide)
    return app.run()


def press(app, key):
    return app.button(key=key).click().run()


def at(app):
    (foot,) = [html for html in Visit(app).html if 'class="present-at"' in html]
    return foot.split('role="status">')[1].split("<")[0]


def sentence(app):
    return Visit(app).sentence.replace("</span> <span>", " ")


def test_the_button_begins_and_escape_ends():
    app = visit("cohorts", "coach").app
    press(app, "present_enter")
    assert (at(app), app.query_params["present"], app.query_params["slide"]) == ("1 de 7", "1", "1")
    for key, slide in (
        ("key_PageDown", 2), ("key_Space", 3), ("key_PageUp", 2), ("present_next", 3),
        ("key_End", 7), ("key_PageDown", 7), ("present_back", 6), ("key_Home", 1),
        ("key_PageUp", 1),
    ):  # fmt: skip
        press(app, key)
        assert (at(app), app.query_params["slide"]) == (f"{slide} de 7", str(slide))
    shortcuts = {b.proto.shortcut for b in app.button}
    assert shortcuts >= {
        "left", "right", "pageup", "pagedown", "space", "home", "end", "escape",
    }  # fmt: skip
    press(app, "key_Esc")
    assert app.button(key="present_enter")
    assert not {"present", "slide", "frozen", "began", "anonymous"} & set(app.query_params)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slide_speaks_every_language(language):
    app = of_city("quimera", 1, language=language)
    for slide in range(1, 8):
        seen = Visit(app)
        assert not (seen.failed or (seen.notices and slide != 6))
        assert "⟦" not in seen.text
        assert translate(language, "present.at", n=slide, of=7) in seen.text
        press(app, "key_PageDown")


def test_a_mayor_presents_the_own_city_alone_and_an_editor_nothing():
    for slide in range(1, 7):
        seen = presented("mayor", slide)
        assert at(seen.app) == f"{slide} de 6"
        assert [name for name in NAMES if name in seen.text] in ([], ["Puerto Quimera"])
    assert [b.label for b in seen.app.button if b.label == "Anotar compromiso"] == []
    editor = presented("editor")
    assert "present" not in editor.app.query_params
    assert "Registrar avances" in editor.text
    assert not [b for b in editor.app.button if b.key == "present_enter"]


def test_names_hidden_by_the_address_are_told_nowhere():
    app = presented(anonymous="1").app
    for _ in range(7):
        seen = Visit(app)
        told = seen.text + "".join(seen.html) + "".join(map(str, seen.tables()))
        told += "".join(repr(chart.proto) for chart in app.get("vega_lite_chart"))
        assert [name for name in NAMES if name in told] == []
        press(app, "key_PageDown")
    app = of_city("quimera", 2)
    press(app, "present_desk")
    press(app, "present_hide")
    told = "".join(repr(chart.proto) for chart in app.get("vega_lite_chart"))
    told += "".join(map(str, Visit(app).tables())) + Visit(app).text
    assert [name for name in NAMES if name in told] == ["Puerto Quimera"]


def test_the_switch_hides_and_shows_names_and_the_address_follows():
    app = presented(slide=2).app
    assert "Lomas de Oro" in sentence(app)
    press(app, "present_desk")
    press(app, "present_hide")
    assert "Lomas de Oro" not in sentence(app)
    assert app.query_params["anonymous"] == "1"
    press(app, "present_name")
    assert "Lomas de Oro" in sentence(app)
    assert "anonymous" not in app.query_params
    press(app, "key_Esc")
    assert app.session_state[DESK] is False
    assert at(app) == "2 de 7"


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("slide", "dos"),
        ("frozen", "ayer"),
        ("frozen", "2026-11-21T09:30:00"),
        ("frozen", "9999-01-01T00:00:00Z"),
        ("began", "9999-01-01T00:00:00Z"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused(parameter, value):
    seen = presented(**{parameter: value})
    assert not seen.failed
    assert any(value in notice for notice in seen.notices)


def test_a_moment_before_anything_was_saved_has_no_cities_and_beyond_the_last_is_the_last():
    early = presented(frozen="2020-01-01T00:00:00Z")
    assert "Ninguna ciudad" in sentence(early.app)
    assert at(presented(slide=99).app) == "7 de 7"
    assert at(presented(slide=-4).app) == "1 de 7"


def test_notes_are_kept_for_their_slide_and_veiled_with_the_names():
    app = presented(slide=2).app
    press(app, "present_desk")
    (area,) = app.text_area
    area.set_value("Empezar por Lomas de Oro")
    (save,) = [b for b in app.button if b.label == "Guardar notas"]
    save.click().run()
    assert "Notas guardadas." in Visit(app).text
    press(app, "present_next")
    assert app.text_area[0].value == ""
    press(app, "present_back")
    assert app.text_area[0].value == "Empezar por Lomas de Oro"
    press(app, "present_hide")
    assert not app.text_area
    assert "Empezar por Ciudad " in Visit(app).text
    assert "Lomas de Oro" not in Visit(app).text
    (entry,) = audit.entries(open_database(load_settings()), actions=["note.save"])
    assert (entry.actor, entry.detail["slide"]) == ("coach", "calendar")


def test_notes_that_somebody_else_saved_meanwhile_are_not_lost():
    first, second = (presented(slide=3).app for _ in range(2))
    for app in (first, second):
        press(app, "present_desk")
    for app, text in ((first, "una"), (second, "otra")):
        app.text_area[0].set_value(text)
        next(b for b in app.button if b.label == "Guardar notas").click().run()
    (notice,) = Visit(second).notices
    assert "una" in notice
    assert "otra" in notice


def test_a_promise_made_in_the_room_is_kept_at_once():
    app = of_city("valdeflores", 7)
    before = Visit(app).sentence
    app.text_input(key="promise_text_0").set_value("Publicar el catálogo")
    next(b for b in app.button if b.label == "Anotar compromiso").click().run()
    assert app.text_input(key="promise_text_0").label == "Compromiso"  # refused: the same form
    for name, text in (("text", "Publicar el catálogo"), ("owner", "Secretaría")):
        app.text_input(key=f"promise_{name}_0").set_value(text)
    next(b for b in app.button if b.label == "Anotar compromiso").click().run()
    seen = Visit(app)
    assert "Publicar el catálogo" in seen.text
    assert seen.sentence != before
    made = programme_notes.notes(open_database(load_settings()), COHORT, "valdeflores").commitments
    (kept,) = [row for row in made if row.owner == "Secretaría"]
    assert kept.due_on == date.today() + timedelta(days=30)


def test_the_clock_starts_when_presenting_began():
    began = datetime.now(UTC) - timedelta(minutes=5)
    app = presented(began=began.isoformat()).app
    (foot,) = [html for html in Visit(app).html if 'class="present-at"' in html]
    gone = int(foot.split("--gone:-")[1].split("s")[0])
    assert 300 <= gone <= 360


def test_a_scorecard_is_presented_by_its_mayor_and_not_by_an_editor():
    app = visit("scorecards", "mayor").app
    press(app, "present_enter")
    for slide in range(1, 8):
        seen = Visit(app)
        assert at(app) == f"{slide} de 7"
        assert not (seen.failed or seen.notices)
        press(app, "key_PageDown")
    press(app, "present_desk")
    assert not [b for b in app.button if b.key == "present_hide"]
    assert [link.proto.label for link in app.get("download_button")] == ["PDF", "PPTX"]
    app.text_area[0].set_value("Preguntar quién decide")
    next(button for button in app.button if button.label == "Guardar notas").click().run()
    assert app.text_area[0].value == "Preguntar quién decide"
    press(app, "present_leave")
    assert "present" not in app.query_params
    assert Visit(app).sentence
    editor = visit("scorecards", "editor", query={"present": "1"})
    assert "present" not in editor.app.query_params
    assert not [b for b in editor.app.button if b.key == "present_enter"]
