"""The hotspot page's parts: heading, map, when and who, table, method, downloads."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import SUPPRESSION_K, Principal
from analytics.basemaps.street_names import street_labels
from analytics.basemaps.streets import read_boundary
from analytics.commands.words import hotspots_command
from analytics.datasets import Dataset
from analytics.hotspots.surface import HEADLINE_SHARE, HotspotSurface
from analytics.hotspots.temporal import HourByWeekday
from analytics.hotspots.zones import PatrolPlan
from analytics.overlays import Overlay
from components import (
    cards,
    charts,
    hotspot_marks,
    map_downloads,
    maps,
    overlays,
    significance_view,
    zones_view,
)
from components.inputs import category_name
from components.language import (
    _,
    _n,
    current,
    day,
    day_range,
    number,
    percent,
    sentence_of,
    week,
)
from components.raster import grid_bounds, mercator_raster, palette_png
from components.tokens import DENSITY_ALPHA, Palette, palette, theme

PICKABLE_CELLS = 300
TABLE_ROWS = 100
TABLE_DECIMALS = {"density_per_km2_30d": 1, "gi_z": 2}
CACHED_DRAWINGS = 128


def heading(held: Dataset, result: HotspotSurface, said: str = "") -> None:
    """Open the page: what is shown, and the one sentence that the picture proves.

    ``said`` stands in place of the density's sentence where the map shows something else.
    """
    cards.eyebrow(selection(result), synthetic=held.city.synthetic)
    cards.sentence(said or headline(result))


def selection(result: HotspotSurface) -> list[str]:
    """Say what is shown: types, period, how many and how many of them have a place."""
    kinds = [category_name(key) for key in result.filters.categories]
    totals = result.totals
    counted = _n("count.records", round(totals.n))
    located = _("hotspots.located", share=percent(totals.n_located / totals.n))
    what = ", ".join(kinds[:3]) + (" …" if len(kinds) > 3 else "") or _("chips.all_category")
    return [what, day_range(*result.period), f"{counted}, {located}"]


def headline(result: HotspotSurface) -> str:
    """Say in one sentence how much the densest part of the area holds."""
    return _(
        "hotspots.sentence",
        area=percent(HEADLINE_SHARE),
        share=percent(result.top_share),
        times=number(result.top_share / HEADLINE_SHARE, 1),
    )


def density_map(
    held: Dataset,
    result: HotspotSurface,
    classes: tuple[float, ...],
    over: tuple[Overlay, ...] = (),
    plan: PatrolPlan | None = None,
) -> None:
    """Draw the map with its key; ``classes`` are seven floors per km² and 30 days."""
    maps.show(
        drawing(held, result, classes, over, plan), key="density", alt=alternative(held, result)
    )
    fixed = classes == held.density_classes
    outlines = significance_view.key(result, numbered=plan is None)
    if plan is not None:
        outlines["zone"] = _("zones.key")
    maps.legend(
        [number(floor) for floor in classes],
        palette().density,
        notes=[_("hotspots.key_unit"), _("scale.fixed_note" if fixed else "scale.fitted_note")],
        outlines=outlines,
        attribution=held.city.basemap_attribution,
    )
    overlays.key(held, over)


def drawing(
    held: Dataset,
    result: HotspotSurface,
    classes: tuple[float, ...],
    over: tuple[Overlay, ...] = (),
    plan: PatrolPlan | None = None,
) -> maps.Spec:
    """Return the map alone, drawn once for all who may see it."""
    order = plan and plan.order
    return _drawing(
        (held.version, result.city, result.filters, result.method, held.view, classes, order),
        (theme(), current(), *(overlay.stamp for overlay in over)),
        _Drawn(held, result, over, plan),
    )


def alternative(held: Dataset, result: HotspotSurface) -> str:
    """Say in a sentence what the map shows."""
    return _(
        "hotspots.map_alt",
        city=held.city.name,
        n=round(result.totals.n_located),
        period=day_range(*result.period),
        peak=number(float(np.nanmax(result.density_per_km2_30d)), 0),
    )


def when_and_who(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    """Show hour × weekday and the mix of sources of the selection."""
    hours = loaders.hours(principal, result.city, result.filters)
    with cards.block("when", title=_("hotspots.when"), note=when_note(hours)):
        chart = hours_chart(hours, palette())
        charts.show(chart, alt=_("hotspots.when_alt"))
        map_downloads.figure_row(principal, held, chart, _("hotspots.when"), "hours", hours.frame)
    by_source = loaders.counts(principal, result.city, result.filters, ("source", "detection"))
    with cards.block("who", title=_("hotspots.who")):
        chart = charts.bars_share(_source_rows(by_source), palette())
        charts.show(chart, alt=_("hotspots.who_alt"))
        map_downloads.figure_row(principal, held, chart, _("hotspots.who"), "sources", by_source)


def hours_chart(hours: HourByWeekday, colours: Palette) -> Any:
    """Draw hour × weekday in the page's language."""
    return charts.hour_weekday(
        hours.frame,
        colours,
        weekdays=week(),
        hour=lambda value: _("charts.hour", hour=str(value)),
        number=lambda value: number(value, 0),
    )


def cells_table(result: HotspotSurface) -> None:
    """Show the map's twin: the densest cells in figures."""
    frame = result.to_frame().head(TABLE_ROWS).round(TABLE_DECIMALS)
    frame["gi_class"] = [significance_view.confidence(level) for level in frame["gi_class"]]
    config = {
        name: st.column_config.NumberColumn(_(f"column.{name}"), format="localized")
        for name in ("cell_x", "cell_y", "n", *TABLE_DECIMALS)
    }
    # Rounded it would read 0, which no q is.
    config["gi_q"] = st.column_config.NumberColumn(_("column.gi_q"), format="scientific")
    config["gi_class"] = st.column_config.TextColumn(_("column.gi_class"))
    with cards.block(
        "cells", title=_("hotspots.table"), note=_n("hotspots.table_note", len(frame))
    ):
        st.dataframe(
            frame[list(config)],
            column_config=config,
            hide_index=True,
            height=246,
            alt=_("hotspots.table"),
        )


def method(
    principal: Principal,
    held: Dataset,
    result: HotspotSurface,
    classes: tuple[float, ...],
    plan: PatrolPlan | None = None,
) -> None:
    """State every automatic choice, the command that gives the same, and the downloads."""
    with cards.block("method", title=_("hotspots.method")):
        command = hotspots_command(result) if held.view.sees_cells else ""
        cards.method_note(method_lines(held, result), command)
        map_downloads.row(principal, held, result, classes, plan)


def source_lines(held: Dataset) -> list[str]:
    """Say what the records are and which version of them was read."""
    lines = [_("method.unlinked")] if len(held.sources) > 1 else []
    if held.n_records > held.n:
        lines = [_("method.linked", records=round(held.n_records), n=round(held.n))]
    published = day(held.published_at.date())
    return [
        *lines,
        _("method.reported_only"),
        _("method.version", day=published, version=held.version),
    ]


class _Drawn:
    """What a cached drawing is made from; keyed by which cached result that is."""

    def __init__(
        self,
        held: Dataset,
        result: HotspotSurface,
        over: tuple[Overlay, ...],
        plan: PatrolPlan | None,
    ) -> None:
        self.held, self.result, self.over, self.plan = held, result, over, plan

    def key(self) -> int:
        """Tell one cached result from another of the same name."""
        return id(self.result)


@st.cache_resource(
    max_entries=CACHED_DRAWINGS,
    show_spinner=False,
    hash_funcs={_Drawn: _Drawn.key, tuple: repr},
)
def _drawing(key: tuple[object, ...], face: tuple[str, ...], drawn: _Drawn) -> maps.Spec:
    result, colours = drawn.result, palette()
    city, grid, classes = drawn.held.city, result.grid, key[5]
    boundary = read_boundary(city)
    raster, bounds = mercator_raster(result.density_per_km2_30d, grid, clip=boundary)
    png = palette_png(raster, classes, colours.density, DENSITY_ALPHA)  # type: ignore[arg-type]
    layers = [maps.density_layer(png, bounds), maps.streets_layer(city.key, colours)]
    if boundary is not None:
        layers.append(maps.boundary_layer(boundary, city.crs, colours))
    if drawn.held.view.sees_cells:
        layers.append(_cells(result, colours))
    if result.gi is not None:
        layers.extend(maps.outline_layer(grid, result.gi.significant, colours))
    # Beside the numbers of zones those of hotspots would be mistaken for them.
    numbers = [] if drawn.plan else hotspot_marks.marks(result)
    taken = hotspot_marks.peak(result.density_per_km2_30d, grid) | zones_view.shape(drawn.plan)
    marks = overlays.marked(drawn.held, drawn.over) | hotspot_marks.spots(numbers)
    names = street_labels(city, taken=taken, marks=marks)
    layers.append(maps.names_layer(names, colours))
    if numbers:
        layers.append(hotspot_marks.layer(numbers, grid, colours))
    layers.extend(overlays.layers(drawn.held, drawn.over, colours))
    if drawn.plan is not None:
        layers.extend(zones_view.layers(drawn.plan, colours))
    return maps.deck(
        layers,
        grid_bounds(grid),
        city=city.key,
        palette=colours,
        tooltip=_("hotspots.tooltip", r="{r}", n="{n}", d="{d}", q="{q}"),
    )


def _cells(result: HotspotSurface, colours: Palette) -> object:
    """Let the densest cells answer to the pointer: rank, figures, significance."""
    density = np.where(result.grid.study, result.density_per_km2_30d, -np.inf).ravel()
    order = np.argsort(-density, kind="stable")[:PICKABLE_CELLS]
    order = order[density[order] > 0]
    assert result.n is not None
    n = result.n.ravel()[order]
    q = result.gi.q.ravel()[order] if result.gi else np.full(len(order), np.nan)
    fields: dict[str, Sequence[object]] = {
        "r": [number(i) for i in range(1, len(order) + 1)],
        "n": [number(float(value)) for value in n],
        "d": [number(float(value), 1) for value in density[order]],
        "q": [number(float(value), 3) if np.isfinite(value) else "–" for value in q],
    }
    return maps.cells_layer(result.grid, order, fields, colours)


def when_note(hours: HourByWeekday) -> str:
    """Say how many events the picture holds and which it leaves out."""
    note = _("hotspots.when_note", n=round(hours.n), untimed=round(hours.n_untimed))
    if hours.n_midnight:
        note = f"{note} {_('hotspots.when_midnight', n=round(hours.n_midnight))}"
    return note


def source_shares(by_source: pd.DataFrame) -> list[tuple[str, float, float]]:
    """Return each source with its share of all and the share of its own that patrols found."""
    totals = by_source.groupby("source", observed=True)["n"].sum().sort_values(ascending=False)
    found = (
        by_source[by_source["detection"] == "detected"].groupby("source", observed=True)["n"].sum()
    )
    return [
        (str(source), float(n / totals.sum()), float(found.get(source, 0)) / n)
        for source, n in totals.items()
    ]


def _source_rows(by_source: pd.DataFrame) -> pd.DataFrame:
    rows = [
        {
            "label": _(
                "hotspots.source_row",
                source=source,
                share=percent(share),
                detected=percent(detected),
            ),
            "share": share,
        }
        for source, share, detected in source_shares(by_source)
    ]
    return pd.DataFrame(rows)


def method_lines(held: Dataset, result: HotspotSurface) -> list[str]:
    """State every automatic choice behind a map, one sentence each."""
    chosen, totals = result.method, result.totals
    lines = [
        _(
            "method.density",
            kernel=_(f"kernel.{chosen.kernel}"),
            bandwidth=number(chosen.bandwidth_m),
            cell=number(chosen.cell_m),
            crs=result.grid.crs,
            binning=number(result.binning_m, 1),
        ),
        _("method.area", km2=number(result.grid.area_km2, 2), cells=int(result.grid.study.sum())),
        _("method.edges"),
    ]
    if result.stepped:
        lines += [_("method.small_groups", k=SUPPRESSION_K), _("method.surface_view")]
    elif result.gi is not None:
        lines.append(significance_view.method(result.gi))
    elif result.gi_refusal is not None:
        lines.append(sentence_of(result.gi_refusal))
    if result.stepped:
        return lines + source_lines(held)
    lines.append(
        _(
            "method.totals",
            not_located=round(totals.n - totals.n_located),
            outside=round(totals.n_located - result.n_in_area),
            undated=round(totals.n_undated_left_out),
        )
    )
    return lines + source_lines(held)
