"""Invented stations, cameras and schools of Puerto Quimera, to be drawn over its map."""

import geopandas as gpd
import numpy as np
import shapely

from analytics.demo.plan import CRS, STREET_WORDS

STATIONS, CAMERAS, SCHOOLS = 3, 24, 18
APART_M, STATIONS_APART_M = 180.0, 1400.0  # between two cameras, two stations
BESIDE_M = 60.0  # from a station to the nearest camera, so that both marks are seen
SALT = 4  # a stream of its own: what else is drawn from the seed stays as it is


def draw_places(
    seed: int, streets: gpd.GeoDataFrame, blocks: gpd.GeoDataFrame, boundary: shapely.Polygon
) -> dict[str, gpd.GeoDataFrame]:
    """Place stations along avenues, cameras at their crossings and schools among homes.

    Parameters
    ----------
    seed : int
        Equal seeds give equal places.
    streets : GeoDataFrame
        ``street_class`` and lines in the plan's CRS (projected, metres).
    blocks : GeoDataFrame
        ``population`` at points.
    boundary : shapely.Polygon
        Nothing is placed outside.

    Returns
    -------
    dict
        ``stations``, ``cameras``, ``schools``: points with ``name`` and ``synthetic`` (true).
    """
    rng = np.random.default_rng([seed, SALT])
    main = streets[streets["street_class"].isin(("primary", "secondary"))].geometry.to_numpy()
    crossings = _crossings(main, boundary)
    mixed = rng.permutation(crossings)
    cameras = _apart(mixed, CAMERAS)
    unwatched = mixed[shapely.distance(mixed, shapely.union_all(cameras)) >= BESIDE_M]
    stations = _apart(unwatched, STATIONS, STATIONS_APART_M)
    homes = blocks[blocks["population"] > 0]
    chances = homes["population"].to_numpy(dtype=float)
    chosen = rng.choice(len(homes), SCHOOLS, replace=False, p=chances / chances.sum())
    words = rng.permutation(STREET_WORDS["Las"].split())[:SCHOOLS]
    return {
        "stations": _layer([f"Comisaría {i + 1}.ª" for i in range(len(stations))], stations),
        "cameras": _layer([f"Cámara {i + 1}" for i in range(len(cameras))], cameras),
        "schools": _layer(
            [f"Escuela Las {word}" for word in words], homes.geometry.to_numpy()[np.sort(chosen)]
        ),
    }


def _crossings(lines: np.ndarray, boundary: shapely.Polygon) -> np.ndarray:
    """Points where two of the lines meet inside the boundary, from west to east."""
    first, second = shapely.STRtree(lines).query(lines, predicate="intersects")
    pairs = first < second
    met = shapely.get_parts(shapely.intersection(lines[first[pairs]], lines[second[pairs]]))
    points = met[(shapely.get_type_id(met) == 0) & shapely.contains(boundary, met)]
    order = np.lexsort((shapely.get_y(points), shapely.get_x(points)))
    return np.asarray(points[order])


def _apart(points: np.ndarray, n: int, metres: float = APART_M) -> np.ndarray:
    """Take points in their order, each far enough from those taken before, until there are n."""
    taken: list[shapely.Point] = []
    for point in points:
        if len(taken) < n and all(point.distance(other) >= metres for other in taken):
            taken.append(point)
    return np.array(taken, dtype=object)


def _layer(names: list[str], points: np.ndarray) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"name": names, "synthetic": True}, geometry=points, crs=CRS)
