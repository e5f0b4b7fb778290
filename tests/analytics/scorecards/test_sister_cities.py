"""Sister cities by id: directions, repeats, bad rows, and the real list's degrees."""

from datetime import date
from pathlib import Path

import pytest

from analytics.errors import FilterError, SourceError
from analytics.scorecards.registers import check_entry
from analytics.scorecards.sister_cities import entries_of, read_relations

NAMES = "Q1\tUno\nQ2\tDos\nQ3\tTres\nQ4\tDos\n"
PAIRS = "Q1\tQ2\nQ2\tQ1\nQ3\tQ1\nQ1\tQ2\nQ1\tQ1\nQ2\tQ4\n"


def folder(where: Path, names: str = NAMES, pairs: str = PAIRS) -> Path:
    (where / "names.tsv").write_text(names, encoding="utf-8")
    (where / "relations.tsv").write_text(pairs, encoding="utf-8")
    return where


def refused(kind: type[Exception], code: str) -> pytest.RaisesExc:
    return pytest.RaisesExc(kind, check=lambda error: error.code == code)


def test_a_repeated_pair_counts_once_and_a_one_way_pair_is_told(tmp_path):
    found = read_relations(folder(tmp_path), "Q1")
    assert [(r.id, r.label, r.direction) for r in found] == [
        ("Q2", "Dos", "mutual"),
        ("Q3", "Tres", "incoming"),
    ]
    one, other = entries_of(found, "lista", date(2016, 1, 1))
    assert (one.aspect, other.aspect, one.reference, one.evidence) == (
        "mutual",
        "incoming",
        "Q2",
        "2016-01-01",
    )
    assert check_entry(one) == one


def test_cities_of_one_name_stay_two(tmp_path):
    pairs = "Q1\tQ2\nQ1\tQ4\n"
    found = read_relations(folder(tmp_path, pairs=pairs), "Q1")
    assert [(r.id, r.label) for r in found] == [("Q2", "Dos"), ("Q4", "Dos")]


@pytest.mark.parametrize(
    ("city", "kind", "code"),
    [("Santiago", FilterError, "sister.id"), ("Q9", FilterError, "sister.unknown")],
)
def test_a_city_is_named_by_an_id_that_the_list_knows(tmp_path, city, kind, code):
    with refused(kind, code):
        read_relations(folder(tmp_path), city)


@pytest.mark.parametrize(
    ("names", "pairs", "code"),
    [
        (NAMES, "Q1\tQ2\tQ3\n", "sister.row"),
        (NAMES, "Q1\tDos\n", "sister.row"),
        (NAMES, "Q1\tQ77\n", "sister.name"),
        ("Uno\tQ1\n", PAIRS, "sister.row"),
    ],
)
def test_a_row_that_cannot_be_joined_is_named(tmp_path, names, pairs, code):
    with refused(SourceError, code):
        read_relations(folder(tmp_path, names, pairs), "Q1")


def test_a_missing_or_foreign_file_is_named(tmp_path):
    with refused(SourceError, "sister.file"):
        read_relations(tmp_path, "Q1")
    folder(tmp_path)
    (tmp_path / "relations.tsv").write_bytes(b"Q1\tQ2\n\xff\xfe")
    with refused(SourceError, "sister.file"):
        read_relations(tmp_path, "Q1")


@pytest.mark.shared
def test_the_real_list_gives_the_degrees_that_its_description_counts(shared_data):
    degrees = {"Q1486": 67, "Q1489": 49, "Q2887": 22, "Q1335": 16, "Q2841": 15, "Q48278": 14}
    found = {
        city: [r.direction for r in read_relations(shared_data / "sister-cities", city)]
        for city in degrees
    }
    assert {c: sum(d != "incoming" for d in told) for c, told in found.items()} == degrees
    # Mexico City names 49 and one more names it; Montevideo 16 and two more.
    assert (len(found["Q1489"]), found["Q1489"].count("mutual")) == (50, 48)
    assert (len(found["Q1335"]), found["Q1335"].count("mutual")) == (18, 14)
