"""Tidy tables of counts: told apart from lists of events, and read as monthly counts."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.errors import SourceError
from analytics.sources.cells import clean
from analytics.sources.column_names import guess_roles, name_key
from analytics.sources.columnar import stretches
from analytics.sources.mappings import Mapping
from analytics.sources.moment_texts import MONTHS
from analytics.sources.records import Table
from analytics.sources.sheets import PIVOT_COMMAND
from analytics.sources.tables import open_table
from analytics.sources.taxonomy import normalise

# Names are compared as `name_key` folds them. A count is named by COUNTS alone, or by a number
# of THINGS; any other word in the name (victims, days) makes it something else.
# fmt: off
COUNTS = frozenset({
    "n", "total", "cantidad", "cant", "caso", "case", "count", "conteo", "recuento", "frecuencia",
    "frequencia", "frequency", "freq", "quantidade", "qtd", "qtde",
})
NUMBER_OF = frozenset({"numero", "num", "nro", "number"})
THINGS = frozenset({
    "delito", "crime", "incidente", "incident", "hecho", "fato", "evento", "event", "denuncia",
    "ocorrencia", "ocurrencia", "registro", "record", "offense", "offence", "robo", "roubo",
    "hurto", "furto", "homicidio", "siniestro",
})
MONTH_NAMES = ("mes", "month")
AREA_NAMES = (
    "comuna", "municipio", "municipality", "localidad", "alcaldia", "distrito", "district",
    "barrio", "bairro", "colonia", "zona", "area", "cuadrante", "comisaria", "ciudad", "cidade",
    "city", "departamento", "provincia", "region", "estado", "state",
)
# fmt: on
FILLED = 0.9
_NIGHT = r"(?:[t ]00:00(?::00(?:\.0+)?)?)?(?:z|[+-]00(?::?00)?)?"
_YEAR = re.compile(r"(?P<year>(?:19|20)\d\d)")
# First days of months, and months without a day.
_PERIODS = tuple(
    re.compile(pattern.replace("YEAR", _YEAR.pattern).replace("MONTH", r"(?P<month>\d{1,2})"))
    for pattern in (
        rf"YEAR[-/.]MONTH(?:[-/.]0?1{_NIGHT})?",
        rf"0?1[-/.]MONTH[-/.]YEAR{_NIGHT}",
        rf"MONTH[-/.]0?1[-/.]YEAR{_NIGHT}",
        r"MONTH[-/.]YEAR",
    )
)
_NUMBER = r"^\d+(?:[.,]\d+)?$"


@dataclass(frozen=True)
class Fraction:
    """A count that is no whole number, as published: in row ``row`` of the file."""

    row: int
    area: str
    crime: str
    month: pd.Timestamp
    n: float


@dataclass(frozen=True)
class TidyCounts:
    """Monthly counts out of a tidy table.

    ``counts`` has a row per area, crime and month: ``area``, ``crime``, ``month`` (first day)
    and ``n``, a float only where ``fractions`` are not empty. ``columns`` tells which column of
    the file is which; rows that differ in other columns only are added up. ``by_year`` says that
    the file counts years, not months. ``not_numbers`` are cells where a count should be (row,
    column, text); empty cells are left out of the counts.
    """

    counts: pd.DataFrame
    columns: dict[str, str]
    by_year: bool
    fractions: tuple[Fraction, ...]
    not_numbers: tuple[tuple[int, str, str], ...]

    @property
    def counted(self) -> float:
        """The sum of all counts, as published."""
        return float(self.counts["n"].sum())


def refuse_aggregate(table: Table, told: Mapping) -> None:
    """Refuse a table whose rows are counts; its first chunk is looked at.

    It is one when a column is named like a count and holds numbers (not all 0 or 1, not the
    numbers of the rows), every date is the first day of a month or names no day, and no two rows
    agree in all other columns. A table with a time of day, coordinates or record ids is none.

    Raises
    ------
    SourceError
        ``source.aggregate`` names the file, the column and the command that reads it.
    """
    if told.record_id or (column := count_column(table, told)) is None:
        return
    raise SourceError(
        "source.aggregate", file=table.facts.path.name, column=column, command=PIVOT_COMMAND
    )


def count_column(table: Table, told: Mapping) -> str | None:
    """Return the column that makes a table one of counts; None for any other table."""
    named = [name for name in table.columns if is_count_name(name)]
    roles = guess_roles(table.columns) | dict(table.roles)
    record_id, moment = roles.get("record_id"), _moment(table.columns, told)
    if not named or moment is None or (record_id and record_id not in named):
        return None
    if roles.keys() & {"time", "end", "longitude", "latitude"} or told.longitude or told.latitude:
        return None
    chunk = next(table.chunks(), None)
    if chunk is None or len(chunk) < 2:
        return None
    dates = clean(chunk.column(moment))
    if dates.null_count or _period_pattern(pc.unique(dates).to_pylist()) is None:
        return None
    rows = chunk.rows
    for name in named:
        index = chunk.columns.index(name)
        others = {(*row[:index], *row[index + 1 :]) for row in rows}
        repeats = name == record_id
        if len(others) == len(chunk) and _holds_counts(chunk.column(name), repeats):
            return name
    return None


def is_count_name(name: str) -> bool:
    """Tell whether a column is named like a count, as ``total``, ``delito_n`` or ``casos``."""
    words = set(name_key(name).split())
    if not words or words - COUNTS - NUMBER_OF - THINGS:
        return False
    return bool(words & COUNTS) or bool(words & NUMBER_OF and words & THINGS)


def read_counts(
    path: Path,
    *,
    scratch: Path,
    told: Mapping | None = None,
    area: str | None = None,
    area_column: str | None = None,
) -> TidyCounts:
    """Read a tidy table of counts to the shape of :class:`analytics.sources.pivots.Pivot`.

    Parameters
    ----------
    path : Path
        Any format of :func:`analytics.sources.tables.open_table`.
    scratch : Path
        Folder where an archive is unpacked while it is read.
    told : Mapping, optional
        What the columns mean, where names do not tell.
    area : str, optional
        Only this area, compared without case and accents.
    area_column : str, optional
        Column of the areas; by default the first that is named like one (``AREA_NAMES``).

    Returns
    -------
    TidyCounts

    Raises
    ------
    SourceError
        ``source.not_counts`` if the table is none of counts; ``source.missing_column``;
        ``source.area_unknown``.
    """
    known = told or Mapping()
    with open_table(path, known, scratch=scratch) as table:
        columns = _columns(table, known, area_column)
        reader = _Reader(columns, normalise(area) if area else None)
        needed, by = sorted(set(filter(None, columns.values()))), columns["area"] if area else ""
        for numbers, cells in stretches(table, needed, by, reader.wants):
            reader.add(numbers, cells)
        table.check_unchanged()
    if area and not reader.frames:
        raise SourceError(
            "source.area_unknown",
            file=path.name,
            area=area,
            column=columns["area"] or "–",
            found=_some(reader.areas),
        )
    return reader.result(path.name)


def _columns(table: Table, told: Mapping, area_column: str | None) -> dict[str, str]:
    file, found = table.facts.path.name, ", ".join(table.columns)
    if area_column is not None and area_column not in table.columns:
        raise SourceError(
            "source.missing_column", file=file, column=area_column, key="area-column", found=found
        )
    count, moment = count_column(table, told), _moment(table.columns, told)
    if count is None or moment is None:
        raise SourceError("source.not_counts", file=file, found=found)
    category = told.category or guess_roles(table.columns).get("category", "")
    return {
        "area": area_column or _named(table.columns, AREA_NAMES) or "",
        "crime": category if category != count else "",
        "period": moment,
        "month": _named(table.columns, MONTH_NAMES) or "",
        "n": count,
    }


class _Reader:
    """Gathers counts a chunk at a time, of one area or of all."""

    def __init__(self, columns: dict[str, str], area: str | None) -> None:
        self.columns, self.area = columns, area
        self.frames: list[pd.DataFrame] = []
        self.areas: set[str] = set()

    def add(self, numbers: Any, cells: dict[str, pa.StringArray]) -> None:
        blank = pa.array([""] * len(numbers), pa.string())
        frame = pd.DataFrame({"row": numbers})
        for role, name in self.columns.items():
            texts = cells.get(name, blank) if name else blank
            plain = texts if role in ("area", "crime") else clean(texts)
            frame[role] = pd.Categorical(plain.to_pandas())
        frame["text"] = (cells[self.columns["n"]]).to_pandas()
        if self.area is not None:
            known = set(frame["area"].cat.categories)
            self.areas |= known
            frame = frame[frame["area"].isin([t for t in known if normalise(t) == self.area])]
        if len(frame):
            self.frames.append(frame.astype(dict.fromkeys(self.columns, "object")))

    def wants(self, area: str) -> bool:
        """Note an area of the file; tell whether it is the one that is read."""
        self.areas.add(area)
        return normalise(area) == self.area

    def result(self, file: str) -> TidyCounts:
        rows = pd.concat(self.frames, ignore_index=True)
        months, by_year = _months(rows["period"], rows["month"], file, self.columns["period"])
        texts = pa.array(rows["n"].fillna(""), pa.string())
        is_number = np.asarray(pc.match_substring_regex(texts, _NUMBER))
        wrong = rows[~is_number & rows["n"].notna()]
        clear = pd.DataFrame(
            {
                "row": rows["row"],
                "area": rows["area"].str.strip(),
                "crime": rows["crime"].str.strip(),
                "month": months,
                "n": rows["n"].where(is_number).str.replace(",", ".").astype(float),
            }
        ).dropna(subset="n")
        odd = clear[clear["n"] % 1 != 0]
        sums = clear.groupby(["area", "crime", "month"], sort=False)["n"].sum()
        counts = (sums.astype("int64") if odd.empty else sums).reset_index()
        return TidyCounts(
            counts,
            {role: name for role, name in self.columns.items() if name},
            by_year,
            tuple(Fraction(*row) for row in odd.itertuples(index=False, name=None)),
            tuple(
                (int(row), self.columns["n"], text)
                for row, text in zip(wrong["row"], wrong["text"], strict=True)
            ),
        )


def _months(
    periods: pd.Series, months: pd.Series, file: str, column: str
) -> tuple[pd.Series, bool]:
    """First days of the months, and whether the table counts years."""
    texts = periods.fillna("")
    pattern = _period_pattern(list(texts.unique()))
    if pattern is None:
        raise SourceError("source.not_counts", file=file, found=column)
    parts = {text: pattern.fullmatch(text) for text in texts.unique()}
    days = {}
    for text, match in parts.items():
        month = match.groupdict().get("month") if match else None
        days[text] = (match["year"] if match else "", int(month or 0))
    if pattern is not _YEAR:
        starts = {text: f"{year}-{month:02d}-01" for text, (year, month) in days.items()}
        found = pd.to_datetime(texts.map(starts))
        months_of = set(found.dt.month)
        return found, months_of == {1} and found.nunique() > 1
    numbers = months.fillna("").map({text: _month(text) for text in months.fillna("").unique()})
    by_year = not bool((numbers > 0).all())
    numbers = numbers.where(numbers > 0, 1)
    return pd.to_datetime(pd.DataFrame({"year": texts.astype(int), "month": numbers, "day": 1})), (
        by_year
    )


def _month(text: str) -> int:
    """1 to 12 for a month's number or name; 0 where there is none."""
    if text.isdigit():
        return int(text) if 1 <= int(text) <= 12 else 0
    return MONTHS.get(normalise(text)[:3], 0)


def _period_pattern(texts: Sequence[str]) -> re.Pattern[str] | None:
    """Return the one pattern that all texts have, months within 1 to 12."""
    for pattern in (*_PERIODS, _YEAR):
        matches = [pattern.fullmatch(text) for text in texts]
        if all(match and 1 <= int(match.groupdict().get("month") or 1) <= 12 for match in matches):
            return pattern
    return None


def _holds_counts(texts: pa.StringArray, must_repeat: bool) -> bool:
    cells = pc.drop_null(clean(texts))
    if len(cells) < max(2, FILLED * len(texts)):
        return False
    if not pc.all(pc.match_substring_regex(cells, _NUMBER)).as_py():
        return False
    values = np.asarray(pc.cast(pc.replace_substring(cells, ",", "."), pa.float64()))
    if must_repeat and len(np.unique(values)) == len(values):
        return False
    numbers_rows = len(values) > 2 and bool((np.diff(values) == 1).all())
    return bool(values.max() > 1) and not numbers_rows


def _moment(columns: Sequence[str], told: Mapping) -> str | None:
    if told.moment:
        return told.moment if told.moment in columns else None
    roles = guess_roles(columns)
    found = roles.get("datetime") or roles.get("date") or _named(columns, MONTH_NAMES)
    return found or None


def _named(columns: Iterable[str], names: Sequence[str]) -> str | None:
    by_key = {name_key(column): column for column in reversed(list(columns))}
    return next((by_key[name] for name in names if name in by_key), None)


def _some(areas: set[str], n: int = 10) -> str:
    listed = sorted(areas)
    return ", ".join(listed[:n]) + (" …" if len(listed) > n else "") if listed else "–"
