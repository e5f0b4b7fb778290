"""What the cells of the Mexican layout say: texts, numbers, days, frequency and sense."""

import re
import unicodedata
from datetime import date, datetime
from typing import Any

from analytics.errors import FilterError
from analytics.scorecards.transparency import SENSES
from analytics.sources.sheets import cell_text

UNKNOWN = ("", "nd", "n/d", "na", "n/a", "no disponible", "no aplica", "sin dato", "-")
RHYTHMS = {"seman": "weekly", "mens": "monthly", "trim": "quarterly", "seme": "half_yearly",
           "anual": "yearly"}  # fmt: skip


def text_of(value: Any) -> str:
    """Return a cell as text; empty for none."""
    return "" if value is None else cell_text(value).strip()


def folded(value: Any) -> str:
    """Return a cell's text without accents, case and doubled spaces."""
    plain = unicodedata.normalize("NFKD", text_of(value)).encode("ascii", "ignore").decode()
    return re.sub(r"\s+", " ", plain).strip().casefold()


def number_of(value: Any, column: str) -> float | None:
    """Return a cell as a number; None where it says that there is none.

    Raises
    ------
    FilterError
        ``workbook.number`` with the column.
    """
    text = text_of(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if folded(text) in UNKNOWN:
        return None
    plain = text.removesuffix("%").replace(" ", "")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")  # as Mexico groups
    try:
        return float(plain.replace(",", "."))
    except ValueError as error:
        raise FilterError("workbook.number", field=column, value=text) from error


def day_of(value: Any, column: str) -> date | None:
    """Return a cell as a day; None where it is empty.

    Raises
    ------
    FilterError
        ``workbook.day`` with the column.
    """
    text = text_of(value)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date) or not text:
        return value if isinstance(value, date) else None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise FilterError("workbook.day", field=column, value=text)


def rhythm_of(value: Any) -> str:
    """Return how often an indicator is measured; yearly where the cell is empty.

    Raises
    ------
    FilterError
        ``layout.frequency``.
    """
    said = folded(value)
    if not said:
        return "yearly"
    for start, name in RHYTHMS.items():
        if said.startswith(start):
            return name
    raise FilterError("layout.frequency", field="frequency", value=said)


def way_of(value: Any) -> int | None:
    """Return the direction of an indicator; None where the cell says none.

    Raises
    ------
    FilterError
        ``layout.sense``.
    """
    said = folded(value)
    for name, way in SENSES.items():
        if said == folded(name):
            return way
    if said in UNKNOWN:
        return None
    raise FilterError("layout.sense", field="sense", value=text_of(value))
