"""Patrol zones as CSV or GeoJSON."""

import json
from dataclasses import asdict
from pathlib import Path

import geopandas as gpd

from analytics.errors import FilterError
from analytics.exports.cells import LONLAT_DECIMALS
from analytics.exports.frames import frame_csv
from analytics.hotspots.zones import PatrolPlan, zone_shape

ZONE_FORMATS = (".csv", ".geojson")


def check_zone_format(out: Path) -> None:
    """Refuse a file name before anything is computed for it.

    Raises
    ------
    FilterError
        If the suffix is neither ``.csv`` nor ``.geojson``.
    """
    if out.suffix not in ZONE_FORMATS:
        raise FilterError("export.format", file=out.name, known=", ".join(ZONE_FORMATS))


def write_zones(plan: PatrolPlan, out: Path) -> int:
    """Write the zones of a plan and return how many there are.

    Raises
    ------
    FilterError
        If the suffix is neither ``.csv`` nor ``.geojson``, or the file cannot be written.
    """
    check_zone_format(out)
    made = frame_csv(plan.to_frame()) if out.suffix == ".csv" else zones_geojson(plan)
    try:
        out.write_bytes(made)
    except OSError as error:
        raise FilterError("export.not_written", file=str(out), problem=error.strerror) from error
    return len(plan.zones)


def zones_geojson(plan: PatrolPlan) -> bytes:
    """Return zones as GeoJSON polygons (EPSG:4326) with the columns of the CSV.

    The foreign member ``cabildo`` holds filters, method, order and what was compared.
    """
    shapes = [zone_shape(plan.grid, zone.cells) for zone in plan.zones]
    layer = gpd.GeoDataFrame(plan.to_frame(), geometry=shapes, crs=plan.grid.crs)
    layer = layer.to_crs("EPSG:4326")
    layer.geometry = layer.geometry.set_precision(10**-LONLAT_DECIMALS)
    collection = json.loads(layer.to_json(drop_id=True))
    collection["cabildo"] = {
        "city": plan.city,
        "crs": plan.grid.crs,
        "filters": asdict(plan.filters),
        "period": [day.isoformat() for day in plan.period],
        "method": asdict(plan.method),
        **asdict(plan.order),
        "shifts": plan.shifts,
        "expected_per_shift": plan.expected,
        "share": plan.share,
        "greedy_share": plan.greedy_share,
        "cells_share": plan.cells_share,
    }
    text = json.dumps(collection, ensure_ascii=False, separators=(",", ":"), default=str)
    return text.encode("utf-8")
