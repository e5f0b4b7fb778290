"""The command ``validate``: how well the density map tells where the next events fall."""

from pathlib import Path
from typing import Annotated

import typer

from analytics.commands import console
from analytics.commands.hotspots import (
    Categories_,
    City_,
    From_,
    Hours_,
    Json_,
    Records_,
    Sources_,
    To_,
    Weekdays_,
    open_city,
    parse_filters,
)
from analytics.exports.frames import check_format, write_frame
from analytics.hotspots.surface import Method
from analytics.hotspots.validity import SEED, Holdout, Validity
from analytics.hotspots.validity import validate as compute
from analytics.store.batches import VersionRow

DEFAULT = Holdout()


@console.guarded
def validate(  # noqa: PLR0913  # one argument per option
    city: City_,
    out: Annotated[Path, typer.Option("--out", help="File .csv or .parquet.")],
    date_from: From_ = None,
    date_to: To_ = None,
    category: Categories_ = None,
    source: Sources_ = None,
    hours: Hours_ = None,
    weekdays: Weekdays_ = None,
    records: Records_ = False,
    train_days: Annotated[int, typer.Option(help="Days learned from.")] = DEFAULT.train_days,
    test_days: Annotated[int, typer.Option(help="Days tested on.")] = DEFAULT.test_days,
    windows: Annotated[int, typer.Option(help="Tests, the last ending at --to.")] = DEFAULT.windows,
    cell_m: Annotated[float | None, typer.Option(help="Side of a cell in metres.")] = None,
    bandwidth_m: Annotated[float | None, typer.Option(help="Bandwidth in metres.")] = None,
    kernel: Annotated[str, typer.Option(help="gaussian or quartic.")] = "gaussian",
    seed: Annotated[int, typer.Option(help="Of the intervals' resampling.")] = SEED,
    as_json: Json_ = False,
) -> None:
    """Write hit rate, PAI and PEI* of density, plain count and best possible, by window."""
    check_format(out)
    place, engine, version = open_city(city)
    filters = parse_filters(date_from, date_to, category, source, hours, weekdays, records)
    chosen = Method(
        cell_m=place.cell_m if cell_m is None else cell_m,
        bandwidth_m=place.bandwidth_m if bandwidth_m is None else bandwidth_m,
        kernel=kernel,
    )
    holdout = Holdout(train_days=train_days, test_days=test_days, windows=windows)
    found = compute(engine, place, filters, chosen, holdout, seed=seed)
    rows = write_frame(found.frame, out)
    console.put(_told(found, version, out, rows), as_json=as_json)


def _told(found: Validity, version: VersionRow, out: Path, rows: int) -> dict[str, object]:
    return {
        "out": out,
        "rows": rows,
        "cells": found.n_cells,
        "windows": [
            {
                "window": window.number,
                "train_from": window.train[0],
                "train_to": window.train[1],
                "test_from": window.test[0],
                "test_to": window.test[1],
                "n_test": n,
            }
            for window, n in zip(found.windows, found.n_test, strict=True)
        ],
        "summary": found.summary.to_dict("records"),
        "summary_resampled": found.resampled,
        "seed": found.seed,
        "cell_m": found.method.cell_m,
        "bandwidth_m": found.method.bandwidth_m,
        "kernel": found.method.kernel,
        "version": version.version_id,
    }
