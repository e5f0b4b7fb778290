"""Entering a value in two minutes, carrying the last one forward, and the plan of an indicator."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import escape
from typing import Any

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.errors import AnalyticsError
from analytics.scorecards.assessing import Assessment
from analytics.scorecards.periods import Period
from analytics.scorecards.progress import METHODS
from analytics.scorecards.scoring import Scorecard
from analytics.settings import City
from analytics.store.scorecard_values import Plan, Reading
from components import cards, notices, scorecard_inputs, scorecard_workbook
from components import scorecard_words as words
from components.language import _, _n, current

TOLD, REFUSED = "scorecard_told", "scorecard_refused"
WHOLE = ("low", "medium", "high", "sample_size", "minutes")


def draw(principal: Principal, city: City, shown: Scorecard) -> None:
    """Draw the choice of the indicator, its value of the period and its plan."""
    missing = [a for a in shown.assessments if _entered(shown, a) is None]
    cards.sentence(_n("scorecards.entry_sentence", len(missing), period=words.period(shown.period)))
    if not shown.assessments:
        notices.empty(_("scorecards.nothing_measured"))
        return
    with st.container(key="chips_indicator"):
        chosen = shown.of(scorecard_inputs.indicator(shown))
    assert chosen is not None
    _say_what_happened()
    left, right = st.columns([1.4, 1], gap="large")
    with left:
        _value(principal, city, shown, chosen)
    with right:
        _plan(principal, city, chosen)
    scorecard_workbook.draw(principal, city, shown.period)


def _entered(shown: Scorecard, chosen: Assessment) -> Reading | None:
    """Return the value of the period, a draft or validated."""
    drafts = [r for r in shown.drafts if r.indicator_id == chosen.sheet.id]
    for reading in (*drafts, *reversed(chosen.series)):
        if reading.period_to == shown.period.last:
            return reading
    return None


def _value(principal: Principal, city: City, shown: Scorecard, chosen: Assessment) -> None:
    held = _entered(shown, chosen)
    note = chosen.sheet.definition.of(current())
    with cards.block("value", title=words.name(chosen.sheet), note=note):
        if held is not None:
            text = _("scorecards.held", value=words.reading(chosen.sheet, held))
            st.html(f'<p class="proof">{escape(text)} {escape(words.entered_by(held))}</p>')
        elif chosen.latest is not None:
            _carry(principal, city, chosen, shown.period)
        # Widgets are named after indicator and version: another one starts with its own values.
        key = f"{chosen.sheet.id}_{shown.period.key}_{held.version if held else 0}"
        start = held or Reading(chosen.sheet.id, shown.period.first, shown.period.last)
        with st.form(f"form_value_{key}", border=False):
            names = _fields(chosen, start, key)
            st.form_submit_button(
                _("scorecards.save_draft"),
                type="primary",
                on_click=_enter,
                args=(principal, city, start, names, key),
            )


def _enter(
    principal: Principal, city: City, start: Reading, names: tuple[str, ...], key: str
) -> None:
    """Save what stood in the form, over the version that was on screen when it was filled."""
    given = {name: _given(name, key) for name in names}
    _attempt(
        lambda: loaders.indicator_entry(principal, city.key).enter([replace(start, **given)]),
        "scorecards.saved",
    )


def _given(name: str, key: str) -> Any:
    value = st.session_state[f"{name}_{key}"]
    return int(value) if name in WHOLE and value is not None else value


def _carry(principal: Principal, city: City, chosen: Assessment, period: Period) -> None:
    latest = chosen.latest
    assert latest is not None
    text = _(
        "scorecards.carry",
        value=words.reading(chosen.sheet, latest),
        period=words.span(latest.period_from, latest.period_to),
    )
    with st.form(f"form_carry_{chosen.sheet.id}", border=False):
        st.checkbox(text, key=f"sure_{chosen.sheet.id}")
        st.form_submit_button(
            _("scorecards.carry_button"),
            on_click=_carry_on,
            args=(principal, city, latest, period),
        )


def _carry_on(principal: Principal, city: City, latest: Reading, period: Period) -> None:
    if st.session_state[f"sure_{latest.indicator_id}"]:
        desk = loaders.indicator_entry(principal, city.key)
        _attempt(lambda: desk.carry_forward(latest, period), "scorecards.saved")


def _fields(chosen: Assessment, start: Reading, key: str) -> tuple[str, ...]:
    """Draw the fields of the indicator's kind; each is kept under its name and the form's key."""
    rule = chosen.sheet.value_rule
    names: tuple[str, ...]
    if rule == "distribution":
        names = ("high", "medium", "low")
        for column, name in zip(st.columns(3), names, strict=True):
            with column:
                _whole(name, getattr(start, name), key)
    elif rule == "yes_no":
        names = ("yes", "happened_on")
        options = [True, False]
        st.radio(
            _("scorecards.field.yes"),
            options,
            index=None if start.yes is None else options.index(start.yes),
            horizontal=True,
            key=f"yes_{key}",
            format_func=lambda yes: _("scorecards.yes") if yes else _("scorecards.no"),
        )
        _day("happened_on", start.happened_on, key)
    elif rule == "text":
        names = ("text", "judgement")
        for name in names:
            st.text_area(_(f"scorecards.field.{name}"), getattr(start, name), key=f"{name}_{key}")
    else:
        names = ("value", "sample_size") if rule == "share" else ("value",)
        step = 1.0 if rule == "whole" else 0.1
        label = _(f"scorecards.field.{rule}")
        st.number_input(label, value=start.value, step=step, format="%g", key=f"value_{key}")
        if rule == "share":
            _whole("sample_size", start.sample_size, key)
    for name in ("evidence", "note"):
        st.text_input(_(f"scorecards.field.{name}"), getattr(start, name), key=f"{name}_{key}")
    return (*names, "evidence", "note")


def _whole(name: str, value: int | None, key: str) -> None:
    st.number_input(_(f"scorecards.field.{name}"), value=value, step=1, key=f"{name}_{key}")


def _day(name: str, value: date | None, key: str) -> None:
    st.date_input(
        _(f"scorecards.field.{name}"), value=value, format="DD/MM/YYYY", key=f"{name}_{key}"
    )


def _plan(principal: Principal, city: City, chosen: Assessment) -> None:
    plan, rule = chosen.plan, chosen.sheet.value_rule
    key = f"{plan.indicator_id}_{plan.version}"
    names: tuple[str, ...] = ("owner", "formula", "minutes")
    with cards.block("plan", title=_("scorecards.plan")), st.form(f"form_plan_{key}", border=False):
        st.text_input(_("scorecards.owner"), plan.owner, key=f"owner_{key}")
        if rule not in ("yes_no", "text"):
            names += _targets(plan, key)
        st.text_input(_("scorecards.field.formula"), plan.formula, key=f"formula_{key}")
        _whole("minutes", plan.minutes, key)
        st.form_submit_button(
            _("scorecards.save_plan"),
            on_click=_save_plan,
            args=(principal, city, plan, names, key),
        )


def _targets(plan: Plan, key: str) -> tuple[str, ...]:
    """Draw baseline, targets and the method of pace, and return their names."""
    amounts = ("base_value", "target_planned", "target_adjusted")
    for name in amounts:
        label, value = _(f"scorecards.field.{name}"), getattr(plan, name)
        st.number_input(label, value=value, format="%g", key=f"{name}_{key}")
    _day("base_on", plan.base_on, key)
    _day("target_on", plan.target_on, key)
    st.radio(
        _("scorecards.field.method"),
        METHODS,
        index=METHODS.index("cagr" if plan.method == "cagr" else "linear"),
        horizontal=True,
        key=f"method_{key}",
        format_func=lambda name: _(f"scorecards.method.{name}"),
    )
    st.checkbox(_("scorecards.field.maintain"), plan.maintain, key=f"maintain_{key}")
    return (*amounts, "base_on", "target_on", "method", "maintain")


def _save_plan(
    principal: Principal, city: City, plan: Plan, names: tuple[str, ...], key: str
) -> None:
    given = {name: _given(name, key) for name in names}
    _attempt(
        lambda: loaders.indicator_entry(principal, city.key).save_plan(replace(plan, **given)),
        "scorecards.plan_saved",
    )


def _attempt(act: Callable[[], object], done: str) -> None:
    """Do it before the page is drawn anew, and keep what happened to be said on it."""
    try:
        act()
    except AnalyticsError as error:
        st.session_state[REFUSED] = words.refusal(error)
    else:
        st.session_state[TOLD] = _(done)


def _say_what_happened() -> None:
    told = st.session_state.pop(TOLD, "")
    if told:
        st.html(f'<p class="proof" role="status">{escape(told)}</p>')
    refused = st.session_state.pop(REFUSED, "")
    if refused:
        notices.refusal(refused)
