"""The command that reads print-outs of counts."""

from pathlib import Path
from typing import Annotated

import typer

from analytics.commands import console
from analytics.commands.hotspots import Json_
from analytics.sources.pivots import read_pivot


@console.guarded
def pivot(
    file: Annotated[Path, typer.Argument(help="Workbook with counts by month side by side.")],
    out: Annotated[Path | None, typer.Option(help="CSV file: area, crime, month, n.")] = None,
    sheet: Annotated[str | None, typer.Option(help="By default the first with months.")] = None,
    as_json: Json_ = False,
) -> None:
    """Read a print-out of counts as monthly counts, and add it up against its own totals."""
    found = read_pivot(file, sheet=sheet)
    counts = found.counts
    if out is not None:
        counts.to_csv(out, index=False, date_format="%Y-%m-%d")
    console.put(
        {
            "file": file.name,
            "sheet": found.sheet,
            "areas": counts["area"].nunique(),
            "crimes": counts["crime"].nunique(),
            "months": counts["month"].nunique(),
            "rows": len(counts),
            "counted": found.counted,
            "grand_total": found.grand_total,
            "reconciles": found.reconciles,
            "differences": found.differences,
            "not_numbers": found.not_numbers,
            "out": out,
        },
        as_json=as_json,
    )
