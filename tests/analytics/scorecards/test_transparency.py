"""The Mexican layout: written, read back to the same plans, foreign files, faults by cell."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from analytics.commands.console import spanish
from analytics.errors import SourceError
from analytics.scorecards.office import EntryDesk, ValidationDesk
from analytics.scorecards.own import own_of
from analytics.scorecards.periods import parse
from analytics.scorecards.transparency import FIRST_ROW, HEADINGS, SHEET
from analytics.settings import load_settings
from analytics.store import scorecards
from analytics.store.database import open_database
from components.catalogue import translate
from tests.analytics.scorecards.builders import SHEETS, plan, reading
from tests.analytics.scorecards.test_entering import GOOD

PERIOD = parse("2026-S1")
LETTERS = {key: chr(ord("A") + i) for i, key in enumerate(HEADINGS)}
TARGETS = {"distribution": (0.0, 2.0), "yes_no": (None, None), "text": (None, None)}
ROW = {"name": "Familias atendidas", "area": "Social", "unit": "Familias", "frequency": "Mensual",
       "base": "1,200", "planned": 2000, "sense": "ASCENDENTE", "progress": 1500,
       "first": datetime(2026, 1, 1), "last": "30/06/2026",
       "formula": "A; A = familias"}  # fmt: skip


def desk_of(city: str) -> EntryDesk:
    return EntryDesk(open_database(load_settings()), city, "ana", date(2026, 11, 24))


@pytest.fixture
def desk(home) -> Iterator[EntryDesk]:
    desk = desk_of("quimera")
    yield desk
    desk.db.close()


def full(desk: EntryDesk) -> None:
    tags = {"formula": "(A / B) × 100", "variables": {"A": "firmados", "B": "todos"}}
    for key, sheet in SHEETS.items():
        base, target = TARGETS.get(sheet.value_rule, (0.0, 90.0))
        held = plan(key, base, target, target_adjusted=target, direction=sheet.direction, **tags)
        desk.save_plan(replace(held, base_on=date(2025, 12, 31), target_on=PERIOD.last))
    good = [reading(k, "2026-S1", **GOOD[sheet.value_rule]) for k, sheet in SHEETS.items()]
    ValidationDesk(desk.db, "quimera", "eva").validate(desk.enter(good))


def written(desk: EntryDesk, path: Path, *rows: dict[str, object]) -> Path:
    path.write_bytes(desk.layout("Ciudad", PERIOD, spanish))
    book = openpyxl.load_workbook(path)
    for number, row in enumerate(rows, start=FIRST_ROW + 1):
        for key, value in row.items():
            book[SHEET][f"{LETTERS[key]}{number}"] = value
    book.save(path)
    return path


def test_all_78_are_written_and_another_city_reads_them_to_the_same_plans(
    desk: EntryDesk, tmp_path: Path
) -> None:
    full(desk)
    path = written(desk, tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(path)[SHEET]
    rows = list(sheet.iter_rows(min_row=FIRST_ROW + 1, values_only=True))
    assert [row[-1] for row in rows] == list(SHEETS)
    assert sheet["C3"].value == "Ciudad"
    again = desk.enter_layout(path)
    assert (again.rows, again.plans, again.readings, again.faults) == (78, (), (), ())
    other = desk_of("otra")
    done = other.enter_layout(path)
    assert (len(done.plans), done.faults) == (78, ())
    numeric = [key for key, s in SHEETS.items() if "value" in GOOD[s.value_rule]]
    assert [value.indicator_id for value in done.readings] == numeric
    for key, held in desk.plans().items():
        copy = other.plans()[key]
        assert replace(copy, version=None) == replace(
            held,
            version=None,
            base_on=held.base_on if held.base_value is not None else None,
            target_on=held.target_on if held.target is not None else None,
            direction=held.direction,
        )


def test_what_the_catalogue_lacks_becomes_the_citys_own_where_its_place_is_told(
    desk: EntryDesk, tmp_path: Path
) -> None:
    path = written(desk, tmp_path / "a.xlsx", ROW)
    refused = desk.enter_layout(path)
    (fault,) = refused.faults
    assert (fault.place, fault.error.code) == (f"{SHEET}!{LETTERS['name']}8", "layout.unknown")
    assert desk.plans() == {}
    done = desk.enter_layout(path, ("territorial", "ownership"))
    assert done.faults == ()
    held = desk.plans()["LOC-01"]
    own = own_of(held)
    assert (own.name, own.value_rule, own.periodicity, own.unit) == (
        "Familias atendidas",
        "amount",
        "monthly",
        "Familias",
    )
    assert (held.base_value, held.target, held.owner) == (1200.0, 2000.0, "Social")
    assert (held.base_on, held.target_on) == (date(2025, 12, 31), date(2026, 6, 30))
    assert (held.formula, held.variables) == ("A", {"A": "familias"})
    (value,) = scorecards.readings(desk.db, "quimera")
    assert (value.value, value.state) == (1500.0, "draft")


def test_a_shorter_heading_and_other_columns_are_read(desk: EntryDesk, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    heads = ["Nombre del indicador", "UNIDAD DE MEDIDA", "Línea  Base", "Meta programada", "Otra",
             "Sentido", "Área responsable", "Nota", "Avance", "Ejercicio"]  # fmt: skip
    book.active.append(["Indicadores 2026"])
    book.active.append(heads)
    name = SHEETS["INS-23"].name.es.upper()
    book.active.append([name, "Número", "ND", "12", "x", "Ascendente", "RRII", None, "ND", 2026])
    book.save(tmp_path / "b.xlsx")
    assert desk.enter_layout(tmp_path / "b.xlsx").faults == ()
    held = desk.plans()["INS-23"]
    assert (held.base_value, held.target_planned, held.owner) == (None, 12.0, "RRII")


@pytest.mark.parametrize(
    ("changes", "at", "code"),
    [
        ({"base": "muchas"}, "base", "workbook.number"),
        ({"sense": "Circular"}, "sense", "layout.sense"),
        ({"sense": "Descendente"}, "sense", "entry.direction"),
        ({"frequency": "cada luna"}, "frequency", "layout.frequency"),
        ({"last": "junio"}, "last", "workbook.day"),
        ({"first": None}, "first", "layout.period"),
        ({"area": None}, "area", "entry.owner"),
        ({"planned": 1200}, "planned", "entry.target_is_base"),
        ({"progress": -3}, "progress", "entry.negative"),
        ({"unit": None}, "unit", "own.empty"),
        ({"last": datetime(2026, 12, 31)}, "last", "entry.period"),
    ],
)
def test_a_fault_is_named_by_its_cell_and_nothing_is_kept(
    desk: EntryDesk, tmp_path: Path, changes: dict[str, object], at: str, code: str
) -> None:
    good = {"name": SHEETS["INS-23"].name.pt, "area": "RRII", "planned": 5}
    path = written(desk, tmp_path / "a.xlsx", good, ROW | changes)
    done = desk.enter_layout(path, ("territorial", "ownership"))
    (fault,) = done.faults
    assert (fault.cell, fault.error.code) == (f"{LETTERS[at]}9", code)
    for language in ("es", "pt", "en"):
        assert "⟦" not in translate(language, f"error.{code}", **fault.error.details)
    assert (desk.plans(), scorecards.readings(desk.db, "quimera")) == ({}, [])


def test_one_name_twice_a_taken_period_and_foreign_sheets_are_refused(
    desk: EntryDesk, tmp_path: Path
) -> None:
    twice = written(desk, tmp_path / "a.xlsx", ROW, ROW)
    (fault,) = desk.enter_layout(twice, ("territorial", "ownership")).faults
    assert (fault.error.code, fault.cell) == ("workbook.repeated", f"{LETTERS['name']}9")
    desk.enter_layout(written(desk, tmp_path / "b.xlsx", ROW), ("territorial", "ownership"))
    changed = written(desk, tmp_path / "c.xlsx", ROW | {"progress": 1600})
    (fault,) = desk.enter_layout(changed).faults
    assert (fault.error.code, fault.cell) == ("scorecards.taken", f"{LETTERS['progress']}8")
    openpyxl.Workbook().save(tmp_path / "d.xlsx")
    with pytest.raises(SourceError, match=r"layout\.none"):
        desk.enter_layout(tmp_path / "d.xlsx")
    with pytest.raises(SourceError, match=r"layout\.nothing"):
        desk_of("otra").enter_layout(written(desk_of("otra"), tmp_path / "e.xlsx"))


def test_every_fault_of_a_row_is_named_by_its_cell_and_no_other(
    desk: EntryDesk, tmp_path: Path
) -> None:
    bad = ROW | {"base": "muchas", "planned": "más", "sense": "Circular",
                 "frequency": "cada luna", "area": None, "unit": None, "progress": -3,
                 "first": None, "last": "junio"}  # fmt: skip
    known = {"name": SHEETS["INS-15"].name.es, "area": "RRII", "base": 101, "planned": -2,
             "adjusted": 300, "progress": 120, "first": "01/07/2026", "last": "31/12/2026",
             "formula": "A / C; A = uno"}  # fmt: skip
    nameless = {"name": None, "area": "RRII", "base": "x"}
    path = written(desk, tmp_path / "a.xlsx", bad, known, nameless, {"name": "Otro", "area": None})
    found: dict[int, set[tuple[str, str]]] = {}
    letters = {letter: key for key, letter in LETTERS.items()}
    for fault in desk.enter_layout(path, ("territorial", "ownership")).faults:
        cell = (letters[fault.cell[0]], fault.error.code)
        assert cell not in found.setdefault(int(fault.cell[1:]), set())
        found[int(fault.cell[1:])].add(cell)
    assert found == {
        8: {("base", "workbook.number"), ("planned", "workbook.number"), ("unit", "own.empty"),
            ("sense", "layout.sense"), ("frequency", "layout.frequency"), ("area", "entry.owner"),
            ("progress", "entry.negative"), ("first", "layout.period"), ("last", "workbook.day")},
        9: {("base", "entry.share"), ("planned", "entry.share"), ("adjusted", "entry.share"),
            ("progress", "entry.share"), ("last", "entry.period"),
            ("formula", "formula.unexplained")},
        10: {("name", "own.empty"), ("base", "workbook.number"), ("unit", "own.empty")},
        11: {("area", "entry.owner"), ("unit", "own.empty")},
    }  # fmt: skip
    assert (desk.plans(), scorecards.readings(desk.db, "quimera")) == ({}, [])
