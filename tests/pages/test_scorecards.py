"""The scorecards page: a sheet of every kind with its proof, the balance, the views of a role.

Entering, validating and restoring are tried in a browser: ``tests/browser/test_scorecards.py``.
"""

import re
from pathlib import Path

import pytest

from tests.pages.visitors import Visit, visit


def open_view(view: str, indicator: str = "", language: str = "es") -> Visit:
    query = {"view": view} | ({"indicator": indicator} if indicator else {})
    seen = visit("scorecards", "mayor", language=language, query=query)
    assert not seen.failed
    return seen


@pytest.mark.parametrize("language", ["es", "pt", "en"])
@pytest.mark.parametrize("indicator", ["POL-04", "INS-02", "INS-13", "TER-20", "TER-07", "TER-16"])
def test_every_kind_of_indicator_has_a_sheet(
    city_open: Path, indicator: str, language: str
) -> None:
    seen = open_view("sheet", indicator, language)
    assert "⟦" not in seen.text
    assert seen.sentence
    assert seen.notices == []


def test_the_proof_adds_up(city_open: Path) -> None:
    text = open_view("sheet", "POL-04").text
    assert "(2 − 5) ÷ 2,0 = −1,50" in re.sub(r"\s+", " ", text)
    assert "−0,58" in text


def test_an_address_that_asks_to_enter_is_refused_to_who_may_not(city_open: Path) -> None:
    seen = visit("scorecards", "mayor", query={"view": "entry"})
    assert any("entry" in notice for notice in seen.notices)
    assert seen.count("number_input") == 0


@pytest.mark.parametrize(
    ("role", "views"),
    [
        ("mayor", set()),
        ("coach", set()),
        ("editor", {"Carga", "Indicadores"}),
        ("validator", {"Validación"}),
    ],
)
def test_the_views_are_those_of_the_role(city_open: Path, role: str, views: set[str]) -> None:
    offered = set(visit("scorecards", role).app.button_group[0].options)
    assert offered == {"Tablero", "Ficha", "Balance", "Pares", "Continuidad"} | views


@pytest.mark.parametrize("language", ["es", "pt", "en"])
def test_the_balance_is_told_in_every_language(city_open: Path, language: str) -> None:
    seen = open_view("balance", language=language)
    assert "⟦" not in seen.text
    assert re.search(r"72\s?%", seen.sentence)


@pytest.mark.parametrize("language", ["es", "pt", "en"])
@pytest.mark.parametrize("view", ["peers", "continuity"])
def test_peers_and_continuity_are_told_in_every_language(
    city_open: Path, view: str, language: str
) -> None:
    seen = open_view(view, language=language)
    assert "⟦" not in seen.text
    assert seen.sentence
    assert seen.notices == []


def test_the_mayor_may_hide_the_peers_names_but_share_nothing(city_open: Path) -> None:
    seen = open_view("peers")
    assert "Valdeflores" in seen.text
    seen.app.toggle[0].set_value(True).run()
    assert not seen.failed
    assert "Valdeflores" not in seen.text
    assert "Ciudad A" in seen.text


def test_who_only_reads_is_offered_neither_the_consent_nor_the_registers_form(
    city_open: Path,
) -> None:
    assert "Qué comparte esta ciudad" not in open_view("peers").text
    assert open_view("continuity").count("text_area") == 0


@pytest.mark.parametrize("language", ["es", "pt", "en"])
@pytest.mark.parametrize("view", ["entry", "indicators"])
def test_who_enters_is_told_everything_in_every_language(
    city_open: Path, view: str, language: str
) -> None:
    seen = visit("scorecards", "editor", language=language, query={"view": view})
    assert not seen.failed
    assert "⟦" not in seen.text
    assert seen.sentence
    assert seen.notices == []


def test_a_value_with_a_formula_is_entered_by_its_variables_and_shows_them(city_open: Path) -> None:
    seen = visit("scorecards", "editor", query={"view": "entry", "indicator": "LOC-01"})
    asked = [box.label for box in seen.app.number_input]
    assert asked[:2] == [
        "A · personas de barrios populares en intercambios",
        "B · personas en intercambios",
    ]
    seen.app.number_input[0].set_value(30.0)
    seen.app.number_input[1].set_value(0.0)
    save = next(b for b in seen.app.button if b.label == "Guardar como borrador")
    save.click().run()
    assert any("divide por cero" in notice for notice in seen.notices)
    assert "A ÷ B × 100 = 33 ÷ 110 × 100 = 30" in open_view("sheet", "LOC-01").text
