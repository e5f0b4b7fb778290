"""A year of weekly tests of five bandwidths, against scikit-learn's KernelDensity on a part."""

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

from sklearn.neighbors import KernelDensity

from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.events.publishing import open_version
from analytics.hotspots.grids import study_grid
from analytics.hotspots.surface import Method
from analytics.hotspots.validity import Holdout, rolling_windows, validate
from analytics.settings import City, load_settings
from analytics.store.batches import current_version
from analytics.store.database import open_database
from tests import server

BANDWIDTHS_M = (100.0, 200.0, 300.0, 400.0, 500.0)
HOLDOUT = Holdout(train_days=90, test_days=7, windows=52)
TIMED = ((0, 200.0), (25, 300.0), (51, 400.0))  # windows and bandwidths timed for scikit-learn


def run() -> list[str]:
    """Time 52 windows × 5 bandwidths of the demonstration city, ours whole, theirs in part."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with patch.dict(os.environ, CABILDO_HOME=str(home), CABILDO_CONFIG=""):
            server.build_demo(home)
            settings = load_settings()
            with_store = open_database(settings)
            version = current_version(with_store, "quimera")
            with_store.close()
            assert version is not None
            return _report(open_version(settings, version), settings.city("quimera"))


def _report(engine: EventEngine, city: City) -> list[str]:
    start = perf_counter()
    for bandwidth_m in BANDWIDTHS_M:
        validate(engine, city, Filters(), Method(city.cell_m, bandwidth_m), HOLDOUT)
    ours = perf_counter() - start
    runs = HOLDOUT.windows * len(BANDWIDTHS_M)
    timed = _theirs(engine, city)
    theirs = sum(timed) / len(timed) * runs
    return [
        f"{HOLDOUT.windows} windows × {len(BANDWIDTHS_M)} bandwidths of the demonstration city",
        f"ours, whole (density, count, best possible, resampling): {ours:.1f} s",
        f"scikit-learn, density alone: {theirs:.1f} s,"
        f" scaled from {len(timed)} of {runs} runs timed in {sum(timed):.1f} s",
        f"scikit-learn takes {theirs / ours:.1f}× as long",
    ]


def _theirs(engine: EventEngine, city: City) -> list[float]:
    """Time reading, fitting and scoring every cell centre, with the library's own tolerance."""
    grid = study_grid(city, city.cell_m, engine.extent())
    windows = rolling_windows(HOLDOUT, *engine.period())
    taken = []
    for number, bandwidth_m in TIMED:
        first, last = windows[number].train
        asked = replace(Filters(), date_from=first, date_to=last)
        start = perf_counter()
        xy_m, weights = engine.weighted_points(asked)
        made = KernelDensity(bandwidth=bandwidth_m).fit(xy_m, sample_weight=weights)
        made.score_samples(grid.centres_m)
        taken.append(perf_counter() - start)
    return taken
