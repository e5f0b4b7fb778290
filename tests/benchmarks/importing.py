"""Importing a year of Mexico City against the bare minimum: read_csv and to_parquet."""

import os
import tempfile
from pathlib import Path
from unittest.mock import patch

import pandas as pd

from analytics.settings import load_settings
from analytics.sources.importing import ImportReport, import_file
from analytics.store.database import open_database
from tests.benchmarks.timing import milliseconds, seconds
from tests.server import ROOT

FILE = Path("ciudad-de-mexico") / "carpetas_puntos_2019.csv.gz"
CITY = """
[cities.cdmx]
name = "Ciudad de México"
country = "MX"
timezone = "America/Mexico_City"
crs = "EPSG:32614"
"""
REPEATS = 3


def run() -> list[str]:
    """Time both on the whole file; the import also checks, projects, categorises and records."""
    shared = Path(os.environ.get("CABILDO_SHARED", ROOT.parent / "shared"))
    path = shared / "data" / FILE
    if not path.is_file():
        return [f"not available: {FILE} is not in the shared data; set CABILDO_SHARED"]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text(CITY, encoding="utf-8")
        home = str(Path(folder) / "home")
        with patch.dict(os.environ, CABILDO_CONFIG=str(config), CABILDO_HOME=home):
            return _compare(path, Path(folder) / "plain.parquet")


def _compare(path: Path, target: Path) -> list[str]:
    reports: list[ImportReport] = []
    ours = seconds(lambda: reports.append(_import(path)), REPEATS)
    plain = seconds(lambda: pd.read_csv(path).to_parquet(target), REPEATS)
    rows = reports[-1].rows
    middle, bare = sorted(ours)[REPEATS // 2], sorted(plain)[REPEATS // 2]
    return [
        f"{FILE.name}, {rows:,} rows, {reports[-1].accepted:,} accepted",
        f"import: {milliseconds(ours)}, {rows / middle:,.0f} rows a second",
        f"read_csv and to_parquet: {milliseconds(plain)}, {rows / bare:,.0f} rows a second",
        f"the import takes {middle / bare:.1f}× as long",
    ]


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
