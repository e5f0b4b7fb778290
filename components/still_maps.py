"""Small still maps: a city's boundary, main streets and one layer of colour, as an SVG picture.

For maps that stand side by side on one scale, where nobody pans; north is up, Web Mercator.
"""

import math
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from html import escape

import numpy as np
import shapely
import streamlit as st
import vl_convert
from numpy.typing import NDArray

from analytics.access import Principal
from analytics.basemaps.streets import read_boundary, read_streets
from analytics.hotspots.grids import Grid
from analytics.settings import City
from components import downloads
from components.raster import Bounds, mercator_raster, outline, palette_png, rings_lonlat
from components.tokens import DENSITY_ALPHA, Palette

MAIN_STREETS = ("primary", "secondary")
STREET_STEP_M = 10.0  # finer bends than this are not seen
RASTER_PX = 384
PNG_SCALE = 2.0
Ring = Sequence[Sequence[float]]


def density_still(
    city: City,
    grid: Grid,
    values: NDArray[np.float64],
    floors: Sequence[float],
    palette: Palette,
    *,
    width: int,
) -> str:
    """Draw cell values in the seven density classes.

    Parameters
    ----------
    city, grid : City, Grid
        The place.
    values : ndarray of shape (n_rows, n_cols)
        At cell centres, row 0 in the south; NaN outside the study area.
    floors : sequence of float
        Seven class floors.
    width : int
        Of the picture, in pixels.
    """
    raster, bounds = mercator_raster(values, grid, clip=read_boundary(city), max_px=RASTER_PX)
    png = b64encode(palette_png(raster, floors, palette.density, DENSITY_ALPHA)).decode()
    frame = _Frame(bounds, width)
    image = (
        f'<image href="data:image/png;base64,{png}" width="{frame.width}" height="{frame.height}"'
        ' preserveAspectRatio="none"/>'
    )
    return _svg(city, frame, image, palette)


def classes_still(
    city: City,
    grid: Grid,
    chosen: Mapping[str, NDArray[np.bool_]],
    colours: Mapping[str, str],
    palette: Palette,
    *,
    width: int,
) -> str:
    """Draw kinds of cells, each merged to one shape in its colour.

    Parameters
    ----------
    city, grid : City, Grid
        The place.
    chosen : mapping
        Kind → True for its cells, shape (n_rows, n_cols).
    colours : mapping
        Kind → colour.
    width : int
        Of the picture, in pixels.
    """
    _, bounds = mercator_raster(
        np.zeros(grid.study.shape), grid, clip=read_boundary(city), max_px=RASTER_PX
    )
    frame = _Frame(bounds, width)
    rings = {kind: outline(grid, cells) for kind, cells in chosen.items() if cells.any()}
    return _svg(city, frame, _fills(frame, rings, colours), palette)


def areas_still(
    city: City,
    grid: Grid,
    chosen: Mapping[str, Sequence[shapely.Geometry]],
    colours: Mapping[str, str],
    palette: Palette,
    *,
    width: int,
) -> str:
    """Draw kinds of areas, given as polygons in the city's CRS, each in its kind's colour.

    The other parameters are those of :func:`classes_still`.
    """
    _, bounds = mercator_raster(
        np.zeros(grid.study.shape), grid, clip=read_boundary(city), max_px=RASTER_PX
    )
    frame = _Frame(bounds, width)
    rings = {
        kind: [ring for shape in shapes for ring in rings_lonlat(shape, city.crs)]
        for kind, shapes in chosen.items()
    }
    return _svg(city, frame, _fills(frame, rings, colours), palette)


def show(svg: str, *, title: str, alt: str) -> None:
    """Draw a picture under its title; ``alt`` says in a sentence what it shows."""
    source = b64encode(svg.encode()).decode()
    st.html(
        f'<figure class="still"><figcaption>{escape(title)}</figcaption>'
        f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{source}"></figure>'
    )


def key(swatches: Mapping[str, str], notes: Sequence[str], attribution: str = "") -> None:
    """Print the key: words → their colour, then notes, one line each, and the basemap's source."""
    marks = "".join(
        f'<span class="kind"><i style="--swatch:{colour}"></i>{escape(words)}</span>'
        for words, colour in swatches.items()
    )
    lines = "<br>".join(escape(note) for note in notes)
    source = f'<span class="attribution">{escape(attribution)}</span>' if attribution else ""
    st.html(f'<div class="map-key">{marks}<span>{lines}</span>{source}</div>')


def links(svg: str, *, principal: Principal, city: str, name: str) -> list[downloads.Download]:
    """Return a picture's downloads; ``name`` is the stem of the files and the audited kind."""
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "PNG": ("image/png", partial(vl_convert.svg_to_png, svg, scale=PNG_SCALE)),
        "SVG": ("image/svg+xml", svg.encode),
    }
    return [
        downloads.Download(
            label,
            downloads.audited(principal, city, make, kind=name),
            downloads.file_name(city, name, extension=label.lower()),
            mime,
        )
        for label, (mime, make) in makers.items()
    ]


class _Frame:
    """Degrees to pixels of a picture that fills its bounds."""

    def __init__(self, bounds: Bounds, width: int) -> None:
        self.bounds, self.width = bounds, width
        west, south, east, north = bounds
        self._top, self._bottom = _mercator(north), _mercator(south)
        self.height = round(width * (self._top - self._bottom) / math.radians(east - west))

    def path(self, lines: Sequence[Ring], *, closed: bool) -> str:
        """Return lines in degrees as the data of one path."""
        west, _, east, _ = self.bounds
        parts = []
        for line in lines:
            lon, lat = np.asarray(line, dtype=float).T
            x = (lon - west) / (east - west) * self.width
            y = (self._top - np.arcsinh(np.tan(np.radians(lat)))) / (self._top - self._bottom)
            points = np.column_stack([x, y * self.height]).round(1)
            parts.append("M" + "L".join(f"{a:g} {b:g}" for a, b in points) + "Z" * closed)
        return "".join(parts)


def _fills(frame: _Frame, rings: Mapping[str, Sequence[Ring]], colours: Mapping[str, str]) -> str:
    return "".join(
        f'<path d="{frame.path(lines, closed=True)}" fill="{colours[kind]}" fill-rule="evenodd"'
        f' fill-opacity="0.85" stroke="{colours[kind]}" stroke-width="0.8"/>'
        for kind, lines in rings.items()
    )


def _svg(city: City, frame: _Frame, layer: str, palette: Palette) -> str:
    boundary = read_boundary(city)
    edge = frame.path(rings_lonlat(boundary, city.crs), closed=True) if boundary else ""
    streets = frame.path(_main_streets(city), closed=False)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{frame.width}" height="{frame.height}"'
        f' viewBox="0 0 {frame.width} {frame.height}">'
        f'<rect width="100%" height="100%" fill="{palette.bg}"/>'
        f'<path d="{edge}" fill="{palette.land}"/>{layer}'
        f'<path d="{streets}" fill="none" stroke="{palette.ink}" stroke-opacity="0.18"'
        ' stroke-width="0.7"/>'
        f'<path d="{edge}" fill="none" stroke="{palette.boundary}" stroke-width="1.2"/></svg>'
    )


@lru_cache(maxsize=8)
def _main_streets(city: City) -> list[list[list[float]]]:
    """Return the city's main streets in degrees; none where it has no basemap."""
    if city.basemap is None or not city.basemap.is_file():
        return []
    streets = read_streets(city)
    main = streets[streets["street_class"].isin(MAIN_STREETS)].geometry
    lines = main.simplify(STREET_STEP_M).to_crs(4326).to_numpy()
    return [shapely.get_coordinates(line).round(5).tolist() for line in lines]


def _mercator(latitude: float) -> float:
    return math.asinh(math.tan(math.radians(latitude)))
