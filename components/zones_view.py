"""Patrol zones on the hotspot page: asked for below the map, drawn on it, told in a table."""

from collections.abc import Sequence

import pandas as pd
import pydeck as pdk
import shapely
import streamlit as st
from pyproj import Transformer

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import zones_command
from analytics.datasets import Dataset
from analytics.errors import AnalyticsError
from analytics.exports.frames import frame_csv
from analytics.exports.zones import zones_geojson
from analytics.hotspots.surface import HotspotSurface
from analytics.hotspots.zones import PatrolPlan, Zone, ZoneOrder, zone_shape
from components import address, cards, downloads, maps, notices
from components.catalogue import NO_BREAK
from components.inputs import category_name
from components.language import _, _n, number, percent, sentence_of
from components.tokens import Palette, rgba

CREWS, HECTARES = 4, 12.0
COLUMNS = ("zone", "streets", "expected", "expected_range", "share_of_total", "why")


def asked(
    principal: Principal, held: Dataset, result: HotspotSurface
) -> PatrolPlan | AnalyticsError | None:
    """Return the zones of the address and the session, a refusal, or None where none are asked."""
    on = address.seed("zones", "zones", False, lambda told: address.known(told, "1") == ["1"])
    crews = address.seed("crews", "crews", CREWS, lambda told: int(told[0]))
    hectares = address.seed("hectares", "hectares", HECTARES, lambda told: float(told[0]))
    if not on or not held.view.sees_cells:
        return None
    try:
        order = ZoneOrder(crews, hectares)
        return loaders.zones(principal, result.city, result.filters, result.method, order)
    except AnalyticsError as refusal:
        return refusal


def block(
    principal: Principal,
    held: Dataset,
    found: PatrolPlan | AnalyticsError | None,
    paper: downloads.Download | None,
) -> None:
    """Draw the order, the table of zones, how they were chosen and the downloads.

    ``paper`` is the crews' page, the last of the downloads.
    """
    with cards.block("zones", title=_("zones.title"), note=_("zones.note")):
        _inputs()
        if found is None:
            return
        if isinstance(found, AnalyticsError):
            notices.empty(sentence_of(found))
            return
        cards.table(frame(found), headings(), caption=_("zones.title"))
        cards.method_note([comparison(found), *method_lines(found)], zones_command(found))
        kept = _downloads(principal, found, held)
        downloads.row([*kept, *([paper] if paper else [])], key="zones")


def layers(plan: PatrolPlan, colours: Palette) -> list[pdk.Layer]:
    """Draw each zone as the look's chosen zone, its number in its middle."""
    made: list[pdk.Layer] = []
    to_lonlat = Transformer.from_crs(plan.grid.crs, "EPSG:4326", always_xy=True)
    rows = []
    for zone in plan.zones:
        made += maps.outline_layer(
            plan.grid, zone.cells, colours, layer_id=f"zone-{zone.number}", zone=True
        )
        middle = shapely.maximum_inscribed_circle(zone_shape(plan.grid, zone.cells)).coords[0]
        lon, lat = to_lonlat.transform(*middle)
        rows.append({"t": label(plan, zone), "p": [round(lon, 5), round(lat, 5)]})
    made.append(
        pdk.Layer(
            "TextLayer",
            rows,
            id="zone-names",
            get_text="t",
            get_position="p",
            get_size=14,
            get_color=rgba(colours.accent),
            font_family="'Public Sans'",
            font_weight=700,
            character_set="'auto'",
            background=True,
            get_background_color=rgba(colours.bg),
            background_padding=[4, 1],
            pickable=False,
        )
    )
    return made


def shape(plan: PatrolPlan | None) -> shapely.Geometry:
    """Return all zones as one shape, empty without a plan; no street's name belongs there."""
    made = [zone_shape(plan.grid, zone.cells) for zone in plan.zones] if plan else []
    return shapely.union_all(made)


def label(plan: PatrolPlan, zone: Zone) -> str:
    """Name a zone on the map: the number alone where several stand close to each other."""
    return str(zone.number) if len(plan.zones) > 1 else _("zones.one", number=str(zone.number))


def frame(plan: PatrolPlan) -> pd.DataFrame:
    """Word the zones, one row each, with the columns of :func:`headings`."""
    return pd.DataFrame([row(zone) for zone in plan.zones], columns=COLUMNS)


def row(zone: Zone) -> list[str]:
    """Word one zone: number, streets, expected, range, share, why."""
    return [
        str(zone.number),
        " – ".join(zone.streets) or _("zones.no_streets"),
        number(zone.expected, 1),
        f"{number(zone.low)}–{number(zone.high)}",
        percent(zone.share, 1),
        why(zone),
    ]


def headings() -> dict[str, str]:
    """Name the columns of the table of zones."""
    return {name: _(f"column.{name}") for name in COLUMNS}


def why(zone: Zone) -> str:
    """Say what was recorded in a zone: type, hours, who told, how much patrols found."""
    told, parts = zone.reasons, []
    if not told.n:
        return _("zones.nothing_recorded")
    key, share = told.categories[0]
    parts.append(f"{category_name(key)}{NO_BREAK}{percent(share)}")
    if told.hours is not None:
        first, last, share = told.hours
        parts.append(_("zones.hours", first=str(first), last=str(last + 1), share=percent(share)))
    source, share = told.sources[0]
    parts.append(f"{source}{NO_BREAK}{percent(share)}")
    parts.append(_("zones.detected", share=percent(told.detected_share)))
    return "; ".join(parts)


def comparison(plan: PatrolPlan) -> str:
    """Say what the zones hold beside what simpler choices of the same size would."""
    return _(
        "zones.comparison",
        share=percent(plan.share, 1),
        area=percent(plan.area_share, 1),
        greedy=percent(plan.greedy_share, 1),
        cells=percent(plan.cells_share, 1),
    )


def method_lines(plan: PatrolPlan) -> list[str]:
    """State the choices behind the zones, one sentence each."""
    lines = [
        _n("zones.shifts", plan.shifts, expected=number(plan.expected, 1)),
        _("zones.rule", hectares=number(plan.order.hectares), cell=number(plan.grid.cell_m)),
        _("zones.interval"),
    ]
    if len(plan.zones) < plan.order.crews:
        lines.append(_n("zones.fewer", len(plan.zones)))
    return lines


def _inputs() -> None:
    with st.container(key="chips_zones", horizontal=True, vertical_alignment="bottom"):
        crews = st.number_input(
            _("inputs.crews"), step=1, key="crews", persist_state="session", width=130
        )
        hectares = st.number_input(
            _("inputs.hectares"), step=1.0, format="%g", key="hectares",
            persist_state="session", width=130,
        )  # fmt: skip
        on = st.toggle(_("zones.ask"), key="zones", persist_state="session")
    address.remember("crews", [str(crews)], [str(CREWS)])
    address.remember("hectares", [f"{hectares:g}"], [f"{HECTARES:g}"])
    address.remember("zones", ["1"] if on else [])


def _downloads(
    principal: Principal, plan: PatrolPlan, held: Dataset
) -> Sequence[downloads.Download]:
    makers = (
        ("CSV", "csv", "text/csv", lambda: frame_csv(plan.to_frame())),
        ("GeoJSON", "geojson", "application/geo+json", lambda: zones_geojson(plan)),
    )
    days = [day.isoformat() for day in plan.period]
    return [
        downloads.Download(
            label,
            downloads.audited(
                principal, plan.city, make, kind=f"zones-{kind}",
                rows=len(plan.zones), version=held.version,
            ),
            downloads.file_name(plan.city, "zones", *days, extension=kind),
            mime,
        )
        for label, kind, mime, make in makers
    ]  # fmt: skip
