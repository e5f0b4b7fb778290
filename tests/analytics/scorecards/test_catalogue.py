"""The catalogue of indicators: complete, true to its source, its terms fixed in three languages."""

import csv
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics.errors import SourceError
from analytics.scorecards.catalogue import FOLDER, Words, load_catalogue
from analytics.settings import LANGUAGES

CATALOGUE = load_catalogue()
SHEETS = list(CATALOGUE.indicators.values())


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


@pytest.mark.shared
def test_every_field_that_the_source_gives_is_equal_to_it(shared_data: Path) -> None:
    source = rows(shared_data.parent / "seeds" / "indicators.csv")
    ours = {row["id"]: row for row in rows(FOLDER / "indicators.csv")}
    assert len(source) == 78
    assert [row["id"] for row in source] == list(ours)
    for row in source:
        assert {key: ours[row["id"]][key] for key in row if row[key]} == {
            key: value for key, value in row.items() if value
        }
        empty = {key for key in row if not row[key] and ours[row["id"]][key]}
        assert empty <= {"hierarchy", "quality"}, row["id"]


def test_the_sums_are_those_of_the_source() -> None:
    assert Counter(sheet.dimension for sheet in SHEETS) == {
        "institutional": 34,
        "political": 20,
        "territorial": 24,
    }
    assert Counter(sheet.unit for sheet in SHEETS) == {
        "count": 35,
        "percent": 24,
        "ordinal_high_medium_low": 6,
        "yes_no": 4,
        "time": 2,
        "text": 7,
    }
    levels = Counter(sheet.typology.level for sheet in SHEETS)
    assert levels == {"input": 4, "process": 6, "product": 33, "result": 27, "impact": 8}


def test_what_is_inferred_is_marked() -> None:
    for name in ("hierarchy", "quality"):
        bases = Counter(getattr(sheet.typology, f"{name}_basis") for sheet in SHEETS)
        assert bases == {"seed": 3, "inferred": 75}
    assert Counter(sheet.typology.dimension_basis for sheet in SHEETS)["inferred"] == 13
    assert Counter(sheet.typology.level_basis for sheet in SHEETS)["inferred"] == 11
    assert Counter(sheet.typology.measurement_basis for sheet in SHEETS)["inferred"] == 67
    assert Counter(sheet.typology.moment_basis for sheet in SHEETS)["inferred"] == 34
    assert Counter(sheet.typology.period_basis for sheet in SHEETS) == {
        "only_rhythm": 35,
        "first_rhythm": 26,
        "only_moment": 2,
        "no_text": 15,
    }


def test_names_and_definitions_are_there_and_differ_in_the_three_languages() -> None:
    for sheet in SHEETS:
        for words in (sheet.name, sheet.definition):
            texts = {words.of(language).strip().casefold() for language in LANGUAGES}
            assert len(texts) == 3, sheet.id
            assert all(texts), sheet.id
        assert all(0 < len(sheet.short.of(language)) <= 44 for language in LANGUAGES), sheet.id
        assert len({sheet.name.en, sheet.definition.en}) == 2


def every_text() -> Iterator[tuple[str, Words]]:
    for sheet in SHEETS:
        for words in (sheet.name, sheet.short, sheet.definition):
            yield sheet.id, words
        for told in ("methods", "audiences", "presentation", "periodicity", "baseline"):
            yield from ((sheet.id, words) for words in getattr(sheet, told))
    for category in CATALOGUE.categories.values():
        yield category.key, category.name
        yield category.key, category.short


def says(text: str, alternatives: str) -> bool:
    return any(
        re.search(rf"\b{re.escape(term)}", text, 0 if term.isupper() else re.IGNORECASE)
        for term in alternatives.split(";")
    )


@pytest.mark.parametrize("term", rows(FOLDER / "glossary.csv"), ids=lambda term: term["key"])
def test_a_term_of_the_glossary_is_said_alike_wherever_it_occurs(term: dict[str, str]) -> None:
    said = [(place, words) for place, words in every_text() if says(words.es, term["es"])]
    assert said
    for place, words in said:
        assert says(words.pt, term["pt"]), (place, words.pt)
        assert says(words.en, term["en"]), (place, words.en)


def test_effort_and_text_stay_out_of_scores() -> None:
    out = {sheet.id for sheet in SHEETS if not sheet.is_scored}
    assert {"INS-05", "INS-21", "POL-06", "POL-08", "POL-12", "TER-24"} <= out
    assert {sheet.unit for sheet in SHEETS if sheet.is_scored} == {
        "count",
        "percent",
        "ordinal_high_medium_low",
        "yes_no",
    }
    assert len(SHEETS) - len(out) == 60


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "indicators"
    shutil.copytree(FOLDER, folder)
    return folder


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "details"),
    [
        (
            "indicators.csv",
            "quantitative,product,management,inferred",
            "quantitative,produce,management,inferred",
            "catalogue.value",
            {"file": "indicators.csv", "row": 2, "column": "level", "value": "produce"},
        ),
        ("indicators.csv", ",12,only_moment", ",soon,only_moment", "catalogue.value", {"row": 2}),
        ("indicators.csv", "INS-02", "INS-01", "catalogue.repeated", {"row": 3}),
        ("indicators.csv", "value_rule", "rule", "catalogue.column", {"column": "value_rule"}),
        ("words.csv", "TER-24", "TER-25", "catalogue.words", {"value": "TER-24"}),
        ("phrases.csv", "method,Encuesta", "method,Censo", "catalogue.words", {"column": "method"}),
    ],
)  # fmt: skip
def test_a_faulty_file_is_refused_with_the_place_of_the_fault(
    copy: Path, name: str, old: str, new: str, code: str, details: dict[str, object]
) -> None:
    change(copy, name, old, new)
    with pytest.raises(SourceError) as refusal:
        load_catalogue(copy)
    assert refusal.value.code == code
    assert details.items() <= refusal.value.details.items()
