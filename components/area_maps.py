"""Layers and keys of the maps of areas: filled polygons in classes, the chosen one outlined."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pydeck as pdk
import shapely
from numpy.typing import NDArray

from analytics.hotspots.area_layer import Areas
from components.maps import MAP_HEIGHT_PX, MAP_WIDTH_PX, paths, tooltip_text
from components.raster import rings_lonlat
from components.tokens import Palette, rgba

FILL_ALPHA = 185
MISSING_ALPHA = 130  # of what has no value: grey, never a class of the scale
FINEST_M = 4.0
# Of a pixel of the whole city's map: the first that makes the shapes light enough, or the last.
SIMPLIFY_PX = (0.125, 0.5, 1.0)
MAX_VERTICES = 4000
COARSE_M, COARSE_DECIMALS, FINE_DECIMALS = 30.0, 4, 5  # four decimals of a degree are 11 m
Values = NDArray[np.float64]


def class_colours(n: int, palette: Palette) -> tuple[str, ...]:
    """Return ``n`` of the seven density colours, spread over the whole scale."""
    last = len(palette.density) - 1
    return tuple(palette.density[round(i * last / max(1, n - 1))] for i in range(n))


def areas_layer(
    areas: Areas,
    values: Values,
    floors: Sequence[float],
    fields: Mapping[str, Sequence[object]],
    palette: Palette,
) -> pdk.Layer:
    """Fill areas by the class of their value and let them answer to the pointer.

    Parameters
    ----------
    areas : Areas
        Polygons in a projected CRS, drawn simplified.
    values : ndarray of shape (n_areas,)
        NaN is drawn grey: not known is no class.
    floors : sequence of float
        Rising class floors, the first not above any value.
    fields : mapping
        Name of a tooltip field → a value per area, already worded; escaped here.
    """
    colours = class_colours(len(floors), palette)
    missing = rgba(palette.ghost, MISSING_ALPHA)
    rows: list[dict[str, Any]] = []
    for index, polygons in enumerate(drawn_shapes(areas)):
        known = np.isfinite(values[index])
        level = int(np.searchsorted(floors, values[index], side="right")) - 1 if known else 0
        colour = rgba(colours[level], FILL_ALPHA) if known else missing
        words = {name: tooltip_text(given[index]) for name, given in fields.items()}
        rows += [{"p": rings, "c": colour, **words} for rings in polygons]
    return pdk.Layer(
        "PolygonLayer",
        rows,
        id="areas",
        get_polygon="p",
        get_fill_color="c",
        get_line_color=rgba(palette.ink2),
        line_width_min_pixels=0.8,
        line_width_max_pixels=0.8,
        pickable=True,
        auto_highlight=True,
        highlight_color=rgba(palette.ink, 40),
    )


def chosen_lines(areas: Areas, index: int, palette: Palette) -> list[pdk.Layer]:
    """Outline one area as what is chosen: a ground line and an accent line over it."""
    rows = [{"p": [*ring, ring[0]]} for rings in drawn_shapes(areas)[index] for ring in rings]
    wide = (("area-ground", palette.bg, 6.5), ("area-chosen", palette.accent, 3.4))
    return [paths(rows, name, colour, px) for name, colour, px in wide]


@lru_cache(maxsize=8)
def drawn_shapes(areas: Areas) -> tuple[list[list[list[list[float]]]], ...]:
    """Return per area its polygons as open rings in degrees, light enough for a browser.

    Neighbours stay neighbours: a border that two areas share is simplified once, for both. Areas
    whose borders do not meet to begin with are simplified each on its own.
    """
    west, south, east, north = shapely.total_bounds(areas.shapes)
    pixel_m = max((east - west) / MAP_WIDTH_PX, (north - south) / MAP_HEIGHT_PX)
    meets = shapely.coverage_is_valid(areas.shapes)
    simplify = shapely.coverage_simplify if meets else shapely.simplify
    for share in SIMPLIFY_PX:
        tolerance = max(FINEST_M, share * pixel_m)
        simple = simplify(areas.shapes, tolerance)
        if shapely.get_num_coordinates(simple).sum() <= MAX_VERTICES:
            break
    decimals = FINE_DECIMALS if tolerance < COARSE_M else COARSE_DECIMALS
    return tuple(
        [_rings(part, areas.crs, decimals) for part in shapely.get_parts(shape)] for shape in simple
    )


def _rings(polygon: shapely.Polygon, crs: str, decimals: int) -> list[list[list[float]]]:
    """Return a polygon's rings without the last vertex, which is the first again."""
    return [ring[:-1] for ring in rings_lonlat(polygon, crs, decimals)]
