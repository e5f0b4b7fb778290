"""Two maps side by side, on one view and one scale: another period or another setting."""

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import hotspots_command
from analytics.datasets import Dataset
from analytics.errors import FilterError
from analytics.hotspots.change import Dates, period_before
from analytics.hotspots.grids import Grid
from analytics.hotspots.kernels import KERNELS
from analytics.hotspots.scales import fitted_classes
from analytics.hotspots.surface import HEADLINE_SHARE, HotspotSurface, Method
from components import address, cards, change_view, hotspot_view, inputs, map_downloads, maps
from components.language import _, day_range, number, percent
from components.raster import grid_bounds
from components.tokens import palette

KINDS = ("period", "setting")
HALF_PX = 628  # of a map at 1366 px, two in a row


def block(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    """Ask with what to compare, draw both maps, and test the change between two periods."""
    kind, other = _other(principal, held, result)
    # The fuller of the two sets a fitted scale, so that both can be read by it.
    peaks = [fitted_classes(one.density_per_km2_30d) for one in (result, other)]
    classes = max(peaks) if inputs.scale_is_fitted() else held.density_classes
    for column, name, shown in zip(
        st.columns(2, gap="medium"), ("other", "this"), (other, result), strict=True
    ):
        with column, cards.block(f"compare_{name}", title=_title(shown), note=_note(shown)):
            spec = in_half(hotspot_view.drawing(held, shown, classes), shown.grid)
            maps.show(spec, key=f"compare_{name}", alt=hotspot_view.alternative(held, shown))
            cards.method_note([], hotspots_command(shown))
            map_downloads.row(principal, held, shown, classes, None, key=f"compare_{name}")
    maps.legend(
        [number(floor) for floor in classes],
        palette().density,
        notes=[_("hotspots.key_unit"), _("compare.one_scale")],
        outlines={"significant": _("compare.key_numbered")},
        attribution=held.city.basemap_attribution,
    )
    if kind == "period":
        change_view.block(principal, held, other, result)


def _other(
    principal: Principal, held: Dataset, result: HotspotSurface
) -> tuple[str, HotspotSurface]:
    with st.container(key="chips_compare", horizontal=True, vertical_alignment="bottom"):
        address.seed("compare", "compare", KINDS[0], _kind)
        kind = st.segmented_control(
            _("compare.with"),
            KINDS,
            key="compare",
            required=True,
            persist_state="session",
            label_visibility="collapsed",
            format_func=lambda name: _(f"compare.{name}"),
        )
        address.remember("compare", [str(kind)], KINDS[:1])
        if kind == "period":
            first, last = other_period(held, result)
            filters = replace(result.filters, date_from=first, date_to=last)
            method = result.method
        else:
            filters, method = result.filters, _setting(result.method)
    return str(kind), loaders.surface(principal, result.city, filters, method)


def other_period(held: Dataset, result: HotspotSurface) -> Dates:
    """Ask for the other period; as long as the map's and right before it, unless told else."""
    default = period_before(result.period)
    for name, day in zip(("before_from", "before_to"), default, strict=True):
        address.seed(name, name, day, lambda told: date.fromisoformat(told[0]))
    if "before_dates" not in st.session_state:
        st.session_state["before_dates"] = (
            st.session_state["before_from"],
            st.session_state["before_to"],
        )
    picked = st.date_input(
        _("compare.dates"),
        key="before_dates",
        persist_state="session",
        format="DD/MM/YYYY",
        width=250,
        help=_("inputs.dates_held", first=held.period[0], last=held.period[1]),
    )
    if not isinstance(picked, tuple) or len(picked) != 2:
        raise FilterError("filter.one_date")
    for name, day, usual in zip(("before_from", "before_to"), picked, default, strict=True):
        address.remember(name, [day.isoformat()], [usual.isoformat()])
    return picked[0], picked[1]


def _setting(chosen: Method) -> Method:
    usual = 2 * chosen.bandwidth_m
    address.seed("other_m", "other_m", usual, lambda told: float(told[0]))
    metres = st.number_input(
        _("inputs.bandwidth_m"), step=50.0, format="%g", key="other_m", persist_state="session",
        width=190,
    )  # fmt: skip
    address.remember("other_m", [f"{metres:g}"], [f"{usual:g}"])
    address.seed("other_kernel", "other_kernel", chosen.kernel, _kernel)
    kernel = st.segmented_control(
        _("inputs.kernel"),
        KERNELS,
        key="other_kernel",
        required=True,
        persist_state="session",
        format_func=lambda name: _(f"kernel.{name}"),
    )
    address.remember("other_kernel", [str(kernel)], [chosen.kernel])
    return replace(chosen, bandwidth_m=float(metres), kernel=str(kernel))


def _kind(told: Sequence[str]) -> str:
    return address.known(told[:1], KINDS)[0]


def _kernel(told: Sequence[str]) -> str:
    return address.known(told[:1], KERNELS)[0]


def _title(shown: HotspotSurface) -> str:
    return day_range(*shown.period)


def _note(shown: HotspotSurface) -> str:
    return _(
        "compare.how",
        kernel=_(f"kernel.{shown.method.kernel}"),
        bandwidth=number(shown.method.bandwidth_m),
        n=round(shown.totals.n),
        share=percent(shown.top_share),
        area=percent(HEADLINE_SHARE),
    )


def in_half(spec: maps.Spec, grid: Grid) -> maps.Spec:
    """Show the whole study area in half the page's width; a view that fits stays as it is."""
    deck = json.loads(spec.json)
    west, _south, east, _north = grid_bounds(grid)
    fits = math.log2(HALF_PX / (maps.TILE_PX * (east - west) / 360)) - 0.05
    view = deck["initialViewState"]
    view["zoom"] = round(min(view["zoom"], fits), 2)
    text = json.dumps(deck, separators=(",", ":"), ensure_ascii=False)
    return replace(spec, json=text)
