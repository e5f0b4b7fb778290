"""Which hotspot is which on a map: numbers as in the cautions, and the peak no name covers."""

from dataclasses import dataclass

import numpy as np
import pydeck as pdk
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from scipy import ndimage

from analytics.hotspots.cautions import numbered
from analytics.hotspots.grids import Grid
from analytics.hotspots.surface import HotspotSurface
from analytics.hotspots.zones import zone_shape
from components.language import number
from components.tokens import Palette, rgba

MOST_NUMBERS = 40
PEAK_SHARE = 0.8  # of the highest density: what the eye takes for the peak


@dataclass(frozen=True)
class Mark:
    """A hotspot's number, its cells, and where the number stands, in the grid's CRS."""

    text: str
    cells: NDArray[np.bool_]
    spot: tuple[float, float]


def marks(result: HotspotSurface) -> list[Mark]:
    """Return the fullest hotspots of a map; none in the surface view.

    A number stands on the upper left corner of its hotspot, so that it hides nothing inside.
    """
    if result.gi is None or result.n is None:
        return []
    grid, made = result.grid, []
    labels = numbered(result.n, result.gi.significant)
    for label in range(1, min(int(labels.max()), MOST_NUMBERS) + 1):
        cells = labels == label
        row, col = max(np.argwhere(cells).tolist(), key=lambda at: (at[0], -at[1]))
        spot = ((grid.col0 + col) * grid.cell_m, (grid.row0 + row + 1) * grid.cell_m)
        made.append(Mark(number(label), cells, spot))
    return made


def spots(made: list[Mark]) -> shapely.Geometry:
    """Return where numbers stand; street names keep off where they can."""
    return shapely.MultiPoint([mark.spot for mark in made])


def peak(density: NDArray[np.float64], grid: Grid) -> shapely.Geometry:
    """Return the cells around the highest density, which no street's name may cover."""
    values = np.where(grid.study, np.nan_to_num(density), 0.0)
    if values.max() <= 0:
        return shapely.Polygon()
    labels, _count = ndimage.label(values >= PEAK_SHARE * values.max())
    return zone_shape(grid, labels == labels.flat[values.argmax()])


def layer(made: list[Mark], grid: Grid, colours: Palette) -> pdk.Layer:
    """Write each number on a plate above its outline."""
    to_lonlat = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    rows = []
    for mark in made:
        lon, lat = to_lonlat.transform(*mark.spot)
        rows.append({"t": mark.text, "p": [round(lon, 5), round(lat, 5)]})
    return pdk.Layer(
        "TextLayer",
        rows,
        id="hotspot-numbers",
        get_text="t",
        get_position="p",
        get_size=12,
        get_text_anchor="'start'",
        get_alignment_baseline="'bottom'",
        get_color=rgba(colours.ink),
        font_family="'Public Sans'",
        font_weight=700,
        character_set="'auto'",
        background=True,
        get_background_color=rgba(colours.land, 230),
        background_padding=[3, 1],
        pickable=False,
    )
