"""Importing small files into a store of the test's own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from analytics.settings import Settings
from analytics.sources.importing import ImportReport, import_file
from analytics.sources.mappings import Mapping
from analytics.store.database import open_database

CITIES = """
[cities.memphis]
name = "Memphis"
country = "US"
timezone = "America/Chicago"
crs = "EPSG:32615"

[cities.cdmx]
name = "Ciudad de México"
country = "MX"
timezone = "America/Mexico_City"
crs = "EPSG:32614"

[cities.santiago]
name = "Santiago"
country = "CL"
timezone = "America/Santiago"
crs = "EPSG:32719"

[cities.saopaulo]
name = "São Paulo"
country = "BR"
timezone = "America/Sao_Paulo"
crs = "EPSG:31983"

[cities.montevideo]
name = "Montevideo"
country = "UY"
timezone = "America/Montevideo"
crs = "EPSG:32721"
"""


@dataclass(frozen=True)
class Imported:
    report: ImportReport
    events: list[dict[str, Any]]
    quarantined: list[dict[str, Any]]


@pytest.fixture
def settings(make_settings: Callable[[str], Settings]) -> Settings:
    return make_settings(CITIES)


@pytest.fixture
def import_path(settings: Settings) -> Callable[..., Imported]:
    """Import a file and read back what the store holds of it."""

    def run(path: Path, city: str = "santiago", mapping: Mapping | None = None, **options: Any):
        report = import_file(
            path,
            settings=settings,
            db=open_database(settings),
            city=settings.city(city),
            source=options.pop("source", "prueba"),
            actor="cli:test",
            mapping=mapping,
            **options,
        )
        folder = settings.home / "events" / city
        events = pq.read_table(folder / f"{report.batch}.parquet").to_pylist()
        set_aside = folder / f"{report.batch}.quarantine.parquet"
        return Imported(
            report, events, pq.read_table(set_aside).to_pylist() if set_aside.exists() else []
        )

    return run


@pytest.fixture
def import_text(import_path: Callable[..., Imported], tmp_path: Path) -> Callable[..., Imported]:
    """Write text (or bytes) to a file and import it."""

    def run(content: str | bytes, city: str = "santiago", name: str = "datos.csv", **options: Any):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_path(path, city, **options)

    return run
