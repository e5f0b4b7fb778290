"""A city's own indicator, the keyboard alone, three languages without scroll, in a browser."""

import pytest

from tests.browser.conftest import DROP_ZONE, violations_now

MOST_TABS = 80


def tab_to(somebody, target):
    """Walk with the Tab key to an element; fail if the keyboard never gets there."""
    for _ in range(MOST_TABS):
        if target.evaluate("e => e === document.activeElement"):
            return
        somebody.page.keyboard.press("Tab")
    pytest.fail("the Tab key does not reach it")


def test_the_mayors_screen_needs_no_scroll_in_any_language(person):
    mayor = person("alcaldesa", "scorecards")
    sentences = set()
    for language in ("es", "pt", "en"):
        mayor.open(f"scorecards?lang={language}")
        sentences.add(mayor.page.locator("h1.sentence").inner_text())
        heights = mayor.page.evaluate(
            "(m => [m.scrollHeight, m.clientHeight])"
            "(document.querySelector('[data-testid=stMain]'))"
        )
        assert heights[0] <= heights[1], language
    assert len(sentences) == 3


def test_an_own_indicator_is_added_planned_and_shown(person):
    editor = person("editora", "scorecards?view=indicators")
    assert violations_now(editor.page, rules=DROP_ZONE) == []
    own, plan = (editor.page.locator(f".st-key-block_{name}") for name in ("own", "plan"))
    before = editor.page.locator("h1").inner_text()
    own.get_by_label("Nombre").fill("Familias que usan la Manzana")
    own.get_by_label("Responsable").fill("Desarrollo Social")
    own.get_by_role("button", name="Guardar el indicador propio").click()
    refusal = editor.page.get_by_role("alert")
    refusal.wait_for()
    assert "«Unidad»" in refusal.inner_text()
    assert own.get_by_label("Nombre").input_value() == "Familias que usan la Manzana"
    own.get_by_label("Unidad").fill("familias")
    own.get_by_role("button", name="Guardar el indicador propio").click()
    editor.page.get_by_text("Indicador propio guardado.").wait_for()
    editor.settle()
    assert editor.page.locator("h1").inner_text() != before

    box = editor.page.locator(".st-key-plan_indicator input")
    box.click()
    box.fill("LOC-02")
    box.press("Enter")
    plan.get_by_role("heading", name="Familias que usan la Manzana").wait_for()
    editor.settle()
    plan.get_by_label("Metas de los ODS").fill("5.4, 17.20")
    plan.get_by_role("button", name="Guardar cómo se mide").click()
    refusal.wait_for()
    assert "17.20" in refusal.inner_text()
    plan.get_by_label("Metas de los ODS").fill("5.4, 11.3")
    plan.get_by_role("button", name="Guardar cómo se mide").click()
    editor.page.get_by_role("status").wait_for()
    editor.open("scorecards?view=sheet&indicator=LOC-02")
    facts = editor.page.locator(".st-key-block_facts").inner_text()
    assert "5.4, 11.3" in facts
    assert "Indicador propio de la ciudad; unidad: familias" in facts
    assert (editor.errors, editor.foreign) == ([], [])


def test_a_value_is_entered_validated_and_looked_up_with_the_keyboard_alone(person):
    editor = person("editora", "scorecards?view=entry&indicator=INS-25")
    assert violations_now(editor.page, rules=DROP_ZONE) == []
    tab_to(editor, editor.page.get_by_label("Cuántos (número entero)"))
    editor.page.keyboard.press("ControlOrMeta+a")
    editor.page.keyboard.type("14")
    editor.page.keyboard.press("Enter")
    editor.page.get_by_text("Ya hay un valor en este período: 14.").wait_for()

    validator = person("validadora", "scorecards?view=validation")
    assert violations_now(validator.page, rules=DROP_ZONE) == []
    row = validator.page.locator("[class*=st-key-draft_]", has_text="Propuestas a concursos")
    assert "14" in row.inner_text()
    tab_to(validator, row.get_by_role("button", name="Validar"))
    validator.page.keyboard.press("Enter")
    row.wait_for(state="detached")
    validator.settle()
    tab_to(validator, validator.page.get_by_role("radio", name="Tablero"))
    peers = validator.page.get_by_role("radio", name="Pares")
    while not peers.evaluate("e => e === document.activeElement"):
        validator.page.keyboard.press("ArrowRight")
    validator.page.keyboard.press("Space")
    validator.page.get_by_text("Qué comparte esta ciudad").wait_for()
    assert (editor.errors, validator.errors, validator.foreign) == ([], [], [])
