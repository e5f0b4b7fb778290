"""Linking a million records: Mexico City 2019 to 2024, three in ten told by a second source."""

import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

from analytics.settings import load_settings
from analytics.sources.importing import import_file
from analytics.sources.linkage import LinkReport, link
from analytics.store.database import open_database
from tests.benchmarks.importing import CITY, FOLDER, YEARS
from tests.server import ROOT

RECORDS = 1_000_000
SECOND_SHARE = 0.30  # of the first source's records
SIGMA_M, SIGMA_MINUTES = 60.0, 40.0
METRES_PER_DEGREE = 111_000.0
PLACE, TIME = ["latitud", "longitud"], "hora_hecho"


def run() -> list[str]:
    """Link records of real density in a process of its own."""
    shared = Path(os.environ.get("CABILDO_SHARED", ROOT.parent / "shared"))
    paths = [shared / "data" / FOLDER / f"carpetas_puntos_{year}.csv.gz" for year in YEARS]
    if absent := [path.name for path in paths if not path.is_file()]:
        return [f"not available: {absent[0]} is not in the shared data; set CABILDO_SHARED"]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.toml"
        config.write_text(CITY, encoding="utf-8")
        home = str(Path(folder) / "home")
        with patch.dict(os.environ, CABILDO_CONFIG=str(config), CABILDO_HOME=home):
            _import(_two_sources(paths, Path(folder)))
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                report, peak_mib = pool.submit(_linked).result()
    return [
        f"{report.records:,} records, {report.pairs:,} pairs linked, {report.doubtful:,} doubtful",
        f"{report.seconds / 60:.1f} minutes, peak memory {peak_mib:,.0f} MiB",
    ]


def _two_sources(paths: list[Path], folder: Path) -> dict[str, Path]:
    """Write what the first source told, and part of it again as a second one saw it."""
    random = np.random.default_rng(20_260)
    n_first = round(RECORDS / (1 + SECOND_SHARE))
    told = pd.concat([pd.read_csv(path, dtype=str) for path in paths], ignore_index=True)
    first = told.sample(n_first, random_state=random)
    second = first.sample(RECORDS - n_first, random_state=random)
    for axis in PLACE:
        degrees = random.normal(0, SIGMA_M / METRES_PER_DEGREE, len(second))
        second[axis] = (second[axis].astype(float) + degrees).map("{:.6f}".format, "ignore")
    minutes = pd.to_timedelta(np.rint(random.normal(0, SIGMA_MINUTES, len(second))), unit="min")
    moment = pd.to_datetime(second["fecha_hecho"] + " " + second[TIME], errors="coerce") + minutes
    second["fecha_hecho"] = moment.dt.strftime("%Y-%m-%d")
    second[TIME] = moment.dt.strftime("%H:%M:%S")
    written = {"first": folder / "first.csv", "second": folder / "second.csv"}
    first.to_csv(written["first"], index=False)
    second.to_csv(written["second"], index=False)
    return written


def _import(files: dict[str, Path]) -> None:
    settings = load_settings()
    db = open_database(settings)
    for source, path in files.items():
        import_file(
            path,
            settings=settings,
            db=db,
            city=settings.city("cdmx"),
            source=source,
            actor="cli:benchmark",
        )
    db.close()


def _linked() -> tuple[LinkReport, float]:
    settings = load_settings()
    report = link(settings, open_database(settings), settings.city("cdmx"), actor="cli:benchmark")
    # Not getrusage: its peak begins with that of the process this one was started from.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return report, int(status.split("VmHWM:")[1].split()[0]) / 1024
