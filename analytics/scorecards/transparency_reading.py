"""Reading the Mexican transparency layout: plans and values, or every fault named by its cell.

A row is the indicator whose id stands in its note, or whose name it has in any language. A row that
is none becomes an indicator of the city's own, where the reader says in which dimension and
category. Empty cells change nothing. Progress in words (yes, high, a text) is not read: the layout
has no place for its evidence.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from analytics.errors import FilterError, SourceError, StoreError
from analytics.scorecards.catalogue import Indicator
from analytics.scorecards.entering import check_plan, check_reading
from analytics.scorecards.own import OwnSheet, catalogue_of, check_own, next_id, own_of, sheet_of
from analytics.scorecards.transparency import HEADINGS, LEVELS, SENSES
from analytics.scorecards.workbook_reading import Fault, Measured
from analytics.sources.sheets import cell_text, load_sheet, open_workbook
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
UNKNOWN = ("", "nd", "n/d", "na", "n/a", "no disponible", "no aplica", "sin dato", "-")
RHYTHMS = {"seman": "weekly", "mens": "monthly", "trim": "quarterly", "seme": "half_yearly",
           "anual": "yearly"}  # fmt: skip
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
        if not any(_text(value) for value in row.values()):
            continue
        n += 1
        try:
            found = _Row(row, replace(held, plans=plans, catalogue=catalogue_of(plans)), place)
            plan = found.plan()
            if plan.indicator_id in seen:
                at = seen[plan.indicator_id]
                raise FilterError(
                    "workbook.repeated", field="name", indicator=plan.indicator_id, row=at
                )
            seen[plan.indicator_id] = number
            value = found.reading(plan)
        except (FilterError, StoreError) as error:
            key = COLUMN_OF.get(str(error.details.get("field")), str(error.details.get("field")))
            faults.append(Fault(name, _cell(columns.get(key, columns["name"]), number), error))
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

    def plan(self) -> Plan:
        """Return how the city measures the row's indicator from now on."""
        key = self._known()
        start = self.held.plans.get(key) if key else self._new()
        if start is None:
            start = Plan(key, direction=self.held.catalogue.indicators[key].direction)
        sheet = self._sheet(start)
        told: dict[str, Any] = {
            "owner": _text(self.row.get("area")),
            "base_value": self._amount("base", sheet),
            "target_planned": self._amount("planned", sheet),
            "target_adjusted": self._amount("adjusted", sheet),
            "direction": self._direction(),
        }
        plan = replace(start, active=True, **{k: v for k, v in told.items() if v not in (None, "")})
        plan = self._with_formula(plan)
        first, last = self._day("first"), self._day("last")
        if plan.base_value is not None and plan.base_on is None and first:
            plan = replace(plan, base_on=first - timedelta(days=1))
        if plan.target is not None and plan.target_on is None and last:
            plan = replace(plan, target_on=last)
        return check_plan(sheet, plan)

    def reading(self, plan: Plan) -> Reading | None:
        """Return the row's value; None without one, or if it is on record."""
        sheet = self._sheet(plan)
        first, last = self._day("first"), self._day("last")
        if sheet.value_rule not in NUMERIC or (value := self._number("progress")) is None:
            return None
        if not (first and last):
            raise FilterError("layout.period", field="last", indicator=sheet.id)
        given = Reading(sheet.id, first, last, value=value, evidence=_text(self.row.get("source")))
        for other in self.held.readings:
            if other.indicator_id != sheet.id or (
                other.period_from > last or other.period_to < first
            ):
                continue
            if other.value == value:
                return None
            span = {"first": other.period_from, "last": other.period_to}
            raise StoreError("scorecards.taken", field="value", indicator=sheet.id, **span)
        return check_reading(sheet, given, self.held.today)

    def _sheet(self, plan: Plan) -> Indicator:
        key, own = plan.indicator_id, own_of(plan)
        return sheet_of(key, own) if own else self.held.catalogue.indicators[key]

    def _known(self) -> str:
        """Return the id that the note or the name tells; empty where neither does."""
        sheets = self.held.catalogue.indicators
        for found in ID.findall(_text(self.row.get("note"))):
            if found in sheets:
                return str(found)
        said = _folded(self.row.get("name"))
        for key, sheet in sheets.items():
            if said and said in {_folded(text) for text in vars(sheet.name).values()}:
                return key
        return ""

    def _new(self) -> Plan:
        """Return an indicator of the city's own.

        Raises
        ------
        FilterError
            ``layout.unknown`` unless the reader says where such indicators belong.
        """
        if self.place is None:
            raise FilterError("layout.unknown", field="name", value=_text(self.row.get("name")))
        percent = "porcentaje" in _folded(self.row.get("unit")) or _text(self.row["unit"]) == "%"
        own = OwnSheet(
            name=_text(self.row.get("name")),
            dimension=self.place[0],
            category=self.place[1],
            unit=_text(self.row.get("unit")),
            value_rule="share" if percent else "amount",
            level="result",
            hierarchy="management",
            direction=self._direction() or 1,
            periodicity=self._rhythm(),
            definition=_text(self.row.get("definition")),
        )
        key = next_id(self.held.plans)
        checked = check_own(key, own, self.held.catalogue)
        return Plan(key, own=checked.plain(), direction=checked.direction)

    def _with_formula(self, plan: Plan) -> Plan:
        text = _text(self.row.get("formula"))
        if not text:
            return plan
        formula, *parts = text.split("; ")
        pairs = [part.partition(" = ") for part in parts]
        if all(mark and re.search(rf"\b{re.escape(name)}\b", formula) for name, mark, _ in pairs):
            return replace(plan, formula=formula, variables={n: told for n, _, told in pairs})
        return replace(plan, formula=text)

    def _rhythm(self) -> str:
        said = _folded(self.row.get("frequency"))
        if not said:
            return "yearly"
        for start, name in RHYTHMS.items():
            if said.startswith(start):
                return name
        raise FilterError("layout.frequency", field="frequency", value=said)

    def _direction(self) -> int | None:
        said = _folded(self.row.get("sense"))
        for name, way in SENSES.items():
            if said == _folded(name):
                return way
        if said in UNKNOWN:
            return None
        raise FilterError("layout.sense", field="sense", value=_text(self.row["sense"]))

    def _amount(self, column: str, sheet: Indicator) -> float | None:
        said = _folded(self.row.get(column))
        if sheet.value_rule == "distribution":
            names = [_folded(name) for name in LEVELS]
            return float(names.index(said)) if said in names else self._number(column)
        return None if sheet.value_rule in ("yes_no", "text") else self._number(column)

    def _number(self, column: str) -> float | None:
        value, text = self.row.get(column), _text(self.row.get(column))
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        if _folded(text) in UNKNOWN:
            return None
        plain = text.removesuffix("%").replace(" ", "")
        if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", plain):
            plain = plain.replace(",", "")  # as Mexico groups
        try:
            return float(plain.replace(",", "."))
        except ValueError as error:
            raise FilterError("workbook.number", field=column, value=text) from error

    def _day(self, column: str) -> date | None:
        value, text = self.row.get(column), _text(self.row.get(column))
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date) or not text:
            return value if isinstance(value, date) else None
        for form in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                return datetime.strptime(text, form).date()
            except ValueError:
                continue
        raise FilterError("workbook.day", field=column, value=text)


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
        said = _folded(cell)
        for key, begins in BEGINS.items():
            if key not in found and said.startswith(begins):
                found[key] = i
                break
    return found


def _cell(column: int, row: int) -> str:
    return f"{chr(ord('A') + column)}{row}"


def _text(value: Any) -> str:
    return "" if value is None else cell_text(value).strip()


def _folded(value: Any) -> str:
    plain = unicodedata.normalize("NFKD", _text(value)).encode("ascii", "ignore").decode()
    return re.sub(r"\s+", " ", plain).strip().casefold()
