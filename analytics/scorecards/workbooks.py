"""The workbook in which an office fills in a period's values: made from what the city measures."""

from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter

from analytics.errors import FilterError
from analytics.exports.xlsx import FORMULA
from analytics.scorecards.catalogue import Catalogue, Indicator
from analytics.scorecards.periods import Period
from analytics.store.scorecard_values import Plan

VERSION = 1
FACTS = "cabildo"  # the hidden sheet that says which template this is
TITLE_ROW, HEAD_ROW, FIRST_ROW = 0, 2, 3
TOLD = ("indicator", "name", "allowed", "period")
ENTERED = (
    "value", "high", "medium", "low", "yes", "happened_on", "text", "judgement", "sample_size",
    "evidence", "note",
)  # fmt: skip
COLUMNS = (*TOLD, *ENTERED)
WIDTHS = {"name": 46, "allowed": 30, "text": 40, "judgement": 40, "evidence": 30, "note": 30}
COUNTS = ("high", "medium", "low", "sample_size")
OF_KIND: Mapping[str, tuple[str, ...]] = {
    "share": ("value", "sample_size"),
    "distribution": ("high", "medium", "low"),
    "yes_no": ("yes", "happened_on"),
    "text": ("text", "judgement"),
}
Word = Callable[..., str]


def fields_of(sheet: Indicator) -> tuple[str, ...]:
    """Return the columns that an indicator's kind fills in."""
    return (*OF_KIND.get(sheet.value_rule, ("value",)), "evidence", "note")


def offices(plans: Mapping[str, Plan]) -> list[str]:
    """Return who answers for an active indicator, in alphabetical order."""
    return sorted({plan.owner for plan in plans.values() if plan.active})


def template_xlsx(
    city: str,
    office: str,
    period: Period,
    plans: Mapping[str, Plan],
    catalogue: Catalogue,
    *,
    word: Word,
    language: str,
) -> bytes:
    """Return the workbook of an office: a row per active indicator, cells of other kinds grey.

    Parameters
    ----------
    city : str
        Key of the city.
    office : str
        Owner of the indicators; empty for all.
    period : Period
        Whose values are asked for.
    plans : mapping
        What the city measures, by indicator.
    catalogue : Catalogue
    word : callable
        Returns the text of a key of the message catalogue, with its values.
    language : str
        Of the indicators' names.

    Raises
    ------
    FilterError
        ``workbook.no_office`` if the office answers for no active indicator.
    """
    chosen = [
        catalogue.indicators[key]
        for key, plan in plans.items()
        if plan.active and office in ("", plan.owner)
    ]
    if not chosen:
        raise FilterError("workbook.no_office", office=office, known=", ".join(offices(plans)))
    file = BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    formats = {
        "title": book.add_format({"bold": True, "font_size": 13}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "quoted": book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True}),
        "grey": book.add_format({"bg_color": "#E3E1DC"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"}),
    }
    name = word("workbook.sheet")
    sheet = book.add_worksheet(name)
    answers = {"yes": word("scorecards.yes"), "no": word("scorecards.no")}
    _head(sheet, word, word("workbook.title", office=office or city, period=period.key), formats)
    for row, indicator in enumerate(chosen, start=FIRST_ROW):
        _row(sheet, row, indicator, period, (word, language, answers), formats)
    _facts(
        book.add_worksheet(FACTS),
        {"version": VERSION, "city": city, "period": period.key, "sheet": name, **answers},
    )
    book.close()
    return file.getvalue()


def write_text(
    sheet: Any, row: int, column: int, text: str, formats: Mapping[str, Any], kind: str = "wrap"
) -> None:
    """Write a text as a text; one that begins like a formula carries the mark of a text."""
    risky = FORMULA.match(text) is not None
    sheet.write_string(row, column, text, formats["quoted" if risky else kind])


def _head(sheet: Any, word: Word, title: str, formats: Mapping[str, Any]) -> None:
    write_text(sheet, TITLE_ROW, 0, title, formats, "title")
    sheet.write_string(TITLE_ROW + 1, 0, word("workbook.how"))
    for column, name in enumerate(COLUMNS):
        sheet.set_column(column, column, WIDTHS.get(name, 13))
        write_text(sheet, HEAD_ROW, column, word(f"workbook.column.{name}"), formats, "head")
    sheet.freeze_panes(FIRST_ROW, 2)


def _row(
    sheet: Any,
    row: int,
    indicator: Indicator,
    period: Period,
    words: tuple[Word, str, Mapping[str, str]],
    formats: Mapping[str, Any],
) -> None:
    word, language, answers = words
    allowed = word(f"workbook.allowed.{indicator.value_rule}")
    told = (indicator.id, indicator.name.of(language), allowed, period.key)
    for column, text in enumerate(told):
        write_text(sheet, row, column, text, formats)
    sheet.data_validation(row, 3, row, 3, {"validate": "list", "source": [period.key]})
    asked = fields_of(indicator)
    for column, name in enumerate(ENTERED, start=len(TOLD)):
        if name not in asked:
            sheet.write_blank(row, column, None, formats["grey"])
            continue
        sheet.write_blank(row, column, None, formats["day" if name == "happened_on" else "wrap"])
        rule = _rule(indicator, name, answers)
        if rule:
            told_wrong = {"error_title": indicator.id, "error_message": allowed}
            sheet.data_validation(row, column, row, column, rule | told_wrong)


def _rule(indicator: Indicator, name: str, answers: Mapping[str, str]) -> dict[str, Any]:
    """Return what the spreadsheet itself lets into a cell."""
    if name == "yes":
        return {"validate": "list", "source": list(answers.values())}
    if name == "happened_on":
        return {"validate": "date", "criteria": ">=", "value": date(1900, 1, 1)}
    if name in COUNTS:
        least = 1 if name == "sample_size" else 0
        return {"validate": "integer", "criteria": ">=", "value": least}
    if name != "value":
        return {}
    if indicator.value_rule == "share":
        return {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100}
    if indicator.value_rule == "change":
        return {"validate": "decimal", "criteria": ">=", "value": -1e12}
    kind = "integer" if indicator.value_rule == "whole" else "decimal"
    return {"validate": kind, "criteria": ">=", "value": 0}


def _facts(sheet: Any, facts: Mapping[str, object]) -> None:
    sheet.hide()
    for row, (key, value) in enumerate(facts.items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, str(value))
