"""A city's areas (*cuadrantes, barrios, comunas*) read once, and which of them holds a place.

A place belongs to the first area, in the order of the file, that covers it, border included: so
every place counts once, also on a shared border and where areas overlap.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from analytics.basemaps.streets import existing, read_layer
from analytics.errors import FilterError, ProjectionError, SourceError
from analytics.hotspots.grids import place_outside
from analytics.settings import City

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
NOWHERE = -1


@dataclass(frozen=True, eq=False)
class Areas:
    """The areas of a city in the order of the file.

    ``shapes`` are valid polygons in ``crs`` (projected, metres); ``names`` may be empty or
    repeated: what tells areas apart is their number in the file, from 1. ``repaired`` are the
    numbers of those whose rings crossed themselves in the file.
    """

    crs: str
    names: tuple[str, ...]
    shapes: NDArray[np.object_]
    repaired: tuple[int, ...]

    @property
    def km2(self) -> FloatArray:
        """Area of each in km², shape (n_areas,)."""
        return np.asarray(shapely.area(self.shapes) / 1e6, dtype=float)

    def locate(self, xy_m: FloatArray) -> tuple[IntArray, NDArray[np.bool_]]:
        """Find the area of each place.

        Parameters
        ----------
        xy_m : ndarray of shape (n, 2)
            Metres of ``crs``.

        Returns
        -------
        index : ndarray of shape (n,)
            Of the first area that covers the place, border included; ``NOWHERE`` outside all.
        several : ndarray of shape (n,)
            Whether more than one area covers it.
        """
        index = np.full(len(xy_m), NOWHERE, dtype=np.int64)
        covering = np.zeros(len(xy_m), dtype=np.int64)
        if len(xy_m):
            tree = shapely.STRtree(shapely.points(xy_m))
            areas, places = tree.query(self.shapes, predicate="covers")
            covering += np.bincount(places, minlength=len(xy_m))
            index[places] = len(self.shapes)
            np.minimum.at(index, places, areas)
        return index, covering > 1


def joined(areas: Areas, numbers: Sequence[int]) -> shapely.Geometry:
    """Join areas to one shape.

    Parameters
    ----------
    areas : Areas
    numbers : sequence of int
        Of the areas in their file, from 1.

    Raises
    ------
    FilterError
        ``areas.unknown`` for a number that is none of theirs.
    """
    for number in numbers:
        if not 1 <= number <= len(areas.shapes):
            raise FilterError("areas.unknown", area=number, n=len(areas.shapes))
    return shapely.union_all(areas.shapes[[number - 1 for number in numbers]])


def read_areas(city: City) -> Areas:
    """Read the city's ``areas`` layer; one without a CRS is taken as EPSG:4326.

    Polygons whose rings cross are repaired and named; anything else that is no polygon is refused.

    Parameters
    ----------
    city : City
        Names the file and the property that names an area.

    Raises
    ------
    FilterError
        ``areas.not_configured`` if the settings name no layer.
    SettingsError
        If the file is absent or cannot be read.
    SourceError
        ``areas.no_name`` if no feature has the property; ``areas.not_polygon`` for a feature
        without area.
    ProjectionError
        ``areas.outside_crs`` if the layer lies outside the area of use of the city's CRS.
    """
    if city.areas is None:
        raise FilterError("areas.not_configured", key=f"cities.{city.key}.areas")
    path = existing(city.areas, f"cities.{city.key}.areas")
    return _read(path, path.stat().st_mtime_ns, city.crs, city.key, city.areas_name)


@lru_cache(maxsize=8)
def _read(path: Path, _mtime_ns: int, crs: str, city_key: str, name: str) -> Areas:
    layer = read_layer(path, f"cities.{city_key}.areas")
    if name not in layer:
        raise SourceError(
            "areas.no_name",
            file=path.name,
            column=name,
            found=", ".join(str(column) for column in layer.columns.drop(layer.geometry.name)),
            key=f"cities.{city_key}.areas_name",
        )
    names = tuple(_text(value) for value in layer[name])
    there = ~shapely.is_empty(layer.geometry.to_numpy()) & ~layer.geometry.isna().to_numpy()
    outside = place_outside(layer.geometry[there], crs)
    if outside is not None:
        raise ProjectionError(
            "areas.outside_crs",
            file=path.name,
            longitude=outside[0],
            latitude=outside[1],
            crs=crs,
            key=f"cities.{city_key}.areas",
        )
    drawn = layer.geometry.to_crs(crs).to_numpy()
    valid = shapely.is_valid(drawn)
    shapes = np.array([_polygon(shape) for shape in drawn], dtype=object)
    for row, shape in enumerate(shapes):
        if shape is None:
            raise SourceError("areas.not_polygon", file=path.name, row=row + 1, name=names[row])
    repaired = tuple(int(row) + 1 for row in np.flatnonzero(~valid))
    return Areas(crs, names, shapes, repaired)


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value).strip()


def _polygon(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    """Return what of a shape has area, as one valid shape; None where nothing has."""
    parts = shapely.get_parts(shapely.make_valid(shape)) if shape is not None else np.array([])
    flat = np.array([part for part in parts if shapely.area(part) > 0], dtype=object)
    return shapely.union_all(flat) if len(flat) else None
