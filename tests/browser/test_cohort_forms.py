"""The forms of a city as a person fills them in: evidence, stale saves, keyboard alone."""

import pytest

from tests.analytics.programmes.test_evidence import PDF
from tests.browser.conftest import WCAG, violations_now

CITY = "cohorts?member=valdeflores"


@pytest.fixture
def coach(visit, own_address, demo_store):
    person = visit(own_address)
    person.enter(CITY, "coach", demo_store.sign_ins["coach"])
    return person


def press(person, name):
    person.page.get_by_role("button", name=name, exact=True).click()
    person.settle()


def upload(person, name, content):
    field = person.page.locator("[data-testid=stFileUploaderDropzoneInput]")
    field.set_input_files({"name": name, "mimeType": "application/pdf", "buffer": content})
    person.page.get_by_title(name).wait_for()
    person.settle()


def test_a_gate_is_closed_with_a_file_that_can_be_fetched_and_taken_out(coach):
    page = coach.page
    page.get_by_role("radio", name="Cerrar").click()
    coach.settle()
    upload(coach, "acta.pdf", b"MZ no document")
    press(coach, "Guardar")
    assert "no es un documento" in page.locator(".notice").inner_text()
    press(coach, "Remove acta.pdf")
    upload(coach, "grande.pdf", PDF.ljust(11_000_000))
    press(coach, "Guardar")
    assert "el límite es 10" in page.locator(".notice").inner_text()
    press(coach, "Remove grande.pdf")
    upload(coach, "acta_final.pdf", PDF)
    press(coach, "Guardar")
    page.get_by_text("Evidencia de los hitos").first.click()
    with page.expect_download() as fetched:
        page.get_by_role("button", name="acta_final.pdf").click()
    assert fetched.value.path().read_bytes() == PDF
    assert (coach.foreign, coach.errors) == ([], [])


def reach(page, name):
    """Press Tab until the control of that name has the focus."""
    page.locator(".st-key-block_entry").evaluate("e => { e.tabIndex = -1; e.focus() }")
    for _ in range(40):
        page.keyboard.press("Tab")
        told = page.evaluate(
            "() => { const e = document.activeElement;"
            " return e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText }"
        )
        if (told or "").strip().startswith(name):
            return
    raise AssertionError(f"{name} is not reached with Tab")


def type_and_send(person, field, text, button):
    """Type into a field and press a button, both reached with Tab."""
    reach(person.page, field)
    person.page.keyboard.type(text)
    reach(person.page, button)
    person.page.keyboard.press("Enter")
    person.settle()


def test_a_lesson_and_a_challenge_are_noted_and_undone_with_the_keyboard_alone(coach):
    page = coach.page
    reach(page, "Hito")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    coach.settle()
    type_and_send(coach, "Qué se aprendió", "Compramos sin diagnóstico.", "Guardar")
    lessons = page.locator(".st-key-block_lessons")
    lessons.get_by_text("Compramos sin diagnóstico.").wait_for()
    assert violations_now(page, **WCAG) == []
    reach(page, "Deshacer lo último: aprendizaje")
    page.keyboard.press("Enter")
    coach.settle()
    assert lessons.get_by_text("Compramos sin diagnóstico.").count() == 0
    reach(page, "Aprendizaje")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    coach.settle()
    type_and_send(coach, "Desafío, en una línea", "Mercados sin filas", "Plantear el desafío")
    type_and_send(coach, "Propuestas, una por línea", "Uno\nDos", "Agregar las propuestas")
    page.get_by_text("Propuestas sin notas").wait_for()
    assert violations_now(page, **WCAG) == []
    assert (coach.foreign, coach.errors) == ([], [])


def test_a_stale_save_is_refused_with_both_dates_and_loses_nothing(coach, visit, demo_store):
    second = visit(coach.address)
    second.enter(CITY, "coach", demo_store.sign_ins["coach"])
    first = coach
    for person, day in ((first, "2027-01-20"), (second, "2027-02-02")):
        page = person.page
        page.get_by_role("radio", name="Cambia de fecha").click()
        person.settle()
        page.get_by_role("textbox", name="Nueva fecha").fill(day)
    first.page.get_by_role("button", name="Guardar", exact=True).click()
    first.settle()
    assert "20 ene 2027" in first.page.locator("body").inner_text().replace("\u00a0", " ")
    second.page.get_by_role("button", name="Guardar", exact=True).click()
    second.settle()
    notice = second.page.locator(".notice").inner_text()
    assert "2027-01-20" in notice
    assert "2027-02-02" in notice
    first.page.get_by_role("button", name="Deshacer").click()
    first.settle()
    assert "20 ene 2027" not in first.page.locator("body").inner_text().replace("\u00a0", " ")
