"""Scorecards in a browser: no scroll, links, entry, a second person, restore, keyboard, axe."""

import openpyxl
import pytest

from analytics.scorecards.workbooks import COLUMNS, FACTS, FIRST_ROW
from tests.browser.conftest import DROP_ZONE


@pytest.fixture
def mayor(visit, demo_store):
    def start(path="scorecards", **options):
        person = visit(**options)
        person.enter(path, "alcaldesa", demo_store.sign_ins["alcaldesa"])
        return person

    return start


def walk_to(person, tag, text):
    """Press Tab until what is wanted has the focus."""
    for _ in range(80):
        person.page.keyboard.press("Tab")
        at = person.page.evaluate(
            "(e => [e.tagName.toLowerCase(), e.innerText.trim()])(document.activeElement)"
        )
        if at == [tag, text]:
            return
    raise AssertionError(f"Tab never reaches {tag} {text}")


def test_the_mayors_screen_needs_no_scroll_and_leads_to_a_sheet(mayor):
    person = mayor()
    heights = person.page.evaluate(
        "(m => [m.scrollHeight, m.clientHeight])(document.querySelector('[data-testid=stMain]'))"
    )
    assert heights[0] <= heights[1]
    link = person.page.get_by_role("link", name="Reuniones de la mesa intersectorial")
    link.focus()
    person.page.keyboard.press("Enter")
    person.page.get_by_text("Por qué dice").wait_for()
    person.settle()
    assert "indicator=POL-04" in person.page.url
    assert "(2 − 5) ÷ 2,0" in person.page.locator(".st-key-block_proof").inner_text()
    walk_to(person, "button", "Tablero")  # the first of the views; arrows move among them
    for _ in range(3):
        person.page.keyboard.press("ArrowRight")
    person.page.keyboard.press("Enter")
    person.page.get_by_text("Valdeflores").first.wait_for()
    assert (person.foreign, person.errors) == ([], [])


@pytest.mark.parametrize("asked", ["view=board", "view=sheet", "view=balance", "present=1"])
def test_axe_finds_nothing(mayor, asked):
    assert mayor(f"scorecards?{asked}").violations(rules=DROP_ZONE) == []


def save(editor, value):
    box = editor.page.get_by_label("Cuántos (número entero)")
    box.fill(value)
    editor.page.get_by_role("button", name="Guardar como borrador").click()


def test_a_value_is_entered_validated_by_another_and_restored(person):
    entry = "scorecards?view=entry&indicator=INS-20"
    editor, rival = person("editora", entry), person("editora", entry)
    save(editor, "12")
    editor.page.get_by_text("Espera que otra persona lo valide").wait_for()
    save(rival, "13")
    refusal = rival.page.get_by_role("alert")
    refusal.wait_for()
    assert "ScorecardObservation" in refusal.inner_text()

    validator = person("validadora", "scorecards?view=validation")
    drafts = validator.page.get_by_role("button", name="Validar")
    waiting = drafts.count()
    row = validator.page.locator("[class*=st-key-draft_]", has_text="Acciones de funcionarios")
    assert "12" in row.inner_text()
    row.get_by_role("button", name="Validar").click()
    row.wait_for(state="detached")
    validator.settle()
    assert drafts.count() == waiting - 1

    editor.open("scorecards?view=sheet&indicator=INS-20")
    editor.page.get_by_text("12 (primer semestre de 2026)").wait_for()
    editor.page.get_by_role("switch", name="Mostrar cada cambio del último valor").press("Space")
    editor.page.locator(".st-key-link_restore_1 button").wait_for()
    editor.settle()
    for _newer_first in range(2):
        walk_to(editor, "button", "Restaurar")
    editor.page.keyboard.press("Enter")
    editor.page.get_by_text("El valor restaurado espera validación").or_(
        editor.page.get_by_text("Acciones de funcionarios capacitados: 9")
    ).first.wait_for()
    editor.settle()
    validator.open("scorecards?view=validation")
    row.wait_for()
    assert "8" in row.inner_text()
    assert (editor.errors, validator.errors, editor.foreign) == ([], [], [])


def test_what_cannot_be_is_refused_beside_the_form(person):
    editor = person("editora", "scorecards?view=entry&indicator=INS-15")
    box = editor.page.get_by_label("Porcentaje, 0 a 100")
    box.fill("101")
    editor.page.get_by_role("button", name="Guardar como borrador").click()
    refusal = editor.page.get_by_role("alert")
    refusal.wait_for()
    assert "0–100" in refusal.inner_text()


def cell(book, indicator, column):
    sheet = book["Valores"]
    row = next(r for r in sheet.iter_rows(min_row=FIRST_ROW + 1) if r[0].value == indicator)
    return row[COLUMNS.index(column)]


def test_an_office_fills_in_its_workbook_and_every_refused_cell_is_named(person, tmp_path):
    editor = person("editora", "scorecards?view=entry&period=2023-S2")
    editor.page.get_by_text("Planilla de la oficina").wait_for()
    with editor.page.expect_download() as fetched:
        editor.page.get_by_role("button", name="Descargar la plantilla (XLSX)").click()
    fetched.value.save_as(tmp_path / "template.xlsx")
    form = editor.page.locator(".st-key-block_workbook")

    def take(name, version, values, answer):
        book = openpyxl.load_workbook(tmp_path / "template.xlsx")
        book[FACTS]["B1"] = version
        for indicator, value in values.items():
            cell(book, indicator, "value").value = value
        book.save(tmp_path / name)
        form.locator("input[type=file]").set_input_files(tmp_path / name)
        form.get_by_text(name).wait_for()
        editor.settle()
        form.get_by_role("button", name="Cargar como borradores").click()
        form.get_by_text(answer).wait_for()
        return [cell(book, indicator, "value").coordinate for indicator in values]

    wrong = {"INS-15": 101, "INS-23": "tres"}
    cells = take("a.xlsx", "1", wrong, "No se guardó nada de a.xlsx: hay 2 celdas por corregir.")
    faults = form.locator("ul.faults li").all_inner_texts()
    assert [text.split()[0] for text in faults] == [f"Valores!{name}" for name in cells]
    assert ["0–100" in faults[0], "Escriba solo cifras" in faults[1]] == [True, True]
    take("b.xlsx", "0", {}, "b.xlsx es una plantilla de la versión 0; la vigente es la 1.")
    good = {"INS-15": 61, "INS-23": 3}
    take("c.xlsx", "1", good, "c.xlsx: 2 valores guardados como borradores.")
    assert (editor.errors, editor.foreign) == ([], [])
