"""Where street names stand on a city's map, and the drawing of its streets for the entrance."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer
from shapely import LineString, Polygon
from shapely.ops import substring

from analytics.basemaps.streets import STREET_CLASSES, read_boundary, read_streets
from analytics.settings import City

# The page's smallest map, one of two side by side: there plates must not cross either.
MAP_WIDTH_PX, MAP_HEIGHT_PX = 628, 474
LETTER_PX, PLATE_PX = 6.4, 22.0
MARK_PX = 9.0  # around a point or line that is drawn: half a mark, half a thick line
ENOUGH_ROOM_PX = 70.0  # plates farther apart than this are equally good
TRIED_PLACES = (0.5, 0.38, 0.62, 0.27, 0.73, 0.16, 0.84)
FURTHER_PLACES = (0.44, 0.56, 0.32, 0.68, 0.21, 0.79, 0.1, 0.9)  # where much is taken
STRAIGHT = 0.99  # chord over arc under a plate; less and the name leaves its street
STROKES_PX = (2.6, 1.5, 0.9, 0.6)

Label = tuple[str, float, float, float]


def street_labels(
    city: City,
    limit: int = 12,
    *,
    taken: shapely.Geometry | None = None,
    marks: shapely.Geometry | None = None,
) -> list[Label]:
    """Choose names for the city's main streets so that their plates do not cross.

    Classes come in order, longer streets first; each name is tried at several places of the
    street's longest piece inside the boundary and left out if its plate would cross another, or
    what else stands on the map.

    Parameters
    ----------
    city : City
        ``basemap`` is read; without one, or if the file is absent, there are no names.
    limit : int
        Most names to return.
    taken : shapely.Geometry, optional
        What the plates must not cover, in ``city.crs``: zones, the strongest peak.
    marks : shapely.Geometry, optional
        What they cover only where a name would else be lost: points drawn over the names.

    Returns
    -------
    list of (str, float, float, float)
        Name, longitude and latitude (EPSG:4326), angle in degrees counter-clockwise on the map,
        −90 < angle ≤ 90, so that it reads upright.

    Raises
    ------
    SettingsError
        If the file is there but cannot be read.
    """
    if city.basemap is None or not city.basemap.is_file():
        return []
    return list(_labels(city, limit, city.basemap.stat().st_mtime_ns, taken, marks))


def streets_inside(city: City, area: shapely.Geometry, limit: int = 3) -> tuple[str, ...]:
    """Name the streets that run through an area, those with most length inside it first.

    Parameters
    ----------
    city : City
        ``basemap`` is read; without one, or if the file is absent, there are no names.
    area : shapely.Geometry
        Polygons in ``city.crs``.
    limit : int
        Most names to return.

    Raises
    ------
    SettingsError
        If the file is there but cannot be read.
    """
    if city.basemap is None or not city.basemap.is_file():
        return ()
    streets = read_streets(city)
    named = streets[(streets["name"] != "") & shapely.intersects(streets.geometry, area)]
    inside = shapely.length(shapely.intersection(named.geometry.to_numpy(), area))
    told = named.assign(inside=inside).groupby("name")["inside"].sum()
    told = told[told > 0].sort_values(ascending=False, kind="stable")
    return tuple(str(name) for name in told.index[:limit])


def street_drawing_svg(
    city: City, width: int, height: int, *, colours: Mapping[str, str], clear: float = 0.36
) -> str:
    """Draw the city's streets, without a word, as the picture beside the sign-in form.

    Parameters
    ----------
    city : City
        ``basemap`` is drawn; without one the picture is empty.
    width, height : int
        Pixels. The streets fill the width and stand on the lower edge.
    colours : mapping
        Stroke colour of each of ``STREET_CLASSES``.
    clear : float
        Share of the height, from the top, that stays empty for words; the lines fade in below.

    Returns
    -------
    str
        SVG text; it holds streets only and may be served without sign-in.

    Raises
    ------
    SettingsError
        If the file is there but cannot be read.
    """
    paths = ""
    if city.basemap is not None and city.basemap.is_file():
        paths = "".join(_paths(read_streets(city), width, height, colours))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'preserveAspectRatio="xMidYMax slice">'
        f'<defs><linearGradient id="f" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="{clear:.2f}" stop-color="#000"/>'
        f'<stop offset="{clear + (1 - clear) * 0.45:.2f}" stop-color="#fff"/></linearGradient>'
        f'<mask id="m"><rect width="{width}" height="{height}" fill="url(#f)"/></mask></defs>'
        f'<g mask="url(#m)" fill="none" stroke-linecap="round" stroke-linejoin="round">'
        f"{paths}</g></svg>"
    )


@lru_cache(maxsize=16)
def _labels(
    city: City,
    limit: int,
    mtime_ns: int,
    taken: shapely.Geometry | None,
    marks: shapely.Geometry | None,
) -> tuple[Label, ...]:
    area, lines = _named_lines(city, mtime_ns)
    west, south, east, north = area.bounds
    # As on the page, the whole area is in view: its longer side, as the map is shaped, decides.
    across, down = (east - west) / MAP_WIDTH_PX, (north - south) / MAP_HEIGHT_PX
    metres_per_px = max(across, down)
    to_map = Transformer.from_crs(city.crs, "EPSG:3857", always_xy=True)
    to_lonlat = Transformer.from_crs(city.crs, "EPSG:4326", always_xy=True)
    # Nothing taken is an empty shape, so that the usual names are chosen once.
    near = [(shape or shapely.Point()).buffer(MARK_PX * metres_per_px) for shape in (taken, marks)]
    if not all(shape.is_empty for shape in near):
        # A name that finds no place is left out: a lesser street's would not tell where one is.
        usual = {name for name, *_place in _labels(city, limit, mtime_ns, None, None)}
        lines = [(name, line) for name, line in lines if name in usual]
    placed: list[Polygon] = []
    labels: list[Label] = []
    for name, line in lines:
        if len(labels) == limit:
            break
        spot = _free_place(name, line, placed, metres_per_px, *near)
        if spot is not None:
            plate, ends = spot
            placed.append(plate)
            lon, lat = to_lonlat.transform(plate.centroid.x, plate.centroid.y)
            labels.append((name, lon, lat, _angle(ends, to_map)))
    return tuple(labels)


@lru_cache(maxsize=16)
def _named_lines(
    city: City, _mtime_ns: int
) -> tuple[shapely.Geometry, list[tuple[str, LineString]]]:
    """Return the area on the map and the main streets in it, the weightiest first."""
    streets = read_streets(city)
    boundary = read_boundary(city)
    area = boundary if boundary is not None else shapely.box(*streets.total_bounds)
    return area, list(_main_streets(streets, area))


def _main_streets(
    streets: gpd.GeoDataFrame, area: shapely.Geometry
) -> Iterator[tuple[str, LineString]]:
    """Yield name and longest piece of named streets, by class, then by length."""
    named = streets[streets["name"] != ""]
    for street_class in STREET_CLASSES[:3]:
        pieces = []
        for name, group in named[named["street_class"] == street_class].groupby("name"):
            inside = shapely.union_all(group.geometry.to_numpy()).intersection(area)
            parts = shapely.get_parts(shapely.line_merge(inside))
            lines = [part for part in parts if isinstance(part, LineString)]
            if lines:
                pieces.append((str(name), max(lines, key=lambda line: line.length)))
        yield from sorted(pieces, key=lambda piece: -piece[1].length)


def _free_place(
    name: str,
    line: LineString,
    placed: list[Polygon],
    metres_per_px: float,
    taken: shapely.Geometry,
    marks: shapely.Geometry,
) -> tuple[Polygon, np.ndarray] | None:
    """Find the straight stretch with the fewest marks, then farthest from the plates placed."""
    length = (len(name) * LETTER_PX + 8) * metres_per_px
    best, best_worth = None, (-np.inf, 0.0)
    crowded = not (taken.is_empty and marks.is_empty)
    for share in (*TRIED_PLACES, *FURTHER_PLACES) if crowded else TRIED_PLACES:
        middle = share * line.length
        if not length / 2 < middle < line.length - length / 2:
            continue
        under = substring(line, middle - length / 2, middle + length / 2)
        ends = np.array([under.coords[0], under.coords[-1]])
        chord = LineString(ends)
        if chord.length < STRAIGHT * under.length:
            continue
        plate = chord.buffer(PLATE_PX / 2 * metres_per_px, cap_style="flat")
        if plate.intersects(taken):
            continue
        room = min([plate.distance(other) for other in placed], default=np.inf)
        room = min(room, ENOUGH_ROOM_PX * metres_per_px)
        worth = (-plate.intersection(marks).area, room)
        if room > 0 and worth > best_worth:
            best, best_worth = (plate, ends), worth
    return best


def _angle(ends: np.ndarray, to_map: Transformer) -> float:
    """Direction of the plate on the web map, turned so that it reads from left to right."""
    x, y = to_map.transform(ends[:, 0], ends[:, 1])
    degrees = float(np.degrees(np.arctan2(y[1] - y[0], x[1] - x[0])))
    return round(90 - (90 - degrees) % 180, 1)


def _paths(
    streets: gpd.GeoDataFrame, width: int, height: int, colours: Mapping[str, str]
) -> Iterator[str]:
    west, south, east, _ = streets.total_bounds
    scale = width / (0.86 * (east - west))  # lines run over both edges: no frame of blank paper
    shift = np.array([(west + east) / 2, south + 0.02 * (east - west)])
    for street_class, stroke in zip(reversed(STREET_CLASSES), reversed(STROKES_PX), strict=True):
        group = streets[streets["street_class"] == street_class].geometry.to_numpy()
        pieces = shapely.get_parts(shapely.line_merge(shapely.union_all(group)))
        drawn = []
        for piece in shapely.simplify(pieces, 0.7 / scale):
            xy = (shapely.get_coordinates(piece) - shift) * scale * (1, -1) + (width / 2, height)
            drawn.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in xy))
        stroked = f'stroke="{colours[street_class]}" stroke-width="{stroke}"'
        yield f'<path {stroked} d="{"".join(drawn)}"/>'
