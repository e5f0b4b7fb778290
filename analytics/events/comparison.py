"""What changed between two batches: events added, removed, changed and unchanged."""

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from analytics.errors import StoreError
from analytics.events import publishing, store
from analytics.schema import EVENT_SCHEMA
from analytics.settings import Settings
from analytics.store.batches import BatchManifest

# Not content: who the event is, where it stood in which file, and what follows from its degrees.
NOT_CONTENT = ("event_id", "batch_id", "row_number", "x_m", "y_m")
CONTENT = tuple(name for name in EVENT_SCHEMA.names if name not in NOT_CONTENT)
# Within a batch the last row of an event counts, as in a publication.
LAST = """
CREATE TEMP TABLE {name} AS SELECT * FROM read_parquet($file)
QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY row_number DESC) = 1
"""
ONLY_IN = "SELECT event_id FROM {one} ANTI JOIN {other} USING (event_id) ORDER BY event_id"


@dataclass(frozen=True)
class BatchDifference:
    """From batch ``old`` to batch ``new``: event ids in alphabetical order.

    ``changed`` are events in both whose content differs in one column or more (where a file has
    no record ids, the id follows from the content: such an event is removed and another added).
    ``changed_columns`` counts them by column; ``unchanged`` is the number of the others.
    """

    old: str
    new: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    changed_columns: dict[str, int] = field(hash=False)


def compare_batches(settings: Settings, old: BatchManifest, new: BatchManifest) -> BatchDifference:
    """Compare the events of two batches by their ids and content.

    Parameters
    ----------
    settings : Settings
        Gives the home.
    old, new : BatchManifest
        Active or rolled back.

    Returns
    -------
    BatchDifference

    Raises
    ------
    StoreError
        ``store.batch_missing`` or ``store.batch_changed`` if a file is gone or is not what was
        imported.
    """
    differs = [f"old.{name} IS DISTINCT FROM new.{name} AS {name}" for name in CONTENT]
    with duckdb.connect() as connection:
        for name, batch in (("old", old), ("new", new)):
            file = str(checked_path(settings, batch))
            connection.execute(LAST.format(name=name), {"file": file})
        connection.execute(
            f"CREATE TEMP TABLE both_ AS SELECT event_id, {', '.join(differs)}"  # noqa: S608
            " FROM old JOIN new USING (event_id)"
        )
        any_differs = " OR ".join(CONTENT)
        changed = _ids(
            connection,
            f"SELECT event_id FROM both_ WHERE {any_differs} ORDER BY event_id",  # noqa: S608
        )
        sums = ", ".join(f"count(*) FILTER ({name})" for name in CONTENT)
        row = connection.execute(f"SELECT count(*), {sums} FROM both_").fetchall()[0]  # noqa: S608
        return BatchDifference(
            old=old.batch_id,
            new=new.batch_id,
            added=_ids(connection, ONLY_IN.format(one="new", other="old")),
            removed=_ids(connection, ONLY_IN.format(one="old", other="new")),
            changed=changed,
            unchanged=row[0] - len(changed),
            changed_columns={n: k for n, k in zip(CONTENT, row[1:], strict=True) if k},
        )


def checked_path(settings: Settings, batch: BatchManifest) -> Path:
    """Return the file of a batch if it is as it was imported; refuse as :func:`compare_batches`."""
    path = publishing.batch_path(settings, batch)
    city = settings.cities.get(batch.city)
    named = {
        "city": city.name if city else batch.city,
        "batch": batch.batch_id,
        "file": batch.file_name,
        "path": batch.path,
    }
    if not path.is_file():
        raise StoreError("store.batch_missing", **named)
    if store.sha256_of(path) != batch.checksum:
        raise StoreError("store.batch_changed", **named)
    return path


def _ids(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[str, ...]:
    return tuple(event_id for (event_id,) in connection.execute(query).fetchall())
