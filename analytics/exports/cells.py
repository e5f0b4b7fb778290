"""Cells of a hotspot surface as CSV, Parquet or GeoJSON."""

import json
from dataclasses import asdict
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

from analytics.errors import FilterError
from analytics.hotspots.surface import HotspotSurface

CELL_FORMATS = (".csv", ".parquet", ".geojson")
# Seven decimals of a degree are about a centimetre: more is noise, fewer would move corners.
LONLAT_DECIMALS = 7


def write_cells(surface: HotspotSurface, out: Path) -> int:
    """Write the study cells of a surface and return how many there are.

    Parameters
    ----------
    surface : HotspotSurface
        A result with cells.
    out : Path
        ``.csv``, ``.parquet`` or ``.geojson``; the suffix decides.

    Raises
    ------
    FilterError
        If the suffix is none of these, the surface has no cells, or the file cannot be written.
    """
    if out.suffix not in CELL_FORMATS:
        raise FilterError("export.format", file=out.name, known=", ".join(CELL_FORMATS))
    frame = surface.to_frame()
    try:
        if out.suffix == ".csv":
            out.write_bytes(cells_csv(frame))
        elif out.suffix == ".parquet":
            frame.to_parquet(out, index=False)
        else:
            out.write_bytes(cells_geojson(surface, frame))
    except OSError as error:
        raise FilterError("export.not_written", file=str(out), problem=error.strerror) from error
    return len(frame)


def cells_csv(frame: pd.DataFrame) -> bytes:
    """Return cells as CSV: UTF-8, comma, decimal point, full precision."""
    return frame.to_csv(index=False).encode("utf-8")


def cells_geojson(surface: HotspotSurface, frame: pd.DataFrame) -> bytes:
    """Return cells as GeoJSON polygons (EPSG:4326) with the frame's columns and the method.

    The foreign member ``cabildo`` holds filters, method, period, CRS and totals, so that the file
    carries its own proof.
    """
    side = surface.grid.cell_m
    boxes = [
        box(x, y, x + side, y + side)
        for x, y in frame[["cell_x", "cell_y"]].itertuples(index=False)
    ]
    layer = gpd.GeoDataFrame(frame, geometry=boxes, crs=surface.grid.crs).to_crs("EPSG:4326")
    layer.geometry = layer.geometry.set_precision(10**-LONLAT_DECIMALS)
    collection = json.loads(layer.to_json(drop_id=True))
    collection["cabildo"] = {
        "city": surface.city,
        "crs": surface.grid.crs,
        "filters": asdict(surface.filters),
        "period": [day.isoformat() for day in surface.period],
        "cell_m": surface.method.cell_m,
        "bandwidth_m": surface.method.bandwidth_m,
        "kernel": surface.method.kernel,
        "method": surface.method.method,
        "binning_cell_m": surface.binning_m,
        "n": surface.totals.n,
        "n_located": surface.totals.n_located,
        "n_in_area": surface.n_in_area,
    }
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"), default=str)
    return text.encode("utf-8")
