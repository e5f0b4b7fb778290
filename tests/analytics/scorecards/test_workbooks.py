"""The template of an office: made, filled in, read back; every fault named by its cell."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from analytics.errors import AnalyticsError, FilterError
from analytics.scorecards import workbooks
from analytics.scorecards.office import EntryDesk
from analytics.scorecards.periods import parse
from analytics.scorecards.workbooks import COLUMNS, FIRST_ROW
from analytics.settings import load_settings
from analytics.store import scorecards
from analytics.store.database import open_database
from components.catalogue import translate
from tests.analytics.scorecards.builders import SHEETS, plan, reading
from tests.analytics.scorecards.test_entering import GOOD

PERIOD = parse("2026-S1")
LETTERS = {name: chr(ord("A") + i) for i, name in enumerate(COLUMNS)}
ROWS = {key: row for row, key in enumerate(sorted(SHEETS), start=FIRST_ROW + 1)}


def word(key: str, **values: object) -> str:
    return translate("es", key, **values)


@pytest.fixture
def desk(home) -> Iterator[EntryDesk]:
    db = open_database(load_settings())
    for key in SHEETS:
        scorecards.save_plan(db, "quimera", plan(key, None, None), actor="ana")
    yield EntryDesk(db, "quimera", "ana", date(2026, 11, 24))
    db.close()


def filled(desk: EntryDesk, path: Path, cells: dict[str, object]) -> Path:
    path.write_bytes(desk.template("RRII", PERIOD, word=word, language="es"))
    book = openpyxl.load_workbook(path)
    for cell, value in cells.items():
        book["Valores"][cell] = value
    book.save(path)
    return path


def cells_of(key: str, values: dict[str, object]) -> dict[str, object]:
    said = {True: "sí", False: "No"}
    return {
        f"{LETTERS[name]}{ROWS[key]}": said[value] if isinstance(value, bool) else value
        for name, value in values.items()
    }


def test_each_of_the_78_indicators_comes_back_as_a_draft(desk: EntryDesk, tmp_path: Path) -> None:
    cells: dict[str, object] = {}
    for key, sheet in SHEETS.items():
        cells |= cells_of(key, GOOD[sheet.value_rule])
    done = desk.enter_template(filled(desk, tmp_path / "a.xlsx", cells))
    assert (done.faults, len(done.readings)) == ((), 78)
    for saved in scorecards.readings(desk.db, "quimera"):
        good = GOOD[SHEETS[saved.indicator_id].value_rule]
        assert {name: getattr(saved, name) for name in good} == good
        assert (saved.state, saved.entered_by) == ("draft", "ana")


@pytest.mark.parametrize(
    ("key", "values", "at", "code"),
    [
        ("INS-15", {"value": 101}, "value", "entry.share"),
        ("INS-09", {"value": -1}, "value", "entry.negative"),
        ("INS-09", {"value": 2.5}, "value", "entry.fraction"),
        ("INS-09", {"value": "tres"}, "value", "workbook.number"),
        ("INS-13", {"high": 1.5, "medium": 0, "low": 0}, "high", "workbook.whole"),
        ("INS-09", {"yes": "No"}, "yes", "workbook.other_kind"),
        ("INS-30", {"yes": "tal vez"}, "yes", "workbook.answer"),
        ("INS-30", {"yes": True, "happened_on": "marzo"}, "happened_on", "workbook.day"),
        ("INS-09", {"value": 1, "period": "2025-S2"}, "period", "workbook.period"),
        ("INS-09", {"indicator": "NO-01"}, "indicator", "entry.unknown"),
        ("INS-09", {"indicator": "INS-01"}, "indicator", "workbook.repeated"),
    ],
)
def test_a_fault_is_named_by_cell_and_nothing_is_kept(
    desk: EntryDesk, tmp_path: Path, key: str, values: dict[str, object], at: str, code: str
) -> None:
    cells = cells_of("INS-23", {"value": 3}) | cells_of(key, values)
    done = desk.enter_template(filled(desk, tmp_path / "a.xlsx", cells))
    (fault,) = done.faults
    assert (fault.cell, fault.error.code) == (f"{LETTERS[at]}{ROWS[key]}", code)
    for language in ("es", "pt", "en"):
        assert "⟦" not in translate(language, f"error.{code}", **fault.error.details)
    assert scorecards.readings(desk.db, "quimera") == []


def test_a_period_on_record_is_not_written_over(desk: EntryDesk, tmp_path: Path) -> None:
    desk.enter([reading("INS-23", "2026-Q1", value=1.0)])
    done = desk.enter_template(filled(desk, tmp_path / "a.xlsx", cells_of("INS-23", {"value": 3})))
    assert [fault.error.code for fault in done.faults] == ["scorecards.overlap"]


def test_what_is_no_current_template_of_the_city_is_refused(
    desk: EntryDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def code(path: Path, who: EntryDesk = desk) -> str:
        with pytest.raises(AnalyticsError) as refused:
            who.enter_template(path)
        return refused.value.code

    path = filled(desk, tmp_path / "a.xlsx", {})
    assert code(path) == "workbook.nothing"
    assert code(path, EntryDesk(desk.db, "otra", "ana", desk.today)) == "workbook.city"
    monkeypatch.setattr(workbooks, "VERSION", 0)
    assert code(filled(desk, tmp_path / "b.xlsx", {})) == "workbook.version"
    openpyxl.Workbook().save(tmp_path / "c.xlsx")
    assert code(tmp_path / "c.xlsx") == "workbook.no_template"


def test_an_office_gets_its_own_and_a_name_like_a_formula_runs_nothing(
    desk: EntryDesk, tmp_path: Path
) -> None:
    desk.save_plan(plan("INS-23", 0.0, 9.0, owner="=1+1", version=1))
    path = tmp_path / "a.xlsx"
    path.write_bytes(desk.template("=1+1", PERIOD, word=word, language="pt"))
    sheet = openpyxl.load_workbook(path)["Valores"]
    assert [row[0].value for row in sheet.iter_rows(min_row=FIRST_ROW + 1)] == ["INS-23"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    with pytest.raises(FilterError, match=r"workbook\.no_office"):
        desk.template("nadie", PERIOD, word=word, language="es")
