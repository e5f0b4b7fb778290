"""Importing Mexico City, a year or six, against the bare minimum: read_csv and to_parquet."""

import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

import pandas as pd

from analytics.settings import load_settings
from analytics.sources.importing import ImportReport, import_file
from analytics.store.database import open_database
from tests.benchmarks.timing import milliseconds, seconds
from tests.server import ROOT

FOLDER = "ciudad-de-mexico"
YEARS = range(2019, 2025)
CITY = """
[cities.cdmx]
name = "Ciudad de México"
country = "MX"
timezone = "America/Mexico_City"
crs = "EPSG:32614"
"""
REPEATS = 3


def run() -> list[str]:
    """Time both on 2019; the import also checks, projects, categorises and records."""
    return _run(YEARS[:1])


def run_years() -> list[str]:
    """Time both on 2019 to 2024, 1.3 million rows."""
    return _run(YEARS)


def _run(years: range) -> list[str]:
    shared = Path(os.environ.get("CABILDO_SHARED", ROOT.parent / "shared"))
    paths = [shared / "data" / FOLDER / f"carpetas_puntos_{year}.csv.gz" for year in years]
    if absent := [path.name for path in paths if not path.is_file()]:
        return [f"not available: {absent[0]} is not in the shared data; set CABILDO_SHARED"]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text(CITY, encoding="utf-8")
        home = str(Path(folder) / "home")
        with patch.dict(os.environ, CABILDO_CONFIG=str(config), CABILDO_HOME=home):
            return _compare(paths, Path(folder) / "plain.parquet")


def _compare(paths: list[Path], target: Path) -> list[str]:
    reports: list[ImportReport] = []
    ours = seconds(lambda: reports.extend(_import(path) for path in paths), REPEATS)
    plain = seconds(lambda: _plain(paths, target), REPEATS)
    last = reports[-len(paths) :]
    rows, accepted = sum(r.rows for r in last), sum(r.accepted for r in last)
    our_peak, plain_peak = _peak(_import_all, paths), _peak(_plain, paths, target)
    middle, bare = sorted(ours)[REPEATS // 2], sorted(plain)[REPEATS // 2]
    return [
        f"{paths[0].name} to {paths[-1].name}, {rows:,} rows, {accepted:,} accepted",
        f"import: {milliseconds(ours)}, {rows / middle:,.0f} rows a second",
        f"read_csv and to_parquet: {milliseconds(plain)}, {rows / bare:,.0f} rows a second",
        f"the import takes {middle / bare:.1f}× as long",
        f"peak memory: {our_peak:,.0f} MiB, {plain_peak:,.0f} MiB for the bare minimum",
    ]


def _peak(function: Callable[..., None], *arguments: object) -> float:
    """Peak memory in MiB of a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measured, function, *arguments).result()


def _measured(function: Callable[..., None], *arguments: object) -> float:
    function(*arguments)
    # Not getrusage: its peak begins with that of the process this one was started from.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _import_all(paths: list[Path]) -> None:
    for path in paths:
        _import(path)


def _plain(paths: list[Path], target: Path) -> None:
    for path in paths:
        pd.read_csv(path).to_parquet(target)


def _import(path: Path) -> ImportReport:
    settings = load_settings()
    return import_file(
        path,
        settings=settings,
        db=open_database(settings),
        city=settings.city("cdmx"),
        source="FGJ",
        actor="cli:benchmark",
    )
