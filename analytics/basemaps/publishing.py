"""The local basemap: streets and boundary as files a browser reads without leaving the server.

Only public streets and the boundary come here: ``static/`` is served without sign-in.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from analytics.basemaps.streets import STREET_CLASSES, existing, read_boundary, read_streets
from analytics.settings import ROOT, City, Settings

STATIC = ROOT / "static" / "basemaps"
SIMPLIFY_M = 2.5
DECIMALS = 5  # about one metre
DRAWING_VERSION = "1"  # raise it when the files below change their form
MASK_DEGREES = 2.0  # how far the veil reaches beyond the boundary

# Colours and widths at zoom 12 and 15, from the look's map values.
STREET_COLOURS = {
    "light": ("#D3CBBA", "#DDD6C7", "#E4DDCF", "#EAE4D8"),
    "dark": ("#3D444A", "#343A40", "#2D3338", "#262B30"),
}
STREET_WIDTHS = ((1.6, 5.7), (1.2, 4.4), (0.8, 3.1), (0.5, 1.8))
GROUND = {"light": ("#F6F2E8", "#FAF7F0", "#8E8877"), "dark": ("#1B1F23", "#16191C", "#6E6B63")}


def publish_basemap(settings: Settings, city: City, *, static: Path = STATIC) -> bool:
    """Write the city's streets and its two map styles where browsers find them.

    Files under ``static``: ``<city>.geojson`` (streets by class, veil, boundary),
    ``<city>-main.geojson`` (primary and secondary streets), ``<city>-light.json`` and
    ``<city>-dark.json`` (MapLibre styles without glyphs or sprites). Each is replaced whole; the
    styles come last and carry the checksum of the inputs.

    Parameters
    ----------
    settings : Settings
        Names the city; layers are EPSG:4326 files.
    city : City
        ``basemap`` and, if configured, ``boundary`` are drawn; lines simplified to 2.5 m.
    static : Path
        Folder served at ``/app/static/basemaps``.

    Returns
    -------
    bool
        False if nothing is configured or nothing changed since the last time.

    Raises
    ------
    SettingsError
        If a configured layer is absent or cannot be read; names key and file.
    """
    city = settings.city(city.key)
    if city.basemap is None:
        return False
    checksum = _checksum(city)
    if _published(static, city.key) == checksum:
        return False
    lines = _lines_by_class(read_streets(city))
    boundary = read_boundary(city)
    static.mkdir(parents=True, exist_ok=True)
    main = [_feature(lines[name], name) for name in STREET_CLASSES[:2] if name in lines]
    base = [_feature(lines[name], name) for name in reversed(STREET_CLASSES) if name in lines]
    write_whole(static / f"{city.key}-main.geojson", _collection(main))
    write_whole(static / f"{city.key}.geojson", _collection(base + _outline(boundary, city.crs)))
    for theme in ("light", "dark"):
        write_whole(static / f"{city.key}-{theme}.json", _style(city.key, theme, checksum))
    return True


def write_whole(path: Path, text: str) -> None:
    """Replace a text file so that readers see the old one or the new one, never a half."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def geojson_text(frame: gpd.GeoDataFrame, *, decimals: int = 6) -> str:
    """Return a layer as EPSG:4326 GeoJSON, its columns as properties."""
    lonlat = frame.to_crs("EPSG:4326")
    columns = [c for c in frame.columns if c != frame.geometry.name]
    rows = lonlat[columns].to_dict("records")
    shapes = zip(rows, lonlat.geometry, strict=True)
    return _collection([_plain(shape, dict(row), decimals) for row, shape in shapes])


def _checksum(city: City) -> str:
    digest = hashlib.sha256(f"{DRAWING_VERSION} {city.crs}".encode())
    for name in ("basemap", "boundary"):
        path = getattr(city, name)
        if path is not None:
            digest.update(existing(path, f"cities.{city.key}.{name}").read_bytes())
    return digest.hexdigest()[:16]


def _published(static: Path, key: str) -> str | None:
    """Checksum of the inputs that the files on disk were made from, if all are there."""
    names = (f"{key}.geojson", f"{key}-main.geojson", f"{key}-light.json", f"{key}-dark.json")
    if not all((static / name).is_file() for name in names):
        return None
    found = {
        json.loads((static / name).read_text(encoding="utf-8"))["metadata"]["cabildo:inputs"]
        for name in names[2:]
    }
    return found.pop() if len(found) == 1 else None


def _lines_by_class(streets: gpd.GeoDataFrame) -> Mapping[str, gpd.GeoSeries]:
    """One joined, simplified shape per class, in EPSG:4326."""
    merged = {
        str(name): shapely.simplify(
            shapely.line_merge(shapely.union_all(group.geometry.to_numpy())), SIMPLIFY_M
        )
        for name, group in streets.groupby("street_class")
    }
    return {
        name: gpd.GeoSeries([shape], crs=streets.crs).to_crs("EPSG:4326")
        for name, shape in merged.items()
    }


def _feature(shape: gpd.GeoSeries, street_class: str) -> dict[str, Any]:
    return _plain(shape.iloc[0], {"kind": "street", "class": street_class}, DECIMALS)


def _outline(boundary: shapely.Geometry | None, crs: str) -> list[dict[str, Any]]:
    """Draw the boundary and, around it, the veil over what lies outside."""
    if boundary is None:
        return []
    shape = gpd.GeoSeries([boundary.simplify(SIMPLIFY_M)], crs=crs).to_crs("EPSG:4326").iloc[0]
    west, south, east, north = shape.bounds
    around = shapely.box(
        west - MASK_DEGREES, south - MASK_DEGREES, east + MASK_DEGREES, north + MASK_DEGREES
    )
    return [
        _plain(around.difference(shape), {"kind": "outside"}, DECIMALS),
        _plain(shape.boundary, {"kind": "boundary"}, DECIMALS),
    ]


def _plain(shape: shapely.Geometry, properties: dict[str, Any], decimals: int) -> dict[str, Any]:
    geometry = shapely.geometry.mapping(shape)
    rounded = _rounded(geometry["coordinates"], decimals)
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": geometry["type"], "coordinates": rounded},
    }


def _rounded(coordinates: Any, decimals: int) -> Any:
    if isinstance(coordinates[0], float):
        return [round(float(value), decimals) for value in coordinates]
    return [_rounded(part, decimals) for part in coordinates]


def _collection(features: list[dict[str, Any]]) -> str:
    whole = {"type": "FeatureCollection", "features": features}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _style(key: str, theme: str, checksum: str) -> str:
    land, ground, edge = GROUND[theme]
    streets = zip(STREET_CLASSES, STREET_COLOURS[theme], STREET_WIDTHS, strict=True)
    layers: list[dict[str, Any]] = [
        {"id": "land", "type": "background", "paint": {"background-color": land}},
        *reversed([_street_layer(name, colour, widths) for name, colour, widths in streets]),
        {
            **_drawn("outside", "fill", ["==", ["get", "kind"], "outside"]),
            "paint": {"fill-color": ground, "fill-opacity": 0.72, "fill-antialias": False},
        },
        {
            **_drawn("boundary", "line", ["==", ["get", "kind"], "boundary"]),
            "layout": {"line-join": "round"},
            "paint": {"line-color": edge, "line-width": 1.2},
        },
    ]
    source = {"type": "geojson", "data": f"/app/static/basemaps/{key}.geojson"}
    style = {
        "version": 8,
        "name": f"{key}-{theme}",
        "metadata": {"cabildo:inputs": checksum},
        "sources": {"base": source},
        "layers": layers,
    }
    return json.dumps(style, ensure_ascii=False, separators=(",", ":"))


def _street_layer(name: str, colour: str, widths: tuple[float, float]) -> dict[str, Any]:
    width = ["interpolate", ["linear"], ["zoom"], 12, widths[0], 15, widths[1]]
    return {
        **_drawn(f"streets-{name}", "line", ["==", ["get", "class"], name]),
        "layout": {"line-cap": "round", "line-join": "round"},
        "paint": {"line-color": colour, "line-width": width},
    }


def _drawn(name: str, kind: str, chosen: list[Any]) -> dict[str, Any]:
    return {"id": name, "type": kind, "source": "base", "filter": chosen}
