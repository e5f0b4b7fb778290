"""The command line on a store of the test's own, speaking English unless told otherwise."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from analytics.__main__ import app
from analytics.settings import Settings, load_settings
from analytics.store.database import open_database
from analytics.store.models import Batch, DatasetVersion

MEMPHIS = """
[cities.memphis]
name = "Memphis"
country = "US"
timezone = "America/Chicago"
crs = "{crs}"
"""


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output, which must be strict JSON and nothing else."""

        def refuse(constant: str) -> None:
            raise AssertionError(f"{constant} is not JSON")

        return json.loads(self.out, parse_constant=refuse)


Run = Callable[..., Answer]


@pytest.fixture
def memphis(make_settings: Callable[[str], Settings]) -> Settings:
    """A city named Memphis in UTM 15 N, nothing imported."""
    return make_settings(MEMPHIS.format(crs="EPSG:32615"))


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as the shell would; ``lang`` sets the language of the messages."""

    def call(*words: object, lang: str = "en_US.UTF-8", answer: str | None = None) -> Answer:
        for name in ("LC_ALL", "LC_MESSAGES"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("LANG", lang)
        result = CliRunner().invoke(app, [str(word) for word in words], input=answer)
        return Answer(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture
def stored(home: Path) -> Callable[[], tuple[int, int, list[str]]]:
    """Count batches and versions on record, and list the files of events and versions."""

    def look() -> tuple[int, int, list[str]]:
        with open_database(load_settings()).begin() as session:
            rows = [
                session.scalar(select(func.count()).select_from(table)) or 0
                for table in (Batch, DatasetVersion)
            ]
        files = [
            path.name
            for folder in ("events", "versions")
            for path in (home / folder).rglob("*")
            if path.is_file()
        ]
        return rows[0], rows[1], files

    return look


@pytest.fixture
def robberies(tmp_path: Path) -> Path:
    """Eight robberies in Memphis, the fourth without a place, the fifth without a date."""
    rows = [
        "1,2019-01-05 18:20:00,personal robbery,-90.05,35.15",
        "2,2019-01-05 18:40:00,personal robbery,-90.05,35.15",
        "3,2019-02-11 09:00:00,personal robbery,-90.01,35.12",
        "4,2019-02-12 09:00:00,personal robbery,,",
        "5,,personal robbery,-90.03,35.13",
        "6,2019-03-01 23:15:00,personal robbery,-90.04,35.11",
        "7,2019-03-02 01:15:00,personal robbery,-90.02,35.16",
        "8,2019-03-30 12:00:00,personal robbery,-89.98,35.10",
    ]
    path = tmp_path / "robberies.csv"
    path.write_text("\n".join(["id,date,offence,longitude,latitude", *rows]) + "\n")
    return path
