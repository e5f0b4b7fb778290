"""Our offence categories and the crosswalk that leads published names to them."""

import csv
import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from analytics.errors import SourceError

REFERENCE = Path(__file__).resolve().parents[2] / "data" / "reference"
TAXONOMY_FILE = REFERENCE / "taxonomy.csv"
CROSSWALK_FILE = REFERENCE / "crosswalk.csv"
UNCLASSIFIED = "unclassified"


@dataclass(frozen=True)
class Category:
    """One key of the taxonomy with its name in each language and the group it belongs to."""

    key: str
    es: str
    pt: str
    en: str
    group: str


def load_taxonomy() -> tuple[Category, ...]:
    """Return the categories in the order of ``data/reference/taxonomy.csv``."""
    return _taxonomy(TAXONOMY_FILE.stat().st_mtime_ns)


def load_crosswalk() -> dict[str, str]:
    """Return normalised published name → taxonomy key, from ``data/reference/crosswalk.csv``.

    Raises
    ------
    SourceError
        ``source.crosswalk_key`` if a row names a key that the taxonomy does not have,
        ``source.crosswalk_conflict`` if one name leads to two keys; names the row.
    """
    return _crosswalk(CROSSWALK_FILE.stat().st_mtime_ns, TAXONOMY_FILE.stat().st_mtime_ns)


def crosswalk_checksum(placed: Mapping[str, str] | None = None) -> str:
    """Return the SHA-256 of the crosswalk, which dataset versions carry.

    That of the file, followed by the placements of the city's people (normalised name → key)
    where there are any.
    """
    content = CROSSWALK_FILE.read_bytes()
    for name, key in sorted((placed or {}).items()):
        content += f"\n{name}\t{key}".encode()
    return hashlib.sha256(content).hexdigest()


def categorise(texts: Iterable[str | None], placed: Mapping[str, str] | None = None) -> list[str]:
    """Lead published category texts to taxonomy keys.

    Parameters
    ----------
    texts : iterable of str or None
        As published; case, accents and repeated spaces do not matter.
    placed : mapping, optional
        Normalised name → key, as people of the city placed them; wins over the crosswalk.

    Returns
    -------
    list of str
        One key per text; ``unclassified`` where the crosswalk has no row for it.
    """
    crosswalk = {**load_crosswalk(), **(placed or {})}
    return [crosswalk.get(normalise(text or ""), UNCLASSIFIED) for text in texts]


def normalise(text: str) -> str:
    """Fold case, strip accents and collapse spaces."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).split())


@lru_cache(maxsize=1)
def _taxonomy(_mtime_ns: int) -> tuple[Category, ...]:
    with TAXONOMY_FILE.open(encoding="utf-8", newline="") as file:
        return tuple(Category(**row) for row in csv.DictReader(file))


@lru_cache(maxsize=1)
def _crosswalk(_mtime_ns: int, taxonomy_mtime_ns: int) -> dict[str, str]:
    keys = {category.key for category in _taxonomy(taxonomy_mtime_ns)}
    crosswalk: dict[str, str] = {}
    with CROSSWALK_FILE.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            name, key = normalise(row["published_name"]), row["key"]
            place = {"file": CROSSWALK_FILE.name, "row": number, "value": key}
            if key not in keys:
                raise SourceError("source.crosswalk_key", **place)
            if crosswalk.setdefault(name, key) != key:
                raise SourceError("source.crosswalk_conflict", **place, name=name)
    return crosswalk
