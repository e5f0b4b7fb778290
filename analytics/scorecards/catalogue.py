"""The catalogue of indicators: 78 sheets in three languages, and what in them is inferred.

The files lie in ``data/reference/indicators`` and are described in ``data/README.md``. Spanish
texts and typology are AL-LAs' Cuaderno 8 (2018) as transcribed; every ``*_basis`` says ``seed``
where the book states the value and ``inferred`` where it does not.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analytics.errors import SourceError
from analytics.settings import LANGUAGES, ROOT

FOLDER = ROOT / "data" / "reference" / "indicators"
DIMENSIONS = ("institutional", "political", "territorial")
LEVELS = ("input", "process", "product", "result", "impact")
HIERARCHIES = ("management", "strategic")
BASES = ("seed", "inferred")
VALUE_RULES = (
    "whole",
    "amount",
    "share",
    "change",
    "ratio",
    "hours",
    "distribution",
    "yes_no",
    "text",
)
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "dimension": DIMENSIONS,
    "measurement": ("quantitative", "qualitative"),
    "level": LEVELS,
    "hierarchy": HIERARCHIES,
    "quality": ("efficacy", "efficiency", "effectiveness"),
    "unit": ("count", "percent", "ordinal_high_medium_low", "yes_no", "time", "text"),
    "value_rule": VALUE_RULES,
    "evaluation_moment": ("ex_ante", "concurrent", "ex_post", "both", ""),
    "direction_suggested": ("up", "down", "none"),
    "period_basis": ("only_rhythm", "first_rhythm", "only_moment", "no_text"),
    "dimension_basis": BASES,
    "measurement_basis": BASES,
    "level_basis": BASES,
    "hierarchy_basis": BASES,
    "quality_basis": BASES,
    "moment_basis": (*BASES, ""),
}
PHRASES = {
    "method": "collection_methods_es",
    "audience": "audiences_es",
    "presentation": "presentation_es",
    "periodicity": "periodicity_es",
    "baseline": "baseline_es",
}
SCORED_LEVELS = ("product", "result", "impact")


@dataclass(frozen=True)
class Words:
    """One text of the catalogue in the three languages."""

    es: str
    pt: str
    en: str

    def of(self, language: str) -> str:
        """Return the text in ``es``, ``pt`` or ``en``."""
        text: str = getattr(self, language)
        return text


@dataclass(frozen=True)
class Category:
    """A group of indicators; ``short`` fits the label of a row."""

    key: str
    name: Words
    short: Words


@dataclass(frozen=True)
class Typology:
    """What kind of indicator it is, and for each property whether the book says so.

    ``*_basis`` is ``seed`` or ``inferred``; ``period_basis`` tells how ``period_months`` was
    inferred from the wording of the periodicity; ``moment`` is empty where the book gives none.
    """

    measurement: str
    measurement_basis: str
    level: str
    level_basis: str
    hierarchy: str
    hierarchy_basis: str
    quality: str
    quality_basis: str
    moment: str
    moment_basis: str
    dimension_basis: str
    period_months: float
    period_basis: str


@dataclass(frozen=True)
class Indicator:
    """One sheet of the catalogue, or one that a city added.

    ``value_rule`` says which values it may have: ``whole`` and ``amount`` ≥ 0, ``share`` in percent
    0–100, ``change`` in percent of any sign, ``ratio`` in percent ≥ 0, ``hours`` ≥ 0,
    ``distribution``, ``yes_no``, ``text``. ``direction`` is +1, −1 or 0 (effort: context only).
    """

    id: str
    dimension: str
    category: str
    unit: str
    value_rule: str
    direction: int
    typology: Typology
    name: Words
    short: Words
    definition: Words
    methods: tuple[Words, ...]
    audiences: tuple[Words, ...]
    presentation: tuple[Words, ...]
    periodicity: tuple[Words, ...]
    baseline: tuple[Words, ...]
    source_line: str
    notes: str

    @property
    def is_scored(self) -> bool:
        """Whether it may enter a composite: product, result or impact; no effort, no text."""
        return (
            self.direction != 0
            and self.typology.level in SCORED_LEVELS
            and self.value_rule not in ("hours", "text")
        )


@dataclass(frozen=True)
class Catalogue:
    """All sheets by id and all categories by key, in the files' order."""

    indicators: Mapping[str, Indicator]
    categories: Mapping[str, Category]


Row = dict[str, str]


@cache
def load_catalogue(folder: Path = FOLDER) -> Catalogue:
    """Read and check the catalogue's files.

    Raises
    ------
    SourceError
        ``catalogue.column`` if a file lacks a column, ``catalogue.value`` if a cell holds what it
        may not (file, row, column, value, what is allowed), ``catalogue.words`` if a text has no
        translation, ``catalogue.repeated`` if an id stands twice.
    """
    categories = {
        row["key"]: Category(row["key"], _words(row), _words(row, "short_"))
        for row in _rows(folder / "categories.csv", ("key", *LANGUAGES))
    }
    phrases = {(row["field"], row["es"]): _words(row) for row in _phrases(folder)}
    words = _by_id(folder / "words.csv", ("name_pt", "name_en", "definition_es"))
    needed = (*ALLOWED, "category", "period_months", "indicator_es", *PHRASES.values())
    path = folder / "indicators.csv"
    indicators = {}
    for number, (key, row) in enumerate(_by_id(path, needed).items(), start=2):
        _check(path, number, row, tuple(categories))
        if key not in words:
            raise SourceError("catalogue.words", file="words.csv", column="id", value=key)
        indicators[key] = _indicator(row, words[key], phrases)
    return Catalogue(indicators, categories)


def _indicator(row: Row, words: Row, phrases: Mapping[tuple[str, str], Words]) -> Indicator:
    def told(field: str) -> tuple[Words, ...]:
        parts = [part for part in row[PHRASES[field]].split("; ") if part]
        lacking = [part for part in parts if (field, part) not in phrases]
        if lacking:
            raise SourceError("catalogue.words", file="phrases.csv", column=field, value=lacking[0])
        return tuple(phrases[field, part] for part in parts)

    return Indicator(
        id=row["id"],
        dimension=row["dimension"],
        category=row["category"],
        unit=row["unit"],
        value_rule=row["value_rule"],
        direction={"up": 1, "down": -1, "none": 0}[row["direction_suggested"]],
        typology=_typology(row),
        name=_words({"es": row["indicator_es"], "pt": words["name_pt"], "en": words["name_en"]}),
        short=_words(words, "short_"),
        definition=_words(words, "definition_"),
        methods=told("method"),
        audiences=told("audience"),
        presentation=told("presentation"),
        periodicity=told("periodicity"),
        baseline=told("baseline"),
        source_line=row["source_line"],
        notes=row["notes"],
    )


def _typology(row: Row) -> Typology:
    names = ("measurement", "level", "hierarchy", "quality")
    values = {name: row[name] for name in (*names, *(f"{name}_basis" for name in names))}
    return Typology(
        **values,
        moment=row["evaluation_moment"],
        moment_basis=row["moment_basis"],
        dimension_basis=row["dimension_basis"],
        period_months=float(row["period_months"]),
        period_basis=row["period_basis"],
    )


def _check(path: Path, number: int, row: Row, categories: tuple[str, ...]) -> None:
    for column, allowed in {**ALLOWED, "category": categories}.items():
        if row[column] not in allowed:
            raise _value(path, number, column, row[column], ", ".join(filter(None, allowed)))
    try:
        months = float(row["period_months"])
    except ValueError:
        months = 0.0
    if not 0 < months <= 120:
        raise _value(path, number, "period_months", row["period_months"], "0–120")


def _value(path: Path, number: int, column: str, value: str, allowed: str) -> SourceError:
    return SourceError(
        "catalogue.value",
        file=path.name,
        row=number,
        column=column,
        value=value,
        allowed=allowed,
    )


def _by_id(path: Path, columns: tuple[str, ...]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for number, row in enumerate(_rows(path, ("id", *columns)), start=2):
        if row["id"] in found:
            raise SourceError("catalogue.repeated", file=path.name, row=number, value=row["id"])
        found[row["id"]] = row
    return found


def _phrases(folder: Path) -> Iterator[Row]:
    yield from _rows(folder / "phrases.csv", ("field", *LANGUAGES))


def _rows(path: Path, columns: tuple[str, ...]) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as source:
        reader = csv.DictReader(source)
        lacking = [name for name in columns if name not in (reader.fieldnames or ())]
        if lacking:
            raise SourceError("catalogue.column", file=path.name, column=lacking[0])
        return list(reader)


def _words(row: Mapping[str, str], prefix: str = "") -> Words:
    return Words(*(row[f"{prefix}{language}"] for language in LANGUAGES))
