"""How right a linkage is, where it is known which records tell of one incident."""

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pandas as pd
import pyarrow as pa

from analytics.settings import City, Settings


@dataclass(frozen=True)
class Quality:
    """Shares of pairs, 0–1, NaN without pairs.

    ``precision``: of the linked pairs, those that are one incident; ``precision_located``: of
    those with both places known. ``recall``: of the true pairs both located, those that are
    linked; ``recall_all``: of all true pairs. True pairs are of different sources.
    """

    precision: float
    recall: float
    precision_located: float
    recall_all: float
    n_true_pairs: int
    n_true_pairs_located: int


def truth_path(settings: Settings, city: City) -> Path | None:
    """Return the file that tells which records belong together, if the city is the demo's."""
    path = settings.home / "demo" / "report_truth.parquet"
    return path if city.synthetic and path.is_file() else None


def quality(records: pa.Table, incidents: list[list[int]], truth: pd.DataFrame) -> Quality:
    """Compare incidents with the truth.

    Parameters
    ----------
    records : pyarrow.Table
        source, source_record_id and x_m, a row per record.
    incidents : list of list of int
        Rows linked.
    truth : DataFrame
        source, source_record_id, incident_id.

    Returns
    -------
    Quality
    """
    told = records.select(["source", "source_record_id", "x_m"]).to_pandas()
    known = told.merge(
        truth[["source", "source_record_id", "incident_id"]],
        on=["source", "source_record_id"],
        how="left",
        validate="many_to_one",
    )
    named = known["incident_id"].where(known["incident_id"].notna(), None)
    groups = named.groupby(named).indices.values()
    source, located = told["source"].to_numpy(), told["x_m"].notna().to_numpy()
    true = {
        pair
        for group in groups
        for pair in combinations(sorted(int(row) for row in group), 2)
        if source[pair[0]] != source[pair[1]]
    }
    linked = {pair for group in incidents for pair in combinations(group, 2)}
    in_place = {pair for pair in true if located[pair[0]] and located[pair[1]]}
    placed = {pair for pair in linked if located[pair[0]] and located[pair[1]]}
    return Quality(
        precision=_share(len(linked & true), len(linked)),
        recall=_share(len(linked & in_place), len(in_place)),
        precision_located=_share(len(placed & true), len(placed)),
        recall_all=_share(len(linked & true), len(true)),
        n_true_pairs=len(true),
        n_true_pairs_located=len(in_place),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")
