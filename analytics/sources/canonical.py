"""One chunk of a file in, canonical events and quarantined rows out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analytics.schema import DETECTIONS, EVENT_SCHEMA, LOCATION_PRECISIONS
from analytics.settings import City
from analytics.sources.chunks import Chunk, Rejected
from analytics.sources.clinic import Clinic
from analytics.sources.column_names import name_key
from analytics.sources.coordinates import Locator, PlaceEvidence, Places
from analytics.sources.dates import (
    PRECISIONS,
    ClockEvidence,
    ClockPlan,
    DateEvidence,
    DatePlan,
)
from analytics.sources.identities import RecordNames, event_ids
from analytics.sources.mappings import Mapping
from analytics.sources.occurrences import Occurrences, join_moments


@dataclass(frozen=True)
class Provenance:
    """What every event of an import shares."""

    city: City
    source: str
    source_kind: str
    batch_id: str


class Survey:
    """The first pass over a file: what its columns hold as a whole.

    Parameters
    ----------
    mapping : Mapping
        Fitted to the file.
    locator : Locator
    names : RecordNames
    """

    def __init__(self, mapping: Mapping, locator: Locator, names: RecordNames) -> None:
        self.mapping, self.locator, self.names = mapping, locator, names
        self.dates, self.ends = DateEvidence(), DateEvidence()
        self.clocks, self.places = ClockEvidence(), PlaceEvidence()
        self.rows = 0

    def add(self, chunk: Chunk) -> None:
        """Take in a chunk."""
        self.rows += len(chunk) + len(chunk.rejected)
        self.names.survey(chunk)
        mapping = self.mapping
        for column, evidence in (
            (mapping.moment, self.dates),
            (mapping.time, self.clocks),
            (mapping.end, self.ends),
        ):
            if column:
                evidence.add(chunk.column(column))
        if mapping.longitude and mapping.latitude:
            cells = chunk.column(mapping.longitude), chunk.column(mapping.latitude)
            self.places.add(self.locator.locate(*cells), *cells)


@dataclass(frozen=True)
class Canoniser:
    """The second pass: turns each chunk into events, by plans that the first pass settled.

    ``now`` is local civil time, naive.
    """

    mapping: Mapping
    provenance: Provenance
    locator: Locator
    names: RecordNames
    dates: DatePlan
    clocks: ClockPlan
    ends: DatePlan
    now: datetime
    clinic: Clinic

    def convert(self, chunk: Chunk) -> tuple[pa.Table, list[Rejected]]:
        """Convert a chunk.

        Returns
        -------
        (pyarrow.Table, list of Rejected)
            Events with ``EVENT_SCHEMA``, and every other record of the chunk with its reason.
        """
        occurrences, places = self._moments(chunk), self._places(chunk)
        reasons = np.where(occurrences.reason != "", occurrences.reason, places.reason)
        roles = np.where(occurrences.reason != "", occurrences.role, places.role)
        fit = reasons == ""
        named = self.names.assign(chunk, fit)
        self.clinic.add(chunk, named.recurring, places, occurrences)
        rejected = [
            self._reject(chunk, int(index), str(reasons[index]), str(roles[index]))
            for index in np.flatnonzero(~fit)
        ]
        for index, first in named.repeats.items():
            value = f"{named.ids[index]} (#{first})"
            number, cells = int(chunk.row_numbers[index]), chunk.row(index)
            rejected.append(
                Rejected(number, self.mapping.record_id, value, "duplicate_record", cells)
            )
        fit[list(named.repeats)] = False
        events = self._events(chunk, named.ids, occurrences, places)
        if not fit.all():
            events = events.filter(pa.array(fit))
        return events, sorted([*chunk.rejected, *rejected], key=lambda r: r.row_number)

    def _moments(self, chunk: Chunk) -> Occurrences:
        mapping, zone = self.mapping, self.provenance.city.timezone
        nothing = pa.nulls(len(chunk), pa.string())
        moments = chunk.column(mapping.moment) if mapping.moment else nothing
        return join_moments(
            self.dates.read(moments),
            clocks=self.clocks.read(chunk.column(mapping.time)) if mapping.time else None,
            ends=self.ends.read(chunk.column(mapping.end)) if mapping.end else None,
            zone=zone,
            written_zone=mapping.timezone or zone,
            now=self.now,
        )

    def _places(self, chunk: Chunk) -> Places:
        nothing = pa.nulls(len(chunk), pa.string())
        longitude, latitude = (
            chunk.column(name) if name else nothing
            for name in (self.mapping.longitude, self.mapping.latitude)
        )
        return self.locator.locate(longitude, latitude)

    def _reject(self, chunk: Chunk, index: int, reason: str, role: str) -> Rejected:
        mapping, cells = self.mapping, chunk.row(index)
        column = mapping.moment if role == "date" else getattr(mapping, role)
        value = cells[chunk.columns.index(column)]
        if reason in ("zero_coordinate", "swapped_coordinates", "outside_city"):
            value += f", {cells[chunk.columns.index(mapping.latitude or '')]}"
        return Rejected(int(chunk.row_numbers[index]), column, value, reason, cells)

    def _events(
        self, chunk: Chunk, ids: list[str], occurrences: Occurrences, places: Places
    ) -> pa.Table:
        origin, n = self.provenance, len(chunk)
        city, source = origin.city.key, origin.source

        def constant(text: str) -> pa.Array:
            return pa.repeat(pa.scalar(text, pa.string()), n)

        columns = {
            "event_id": event_ids(city, source, ids),
            "city": constant(city),
            "source": constant(source),
            "source_record_id": ids,
            "batch_id": constant(origin.batch_id),
            "row_number": chunk.row_numbers,
            "source_kind": constant(origin.source_kind),
            "source_category": self._categories(chunk),
            "occurred_from": pa.array(occurrences.occurred_from),
            "occurred_to": pa.array(occurrences.occurred_to),
            "time_precision": pa.array(PRECISIONS).take(pa.array(occurrences.precision)),
            "longitude": _with_nulls(places.longitude),
            "latitude": _with_nulls(places.latitude),
            "x_m": _with_nulls(places.x_m),
            "y_m": _with_nulls(places.y_m),
            "location_precision": self._location_precisions(chunk, places),
            "detection": self._detections(chunk),
        }
        return pa.table(columns, schema=EVENT_SCHEMA)

    def _categories(self, chunk: Chunk) -> pa.Array:
        if not self.mapping.category:
            return pa.nulls(len(chunk), pa.string())
        cells = chunk.column(self.mapping.category)
        return _translated(cells, lambda text: text if text.strip() else None)

    def _location_precisions(self, chunk: Chunk, places: Places) -> pa.Array:
        told, fixed = self.mapping.location_precision, self.mapping.fixed_location_precision
        precisions: pa.Array | pa.Scalar = pa.scalar(fixed, pa.string())
        if told:
            keys = {key: key for key in LOCATION_PRECISIONS}
            precisions = _translated(
                chunk.column(told), lambda text: keys.get(text.strip().lower(), fixed)
            )
        return pc.if_else(pa.array(np.isnan(places.longitude)), "unknown", precisions)

    def _detections(self, chunk: Chunk) -> pa.Array:
        told, fixed = self.mapping.detection, self.mapping.fixed_detection
        if not told:
            return pa.repeat(pa.scalar(fixed, pa.string()), len(chunk))
        meanings = {key: key for key in DETECTIONS} | dict(self.mapping.detections)
        return _translated(chunk.column(told), lambda text: meanings.get(name_key(text), fixed))


def _translated(cells: pa.StringArray, meaning: Callable[[str], str | None]) -> pa.Array:
    """Turn each text into what it means, asking once for each that there is."""
    coded = cells.dictionary_encode()
    meanings = [meaning(text) for text in coded.dictionary.to_pylist()]
    return pa.array(meanings, pa.string()).take(coded.indices)


def _with_nulls(values: npt.NDArray[np.float64]) -> pa.Array:
    return pa.array(values, mask=np.isnan(values))
