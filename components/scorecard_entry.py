"""Entering a value in two minutes, carrying the last one forward, and the plan of an indicator."""

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
from components import cards, notices, scorecard_inputs
from components import scorecard_words as words
from components.language import _, _n, current, sentence_of

TOLD = "scorecard_told"


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
            given = _fields(chosen, start, key)
            if st.form_submit_button(_("scorecards.save_draft"), type="primary"):
                _attempt(lambda: _enter(principal, city, replace(start, **given)))


def _enter(principal: Principal, city: City, reading: Reading) -> str:
    loaders.indicator_entry(principal, city.key).enter([reading])
    return _("scorecards.saved")


def _carry(principal: Principal, city: City, chosen: Assessment, period: Period) -> None:
    latest = chosen.latest
    assert latest is not None
    text = _(
        "scorecards.carry",
        value=words.reading(chosen.sheet, latest),
        period=words.span(latest.period_from, latest.period_to),
    )
    with st.form(f"form_carry_{chosen.sheet.id}", border=False):
        sure = st.checkbox(text)
        if st.form_submit_button(_("scorecards.carry_button")) and sure:

            def carry() -> str:
                loaders.indicator_entry(principal, city.key).carry_forward(latest, period)
                return _("scorecards.saved")

            _attempt(carry)


def _fields(chosen: Assessment, start: Reading, key: str) -> dict[str, Any]:
    """Draw the fields of the indicator's kind and return what stands in them."""
    rule = chosen.sheet.value_rule
    given: dict[str, Any] = {}
    if rule == "distribution":
        for column, name in zip(st.columns(3), ("high", "medium", "low"), strict=True):
            with column:
                given[name] = _whole(name, getattr(start, name), key)
    elif rule == "yes_no":
        options = [True, False]
        given["yes"] = st.radio(
            _("scorecards.field.yes"),
            options,
            index=None if start.yes is None else options.index(start.yes),
            horizontal=True,
            key=f"yes_{key}",
            format_func=lambda yes: _("scorecards.yes") if yes else _("scorecards.no"),
        )
        given["happened_on"] = _day("happened_on", start.happened_on, key)
    elif rule == "text":
        for name in ("text", "judgement"):
            given[name] = st.text_area(
                _(f"scorecards.field.{name}"), getattr(start, name), key=f"{name}_{key}"
            )
    else:
        step = 1.0 if rule == "whole" else 0.1
        given["value"] = st.number_input(
            _(f"scorecards.field.{rule}"),
            value=start.value,
            step=step,
            format="%g",
            key=f"value_{key}",
        )
        if rule == "share":
            given["sample_size"] = _whole("sample_size", start.sample_size, key)
    given["evidence"] = st.text_input(
        _("scorecards.field.evidence"), start.evidence, key=f"evidence_{key}"
    )
    given["note"] = st.text_input(_("scorecards.field.note"), start.note, key=f"note_{key}")
    return given


def _whole(name: str, value: int | None, key: str) -> int | None:
    found = st.number_input(_(f"scorecards.field.{name}"), value=value, step=1, key=f"{name}_{key}")
    return None if found is None else int(found)


def _day(name: str, value: date | None, key: str) -> date | None:
    found = st.date_input(
        _(f"scorecards.field.{name}"), value=value, format="DD/MM/YYYY", key=f"{name}_{key}"
    )
    return found if isinstance(found, date) else None


def _plan(principal: Principal, city: City, chosen: Assessment) -> None:
    plan, rule = chosen.plan, chosen.sheet.value_rule
    key = f"{plan.indicator_id}_{plan.version}"
    with cards.block("plan", title=_("scorecards.plan")), st.form(f"form_plan_{key}", border=False):
        given: dict[str, Any] = {
            "owner": st.text_input(_("scorecards.owner"), plan.owner, key=f"owner_{key}")
        }
        if rule not in ("yes_no", "text"):
            for name in ("base_value", "target_planned", "target_adjusted"):
                given[name] = st.number_input(
                    _(f"scorecards.field.{name}"),
                    value=getattr(plan, name),
                    format="%g",
                    key=f"{name}_{key}",
                )
            given["base_on"] = _day("base_on", plan.base_on, key)
            given["target_on"] = _day("target_on", plan.target_on, key)
            given["method"] = st.radio(
                _("scorecards.field.method"),
                METHODS,
                index=METHODS.index("cagr" if plan.method == "cagr" else "linear"),
                horizontal=True,
                key=f"method_{key}",
                format_func=lambda name: _(f"scorecards.method.{name}"),
            )
            given["maintain"] = st.checkbox(
                _("scorecards.field.maintain"), plan.maintain, key=f"maintain_{key}"
            )
        given["formula"] = st.text_input(
            _("scorecards.field.formula"), plan.formula, key=f"formula_{key}"
        )
        given["minutes"] = _whole("minutes", plan.minutes, key)
        if st.form_submit_button(_("scorecards.save_plan")):
            _attempt(lambda: _save_plan(principal, city, replace(plan, **given)))


def _save_plan(principal: Principal, city: City, plan: Plan) -> str:
    loaders.indicator_entry(principal, city.key).save_plan(plan)
    return _("scorecards.plan_saved")


def _attempt(act: Any) -> None:
    """Do it and start the page afresh with what happened; a refusal stays beside the form."""
    try:
        st.session_state[TOLD] = act()
    except AnalyticsError as error:
        notices.refusal(sentence_of(error))
        return
    st.rerun()


def _say_what_happened() -> None:
    told = st.session_state.pop(TOLD, "")
    if told:
        st.html(f'<p class="proof" role="status">{escape(told)}</p>')
