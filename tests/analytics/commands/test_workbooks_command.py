"""An office's workbook by command: written, filled in, taken in as drafts or refused by cell."""

import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from analytics.__main__ import app
from analytics.scorecards.workbooks import COLUMNS, FIRST_ROW
from analytics.settings import load_settings
from analytics.store import scorecards
from analytics.store.database import open_database
from tests.analytics.scorecards.builders import SHEETS, plan

COUNTED = next(key for key, sheet in sorted(SHEETS.items()) if sheet.value_rule == "whole")
CELL = f"{chr(ord('A') + COLUMNS.index('value'))}{FIRST_ROW + 1}"


@pytest.fixture
def book(home: Path, tmp_path: Path) -> Path:
    db = open_database(load_settings())
    scorecards.save_plan(db, "quimera", plan(COUNTED, None, None), actor="ana")
    db.close()
    path = tmp_path / "rrii.xlsx"
    words = ["scorecard-template", "--city", "quimera", "--office", "RRII", "--out", str(path)]
    done = CliRunner().invoke(app, [*words, "--period", "2026-S1", "--json"])
    assert json.loads(done.stdout)["offices"] == ["RRII"]
    return path


def put(path: Path, value: object) -> Path:
    held = openpyxl.load_workbook(path)
    held["Valores"][CELL] = value
    held.save(path)
    return path


def test_values_become_drafts(book: Path) -> None:
    done = CliRunner().invoke(app, ["scorecard-fill", str(put(book, 12)), "--city", "quimera"])
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "drafts: 1")
    (held,) = scorecards.readings(open_database(load_settings()), "quimera")
    assert (held.indicator_id, held.value) == (COUNTED, 12)


def test_a_fault_is_told_by_cell_and_nothing_is_kept(book: Path) -> None:
    done = CliRunner().invoke(app, ["scorecard-fill", str(put(book, -3)), "--city", "quimera"])
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Valores!{CELL}: ")
    assert scorecards.readings(open_database(load_settings()), "quimera") == []


def test_an_office_without_indicators_is_refused(book: Path, tmp_path: Path) -> None:
    words = ["scorecard-template", "--city", "quimera", "--office", "Otra"]
    done = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "x.xlsx")])
    assert (done.exit_code, (tmp_path / "x.xlsx").exists()) == (1, False)


def test_the_mexican_layout_is_written_and_taken_in_by_another_city(
    book: Path, tmp_path: Path
) -> None:
    out = tmp_path / "layout.xlsx"
    words = ["scorecard-layout", "--city", "quimera", "--period", "2026-S1", "--out", str(out)]
    assert CliRunner().invoke(app, words).exit_code == 0
    words = ["scorecard-layout-import", str(out), "--city", "quimera", "--json"]
    done = CliRunner().invoke(app, words)
    told = {"file": "layout.xlsx", "rows": 1, "plans": 0, "drafts": 0}
    assert json.loads(done.stdout) == told
    held = openpyxl.load_workbook(out)
    held.active["F8"], held.active["U8"] = "Otro indicador", ""
    held.save(out)
    refused = CliRunner().invoke(app, words)
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Reporte de Formatos!F8: ")
