"""The scorecards page at work: entering, validating by a second person, restoring, proof."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics.settings import load_settings
from analytics.store import scorecards
from analytics.store.database import open_database
from tests.conftest import Demo
from tests.pages.visitors import Visit, served, visit

CITY, WAITING = "quimera", "INS-20"


@pytest.fixture
def city_open(demo_store: Demo, tmp_path: Path) -> Iterator[Path]:
    with served(demo_store.home, tmp_path / "home") as home:
        yield home


def open_view(role: str, view: str, indicator: str = "", language: str = "es") -> Visit:
    query = {"view": view} | ({"indicator": indicator} if indicator else {})
    seen = visit("scorecards", role, language=language, query=query)
    assert not seen.failed
    return seen


def held(indicator: str) -> list[scorecards.Reading]:
    return scorecards.readings(open_database(load_settings()), CITY, indicator)


def press(seen: Visit, label: str) -> None:
    next(b for b in seen.app.button if b.label == label).click().run()
    assert not seen.failed


def test_a_value_is_entered_validated_by_another_and_restored(city_open: Path) -> None:
    editor = open_view("editor", "entry", WAITING)
    assert "espera validación" in editor.text
    box = next(b for b in editor.app.number_input if b.label.startswith("Cuántos"))
    box.set_value(12.0)
    press(editor, "Guardar como borrador")
    assert "Espera que otra persona lo valide" in editor.text
    draft = held(WAITING)[-1]
    assert (draft.value, draft.state, draft.entered_by) == (12.0, "draft", "editora")

    validator = open_view("validator", "validation")
    before = validator.count("button")
    next(b for b in validator.app.button if b.key == f"validate_{draft.id}").click().run()
    assert validator.count("button") == before - 1
    assert held(WAITING)[-1].validated_by == "validadora"

    sheet = open_view("editor", "sheet", WAITING)
    sheet.app.toggle(key="show_history").set_value(True).run()
    sheet.app.button(key="link_restore_1").click().run()
    assert "espera validación" in sheet.text
    assert held(WAITING)[-1].state == "draft"
    assert held(WAITING)[-1].value != 12.0


def test_a_value_that_cannot_be_is_refused_beside_its_form(city_open: Path) -> None:
    editor = open_view("editor", "entry", "INS-15")
    box = next(b for b in editor.app.number_input if b.label.startswith("Porcentaje"))
    box.set_value(101.0)
    press(editor, "Guardar como borrador")
    assert any("INS-15" in notice and "0–100" in notice for notice in editor.notices)
    assert held("INS-15")[-1].state == "validated"


def test_of_two_who_save_at_once_the_second_is_refused(city_open: Path) -> None:
    one, two = (open_view("editor", "entry", WAITING) for _ in range(2))
    for seen, value in ((one, 3.0), (two, 4.0)):
        next(b for b in seen.app.number_input if b.label.startswith("Cuántos")).set_value(value)
    press(one, "Guardar como borrador")
    press(two, "Guardar como borrador")
    assert held(WAITING)[-1].value == 3.0
    assert two.notices or held(WAITING)[-1].version == 2


def test_the_last_value_is_carried_forward_once_confirmed(city_open: Path) -> None:
    editor = open_view("editor", "entry", "INS-26")
    assert len(held("INS-26")) == 4
    press(editor, "Repetir el último valor")
    assert len(held("INS-26")) == 4
    next(b for b in editor.app.checkbox if b.label.startswith("Confirmo")).check()
    press(editor, "Repetir el último valor")
    assert held("INS-26")[-1].value == held("INS-26")[-2].value


def test_an_override_is_shown_with_its_reason_beside_the_rule(city_open: Path) -> None:
    validator = open_view("validator", "validation")
    validator.app.toggle(key="override_toggle").set_value(True).run()
    validator.app.selectbox(key="indicator").select("POL-04").run()
    press(validator, "Poner este estado")
    assert any("Escriba por qué" in notice for notice in validator.notices)
    next(b for b in validator.app.text_input if b.label == "Razón").set_value("firma en curso")
    press(validator, "Poner este estado")
    sheet = open_view("mayor", "sheet", "POL-04")
    assert "firma en curso" in sheet.text
    assert "Según la regla" in sheet.text


@pytest.mark.parametrize("language", ["es", "pt", "en"])
@pytest.mark.parametrize("indicator", ["POL-04", "INS-02", "INS-13", "TER-20", "TER-07", "TER-16"])
def test_every_kind_of_indicator_has_a_sheet(
    city_open: Path, indicator: str, language: str
) -> None:
    seen = open_view("mayor", "sheet", indicator, language)
    assert "⟦" not in seen.text
    assert seen.sentence
    assert seen.notices == []


def test_the_proof_adds_up(city_open: Path) -> None:
    text = open_view("mayor", "sheet", "POL-04").text
    assert "(2 − 5) ÷ 2,0 = −1,50" in re.sub(r"\s+", " ", text)
    assert "−0,58" in text


@pytest.mark.parametrize("role", ["mayor", "coach", "validator"])
def test_who_may_not_enter_has_no_view_to_enter(city_open: Path, role: str) -> None:
    seen = visit("scorecards", role, query={"view": "entry"})
    assert seen.notices
    assert seen.count("number_input") == 0


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_the_balance_is_told_in_every_language(city_open: Path, language: str) -> None:
    seen = open_view("coach", "balance", language=language)
    assert "⟦" not in seen.text
    assert re.search(r"73\s?%", seen.sentence)
