"""The names that lead to no category: listed by frequency, placed one by one, undone."""

import pandas as pd
import streamlit as st

from analytics import categories
from analytics.intake import Holdings, Intake
from analytics.sources.taxonomy import UNCLASSIFIED, load_taxonomy
from components import cards
from components.inputs import category_name
from components.language import _, _n, number
from components.notices import refusal
from components.sources_view import change

ROWS = 8
CHOICE_PX = 260


def unplaced_names(intake: Intake, held: Holdings) -> None:
    """List what the crosswalk does not know, with the choice of a category; say what was placed."""
    if held.version is None:
        return
    found = categories.named(intake)
    missing = found[found["category"] == UNCLASSIFIED]
    placed = found.loc[found["placed"], "source_category"].unique().tolist()
    if missing.empty and not placed:
        return
    note = _n("categories.note", len(missing), records=number(int(missing["n"].sum())))
    with cards.block("categories", title=_("categories.title"), note=note):
        if len(missing):
            _table(missing.head(ROWS), caption=_("categories.title"))
            _place(intake, missing)
        if placed:
            _undo(intake, placed)


def _table(rows: pd.DataFrame, *, caption: str) -> None:
    shown = pd.DataFrame(
        {
            "source_category": rows["source_category"].astype(str),
            "source": rows["source"].astype(str),
            "n": [number(int(n)) for n in rows["n"]],
        }
    )
    columns = {name: _(f"categories.column.{name}") for name in shown.columns}
    cards.table(shown, columns, caption=caption)


def _place(intake: Intake, missing: pd.DataFrame) -> None:
    keys = [category.key for category in load_taxonomy() if category.key != UNCLASSIFIED]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.selectbox(
            _("categories.name"),
            missing["source_category"].astype(str).unique().tolist(),
            key="category_name",
            width=CHOICE_PX,
        )
        key = st.selectbox(
            _("categories.key"),
            keys,
            index=None,
            key="category_key",
            format_func=category_name,
            placeholder=_("categories.key_hint"),
            width=CHOICE_PX,
        )
        goes = st.button(_("categories.place"), key="place")
    if key is not None:
        cards.method_note([], categories.place_line(intake.city.key, name, key))
        if goes:
            told = _("categories.placed", name=name, category=category_name(key))
            change(lambda: categories.place(intake, name, key), told)
    elif goes:
        refusal(_("categories.need_key"))


def _undo(intake: Intake, placed: list[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.selectbox(
            _("categories.placed_names"), placed, key="category_placed", width=CHOICE_PX
        )
        if st.button(_("categories.undo"), key="unplace"):
            told = _("categories.undone", name=name)
            change(lambda: categories.withdraw(intake, name), told)
