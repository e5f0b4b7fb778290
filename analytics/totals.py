"""What a city has received, added up: located share, rows to incidents, rhythm of each source."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from analytics.errors import AnalyticsError
from analytics.events.cubes import cell_counts
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.grids import study_grid
from analytics.settings import City, Settings
from analytics.sources.importing import SCRATCH
from analytics.sources.reconciliation import official_months
from analytics.store.batches import BatchManifest, VersionRow

LOCATED_BY = ("source", "month", "category")
STEPS = (
    "rows", "quarantined", "accepted", "superseded", "records", "linked", "incidents",
    "in_area", "outside", "not_located",
)  # fmt: skip
MIN_DAYS = 3  # fewer distinct days are no rhythm
LATE_AFTER = 2.0  # times the usual interval


@dataclass(frozen=True)
class Rhythm:
    """How often a source arrives.

    ``every_days`` is the median number of days from one day to the next, None where there are
    fewer than three days: of the days with an import, or else (``basis`` "events") of the days
    with an event. ``last_event`` is None without a dated event.
    """

    source: str
    last_event: date | None
    last_import: date
    every_days: float | None
    basis: str


@dataclass(frozen=True)
class Freshness:
    """The age of a source on a day; ``is_late`` is None where no rhythm is known."""

    rhythm: Rhythm
    event_days: int | None
    import_days: int
    is_late: bool | None


@dataclass(frozen=True, eq=False)
class SourceTotals:
    """What a published version is made of.

    ``located``: as :func:`located_share`. ``balance``: as :func:`balance`. ``rhythms``: one per
    source, by name. ``batches``: of each batch, the latest first, ``batch``, ``file``, ``source``
    and the numbers ``rows`` = ``accepted`` + ``quarantined``. ``official``: as
    :func:`analytics.sources.reconciliation.official_months`, None where the settings name no file;
    the refusal, where it cannot be used.
    """

    city: str
    version: str
    located: pd.DataFrame
    balance: pd.DataFrame
    rhythms: tuple[Rhythm, ...]
    batches: tuple[dict[str, str | int], ...]
    official: pd.DataFrame | AnalyticsError | None


def source_totals(
    engine: EventEngine, settings: Settings, held: Sequence[BatchManifest], version: VersionRow
) -> SourceTotals:
    """Add up a published version.

    Parameters
    ----------
    engine : EventEngine
        Opened on the version.
    settings : Settings
    held : sequence of BatchManifest
        Batches of the city; those that the version does not join are passed over.
    version : VersionRow
    """
    city = settings.city(version.city)
    joined = [batch for batch in held if batch.batch_id in version.batch_ids]
    return SourceTotals(
        city=city.key,
        version=version.version_id,
        located=located_share(engine),
        balance=balance(engine, city, joined),
        rhythms=rhythms(engine, city, joined),
        batches=tuple(_rows_of(batch) for batch in reversed(joined)),
        official=_official(engine, settings, city),
    )


def located_share(engine: EventEngine) -> pd.DataFrame:
    """Count a city's records, and those with coordinates, by source, month and category.

    Returns
    -------
    pandas.DataFrame
        ``source``, ``month`` (its first day; null for records without a date), ``category``
        (taxonomy key), ``n`` and ``n_located`` (int64 records), ``share`` (0–1), in that order of
        columns and sorted by the first three.
    """
    rows = engine.counts(Filters(records=True), (*LOCATED_BY, "is_located")).to_pandas()
    rows["n_located"] = rows["n"].where(rows["is_located"], 0.0)
    return _shared(rows, LOCATED_BY)


def located_by(located: pd.DataFrame, by: Iterable[str]) -> pd.DataFrame:
    """Add the counts of :func:`located_share` up to fewer columns; the share follows."""
    return _shared(located, tuple(by))


def balance(engine: EventEngine, city: City, held: Sequence[BatchManifest]) -> pd.DataFrame:
    """Follow the rows of all files to incidents on the map; every step adds up.

    ``rows`` = ``quarantined`` + ``accepted``; ``accepted`` − ``superseded`` (a later row or batch
    tells of the same record) = ``records``; ``records`` − ``linked`` (another record represents
    their incident) = ``incidents`` = ``in_area`` + ``outside`` + ``not_located``.

    Parameters
    ----------
    engine : EventEngine
        Opened on the version that joins ``held``.
    city : City
        The area is its study area: every cell that shares area with the boundary.
    held : sequence of BatchManifest

    Returns
    -------
    pandas.DataFrame
        A row per source, by name: ``source`` and the int64 columns ``STEPS``.
    """
    rows = []
    for source in sorted({batch.source for batch in held}):
        own = [batch for batch in held if batch.source == source]
        accepted = sum(batch.rows_accepted for batch in own)
        quarantined = sum(sum(batch.rows_quarantined.values()) for batch in own)
        filters = Filters(sources=(source,))
        totals = engine.totals(filters)
        records, incidents = round(totals.n_records), round(totals.n)
        in_area = round(_in_area(engine, city, filters)) if totals.n_located else 0
        rows.append(
            {
                "source": source,
                "rows": accepted + quarantined,
                "quarantined": quarantined,
                "accepted": accepted,
                "superseded": accepted - records,
                "records": records,
                "linked": records - incidents,
                "incidents": incidents,
                "in_area": in_area,
                "outside": round(totals.n_located) - in_area,
                "not_located": incidents - round(totals.n_located),
            }
        )
    return pd.DataFrame(rows, columns=["source", *STEPS])


def rhythms(engine: EventEngine, city: City, held: Sequence[BatchManifest]) -> tuple[Rhythm, ...]:
    """Return how often each source arrives, by its name."""
    zone = ZoneInfo(city.timezone)
    days = engine.counts(Filters(records=True), ("source", "day")).to_pandas().dropna(subset="day")
    last = engine.last_days()
    found = []
    for source in sorted({batch.source for batch in held}):
        arrived = [b.created_at.astimezone(zone).date() for b in held if b.source == source]
        by_import = _median_gap(arrived)
        by_event = _median_gap(days.loc[days["source"] == source, "day"])
        found.append(
            Rhythm(
                source=source,
                last_event=last.get(source),
                last_import=max(arrived),
                every_days=by_event if by_import is None else by_import,
                basis="events" if by_import is None else "imports",
            )
        )
    return tuple(found)


def freshness(rhythm: Rhythm, now: datetime, city: City) -> Freshness:
    """Tell how old a source is, and whether it is late by its own rhythm.

    Late is what has not come for more than twice its usual interval: an import, or an event where
    the imports are too few to have a rhythm.

    Parameters
    ----------
    rhythm : Rhythm
    now : datetime
        Aware.
    city : City
        Gives the time zone whose days are counted.
    """
    today = now.astimezone(ZoneInfo(city.timezone)).date()
    event_days = None if rhythm.last_event is None else (today - rhythm.last_event).days
    import_days = (today - rhythm.last_import).days
    age = import_days if rhythm.basis == "imports" else event_days
    if age is None or rhythm.every_days is None:
        return Freshness(rhythm, event_days, import_days, None)
    return Freshness(rhythm, event_days, import_days, age > LATE_AFTER * rhythm.every_days)


def located_line(city: str) -> str:
    """Return the command that gives the located share, as text to copy."""
    return shlex.join(["python", "-m", "analytics", "located", "--city", city, "--json"])


def reconcile_line(city: str) -> str:
    """Return the command that follows rows to incidents, as text to copy."""
    return shlex.join(["python", "-m", "analytics", "reconcile", "--city", city])


def _official(
    engine: EventEngine, settings: Settings, city: City
) -> pd.DataFrame | AnalyticsError | None:
    if city.official is None:
        return None
    try:
        return official_months(engine, city.official, scratch=settings.home / SCRATCH)
    except AnalyticsError as refusal:  # shown in its place: the rest adds up all the same
        return refusal


def _rows_of(batch: BatchManifest) -> dict[str, str | int]:
    quarantined = sum(batch.rows_quarantined.values())
    return {
        "batch": batch.batch_id,
        "file": batch.file_name,
        "source": batch.source,
        "rows": batch.rows_accepted + quarantined,
        "accepted": batch.rows_accepted,
        "quarantined": quarantined,
    }


def _shared(rows: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    sums = rows.groupby(list(by), dropna=False, observed=True)[["n", "n_located"]].sum()
    frame = sums.round().astype("int64").reset_index()
    return frame.assign(share=frame["n_located"] / frame["n"])


def _in_area(engine: EventEngine, city: City, filters: Filters) -> float:
    grid = study_grid(city, city.cell_m, engine.extent())
    counts = cell_counts(engine.moments(filters, cell_m=city.cell_m), 1, grid)
    return float(counts[grid.study].sum())


def _median_gap(days: Iterable[date]) -> float | None:
    ordered = sorted({day.toordinal() for day in days})
    return float(np.median(np.diff(ordered))) if len(ordered) >= MIN_DAYS else None
