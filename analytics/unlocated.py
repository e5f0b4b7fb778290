"""Records without coordinates: listed, put in their place by hand, and taken back."""

import math
import shlex
from glob import escape

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from analytics.errors import SourceError, StoreError
from analytics.events.publishing import batch_path
from analytics.intake import Intake
from analytics.sources.bounds import city_bounds
from analytics.store import batches, located
from analytics.store.batches import VersionRow

COLUMNS = (
    "event_id", "occurred_from", "time_precision", "source", "source_category",
    "source_record_id", "batch_id", "row_number",
)  # fmt: skip
GAPS = """
CREATE TEMP TABLE gaps AS SELECT DISTINCT event_id FROM read_parquet({files}) WHERE x_m IS NULL
"""
# Of the records that lack a place in some batch, the row that counts, as in a publication.
LATEST = """
CREATE TEMP VIEW latest AS
SELECT r.* FROM read_parquet({files}) r JOIN ranking USING (batch_id) JOIN gaps USING (event_id)
QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY rank DESC, row_number DESC) = 1
"""
LISTED = """
SELECT {columns}, count(*) OVER () AS n FROM latest ANTI JOIN by_hand USING (event_id)
WHERE x_m IS NULL ORDER BY occurred_from DESC NULLS LAST, event_id LIMIT $limit OFFSET $offset
"""


def unlocated(intake: Intake, *, limit: int = 10, offset: int = 0) -> tuple[pd.DataFrame, int]:
    """Return records of the active batches that have no place yet, the latest first; audited.

    Parameters
    ----------
    intake : Intake
    limit, offset : int
        How many, after how many.

    Returns
    -------
    pandas.DataFrame
        ``COLUMNS``: of each record what is stored of it, and the row of its batch.
    int
        How many there are in all.
    """
    with _latest(intake) as connection:
        query = LISTED.format(columns=", ".join(COLUMNS))
        frame = connection.execute(query, {"limit": limit, "offset": offset}).df()
    intake.record("read_unlocated", n=len(frame))
    n = int(frame["n"].iloc[0]) if len(frame) else 0
    return frame[list(COLUMNS)], n


def place_event(intake: Intake, event_id: str, longitude: float, latitude: float) -> VersionRow:
    """Put a record without coordinates in its place and publish; its batch stays as it is.

    Parameters
    ----------
    intake : Intake
    event_id : str
    longitude, latitude : float
        Degrees, EPSG:4326.

    Raises
    ------
    SourceError
        ``located.outside`` if the place is not within the city's bounds
        (:func:`analytics.sources.bounds.city_bounds`).
    StoreError
        ``located.unknown`` if no active batch has the record without a place.
    AnalyticsError
        As :meth:`analytics.intake.Intake.publish` says.
    """
    at = np.array([longitude]), np.array([latitude])
    bounds = city_bounds(intake.city)
    finite = math.isfinite(longitude) and math.isfinite(latitude)
    if not (finite and bounds.contain(*at)[0]):
        raise SourceError(
            "located.outside",
            city=intake.city.name,
            longitude=longitude,
            latitude=latitude,
            west=round(bounds.west, 3),
            east=round(bounds.east, 3),
            south=round(bounds.south, 3),
            north=round(bounds.north, 3),
        )
    with _latest(intake) as connection:
        query = "SELECT count(*) FROM latest WHERE event_id = $id AND x_m IS NULL"
        found = connection.execute(query, {"id": event_id}).fetchall()[0][0]
    if not found:
        raise StoreError("located.unknown", event=event_id, city=intake.city.name)
    located.locate(intake.db, intake.city.key, event_id, longitude, latitude, actor=intake.actor)
    return intake.publish()


def withdraw_event(intake: Intake, event_id: str) -> VersionRow:
    """Take a record's place back and publish.

    Raises
    ------
    StoreError
        ``located.not_placed`` if nobody placed the record.
    """
    if not located.withdraw(intake.db, intake.city.key, event_id, actor=intake.actor):
        raise StoreError("located.not_placed", event=event_id, city=intake.city.name)
    return intake.publish()


def place_line(city: str, event_id: str, longitude: float, latitude: float) -> str:
    """Return the command that places a record, as text to copy."""
    words = ["python", "-m", "analytics", "place-event", event_id, "--city", city]
    words += [f"--longitude={longitude:.10g}", f"--latitude={latitude:.10g}"]
    return shlex.join(words)


def _latest(intake: Intake) -> duckdb.DuckDBPyConnection:
    """Open ``latest``, the rows that count of records with a gap, and ``by_hand``, their places."""
    active = batches.batches(intake.db, intake.city.key, active_only=True)
    if not active:
        raise StoreError("store.nothing_to_publish", city=intake.city.name)
    files = [escape(str(batch_path(intake.settings, batch))) for batch in active]
    quoted = "[" + ", ".join("'" + file.replace("'", "''") + "'" for file in files) + "]"
    ids = [place.event_id for place in located.located(intake.db, intake.city.key)]
    connection = duckdb.connect()
    ranked = {"batch_id": [batch.batch_id for batch in active], "rank": range(len(active))}
    connection.register("ranking", pa.table(ranked))
    connection.register("by_hand", pa.table({"event_id": pa.array(ids, pa.string())}))
    connection.execute(GAPS.format(files=quoted))
    connection.execute(LATEST.format(files=quoted))
    return connection
