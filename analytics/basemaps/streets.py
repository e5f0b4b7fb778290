"""A city's street file read once: names, classes and lines in the city's metres.

Takes any lines layer in EPSG:4326, ours (``class``) or OpenStreetMap's (``highway``).
"""

from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from analytics.errors import SettingsError
from analytics.settings import City

STREET_CLASSES = ("primary", "secondary", "tertiary", "other")
OSM_CLASSES = {
    "motorway": "primary", "trunk": "primary", "primary": "primary", "secondary": "secondary",
    "tertiary": "tertiary",
}  # fmt: skip
# Ways that no car follows; drawn, they hide the streets.
NOT_STREETS = (
    "footway", "path", "steps", "cycleway", "bridleway", "corridor", "elevator", "platform",
    "track", "service",
)  # fmt: skip
AROUND_M = 1500.0  # streets farther than this from the boundary are no part of the map


def read_streets(city: City) -> gpd.GeoDataFrame:
    """Read the lines of the city's ``basemap``.

    Returns
    -------
    GeoDataFrame
        name (may be empty), street_class (of ``STREET_CLASSES``), LineStrings in ``city.crs``;
        only those within ``AROUND_M`` of the boundary, where one is configured. A file that
        states no class counts streets called avenue as secondary, all others as other.

    Raises
    ------
    SettingsError
        ``basemap.not_configured``, ``basemap.absent``, ``basemap.unreadable`` or
        ``basemap.not_lines``; names the key and the file.
    """
    if city.basemap is None:
        raise SettingsError("basemap.not_configured", key=f"cities.{city.key}.basemap")
    path = existing(city.basemap, f"cities.{city.key}.basemap")
    return _read(city, path, path.stat().st_mtime_ns).copy()


def read_boundary(city: City) -> shapely.Geometry | None:
    """Read the city's boundary as one shape in ``city.crs``; None if none is configured.

    Raises
    ------
    SettingsError
        As :func:`read_streets`.
    """
    if city.boundary is None:
        return None
    path = existing(city.boundary, f"cities.{city.key}.boundary")
    return _boundary(city, path, path.stat().st_mtime_ns)


def existing(path: Path, key: str) -> Path:
    """Return ``path``, or refuse with the settings key that names it."""
    if not path.is_file():
        raise SettingsError("basemap.absent", key=key, file=str(path))
    return path


def read_layer(path: Path, key: str) -> gpd.GeoDataFrame:
    """Read a layer of geometries; one without a CRS is taken as EPSG:4326, as GeoJSON says."""
    try:
        layer = gpd.read_file(path)
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise SettingsError("basemap.unreadable", key=key, file=path.name) from error
    if not isinstance(layer, gpd.GeoDataFrame) or layer.geometry.dropna().empty:
        raise SettingsError("basemap.unreadable", key=key, file=path.name)
    return layer.set_crs("EPSG:4326") if layer.crs is None else layer


@lru_cache(maxsize=8)
def _boundary(city: City, path: Path, _mtime_ns: int) -> shapely.Geometry:
    layer = read_layer(path, f"cities.{city.key}.boundary").to_crs(city.crs)
    return shapely.make_valid(shapely.union_all(layer.geometry.to_numpy()))


@lru_cache(maxsize=8)
def _read(city: City, path: Path, _mtime_ns: int) -> gpd.GeoDataFrame:
    key = f"cities.{city.key}.basemap"
    layer = read_layer(path, key)
    lines = layer.explode(ignore_index=True)
    lines = lines[lines.geom_type == "LineString"].to_crs(city.crs)
    if lines.empty:
        raise SettingsError("basemap.not_lines", key=key, file=path.name)
    names = _text(lines, "name")
    stated = _stated_class(lines)
    streets = gpd.GeoDataFrame(
        {"name": names, "street_class": _street_class(names, stated)},
        geometry=lines.geometry.to_numpy(),
        crs=city.crs,
    )[~np.isin(stated, NOT_STREETS)]
    boundary = read_boundary(city)
    if boundary is not None:
        streets = streets[shapely.dwithin(streets.geometry.to_numpy(), boundary, AROUND_M)]
    return streets.reset_index(drop=True)


def _stated_class(lines: gpd.GeoDataFrame) -> np.ndarray:
    """Take the first of OSM's values, without ``_link``; empty where nothing is stated."""
    column = next((c for c in ("class", "highway", "fclass") if c in lines), "")
    text = _text(lines, column)
    return np.array(
        [t.strip("[]' ").split("'")[0].split(",")[0].removesuffix("_link") for t in text]
    )


def _street_class(names: np.ndarray, stated: np.ndarray) -> np.ndarray:
    if not any(stated):
        avenue = [name.casefold().startswith(("av ", "av. ", "avenida ")) for name in names]
        return np.where(avenue, "secondary", "other")
    return np.array([OSM_CLASSES.get(value, "other") for value in stated])


def _text(lines: gpd.GeoDataFrame, column: str) -> np.ndarray:
    """Read a column as text; of several values (merged OSM ways) the first, empty for none."""
    values = lines[column].tolist() if column in lines else [None] * len(lines)
    firsts = (v[0] if isinstance(v, (list, tuple, np.ndarray)) and len(v) else v for v in values)
    return np.array([v if isinstance(v, str) else "" for v in firsts], dtype=object)
