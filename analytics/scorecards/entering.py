"""What may be entered for an indicator, refused with the field at fault and the remedy."""

from dataclasses import replace
from datetime import date

from analytics.errors import FilterError
from analytics.scorecards.catalogue import Indicator
from analytics.scorecards.evaluation import check_evaluation
from analytics.scorecards.formulas import check_formula, computed
from analytics.scorecards.progress import METHODS
from analytics.scorecards.tags import check_tags
from analytics.store.scorecard_values import Plan, Reading

LEAST_JUDGEMENT = 10  # characters: a reason, not a mark
LEVEL_CODES = (0.0, 1.0, 2.0)


def check_reading(sheet: Indicator, reading: Reading, today: date) -> Reading:
    """Return the reading if it may stand, with the number that its formula gives where it has one.

    Raises
    ------
    FilterError
        ``entry.*`` with ``indicator``, ``field`` and the value at fault, and as :func:`computed`.
    """
    if reading.formula:
        reading = replace(reading, value=computed(reading.formula, reading.variables))
    if not reading.period_from <= reading.period_to <= today:
        raise FilterError(
            "entry.period",
            indicator=sheet.id,
            field="period",
            first=reading.period_from,
            last=reading.period_to,
        )
    kinds = {
        "distribution": _check_distribution,
        "yes_no": _check_yes_no,
        "text": _check_text,
    }
    kinds.get(sheet.value_rule, _check_number)(sheet, reading)
    if reading.sample_size is not None and reading.sample_size < 1:
        raise _fault("entry.sample", sheet, "sample_size", reading.sample_size)
    return reading


def check_number(sheet: Indicator, value: float, field: str = "value") -> None:
    """Check a number against the indicator's rule.

    Raises
    ------
    FilterError
        ``entry.share`` outside 0–100, ``entry.negative`` below 0, ``entry.fraction`` of a count.
    """
    if value != value or value in (float("inf"), float("-inf")):
        raise _fault("entry.not_a_number", sheet, field, value)
    rule = sheet.value_rule
    if rule == "share" and not 0 <= value <= 100:
        raise _fault("entry.share", sheet, field, value)
    if rule in ("whole", "amount", "ratio", "hours") and value < 0:
        raise _fault("entry.negative", sheet, field, value)
    if rule == "whole" and value != int(value):
        raise _fault("entry.fraction", sheet, field, value)


def check_plan(sheet: Indicator, plan: Plan) -> Plan:
    """Return the plan if it may stand.

    Raises
    ------
    FilterError
        ``entry.owner`` without an owner, ``entry.target_is_base`` unless the value is to be kept,
        ``entry.zero_base`` for growth rates from nothing, ``entry.target_date``, ``entry.level``,
        ``entry.direction`` if the target lies against the direction, and as
        :func:`check_number`, :func:`check_tags`, :func:`check_formula` and
        :func:`check_evaluation`.
    """
    if plan.active and not plan.owner.strip():
        raise _fault("entry.owner", sheet, "owner", "")
    if plan.method not in METHODS:
        raise _fault("entry.method", sheet, "method", plan.method)
    for name in ("base_value", "target_planned", "target_adjusted"):
        value = getattr(plan, name)
        if value is None:
            continue
        if sheet.value_rule == "distribution":
            if value not in LEVEL_CODES:
                raise _fault("entry.level", sheet, name, value)
        else:
            check_number(sheet, value, name)
    _check_targets(sheet, plan)
    check_tags(plan)
    check_formula(plan)
    check_evaluation(plan)
    return plan


def _check_targets(sheet: Indicator, plan: Plan) -> None:
    base, target = plan.base_value, plan.target
    if base is not None and target is not None and not plan.maintain:
        if target == base:
            name = "target_planned" if plan.target_adjusted is None else "target_adjusted"
            raise _fault("entry.target_is_base", sheet, name, target)
        if (target - base) * plan.direction < 0:
            raise _fault("entry.direction", sheet, "direction", target)
    if plan.method == "cagr" and base == 0:
        raise _fault("entry.zero_base", sheet, "method", 0)
    if plan.base_on and plan.target_on and plan.target_on <= plan.base_on:
        raise _fault("entry.target_date", sheet, "target_on", plan.target_on)


def _check_number(sheet: Indicator, reading: Reading) -> None:
    if reading.value is None:
        raise _fault("entry.empty", sheet, "value", "")
    check_number(sheet, reading.value)


def _check_distribution(sheet: Indicator, reading: Reading) -> None:
    for name in ("low", "medium", "high"):
        count = getattr(reading, name)
        if count is None:
            raise _fault("entry.empty", sheet, name, "")
        if count < 0:
            raise _fault("entry.negative", sheet, name, count)
    if not (reading.low or reading.medium or reading.high):
        raise _fault("entry.no_answers", sheet, "low", 0)


def _check_yes_no(sheet: Indicator, reading: Reading) -> None:
    if reading.yes is None:
        raise _fault("entry.empty", sheet, "yes", "")
    if reading.yes and (reading.happened_on is None or not reading.evidence.strip()):
        raise _fault("entry.evidence", sheet, "evidence", reading.evidence)


def _check_text(sheet: Indicator, reading: Reading) -> None:
    if not reading.text.strip():
        raise _fault("entry.empty", sheet, "text", "")
    if len(reading.judgement.strip()) < LEAST_JUDGEMENT:
        raise _fault("entry.judgement", sheet, "judgement", reading.judgement)


def _fault(code: str, sheet: Indicator, field: str, value: object) -> FilterError:
    return FilterError(code, indicator=sheet.id, field=field, value=value)
