"""Linkage: which records of different sources tell of the same incident.

A run is a derived fact: it reads the active batches, writes one small file and a row, and changes
no record. The next publication uses it.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Literal

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.events import store
from analytics.events.aoristic import FIRST_MONDAY
from analytics.events.publishing import checked_batches, join_batches, locate_by_hand
from analytics.settings import City, Settings
from analytics.sources.importing import SCRATCH
from analytics.sources.linkage_candidates import Candidates, Reach, find_candidates
from analytics.sources.linkage_incidents import Groups, assign, rows_of
from analytics.sources.linkage_splink import weigh_with_splink
from analytics.sources.linkage_truth import Quality, quality, truth_path
from analytics.sources.linkage_weights import Weighed, weigh
from analytics.sources.taxonomy import UNCLASSIFIED, crosswalk_checksum
from analytics.store.batches import BatchManifest
from analytics.store.database import Database
from analytics.store.links import (
    Decision,
    LinkRun,
    current_run,
    decisions,
    insert_run,
    links_folder,
)
from analytics.store.located import HandPlace, located
from analytics.store.models import utc_now
from analytics.store.placements import placements

Method = Literal["rule", "splink"]
MEMORY = "600MB"  # of the engine; beyond it writes to disk
CODE = 1  # another number makes other run ids
KEPT = "event_id, source, source_record_id, x_m"
SUFFIX, PAIRS_SUFFIX = ".parquet", ".pairs.parquet"

# Rows in order of event ids, so that nothing depends on the order of files.
RECORDS = f"""
CREATE TEMP TABLE records AS
SELECT row_number() OVER (ORDER BY event_id) - 1 AS row, event_id, source, source_record_id,
    coalesce(category, '{UNCLASSIFIED}') AS category,
    if(located, x_m, NULL) AS x_m, if(located, y_m, NULL) AS y_m,
    (epoch_us(occurred_from) - epoch_us(TIMESTAMP '{FIRST_MONDAY}')) / 1e6 AS from_s,
    (epoch_us(ends) - epoch_us(TIMESTAMP '{FIRST_MONDAY}')) / 1e6 AS to_s
FROM latest LEFT JOIN crosswalk USING (source_category)
"""  # noqa: S608 - constants of ours


PAIRS_SCHEMA = pa.schema(
    [
        ("one", pa.string()),
        ("other", pa.string()),
        ("probability", pa.float64()),
        ("bits", pa.float64()),
        ("distance_m", pa.float64()),
        ("gap_minutes", pa.float64()),
        ("state", pa.string()),
    ]
)


@dataclass(frozen=True)
class Thresholds:
    """From which probability on a pair is linked, and from which on a person should look."""

    link: float = 0.8
    doubtful: float = 0.3


@dataclass(frozen=True)
class LinkReport:
    """What a run found.

    ``pairs`` are linked pairs of records, ``incidents`` all incidents (a record without a partner
    is one), ``doubtful`` the pairs between the thresholds that wait for a person;
    ``decisions_ignored`` counts confirmed pairs that cannot be (of one source, or against another
    decision). ``quality`` is None where no truth is known.
    """

    run: str
    method: str
    records: int
    pairs: int
    incidents: int
    doubtful: int
    decisions_ignored: int
    thresholds: Mapping[str, float] = field(hash=False)
    seconds: float
    quality: Quality | None


@dataclass(frozen=True)
class _Told:
    """What a run reads: batches, decisions on pairs, placed names, places given by hand."""

    active: list[BatchManifest]
    decided: list[Decision]
    placed: Mapping[str, str]
    by_hand: tuple[HandPlace, ...]


@dataclass(frozen=True)
class _Found:
    """The outcome before it is written; ``inside`` and ``doubtful`` are per candidate pair."""

    records: pa.Table
    candidates: Candidates
    weighed: Weighed
    incidents: list[list[int]]
    inside: np.ndarray
    doubtful: np.ndarray
    decisions_ignored: int

    @property
    def n_pairs(self) -> int:
        return sum(len(group) * (len(group) - 1) // 2 for group in self.incidents)

    @property
    def n_incidents(self) -> int:
        return int(self.records.num_rows) - sum(len(group) - 1 for group in self.incidents)


def link(
    settings: Settings,
    db: Database,
    city: City,
    *,
    actor: str,
    thresholds: Thresholds | None = None,
    reach: Reach | None = None,
    method: Method = "rule",
) -> LinkReport:
    """Link the records of a city's active batches across sources.

    What people decided of pairs wins over the rule. The same records, decisions and thresholds
    give the same run; killed at any moment, the former run stays.

    Parameters
    ----------
    settings : Settings
    db : Database
        Batches and decisions in, run out.
    city : City
    actor : str
        Who links, for the audit.
    thresholds : Thresholds, optional
    reach : Reach, optional
        Farther apart, records are not compared.
    method : {"rule", "splink"}
        Which model weighs the pairs; the second needs Splink 5.

    Returns
    -------
    LinkReport

    Raises
    ------
    AnalyticsError
        As :func:`analytics.events.publishing.publish` for batches that are not what they were, as
        :func:`analytics.sources.linkage_splink.weigh_with_splink` with that method.
    """
    begun, chosen, within = time.perf_counter(), thresholds or Thresholds(), reach or Reach()
    with store.city_lock(settings, city):
        told = _Told(
            active=checked_batches(settings, db, city),
            decided=decisions(db, city.key),
            placed=placements(db, city.key),
            by_hand=located(db, city.key),
        )
        found = _find(settings, city, told, chosen, within, method)
        run_id = _run_id(told, chosen, within, method)
        path, checksum = _write(settings, city, found, run_id)
        run = LinkRun(
            city=city.key,
            run_id=run_id,
            method=method,
            path=path,
            checksum=checksum,
            batch_ids=tuple(batch.batch_id for batch in told.active),
            thresholds=asdict(chosen) | asdict(within),
            n_pairs=found.n_pairs,
            n_incidents=found.n_incidents,
            n_doubtful=int(found.doubtful.sum()),
            created_at=utc_now(),
            created_by=actor,
        )
        _record(db, run)
        store.reached("links committed")
    truth = truth_path(settings, city)
    return LinkReport(
        run=run.run_id,
        method=run.method,
        records=found.records.num_rows,
        pairs=run.n_pairs,
        incidents=run.n_incidents,
        doubtful=run.n_doubtful,
        decisions_ignored=found.decisions_ignored,
        thresholds=run.thresholds,
        seconds=round(time.perf_counter() - begun, 3),
        quality=quality(found.records, found.incidents, pd.read_parquet(truth)) if truth else None,
    )


def _find(
    settings: Settings,
    city: City,
    told: _Told,
    thresholds: Thresholds,
    reach: Reach,
    method: Method,
) -> _Found:
    scratch = settings.home / SCRATCH
    store.make_folder(scratch)
    with (
        TemporaryDirectory(dir=scratch) as overflow,
        duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": overflow}) as connection,
    ):
        join_batches(connection, settings, told.active, told.placed)
        locate_by_hand(connection, city, told.by_hand)
        connection.execute(RECORDS)
        records = connection.sql(f"SELECT {KEPT} FROM records ORDER BY row").to_arrow_table()  # noqa: S608
        candidates = find_candidates(connection, reach)
        if method == "splink":
            weighed = weigh_with_splink(connection, candidates, reach)
        else:
            weighed = weigh(candidates, reach)
    rows = rows_of({name for d in told.decided for name in (d.one, d.other)}, records)
    decided = [
        (rows[d.one], rows[d.other], d.same)
        for d in told.decided
        if d.one in rows and d.other in rows
    ]
    groups = Groups(candidates.source, [(a, b) for a, b, same in decided if not same])
    ignored = sum(not groups.join(a, b) for a, b, same in decided if same)
    one, other, probability = candidates.one, candidates.other, weighed.probability
    assign(groups, one, other, probability, at_least=thresholds.link)
    said = {frozenset((a, b)) for a, b, _ in decided}
    pairs = partial(zip, one.tolist(), other.tolist(), strict=True)
    inside = np.fromiter((groups.members(a) is groups.members(b) for a, b in pairs()), bool)
    open_ = np.fromiter((frozenset(pair) not in said for pair in pairs()), bool) & ~inside
    return _Found(
        records=records,
        candidates=candidates,
        weighed=weighed,
        incidents=groups.incidents(),
        inside=inside,
        doubtful=open_ & (probability >= thresholds.doubtful),
        decisions_ignored=ignored,
    )


def _record(db: Database, run: LinkRun) -> None:
    """Put a run on record unless the current one is the same."""
    former = current_run(db, run.city)
    if former is None or (former.run_id, former.checksum) != (run.run_id, run.checksum):
        with db.begin() as session:
            insert_run(session, run)
            store.reached("links inserted")


def _run_id(told: _Told, thresholds: Thresholds, reach: Reach, method: Method) -> str:
    """Name a run by what goes in."""
    parts = [
        method,
        str(CODE),
        crosswalk_checksum(told.placed),
        json.dumps([asdict(thresholds), asdict(reach)]),
    ]
    parts += [f"{batch.batch_id}:{batch.checksum}" for batch in told.active]
    parts += sorted(f"{d.one}:{d.other}:{d.same}" for d in told.decided)
    parts += [f"{p.event_id}:{p.longitude!r}:{p.latitude!r}" for p in told.by_hand]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _write(settings: Settings, city: City, found: _Found, run_id: str) -> tuple[str, str]:
    """Put the run's files into place, not yet on record; return path and checksum."""
    root = links_folder(settings)
    store.make_folder(root / store.STAGING)
    store.make_folder(root / city.key)
    path = f"{city.key}/{run_id}{SUFFIX}"
    # The pairs first: a run on record has both.
    for suffix, table in ((PAIRS_SUFFIX, _pairs(found)), (SUFFIX, _links(found))):
        staged = root / store.STAGING / f"{run_id}.{token_hex(4)}{suffix}"
        try:
            pq.write_table(table, staged, compression="zstd")
            store.sync(staged)
            store.reached("links staged")
            checksum = store.sha256_of(staged)
            staged.replace(root / city.key / f"{run_id}{suffix}")
        finally:
            staged.unlink(missing_ok=True)
    store.sync(root / city.key)
    store.reached("links renamed")
    return path, checksum


def _links(found: _Found) -> pa.Table:
    """event_id, incident_id, probability of every record that has a partner."""
    best = np.zeros(found.records.num_rows)
    for side in (found.candidates.one, found.candidates.other):
        np.maximum.at(best, side[found.inside], found.weighed.probability[found.inside])
    best[best == 0] = 1.0  # only a person can link what the rule does not compare
    rows = np.array([row for group in found.incidents for row in group], dtype=np.int64)
    first = np.array([group[0] for group in found.incidents for _ in group], dtype=np.int64)
    events = found.records["event_id"]
    return pa.table(
        {
            "event_id": events.take(pa.array(rows)),
            "incident_id": events.take(pa.array(first)),
            "probability": best[rows],
        }
    )


def _pairs(found: _Found) -> pa.Table:
    """Tell which pairs are linked or doubtful, with what speaks for them, the likeliest first."""
    kept = np.flatnonzero(found.inside | found.doubtful)
    kept = kept[np.lexsort((kept, -found.weighed.probability[kept]))]
    events = found.records["event_id"]
    return pa.table(
        {
            "one": events.take(pa.array(found.candidates.one[kept])),
            "other": events.take(pa.array(found.candidates.other[kept])),
            "probability": found.weighed.probability[kept],
            "bits": found.weighed.bits[kept],
            "distance_m": pa.array(found.candidates.distance_m[kept], from_pandas=True),
            "gap_minutes": found.candidates.gap_s[kept] / 60,
            "state": np.where(found.doubtful[kept], "doubtful", "linked").tolist(),
        },
        schema=PAIRS_SCHEMA,
    )
