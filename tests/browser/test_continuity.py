"""A lesson is entered and withdrawn, a consent withdrawn and gone for the mayor, in a browser."""

from tests.browser.conftest import DROP_ZONE


def test_an_agreement_is_entered_and_what_lacks_is_refused(person):
    editor = person("editora", "scorecards?view=continuity")
    before = editor.page.locator("h1").inner_text()
    editor.page.get_by_label("Título").fill("Acuerdo nuevo de prueba")
    editor.page.get_by_role("button", name="Guardar en el registro").click()
    refusal = editor.page.get_by_role("alert")
    refusal.wait_for()
    assert "«Con quién»" in refusal.inner_text()
    assert editor.page.get_by_label("Título").input_value() == "Acuerdo nuevo de prueba"
    editor.page.get_by_label("Con quién").fill("Ciudad de prueba")
    editor.page.get_by_role("button", name="Guardar en el registro").click()
    editor.page.get_by_text("Guardado en el registro.").wait_for()
    editor.settle()
    assert editor.page.get_by_role("rowheader", name="Acuerdo nuevo de prueba").count() == 1
    assert editor.page.locator("h1").inner_text() != before
    assert editor.violations(rules=DROP_ZONE) == []
    assert (editor.errors, editor.foreign) == ([], [])


def test_a_consent_withdrawn_is_said_and_the_peers_page_is_accessible(person):
    validator = person("validadora", "scorecards?view=peers")
    validator.page.get_by_text("Qué comparte esta ciudad").wait_for()
    validator.settle()
    assert validator.violations(rules=DROP_ZONE) == []
    validator.page.get_by_role("button", name="Retirar el consentimiento").click()
    validator.page.get_by_text("Retirado: ya nadie más lo ve.").wait_for()
    assert (validator.errors, validator.foreign) == ([], [])
