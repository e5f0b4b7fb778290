"""The example cohort alone: no events, built once per module."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from analytics.demo.cohort import add_cohort
from analytics.settings import load_settings
from analytics.store.database import Database, open_database

SHOWN = date(2026, 11, 21)
CONFIG = """
[cities.quimera]
name = "Puerto Quimera"
country = "CL"
timezone = "America/Santiago"
crs = "EPSG:32718"
"""


@pytest.fixture(scope="module")
def cohort_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Open a store that holds the example cohort and nothing else."""
    folder: Path = tmp_path_factory.mktemp("cohort")
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CABILDO_CONFIG", str(folder / "config.toml"))
        environment.setenv("CABILDO_HOME", str(folder / "home"))
        db = open_database(load_settings())
        add_cohort(db, shown_on=SHOWN, seed=1)
        yield db
        db.close()
