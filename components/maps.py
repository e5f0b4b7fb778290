"""The map: layers from computed values, one compact deck, its key in words.

Nothing leaves the server: the basemap is a local MapLibre style or none. Layer ids, view state
and ``key`` stay equal from run to run, so pan and zoom survive.
"""

import json
import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
import pydeck as pdk
import shapely
import streamlit as st
from numpy.typing import NDArray
from pydeck.bindings.json_tools import default_serialize

from analytics.hotspots.grids import Grid
from analytics.settings import ROOT
from components.raster import Bounds, cell_rings, outline, rings_lonlat
from components.tokens import Palette, rgba

STATIC = ROOT / "static"
MAX_CELLS, MAX_POINTS, MAX_NAMES = 800, 10_000, 12
OUTLINE_PX = 1.5
OUTLINE_SHARE = 0.14  # of a cell's side
MAP_HEIGHT_PX = 474  # the sheet lets it grow to 580 on tall screens
MAP_WIDTH_PX = 851
TILE_PX = 512


@dataclass(frozen=True)
class Spec:
    """A finished deck as text: cheap to cache, accepted by ``st.pydeck_chart``."""

    json: str
    _tooltip: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the deck's JSON; the name is the one Streamlit calls."""
        return self.json


def density_layer(png: bytes, bounds: Bounds, layer_id: str = "density") -> pdk.Layer:
    """Place a Web-Mercator-aligned PNG between its west, south, east and north (degrees)."""
    return pdk.Layer(
        "BitmapLayer",
        id=layer_id,
        image=f'"{_data_uri(png)}"',
        bounds=list(bounds),
        pickable=False,
    )


def streets_layer(city: str, palette: Palette, *, static: Path = STATIC) -> pdk.Layer | None:
    """Draw the main streets again over the surface, so that places stay readable.

    Returns None if the city has no ``basemaps/<city>-main.geojson`` under ``static``.
    """
    name = f"basemaps/{city}-main.geojson"
    if not (static / name).is_file():
        return None
    return pdk.Layer(
        "GeoJsonLayer",
        id="streets",
        data=f"/app/static/{name}",
        get_line_color=rgba(palette.ink, 46),  # 18 %
        get_line_width=1,
        line_width_units="'pixels'",
        line_width_min_pixels=0.7,
        pickable=False,
    )


def outline_layer(
    grid: Grid,
    chosen: NDArray[np.bool_],
    palette: Palette,
    *,
    layer_id: str = "significant",
    zone: bool = False,
) -> list[pdk.Layer]:
    """Outline chosen cells as one merged shape, not one square each.

    Parameters
    ----------
    grid : Grid
        Cells in a projected CRS.
    chosen : ndarray of shape (n_rows, n_cols)
        True for the cells to enclose; with none, no layer comes back.
    zone : bool
        Ground and accent lines of a chosen zone in place of the thin ink line.
    """
    if not chosen.any():
        return []
    rings = [{"p": [*ring]} for ring in outline(grid, chosen)]
    wide = [(f"{layer_id}-ground", palette.bg, 6.5), (layer_id, palette.accent, 3.4)]
    if zone:
        return [paths(rings, name, colour, px) for name, colour, px in wide]
    # Seen from afar a line thins with its cell: hundreds of them would hide the surface.
    line = OUTLINE_SHARE * grid.cell_m
    return [paths(rings, layer_id, palette.ink, OUTLINE_PX, line)]


def boundary_layer(boundary: shapely.Geometry, crs: str, palette: Palette) -> pdk.Layer:
    """Draw the line around a boundary given in ``crs`` (projected)."""
    rows = [{"p": ring} for ring in rings_lonlat(boundary, crs)]
    return paths(rows, "boundary", palette.boundary, 1.2)


def cells_layer(
    grid: Grid, cells: NDArray[np.int64], fields: Mapping[str, Sequence[object]], palette: Palette
) -> pdk.Layer:
    """Make cells answer to the pointer without painting them; the row's ``id`` names the cell.

    Parameters
    ----------
    grid : Grid
        Cells in a projected CRS.
    cells : ndarray of shape (k,)
        Flat indices ``row·n_cols + col``, at most 800.
    fields : mapping
        Name of a tooltip field → k values, already worded; they are escaped here.

    Raises
    ------
    ValueError
        If there are more than 800 cells.
    """
    _at_most(len(cells), MAX_CELLS, "cells")
    rings = cell_rings(grid, cells)
    columns = {name: [tooltip_text(value) for value in values] for name, values in fields.items()}
    rows = [
        {"id": int(cell), "p": ring, **{name: values[i] for name, values in columns.items()}}
        for i, (cell, ring) in enumerate(zip(cells, rings, strict=True))
    ]
    return pdk.Layer(
        "PolygonLayer",
        rows,
        id="cells",
        get_polygon="p",
        get_fill_color=rgba(palette.ink, 1),  # nearly nothing, yet it can be hovered
        stroked=False,
        pickable=True,
        auto_highlight=True,
        highlight_color=rgba(palette.ink, 60),
    )


def points_layer(lonlat: NDArray[np.float64], palette: Palette) -> pdk.Layer:
    """Draw single events, for those who may see them: ``lonlat`` of shape (n, 2), n ≤ 10,000.

    Raises
    ------
    ValueError
        If there are more than 10,000.
    """
    _at_most(len(lonlat), MAX_POINTS, "points")
    return pdk.Layer(
        "ScatterplotLayer",
        np.asarray(lonlat, dtype=float).round(5).tolist(),
        id="points",
        get_position="-",
        get_radius=2.5,
        radius_units="'pixels'",
        get_fill_color=rgba(palette.ink, 170),
        pickable=False,
    )


def names_layer(names: Sequence[tuple[str, float, float, float]], palette: Palette) -> pdk.Layer:
    """Write street names on ground plates, turned with their streets.

    ``names`` holds (text, longitude, latitude, angle in degrees counter-clockwise); the first
    twelve are drawn.
    """
    rows = [
        {"t": text, "p": [round(lon, 5), round(lat, 5)], "a": round(angle, 1)}
        for text, lon, lat, angle in names[:MAX_NAMES]
    ]
    return pdk.Layer(
        "TextLayer",
        rows,
        id="names",
        get_text="t",
        get_position="p",
        get_angle="a",
        get_size=11.5,
        get_color=rgba(palette.ink2),
        font_family="'Public Sans'",
        character_set="'auto'",
        background=True,
        get_background_color=rgba(palette.land, 204),  # 80 %
        background_padding=[3, 1],
        pickable=False,
    )


def deck(
    layers: Sequence[pdk.Layer | None],
    bounds: Bounds,
    *,
    city: str,
    palette: Palette,
    tooltip: str = "",
    static: Path = STATIC,
) -> Spec:
    """Put layers over the city's local basemap and return the finished deck.

    Parameters
    ----------
    layers : sequence of pydeck.Layer or None
        In drawing order; None is left out.
    bounds : tuple of float
        West, south, east, north in degrees of the whole study area: constant for a city, so that
        the view does not jump when filters change.
    tooltip : str
        Translated HTML with ``{field}`` of :func:`cells_layer`; empty for none.
    static : Path
        Folder served at ``/app/static``.
    """
    style = f"basemaps/{city}-{palette.name}.json"
    # map_style=None or "" would make the browser fetch a foreign style: it is passed or left out.
    base = (
        {"map_provider": "maplibre", "map_style": f"/app/static/{style}"}
        if (static / style).is_file()
        else {"map_provider": None}
    )
    made = pdk.Deck(
        [layer for layer in layers if layer is not None],
        initial_view_state=view_state(bounds),
        **base,
    )
    text = json.dumps(made, default=default_serialize, separators=(",", ":"), ensure_ascii=False)
    return Spec(text, {"html": tooltip, "style": _tooltip_style(palette)} if tooltip else {})


def view_state(bounds: Bounds) -> pdk.ViewState:
    """Fit west, south, east, north (degrees) to the map's smallest size on a desktop."""
    west, south, east, north = bounds
    top, bottom = _mercator(north), _mercator(south)
    across = MAP_WIDTH_PX / (TILE_PX * (east - west) / 360)
    down = MAP_HEIGHT_PX / (TILE_PX * (top - bottom))
    middle = math.degrees(math.atan(math.sinh(math.pi * (top + bottom))))
    return pdk.ViewState(
        longitude=round((west + east) / 2, 5),
        latitude=round(middle, 5),
        zoom=round(math.log2(min(across, down)) - 0.05, 2),
        pitch=0,
        bearing=0,
    )


def show(spec: Spec, *, key: str, alt: str) -> None:
    """Draw the deck in its frame; ``alt`` says in a sentence what the picture shows."""
    with st.container(key=f"map_{key}", gap=None):
        st.pydeck_chart(spec, height=MAP_HEIGHT_PX, key=key, alt=alt)


def legend(
    floors: Sequence[str],
    colours: Sequence[str],
    *,
    notes: Sequence[str],
    outlines: Mapping[str, str],
    attribution: str = "",
) -> None:
    """Print the key under the map.

    Parameters
    ----------
    floors : sequence of str
        Class floors, already formatted, as many as ``colours``.
    notes : sequence of str
        Unit and "fixed scale", one line each.
    outlines : mapping
        ``significant``, ``zone`` or ``unpopulated`` → what that outline means.
    attribution : str
        Of the basemap, at the right end.
    """
    swatches = "".join(
        f'<span class="swatch" style="--swatch:{colour}">{escape(floor)}</span>'
        for floor, colour in zip(floors, colours, strict=True)
    )
    lines = "<br>".join(escape(note) for note in notes)
    marks = "<br>".join(
        f'<span class="outline {escape(kind)}"></span>{escape(text)}'
        for kind, text in outlines.items()
    )
    source = f'<span class="attribution">{escape(attribution)}</span>' if attribution else ""
    st.html(
        f'<div class="map-key"><span class="swatches">{swatches}</span>'
        f"<span>{lines}</span><span>{marks}</span>{source}</div>"
    )


def paths(
    rows: list[dict[str, Any]], name: str, colour: str, px: float, metres: float = 0.0
) -> pdk.Layer:
    """Draw the path ``p`` of each row, ``px`` wide; with ``metres``, at most."""
    return pdk.Layer(
        "PathLayer",
        rows,
        id=name,
        get_path="p",
        get_color=rgba(colour),
        get_width=metres or px,
        width_units="'meters'" if metres else "'pixels'",
        width_min_pixels=0.4,
        width_max_pixels=px,
        joint_rounded=False,
        pickable=False,
    )


def _tooltip_style(palette: Palette) -> dict[str, str]:
    return {
        "background": palette.surf,
        "color": palette.ink,
        "border": f"1px solid {palette.hair}",
        "borderRadius": "2px",
        "padding": "6px 8px",
        "font": "12px/1.4 'Public Sans', sans-serif",
        "boxShadow": "none",
    }


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + b64encode(png).decode("ascii")


def _mercator(latitude: float) -> float:
    """Return the Web-Mercator ordinate as a share of the world's height."""
    return math.asinh(math.tan(math.radians(latitude))) / (2 * math.pi)


def tooltip_text(value: object) -> object:
    """Escape a text for the tooltip's HTML; numbers stay."""
    return value if isinstance(value, (int, float)) else escape(str(value))


def _at_most(n: int, limit: int, what: str) -> None:
    if n > limit:
        raise ValueError(f"{n} {what}, at most {limit}")
