"""What may be drawn over a city's map by choice: its areas and the layers that the settings name.

Stations, cameras, schools and the like tell nothing of events. What leaves here is light enough for
a browser: far points are left out, many points are thinned, lines are simplified.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from analytics.basemaps.streets import AROUND_M, existing, read_boundary, read_layer
from analytics.errors import FilterError, ProjectionError
from analytics.hotspots.grids import place_outside
from analytics.settings import City

AREAS = "areas"
MAX_POINTS = 300
MAX_VERTICES = 6000
SIMPLIFY_M = 4.0
THINNED_M = (0.0, *(50.0 * 2**i for i in range(12)))
DECIMALS = 5  # of a degree: about a metre


@dataclass(frozen=True, eq=False)
class Overlay:
    """One layer, ready to draw in EPSG:4326.

    ``points``: shape (n, 2), longitude and latitude. ``lines``: lists of such pairs; borders where
    the layer has polygons. ``n`` is the number of features in and around the city; where that is
    more than ``MAX_POINTS`` points, one is drawn for every square of ``thinned_m`` metres.
    ``stamp`` changes with the file.
    """

    name: str
    points: NDArray[np.float64]
    lines: tuple[list[list[float]], ...]
    n: int
    thinned_m: float
    stamp: str


def overlay_names(city: City) -> tuple[str, ...]:
    """Return what the settings of a city offer to draw: its areas first, then its layers."""
    return (*((AREAS,) if city.areas else ()), *city.layers)


def read_overlay(city: City, name: str) -> Overlay:
    """Read a layer in and around the city, light enough for a browser.

    Raises
    ------
    FilterError
        ``overlays.unknown`` if the settings name no such layer.
    SettingsError
        If the file is absent or cannot be read; names key and file.
    ProjectionError
        ``overlays.outside_crs`` if the layer lies outside the area of use of the city's CRS.
    """
    if name not in overlay_names(city):
        known = ", ".join(overlay_names(city)) or "-"
        raise FilterError("overlays.unknown", name=name, known=known)
    path, key = city.areas, f"cities.{city.key}.areas"
    if name != AREAS:
        path, key = city.layers[name], f"cities.{city.key}.layers.{name}"
    assert path is not None
    existing(path, key)
    return _read(city, name, path, key, path.stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _read(city: City, name: str, path: Path, key: str, mtime_ns: int) -> Overlay:
    layer = read_layer(path, key)
    layer = layer[~(layer.geometry.isna() | layer.geometry.is_empty)]
    outside = place_outside(layer.geometry, city.crs)
    if outside is not None:
        raise ProjectionError(
            "overlays.outside_crs",
            file=path.name,
            longitude=outside[0],
            latitude=outside[1],
            crs=city.crs,
            key=key,
        )
    shapes = layer.geometry.to_crs(city.crs).to_numpy()
    boundary = read_boundary(city)
    if boundary is not None:
        shapes = shapes[shapely.dwithin(shapes, boundary, AROUND_M)]
    parts = shapely.get_parts(shapes)
    is_point = shapely.get_dimensions(parts) == 0
    points, thinned_m = _thinned(shapely.get_coordinates(parts[is_point]))
    to_lonlat = Transformer.from_crs(city.crs, "EPSG:4326", always_xy=True)
    return Overlay(
        name=name,
        points=np.column_stack(to_lonlat.transform(*points.T)).round(DECIMALS),
        lines=tuple(
            np.column_stack(to_lonlat.transform(*line.T)).round(DECIMALS).tolist()
            for line in _light_lines(parts[~is_point])
        ),
        n=len(shapes),
        thinned_m=thinned_m,
        stamp=f"{name}:{mtime_ns}",
    )


def _thinned(xy_m: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Keep one point per square, the first, in the smallest squares that leave few enough."""
    for step in THINNED_M:
        if not step:
            kept = xy_m
        else:
            _, first = np.unique(np.floor(xy_m / step), axis=0, return_index=True)
            kept = xy_m[np.sort(first)]
        if len(kept) <= MAX_POINTS:
            break
    return kept, step


def _light_lines(shapes: NDArray[np.object_]) -> list[NDArray[np.float64]]:
    """Return borders and lines as coordinates, simplified until they are few enough."""
    flat = np.where(shapely.get_dimensions(shapes) == 2, shapely.boundary(shapes), shapes)
    lines, tolerance = shapely.get_parts(shapely.line_merge(flat)), SIMPLIFY_M
    while True:
        simple = shapely.simplify(lines, tolerance)
        few = shapely.get_num_coordinates(simple).sum() <= MAX_VERTICES
        if few or tolerance > THINNED_M[-1]:
            return [shapely.get_coordinates(line) for line in simple]
        tolerance *= 2
