"""Review of doubtful pairs: what a person is shown, says and takes back, run by run.

A decision changes no record. The next run takes it over, and the next publication uses that run.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from glob import escape
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.errors import StoreError
from analytics.events.publishing import batch_path, publish
from analytics.settings import City, Settings
from analytics.sources.linkage import PAIRS_SUFFIX, LinkReport, Thresholds, link
from analytics.store import batches
from analytics.store.batches import BatchManifest, VersionRow
from analytics.store.database import Database
from analytics.store.links import (
    Decision,
    LinkRun,
    current_run,
    decide,
    decisions,
    links_folder,
    withdraw,
)

MOST_DOUBTFUL = 0.5
THRESHOLDS = ("link", "doubtful")

# Of a record that came twice the latest batch counts, as in every publication.
SIDES = """
SELECT event_id, source, source_record_id, source_category, occurred_from, occurred_to,
    time_precision, longitude, latitude
FROM read_parquet($files) JOIN ranking USING (batch_id)
WHERE event_id IN (SELECT event_id FROM asked)
QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY rank DESC, row_number DESC) = 1
"""


@dataclass(frozen=True)
class Side:
    """One record of a pair, as its source tells it; moments are naive local civil time."""

    event_id: str
    source: str
    source_record_id: str
    source_category: str | None
    occurred_from: datetime | None
    occurred_to: datetime | None
    time_precision: str
    longitude: float | None
    latitude: float | None


@dataclass(frozen=True)
class DoubtfulPair:
    """Two records that may tell of one incident, and what was decided of them.

    ``probability`` (0–1) as the rule gives it, ``distance_m`` in metres (None where a record has
    no place), ``gap_minutes`` between their times.
    """

    one: Side
    other: Side
    probability: float
    distance_m: float | None
    gap_minutes: float
    decision: Decision | None

    @property
    def ids(self) -> tuple[str, str]:
        """The two event ids, in alphabetical order."""
        one, other = sorted((self.one.event_id, self.other.event_id))
        return one, other


@dataclass(frozen=True)
class ReviewState:
    """What waits for review.

    ``run`` is the city's latest link run, None if its records were never linked; ``pairs`` its
    doubtful pairs, the most doubtful (nearest to one half) first. ``is_outdated`` says that the
    active batches are no longer those of the run: pairs of records that are gone are left out.
    ``n_waiting`` counts the decisions that the run does not know yet.
    """

    run: LinkRun | None
    pairs: tuple[DoubtfulPair, ...]
    is_outdated: bool
    n_waiting: int

    @property
    def n_reviewed(self) -> int:
        """How many of the pairs a person has decided."""
        return sum(pair.decision is not None for pair in self.pairs)


def read_pairs(
    settings: Settings, city: City, run: LinkRun, active: Sequence[BatchManifest]
) -> tuple[DoubtfulPair, ...]:
    """Return the doubtful pairs of a run, undecided, the most doubtful first.

    The same run and batches give the same pairs; a pair of a record that is in no active batch
    is left out.

    Raises
    ------
    StoreError
        ``store.links_changed`` if the run's pairs are not there, ``store.batch_missing`` if a
        batch's records are not.
    """
    doubtful = _doubtful(settings, city, run)
    sides = _sides(settings, city, active, doubtful)
    return tuple(
        DoubtfulPair(
            sides[row["one"]],
            sides[row["other"]],
            row["probability"],
            row["distance_m"],
            row["gap_minutes"],
            None,
        )
        for row in doubtful
        if row["one"] in sides and row["other"] in sides
    )


@dataclass(frozen=True)
class LinkReview:
    """The review of one city's pairs, in the name of ``actor``.

    ``read`` gives the pairs of a run, as :func:`read_pairs` does; a page remembers them.
    """

    settings: Settings
    db: Database
    city: City
    actor: str
    read: Callable[..., tuple[DoubtfulPair, ...]] = read_pairs

    def state(self) -> ReviewState:
        """Return what waits for review; refuses as :func:`read_pairs` does."""
        run = current_run(self.db, self.city.key)
        if run is None:
            return ReviewState(None, (), is_outdated=False, n_waiting=0)
        active = batches.batches(self.db, self.city.key, active_only=True)
        decided = {(d.one, d.other): d for d in decisions(self.db, self.city.key)}
        pairs = [
            replace(pair, decision=decided[pair.ids]) if pair.ids in decided else pair
            for pair in self.read(self.settings, self.city, run, active)
        ]
        return ReviewState(
            run=run,
            pairs=tuple(pairs),
            is_outdated={batch.batch_id for batch in active} != set(run.batch_ids),
            n_waiting=sum(d.decided_at > run.created_at for d in decided.values()),
        )

    def decide(self, pair: DoubtfulPair, *, same: bool) -> Decision:
        """Remember whether a pair is one incident; audited, valid from the next run on."""
        return decide(self.db, self.city.key, pair.ids, same=same, actor=self.actor)

    def withdraw(self, pair: DoubtfulPair) -> bool:
        """Forget what was decided of a pair; audited. Return whether there was anything."""
        return withdraw(self.db, self.city.key, pair.ids, actor=self.actor)

    def link(self) -> LinkReport:
        """Link the city's records anew, decisions included, by the thresholds of the latest run.

        Refuses as :func:`analytics.sources.linkage.link` does.
        """
        run = current_run(self.db, self.city.key)
        known = None if run is None else Thresholds(*(run.thresholds[n] for n in THRESHOLDS))
        return link(self.settings, self.db, self.city, actor=self.actor, thresholds=known)

    def publish(self) -> VersionRow:
        """Publish the city's incidents as the latest run links them."""
        return publish(self.settings, self.db, self.city, actor=self.actor)


def link_line(city: str) -> str:
    """Return the command that links a city's records, as text to copy."""
    return f"python -m analytics link --city {city}"


def _doubtful(settings: Settings, city: City, run: LinkRun) -> list[dict[str, Any]]:
    """Read the run's doubtful pairs, in the order of the review."""
    path = (links_folder(settings) / run.path).with_suffix(PAIRS_SUFFIX)
    if not path.is_file():
        raise StoreError("store.links_changed", city=city.name, path=path.name)
    rows = pq.read_table(path, filters=[("state", "=", "doubtful")]).to_pylist()
    return sorted(
        rows, key=lambda row: (abs(row["probability"] - MOST_DOUBTFUL), row["one"], row["other"])
    )


def _sides(
    settings: Settings,
    city: City,
    active: Sequence[BatchManifest],
    doubtful: Sequence[dict[str, Any]],
) -> dict[str, Side]:
    """Return the records of the pairs by event id, from the active batches alone."""
    for batch in active:
        if not batch_path(settings, batch).is_file():
            raise StoreError(
                "store.batch_missing",
                city=city.name,
                batch=batch.batch_id,
                file=batch.file_name,
                path=batch.path,
            )
    asked = sorted({row[side] for row in doubtful for side in ("one", "other")})
    if not active or not asked:
        return {}
    ranking = {"batch_id": [batch.batch_id for batch in active], "rank": range(len(active))}
    with duckdb.connect() as connection:
        connection.register("ranking", pa.table(ranking))
        connection.register("asked", pa.table({"event_id": asked}))
        files = [escape(str(batch_path(settings, batch))) for batch in active]
        rows = connection.sql(SIDES, params={"files": files}).to_arrow_table().to_pylist()
    return {row["event_id"]: Side(**row) for row in rows}
