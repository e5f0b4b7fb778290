"""Puerto Quimera as geometry: boundary, streets, blocks with residents, beats.

Everything here is in metres of the city's projected CRS; :func:`geojson` turns it into the
EPSG:4326 files that a city configures. The plan is drawn by hand (``demo_plan``), the small streets
are grown from a seed.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from scipy.interpolate import CubicSpline
from scipy.spatial import cKDTree
from shapely import LineString, MultiLineString, Polygon
from shapely.ops import polygonize, substring, unary_union

from analytics.basemaps.publishing import geojson_text, write_whole
from analytics.demo.plan import (
    AVENUES,
    BEAT_CENTRES,
    COAST,
    CRS,
    DISTRICTS,
    INLAND_EDGE,
    OPEN_GROUND,
    OPPOSITE_COAST,
    ORIGIN_M,
    PLAZAS,
    RIVER,
    STREET_WORDS,
    District,
    Points,
)
from analytics.demo.public_places import draw_places

RESIDENTS = 140_000
MAX_BLOCK_M2 = 160_000.0  # larger pieces are hillside and beach, where nobody lives
FADE_M = (150.0, 750.0)  # small streets thin out between these distances from the boundary
BESIDE_AVENUE_M = 38.0  # a small street running this close to an avenue is the avenue


@dataclass(frozen=True)
class DemoCity:
    """The drawn city in projected metres; geometries in ``CRS``.

    ``streets``: name, street_class, geometry. ``blocks``: population, geometry (centroids).
    ``beats``: name, geometry; they partition ``boundary``. ``places``: stations, cameras and
    schools, as :func:`draw_places` gives them.
    """

    boundary: Polygon
    streets: gpd.GeoDataFrame
    blocks: gpd.GeoDataFrame
    beats: gpd.GeoDataFrame
    places: dict[str, gpd.GeoDataFrame]


def draw_city(seed: int) -> DemoCity:
    """Draw Puerto Quimera; equal seeds give equal cities.

    Parameters
    ----------
    seed : int
        Of the small streets, names and residents; the plan itself is fixed.

    Returns
    -------
    DemoCity
        About 15 km² and ``RESIDENTS`` residents, in EPSG:32718.
    """
    rng = np.random.default_rng(seed)
    boundary = _boundary()
    avenues = [(a.name, a.street_class, _smooth(a.points)) for a in AVENUES]
    land = _land()
    grown = _small_streets(rng, [line for _, _, line in avenues], boundary, land)
    dry = unary_union([land, _smooth(RIVER).buffer(60)]).difference(_strip(avenues[0][2]))
    drawn = [(name, kind, line.intersection(dry)) for name, kind, line in avenues]
    streets = gpd.GeoDataFrame(
        [
            (name, kind, part)
            for name, kind, line in (*drawn, *grown)
            for part in _lines(shapely.set_precision(line.simplify(1.5), 0.1))
            if part.length > 25
        ],
        columns=["name", "street_class", "geometry"],
        crs=CRS,
    )
    blocks = _residents(rng, streets, boundary)
    return DemoCity(
        boundary=boundary,
        streets=streets,
        blocks=blocks,
        places=draw_places(seed, streets, blocks, boundary),
        beats=_beats([line for _, _, line in avenues], boundary),
    )


def write_layers(folder: Path, city: DemoCity) -> None:
    """Write boundary, streets, beats, population and places as EPSG:4326 GeoJSON."""
    folder.mkdir(parents=True, exist_ok=True)
    outline = gpd.GeoDataFrame({"name": ["Puerto Quimera"]}, geometry=[city.boundary], crs=CRS)
    layers = {
        "boundary": outline,
        "streets": city.streets.rename(columns={"street_class": "class"}),
        "beats": city.beats,
        "population": city.blocks,
        **city.places,
    }
    for name, layer in layers.items():
        write_whole(folder / f"{name}.geojson", geojson_text(layer))


def place(points: Points) -> list[tuple[float, float]]:
    """Turn plan coordinates into EPSG:32718 metres."""
    return [(x + ORIGIN_M[0], y + ORIGIN_M[1]) for x, y in points]


def open_ground() -> list[Polygon]:
    """Return parks, quays and other ground without streets, in EPSG:32718."""
    return [Polygon(_smooth((*outline, outline[0])).coords) for _, outline in OPEN_GROUND]


def _smooth(points: Points, step_m: float = 40.0) -> LineString:
    """Draw a curve through the points (a spline over its own length)."""
    xy = np.array(place(points))
    along = np.r_[0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
    at = np.linspace(0, along[-1], max(2, round(along[-1] / step_m)))
    knots = np.unique(np.r_[at, along])
    kind = "periodic" if points[0] == points[-1] else "natural"
    return LineString(CubicSpline(along, xy, bc_type=kind)(knots))


def _boundary() -> Polygon:
    inland = place(INLAND_EDGE)
    shore = _cut_between(_smooth(COAST), inland[-1], place(COAST)[-1])
    river = _cut_between(_smooth(RIVER), place(RIVER)[0], inland[0])
    return Polygon([*shore.coords, *list(river.coords)[1:], *inland[1:-1]])


def _cut_between(
    line: LineString, start: tuple[float, float], end: tuple[float, float]
) -> LineString:
    """Cut the piece of ``line`` between the places nearest to two points (metres)."""
    return substring(line, line.project(shapely.Point(start)), line.project(shapely.Point(end)))


def _land() -> Polygon:
    """Everything that is not sea within 1.2 km of the boundary, less the river."""
    east = place(((3600, 2900), (3600, -2900)))
    shore = list(_smooth(COAST).coords)
    other = list(_smooth(OPPOSITE_COAST).coords)
    river = _smooth(RIVER)
    land = Polygon([*shore, *other[1:], *east])
    reach = Polygon(place(((-2900, -2500), (-2900, 2500), (3300, 2500), (3300, -2500))))
    return land.intersection(reach).difference(river.buffer(45)).buffer(0)


def _small_streets(
    rng: np.random.Generator, avenues: list[LineString], boundary: Polygon, land: Polygon
) -> list[tuple[str, str, MultiLineString]]:
    """Fill what lies between the avenues with one street pattern per district."""
    free = land.difference(unary_union(open_ground()).buffer(12))
    free = free.difference(_strip(avenues[0]))
    names = _names(rng)
    faces = list(polygonize(unary_union([*avenues, land.boundary])))
    regions = _grown_around(tuple(d.centre for d in DISTRICTS), faces)
    drawn = MultiLineString(avenues)
    shapely.prepare([drawn, boundary])
    streets = []
    for district, whole in zip(DISTRICTS, regions, strict=True):
        region = whole.intersection(free)
        if region.is_empty:
            continue
        for kind, pieces in _pattern(
            rng, district, region=region, avenues=drawn, boundary=boundary
        ):
            line = MultiLineString(pieces).intersection(region)
            streets.append((next(names), kind, line))
    return streets


def _strip(costanera: LineString) -> Polygon:
    """Beach and quays: the side of the costanera that faces the sea."""
    return costanera.buffer(420, single_sided=True).difference(costanera.buffer(6))


def _pattern(
    rng: np.random.Generator,
    district: District,
    *,
    region: Polygon,
    avenues: MultiLineString,
    boundary: Polygon,
) -> Iterable[tuple[str, list[LineString]]]:
    """Yield the district's streets: a bent grid with pieces left out, one class per street."""
    nodes = _grid_nodes(rng, district, region)
    plazas = shapely.MultiPoint(place(PLAZAS)).buffer(48)
    for axis in (0, 1):
        lines = nodes if axis == 0 else nodes.transpose(1, 0, 2)
        main = int(rng.integers(2, 5))
        for row, line in enumerate(lines):
            is_main = row % (4 if axis == 0 else 6) == main % 4
            middle = (line[1:] + line[:-1]) / 2
            away = shapely.distance(boundary, shapely.points(middle))
            fade = np.clip((away - FADE_M[0]) / (FADE_M[1] - FADE_M[0]), 0, 1)
            chance = (district.gaps * (0.15 if is_main else 1.0) + fade).clip(0, 1)
            keep = rng.random(len(middle)) >= chance
            keep &= ~shapely.contains_xy(plazas, middle)
            beside = shapely.distance(avenues, shapely.points(line)) < BESIDE_AVENUE_M
            pieces = _runs(line, keep & ~(beside[1:] & beside[:-1]))
            if pieces:
                yield ("tertiary" if is_main else "other"), pieces


def _grid_nodes(rng: np.random.Generator, district: District, region: Polygon) -> np.ndarray:
    """Corners of a grid over ``region``: array (n_rows, n_columns, 2) of metres, bent."""
    x0, y0, x1, y1 = region.bounds
    half = np.hypot(x1 - x0, y1 - y0) / 2 + 200
    uneven = 0.03 if district.bend_m < 5 else 0.14
    steps = []
    for spacing in district.spacing_m:
        n = int(2 * half / spacing) + 2
        gaps = spacing * (1 + uneven * rng.standard_normal(n).clip(-1.6, 1.6))
        steps.append(np.cumsum(gaps) - half)
    v, u = np.meshgrid(steps[0], steps[1], indexing="ij")
    phase = rng.uniform(0, 2 * np.pi, 4)
    bend = district.bend_m
    u = u + bend * (np.sin(v / 260 + phase[0]) + 0.5 * np.sin(u / 410 + v / 700 + phase[1]))
    v = v + bend * (np.sin(u / 310 + phase[2]) + 0.5 * np.sin(v / 380 - u / 600 + phase[3]))
    turn = np.deg2rad(district.angle_deg)
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    x = cx + u * np.cos(turn) - v * np.sin(turn)
    y = cy + u * np.sin(turn) + v * np.cos(turn)
    return np.stack([x, y], axis=-1)


def _runs(line: np.ndarray, keep: np.ndarray) -> list[LineString]:
    """Join consecutive kept pieces into one line each."""
    edges = np.flatnonzero(np.diff(np.r_[0, keep.astype(int), 0]))
    return [LineString(line[a : b + 1]) for a, b in edges.reshape(-1, 2)]


def _names(rng: np.random.Generator) -> Iterator[str]:
    """Yield invented street names, then numbered passages without end."""
    words = [
        f"{article} {noun.replace('|', ' ')}"
        for article, nouns in STREET_WORDS.items()
        for noun in nouns.split()
    ]
    yield from rng.permutation(words).tolist()
    number = 20
    while True:
        number += 1
        yield f"Pasaje {number}"


def _lines(geometry: shapely.Geometry) -> list[LineString]:
    parts = shapely.get_parts(shapely.line_merge(geometry))
    return [part for part in parts if isinstance(part, LineString)]


def _residents(
    rng: np.random.Generator, streets: gpd.GeoDataFrame, boundary: Polygon
) -> gpd.GeoDataFrame:
    """Share ``RESIDENTS`` over the blocks between streets; parks, quays and beaches have none."""
    blocks = list(polygonize(unary_union([*streets.geometry, boundary.exterior])))
    closed = unary_union([*open_ground(), _strip(_smooth(AVENUES[0].points))])
    inside = [
        b for b in blocks if boundary.contains(b.representative_point()) and b.area < MAX_BLOCK_M2
    ]
    homes = [b for b in inside if not closed.contains(b.representative_point())]
    centres = shapely.centroid(np.array(homes))
    from_centre = shapely.distance(centres, shapely.Point(place(((-200, -100),))[0]))
    density = np.exp(-from_centre / 2200) * rng.gamma(6.0, 1 / 6.0, len(homes))
    expected = density * shapely.area(np.array(homes))
    expected *= RESIDENTS / expected.sum()
    return gpd.GeoDataFrame(
        {"population": _round_to_total(expected, RESIDENTS)}, geometry=centres, crs=CRS
    )


def _round_to_total(values: np.ndarray, total: int) -> np.ndarray:
    """Round so that the sum stays exact (largest remainders)."""
    whole = np.floor(values).astype(np.int64)
    order = np.argsort(whole - values, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return np.asarray(whole)


def _beats(avenues: Sequence[LineString], boundary: Polygon) -> gpd.GeoDataFrame:
    """Partition the boundary along avenues, one beat per centre."""
    faces = list(polygonize(unary_union([*avenues, boundary.exterior])))
    faces = [f for f in faces if boundary.contains(f.representative_point())]
    shapes = _grown_around(BEAT_CENTRES, faces)
    names = [f"Cuadrante {number}" for number in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame({"name": names}, geometry=shapes, crs=CRS)


def _grown_around(centres: Points, faces: list[Polygon]) -> list[shapely.Geometry]:
    """Give each face to the nearest centre and join what each centre got."""
    inner = np.array([face.representative_point().coords[0] for face in faces])
    _, nearest = cKDTree(place(centres)).query(inner)
    return [
        unary_union([face for face, n in zip(faces, nearest, strict=True) if n == index])
        for index in range(len(centres))
    ]
