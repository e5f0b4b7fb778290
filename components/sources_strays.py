"""Examples of stray points in two small pictures: as written, and where a remedy leads them.

Drawn only from the report of an import in this session, which nobody gets without the right to
import; the points are not part of a batch's record.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import shapely
import streamlit as st
from pyproj import Transformer

from analytics.basemaps.streets import read_boundary
from analytics.settings import City
from components import cards, charts
from components.language import _, _n, number
from components.tokens import Palette, palette

MOST = 50
PAGE_ROWS = 10
PICTURE_PX = 150
ROUND_POINTS_M = 1_000  # drawn around the points where the city has no boundary
FINEST = 400  # parts of the outline's extent that its simplified line may be off by
PLACES = ("longitude", "latitude", "to_longitude", "to_latitude")
GLOBE = pd.DataFrame(
    {"west": [-180, 0, -180], "east": [180, 0, 180], "south": [-90, -90, 0], "north": [90, 90, 0]}
)


def strays(city: City, found: Mapping[str, list[list[float]]]) -> None:
    """Draw where stray points lie as written and where their remedies lead, and their table.

    Parameters
    ----------
    city : City
        Its boundary is drawn, if it has one.
    found : mapping
        Remedy → points, as :class:`analytics.sources.importing.ImportReport` has them. At most
        ``MOST`` are shown, shared evenly among the remedies.
    """
    if not found:
        return
    points = _points(found)
    off = int((~_on_globe(points)).sum())
    note = _n("clinic.strays_note", len(points))
    st.html(
        f'<h3 class="block-title">{escape(_("clinic.strays"))}</h3>'
        f'<p class="note">{escape(note)}</p>'
    )
    before, after = st.columns(2, gap="small")
    with before:
        st.html(f'<p class="proof">{escape(_("clinic.strays_before"))}</p>')
        told = _("clinic.strays_before_alt", n=number(len(points) - off), city=city.name)
        home = (points["to_longitude"].mean(), points["to_latitude"].mean())
        charts.show(globe(points[_on_globe(points)], home, palette()), alt=told)
        if off:
            st.html(f'<p class="note">{escape(_n("clinic.strays_off", off))}</p>')
    with after:
        st.html(f'<p class="proof">{escape(_("clinic.strays_after"))}</p>')
        told = _("clinic.strays_after_alt", n=number(len(points)), city=city.name)
        charts.show(landed(points, city, palette()), alt=told)
    with st.expander(_("clinic.strays_table")):
        _table(points)


def globe(points: pd.DataFrame, home: tuple[float, float], colours: Palette) -> Any:
    """Draw points as written on a bare globe, with a ring around where they should be."""
    x = alt.X("longitude:Q", axis=None, scale=alt.Scale(domain=[-180, 180], nice=False))
    y = alt.Y("latitude:Q", axis=None, scale=alt.Scale(domain=[-90, 90], nice=False))
    ground = (
        alt.Chart(GLOBE)
        .mark_rect(fill=colours.land, stroke=colours.hair)
        .encode(
            x=alt.X("west:Q", axis=None), x2="east:Q", y=alt.Y("south:Q", axis=None), y2="north:Q"
        )
    )
    there = _dots(points, colours.ink2).encode(x=x, y=y)
    city = alt.Chart(pd.DataFrame({"longitude": [home[0]], "latitude": [home[1]]}))
    ring = city.mark_point(color=colours.accent, filled=False, size=90).encode(x=x, y=y)
    chart = alt.layer(ground, ring, there).properties(height=PICTURE_PX, width="container")
    return charts.configured(chart, colours)


def landed(points: pd.DataFrame, city: City, colours: Palette) -> Any:
    """Draw where the remedies lead, in metres, with the city's outline around it."""
    to_metres = Transformer.from_crs(4326, city.crs, always_xy=True)
    x, y = to_metres.transform(points["to_longitude"], points["to_latitude"])
    shape = read_boundary(city)
    if shape is None:
        shape = shapely.MultiPoint(np.column_stack([x, y])).buffer(ROUND_POINTS_M).envelope
    west, south, east, north = shape.bounds
    shape = shapely.simplify(shape, max(east - west, north - south) / FINEST)
    outline = {"type": "Feature", "geometry": shapely.geometry.mapping(shape), "properties": {}}
    plane = {"type": "identity", "reflectY": True}
    ground = (
        alt.Chart({"values": [outline]})
        .mark_geoshape(fill=colours.land, stroke=colours.boundary, strokeWidth=1.2, aria=False)
        .project(**plane)
    )
    there = (
        _dots(points.assign(x=np.round(x), y=np.round(y)), colours.accent)
        .encode(longitude="x:Q", latitude="y:Q")
        .project(**plane)
    )
    chart = alt.layer(ground, there).properties(height=PICTURE_PX, width="container")
    return charts.configured(chart, colours)


def _dots(points: pd.DataFrame, colour: str) -> Any:
    told = [alt.Tooltip(f"{name}:N", title=" ") for name in ("done", "before", "after")]
    return alt.Chart(points).mark_circle(color=colour, size=26, opacity=0.85).encode(tooltip=told)


def _points(found: Mapping[str, list[list[float]]]) -> pd.DataFrame:
    share = max(1, MOST // len(found))
    rows = [(_(f"clinic.do.{name}"), *one) for name, held in found.items() for one in held[:share]]
    points = pd.DataFrame(rows, columns=["done", *PLACES])
    return points.assign(
        before=[_place(*pair) for pair in zip(points.longitude, points.latitude, strict=True)],
        after=[_place(*pair) for pair in zip(points.to_longitude, points.to_latitude, strict=True)],
    )


def _on_globe(points: pd.DataFrame) -> Any:
    return points["longitude"].abs().le(180) & points["latitude"].abs().le(90)


def _place(longitude: float, latitude: float) -> str:
    return f"{number(latitude, 5)}; {number(longitude, 5)}"


def _table(points: pd.DataFrame) -> None:
    place = st.container(gap=None)
    pages = -(-len(points) // PAGE_ROWS)
    shown = st.pagination(pages, key="strays_page") - 1 if pages > 1 else 0
    heads = {name: _(f"clinic.strays_{name}") for name in ("before", "after")}
    with place:
        cards.table(
            points.iloc[shown * PAGE_ROWS :][:PAGE_ROWS],
            {"done": _("clinic.strays_remedy"), **heads},
            caption=_("clinic.strays"),
        )
