"""The frame of a page in words: eyebrow, sentence, blocks, numbers with proof, notes, tables.

Every value is escaped: category and file names come from published files and are not trusted.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from html import escape

import pandas as pd
import streamlit as st

from components.language import _
from components.tokens import MARKS


def eyebrow(parts: Sequence[str], synthetic: bool = False) -> None:
    """Say above the sentence what the page shows: what (strong) · period · n.

    Parameters
    ----------
    parts : sequence of str
        Already translated; the first is printed strong.
    synthetic : bool
        Adds the stamp "synthetic data".
    """
    first, *rest = (escape(part) for part in parts)
    text = " · ".join([f"<strong>{first}</strong>", *rest])
    stamp = f' <span class="stamp">{escape(_("look.synthetic"))}</span>' if synthetic else ""
    st.html(f'<p class="eyebrow">{text}{stamp}</p>')


def sentence(text: str) -> None:
    """Open the page with its one computed sentence, a real ``h1``."""
    st.html(f'<h1 class="sentence">{escape(text)}</h1>')


def lede(lines: Sequence[str]) -> None:
    """Add to the sentence what else was found, each line a paragraph of its own."""
    st.html("".join(f'<p class="lede">{escape(line)}</p>' for line in lines))


@contextmanager
def block(key: str, *, title: str = "", note: str = "", large: bool = False) -> Iterator[None]:
    """Draw what follows under a hair rule, with an optional title and one muted line.

    Parameters
    ----------
    key : str
        Unique on the page.
    title, note : str
        Translated; ``large`` prints the title at 16 px (a dimension) instead of 14 (a figure).
    """
    with st.container(key=f"block_{key}", gap=None):
        if title:
            small = f'<p class="note">{escape(note)}</p>' if note else ""
            kind = "block-title large" if large else "block-title"
            st.html(f'<h2 class="{kind}">{escape(title)}</h2>{small}')
        yield


def subtitle(text: str) -> None:
    """Title a figure inside a block."""
    st.html(f'<h3 class="block-title">{escape(text)}</h3>')


def number(numeral: str, unit: str, note: str = "") -> None:
    """Print a numeral in serif with its unit, range and change, and in ink its availability."""
    proof = f'<p class="proof">{escape(note)}</p>' if note else ""
    st.html(f'<p class="numeral">{escape(numeral)}</p><p class="unit">{escape(unit)}</p>{proof}')


def state(key: str, word: str) -> str:
    """Return a status as HTML: its coloured mark and its word in ink.

    ``key`` is one of :data:`components.tokens.MARKS`; the text is safe to pass on to ``st.html``.
    """
    return (
        f'<span class="state"><span class="mark" style="color:var(--c-{key})" aria-hidden="true">'
        f"{MARKS[key]}</span>{escape(word)}</span>"
    )


def method_note(lines: Sequence[str], command: str = "") -> None:
    """State every automatic choice in muted prose, then the command that gives the same result."""
    prose = " ".join(escape(line) for line in lines)
    words = re.sub(r"\S*-\S*", r"<span>\g<0></span>", escape(command))
    code = f'<pre class="command"><code>{words}</code></pre>' if command else ""
    st.html(f'<p class="method">{prose}</p>{code}')


def table(frame: pd.DataFrame, columns: Mapping[str, str], *, caption: str) -> None:
    """Draw a short table: a real ``<table>``, headers with scope, numbers at the right.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per line; values already formatted as text are kept, missing ones print nothing.
        A column but the first is set right when it holds numbers or texts of digits.
    columns : mapping
        Column of ``frame`` → translated heading, in order; the first heads its row.
    caption : str
        What the table is, for screen readers.
    """
    first, *others = columns
    right = {first: False, **{name: _numeric(frame[name]) for name in others}}
    heads = "".join(
        f'<th scope="col"{_right(right[name])}>{escape(head)}</th>'
        for name, head in columns.items()
    )
    rows = "".join(_row(values, list(right.values())) for values in _texts(frame, list(columns)))
    st.html(
        f'<div class="table-scroll" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f'<table class="small"><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(values: Sequence[str], right: Sequence[bool]) -> str:
    head, *rest = (escape(value) for value in values)
    cells = "".join(
        f"<td{_right(flag)}>{value}</td>" for value, flag in zip(rest, right[1:], strict=True)
    )
    return f'<tr><th scope="row"{_right(right[0])}>{head}</th>{cells}</tr>'


def _right(flag: bool) -> str:
    return ' class="right"' if flag else ""


def _texts(frame: pd.DataFrame, columns: list[str]) -> Iterator[list[str]]:
    for values in frame[columns].itertuples(index=False, name=None):
        yield ["" if pd.isna(value) else str(value) for value in values]


def _numeric(column: pd.Series) -> bool:
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return True
    texts = column.dropna().astype(str)
    return len(texts) > 0 and bool(texts.str.match(r"^[−-]?\d[\d.,\s%–−-]*$").all())
