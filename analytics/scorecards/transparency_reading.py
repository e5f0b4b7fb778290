"""Reading the Mexican transparency layout: plans and values, or every fault named by its cell.

A row is the indicator whose id stands in its note, or whose name it has in any language. A row that
is none becomes an indicator of the city's own, where the reader says in which dimension and
category. Empty cells change nothing. Progress in words (yes, high, a text) is not read: the layout
has no place for its evidence.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from analytics.errors import FilterError, SourceError, StoreError
from analytics.scorecards.catalogue import DIMENSIONS, Indicator
from analytics.scorecards.entering import check_plan, check_reading
from analytics.scorecards.own import OwnSheet, catalogue_of, check_own, next_id, own_of, sheet_of
from analytics.scorecards.transparency import HEADINGS, LEVELS
from analytics.scorecards.transparency_cells import (
    day_of,
    folded,
    number_of,
    rhythm_of,
    text_of,
    way_of,
)
from analytics.scorecards.workbook_reading import Fault, Measured
from analytics.sources.sheets import load_sheet, open_workbook
from analytics.store.scorecard_values import Plan, Reading

HEAD_WITHIN = 20  # rows
LEAST_HEADINGS = 8
# How a heading begins, without accents and case: publishers shorten and extend the law's.
BEGINS: Mapping[str, tuple[str, ...]] = {
    "year": ("ejercicio",),
    "first": ("fecha de inicio",),
    "last": ("fecha de termino",),
    "name": ("nombre(s) del", "nombre del(os)", "nombre del indicador", "nombre de los indic"),
    "definition": ("definicion",),
    "formula": ("metodo de calculo",),
    "unit": ("unidad",),
    "frequency": ("frecuencia",),
    "base": ("linea base",),
    "planned": ("metas programadas", "meta programada"),
    "adjusted": ("metas ajustadas", "meta ajustada"),
    "progress": ("avance",),
    "sense": ("sentido",),
    "area": ("area",),
    "note": ("nota",),
    "programme": ("nombre del programa",),
    "objective": ("objetivo",),
    "aspect": ("dimension",),
    "source": ("fuente",),
    "updated": ("fecha de actualizacion",),
    "validated": ("fecha de validacion",),
}
NUMERIC = ("whole", "amount", "share", "change", "ratio", "hours")
# Where a field of a plan, a sheet or a value stands in the layout.
COLUMN_OF = {
    "base_value": "base",
    "target_planned": "planned",
    "target_adjusted": "adjusted",
    "target_on": "last",
    "owner": "area",
    "direction": "sense",
    "variables": "formula",
    "formula": "formula",
    "method": "base",
    "value": "progress",
    "period": "last",
    "name": "name",
    "unit": "unit",
    "definition": "definition",
}
# What takes the place of a plan's field at fault, so that its other faults are found too.
MENDED: Mapping[str, Mapping[str, Any]] = {
    "owner": {"owner": "—"},
    "base_value": {"base_value": None},
    "target_planned": {"target_planned": None},
    "target_adjusted": {"target_adjusted": None},
    "target_on": {"target_on": None},
    "direction": {"direction": 0},
    "formula": {"formula": "", "variables": {}},
}
Read = TypeVar("Read")
Judged = TypeVar("Judged", Plan, Reading, OwnSheet)
ID = re.compile(r"\b[A-Z]{3}-\d+\b")


@dataclass(frozen=True)
class Layout:
    """What a file says: plans that change, values to be entered as drafts, and faults.

    ``rows`` counts the indicators read. Nothing may be kept while there are faults.
    """

    plans: tuple[Plan, ...]
    readings: tuple[Reading, ...]
    faults: tuple[Fault, ...]
    rows: int


def read_layout(path: Path, held: Measured, place: tuple[str, str] | None = None) -> Layout:
    """Read a file in the layout.

    Parameters
    ----------
    path : Path
    held : Measured
        What the city measures and has on record.
    place : (str, str), optional
        Dimension and category of indicators that the catalogue does not have; without it they are
        faults.

    Raises
    ------
    SourceError
        ``layout.none`` if no sheet has the layout's headings, ``layout.nothing`` without a row,
        and as :func:`analytics.sources.sheets.open_workbook`.
    """
    name, top, columns, rows = _table(path)
    plans = dict(held.plans)
    changed: dict[str, Plan] = {}
    readings, faults, n, seen = [], [], 0, dict[str, int]()
    for number, cells in enumerate(rows[top + 1 :], start=top + 2):
        row = {key: cells[i] if i < len(cells) else "" for key, i in columns.items()}
        if not any(text_of(value) for value in row.values()):
            continue
        n += 1
        found = _Row(row, replace(held, plans=plans, catalogue=catalogue_of(plans)), place, [])
        plan, value = found.read(seen, number)
        for error in found.faults:
            key = COLUMN_OF.get(str(error.details.get("field")), str(error.details.get("field")))
            faults.append(Fault(name, _cell(columns.get(key, columns["name"]), number), error))
        if plan is None or found.faults:
            continue
        if plan != plans.get(plan.indicator_id):
            plans[plan.indicator_id] = changed[plan.indicator_id] = plan
        readings += [value] if value else []
    if not n:
        raise SourceError("layout.nothing", file=path.name)
    return Layout(tuple(changed.values()), tuple(readings), tuple(faults), n)


@dataclass(frozen=True)
class _Row:
    row: Mapping[str, Any]
    held: Measured
    place: tuple[str, str] | None
    faults: list[FilterError | StoreError]

    def read(self, seen: dict[str, int], number: int) -> tuple[Plan | None, Reading | None]:
        """Return the row's plan and value; ``faults`` holds all that is wrong with them.

        ``seen`` tells where indicators stood in the rows before.
        """
        key = self._known()
        way = self._cell(way_of, self.row.get("sense"))
        start = self.held.plans.get(key) if key else self._new(way)
        if start is None:
            start = Plan(key, direction=self.held.catalogue.indicators[key].direction)
        at = seen.setdefault(folded(self._sheet(start).name.es), number)
        if at != number:
            told = {"indicator": start.indicator_id, "row": at}
            self.faults.append(FilterError("workbook.repeated", field="name", **told))
        plan = self._plan(start, way)
        return plan, self._reading(plan)

    def _cell(self, read: Callable[..., Read], *given: Any) -> Read | None:
        """Return what a cell says; None where it says nothing or its fault is noted."""
        try:
            return read(*given)
        except FilterError as error:
            self.faults.append(error)
            return None

    def _judged(
        self,
        check: Callable[[Judged], Judged],
        thing: Judged,
        mended: Mapping[str, Mapping[str, Any]],
    ) -> Judged:
        """Note every fault that a check finds, one after the other, and return what has none.

        ``mended`` tells what takes the place of a field at fault, so that the next one is found.
        """
        left = dict(mended)
        while True:
            try:
                return check(thing)
            except FilterError as error:
                field = str(error.details.get("field"))
                self.faults.append(error)
                if field not in left:
                    return thing
                thing = replace(thing, **left.pop(field))

    def _plan(self, start: Plan, way: int | None) -> Plan:
        """Return how the city measures the row's indicator from now on."""
        sheet = self._sheet(start)
        told: dict[str, Any] = {
            "owner": text_of(self.row.get("area")),
            "base_value": self._cell(self._amount, "base", sheet),
            "target_planned": self._cell(self._amount, "planned", sheet),
            "target_adjusted": self._cell(self._amount, "adjusted", sheet),
            "direction": way,
        }
        plan = replace(start, active=True, **{k: v for k, v in told.items() if v not in (None, "")})
        plan = self._with_formula(plan)
        first, last = self._cell(self._day, "first"), self._cell(self._day, "last")
        if plan.base_value is not None and plan.base_on is None and first:
            plan = replace(plan, base_on=first - timedelta(days=1))
        if plan.target is not None and plan.target_on is None and last:
            plan = replace(plan, target_on=last)
        if any(error.details.get("field") == "sense" for error in self.faults):
            plan = replace(plan, direction=0)  # against which no target lies
        return self._judged(partial(check_plan, sheet), plan, MENDED)

    def _reading(self, plan: Plan) -> Reading | None:
        """Return the row's value; None without one, or if it is on record."""
        sheet = self._sheet(plan)
        if sheet.value_rule not in NUMERIC:
            return None
        value = self._cell(self._number, "progress")
        if value is None:
            return None
        faulty = {error.details.get("field") for error in self.faults}
        first, last = (None if name in faulty else self._day(name) for name in ("first", "last"))
        for name, day in (("first", first), ("last", last)):
            if day is None and name not in faulty:
                self.faults.append(FilterError("layout.period", field=name, indicator=sheet.id))
        today, source = self.held.today, text_of(self.row.get("source"))
        span = (first or last or today, last or first or today)
        given = Reading(sheet.id, *span, value=value, evidence=source)
        if first and last and self._is_on_record(given):
            return None
        period = {"period_from": today, "period_to": today}
        return self._judged(
            lambda reading: check_reading(sheet, reading, today), given, {"period": period}
        )

    def _is_on_record(self, given: Reading) -> bool:
        """Tell whether the period has this value already; another one is a fault."""
        for other in self.held.readings:
            if other.indicator_id != given.indicator_id or (
                other.period_from > given.period_to or other.period_to < given.period_from
            ):
                continue
            if other.value == given.value:
                return True
            told = {"indicator": other.indicator_id, "first": other.period_from}
            told |= {"field": "value", "last": other.period_to}
            self.faults.append(StoreError("scorecards.taken", **told))
            break
        return False

    def _sheet(self, plan: Plan) -> Indicator:
        key, own = plan.indicator_id, own_of(plan)
        return sheet_of(key, own) if own else self.held.catalogue.indicators[key]

    def _known(self) -> str:
        """Return the id that the note or the name tells; empty where neither does."""
        sheets = self.held.catalogue.indicators
        for found in ID.findall(text_of(self.row.get("note"))):
            if found in sheets:
                return str(found)
        said = folded(self.row.get("name"))
        for key, sheet in sheets.items():
            if said and said in {folded(told) for told in vars(sheet.name).values()}:
                return key
        return ""

    def _new(self, way: int | None) -> Plan:
        """Return an indicator of the city's own; a fault unless it is told where such belong."""
        place = self.place
        if place is None:
            value = text_of(self.row.get("name"))
            self.faults.append(FilterError("layout.unknown", field="name", value=value))
            place = (DIMENSIONS[0], next(iter(self.held.catalogue.categories)))
        percent = "porcentaje" in folded(self.row.get("unit")) or text_of(self.row["unit"]) == "%"
        own = OwnSheet(
            name=text_of(self.row.get("name")) or ("" if self.place else "—"),
            dimension=place[0],
            category=place[1],
            unit=text_of(self.row.get("unit")),
            value_rule="share" if percent else "amount",
            level="result",
            hierarchy="management",
            direction=way or 1,
            periodicity=self._cell(rhythm_of, self.row.get("frequency")) or "yearly",
            definition=text_of(self.row.get("definition")),
        )
        key = next_id(self.held.plans)
        mended = {name: {name: "—"} for name in ("name", "unit", "definition")}
        checked = self._judged(lambda told: check_own(key, told, self.held.catalogue), own, mended)
        return Plan(key, own=checked.plain(), direction=checked.direction)

    def _with_formula(self, plan: Plan) -> Plan:
        text = text_of(self.row.get("formula"))
        if not text:
            return plan
        formula, *parts = text.split("; ")
        pairs = [part.partition(" = ") for part in parts]
        if all(mark and re.search(rf"\b{re.escape(name)}\b", formula) for name, mark, _ in pairs):
            return replace(plan, formula=formula, variables={n: told for n, _, told in pairs})
        return replace(plan, formula=text)

    def _amount(self, column: str, sheet: Indicator) -> float | None:
        said = folded(self.row.get(column))
        if sheet.value_rule == "distribution":
            names = [folded(name) for name in LEVELS]
            return float(names.index(said)) if said in names else self._number(column)
        return None if sheet.value_rule in ("yes_no", "text") else self._number(column)

    def _number(self, column: str) -> float | None:
        return number_of(self.row.get(column), column)

    def _day(self, column: str) -> date | None:
        return day_of(self.row.get(column), column)


def _table(path: Path) -> tuple[str, int, dict[str, int], list[list[Any]]]:
    """Return sheet, row of the headings, column of each heading and all rows."""
    book = open_workbook(path)
    for name in book.sheet_names:
        rows = load_sheet(book, path, name).to_python(skip_empty_area=False)
        for top, cells in enumerate(rows[:HEAD_WITHIN]):
            columns = _columns(cells)
            if "name" in columns and len(columns) >= LEAST_HEADINGS:
                return name, top, columns, rows
    raise SourceError("layout.none", file=path.name, needed=", ".join(HEADINGS.values()))


def _columns(cells: list[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for i, cell in enumerate(cells):
        said = folded(cell)
        for key, begins in BEGINS.items():
            if key not in found and said.startswith(begins):
                found[key] = i
                break
    return found


def _cell(column: int, row: int) -> str:
    return f"{chr(ord('A') + column)}{row}"
