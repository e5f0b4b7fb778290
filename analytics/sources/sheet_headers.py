"""Where the header of a sheet is: below titles, in one row or in two, with merged cells."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from analytics.sources.column_names import guess_roles
from analytics.sources.moment_texts import MONTHS
from analytics.sources.taxonomy import normalise

HEADER_WITHIN = 60
PIVOT_MONTHS = 6


@dataclass(frozen=True)
class Header:
    """The header of a sheet: row ``row`` (from 0) is its last; ``score`` tells known names."""

    row: int
    levels: int
    names: tuple[str, ...]
    score: int


def find_header(rows: Sequence[Sequence[str]], wanted: Collection[str] = ()) -> Header | None:
    """Find the row, or the two rows, with most names that are known for a register's columns.

    Where none is known, the first row counts that is filled as widely as the rows below it.

    Parameters
    ----------
    rows : sequence of sequence of str
        The first rows of a sheet.
    wanted : collection of str
        Column names that a mapping states.

    Returns
    -------
    Header or None
        None for a sheet without rows.
    """
    found = []
    for index, row in enumerate(rows):
        found.append(_header(index, 1, row, wanted))
        if index and _is_upper_level(rows[index - 1]):
            found.append(_header(index, 2, _joined(rows[index - 1], row), wanted))
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    if not any(filled):
        return None
    best = max(found, key=lambda header: (header.score, -header.levels, -header.row))
    if best.score >= 2:
        return best
    widest = max(filled)
    index = next(i for i, n in enumerate(filled) if 2 * n > widest)
    return _header(index, 1, rows[index], wanted)


def month_columns(row: Sequence[str]) -> dict[int, int]:
    """Return column → month (1 to 12) for the cells that are names of months."""
    words = {index: normalise(cell).strip(" .") for index, cell in enumerate(row)}
    return {
        index: MONTHS[word[:3]]
        for index, word in words.items()
        if word[:3] in MONTHS and word.isalpha() and len(word) <= 10 and _is_month(word)
    }


def month_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Return the row that makes a sheet a print-out of months, None in a list of records."""
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        if len(set(month_columns(row).values())) >= PIVOT_MONTHS:
            return index
    return None


def _header(index: int, levels: int, names: Sequence[str], wanted: Collection[str]) -> Header:
    clean = tuple(" ".join(name.split()) for name in names)
    known = len(guess_roles([name for name in clean if name])) + len(set(wanted) & set(clean))
    return Header(index, levels, clean, known)


def _is_upper_level(row: Sequence[str]) -> bool:
    """One filled cell is a title; two or more may be the upper level of a header."""
    return len({cell for cell in row if cell.strip()}) >= 2


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Join two levels: ``fecha`` under ``hecho`` and under ``denuncia`` needs both words."""
    spread, names = "", []
    for high, low in zip(upper, lower, strict=True):
        spread = high.strip() or spread
        repeats = sum(cell.strip() == low.strip() for cell in lower) > 1
        if not low.strip():
            names.append(high)
        else:
            names.append(f"{low} {spread}" if repeats else low)
    return names


def _is_month(word: str) -> bool:
    return len(word) == 3 or word in _MONTH_WORDS


_MONTH_NAMES = """
enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre
janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro
january february march april may june july august september october november december sept
"""
_MONTH_WORDS = frozenset(_MONTH_NAMES.split())
