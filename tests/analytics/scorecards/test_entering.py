"""What may be entered: each kind of value, and the refusals with field and remedy."""

from dataclasses import replace
from datetime import date

import pytest

from analytics.errors import FilterError
from analytics.scorecards.entering import check_plan, check_reading
from tests.analytics.scorecards.builders import SHEETS, plan, reading, sheet

TODAY = date(2026, 11, 24)
GOOD = {
    "whole": {"value": 3.0},
    "amount": {"value": 1.5e6},
    "share": {"value": 41.5, "sample_size": 60},
    "change": {"value": -40.0},
    "ratio": {"value": 130.0},
    "hours": {"value": 2.5},
    "distribution": {"low": 0, "medium": 2, "high": 5},
    "yes_no": {"yes": True, "happened_on": date(2026, 3, 1), "evidence": "acta"},
    "text": {"text": "Presidencia de la red", "judgement": "Peso alto: decide la agenda"},
}


def refused(code: str, field: str) -> pytest.RaisesExc:
    return pytest.RaisesExc(
        FilterError, check=lambda e: (e.code, e.details["field"]) == (code, field)
    )


@pytest.mark.parametrize("identity", SHEETS)
def test_every_indicator_of_the_catalogue_takes_a_value_of_its_kind(identity: str) -> None:
    given = reading(identity, "2026-S1", **GOOD[sheet(identity).value_rule])
    assert check_reading(sheet(identity), given, TODAY) == given


@pytest.mark.parametrize(
    ("identity", "values", "code", "field"),
    [
        ("INS-15", {"value": 101.0}, "entry.share", "value"),
        ("INS-15", {"value": -1.0}, "entry.share", "value"),
        ("INS-15", {"value": None}, "entry.empty", "value"),
        ("INS-15", {"value": float("nan")}, "entry.not_a_number", "value"),
        ("INS-15", {"value": 5.0, "sample_size": 0}, "entry.sample", "sample_size"),
        ("INS-09", {"value": -1.0}, "entry.negative", "value"),
        ("INS-09", {"value": 2.5}, "entry.fraction", "value"),
        ("INS-08", {"value": -0.1}, "entry.negative", "value"),
        ("INS-21", {"value": -2.0}, "entry.negative", "value"),
        ("INS-13", {"low": 1, "medium": None, "high": 2}, "entry.empty", "medium"),
        ("INS-13", {"low": 1, "medium": -1, "high": 2}, "entry.negative", "medium"),
        ("INS-13", {"low": 0, "medium": 0, "high": 0}, "entry.no_answers", "low"),
        ("INS-30", {}, "entry.empty", "yes"),
        ("INS-30", {"yes": True}, "entry.evidence", "evidence"),
        ("TER-07", {"judgement": "alto"}, "entry.empty", "text"),
        ("TER-07", {"text": "Red", "judgement": "alto"}, "entry.judgement", "judgement"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    identity: str, values: dict[str, object], code: str, field: str
) -> None:
    with refused(code, field):
        check_reading(sheet(identity), reading(identity, "2026-S1", **values), TODAY)


def test_a_no_needs_no_evidence_and_a_period_must_have_ended() -> None:
    no = reading("INS-30", "2026-S1", yes=False)
    assert check_reading(sheet("INS-30"), no, TODAY) == no
    for wrong in (
        replace(no, period_to=date(2026, 12, 31)),
        replace(no, period_from=date(2026, 7, 1)),
    ):
        with refused("entry.period", "period"):
            check_reading(sheet("INS-30"), wrong, TODAY)


@pytest.mark.parametrize(
    ("identity", "base", "target", "changes", "code", "field"),
    [
        ("INS-09", 3.0, 3.0, {}, "entry.target_is_base", "target_planned"),
        ("INS-09", 3.0, 9.0, {"target_adjusted": 3.0}, "entry.target_is_base", "target_adjusted"),
        ("INS-09", 0.0, 9.0, {"method": "cagr"}, "entry.zero_base", "method"),
        ("INS-09", 1.0, 9.0, {"method": "guess"}, "entry.method", "method"),
        ("INS-09", 1.0, 9.0, {"owner": " "}, "entry.owner", "owner"),
        ("INS-09", 1.5, 9.0, {}, "entry.fraction", "base_value"),
        ("INS-15", 1.0, 109.0, {}, "entry.share", "target_planned"),
        ("INS-13", 0.0, 50.0, {}, "entry.level", "target_planned"),
        ("INS-09", 9.0, 3.0, {}, "entry.direction", "direction"),
        ("INS-09", 3.0, 9.0, {"direction": -1}, "entry.direction", "direction"),
        ("INS-09", 1.0, 9.0, {"target_on": date(2020, 1, 1)}, "entry.target_date", "target_on"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(
    identity: str,
    base: float,
    target: float,
    changes: dict[str, object],
    code: str,
    field: str,
) -> None:
    with refused(code, field):
        check_plan(sheet(identity), plan(identity, base, target, **changes))


def test_a_value_may_be_kept_and_an_inactive_indicator_needs_no_owner() -> None:
    for good in (
        plan("INS-09", 3.0, 3.0, maintain=True),
        plan("INS-09", None, None, active=False, owner=""),
    ):
        assert check_plan(sheet("INS-09"), good) == good
