"""A city's own indicator: the form of a new one, or of the one that is chosen."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from analytics.scorecards.catalogue import (
    DIMENSIONS,
    HIERARCHIES,
    LEVELS,
    VALUE_RULES,
    Words,
    load_catalogue,
)
from analytics.scorecards.office import EntryDesk
from analytics.scorecards.own import PERIODICITIES, OwnSheet, own_of, phrases
from analytics.store.scorecard_values import Plan
from components import cards, outcomes, scorecard_fields
from components import scorecard_words as words
from components.language import _, current
from components.scorecard_view import category_name

NEW = OwnSheet("", "territorial", "", "", "whole", "result", "strategic", 1, "yearly")
TEXTS = ("name", "unit", "definition")
LISTS = ("methods", "audiences")
CHOICES = ("dimension", "category", "value_rule", "level", "hierarchy", "periodicity", "direction")


def draw(desk: EntryDesk, plan: Plan, plans: dict[str, Plan]) -> None:
    """Draw the form of the chosen indicator if it is the city's own, else of a new one."""
    held = own_of(plan)
    turn = plan.version if held else sum(bool(each.own) for each in plans.values())
    key = f"own_{plan.indicator_id if held else 'new'}_{turn}"
    title = _("own.change", indicator=plan.indicator_id) if held else _("own.add")
    block = cards.block("own", title=title, note=_("own.note"))
    with block, st.form(f"form_{key}", border=False):
        _fields(held or NEW, key)
        if held is None:
            scorecard_fields.text("owner", "", key)
        st.form_submit_button(
            _("own.save"), on_click=_save, args=(desk, plan if held else None, key)
        )


def _fields(start: OwnSheet, key: str) -> None:
    scorecard_fields.text("name", start.name, key)
    left, right = st.columns(2)
    with left:
        _pick("dimension", DIMENSIONS, start, key, lambda v: _(f"scorecards.{v}"))
        _pick("value_rule", VALUE_RULES, start, key, lambda v: _(f"own.kind.{v}"))
        _pick("level", LEVELS, start, key, lambda v: _(f"scorecards.level.{v}"))
        _pick("direction", (1, -1, 0), start, key, words.direction)
    with right:
        _pick("category", load_catalogue().categories, start, key, category_name)
        scorecard_fields.text("unit", start.unit, key)
        _pick("hierarchy", HIERARCHIES, start, key, lambda v: _(f"scorecards.hierarchy.{v}"))
        _pick(
            "periodicity",
            PERIODICITIES,
            start,
            key,
            lambda v: _(f"scorecards.rhythm.{v}"),
        )
    for name in LISTS:
        offered = phrases(name)
        st.multiselect(
            _(f"scorecards.field.{name}"),
            list(offered),
            default=list(getattr(start, name)),
            key=f"{name}_{key}",
            placeholder="",
            format_func=partial(_spoken, offered),
        )
    scorecard_fields.text("definition", start.definition, key, area=True)


def _pick(
    name: str, options: Iterable[Any], start: OwnSheet, key: str, told: Callable[[Any], str]
) -> None:
    offered, held = list(options), getattr(start, name)
    st.selectbox(
        _(f"scorecards.field.{name}"),
        offered,
        index=offered.index(held) if held in offered else 0,
        key=f"{name}_{key}",
        format_func=told,
    )


def _spoken(offered: Mapping[str, Words], es: str) -> str:
    return offered[es].of(current())


def _save(desk: EntryDesk, plan: Plan | None, key: str) -> None:
    def save() -> None:
        told = {name: scorecard_fields.given(name, key) for name in (*TEXTS, *CHOICES)}
        told |= {name: tuple(scorecard_fields.given(name, key)) for name in LISTS}
        owner = plan.owner if plan else scorecard_fields.given("owner", key)
        desk.save_own(OwnSheet(**told), owner, plan)

    outcomes.attempt(save, "own.saved")
