"""The command that reads counts: print-outs with months side by side, and tidy tables."""

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from analytics.commands import console
from analytics.commands.hotspots import Json_
from analytics.errors import SourceError
from analytics.settings import load_settings
from analytics.sources.aggregates import TidyCounts, read_counts
from analytics.sources.formats import read_start
from analytics.sources.importing import SCRATCH
from analytics.sources.mappings import Mapping
from analytics.sources.pivots import Pivot, read_pivot
from analytics.sources.tables import START_BYTES, detect_format

Area_ = Annotated[str | None, typer.Option(help="Only this area of a tidy table.")]
AreaColumn_ = Annotated[
    str | None, typer.Option(help="Column of the areas of a tidy table, where names do not tell.")
]


@console.guarded
def pivot(
    file: Annotated[Path, typer.Argument(help="Workbook with months side by side; tidy table.")],
    out: Annotated[Path | None, typer.Option(help="CSV file: area, crime, month, n.")] = None,
    sheet: Annotated[str | None, typer.Option(help="By default the first with months.")] = None,
    area: Area_ = None,
    area_column: AreaColumn_ = None,
    as_json: Json_ = False,
) -> None:
    """Read a table of counts as monthly counts; add a print-out up against its own totals."""
    found = _read(file, sheet, area, area_column)
    counts = found.counts
    if out is not None:
        counts.to_csv(out, index=False, date_format="%Y-%m-%d")
    told = _of_print_out(found) if isinstance(found, Pivot) else _of_tidy_table(found)
    console.put({"file": file.name, **_sizes(counts), **told, "out": out}, as_json=as_json)


def _read(
    file: Path, sheet: str | None, area: str | None, area_column: str | None
) -> Pivot | TidyCounts:
    """Try a workbook as a print-out first; any other file, and any other sheet, is a table."""
    refusal = None
    if detect_format(file, read_start(file, START_BYTES)) in ("XLSX", "XLS", "ODS"):
        try:
            return read_pivot(file, sheet=sheet)
        except SourceError as error:
            if error.code != "source.not_pivot":
                raise
            refusal = error
    try:
        return read_counts(
            file,
            scratch=load_settings().home / SCRATCH,
            told=Mapping(sheet=sheet),
            area=area,
            area_column=area_column,
        )
    except SourceError as error:
        if refusal is not None and error.code == "source.not_counts":
            raise refusal from error
        raise


def _sizes(counts: pd.DataFrame) -> dict[str, Any]:
    return {
        "areas": counts["area"].nunique(),
        "crimes": counts["crime"].nunique(),
        "months": counts["month"].nunique(),
        "rows": len(counts),
    }


def _of_print_out(found: Pivot) -> dict[str, Any]:
    return {
        "sheet": found.sheet,
        "counted": found.counted,
        "grand_total": found.grand_total,
        "reconciles": found.reconciles,
        "differences": found.differences,
        "not_numbers": found.not_numbers,
    }


def _of_tidy_table(found: TidyCounts) -> dict[str, Any]:
    return {
        "columns": found.columns,
        "by_year": found.by_year,
        "counted": found.counted,
        "fractions": found.fractions,
        "not_numbers": found.not_numbers,
    }
