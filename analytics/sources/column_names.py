"""What columns are called in Spanish, Portuguese and English registers.

The names themselves are data: ``data/reference/column_names.toml``.
"""

import re
import tomllib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from analytics.sources.taxonomy import REFERENCE, normalise

NAMES_FILE = REFERENCE / "column_names.toml"


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """Fold a column or source name to the form in which names are compared.

    Case, accents, punctuation, small words and plurals do not matter:
    ``FECHA_DE_LOS_HECHOS`` is ``fecha hecho``.
    """
    words = re.sub(r"[^0-9a-z]+", " ", normalise(name)).split()
    small = _names()["small_words"]["words"]
    inner = {word for word in words[1:-1] if word in small}
    return " ".join(_singular(word) for word in words if word not in inner)


def guess_roles(columns: Sequence[str]) -> dict[str, str]:
    """Tell which column plays which role.

    Parameters
    ----------
    columns : sequence of str
        Names as the file has them.

    Returns
    -------
    dict of str to str
        Role → column, for the roles found; a column plays one role. The moment of the event
        (``datetime``, or ``date`` with ``time``) stands before that of its report.
    """
    by_key: dict[str, str] = {}
    for name in columns:
        by_key.setdefault(name_key(name), name)
    found = _moment(by_key)
    for role, names in _names()["roles"].items():
        # A datetime carries its own time; an hour beside it would only coarsen it.
        taken = role == "time" and "datetime" in found
        if (column := _first(by_key, names)) and not taken and column not in found.values():
            found[role] = column
    return found


def personal_columns(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the columns whose names say that they identify a person or a vehicle."""
    return tuple(column for column in columns if _is_personal(column))


def is_shape(column: str) -> bool:
    """Whether the column holds a geometry as text."""
    return name_key(column) in _keys("shapes", "names")


def guess_source_kind(source: str) -> str:
    """Tell the kind of a source from its name; ``other`` where no word is known."""
    words = set(name_key(source).split())
    for kind in _names()["source_kinds"]:
        if words & _keys("source_kinds", kind):
            return kind
    return "other"


@lru_cache(maxsize=1)
def _names() -> dict[str, dict[str, Any]]:
    return tomllib.loads(NAMES_FILE.read_text(encoding="utf-8"))


@lru_cache(maxsize=32)
def _keys(table: str, name: str) -> frozenset[str]:
    return frozenset(name_key(text) for text in _names()[table][name])


def _moment(by_key: dict[str, str]) -> dict[str, str]:
    for tier, names in _names()["moment"].items():
        if column := _first(by_key, names):
            return {"datetime" if tier.endswith("datetime") else "date": column}
    return {}


def _first(by_key: dict[str, str], names: Iterable[str]) -> str | None:
    return next((by_key[key] for name in names if (key := name_key(name)) in by_key), None)


def _is_personal(column: str) -> bool:
    words = set(name_key(column).split())
    if words & _keys("personal", "words"):
        return True
    return bool(words & _keys("personal", "name_words")) and not words & _keys(
        "personal", "of_things"
    )


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") else word
