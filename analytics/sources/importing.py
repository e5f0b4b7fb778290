"""From a foreign file to a batch in the event store, or to a refusal that leaves no trace."""

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from analytics.errors import SourceError, StoreError
from analytics.events.store import BatchWriter
from analytics.settings import City, Query, Settings
from analytics.sources.aggregates import refuse_aggregate
from analytics.sources.canonical import Canoniser, Provenance, Survey
from analytics.sources.chunks import Chunk, Memory
from analytics.sources.clinic import Clinic
from analytics.sources.column_names import guess_source_kind
from analytics.sources.coordinates import Locator
from analytics.sources.hints import coordinates_by_content, told_roles, with_year
from analytics.sources.identities import RecordNames
from analytics.sources.mappings import Mapping, left_out, resolve
from analytics.sources.quarantine import quarantine_table
from analytics.sources.records import Table
from analytics.sources.tables import open_table
from analytics.store.database import Database

Progress = Callable[[int, int, int], None]
CHUNK_ROWS = 60_000
HELD_BYTES = 512 << 20  # of cells: some two million rows
SCRATCH = "uploads"  # of the home: swept after a day by uploads, should a process be killed


@dataclass(frozen=True)
class ImportReport:
    """What became of a file.

    ``accepted`` and the sum of ``quarantined`` (reason → rows) make ``rows``, the data rows of
    the file. The shares are of the accepted rows, None where there is none. ``batch`` is None on
    a dry run. ``choices`` holds everything that was decided while reading. ``strays`` has, to be
    drawn and not to be kept, per remedy at most 50 points outside the city: longitude and latitude
    before and after it, in degrees.
    """

    file: str
    city: str
    source: str
    rows: int
    accepted: int
    quarantined: dict[str, int]
    located_share: float | None
    dated_share: float | None
    batch: str | None
    sha256: str
    choices: dict[str, Any]
    strays: dict[str, list[list[float]]] = field(default_factory=dict)


def import_file(  # noqa: PLR0913 — a file needs all of these to be placed, and no fewer
    path: Path | Query,
    *,
    settings: Settings,
    db: Database,
    city: City,
    source: str,
    actor: str,
    mapping: Mapping | None = None,
    dry_run: bool = False,
    replaces: str | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Go through a file twice, check every row, and store the accepted ones as one batch.

    The first pass settles what only the whole file tells (encoding, date order, wrong CRS,
    repeated ids), the second converts and stores, a chunk at a time. What the first pass read is
    held in memory for the second up to ``HELD_BYTES``; a larger file is read again.

    Parameters
    ----------
    path : Path or Query
        Any format of :func:`analytics.sources.tables.open_table`.
    settings, db
        Where the batch goes.
    city : City
        To which the events belong; its CRS gives ``x_m`` and ``y_m``.
    source : str
        Name of the source of records; with the record id it makes the event id.
    actor : str
        For the audit.
    mapping : Mapping, optional
        What the columns mean; guessed where it is silent.
    dry_run : bool
        Check everything, store nothing.
    replaces : str, optional
        Batch that is rolled back in the transaction that puts the new one on record.
    progress : callable, optional
        Told rows converted, bytes done and bytes in all.

    Returns
    -------
    ImportReport

    Raises
    ------
    SourceError
        If the file cannot be read or mapped, holds counts instead of events
        (``source.aggregate``), or changed while it was read.
    ProjectionError
        If most points lie outside the city.
    StoreError
        If the rows do not add up. Whatever is raised, the store is as it was.
    """
    if not source.strip():
        raise SourceError("source.no_name", file=path.name)
    told = mapping or Mapping()
    with open_table(path, told, scratch=settings.home / SCRATCH) as opened:
        refuse_aggregate(opened, told)
        table = with_year(opened, told)
        by_content = coordinates_by_content(table, told, city)
        hints: dict[str, Any] = {**by_content, **told_roles(table, told)}
        known = replace(told, **hints)
        fitted = resolve(known, table.columns, file=path.name)
        kind = fitted.source_kind or guess_source_kind(source)
        batch_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        watch = _Watch(table.facts.size_bytes, progress)
        memory = Memory(HELD_BYTES)
        survey = _survey(table, fitted, city, watch, memory)
        canoniser = _settle(survey, table, Provenance(city, source, kind, batch_id))
        choices = _choices(table, fitted, mapping, canoniser, survey)
        choices["columns_by_content"] = by_content
        if dry_run:
            tally = _convert(table, memory, canoniser, watch, lambda events, quarantined: None)
            return _report(table, canoniser, survey, tally, None, choices)
        with BatchWriter(settings, city, batch_id) as writer:
            tally = _convert(table, memory, canoniser, watch, _into(writer))
            report = _report(table, canoniser, survey, tally, batch_id, choices)
            writer.commit(
                db,
                source=source,
                source_kind=kind,
                file_name=path.name,
                file_sha256=table.facts.sha256,
                choices=choices,
                created_by=actor,
                replaces=replaces,
            )
    return report


def _into(writer: BatchWriter) -> Callable[[pa.Table, pa.Table], None]:
    def store(events: pa.Table, quarantined: pa.Table) -> None:
        writer.write(events)
        if quarantined.num_rows:
            writer.quarantine(quarantined)

    return store


@dataclass
class _Tally:
    accepted: int = 0
    located: int = 0
    dated: int = 0
    quarantined: Counter[str] = field(default_factory=Counter)


class _Watch:
    """Tells progress over both passes as if they were one reading of the file."""

    def __init__(self, size_bytes: int, progress: Progress | None) -> None:
        self.size_bytes, self.progress = size_bytes, progress

    def tell(self, rows: int, chunk: Chunk, passes_done: int) -> None:
        if self.progress:
            done = (passes_done * self.size_bytes + chunk.bytes_done) // 2
            self.progress(rows, done, self.size_bytes)


def _survey(table: Table, mapping: Mapping, city: City, watch: _Watch, memory: Memory) -> Survey:
    hidden = [*left_out(mapping, table.columns), *_indexes(table.columns)]
    names = RecordNames(table.columns, record_id=mapping.record_id or "", left_out=hidden)
    locator = Locator(
        city,
        mapping.decimal,
        coordinate_crs=mapping.coordinate_crs,
        remedies=mapping.accepted_remedies,
    )
    survey = Survey(mapping, locator, names)
    for chunk in table.chunks(CHUNK_ROWS):
        survey.add(chunk)
        memory.add(chunk)
        watch.tell(0, chunk, 0)
    if not survey.rows:
        raise SourceError(
            "source.header_only", file=table.facts.path.name, found=", ".join(table.columns)
        )
    return survey


def _settle(survey: Survey, table: Table, provenance: Provenance) -> Canoniser:
    mapping, file, city = survey.mapping, table.facts.path.name, provenance.city
    told = mapping.date_order
    now = datetime.now(ZoneInfo(city.timezone)).replace(tzinfo=None)
    survey.names.settle()
    if mapping.longitude:
        survey.places.check(city, file=file, columns=mapping.columns)
    return Canoniser(
        mapping,
        provenance,
        survey.locator,
        survey.names,
        survey.dates.settle(file=file, column=mapping.moment or "", told=told),
        survey.clocks.settle(),
        survey.ends.settle(file=file, column=mapping.end or "", told=told),
        now,
        Clinic(mapping, survey.locator.in_degrees, now),
    )


def _convert(
    table: Table,
    memory: Memory,
    canoniser: Canoniser,
    watch: _Watch,
    store: Callable[[pa.Table, pa.Table], None],
) -> _Tally:
    tally, hidden = _Tally(), left_out(canoniser.mapping, table.columns)
    for chunk in memory.replay() or table.chunks(CHUNK_ROWS):
        events, rejected = canoniser.convert(chunk)
        store(
            events,
            quarantine_table(
                rejected, file=table.facts.path.name, columns=table.columns, left_out=hidden
            ),
        )
        tally.accepted += len(events)
        tally.located += len(events) - events["longitude"].null_count
        tally.dated += len(events) - events["occurred_from"].null_count
        tally.quarantined.update(record.reason for record in rejected)
        watch.tell(tally.accepted + tally.quarantined.total(), chunk, 1)
    table.check_unchanged()
    return tally


def _report(
    table: Table,
    canoniser: Canoniser,
    survey: Survey,
    tally: _Tally,
    batch_id: str | None,
    choices: dict[str, Any],
) -> ImportReport:
    file, set_aside = table.facts.path.name, tally.quarantined.total()
    if tally.accepted + set_aside != survey.rows:
        raise StoreError(
            "source.not_reconciled",
            file=file,
            rows=survey.rows,
            accepted=tally.accepted,
            quarantined=set_aside,
        )
    choices["remedies"] = {name: n for name, n in canoniser.clinic.applied.items() if n}
    choices["clinic"] = canoniser.clinic.findings()
    return ImportReport(
        file=file,
        city=canoniser.provenance.city.key,
        source=canoniser.provenance.source,
        rows=survey.rows,
        accepted=tally.accepted,
        quarantined=dict(tally.quarantined),
        located_share=tally.located / tally.accepted if tally.accepted else None,
        dated_share=tally.dated / tally.accepted if tally.accepted else None,
        batch=batch_id,
        sha256=table.facts.sha256,
        choices=choices,
        strays=canoniser.clinic.strays,
    )


def _choices(
    table: Table,
    fitted: Mapping,
    told: Mapping | None,
    canoniser: Canoniser,
    survey: Survey,
) -> dict[str, Any]:
    named = told.columns if told else {}
    name = told.remembered_as if told else None
    comma = 2 * survey.places.decimal_commas > survey.places.numeric
    return {
        **table.found,
        "decimal": fitted.decimal or ("," if comma else "."),
        "titles_above_header": table.titles,
        "columns": fitted.columns,
        "columns_guessed": sorted(set(fitted.columns) - set(named)),
        "personal_columns_left_out": list(left_out(fitted, table.columns)),
        "coordinate_crs": fitted.coordinate_crs or "EPSG:4326",
        "remedies_accepted": list(fitted.accepted_remedies),
        "source_kind": canoniser.provenance.source_kind,
        "timezone": fitted.timezone or canoniser.provenance.city.timezone,
        "date_formats": canoniser.dates.formats,
        "time_formats": canoniser.clocks.formats,
        "end_formats": canoniser.ends.formats,
        "midnight_is_padding": canoniser.dates.midnight_is_padding,
        **({"mapping_remembered": name} if name else {}),
    }


def _indexes(columns: tuple[str, ...]) -> list[str]:
    """Columns without a name, as spreadsheets and data frames add them: row numbers, no content."""
    return [name for name in columns if name.startswith(("column ", "Unnamed:"))]
