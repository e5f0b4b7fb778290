"""Layers over the map by choice: which are offered, how each is drawn, and their key."""

from collections.abc import Sequence
from html import escape

import pydeck as pdk
import shapely
import streamlit as st
from pyproj import Transformer

from analytics import loaders
from analytics.access import Principal
from analytics.datasets import Dataset
from analytics.errors import AnalyticsError
from analytics.overlays import AREAS, Overlay, overlay_names
from components import address, maps, notices
from components.language import _, _n, number, sentence_of
from components.tokens import Palette, rgba

# Shapes of the mark font, told apart without colour; what each means stands in the key.
SHAPES = ("■", "▲", "●", "◇", "✓", "⧖")
KNOWN = (AREAS, "stations", "cameras", "schools")


def choose(held: Dataset) -> None:
    """Draw the chip that offers the city's layers; nothing where the settings name none."""
    offered = overlay_names(held.city)
    if not offered:
        return
    chosen = _chosen(held)
    label = _n("overlay.chip", len(chosen)) if chosen else _("overlay.none")
    with st.popover(label, key="chip_overlays"):
        picked = st.pills(
            _("overlay.choose"),
            offered,
            selection_mode="multi",
            key="layers",
            persist_state="session",
            format_func=lambda name: overlay_name(name),
        )
    address.remember("layers", list(picked))


def load(principal: Principal, held: Dataset) -> tuple[Overlay, ...]:
    """Return the layers a person chose; one that cannot be used is explained and left out."""
    found = []
    for name in _chosen(held):
        try:
            found.append(loaders.overlay(principal, held.city.key, name))
        except AnalyticsError as refusal:
            notices.empty(sentence_of(refusal))
    return tuple(found)


def overlay_name(name: str) -> str:
    """Name a layer in the session's language; one of the city's own by its key."""
    return _(f"overlay.name_{name}") if name in KNOWN else name.replace("_", " ")


def layers(held: Dataset, drawn: Sequence[Overlay], palette: Palette) -> list[pdk.Layer]:
    """Draw lines as thin paths and points as marks of one shape per layer."""
    made = []
    for overlay in drawn:
        if overlay.lines:
            rows = [{"p": line} for line in overlay.lines]
            made.append(maps.paths(rows, f"overlay-{overlay.name}-lines", palette.ink2, 1.0))
        if len(overlay.points):
            made.append(_marks(overlay, shape_of(held, overlay.name), palette))
    return made


def marked(held: Dataset, drawn: Sequence[Overlay]) -> shapely.Geometry:
    """Return where marks stand, in the city's CRS; street names keep off where they can."""
    to_city = Transformer.from_crs("EPSG:4326", held.city.crs, always_xy=True)
    points = [shapely.multipoints(overlay.points) for overlay in drawn]
    return shapely.transform(
        shapely.union_all(points), lambda *xy: to_city.transform(*xy), interleaved=False
    )


def key(held: Dataset, drawn: Sequence[Overlay]) -> None:
    """Say under the map what each mark and line is, how many there are, and if thinned."""
    if not drawn:
        return
    items = []
    for overlay in drawn:
        mark = "line" if overlay.lines else "mark"
        shape = "" if overlay.lines else shape_of(held, overlay.name)
        text = _("overlay.key", name=overlay_name(overlay.name), n=number(overlay.n))
        if overlay.thinned_m:
            text = f"{text}, {_('overlay.thinned', metres=number(overlay.thinned_m))}"
        items.append(
            f'<span><span class="{mark}" aria-hidden="true">{shape}</span>{escape(text)}</span>'
        )
    stamp = f"<span>{escape(_('look.synthetic'))}</span>" if held.city.synthetic else ""
    st.html(f'<div class="map-key">{"".join(items)}{stamp}</div>')


def shape_of(held: Dataset, name: str) -> str:
    """Return the mark of a layer: the same however many are chosen."""
    return SHAPES[overlay_names(held.city).index(name) % len(SHAPES)]


def _chosen(held: Dataset) -> tuple[str, ...]:
    offered = overlay_names(held.city)
    chosen: list[str] = address.seed(
        "layers", "layers", [], lambda told: address.known(told, offered)
    )
    # Another city may not have what was chosen in the one before.
    kept = [name for name in chosen or [] if name in offered]
    if kept != chosen:
        st.session_state["layers"] = kept
    return tuple(name for name in offered if name in kept)


def _marks(overlay: Overlay, shape: str, palette: Palette) -> pdk.Layer:
    rows = [{"p": point, "t": shape} for point in overlay.points.tolist()]
    return pdk.Layer(
        "TextLayer",
        rows,
        id=f"overlay-{overlay.name}",
        get_text="t",
        get_position="p",
        get_size=13,
        get_color=rgba(palette.ink),
        font_family="'Cabildo Marks'",
        character_set="'auto'",
        background=True,
        get_background_color=rgba(palette.land, 204),
        background_padding=[2, 1],
        pickable=False,
    )
