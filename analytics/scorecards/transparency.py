"""The layout in which Mexican cities publish indicators (art. 121 fr. VI CDMX, art. 70 fr. VI LGT).

Its headings are Spanish whatever the reader's language: they are the law's. A city's indicators are
written into it here and read out of it in :mod:`analytics.scorecards.transparency_reading`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter

from analytics.scorecards.assessing import Assessment, number_of
from analytics.scorecards.catalogue import Catalogue
from analytics.scorecards.own import PERIODICITIES
from analytics.scorecards.periods import Period
from analytics.scorecards.workbooks import write_text

SHEET = "Reporte de Formatos"
TITLES = ("TÍTULO", "NOMBRE CORTO", "DESCRIPCIÓN")
TITLE, SHORT = "Indicadores de resultados", "A121Fr06_Indicadores-de-resultados"
TITLE_ROW, TABLE_ROW, HEAD_ROW, FIRST_ROW = 1, 5, 6, 7
TABLE = "Tabla Campos"
HEADINGS: Mapping[str, str] = {
    "year": "Ejercicio",
    "first": "Fecha de inicio del periodo que se informa",
    "last": "Fecha de término del periodo que se informa",
    "programme": "Nombre del programa o concepto al que corresponde el indicador",
    "objective": "Objetivo institucional",
    "name": "Nombre(s) del(os) indicador(es)",
    "aspect": "Dimensión(es) a medir",
    "definition": "Definición del indicador",
    "formula": "Método de cálculo con variables de la fórmula",
    "unit": "Unidad de medida",
    "frequency": "Frecuencia de medición",
    "base": "Línea base",
    "planned": "Metas programadas",
    "adjusted": "Metas ajustadas que existan, en su caso",
    "progress": "Avance de metas",
    "sense": "Sentido del indicador (catálogo)",
    "source": "Fuente de información",
    "area": (
        "Área(s) responsable(s) que genera(n), posee(n), publica(n) y actualizan la información"
    ),
    "updated": "Fecha de actualización",
    "validated": "Fecha de validación",
    "note": "Nota",
}
WIDTHS = {"name": 50, "objective": 40, "definition": 40, "formula": 40, "area": 30, "programme": 30}
SENSES = {"Ascendente": 1, "Descendente": -1}
LEVELS = ("Bajo", "Medio", "Alto")
UNITS = {"share": "Porcentaje", "change": "Porcentaje", "ratio": "Porcentaje", "hours": "Horas"}
Word = Callable[..., str]


def layout_xlsx(
    title: str,
    assessments: Iterable[Assessment],
    catalogue: Catalogue,
    period: Period,
    word: Word,
) -> bytes:
    """Return the indicators of a period in the layout, one row each.

    Parameters
    ----------
    title : str
        Of the city, under ``DESCRIPCIÓN``.
    assessments : iterable of Assessment
        At the end of the period; the note of a row is the indicator's id, by which it is read back.
    catalogue : Catalogue
        For the names of categories.
    period : Period
    word : callable
        Returns the Spanish text of a key of the message catalogue.
    """
    file = BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "quoted": book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True}),
        "day": book.add_format({"num_format": "dd/mm/yyyy", "valign": "top"}),
    }
    sheet = book.add_worksheet(SHEET)
    for column, (name, told) in enumerate(zip(TITLES, (TITLE, SHORT, title), strict=True)):
        sheet.write_string(TITLE_ROW, column, name, formats["head"])
        write_text(sheet, TITLE_ROW + 1, column, told, formats)
    sheet.write_string(TABLE_ROW, 0, TABLE, formats["head"])
    for column, (key, heading) in enumerate(HEADINGS.items()):
        sheet.set_column(column, column, WIDTHS.get(key, 15))
        sheet.write_string(HEAD_ROW, column, heading, formats["head"])
    for row, shown in enumerate(assessments, start=FIRST_ROW):
        told_row = _row(shown, catalogue, period, word)
        for column, key in enumerate(HEADINGS):
            _cell(sheet, row, column, told_row[key], formats)
    sheet.freeze_panes(FIRST_ROW, 0)
    book.close()
    return file.getvalue()


def _row(shown: Assessment, catalogue: Catalogue, period: Period, word: Word) -> dict[str, Any]:
    sheet, plan, latest = shown.sheet, shown.plan, shown.latest
    variables = [f"{name} = {meaning}" for name, meaning in plan.variables.items()]
    months = sheet.typology.period_months
    rhythm = next((name for name, held in PERIODICITIES.items() if held == months), "yearly")
    senses = {way: name for name, way in SENSES.items()}
    return {
        "year": period.first.year,
        "first": period.first,
        "last": period.last,
        "programme": catalogue.categories[sheet.category].name.es,
        "objective": word(f"scorecards.{sheet.dimension}.about"),
        "name": sheet.name.es,
        "aspect": word(f"scorecards.quality.{sheet.typology.quality}").capitalize(),
        "definition": sheet.definition.es,
        "formula": "; ".join(filter(None, (plan.formula, *variables))),
        "unit": sheet.unit if plan.own else UNITS.get(sheet.value_rule, "Número"),
        "frequency": word(f"scorecards.rhythm.{rhythm}"),
        "base": _amount(shown, plan.base_value),
        "planned": _amount(shown, plan.target_planned),
        "adjusted": _amount(shown, plan.target_adjusted),
        "progress": _progress(shown, word),
        "sense": senses.get(plan.direction, ""),
        "source": "; ".join(filter(None, (latest.method, latest.evidence))) if latest else "",
        "area": plan.owner,
        "updated": latest.entered_at if latest else None,
        "validated": latest.validated_at if latest else None,
        "note": sheet.id,
    }


def _amount(shown: Assessment, value: float | None) -> float | str | None:
    if value is not None and shown.sheet.value_rule == "distribution":
        return LEVELS[int(value)]
    return value


def _progress(shown: Assessment, word: Word) -> float | str | None:
    """Return the latest value: a number, or what was entered in words."""
    latest = shown.latest
    if latest is None or shown.sheet.value_rule == "text":
        return latest.text if latest else None
    if shown.sheet.value_rule == "yes_no":
        return word("scorecards.yes") if latest.yes else word("scorecards.no")
    if shown.sheet.value_rule == "distribution":
        counts = (latest.low, latest.medium, latest.high)
        return "; ".join(f"{name}: {n}" for name, n in zip(LEVELS, counts, strict=True))
    return number_of(shown.sheet, latest)


def _cell(sheet: Any, row: int, column: int, value: Any, formats: Mapping[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, (int, float)):
        sheet.write_number(row, column, value, formats["wrap"])
    elif isinstance(value, date):
        day = date(value.year, value.month, value.day)
        sheet.write_datetime(row, column, day, formats["day"])
    else:
        write_text(sheet, row, column, value, formats)
