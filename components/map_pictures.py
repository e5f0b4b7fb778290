"""The map with its key for paper and slides, in Web Mercator as on the page: as SVG and PNG."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import shapely
import vl_convert
from numpy.typing import NDArray
from pyproj import Transformer

from analytics.basemaps.publishing import STREET_COLOURS, STREET_WIDTHS
from analytics.basemaps.street_names import street_labels
from analytics.basemaps.streets import STREET_CLASSES, read_boundary, read_streets
from analytics.hotspots.grids import Grid
from analytics.hotspots.zones import zone_shape
from analytics.settings import City
from components import hotspot_marks
from components.pictures import SCALE, register_fonts
from components.raster import Bounds, grid_bounds, mercator_raster, palette_png
from components.tokens import DENSITY_ALPHA, LIGHT, Palette

MAP_PX = 851  # the map on the page; widths and type are those of the look at this size
MARGIN = 0.02
PLATE_PX = 8.0  # beyond the first and last letter
LETTER_PX, ZONE_LETTER_PX = 6.1, 8.0
NAMES = 10
KEY_PX, KEY_EDGE_PX, SWATCH_PX = 60, 8, 34


@dataclass(frozen=True)
class Areas:
    """Cells to mark: ``outline`` in ink, ``zone`` as a chosen zone with ``label``, or ``fill``.

    As a ``number`` the ``label`` stands alone, above the cells' upper left corner.

    In place of cells a ``shape`` in the city's CRS; as an ``area`` it is filled and bordered.
    """

    cells: NDArray[np.bool_] | None = None
    kind: str = "outline"
    label: str = ""
    colour: str = ""
    shape: shapely.Geometry | None = None

    def on(self, grid: Grid) -> shapely.Geometry:
        """Return what to mark in the grid's CRS."""
        if self.cells is None:
            return self.shape or shapely.GeometryCollection()
        return zone_shape(grid, self.cells)


@dataclass(frozen=True)
class Key:
    """What stands under a map: the class floors, what they count, what each mark means.

    ``marks`` holds (kind of :class:`Areas`, colour for a fill, words); ``credit`` names the
    basemap's source; ``colours`` of the classes are the density's unless given.
    """

    floors: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    marks: tuple[tuple[str, str, str], ...] = ()
    credit: str = ""
    colours: tuple[str, ...] = ()


def map_svg(
    city: City,
    grid: Grid,
    areas: Sequence[Areas],
    *,
    density: NDArray[np.float64] | None = None,
    classes: tuple[float, ...] = (),
    key: Key | None = None,
    width: int = MAP_PX,
    palette: Palette = LIGHT,
) -> str:
    """Draw a city's map as SVG, its whole study area fitted into ``width``.

    Parameters
    ----------
    city : City
        Gives boundary and streets; without them they are left out.
    grid : Grid
        The study area.
    areas : sequence of Areas
        Masks of the grid's shape, or shapes, drawn in this order.
    density, classes : ndarray of the grid's shape, tuple of seven floors
        The surface per km² and 30 days, and the floors of its colours; None draws none.
    key : Key, optional
        Printed under the map.
    width : int
        Pixels of the drawing.
    """
    place = _Place(city.crs, grid_bounds(grid), width)
    parts = list(_surface(city, grid, place, density, classes, palette))
    marked = [(area, area.on(grid)) for area in areas]
    drawn = [(area, place.shape(shape)) for area, shape in marked if not shape.is_empty]
    for area, shape in drawn:
        parts += _area(area, shape, palette)
    zones = [shape for area, shape in marked if area.kind == "zone"]
    peak = shapely.Polygon() if density is None else hotspot_marks.peak(density, grid)
    numbers = [_corner(shape) for area, shape in marked if area.kind == "number"]
    taken, marks = shapely.union_all([peak, *zones]), shapely.MultiPoint(numbers)
    parts += _names(city, place, palette, taken, marks)
    parts += [_label(area, shape, palette) for area, shape in drawn if area.label]
    height = place.height
    if key is not None:
        parts += _key(key, place, palette)
        height += KEY_PX
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'
    )


def drawn_png(drawing: str) -> bytes:
    """Turn what :func:`map_svg` drew into PNG of twice as many pixels."""
    register_fonts()
    made: bytes = vl_convert.svg_to_png(drawing, scale=SCALE)
    return made


def _surface(
    city: City,
    grid: Grid,
    place: "_Place",
    density: NDArray[np.float64] | None,
    classes: tuple[float, ...],
    palette: Palette,
) -> Iterator[str]:
    """Draw ground, streets, veil, surface and boundary, in this order."""
    boundary = read_boundary(city)
    yield f'<rect width="{place.width}" height="{place.height}" fill="{palette.land}"/>'
    yield from _streets(city, place)
    if boundary is not None:
        veil = place.frame().difference(place.shape(boundary))
        yield f'<path d="{_path(veil)}" fill="{palette.bg}" fill-opacity="0.72"/>'
    if density is not None:
        raster, bounds = mercator_raster(density, grid, clip=boundary)
        png = palette_png(raster, classes, palette.density, DENSITY_ALPHA)
        yield _image(png, bounds, place)
        yield from _main_streets(city, place, palette)
    if boundary is not None:
        line = f'fill="none" stroke="{palette.boundary}" stroke-width="1.2"'
        yield f'<path d="{_path(place.shape(boundary))}" {line}/>'


class _Place:
    """From the city's metres and from degrees to pixels of the drawing."""

    def __init__(self, crs: str, bounds: Bounds, width: int) -> None:
        self._from_city = Transformer.from_crs(crs, "EPSG:3857", always_xy=True)
        self._from_degrees = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
        west, south, east, north = self._from_degrees.transform_bounds(*bounds)
        pad = MARGIN * max(east - west, north - south)
        self._west, self._north = west - pad, north + pad
        self.scale = width / (east - west + 2 * pad)
        self.width = width
        self.height = round((north - south + 2 * pad) * self.scale)

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """Pixels of a place in degrees."""
        return self._pixels(*self._from_degrees.transform(lon, lat))

    def shape(self, shape: shapely.Geometry) -> shapely.Geometry:
        """Pixels of a shape in the city's metres."""
        return shapely.transform(
            shape, lambda x, y: self._pixels(*self._from_city.transform(x, y)), interleaved=False
        )

    def frame(self) -> shapely.Geometry:
        """Return the drawing's own edge."""
        return shapely.box(0, 0, self.width, self.height)

    def _pixels(self, x: float, y: float) -> tuple[float, float]:
        return (x - self._west) * self.scale, (self._north - y) * self.scale


def _streets(city: City, place: _Place) -> Iterator[str]:
    if city.basemap is None or not city.basemap.is_file():
        return
    streets = read_streets(city)
    for number in reversed(range(len(STREET_CLASSES))):
        group = streets[streets["street_class"] == STREET_CLASSES[number]].geometry.to_numpy()
        if len(group):
            width = STREET_WIDTHS[number][0]
            yield _lines(group, place, STREET_COLOURS["light"][number], width, 1.0)


def _main_streets(city: City, place: _Place, palette: Palette) -> Iterator[str]:
    """Draw the main streets again over the surface, so that places stay readable."""
    if city.basemap is None or not city.basemap.is_file():
        return
    streets = read_streets(city)
    group = streets[streets["street_class"].isin(STREET_CLASSES[:2])].geometry.to_numpy()
    if len(group):
        yield _lines(group, place, palette.ink, 0.8, 0.18)


def _lines(
    group: NDArray[np.object_], place: _Place, colour: str, width: float, opacity: float
) -> str:
    shape = shapely.simplify(place.shape(shapely.union_all(group)), 0.3)
    drawn = shapely.intersection(shape, place.frame())
    return (
        f'<path d="{_path(drawn)}" fill="none" stroke="{colour}" stroke-width="{width}" '
        f'stroke-opacity="{opacity}" stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _image(png: bytes, bounds: Bounds, place: _Place) -> str:
    west, south, east, north = bounds
    (left, bottom), (right, top) = place.point(west, south), place.point(east, north)
    data = b64encode(png).decode("ascii")
    return (
        f'<image x="{left:.2f}" y="{top:.2f}" width="{right - left:.2f}" '
        f'height="{bottom - top:.2f}" preserveAspectRatio="none" '
        f'image-rendering="optimizeSpeed" href="data:image/png;base64,{data}"/>'
    )


def _area(area: Areas, shape: shapely.Geometry, palette: Palette) -> Iterator[str]:
    path = _path(shape)
    if area.kind == "area":
        edge = f'stroke="{palette.ink2}" stroke-width="0.8"'
        yield f'<path d="{path}" fill="{area.colour}" fill-opacity="0.73" {edge}/>'
    elif area.kind == "fill":
        yield f'<path d="{path}" fill="{area.colour}" fill-opacity="0.85"/>'
    elif area.kind == "zone":
        for colour, width in ((palette.bg, 6.5), (palette.accent, 3.4)):
            yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
    elif area.kind == "outline":
        yield f'<path d="{path}" fill="none" stroke="{palette.ink}" stroke-width="1.2"/>'


def _names(
    city: City,
    place: _Place,
    palette: Palette,
    taken: shapely.Geometry,
    marks: shapely.Geometry,
) -> Iterator[str]:
    """Write street names on plates, turned with their streets, where nothing else is."""
    for text, lon, lat, angle in street_labels(city, taken=taken, marks=marks)[:NAMES]:
        x, y = place.point(lon, lat)
        half = len(text) * LETTER_PX / 2 + PLATE_PX / 2
        plate = shapely.affinity.rotate(shapely.box(x - half, y - 8, x + half, y + 8), -angle)
        if not place.frame().contains(plate):
            continue
        yield (
            f'<g transform="translate({x:.1f} {y:.1f}) rotate({-angle:.1f})">'
            f'<rect x="{-half:.1f}" y="-8" width="{2 * half:.1f}" height="16" '
            f'fill="{palette.land}" fill-opacity="0.8"/>'
            f"{_text(text, 0, 4, 11.5, palette.ink2, 400)}</g>"
        )


def _corner(shape: shapely.Geometry) -> tuple[float, float]:
    """Return the left end of a shape's uppermost edge, in the city's metres."""
    x, y = max(shapely.get_coordinates(shape).tolist(), key=lambda at: (at[1], -at[0]))
    return x, y


def _label(area: Areas, shape: shapely.Geometry, palette: Palette) -> str:
    """Write a zone's number in its middle: names over the edges of neighbours would collide.

    A hotspot's stands above its upper left corner, so that it hides nothing inside.
    """
    text = area.label
    if area.kind == "number":
        x, y = min(shapely.get_coordinates(shape).tolist(), key=lambda at: (at[1], at[0]))
        wide = len(text) * ZONE_LETTER_PX + 4
        return (
            f'<rect x="{x:.1f}" y="{y - 16:.1f}" width="{wide:.1f}" height="14" '
            f'fill="{palette.land}" fill-opacity="0.9"/>'
            f"{_text(text, x + wide / 2, y - 5, 12, palette.ink, 700)}"
        )
    half = len(text) * ZONE_LETTER_PX / 2 + PLATE_PX / 2
    x, y = shapely.maximum_inscribed_circle(shape, 1.0).coords[0]
    return (
        f'<rect x="{x - half:.1f}" y="{y - 9:.1f}" width="{2 * half:.1f}" height="18" '
        f'fill="{palette.bg}"/>{_text(text, x, y + 5, 14, palette.accent, 700)}'
    )


def _key(key: Key, place: _Place, palette: Palette) -> Iterator[str]:
    """Print swatches with their floors, notes and marks from left to right, the source below."""
    top, height = place.height + 10, place.height + KEY_PX
    yield f'<rect y="{place.height}" width="{place.width}" height="{height}" fill="#FFFFFF"/>'
    x = float(KEY_EDGE_PX)
    for colour, floor in zip(key.colours or palette.density, key.floors, strict=False):
        yield f'<rect x="{x}" y="{top}" width="{SWATCH_PX}" height="9" fill="{colour}"/>'
        yield _text(floor, x, top + 23, 12, palette.muted, 400, anchor="start")
        x += SWATCH_PX
    x += 24 if key.floors else 0
    for line, note in enumerate(key.notes):
        yield _text(note, x, top + 9 + 14 * line, 12, palette.muted, 400, anchor="start")
    x += max(len(note) for note in key.notes) * LETTER_PX + 24 if key.notes else 0
    for line, (kind, colour, words) in enumerate(key.marks):
        y = top + 1 + 14 * line
        fill, stroke, line_px = {
            "fill": (colour, colour, 1.0),
            "zone": ("none", palette.accent, 2.5),
        }.get(kind, ("none", palette.ink, 1.0))
        yield (
            f'<rect x="{x + 1:.1f}" y="{y}" width="13" height="8" fill="{fill}" '
            f'stroke="{stroke}" stroke-width="{line_px}"/>'
        )
        yield _text(words, x + 21, y + 8, 12, palette.muted, 400, anchor="start")
    if key.credit:
        yield _text(key.credit, KEY_EDGE_PX, top + 42, 11, palette.muted, 400, anchor="start")


def _text(
    text: str,
    x: float,
    y: float,
    size: float,
    colour: str,
    weight: int,
    *,
    anchor: str = "middle",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-family="Public Sans" '
        f'font-size="{size}" font-weight="{weight}" fill="{colour}">{escape(text)}</text>'
    )


def _path(shape: shapely.Geometry) -> str:
    """Lines and rings of any geometry as one SVG path."""
    pieces = []
    for part in shapely.get_parts(shapely.get_parts(shape)):
        closed = part.geom_type == "Polygon"
        rings = shapely.get_rings(part) if closed else [part]
        for ring in rings:
            xy = shapely.get_coordinates(ring)
            points = "L".join(f"{x:.1f} {y:.1f}" for x, y in xy)
            pieces.append(f"M{points}{'Z' if closed else ''}")
    return "".join(pieces)
