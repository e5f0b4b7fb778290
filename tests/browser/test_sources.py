"""The page of sources as a person sees it: a file goes in, its quarantine is told, it comes out."""

import pytest

from tests.browser.conftest import DROP_ZONE

HEADER = "id;fecha;delito;lat;lon\n"
GOOD = "".join(f"{n};1{n}/10/2026 14:05;ROBO;-33,20{n};-73,40{n}\n" for n in range(1, 9))
FILE = {
    "name": "parte de octubre.csv",
    "mimeType": "text/csv",
    "buffer": (HEADER + GOOD + "90;ayer;=2+2;-33,201;-73,401\n").encode(),
}


MISNAMED = "id;fecha;delito;eje;lon\n"
SWAPPED = "".join(f"2{n};1{n}/10/2026 15:00;ROBO;-73,40{n};-33,20{n}\n" for n in range(1, 4))


def csv_file(name: str, text: str) -> dict[str, object]:
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


@pytest.fixture
def analyst(visit, demo_store, own_address):
    def start(**options):
        person = visit(own_address, **options)
        person.enter("sources", "analista", demo_store.sign_ins["analista"])
        return person

    return start


def offer(person, source: str, file: dict[str, object] = FILE) -> None:
    page = person.page
    page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files(file)
    page.get_by_text(file["name"]).first.wait_for()
    person.settle()
    page.get_by_role("combobox", name="Nombre de la fuente").fill(source)
    page.keyboard.press("Enter")
    person.settle()


def press(person, name: str) -> None:
    person.page.get_by_role("button", name=name, exact=True).click()
    person.settle()


def sentence(person) -> str:
    return person.page.locator("h1.sentence").inner_text().replace("\u00a0", " ")


def choose_batch(person, file: str) -> None:
    """Search the list: one that other tests have made long shows only its first entries."""
    box = person.page.get_by_role("combobox", name="Ver el lote")
    box.click()
    box.fill(file)
    person.page.get_by_role("option", name=file).first.click()
    person.settle()


def test_a_file_is_checked_imported_and_rolled_back(analyst):
    person = analyst()
    page, before = person.page, sentence(person)
    offer(person, "Bomberos")
    press(person, "Solo revisar")
    page.get_by_role("heading", name="Revisado, no importado: parte de octubre.csv").wait_for()
    assert sentence(person) == before

    press(person, "Importar")
    page.get_by_role("heading", name="Importado: parte de octubre.csv", exact=True).wait_for()
    assert "4 lotes activos" in sentence(person)
    quarantine = page.locator(".st-key-block_quarantine")
    assert "La fecha no se puede leer" in quarantine.inner_text()
    with page.expect_download() as caught:
        quarantine.get_by_role("button", name="Filas en cuarentena (CSV)").click()
    lines = caught.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "file,row,column,value,reason,remedy"
    assert lines[1].startswith("parte de octubre.csv,10,fecha,ayer,La fecha no se puede leer,")

    press(person, "Revertir este lote…")
    page.get_by_text("No se borra nada").wait_for()
    press(person, "Revertir")
    page.get_by_text("parte de octubre.csv quedó fuera del análisis.").wait_for()
    assert "3 lotes activos" in sentence(person)
    assert "revertido" in page.locator(".st-key-block_batches tbody tr").first.inner_text()
    assert (person.foreign, person.errors) == ([], [])


def test_a_column_is_corrected_after_the_check_and_imported(analyst):
    person = analyst()
    page = person.page
    offer(person, "Serenos", csv_file("serenos.csv", MISNAMED + GOOD))
    press(person, "Solo revisar")
    page.get_by_role("heading", name="serenos.csv").first.wait_for()
    page.get_by_role("combobox", name="Latitud").click()
    page.get_by_role("option", name="eje", exact=True).click()
    person.settle()
    press(person, "Revisar con estas columnas")
    page.get_by_role("heading", name="Revisado, no importado: serenos.csv").wait_for()
    press(person, "Importar con estas columnas")
    page.get_by_role("heading", name="Importado: serenos.csv", exact=True).wait_for()
    row = page.locator(".st-key-block_batches tbody tr").first.inner_text()
    assert "serenos.csv" in row
    assert "100" in row
    assert (person.foreign, person.errors) == ([], [])


def test_a_remedy_is_accepted_undone_and_imported_by_keyboard(analyst):
    person = analyst()
    page = person.page
    offer(person, "Guardia", csv_file("guardia.csv", HEADER + GOOD + SWAPPED))
    press(person, "Solo revisar")
    swap = page.get_by_role("checkbox", name="Intercambiar latitud y longitud")
    swap.wait_for()
    assert not swap.is_checked()
    result = page.locator(".st-key-block_result")
    result.locator("[role=img], canvas, svg.marks").nth(1).wait_for()

    swap.focus()
    page.keyboard.press("Space")
    page.get_by_text("se rescatan 3 filas: de 8 a 11 aceptadas").wait_for()
    person.settle()
    assert swap.is_checked()
    assert swap.evaluate("box => box === document.activeElement")
    page.keyboard.press("Space")
    page.get_by_text("3 filas vuelven a cuarentena: de 11 a 8 aceptadas").wait_for()
    person.settle()
    assert not swap.is_checked()
    page.keyboard.press("Space")
    page.get_by_text("se rescatan 3 filas").wait_for()
    person.settle()

    press(person, "Importar con estas columnas")
    page.get_by_role("heading", name="Importado: guardia.csv", exact=True).wait_for()
    row = page.locator(".st-key-block_batches tbody tr").first.inner_text()
    assert "11" in row.split()
    assert (person.foreign, person.errors) == ([], [])


def test_axe_finds_nothing_after_a_check_with_defects(analyst):
    person = analyst()
    offer(person, "Faros", csv_file("faros.csv", HEADER + GOOD + SWAPPED))
    press(person, "Solo revisar")
    person.page.get_by_role("checkbox", name="Intercambiar latitud y longitud").wait_for()
    person.settle()
    assert person.violations(rules=DROP_ZONE) == []


def test_leaving_the_question_changes_nothing_and_it_does_not_come_back(analyst):
    person = analyst()
    before = sentence(person)
    choose_batch(person, "camaras.csv")
    press(person, "Revertir este lote…")
    person.page.get_by_text("No se borra nada").wait_for()
    person.page.keyboard.press("Escape")
    person.settle()
    person.open("sources")
    assert person.page.get_by_text("No se borra nada").count() == 0
    assert sentence(person) == before


def test_a_link_reopens_the_same_batch(analyst, visit, own_address, demo_store):
    person = analyst()
    choose_batch(person, "camaras.csv")
    other = visit(own_address)
    other.enter(
        person.page.url.removeprefix(own_address).lstrip("/"),
        "analista",
        demo_store.sign_ins["analista"],
    )
    chosen = other.page.get_by_role("combobox", name="Ver el lote")
    assert chosen.input_value().startswith("camaras.csv")


def test_the_list_of_batches_can_be_downloaded(analyst):
    person = analyst()
    with person.page.expect_download() as caught:
        person.page.get_by_role("button", name="CSV", exact=True).click()
    lines = caught.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("batch_id,city,source,")
    assert sum("patrullas.csv" in line for line in lines) == 1


def test_axe_finds_nothing(analyst):
    assert analyst().violations(rules=DROP_ZONE) == []


def test_on_a_phone_nothing_but_the_tables_is_wider_than_the_screen(analyst):
    page = analyst(viewport={"width": 390, "height": 844}).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = page.locator("[data-testid=stMain] [data-testid=stSelectbox]").first.bounding_box()
    assert wide["width"] > 300
