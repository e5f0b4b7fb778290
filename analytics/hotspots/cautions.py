"""What a hotspot is made of, so that it is not read for more than it says.

A patrol finds what it looks for where it is sent: a hotspot made of *detected* records answers to
the deployment as much as to crime, and sending more patrols there feeds it (Lum & Isaac 2016).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import ndimage

from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.grids import Grid
from analytics.hotspots.surface import HotspotSurface

FloatArray = NDArray[np.float64]
MOSTLY_DETECTED = 0.5
MOSTLY_ONE_SOURCE = 0.9
# Below this the counts of two equal places often differ by half: 1.96·√(2/n) > 0.6.
SMALL_NUMBER = 20
# Ratcliffe (2004): with fewer located records the map's picture changes.
LOCATED_ENOUGH = 0.85
FLAGS = ("detected", "one_source", "small")
COLUMNS = ["hotspot", "cell_x", "cell_y", "cells", "n", "share", "detected"]
COLUMNS += ["source", "source_share", "flags"]


@dataclass(frozen=True)
class Cluster:
    """One hotspot: significant cells that touch by a side or a corner.

    ``sources`` are shares of its events by source, the largest first; ``detected`` the share found
    by patrols or cameras rather than reported, NaN where ``n`` is 0 because the events lie in the
    cells around it; ``flags`` of :data:`FLAGS`; ``x_m`` and ``y_m`` the
    events' mean cell, as its south-west corner in the grid's CRS.
    """

    number: int
    x_m: float
    y_m: float
    n_cells: int
    n: float
    share: float
    detected: float
    sources: Mapping[str, float]
    flags: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Cautions:
    """Hotspots, the fullest first, and how much of the selection has a place.

    ``located_by_source`` has ``source``, ``n``, ``n_located`` and ``share``; ``detected`` is the
    share of the located events of the whole study area.
    """

    clusters: tuple[Cluster, ...]
    detected: float
    located: float
    located_by_source: pd.DataFrame

    @property
    def is_badly_located(self) -> bool:
        """Whether too few records have a place for the map to speak of all."""
        return self.located < LOCATED_ENOUGH

    def flagged(self, flag: str) -> tuple[Cluster, ...]:
        """Return the hotspots with a flag."""
        return tuple(cluster for cluster in self.clusters if flag in cluster.flags)

    def to_frame(self) -> pd.DataFrame:
        """Return a row per hotspot and source, one without source where it has no event."""
        return pd.DataFrame(
            [
                {
                    "hotspot": cluster.number,
                    "cell_x": cluster.x_m,
                    "cell_y": cluster.y_m,
                    "cells": cluster.n_cells,
                    "n": cluster.n,
                    "share": cluster.share,
                    "detected": cluster.detected,
                    "source": source,
                    "source_share": share,
                    "flags": " ".join(cluster.flags),
                }
                for cluster in self.clusters
                for source, share in (cluster.sources or {"": float("nan")}).items()
            ],
            columns=COLUMNS,
        )


def cautions(engine: EventEngine, filters: Filters, surface: HotspotSurface) -> Cautions:
    """Take the significant cells of a map apart by source and detection.

    Parameters
    ----------
    engine : EventEngine
        Opened on the version that the map was made of.
    filters : Filters
        The map's.
    surface : HotspotSurface
        With cells; without Gi* it has no hotspots.
    """
    by = ("source", "detection")
    groups = engine.counts(filters, by, cell_m=surface.grid.cell_m).to_pandas()
    located = engine.counts(filters, ("source", "is_located")).to_pandas()
    in_area = groups[_inside(groups, surface.grid)]
    hot = surface.gi.significant if surface.gi else np.zeros(surface.grid.study.shape, dtype=bool)
    return Cautions(
        clusters=clusters_of(in_area, surface.grid, hot),
        detected=_detected(in_area),
        located=surface.totals.n_located / surface.totals.n,
        located_by_source=_located(located),
    )


def clusters_of(groups: pd.DataFrame, grid: Grid, hot: NDArray[np.bool_]) -> tuple[Cluster, ...]:
    """Join hot cells to hotspots and say what each is made of.

    Parameters
    ----------
    groups : pandas.DataFrame
        ``col``, ``row`` (cells of ``grid.cell_m``), ``source``, ``detection``, ``n``; inside the
        study area.
    grid : Grid
        The cells.
    hot : ndarray of bool, shape (n_rows, n_cols)
        The significant cells.
    """
    rows, cols = (groups[name].to_numpy(dtype=np.int64) for name in ("row", "col"))
    counts, at = np.zeros(hot.shape), (rows - grid.row0, cols - grid.col0)
    np.add.at(counts, at, groups["n"].to_numpy(dtype=float))
    labels = numbered(counts, hot)
    total, several = float(groups["n"].sum()), groups["source"].nunique() > 1
    return tuple(
        _cluster(number, groups[labels[at] == number], labels == number, total, several, grid)
        for number in range(1, int(labels.max(initial=0)) + 1)
    )


def numbered(counts: FloatArray, hot: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give each hotspot of a map its number: the fullest first, of equals that of fewer cells.

    Parameters
    ----------
    counts : ndarray of shape (n_rows, n_cols)
        Events per cell.
    hot : ndarray of bool, shape (n_rows, n_cols)
        The significant cells; those that touch by a side or a corner are one hotspot.

    Returns
    -------
    ndarray of int, shape (n_rows, n_cols)
        The hotspot's number in its cells, 0 outside of all.
    """
    labels, count = ndimage.label(hot, structure=np.ones((3, 3)))
    known = np.arange(1, count + 1)
    # Rounded: sums of the weights of linked records differ in the last digits by their order.
    n = np.round(ndimage.sum_labels(counts, labels, known), 6)
    order = np.lexsort((known, ndimage.sum_labels(hot, labels, known), -n))
    number = np.zeros(count + 1, dtype=np.int64)
    number[known[order]] = known
    found: NDArray[np.int64] = number[labels]
    return found


def _cluster(
    number: int,
    part: pd.DataFrame,
    hot: NDArray[np.bool_],
    total: float,
    several: bool,
    grid: Grid,
) -> Cluster:
    cells = np.argwhere(hot)
    n, detected = float(part["n"].sum()), _detected(part)
    if n > 0:
        middle = np.average(part[["row", "col"]], axis=0, weights=part["n"])
    else:
        middle = cells.mean(axis=0) + np.array([grid.row0, grid.col0])
    y_m, x_m = np.rint(middle) * grid.cell_m
    by_source = part.groupby("source", observed=True)["n"].sum().sort_values(ascending=False) / n
    flags = {
        "detected": detected >= MOSTLY_DETECTED,
        "one_source": several and n > 0 and by_source.iloc[0] >= MOSTLY_ONE_SOURCE,
        "small": n < SMALL_NUMBER,
    }
    return Cluster(
        number=number,
        x_m=float(x_m),
        y_m=float(y_m),
        n_cells=len(cells),
        n=n,
        share=n / total,
        detected=detected,
        sources={str(source): float(share) for source, share in by_source.items()},
        flags=tuple(flag for flag in FLAGS if flags[flag]),
    )


def _detected(groups: pd.DataFrame) -> float:
    """Share of detected records; NaN without any record."""
    n = float(groups["n"].sum())
    found = float(groups.loc[groups["detection"] == "detected", "n"].sum())
    return found / n if n > 0 else float("nan")


def _inside(groups: pd.DataFrame, grid: Grid) -> NDArray[np.bool_]:
    row = groups["row"].to_numpy(dtype=np.int64) - grid.row0
    col = groups["col"].to_numpy(dtype=np.int64) - grid.col0
    within = (row >= 0) & (row < grid.n_rows) & (col >= 0) & (col < grid.n_cols)
    inside = np.zeros(len(groups), dtype=bool)
    inside[within] = grid.study[row[within], col[within]]
    return inside


def _located(counts: pd.DataFrame) -> pd.DataFrame:
    wide = counts.pivot_table(index="source", columns="is_located", values="n", aggfunc="sum")
    wide = wide.reindex(columns=[True, False]).fillna(0.0)
    frame = pd.DataFrame({"n": wide.sum(axis=1), "n_located": wide[True]}).reset_index()
    frame["share"] = frame["n_located"] / frame["n"]
    return frame.sort_values("n", ascending=False, ignore_index=True)
