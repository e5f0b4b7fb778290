"""Long tables of figures: each column with its own decimals, in the reader's number format."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Literal

import pandas as pd
import streamlit as st

from components.language import number

Written = dict[str, int | Callable[[float], str] | None]


def draw(
    frame: pd.DataFrame,
    columns: Mapping[str, str],
    written: Written,
    *,
    alt: str,
    height: int | Literal["content"],
) -> None:
    """Draw a table that scrolls and sorts by value.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per line.
    columns : mapping
        Column of ``frame`` → translated heading, in order.
    written : dict
        Column of numbers → its decimals, or what writes it, or None for counts, which linked
        records may make fractional: then one decimal in all. The others are texts.
    alt : str
        What the table is, for screen readers.
    height : int or "content"
        Pixels.
    """
    config = {
        name: st.column_config.NumberColumn(words)
        if name in written
        else st.column_config.TextColumn(words)
        for name, words in columns.items()
    }
    writers: Any = {name: _writer(how, frame[name]) for name, how in written.items()}
    # Streamlit's own formats write as many decimals as each value has; a style keeps the values.
    style = frame[list(columns)].style.format(writers, na_rep="")
    st.dataframe(style, column_config=config, hide_index=True, height=height, alt=alt)


def _writer(how: int | Callable[[float], str] | None, values: pd.Series) -> Callable[[float], str]:
    if callable(how):
        return how
    if how is None:
        how = int((values.dropna() % 1 != 0).any())
    return partial(number, decimals=how)
