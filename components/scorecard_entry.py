"""Entering a value in two minutes, carrying the last one forward, or a workbook of many."""

from dataclasses import replace
from html import escape

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.scorecards.assessing import Assessment
from analytics.scorecards.formulas import asked_for
from analytics.scorecards.own import QUALITATIVE
from analytics.scorecards.periods import Period
from analytics.scorecards.scoring import Scorecard
from analytics.settings import City
from analytics.store.scorecard_values import Reading
from components import (
    cards,
    notices,
    outcomes,
    scorecard_fields,
    scorecard_inputs,
    scorecard_workbook,
)
from components import scorecard_words as words
from components.language import _, _n, current


def draw(principal: Principal, city: City, shown: Scorecard) -> None:
    """Draw the choice of the indicator, its value of the period, the office's workbook."""
    missing = [a for a in shown.assessments if _entered(shown, a) is None]
    cards.sentence(_n("scorecards.entry_sentence", len(missing), period=words.period(shown.period)))
    if not shown.assessments:
        notices.empty(_("scorecards.nothing_measured"))
        return
    with st.container(key="chips_indicator"):
        chosen = shown.of(scorecard_inputs.indicator(shown))
    assert chosen is not None
    outcomes.say()
    left, right = st.columns([1.4, 1], gap="large")
    with left:
        _value(principal, city, shown, chosen)
    with right:
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
                args=(principal, city, chosen, start, names, key),
            )


def _enter(
    principal: Principal,
    city: City,
    chosen: Assessment,
    start: Reading,
    names: tuple[str, ...],
    key: str,
) -> None:
    """Save what stood in the form, over the version that was on screen when it was filled."""
    given = {name: scorecard_fields.given(name, key) for name in names}
    asked = _asked(chosen)
    given["variables"] = {n: scorecard_fields.given(f"variable_{n}", key) for n in asked}
    given["formula"] = chosen.plan.formula if asked else ""
    outcomes.attempt(
        lambda: loaders.indicator_entry(principal, city.key).enter([replace(start, **given)]),
        "scorecards.saved",
    )


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
        outcomes.attempt(lambda: desk.carry_forward(latest, period), "scorecards.saved")


def _fields(chosen: Assessment, start: Reading, key: str) -> tuple[str, ...]:
    """Draw the fields of the indicator's kind; each is kept under its name and the form's key."""
    rule = chosen.sheet.value_rule
    names: tuple[str, ...]
    if rule == "distribution":
        names = ("high", "medium", "low")
        for column, name in zip(st.columns(3), names, strict=True):
            with column:
                scorecard_fields.whole(name, getattr(start, name), key)
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
        scorecard_fields.day("happened_on", start.happened_on, key)
    elif rule == "text":
        names = ("text", "judgement")
        for name in names:
            st.text_area(_(f"scorecards.field.{name}"), getattr(start, name), key=f"{name}_{key}")
    else:
        names = _number(chosen, start, key)
        if rule == "share":
            names += ("sample_size",)
            scorecard_fields.whole("sample_size", start.sample_size, key)
    for name in ("evidence", "note"):
        st.text_input(_(f"scorecards.field.{name}"), getattr(start, name), key=f"{name}_{key}")
    return (*names, "evidence", "note")


def _asked(chosen: Assessment) -> tuple[str, ...]:
    """Return the variables that are entered in place of the number."""
    return () if chosen.sheet.value_rule in QUALITATIVE else asked_for(chosen.plan)


def _number(chosen: Assessment, start: Reading, key: str) -> tuple[str, ...]:
    """Draw the number, or the variables of the formula that gives it."""
    rule = chosen.sheet.value_rule
    asked = _asked(chosen)
    if not asked:
        step = 1.0 if rule == "whole" else 0.1
        label = _(f"scorecards.field.{rule}")
        st.number_input(label, value=start.value, step=step, format="%g", key=f"value_{key}")
        return ("value",)
    text = _("scorecards.computes", formula=chosen.plan.formula)
    st.html(f'<p class="note">{escape(text)}</p>')
    for name in asked:
        held = start.variables.get(name)
        st.number_input(
            f"{name} · {chosen.plan.variables[name]}",
            value=None if held is None else float(held),
            step=1.0,
            format="%g",
            key=f"variable_{name}_{key}",
        )
    return ()
