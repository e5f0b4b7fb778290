"""The command that puts a city's own counts beside official ones."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from analytics.commands import console
from analytics.commands.hotspots import Categories_, City_, Json_, Records_, Sources_, open_city
from analytics.commands.pivots import AreaColumn_
from analytics.errors import AnalyticsError, FilterError
from analytics.events.filters import Filters
from analytics.settings import load_settings
from analytics.sources.aggregates import TidyCounts, read_counts
from analytics.sources.importing import SCRATCH
from analytics.sources.reconciliation import monthly_totals, reconcile
from analytics.sources.taxonomy import normalise
from analytics.store import batches
from analytics.totals import STEPS, source_totals

FORMATS = (".csv", ".parquet")


@console.guarded
def reconcile_command(  # noqa: PLR0913  # one argument per option
    city: City_,
    official: Annotated[
        Path | None, typer.Option(help="Tidy table of official monthly counts.")
    ] = None,
    area: Annotated[str, typer.Option(help="Name of the city in that table.")] = "",
    out: Annotated[Path | None, typer.Option(help="File .csv or .parquet, row per month.")] = None,
    area_column: AreaColumn_ = None,
    crime: Annotated[list[str] | None, typer.Option(help="Only this official crime.")] = None,
    category: Categories_ = None,
    source: Sources_ = None,
    records: Records_ = False,
    as_json: Json_ = False,
) -> None:
    """Follow rows to incidents; with --official, put months beside official counts."""
    if official is None:
        if area or out or area_column or crime or category or source or records:
            raise typer.BadParameter("these options need --official FILE")
        _balance(city, as_json)
        return
    if not area or out is None:
        raise typer.BadParameter("--official FILE needs --area NAME and --out FILE")
    if out.suffix not in FORMATS:
        raise FilterError("export.format", file=out.name, known=", ".join(FORMATS))
    filters = Filters(categories=tuple(category or ()), sources=tuple(source or ()))
    place, engine, version = open_city(city)
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
    told = {"city": place.key, "official": official.name, "area": area, "columns": counts.columns}
    told |= _summary(frame) | _unread(counts, crime or ())
    console.put(told | {"version": version.version_id, "out": out}, as_json=as_json)


def _unread(counts: TidyCounts, crimes: Sequence[str]) -> dict[str, object]:
    """Cells of the official table that hold no whole number."""
    chosen = {normalise(name) for name in crimes}
    held = [c for c in counts.fractions if not chosen or normalise(c.crime) in chosen]
    return {"fractions": held, "not_numbers": counts.not_numbers}


def _balance(city: str, as_json: bool) -> None:
    """Print what every source's rows became, in all as well; batches and months for machines."""
    _place, engine, version = open_city(city)
    held = batches.batches(console.database(), city)
    found = source_totals(engine, load_settings(), held, version)
    total = {"source": None, **found.balance[list(STEPS)].sum().to_dict()}
    rows: list[dict[Any, Any]] = [*found.balance.to_dict("records"), total]
    if isinstance(found.official, AnalyticsError):
        console.say(f"error.{found.official.code}", **found.official.details)
    if as_json:
        answer: dict[str, Any] = {"city": city, "version": version.version_id, "sources": rows[:-1]}
        months = found.official if isinstance(found.official, pd.DataFrame) else pd.DataFrame()
        answer |= {"total": total, "batches": found.batches, "months": months.to_dict("records")}
        console.put(answer, as_json=True)
    else:
        console.put(rows, as_json=False)


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
