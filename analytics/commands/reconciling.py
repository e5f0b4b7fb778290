"""The command that puts a city's own counts beside official ones."""

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from analytics.commands import console
from analytics.commands.hotspots import Categories_, City_, Json_, Records_, Sources_, open_city
from analytics.commands.pivots import AreaColumn_
from analytics.errors import FilterError
from analytics.events.filters import Filters
from analytics.settings import load_settings
from analytics.sources.aggregates import read_counts
from analytics.sources.importing import SCRATCH
from analytics.sources.reconciliation import monthly_totals, reconcile
from analytics.sources.taxonomy import normalise

FORMATS = (".csv", ".parquet")


@console.guarded
def reconcile_command(  # noqa: PLR0913  # one argument per option
    city: City_,
    official: Annotated[Path, typer.Option(help="Tidy table of official monthly counts.")],
    area: Annotated[str, typer.Option(help="Name of the city in that table.")],
    out: Annotated[Path, typer.Option(help="File .csv or .parquet, a row per month.")],
    area_column: AreaColumn_ = None,
    crime: Annotated[list[str] | None, typer.Option(help="Only this official crime.")] = None,
    category: Categories_ = None,
    source: Sources_ = None,
    records: Records_ = False,
    as_json: Json_ = False,
) -> None:
    """Put a city's counts by month beside official ones; nothing is corrected."""
    if out.suffix not in FORMATS:
        raise FilterError("export.format", file=out.name, known=", ".join(FORMATS))
    place, engine, version = open_city(city)
    filters = Filters(categories=tuple(category or ()), sources=tuple(source or ()))
    counts = read_counts(
        official, scratch=load_settings().home / SCRATCH, area=area, area_column=area_column
    )
    frame = reconcile(
        monthly_totals(engine, filters),
        counts,
        crimes=crime or (),
        records=records,
        file=official.name,
    )
    _write(frame, out)
    chosen = {normalise(name) for name in crime or ()}
    console.put(
        {
            "city": place.key,
            "official": official.name,
            "area": area,
            "columns": counts.columns,
            **_summary(frame),
            "fractions": [
                c for c in counts.fractions if not chosen or normalise(c.crime) in chosen
            ],
            "not_numbers": counts.not_numbers,
            "version": version.version_id,
            "out": out,
        },
        as_json=as_json,
    )


def _summary(frame: pd.DataFrame) -> dict[str, Any]:
    """Add up the months that both sides cover whole; the others are counted only."""
    both = frame[frame["official"].notna() & frame["ours"].notna() & ~frame["is_partial"]]
    theirs, ours = both["official"].sum(), both["ours"].sum()
    return {
        "months": len(frame),
        "months_compared": len(both),
        "n_official": theirs,
        "n_ours": ours,
        "difference": ours - theirs,
        "share": ours / theirs if theirs else None,
        "months_with_fractions": int((frame["n_fractional"] > 0).sum()),
    }


def _write(frame: pd.DataFrame, out: Path) -> None:
    try:
        if out.suffix == ".csv":
            frame.to_csv(out, index=False, date_format="%Y-%m-%d")
        else:
            frame.to_parquet(out, index=False)
    except OSError as error:
        raise FilterError("export.not_written", file=str(out), problem=error.strerror) from error
