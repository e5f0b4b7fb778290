"""Cities beside each other, indicator by indicator and with intervals; never a rank.

*Ahead* is said of a pair only: when one city's score is the higher in at least 95 % of the
Monte-Carlo runs of :mod:`analytics.scorecards.uncertainty`, over the indicators that both cities
measure. Cities stand in the order they are given, which no value decides.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analytics.scorecards import uncertainty
from analytics.scorecards.assessing import Assessment, interval_of, number_of
from analytics.scorecards.catalogue import DIMENSIONS, Indicator
from analytics.scorecards.scoring import expected, sheet_of
from analytics.scorecards.uncertainty import Influence

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Peer:
    """A city as it is shown: ``name`` is a letter where ``anonymous``; ``own`` marks the reader's.

    ``key`` is empty where the city is anonymous.
    """

    key: str
    name: str
    own: bool = False
    anonymous: bool = False


@dataclass(frozen=True)
class PeerValue:
    """A city's latest value of an indicator, its Wilson interval where it is a survey, its n."""

    city: int
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    status: str


@dataclass(frozen=True)
class PeerRow:
    """One indicator and the cities that share it, in the cities' order."""

    sheet: Indicator
    values: tuple[PeerValue, ...]


@dataclass(frozen=True)
class Ahead:
    """City ``one`` is ahead of city ``other`` in this share of the runs, at least 95 %."""

    one: int
    other: int
    share: float


@dataclass(frozen=True)
class Peers:
    """The comparison: cities, indicators, certain pairs, and what the result depends on most.

    ``common`` counts the indicators that the pairs rest on: scored ones that every city measures;
    ``pairs`` is how many pairs there are.
    """

    cities: tuple[Peer, ...]
    rows: tuple[PeerRow, ...]
    ahead: tuple[Ahead, ...]
    pairs: int
    common: int
    influences: tuple[Influence, ...]
    runs: int
    seed: int


def compare(cities: Sequence[tuple[Peer, Mapping[str, Assessment]]]) -> Peers:
    """Compare cities by what each shares.

    Parameters
    ----------
    cities : sequence of (Peer, mapping)
        Each with its shared assessments by indicator; the order is kept.
    """
    told = [shared for _peer, shared in cities]
    keys = list(dict.fromkeys(key for shared in told for key in shared))
    rows = []
    for key in keys:
        held = [(i, shared[key]) for i, shared in enumerate(told) if key in shared]
        values = tuple(_value(i, a) for i, a in held)
        if len([v for v in values if v.value is not None]) > 1:
            rows.append(PeerRow(held[0][1].sheet, values))
    common = [k for k in keys if all(k in s and s[k].score is not None for s in told)]
    common = [k for k in common if expected(told[0][k])]
    common.sort(key=lambda k: _place(told[0][k].sheet))
    ahead, influences = _judged([[shared[k] for k in common] for shared in told])
    n = len(cities)
    return Peers(
        cities=tuple(peer for peer, _shared in cities),
        rows=tuple(sorted(rows, key=lambda row: _place(row.sheet))),
        ahead=ahead,
        pairs=n * (n - 1) // 2,
        common=len(common),
        influences=influences,
        runs=uncertainty.RUNS,
        seed=uncertainty.SEED,
    )


def anonymised(peers: Sequence[Peer], salt: str) -> list[Peer]:
    """Name all but the reader's own city by letters, in an order that their names do not tell.

    ``salt`` keeps a city's letter the same through a session and different between programmes and
    periods.
    """
    by_key = {p.key: p for p in peers if not p.own}
    letters = letters_of(list(by_key), salt)
    hidden = [
        replace(by_key[key], key="", name=letter, anonymous=True) for key, letter in letters.items()
    ]
    return [*(p for p in peers if p.own), *hidden]


def letters_of(keys: Sequence[str], salt: str) -> dict[str, str]:
    """Give every key a letter (A … Z, A1 …), in an order that only the salt decides."""
    ordered = sorted(keys, key=lambda key: _digest(salt, key))
    return {
        key: LETTERS[i % 26] + (str(i // 26) if i >= 26 else "") for i, key in enumerate(ordered)
    }


def order_of(peers: Sequence[Peer], salt: str, *, hidden: bool) -> list[Peer]:
    """Return the reader's own city first, then the others by name, or by chance where hidden."""
    others = [p for p in peers if not p.own]
    others.sort(key=lambda p: _digest(salt, p.key) if hidden else p.name)
    return [*(p for p in peers if p.own), *others]


def _digest(salt: str, key: str) -> str:
    return hashlib.sha256(f"{salt}|{key}".encode()).hexdigest()


def _place(sheet: Indicator) -> tuple[int, str, str]:
    return DIMENSIONS.index(sheet.dimension), sheet.category, sheet.id


def _value(city: int, shown: Assessment) -> PeerValue:
    latest = shown.latest
    value = None if latest is None else number_of(shown.sheet, latest)
    bounds = None if latest is None else interval_of(shown.sheet, latest)
    low, high = bounds or (None, None)
    n = latest.sample_size if latest is not None else None
    return PeerValue(city, value, low, high, n, shown.status)


def _judged(
    columns: Sequence[Sequence[Assessment]],
) -> tuple[tuple[Ahead, ...], tuple[Influence, ...]]:
    if len(columns) < 2 or not columns[0]:
        return (), ()
    page = sheet_of(columns)
    shares = uncertainty.dominance(uncertainty.simulate(page).overall)
    found = tuple(
        Ahead(i, j, float(shares[i, j]))
        for i in range(len(columns))
        for j in range(len(columns))
        if i != j and shares[i, j] >= uncertainty.AHEAD
    )
    return found, tuple(uncertainty.sensitivity(page))
