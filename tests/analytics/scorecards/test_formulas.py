"""Formulas: computed to hand-derived numbers, and nothing but arithmetic is run."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.errors import FilterError
from analytics.scorecards.entering import check_plan
from analytics.scorecards.formulas import asked_for, computed, filled_in, names_in
from analytics.scorecards.office import EntryDesk, ValidationDesk, read_scorecard, told
from analytics.scorecards.periods import parse
from analytics.scorecards.tags import LONGEST_FORMULA
from analytics.settings import load_settings
from analytics.store.database import open_database
from components import scorecard_words
from components.catalogue import translate
from components.language import speaking
from tests.analytics.scorecards.builders import plan, reading, sheet


def refused(code: str) -> pytest.RaisesExc:
    return pytest.RaisesExc(FilterError, check=lambda e: e.code == f"formula.{code}")


@pytest.mark.parametrize(
    ("formula", "values", "result"),
    [
        ("(A / B) × 100", {"A": 12, "B": 40}, 30.0),
        ("A − B ÷ 2", {"A": 12, "B": 4}, 10.0),
        ("-A + 2.5 * (B - 1)", {"A": 1, "B": 3}, 4.0),
        ("hogares·10", {"hogares": 0.1}, 1.0),
        ("A * 3 * 10", {"A": 0.1}, 3.0),  # 3.0000000000000004 in binary
        ("niños / años", {"niños": 9, "años": 2}, 4.5),
        ("A / B / C", {"A": 100, "B": 5, "C": 2}, 10.0),
        ("2 + 3", {}, 5.0),
    ],
)
def test_a_formula_gives_the_number_derived_by_hand(formula, values, result):
    assert computed(formula, values) == result


@given(st.lists(st.integers(-99, 99), min_size=2, max_size=6), st.data())
def test_it_agrees_with_exact_fractions(numbers, data):
    names = [f"v{n}" for n in range(len(numbers))]
    text, exact = names[0], Fraction(numbers[0])
    for name, number in zip(names[1:], numbers[1:], strict=True):
        sign = data.draw(st.sampled_from("+-*/" if number else "+-*"))
        text = f"({text}) {sign} {name}"
        moves = {"+": exact + number, "-": exact - number, "*": exact * number}
        exact = exact / number if sign == "/" else moves[sign]
    found = computed(text, dict(zip(names, numbers, strict=True)))
    assert found == pytest.approx(float(exact), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os').system('true')",
        "A ** 9 ** 9",
        "A.real",
        "A[0]",
        "len(A)",
        "A if B else 1",
        "A and B",
        "A == B",
        "A // B",
        "A % B",
        "~A",
        "True + A",
        "'A' * 9",
        "3j * A",
        "0,5 * A",
        "[A for A in B]",
        "(lambda: 1)()",
        "(A := 1)",
        "f'{A}'",
        "A +",
        "",
        "total de acuerdos",
        "(" * 240 + "A" + ")" * 240,
        "-" * (LONGEST_FORMULA - 1) + "A",
        "A\x00",
    ],
)
def test_what_is_more_than_arithmetic_is_never_run(formula):
    with refused("arithmetic"):
        computed(formula, {"A": 1.0, "B": 2.0})
    held = plan("INS-09", 1.0, 9.0, formula=formula, variables={"A": "uno", "B": "dos"})
    assert asked_for(held) == ()


@pytest.mark.parametrize(
    ("formula", "values", "code"),
    [
        ("A / B", {"A": 1.0, "B": 0.0}, "zero"),
        ("A / (B - B)", {"A": 1.0, "B": 2.0}, "zero"),
        ("A / B", {"A": 1.0}, "unknown"),
        ("A", {"A": 1.0, "B": 2.0}, "unknown"),
        ("A / B", {"A": 1.0, "B": None}, "missing"),
        ("A * A", {"A": 1e200}, "infinite"),
        ("A + 1" + "0" * 400, {"A": 1.0}, "infinite"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_words(formula, values, code):
    with refused(code) as caught:
        computed(formula, values)
    for language in ("es", "pt", "en"):
        assert "⟦" not in translate(language, f"error.{caught.value.code}", **caught.value.details)


def test_a_plan_asks_for_its_variables_where_the_formula_is_arithmetic():
    held = plan("INS-09", 1.0, 9.0, formula="B − A", variables={"A": "bajas", "B": "altas"})
    assert asked_for(held) == ("A", "B")
    assert check_plan(sheet("INS-09"), held) == held
    assert asked_for(replace(held, variables={})) == ()
    described = replace(held, formula="de B se quita A")
    assert (check_plan(sheet("INS-09"), described), asked_for(described)) == (described, ())
    with refused("unexplained") as caught:
        check_plan(sheet("INS-09"), replace(held, formula="B − A + C"))
    assert caught.value.details["names"] == "C"


def test_names_are_those_of_the_parser_and_values_stand_in_their_place():
    assert names_in("A1 + A + ªB") == {"A1", "A", "aB"}
    assert computed("ªB * 2", {"ªB": 4}) == 8.0
    assert filled_in("(A1 / A) × 100", {"A": "40", "A1": "12"}) == "(12 / 40) × 100"


@pytest.fixture
def desk(home):
    db = open_database(load_settings())
    desk = EntryDesk(db, "quimera", "ana", date(2027, 1, 2))
    tags = {"formula": "(A / B) × 100", "variables": {"A": "firmados", "B": "todos"}}
    desk.save_plan(plan("INS-15", 10.0, 90.0, **tags))
    yield desk
    db.close()


def entered(**variables):
    return reading("INS-15", "2026-S1", formula="(A / B) × 100", variables=variables)


def test_a_value_keeps_what_it_was_computed_from_and_shows_it(desk):
    (draft,) = desk.enter([replace(entered(A=12.0, B=40.0), value=99.0)])
    assert (draft.value, draft.variables) == (30.0, {"A": 12.0, "B": 40.0})
    ValidationDesk(desk.db, "quimera", "eva").validate([draft])
    shown = read_scorecard(desk.db, "quimera", parse("2026-S1"), desk.today).of("INS-15")
    with speaking("es"):
        (row,) = scorecard_words.working(shown.sheet, shown.latest)
    assert row == ("Cálculo", "(A / B) × 100 = (12 / 40) × 100 = 30\xa0%")
    typed = replace(shown.latest, value=31.0, formula="", variables={})
    assert scorecard_words.working(shown.sheet, typed) == []
    desk.save_plan(replace(desk.plans()["INS-15"], formula="(A / B) × 10"))
    again = desk.carry_forward(shown.latest, parse("2026-S1").after)
    assert (again.value, again.formula) == (30.0, "(A / B) × 100")


def test_restoring_brings_back_the_variables_too(desk):
    (first,) = desk.enter([entered(A=12.0, B=40.0)])
    (second,) = desk.enter([replace(first, value=50.0, formula="", variables={})])
    back = desk.restore(second, 1)
    assert (back.value, back.formula, back.variables) == (30.0, "(A / B) × 100", first.variables)
    assert [c.content["variables"] for c in told(desk.db, "quimera", back)] == [
        first.variables, {}, first.variables,
    ]  # fmt: skip


def test_a_result_that_the_indicator_cannot_have_is_refused_and_nothing_is_kept(desk):
    for variables, code in (({"A": 50.0, "B": 40.0}, "entry.share"),
                            ({"A": 1.0, "B": 0.0}, "formula.zero")):  # fmt: skip
        with pytest.raises(FilterError, check=lambda e, code=code: e.code == code):
            desk.enter([entered(**variables)])
    assert read_scorecard(desk.db, "quimera", parse("2026-S1"), desk.today).drafts == ()
