"""What changed between two periods beyond chance: sentence, map, table, method, download."""

import numpy as np
import pandas as pd
import pydeck as pdk
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.basemaps.street_names import street_labels
from analytics.basemaps.streets import read_boundary
from analytics.commands.words import change_command
from analytics.datasets import Dataset
from analytics.hotspots.change import LEVEL, ChangeMap, e_test
from analytics.hotspots.surface import DAYS_PER_MONTH, HotspotSurface
from components import cards, downloads, map_downloads, maps
from components.language import _, day_range, number, probability
from components.raster import cell_rings, grid_bounds
from components.tokens import palette, rgba

TABLE_ROWS = 12


def block(
    principal: Principal, held: Dataset, before: HotspotSurface, after: HotspotSurface
) -> None:
    """Draw the cells whose change the test confirms, and say how the whole changed."""
    cell_m = after.method.cell_m
    found = loaders.change(principal, after.city, before.filters, after.filters, cell_m)
    left, right = st.columns([2.05, 1], gap="medium")
    with left, cards.block("change", title=_("change.title"), note=sentence(found)):
        maps.show(_drawing(held, found), key="change", alt=sentence(found))
        colours = palette()
        maps.legend(
            [_("change.fell"), _("change.rose")],
            [colours.fall, colours.rise],
            notes=[_("change.key")],
            outlines={},
            attribution=held.city.basemap_attribution,
        )
    with right, cards.block("change_table", title=_("change.table")):
        if found.significant.any():
            cards.table(_table(found), _columns(), caption=_("change.table"))
        command = change_command(after.city, before.filters, after.filters, cell_m)
        cards.method_note(_lines(found), command)
        kept = downloads.table(found.to_frame(), principal, after.city, "change", held.version)
        makers = map_downloads.pictured(lambda: _picture(held, found))
        drawn = map_downloads.links(principal, held, found.after, "change", makers)
        downloads.row([kept, *drawn], key="change")


def sentence(found: ChangeMap) -> str:
    """Say how many cells rose and fell beyond chance, or that none did."""
    rose = found.significant & (found.rate_ratio > 1)
    if not found.significant.any():
        return _("change.none")
    fell = int((found.significant & ~rose).sum())
    return _("change.sentence", rose=int(rose.sum()), fell=fell)


def _picture(held: Dataset, found: ChangeMap) -> str:
    from components import map_drawings

    return map_drawings.change(held, found)


def _drawing(held: Dataset, found: ChangeMap) -> maps.Spec:
    city, colours = held.city, palette()
    boundary = read_boundary(city)
    layers = [_cells(found), maps.streets_layer(city.key, colours)]
    if boundary is not None:
        layers.append(maps.boundary_layer(boundary, city.crs, colours))
    layers.append(maps.names_layer(street_labels(city), colours))
    return maps.deck(
        layers,
        grid_bounds(found.grid),
        city=city.key,
        palette=colours,
        tooltip=_("change.tooltip", before="{b}", after="{a}", q="{q}"),
    )


def _cells(found: ChangeMap) -> pdk.Layer:
    """Fill the significant cells, the surest first, as many as a map may hold."""
    colours = palette()
    cells = np.flatnonzero(found.significant)
    cells = cells[np.argsort(found.p.ravel()[cells], kind="stable")][: maps.MAX_CELLS]
    rows = [
        {
            "p": ring,
            "c": rgba(colours.rise if found.rate_ratio.ravel()[cell] > 1 else colours.fall, 215),
            "b": number(float(found.n_before.ravel()[cell])),
            "a": number(float(found.n_after.ravel()[cell])),
            "q": probability(float(found.q.ravel()[cell])),
        }
        for cell, ring in zip(cells, cell_rings(found.grid, cells), strict=True)
    ]
    return pdk.Layer(
        "PolygonLayer",
        rows,
        id="significant-change",
        get_polygon="p",
        get_fill_color="c",
        stroked=False,
        pickable=True,
    )


def _table(found: ChangeMap) -> pd.DataFrame:
    frame = found.to_frame()
    rows = frame[frame["significant"]].head(TABLE_ROWS)
    return pd.DataFrame(
        {
            "place": [
                f"{number(x)} · {number(y)}"
                for x, y in rows[["cell_x", "cell_y"]].to_numpy(dtype=float)
            ],
            "before": [number(n) for n in rows["n_before"]],
            "after": [number(n) for n in rows["n_after"]],
            "ratio": [number(r, 1) for r in rows["rate_ratio"]],
        }
    )


def _columns() -> dict[str, str]:
    return {
        "place": _("column.place"),
        "before": _("column.earlier"),
        "after": _("column.later"),
        "ratio": _("column.later_rate"),
    }


def _lines(found: ChangeMap) -> list[str]:
    days = [(last - first).days + 1 for first, last in (found.before, found.after)]
    n = [float(counts.sum()) for counts in (found.n_before, found.n_after)]
    p = float(e_test(np.array(n[:1]), np.array(n[1:]), *days)[0])
    monthly = [
        number(total * DAYS_PER_MONTH / length, 0) for total, length in zip(n, days, strict=True)
    ]
    key = "change.whole_changed" if p <= LEVEL else "change.whole_steady"
    return [
        _(
            key,
            before=monthly[0],
            after=monthly[1],
            first=day_range(*found.before),
            second=day_range(*found.after),
            p=number(p, 3),
        ),
        _("change.method", cells=found.grid.n_cells),
    ]
