"""What an entry may say: kinds, states, stages, the board's results, days in order."""

from dataclasses import replace
from datetime import date

import pytest

from analytics.errors import FilterError
from analytics.scorecards.registers import BOARD, KINDS, STAGES, SYNTHESIS, check_entry
from analytics.store.registers import Entry

LESSON = Entry("lesson", " Sin presupuesto ", aspect="failed", text="La red quedó sin responsable.")


def refused(code: str) -> pytest.RaisesExc:
    return pytest.RaisesExc(FilterError, check=lambda error: error.code == code)


def test_texts_are_trimmed_and_the_usual_state_is_filled_in():
    assert check_entry(LESSON) == replace(LESSON, title="Sin presupuesto", state="noted")


def test_the_checklist_and_the_table_are_those_of_the_book():
    assert tuple(BOARD) == STAGES
    assert [len(BOARD[stage]) for stage in STAGES] == [5, 3, 3]
    assert len(SYNTHESIS) * len(STAGES) == 15


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "rumour"}, "register.kind"),
        ({"state": "in_force"}, "register.value"),
        ({"aspect": "perhaps"}, "register.value"),
        ({"stage": "design"}, "register.value"),
        ({"title": "  "}, "register.empty"),
        ({"text": ""}, "register.empty"),
        ({"title": "x" * 301}, "register.long"),
        ({"owner": "x" * 201}, "register.long"),
        ({"starts_on": date(2026, 2, 2), "ends_on": date(2026, 2, 1)}, "register.days"),
    ],
)
def test_what_a_kind_does_not_know_is_refused(changes, code):
    with refused(code):
        check_entry(replace(LESSON, **changes))


def test_a_result_of_the_board_stands_under_its_own_stage():
    held = Entry("board", "Visión", stage="design", aspect="vision", state="done")
    assert check_entry(held) == held
    with refused("register.value"):
        check_entry(replace(held, stage="evaluation"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_kind_needs_is_asked_for(kind):
    needed = KINDS[kind].needs
    bare = Entry(
        kind,
        "Algo",
        stage="design" if KINDS[kind].staged else "",
        aspect=KINDS[kind].aspects[0] if KINDS[kind].aspects else "",
    )
    if not needed:
        assert check_entry(bare).state == KINDS[kind].states[0]
        return
    with refused("register.empty") as caught:
        check_entry(bare)
    assert caught.value.details["field"] == needed[0]
