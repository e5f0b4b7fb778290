"""Sister-city relations of a published list, joined by the cities' Wikidata ids.

Two tab-separated files without a header: ``names.tsv`` (id, label) and ``relations.tsv`` (pairs of
ids). A pair may stand in one direction only: the entry then says so. Labels are the list's own and
may be in another language: nothing is joined by them.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analytics.errors import FilterError, SourceError
from analytics.scorecards.registers import TITLE_LENGTH
from analytics.store.registers import Entry

WIKIDATA_ID = re.compile(r"Q[1-9]\d{0,18}")
NAMES, RELATIONS = "names.tsv", "relations.tsv"


@dataclass(frozen=True)
class Relation:
    """A sister city: its id, the list's label, and which of the two cities names the other.

    ``direction`` is ``mutual``, ``outgoing`` (only the asked city names it) or ``incoming``.
    """

    id: str
    label: str
    direction: str


def read_relations(folder: Path, city_id: str) -> list[Relation]:
    """Return the sister cities of a city in a list, by label.

    Repeated pairs count once; a city is no sister of itself.

    Raises
    ------
    FilterError
        ``sister.id`` if ``city_id`` is no Wikidata id, ``sister.unknown`` if the list has no such
        city.
    SourceError
        ``sister.file`` if a file is missing or not UTF-8; ``sister.row`` if a row has not two
        fields or its ids are none (file, row); ``sister.name`` if an id has no label.
    """
    if not WIKIDATA_ID.fullmatch(city_id):
        raise FilterError("sister.id", value=city_id)
    names = dict(_rows(folder / NAMES, ids=1))
    if city_id not in names:
        raise FilterError("sister.unknown", value=city_id, n=len(names))
    told: set[str] = set()
    telling: set[str] = set()
    for one, other in _rows(folder / RELATIONS, ids=2):
        if one == city_id:
            told.add(other)
        if other == city_id:
            telling.add(one)
    found = (told | telling) - {city_id}
    lacking = sorted(found - set(names))
    if lacking:
        raise SourceError("sister.name", file=NAMES, value=lacking[0])
    relations = [Relation(id_, names[id_], _direction(id_, told, telling)) for id_ in found]
    return sorted(relations, key=lambda relation: (relation.label, relation.id))


def _direction(id_: str, told: set[str], telling: set[str]) -> str:
    if id_ in told and id_ in telling:
        return "mutual"
    return "outgoing" if id_ in told else "incoming"


def entries_of(relations: list[Relation], origin: str, as_of: date | None) -> list[Entry]:
    """Return relations as register entries: listed, to be confirmed by the city."""
    return [
        Entry(
            "sister_city",
            relation.label[:TITLE_LENGTH],
            with_whom=relation.label[:TITLE_LENGTH],
            state="listed",
            aspect=relation.direction,
            evidence=as_of.isoformat() if as_of else "",
            origin=origin,
            reference=relation.id,
        )
        for relation in relations
    ]


def _rows(path: Path, *, ids: int) -> Iterator[tuple[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as source:
            rows = csv.reader(source, delimiter="\t", quoting=csv.QUOTE_NONE)
            for number, row in enumerate(rows, start=1):
                if len(row) != 2 or not all(WIKIDATA_ID.fullmatch(id_) for id_ in row[:ids]):
                    raise SourceError("sister.row", file=path.name, row=number)
                yield row[0], row[1]
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError("sister.file", file=path.name, problem=type(error).__name__) from error
