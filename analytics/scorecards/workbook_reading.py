"""Reading a filled-in template back: every fault named by its cell, and nothing kept unless none.

The template is described by its hidden sheet; see :mod:`analytics.scorecards.workbooks`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from analytics.errors import AnalyticsError, FilterError, SourceError, StoreError
from analytics.scorecards.catalogue import Catalogue, Indicator
from analytics.scorecards.entering import check_reading
from analytics.scorecards.periods import Period, parse
from analytics.scorecards.workbooks import (
    COLUMNS,
    COUNTS,
    ENTERED,
    FACTS,
    FIRST_ROW,
    VERSION,
    fields_of,
)
from analytics.sources.sheets import cell_text, load_sheet, open_workbook
from analytics.store.scorecard_values import Plan, Reading

TEXTS = ("text", "judgement", "evidence", "note")


@dataclass(frozen=True)
class Fault:
    """What is wrong in a cell, as in ``E7`` of a sheet."""

    sheet: str
    cell: str
    error: AnalyticsError

    @property
    def place(self) -> str:
        """The cell as spreadsheets write it: ``Valores!E7``."""
        return f"{self.sheet}!{self.cell}"


@dataclass(frozen=True)
class Filled:
    """What a template holds: readings ready to be entered, and faults; rows without value left out.

    Nothing may be entered while there are faults.
    """

    readings: tuple[Reading, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Measured:
    """What a city measures and has on record, which a template is held against."""

    city: str
    plans: Mapping[str, Plan]
    readings: Iterable[Reading]
    catalogue: Catalogue
    today: date


def read_template(path: Path, measured: Measured) -> Filled:
    """Read a filled-in template.

    Raises
    ------
    SourceError
        ``workbook.no_template`` if it is none of ours, ``workbook.version`` if it is of another
        version, ``workbook.city`` if of another city, ``workbook.nothing`` if no value is in it,
        and as :func:`analytics.sources.sheets.open_workbook`.
    """
    book = open_workbook(path)
    facts = _facts(book, path, measured.city)
    period = parse(facts["period"])
    rows = load_sheet(book, path, facts["sheet"]).to_python(skip_empty_area=False)
    readings, faults, seen = [], [], dict[str, int]()
    for number, cells in enumerate(rows[FIRST_ROW:], start=FIRST_ROW + 1):
        row = dict(zip(COLUMNS, (*cells, *[""] * len(COLUMNS)), strict=False))
        if not any(_text(row[name]) for name in ("indicator", *ENTERED)):
            continue
        found = _Row(number, row, facts, period, measured)
        wrong = list(found.faults(seen))
        seen.setdefault(found.id, number)
        faults += wrong
        if not wrong and found.is_filled:
            readings.append(found.reading())
    if not readings and not faults:
        raise SourceError("workbook.nothing", file=path.name)
    return Filled(tuple(readings), tuple(faults))


@dataclass(frozen=True)
class _Row:
    number: int
    row: Mapping[str, Any]
    facts: Mapping[str, str]
    period: Period
    measured: Measured

    @property
    def id(self) -> str:
        return _text(self.row["indicator"])

    @property
    def is_filled(self) -> bool:
        return any(_text(self.row[name]) for name in ENTERED)

    def faults(self, seen: Mapping[str, int]) -> Iterator[Fault]:
        """Name what is wrong; ``seen`` tells where indicators stood in the rows before."""
        plan = self.measured.plans.get(self.id)
        if plan is None or not plan.active:
            yield self._fault("indicator", FilterError("entry.unknown", indicator=self.id))
            return
        if self.id in seen:
            error = FilterError("workbook.repeated", indicator=self.id, row=seen[self.id])
            yield self._fault("indicator", error)
        if not self.is_filled:
            return
        told = _text(self.row["period"])
        if told.upper() != self.period.key:
            error = FilterError("workbook.period", value=told, period=self.period.key)
            yield self._fault("period", error)
        cells = list(self._cell_faults())
        yield from cells or self._whole_faults()

    def reading(self) -> Reading:
        """Return what the row says; its cells hold what their columns may."""
        given = {name: self._given(name) for name in fields_of(self._sheet)}
        return Reading(self.id, self.period.first, self.period.last, **given)

    @property
    def _sheet(self) -> Indicator:
        return self.measured.catalogue.indicators[self.id]

    def _cell_faults(self) -> Iterator[Fault]:
        asked = fields_of(self._sheet)
        for name in ENTERED:
            text = _text(self.row[name])
            if text and name not in asked:
                error = FilterError("workbook.other_kind", indicator=self.id, value=text)
                yield self._fault(name, error)
            elif text:
                try:
                    self._given(name)
                except FilterError as error:
                    yield self._fault(name, error)

    def _whole_faults(self) -> Iterator[Fault]:
        """Hold the row against the indicator's rules and the values on record."""
        reading = self.reading()
        try:
            check_reading(self._sheet, reading, self.measured.today)
        except FilterError as error:
            yield self._fault(str(error.details["field"]), error)
        for other in self.measured.readings:
            if other.indicator_id != self.id or (
                other.period_from > reading.period_to or other.period_to < reading.period_from
            ):
                continue
            span = (other.period_from, other.period_to)
            same = span == (reading.period_from, reading.period_to)
            code = "scorecards.taken" if same else "scorecards.overlap"
            error_ = StoreError(code, indicator=self.id, first=span[0], last=span[1])
            yield self._fault("period", error_)
            return

    def _given(self, name: str) -> Any:
        """Return a cell as the reading keeps it.

        Raises
        ------
        FilterError
            ``workbook.number``, ``workbook.whole``, ``workbook.answer``, ``workbook.day``.
        """
        value, text = self.row[name], _text(self.row[name])
        if name in TEXTS:
            return text
        if not text:
            return None
        if name == "yes":
            return self._answer(text)
        if name == "happened_on":
            return _day(value, text)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise FilterError("workbook.number", value=text)
        if name not in COUNTS:
            return float(value)
        if value != int(value):
            raise FilterError("workbook.whole", value=text)
        return int(value)

    def _answer(self, text: str) -> bool:
        for answer in ("yes", "no"):
            if text.casefold() == self.facts[answer].casefold():
                return answer == "yes"
        both = {name: self.facts[name] for name in ("yes", "no")}
        raise FilterError("workbook.answer", value=text, **both)

    def _fault(self, name: str, error: AnalyticsError) -> Fault:
        letter = chr(ord("A") + COLUMNS.index(name))
        return Fault(self.facts["sheet"], f"{letter}{self.number}", error)


def _facts(book: CalamineWorkbook, path: Path, city: str) -> dict[str, str]:
    if FACTS not in book.sheet_names:
        raise SourceError("workbook.no_template", file=path.name)
    rows = load_sheet(book, path, FACTS).to_python()
    facts = {_text(row[0]): _text(row[1]) for row in rows if len(row) > 1}
    if facts.get("version") != str(VERSION):
        found = facts.get("version", "—")
        raise SourceError("workbook.version", file=path.name, found=found, version=str(VERSION))
    if facts.get("city") != city:
        raise SourceError("workbook.city", file=path.name, found=facts.get("city", "—"), city=city)
    if {"period", "sheet", "yes", "no"} - set(facts) or facts["sheet"] not in book.sheet_names:
        raise SourceError("workbook.no_template", file=path.name)
    return facts


def _day(value: Any, text: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FilterError("workbook.day", value=text) from error


def _text(value: Any) -> str:
    return cell_text(value).strip()
