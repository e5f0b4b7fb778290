"""What the input clinic found in a file: defects, how many rows, examples, what would help."""

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from components import cards
from components.language import _, _n, number

METRES_PER_DEGREE = 111_000  # of latitude, as rough as the distances that are told with it
DEGREES = "EPSG:4326"
COLUMNS = ("defect", "rows", "examples", "line")


def clinic(made: Mapping[str, Any], *, of: str = "") -> None:
    """Draw what was found and what was moved, from the choices of an import.

    Parameters
    ----------
    made : mapping
        ``choices`` of a report or a batch; one of before the clinic draws nothing.
    of : str
        Which check it tells of, for screen readers, where the page shows another beside it.
    """
    if "clinic" not in made:
        return
    moved = _moved(made)
    if moved:
        cards.method_note(moved)
    if not made["clinic"]:
        st.html(f'<p class="note">{escape(_("clinic.clean"))}</p>')
        return
    frame = pd.DataFrame([_row(found) for found in made["clinic"]])
    heads = {name: _(f"clinic.column.{name}") for name in COLUMNS}
    with st.container(key=f"clinic_{'check' if of else 'batch'}", gap=None):
        caption = " · ".join(filter(None, (_("clinic.title"), of)))
        cards.table(frame, heads, caption=caption)


def _row(found: Mapping[str, Any]) -> dict[str, str]:
    return {
        "defect": _defect(found),
        "rows": number(found["rows"]),
        "examples": "; ".join(found["examples"]),
        "line": found["remedy"] or _("clinic.no_line"),
    }


def _defect(found: Mapping[str, Any]) -> str:
    if "decimals" not in found:
        return _(f"clinic.defect.{found['defect']}")
    metres = number(METRES_PER_DEGREE / 10 ** found["decimals"], 0)
    return _n("clinic.rounded", found["decimals"], metres=metres)


def _moved(made: Mapping[str, Any]) -> list[str]:
    """Say which remedies of the mapping were applied, and to how many rows."""
    lines = [
        _n("clinic.applied", n, remedy=_(f"clinic.remedy.{remedy}"))
        for remedy, n in made.get("remedies", {}).items()
    ]
    crs = made.get("coordinate_crs", DEGREES)
    return lines if crs == DEGREES else [_("clinic.crs", crs=crs), *lines]
