"""Fields of the scorecards' forms: each is kept under its name and the form's key."""

from datetime import date
from typing import Any

import streamlit as st

from components.language import _

WHOLE = ("low", "medium", "high", "sample_size", "minutes")


def whole(name: str, value: int | None, key: str) -> None:
    """Ask for a whole number."""
    st.number_input(_(f"scorecards.field.{name}"), value=value, step=1, key=f"{name}_{key}")


def day(name: str, value: date | None, key: str) -> None:
    """Ask for a day."""
    st.date_input(
        _(f"scorecards.field.{name}"), value=value, format="DD/MM/YYYY", key=f"{name}_{key}"
    )


def text(name: str, value: str, key: str, *, area: bool = False) -> None:
    """Ask for a text, of one line or of several."""
    ask = st.text_area if area else st.text_input
    ask(_(f"scorecards.field.{name}"), value, key=f"{name}_{key}")


def given(name: str, key: str) -> Any:
    """Return what stands in a field; whole numbers as such."""
    value = st.session_state[f"{name}_{key}"]
    return int(value) if name in WHOLE and value is not None else value
