"""Counts by area as CSV or GeoJSON."""

import json
from dataclasses import asdict
from pathlib import Path

import geopandas as gpd

from analytics.errors import FilterError
from analytics.exports.cells import LONLAT_DECIMALS
from analytics.exports.frames import frame_csv
from analytics.hotspots.areas import AreaCounts

AREA_FORMATS = (".csv", ".geojson")


def check_area_format(out: Path) -> None:
    """Refuse a file name before anything is computed for it.

    Raises
    ------
    FilterError
        If the suffix is neither ``.csv`` nor ``.geojson``.
    """
    if out.suffix not in AREA_FORMATS:
        raise FilterError("export.format", file=out.name, known=", ".join(AREA_FORMATS))


def write_areas(counts: AreaCounts, out: Path) -> int:
    """Write counts by area and return how many areas there are.

    Parameters
    ----------
    counts : AreaCounts
    out : Path
        ``.csv`` or ``.geojson``; the suffix decides.

    Raises
    ------
    FilterError
        If the suffix is none of these or the file cannot be written.
    """
    check_area_format(out)
    data = frame_csv(counts.frame) if out.suffix == ".csv" else areas_geojson(counts)
    try:
        out.write_bytes(data)
    except OSError as error:
        raise FilterError("export.not_written", file=str(out), problem=error.strerror) from error
    return len(counts.frame)


def areas_geojson(counts: AreaCounts) -> bytes:
    """Return the areas as GeoJSON polygons (EPSG:4326) with the frame's columns.

    The foreign member ``cabildo`` holds filters, period, CRS and totals, so that the file carries
    its own proof.
    """
    shapes = counts.areas.shapes
    layer = gpd.GeoDataFrame(counts.frame, geometry=shapes, crs=counts.areas.crs).to_crs(4326)
    layer.geometry = layer.geometry.set_precision(10**-LONLAT_DECIMALS)
    collection = json.loads(layer.to_json(drop_id=True))
    collection["cabildo"] = {
        "city": counts.city,
        "crs": counts.areas.crs,
        "filters": asdict(counts.filters),
        "period": [day.isoformat() for day in counts.period],
        "n": counts.totals.n,
        "n_located": counts.totals.n_located,
        "n_in_areas": counts.n_in_areas,
        "n_outside_areas": counts.n_outside,
        "n_in_several_areas": counts.n_in_several,
        "repaired_areas": counts.areas.repaired,
    }
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"), default=str)
    return text.encode("utf-8")
