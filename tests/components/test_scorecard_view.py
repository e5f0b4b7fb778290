"""Every indicator of the catalogue is entered, shown and exported according to its kind."""

import csv
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell

from analytics.exports.xlsx import frame_xlsx
from analytics.scorecards.assessing import number_of
from analytics.scorecards.office import EntryDesk, ValidationDesk, read_scorecard
from analytics.scorecards.periods import parse
from analytics.scorecards.scoring import Scorecard
from analytics.settings import LANGUAGES, load_settings
from analytics.store.database import open_database
from components import downloads, scorecard_sheet, scorecard_view
from components import scorecard_words as words
from components.language import speaking
from tests.analytics.scorecards.builders import SHEETS, plan, reading
from tests.analytics.scorecards.test_entering import GOOD

PERIOD, TODAY = parse("2026-S1"), date(2026, 11, 24)
TARGETS = {"distribution": (0.0, 2.0), "yes_no": (None, None), "text": (None, None)}
RISKY = "=HYPERLINK(1)"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scorecard]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CABILDO_HOME", str(tmp_path_factory.mktemp("wide")))
        db = open_database(load_settings())
        desk = EntryDesk(db, "quimera", "ana", TODAY)
        for key, sheet in SHEETS.items():
            base, target = TARGETS.get(sheet.value_rule, (0.0, 90.0))
            desk.save_plan(plan(key, base, target, owner=RISKY))
        entered = [
            reading(key, PERIOD.key, **{"evidence": "@acta"} | GOOD[sheet.value_rule])
            for key, sheet in SHEETS.items()
        ]
        ValidationDesk(db, "quimera", "eva").validate(desk.enter(entered))
        yield read_scorecard(db, "quimera", PERIOD, TODAY)
        db.close()


@pytest.fixture(scope="module")
def frame(shown: Scorecard) -> Any:
    with speaking("es"):
        return scorecard_view.table(shown)


@pytest.fixture(scope="module")
def from_csv(frame: Any) -> dict[str, Row]:
    text = downloads.csv_bytes(frame).decode("utf-8-sig")
    return {row["indicator"]: row for row in csv.DictReader(StringIO(text))}


@pytest.fixture(scope="module")
def from_xlsx(frame: Any) -> dict[str, dict[str, Cell]]:
    book = load_workbook(BytesIO(frame_xlsx(frame, "Indicadores")))
    head, *rows = book["Indicadores"].iter_rows()
    names = [cell.value for cell in head]
    return {str(row[0].value): dict(zip(names, row, strict=True)) for row in rows}


@pytest.mark.parametrize("key", SHEETS)
def test_an_indicator_is_shown_and_exported_by_its_kind(
    shown: Scorecard, from_csv: dict[str, Row], from_xlsx: dict[str, dict[str, Cell]], key: str
) -> None:
    found = shown.of(key)
    assert found is not None
    assert found.latest is not None
    good = GOOD[found.sheet.value_rule]
    assert {name: getattr(found.latest, name) for name in good} == good
    for language in LANGUAGES:
        with speaking(language):
            said = words.reading(found.sheet, found.latest)
            rows = dict(scorecard_sheet.proof_rows(found))
            assert said
            assert words.name(found.sheet) == found.sheet.name.of(language)
            assert "⟦" not in " ".join([said, words.status(found.status), *rows, *rows.values()])
    with speaking("es"):
        said = words.reading(found.sheet, found.latest)
    number = number_of(found.sheet, found.latest)
    row, sheet_row = from_csv[key], from_xlsx[key]
    assert row["value"] == sheet_row["value"].value == said
    assert (float(row["number"]) if row["number"] else None) == number
    assert sheet_row["number"].value == number
    assert (float(row["score"]) if row["score"] else None) == found.score
    assert sheet_row["score"].value == pytest.approx(found.score)


def test_what_looks_like_a_formula_runs_in_neither_file(
    from_csv: dict[str, Row], from_xlsx: dict[str, dict[str, Cell]]
) -> None:
    assert {row["owner"] for row in from_csv.values()} == {f"'{RISKY}"}
    cells = [cell for row in from_xlsx.values() for cell in row.values()]
    assert {row["owner"].value for row in from_xlsx.values()} == {RISKY}
    assert all(cell.data_type != "f" for cell in cells)
    risky = [cell for cell in cells if str(cell.value).startswith(("=", "@"))]
    assert len(risky) >= 2 * len(SHEETS) - 4  # the proof of a yes is a document of its own
    assert all(cell.quotePrefix for cell in risky)


def test_the_numbers_of_the_files_are_those_of_the_page(shown: Scorecard, frame: Any) -> None:
    with speaking("es"):
        for a, row in zip(shown.assessments, frame.to_dict("records"), strict=True):
            if row["number"] == row["number"] and a.sheet.value_rule != "distribution":
                assert words.level(a.sheet, row["number"]) == row["value"]
    assert list(frame["target_planned"].dropna()) == [
        a.plan.target_planned for a in shown.assessments if a.plan.target_planned is not None
    ]
