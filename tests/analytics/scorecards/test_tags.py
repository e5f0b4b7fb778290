"""Targets of the 2030 Agenda, frameworks, and the variables of a formula."""

from collections import Counter
from dataclasses import replace

import pytest

from analytics.errors import FilterError
from analytics.scorecards.tags import SDG_TARGETS, check_tags, read_targets, read_variables
from analytics.store.scorecard_values import Plan

PLAN = Plan("INS-01")


def test_there_are_the_169_targets_of_the_resolution() -> None:
    assert len(SDG_TARGETS) == len(set(SDG_TARGETS)) == 169
    per_goal = Counter(target.split(".")[0] for target in SDG_TARGETS)
    assert (per_goal["1"], per_goal["3"], per_goal["17"]) == (7, 13, 19)
    assert {"11.3", "11.c", "17.16"} <= set(SDG_TARGETS)
    assert not {"17.20", "17.a", "18.1", "11.d", "0.1"} & set(SDG_TARGETS)


def test_targets_are_read_as_people_write_them() -> None:
    assert read_targets(" 17.16, 11.A;11.3\n11.a ") == ("17.16", "11.a", "11.3")
    assert read_targets("") == ()


def test_variables_are_read_one_per_line() -> None:
    text = "A = acuerdos firmados\n\n B=acuerdos = en trámite "
    assert read_variables(text) == {"A": "acuerdos firmados", "B": "acuerdos = en trámite"}
    for wrong in ("A acuerdos", "= acuerdos", "A =", "A B = acuerdos"):
        with pytest.raises(FilterError, match=r"plan\.variable_line"):
            read_variables(f"C = citas\n{wrong}")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sdg_targets": ("17.20",)}, "plan.target"),
        ({"frameworks": ("SDG", "ISO")}, "plan.framework"),
        ({"formula": "A / B", "variables": {"A": "a", "C": "c"}}, "plan.variable"),
        ({"formula": "AB", "variables": {"A": "a"}}, "plan.variable"),
        ({"formula": "x" * 501}, "plan.formula"),
    ],
)
def test_what_there_is_not_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(FilterError) as refused:
        check_tags(replace(PLAN, **changes))
    assert refused.value.code == code


def test_what_there_is_may_stand() -> None:
    check_tags(
        replace(
            PLAN,
            sdg_targets=("11.3",),
            frameworks=("SDG", "NUA", "PARIS"),
            formula="(A / B) × 100",
            variables={"A": "firmados", "B": "todos"},
        )
    )
