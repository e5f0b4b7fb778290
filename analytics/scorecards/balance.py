"""Where a city's measuring is concentrated: level × hierarchy × dimension.

The source's finding: about 80 % of what cities measure is the management of the office itself; and
a tendency per dimension (l. 1377), not a rule: institutional → input, process; political →
product, result; territorial → impact, strategic.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.scorecards.catalogue import DIMENSIONS, HIERARCHIES, LEVELS, Indicator

MANAGEMENT_SHARE = 0.8
TENDENCY: Mapping[str, tuple[str, ...]] = {
    "institutional": ("input", "process"),
    "political": ("product", "result"),
    "territorial": ("impact",),
}


@dataclass(frozen=True)
class BalanceCell:
    """One cell: how many are measured, of how many in the catalogue, and how many by inference.

    ``inferred`` counts measured indicators whose level or hierarchy the book does not state;
    ``tends`` marks the levels towards which the book says the dimension tends.
    """

    dimension: str
    level: str
    hierarchy: str
    measured: int
    offered: int
    inferred: int
    tends: bool


@dataclass(frozen=True)
class Filler:
    """An indicator that is not measured where little is; ``minutes`` per update, None unstated."""

    sheet: Indicator
    minutes: int | None


@dataclass(frozen=True)
class Balance:
    """The map, the share of management among what is measured, and what would fill the gap."""

    cells: tuple[BalanceCell, ...]
    measured: int
    management: int
    fillers: tuple[Filler, ...]

    @property
    def management_share(self) -> float | None:
        """Share of management among the measured; None when nothing is."""
        return self.management / self.measured if self.measured else None


def balance(
    offered: Sequence[Indicator],
    measured: frozenset[str],
    minutes: Mapping[str, int | None],
    *,
    most: int = 6,
) -> Balance:
    """Count what is measured by dimension, level and hierarchy.

    Parameters
    ----------
    offered : sequence of Indicator
        The catalogue and the city's own.
    measured : frozenset of str
        Ids of those that have at least one value.
    minutes : mapping
        Effort per update in minutes, where the city has entered it.
    most : int
        How many fillers to name.

    Returns
    -------
    Balance
        Fillers are strategic, of the tendency of their dimension where possible, the cheapest of
        known effort first.
    """
    groups: Counter[tuple[str, str, str]] = Counter()
    counts: Counter[tuple[str, str, str]] = Counter()
    inferred: Counter[tuple[str, str, str]] = Counter()
    for sheet in offered:
        key = (sheet.dimension, sheet.typology.level, sheet.typology.hierarchy)
        groups[key] += 1
        if sheet.id in measured:
            counts[key] += 1
            bases = (sheet.typology.level_basis, sheet.typology.hierarchy_basis)
            inferred[key] += "inferred" in bases
    cells = tuple(
        BalanceCell(*key, counts[key], groups[key], inferred[key], key[1] in TENDENCY[key[0]])
        for key in ((d, lv, h) for d in DIMENSIONS for lv in LEVELS for h in HIERARCHIES)
    )
    absent = [s for s in offered if s.id not in measured and s.typology.hierarchy == "strategic"]
    absent.sort(
        key=lambda s: (
            s.typology.level not in TENDENCY[s.dimension],
            minutes.get(s.id) is None,
            minutes.get(s.id) or 0,
        )
    )
    return Balance(
        cells,
        sum(counts.values()),
        sum(n for key, n in counts.items() if key[2] == "management"),
        tuple(Filler(s, minutes.get(s.id)) for s in absent[:most]),
    )
