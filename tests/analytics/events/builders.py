"""A small event store for tests: records in plain words, batches, published versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from analytics.events.engine import EventEngine
from analytics.events.publishing import publish, version_path
from analytics.events.store import BatchWriter
from analytics.schema import EVENT_SCHEMA, QUARANTINE_SCHEMA
from analytics.settings import City, Settings, load_settings
from analytics.store.batches import BatchManifest, VersionRow
from analytics.store.database import Database, open_database

CONFIG = """
[cities.{key}]
name = "Memphis"
country = "US"
timezone = "America/Chicago"
crs = "{crs}"
"""
UTM_15N = "EPSG:32615"


def record(event_id: str, at: str | None = None, until: str | None = None, **told: Any) -> dict:
    """One record; ``at`` and ``until`` in ISO form, ``xy`` in metres; the rest has defaults."""
    x, y = told.pop("xy", (None, None))
    return {
        "event_id": event_id,
        "city": "memphis",
        "source": "calls",
        "source_record_id": event_id,
        "row_number": 1,
        "source_kind": "call",
        "source_category": "FRAUDE",
        "occurred_from": datetime.fromisoformat(at) if at else None,
        "occurred_to": datetime.fromisoformat(until or at) if at else None,
        "time_precision": "minute" if at else "unknown",
        "longitude": None if x is None else x / 1e5,
        "latitude": None if y is None else y / 1e5,
        "x_m": x,
        "y_m": y,
        "location_precision": "unknown" if x is None else "point",
        "detection": "reported",
    } | told


def quarantined(n: int, reason: str = "zero_coordinate") -> pa.Table:
    """Refused rows."""
    row = {
        "file": "calls.csv",
        "row_number": 7,
        "column": "lat",
        "value": "0",
        "reason": reason,
        "remedy": "fix_coordinate",
        "raw": "0,0",
    }
    return pa.Table.from_pylist([row] * n, QUARANTINE_SCHEMA)


def events_of(records: Sequence[dict], batch_id: str) -> pa.Table:
    """Records as the canonical table of a batch."""
    return pa.Table.from_pylist([r | {"batch_id": batch_id} for r in records], EVENT_SCHEMA)


@dataclass
class EventStore:
    """One city's store in a folder of the test's own."""

    settings: Settings
    db: Database

    @property
    def city(self) -> City:
        return self.settings.city("memphis")

    def commit(
        self, records: Sequence[dict], batch_id: str = "b1", *, refused: int = 0
    ) -> BatchManifest:
        with BatchWriter(self.settings, self.city, batch_id) as writer:
            writer.write(events_of(records, batch_id))
            writer.quarantine(quarantined(refused))
            return writer.commit(
                self.db,
                source="calls",
                source_kind="call",
                file_name=f"{batch_id}.csv",
                file_sha256="0" * 64,
                choices={"encoding": "utf-8"},
                created_by="ana",
            )

    def publish(self) -> VersionRow:
        return publish(self.settings, self.db, self.city, actor="ana")

    def path(self, version: VersionRow) -> Path:
        return version_path(self.settings, version)

    def engine(self, *records: dict) -> EventEngine:
        """Commit and publish records, and open what is current."""
        if records:
            self.commit(records)
        return EventEngine(self.path(self.publish()))


def store_in(folder: Path, *, crs: str = UTM_15N, key: str = "memphis") -> EventStore:
    """Open the store of ``folder``; a second time, perhaps with other settings."""
    folder.mkdir(exist_ok=True)
    config = folder / "config.toml"
    config.write_text(CONFIG.format(crs=crs, key=key), encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CABILDO_CONFIG", str(config))
        environment.setenv("CABILDO_HOME", str(folder / "home"))
        settings = load_settings()
    return EventStore(settings, open_database(settings))
