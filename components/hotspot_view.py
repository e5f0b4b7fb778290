"""The hotspot page's parts: heading, map, when and who, table, method, downloads."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import SUPPRESSION_K, Principal
from analytics.basemaps.street_names import street_labels
from analytics.basemaps.streets import read_boundary
from analytics.commands.words import hotspots_command
from analytics.datasets import Dataset
from analytics.exports.cells import cells_csv, cells_geojson
from analytics.hotspots.scales import area_by_class
from analytics.hotspots.surface import HEADLINE_SHARE, HotspotSurface
from analytics.hotspots.temporal import HourByWeekday
from analytics.overlays import Overlay
from components import cards, charts, downloads, maps, overlays
from components.inputs import category_name
from components.language import (
    _,
    _n,
    current,
    day,
    day_range,
    number,
    percent,
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
    kinds = [category_name(key) for key in result.filters.categories]
    totals = result.totals
    counted = _n("count.records", round(totals.n))
    located = _("hotspots.located", share=percent(totals.n_located / totals.n))
    what = ", ".join(kinds[:3]) + (" …" if len(kinds) > 3 else "") or _("chips.all_category")
    cards.eyebrow(
        [what, day_range(*result.period), f"{counted}, {located}"], synthetic=held.city.synthetic
    )
    cards.sentence(
        said
        or _(
            "hotspots.sentence",
            area=percent(HEADLINE_SHARE),
            share=percent(result.top_share),
            times=number(result.top_share / HEADLINE_SHARE, 1),
        )
    )


def density_map(
    held: Dataset,
    result: HotspotSurface,
    classes: tuple[float, ...],
    over: tuple[Overlay, ...] = (),
) -> None:
    """Draw the map with its key; ``classes`` are seven floors per km² and 30 days."""
    colours = palette()
    spec = _drawing(
        (held.version, result.city, result.filters, result.method, held.view, classes),
        (theme(), current(), *(overlay.stamp for overlay in over)),
        _Drawn(held, result, over),
    )
    maps.show(
        spec,
        key="density",
        alt=_(
            "hotspots.map_alt",
            city=held.city.name,
            n=round(result.totals.n_located),
            period=day_range(*result.period),
            peak=number(float(np.nanmax(result.density_per_km2_30d)), 0),
        ),
    )
    fixed = classes == held.density_classes
    outlines = {"significant": _("hotspots.key_significant")} if result.gi is not None else {}
    maps.legend(
        [number(floor) for floor in classes],
        colours.density,
        notes=[_("hotspots.key_unit"), _("scale.fixed_note" if fixed else "scale.fitted_note")],
        outlines=outlines,
        attribution=held.city.basemap_attribution,
    )
    overlays.key(held, over)


def when_and_who(principal: Principal, result: HotspotSurface) -> None:
    """Show hour × weekday and the mix of sources of the selection."""
    hours = loaders.hours(principal, result.city, result.filters)
    with cards.block("when", title=_("hotspots.when"), note=_when_note(hours)):
        chart = charts.hour_weekday(
            hours.frame,
            palette(),
            weekdays=week(),
            hour=lambda value: _("charts.hour", hour=str(value)),
            number=lambda value: number(value, 0),
        )
        charts.show(chart, alt=_("hotspots.when_alt"))
    by_source = loaders.counts(principal, result.city, result.filters, ("source", "detection"))
    with cards.block("who", title=_("hotspots.who")):
        charts.show(
            charts.bars_share(_source_rows(by_source), palette()), alt=_("hotspots.who_alt")
        )


def cells_table(result: HotspotSurface) -> None:
    """Show the map's twin: the densest cells in figures."""
    frame = result.to_frame().head(TABLE_ROWS).round(TABLE_DECIMALS)
    config = {
        name: st.column_config.NumberColumn(_(f"column.{name}"), format="localized")
        for name in ("cell_x", "cell_y", "n", *TABLE_DECIMALS)
    }
    # Rounded it would read 0, which no q is.
    config["gi_q"] = st.column_config.NumberColumn(_("column.gi_q"), format="scientific")
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


def classes_table(
    principal: Principal, held: Dataset, result: HotspotSurface, classes: tuple[float, ...]
) -> None:
    """Show the surface view's twin: how much of the area lies in each class."""
    frame = area_by_class(result.density_per_km2_30d, result.grid.cell_m, classes)
    shown = pd.DataFrame(
        {
            "class": [_class_name(low, high) for low, high in frame[["low", "high"]].to_numpy()],
            "area_km2": [number(value, 2) for value in frame["area_km2"]],
            "share": [percent(value, 1) for value in frame["share"]],
        }
    )
    with cards.block("classes", title=_("hotspots.classes"), note=_("hotspots.key_unit")):
        columns = {name: _(f"column.{name}") for name in ("class", "area_km2", "share")}
        cards.table(shown, columns, caption=_("hotspots.classes"))
        item = downloads.Download(
            "CSV",
            downloads.audited(
                principal, result.city, lambda: downloads.csv_bytes(frame), kind="density-classes"
            ),
            downloads.file_name(held.city.key, "density-classes", extension="csv"),
            "text/csv",
        )
        downloads.row([item], key="classes")


def method(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    """State every automatic choice, the command that gives the same, and the downloads."""
    with cards.block("method", title=_("hotspots.method")):
        command = hotspots_command(result) if held.view.sees_cells else ""
        cards.method_note(_method_lines(held, result), command)
        if held.view.sees_cells:
            downloads.row(_cell_downloads(principal, held, result), key="cells")


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

    def __init__(self, held: Dataset, result: HotspotSurface, over: tuple[Overlay, ...]) -> None:
        self.held, self.result, self.over = held, result, over

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
    city, grid, classes = drawn.held.city, result.grid, key[-1]
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
    layers.append(maps.names_layer(street_labels(city), colours))
    layers.extend(overlays.layers(drawn.held, drawn.over, colours))
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


def _when_note(hours: HourByWeekday) -> str:
    note = _("hotspots.when_note", n=round(hours.n), untimed=round(hours.n_untimed))
    if hours.n_midnight:
        note = f"{note} {_('hotspots.when_midnight', n=round(hours.n_midnight))}"
    return note


def _source_rows(by_source: pd.DataFrame) -> pd.DataFrame:
    totals = by_source.groupby("source", observed=True)["n"].sum().sort_values(ascending=False)
    found = (
        by_source[by_source["detection"] == "detected"].groupby("source", observed=True)["n"].sum()
    )
    whole = totals.sum()
    rows = [
        {
            "label": _(
                "hotspots.source_row",
                source=source,
                share=percent(n / whole),
                detected=percent(float(found.get(source, 0)) / n),
            ),
            "share": n / whole,
        }
        for source, n in totals.items()
    ]
    return pd.DataFrame(rows)


def _method_lines(held: Dataset, result: HotspotSurface) -> list[str]:
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
    ]
    if result.stepped:
        lines += [_("method.small_groups", k=SUPPRESSION_K), _("method.surface_view")]
    elif result.gi is not None:
        lines.append(_("method.significance", cells=int(result.gi.significant.sum())))
    elif result.gi_refusal is not None:
        lines.append(_(f"error.{result.gi_refusal.code}", **result.gi_refusal.details))
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


def _cell_downloads(
    principal: Principal, held: Dataset, result: HotspotSurface
) -> list[downloads.Download]:
    frame = result.to_frame()
    name = (held.city.key, "hotspots", *(day.isoformat() for day in result.period))
    makers = (
        ("CSV", "csv", "text/csv", lambda: cells_csv(frame)),
        ("GeoJSON", "geojson", "application/geo+json", lambda: cells_geojson(result, frame)),
    )
    return [
        downloads.Download(
            label,
            downloads.audited(
                principal, result.city, make, kind=kind, rows=len(frame), version=held.version
            ),
            downloads.file_name(*name, extension=kind),
            mime,
        )
        for label, kind, mime, make in makers
    ]


def _class_name(low: float, high: float) -> str:
    if not np.isfinite(high):
        return _("scale.from", low=number(low))
    if low <= 0:
        return _("scale.below", high=number(high))
    return _("scale.between", low=number(low), high=number(high))
