"""Reading a list of cities: who is in a cohort, and which rows cannot be told for certain.

A city is its name and its country, so San José of Costa Rica and San José of the United States are
two; a name that comes twice in one country is a duplicate unless it says more ("Rochester, New
York"). A row without a country is refused: guessing would enrol the wrong city.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path

import pandas as pd

from analytics.errors import ProgrammeError
from analytics.programmes.periods import working_days
from analytics.store.programmes import NewCity

COLUMNS = {
    "city": ("city", "ciudad", "cidade", "municipio", "name", "nombre"),
    "country": ("country_iso2", "country", "pais", "iso2"),
    "cohort": ("cohort", "cohorte", "coorte"),
    "start": ("start", "starts_on", "inicio"),
    "residents": ("residents", "population", "poblacion", "habitantes", "populacao"),
    "term_ends": ("term_ends", "fin_mandato", "fim_mandato"),
}


@dataclass(frozen=True)
class Refused:
    """A row left out: its line in the file, the city as written, and why."""

    line: int
    city: str
    reason: str


@dataclass(frozen=True)
class Roster:
    """Cities to enrol and rows that were refused."""

    cities: tuple[NewCity, ...]
    refused: tuple[Refused, ...]


def read_roster(path: Path, *, starts_on: date, cohort: str = "") -> Roster:
    """Read a CSV of cities.

    Parameters
    ----------
    path : Path
        With columns for city and country (two letters); cohort, start, residents and end of the
        mayor's term where known. Names of columns in Spanish, Portuguese or English.
    starts_on : date
        For rows that say no start of their own.
    cohort : str
        Only rows of this cohort; all where empty.

    Raises
    ------
    ProgrammeError
        ``roster.unreadable``; ``roster.no_column`` if there is none for city or country.
    """
    frame = _read(path)
    found: list[NewCity] = []
    refused: list[Refused] = []
    taken: set[str] = set()
    for line, values in enumerate(frame.itertuples(index=False), start=2):
        row = dict(zip(frame.columns, map(str, values), strict=True))
        if cohort and row.get("cohort", "") != cohort:
            continue
        name, country = row["city"].strip(), row["country"].strip().upper()
        key = _slug(f"{name}-{country}")
        reason = _reason(name, country, key in taken)
        if reason:
            refused.append(Refused(line, name, reason))
            continue
        try:
            found.append(_city(key, name, country, row, starts_on))
        except ValueError:
            refused.append(Refused(line, name, "wrong_value"))
            continue
        taken.add(key)
    return Roster(tuple(found), tuple(refused))


def _reason(name: str, country: str, is_taken: bool) -> str:
    if not name:
        return "no_name"
    if not country:
        return "no_country"
    if not re.fullmatch("[A-Z]{2}", country) or not _has_calendar(country):
        return "unknown_country"
    return "duplicate" if is_taken else ""


def _has_calendar(country: str) -> bool:
    day = date(2026, 1, 1)
    try:
        working_days(day, day.replace(day=2), country)
    except ProgrammeError:
        return False
    return True


def _city(key: str, name: str, country: str, row: Mapping[str, str], starts_on: date) -> NewCity:
    residents, term = row.get("residents", "").strip(), row.get("term_ends", "").strip()
    start = row.get("start", "").strip()
    return NewCity(
        key=key,
        name=name,
        country=country,
        starts_on=date.fromisoformat(start) if start else starts_on,
        residents=float(residents) if residents else None,
        term_ends=date.fromisoformat(term) if term else None,
    )


def _read(path: Path) -> pd.DataFrame:
    try:
        raw = path.read_bytes()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252")
        frame = pd.read_csv(
            StringIO(text), sep=None, engine="python", dtype=str, keep_default_na=False
        )
    except (OSError, ValueError) as error:
        raise ProgrammeError("roster.unreadable", file=path.name, problem=str(error)) from error
    names = {_slug(str(column)).replace("-", "_"): str(column) for column in frame.columns}
    told = {
        role: next((names[name] for name in known if name in names), None)
        for role, known in COLUMNS.items()
    }
    for role in ("city", "country"):
        if told[role] is None:
            raise ProgrammeError(
                "roster.no_column", file=path.name, column=role, known=", ".join(COLUMNS[role])
            )
    kept = {column: role for role, column in told.items() if column is not None}
    return frame[list(kept)].rename(columns=kept)


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
