"""A file's columns before they are imported: which role each seems to play, why, and how sure.

Only the first rows are looked at; the import itself reads the whole file.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.errors import SourceError
from analytics.settings import City, Settings
from analytics.sources.bounds import Bounds, city_bounds
from analytics.sources.cells import clean
from analytics.sources.chunks import Chunk
from analytics.sources.column_names import guess_roles, name_key, personal_columns
from analytics.sources.dates import DateEvidence
from analytics.sources.hints import coordinates_by_content, told_roles, with_year
from analytics.sources.importing import SCRATCH
from analytics.sources.mappings import COLUMNS, Mapping
from analytics.sources.moment_texts import NONE, read_clocks, read_dates
from analytics.sources.records import Table
from analytics.sources.tables import open_table

ROWS = 2_000
EXAMPLES = 3
EXAMPLE_LETTERS = 40
DATES = ("date", "datetime", "end")
NUMBER = r"^[+-]?\d{1,3}([.,]\d+)?$"


@dataclass(frozen=True)
class Guess:
    """Which column plays a role; an empty text says none.

    ``how``: ``told`` by a mapping, ``format`` of the file, ``content`` of the column, its
    ``name``, or ``none``.
    """

    role: str
    column: str
    how: str


@dataclass(frozen=True)
class Preview:
    """What the first rows of a file tell of its columns.

    ``guesses`` has one entry per role of a mapping; ``personal`` are the columns whose names say
    that they identify a person; ``examples`` up to three different values per column; ``shares``
    per (role, column) the share (0–1) of the column's filled cells that such a role can use;
    ``undecided`` the columns of dates in which day and month may be confused.
    """

    file: str
    told: Mapping
    columns: tuple[str, ...]
    guesses: tuple[Guess, ...]
    personal: frozenset[str]
    examples: dict[str, tuple[str, ...]]
    shares: dict[tuple[str, str], float]
    undecided: frozenset[str]

    def mapping(self, chosen: dict[str, str], date_format: str | None = None) -> Mapping:
        """Return a mapping that names the column of every role, or says that there is none.

        What else the mapping of the preview told (encoding, sheet, detections…) stays.

        Parameters
        ----------
        chosen : dict of str to str
            Role → column or an empty text; a role that is not named has none.
        date_format : str, optional
            The order of day and month, as ``dd/mm/yyyy``.
        """
        named: dict[str, Any] = {role: chosen.get(role, "") for role in COLUMNS}
        kept = asdict(self.told) | named
        return Mapping(**kept | {"date_format": date_format or self.told.date_format})


def preview_file(path: Path, told: Mapping, *, settings: Settings, city: City) -> Preview:
    """Look at the first rows of a file.

    Parameters
    ----------
    path : Path
        Any format of :func:`analytics.sources.tables.open_table`.
    told : Mapping
        What is known of the columns; a column it names that the file lacks counts as not told.
    settings : Settings
        Gives the home.
    city : City
        Where coordinates should lie.

    Returns
    -------
    Preview

    Raises
    ------
    SourceError
        If the file cannot be read; columns that are missing are no reason.
    """
    with open_table(path, told, scratch=settings.home / SCRATCH) as opened:
        table = with_year(opened, told)
        guesses = _guesses(table, told, city)
        chunk = next(iter(table.chunks(ROWS)), None)
        cells = _cells(chunk) if chunk else {}
        return Preview(
            file=path.name,
            told=told,
            columns=tuple(table.columns),
            guesses=guesses,
            personal=frozenset(personal_columns(table.columns)),
            examples={name: _examples(values) for name, values in cells.items()},
            shares=_shares(cells, city_bounds(city)),
            undecided=frozenset(name for name, values in cells.items() if _is_undecided(values)),
        )


def stored(mapping: Mapping) -> dict[str, Any]:
    """Return the fields of a mapping that say something, as JSON keeps them."""
    plain = asdict(Mapping())
    return {name: value for name, value in asdict(mapping).items() if value != plain[name]}


def restored(values: dict[str, Any], name: str) -> Mapping:
    """Return a remembered mapping under its name; fields of another release are passed over."""
    known = {f.name for f in fields(Mapping)}
    kept = {key: value for key, value in values.items() if key in known}
    return Mapping(**kept | {"remembered_as": name})


def _guesses(table: Table, told: Mapping, city: City) -> tuple[Guess, ...]:
    by_key = {name_key(column): column for column in reversed(table.columns)}
    found: dict[str, tuple[str, str]] = {}
    for role in COLUMNS:
        wanted = getattr(told, role)
        column = wanted if wanted in table.columns else by_key.get(name_key(wanted or ""))
        if wanted == "" or (wanted and column):
            found[role] = (column or "", "told") if wanted else ("", "told")
    for how, hints in (
        ("format", told_roles(table, told)),
        ("content", coordinates_by_content(table, told, city)),
    ):
        for role, column in hints.items():
            found.setdefault(role, (column, how))
    taken = {column for column, _ in found.values()}
    has_moment = any(found.get(role, ("",))[0] for role in ("date", "datetime"))
    for role, column in guess_roles([c for c in table.columns if c not in taken]).items():
        if not (has_moment and role in ("date", "datetime")):
            found.setdefault(role, (column, "name"))
    return tuple(Guess(role, *found.get(role, ("", "none"))) for role in COLUMNS)


def _cells(chunk: Chunk) -> dict[str, pa.StringArray]:
    return {name: chunk.column(name) for name in chunk.columns}


def _examples(texts: pa.StringArray) -> tuple[str, ...]:
    filled = (text.strip() for text in texts.to_pylist() if text and text.strip())
    different = list(dict.fromkeys(filled))[:EXAMPLES]
    cut = EXAMPLE_LETTERS
    return tuple(text if len(text) <= cut else text[: cut - 1] + "…" for text in different)


def _shares(cells: dict[str, pa.StringArray], bounds: Bounds) -> dict[tuple[str, str], float]:
    """Tell for every role and column which share of the filled cells the role can use."""
    usable: dict[str, Callable[[pa.StringArray], float]] = {
        **dict.fromkeys(DATES, _dated),
        "time": _timed,
        "longitude": lambda texts: _within(texts, bounds, is_longitude=True),
        "latitude": lambda texts: _within(texts, bounds, is_longitude=False),
        "record_id": lambda texts: len(texts.unique()) / len(texts),
    }
    shares = {}
    for name, texts in cells.items():
        filled = pc.drop_null(clean(texts))
        for role in COLUMNS:
            if not len(filled):
                shares[role, name] = 0.0
            elif role in usable:
                shares[role, name] = usable[role](filled)
            else:
                shares[role, name] = len(filled) / len(texts)
    return shares


def _dated(texts: pa.StringArray) -> float:
    return float(np.mean(read_dates(texts).shape != NONE))


def _timed(texts: pa.StringArray) -> float:
    return float(np.mean(read_clocks(pc.coalesce(read_dates(texts).clock, texts)).shape != NONE))


def _within(texts: pa.StringArray, bounds: Bounds, *, is_longitude: bool) -> float:
    """Share of numbers that lie between the city's meridians, or its parallels."""
    plain = pc.if_else(pc.match_substring_regex(texts, NUMBER), texts, pa.scalar(None, pa.string()))
    numbers = pc.cast(pc.replace_substring(plain, ",", "."), pa.float64())
    values = np.asarray(pc.fill_null(numbers, np.nan), dtype=float)
    longitude = values if is_longitude else 0 * values + bounds.west
    latitude = 0 * values + bounds.south if is_longitude else values
    return float(np.mean(bounds.contain(longitude, latitude)))


def _is_undecided(texts: pa.StringArray) -> bool:
    """Whether the rows seen leave the order of day and month open."""
    evidence = DateEvidence()
    evidence.add(texts)
    try:
        evidence.settle(file="", column="")
    except SourceError:
        return True
    return False
