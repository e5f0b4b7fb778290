"""The indicators that a city measures: switched on and off, planned, tagged, evaluated."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.scorecards.catalogue import Catalogue, Indicator
from analytics.scorecards.entering import LEVEL_CODES
from analytics.scorecards.evaluation import DAYS, QUESTIONS, day_of
from analytics.scorecards.office import EntryDesk
from analytics.scorecards.periods import Period
from analytics.scorecards.progress import METHODS
from analytics.scorecards.tags import FRAMEWORKS, read_targets, read_variables
from analytics.settings import City
from analytics.store.scorecard_values import Plan
from components import cards, outcomes, scorecard_fields, scorecard_layout, scorecard_own
from components import scorecard_words as words
from components.language import _, current

AMOUNTS = ("base_value", "target_planned", "target_adjusted")
DIRECTIONS = (1, -1, 0)
# How a field is read from what a person wrote; the others as they stand.
READ: dict[str, Callable[[Any], Any]] = {
    "sdg_targets": read_targets,
    "variables": read_variables,
    "frameworks": tuple,
}


def draw(principal: Principal, city: City, period: Period) -> None:
    """Draw the choice of an indicator, its plan, its evaluation, and the city's own sheet."""
    desk = loaders.indicator_entry(principal, city.key)
    plans, catalogue = desk.plans(), desk.catalogue()
    cards.sentence(_sentence(plans, catalogue))
    with st.container(key="chips_indicator"):
        sheet = _choice(plans, catalogue)
    plan = plans.get(sheet.id) or Plan(sheet.id, active=False, direction=sheet.direction)
    outcomes.say()
    left, right = st.columns([1.2, 1], gap="large")
    with left:
        _plan(desk, sheet, plan)
        scorecard_layout.draw(principal, city, period)
    with right:
        _evaluation(desk, sheet, plan)
        scorecard_own.draw(desk, plan, plans)


def _sentence(plans: dict[str, Plan], catalogue: Catalogue) -> str:
    active = [plan for plan in plans.values() if plan.active]
    own = sum(bool(plan.own) for plan in active)
    offered = len(catalogue.indicators) - sum(bool(plan.own) for plan in plans.values())
    return _("plan.sentence", n=len(active) - own, of=offered, own=own)


def _choice(plans: dict[str, Plan], catalogue: Catalogue) -> Indicator:
    def told(key: str) -> str:
        state = _("plan.measured" if key in plans and plans[key].active else "plan.not_measured")
        return f"{words.short(catalogue.indicators[key])} · {key} · {state}"

    chosen = st.selectbox(
        _("scorecards.indicator"),
        list(catalogue.indicators),
        key="plan_indicator",
        persist_state="session",
        label_visibility="collapsed",
        width=560,
        format_func=told,
    )
    return catalogue.indicators[str(chosen)]


def _plan(desk: EntryDesk, sheet: Indicator, plan: Plan) -> None:
    key = f"{plan.indicator_id}_{plan.version or 0}"
    block = cards.block("plan", title=words.name(sheet), note=sheet.definition.of(current()))
    with block, st.form(f"form_plan_{key}", border=False):
        st.checkbox(_("plan.active"), plan.active, key=f"active_{key}")
        scorecard_fields.text("owner", plan.owner, key)
        names: tuple[str, ...] = ("active", "owner")
        if sheet.value_rule not in ("yes_no", "text"):
            names += _targets(sheet, plan, key)
        names += _formula_and_tags(plan, key)
        st.form_submit_button(
            _("scorecards.save_plan"),
            type="primary",
            on_click=_save,
            args=(desk, plan, names, key),
        )


def _targets(sheet: Indicator, plan: Plan, key: str) -> tuple[str, ...]:
    """Draw direction, baseline, targets and the method of pace, and return their names."""
    st.radio(
        _("scorecards.field.direction"),
        DIRECTIONS,
        index=DIRECTIONS.index(plan.direction),
        horizontal=True,
        key=f"direction_{key}",
        format_func=words.direction,
    )
    for column, name in zip(st.columns(3), AMOUNTS, strict=True):
        with column:
            _amount(sheet, name, getattr(plan, name), key)
    for column, name in zip(st.columns(2), ("base_on", "target_on"), strict=True):
        with column:
            scorecard_fields.day(name, getattr(plan, name), key)
    st.radio(
        _("scorecards.field.method"),
        METHODS,
        index=METHODS.index("cagr" if plan.method == "cagr" else "linear"),
        horizontal=True,
        key=f"method_{key}",
        format_func=lambda name: _(f"scorecards.method.{name}"),
    )
    st.checkbox(_("scorecards.field.maintain"), plan.maintain, key=f"maintain_{key}")
    return ("direction", *AMOUNTS, "base_on", "target_on", "method", "maintain")


def _amount(sheet: Indicator, name: str, value: float | None, key: str) -> None:
    label = _(f"scorecards.field.{name}")
    if sheet.value_rule == "distribution":
        st.selectbox(
            label,
            LEVEL_CODES,
            index=None if value is None else LEVEL_CODES.index(value),
            placeholder="",
            key=f"{name}_{key}",
            format_func=lambda code: _(f"scorecards.field.{('low', 'medium', 'high')[int(code)]}"),
        )
    else:
        st.number_input(label, value=value, format="%g", key=f"{name}_{key}")


def _formula_and_tags(plan: Plan, key: str) -> tuple[str, ...]:
    scorecard_fields.text("formula", plan.formula, key)
    lines = "\n".join(f"{name} = {meaning}" for name, meaning in plan.variables.items())
    scorecard_fields.text("variables", lines, key, area=True)
    st.html(f'<p class="note">{escape(_("plan.formula_note"))}</p>')
    left, right = st.columns(2)
    with left:
        scorecard_fields.text("sdg_targets", ", ".join(plan.sdg_targets), key)
    with right:
        st.multiselect(
            _("scorecards.field.frameworks"),
            FRAMEWORKS,
            default=[name for name in plan.frameworks if name in FRAMEWORKS],
            key=f"frameworks_{key}",
            placeholder="",
            format_func=words.framework,
        )
    scorecard_fields.whole("minutes", plan.minutes, key)
    return ("formula", "variables", "sdg_targets", "frameworks", "minutes")


def _save(desk: EntryDesk, plan: Plan, names: tuple[str, ...], key: str) -> None:
    def save() -> None:
        told = {name: scorecard_fields.given(name, key) for name in names}
        desk.save_plan(replace(plan, **{n: READ.get(n, _as_it_is)(v) for n, v in told.items()}))

    outcomes.attempt(save, "scorecards.plan_saved")


def _as_it_is(value: Any) -> Any:
    return value


def _evaluation(desk: EntryDesk, sheet: Indicator, plan: Plan) -> None:
    """Ask the four questions and the days before and after."""
    if plan.version is None:
        return
    key = f"evaluation_{plan.indicator_id}_{plan.version}"
    block = cards.block("evaluation", title=_("evaluation.title"), note=_("evaluation.note"))
    with block, st.form(f"form_{key}", border=False):
        for name in QUESTIONS:
            st.text_area(
                _(f"scorecards.field.{name}"),
                plan.evaluation.get(name, ""),
                key=f"{name}_{key}",
                height=68,
                placeholder=words.evaluation_hint(sheet, plan, name),
            )
        for column, name in zip(st.columns(2), DAYS, strict=True):
            with column:
                scorecard_fields.day(name, day_of(plan, name), key)
        st.form_submit_button(
            _("evaluation.save"), on_click=_save_evaluation, args=(desk, plan, key)
        )


def _save_evaluation(desk: EntryDesk, plan: Plan, key: str) -> None:
    def text_of(name: str) -> str:
        value = scorecard_fields.given(name, key)
        return value.isoformat() if isinstance(value, date) else (value or "").strip()

    told = {name: text_of(name) for name in (*QUESTIONS, *DAYS)}
    answers = {name: text for name, text in told.items() if text}
    outcomes.attempt(lambda: desk.save_plan(replace(plan, evaluation=answers)), "evaluation.saved")
