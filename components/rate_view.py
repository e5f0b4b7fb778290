"""The map of rates: events over residents, where nobody lives masked and said."""

import numpy as np
import pandas as pd
import streamlit as st

from analytics.access import Principal
from analytics.basemaps.street_names import street_labels
from analytics.basemaps.streets import read_boundary
from analytics.commands.words import rates_command
from analytics.datasets import Dataset
from analytics.exports.cells import cells_geojson
from analytics.exports.frames import frame_csv
from analytics.exports.xlsx import frame_xlsx
from analytics.hotspots.rates import FEWEST_RESIDENTS, RateSurface
from analytics.overlays import Overlay
from components import cards, downloads, map_downloads, maps, overlays
from components.hotspot_view import TABLE_ROWS, source_lines
from components.language import _, current, day_range, number, percent
from components.raster import grid_bounds, mercator_raster, palette_png
from components.tokens import DENSITY_ALPHA, palette, theme

NOBODY = -1.0  # class of the land without residents, below all others
NOBODY_ALPHA = 110
TWICE = 2.0
# Times the rate of the whole area: equal for every period and type, so maps can be compared.
RATIO_FLOORS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0)
FEWEST_EVENTS = 5  # in a cell: below, its rate is what lies beside it
PICKABLE_CELLS = 300
DECIMALS = {"rate_per_1000_30d": 2, "rate_ratio": 1, "people_per_km2": 0}
CACHED_DRAWINGS = 32


def sentence(found: RateSurface) -> str:
    """Say in which share of the inhabited area the rate is at least twice that of the whole."""
    lived = found.surface.grid.study & ~found.unpopulated
    if not lived.any():
        return _("rate.sentence_nobody")
    return _("rate.sentence", area=percent(float((found.ratio[lived] >= TWICE).mean()), 1))


def draw(held: Dataset, found: RateSurface, over: tuple[Overlay, ...]) -> None:
    """Draw the map of rates with its key, and its twin in figures."""
    surface, colours = found.surface, palette()
    maps.show(
        _drawing((theme(), current(), *(o.stamp for o in over)), held, found, over),
        key="density",
        alt=_(
            "rate.map_alt",
            city=held.city.name,
            period=day_range(*surface.period),
            n=round(surface.totals.n_located),
            residents=round(found.residents_in_area),
        ),
    )
    maps.legend(
        [number(floor) for floor in RATIO_FLOORS],
        colours.density,
        notes=[_("rate.key_unit"), _("scale.fixed_note")],
        outlines={"unpopulated": _("rate.key_nobody")},
        attribution=held.city.basemap_attribution,
    )
    overlays.key(held, over)
    frame = _steady(found).head(TABLE_ROWS).round(DECIMALS)
    config = {
        name: st.column_config.NumberColumn(_(f"column.{name}"), format="localized")
        for name in ("cell_x", "cell_y", "n", *DECIMALS)
    }
    with cards.block("cells", title=_("rate.table"), note=_("rate.table_note", few=FEWEST_EVENTS)):
        st.dataframe(
            frame[list(config)],
            column_config=config,
            hide_index=True,
            height=246,
            alt=_("rate.table"),
        )


def method(principal: Principal, held: Dataset, found: RateSurface) -> None:
    """State how the rate was made, the command that gives the same, and the downloads."""
    chosen, surface = found.surface.method, found.surface
    lines = [
        _(
            "rate.method",
            kernel=_(f"kernel.{chosen.kernel}"),
            bandwidth=number(chosen.bandwidth_m),
            people=number(found.population_bandwidth_m),
            residents=round(found.residents_in_area),
        ),
        _(
            "rate.masked",
            cells=found.n_unpopulated,
            share=percent(found.n_unpopulated / int(surface.grid.study.sum()), 1),
            fewest=FEWEST_RESIDENTS,
        ),
        _("rate.where_people_sleep"),
        *source_lines(held),
    ]
    with cards.block("method", title=_("hotspots.method")):
        cards.method_note(lines, rates_command(found))
        downloads.row(_downloads(principal, held, found), key="rates")


@st.cache_resource(
    max_entries=CACHED_DRAWINGS,
    show_spinner=False,
    hash_funcs={Dataset: lambda held: held.version, RateSurface: id},
)
def _drawing(
    face: tuple[str, ...], held: Dataset, found: RateSurface, _over: tuple[Overlay, ...]
) -> maps.Spec:
    colours, city, grid = palette(), held.city, found.surface.grid
    boundary = read_boundary(city)
    raster, bounds = mercator_raster(found.ratio, grid, clip=boundary)
    nobody, _bounds = mercator_raster(found.unpopulated.astype(float), grid, clip=boundary)
    raster = np.where(nobody >= 0.5, NOBODY, raster)
    png = palette_png(
        raster,
        (NOBODY, *RATIO_FLOORS),
        (colours.ghost, *colours.density),
        (NOBODY_ALPHA, *DENSITY_ALPHA),
    )
    layers = [maps.density_layer(png, bounds), maps.streets_layer(city.key, colours)]
    if boundary is not None:
        layers.append(maps.boundary_layer(boundary, city.crs, colours))
    layers.append(_cells(found))
    names = street_labels(city, marks=overlays.marked(held, _over))
    layers.append(maps.names_layer(names, colours))
    layers.extend(overlays.layers(held, _over, colours))
    return maps.deck(
        layers,
        grid_bounds(grid),
        city=city.key,
        palette=colours,
        tooltip=_("rate.tooltip", r="{r}", rate="{rate}", times="{times}", n="{n}", d="{d}"),
    )


def _steady(found: RateSurface) -> pd.DataFrame:
    """Return the cells with a rate and enough events of their own to speak of it."""
    frame = found.to_frame()
    return frame[(frame["n"] >= FEWEST_EVENTS) & frame["rate_per_1000_30d"].notna()]


def _cells(found: RateSurface) -> object:
    """Let the cells of the highest rates answer to the pointer."""
    frame, grid = _steady(found).head(PICKABLE_CELLS), found.surface.grid
    rows = np.rint(frame["cell_y"] / grid.cell_m).astype(int) - grid.row0
    cols = np.rint(frame["cell_x"] / grid.cell_m).astype(int) - grid.col0
    return maps.cells_layer(
        grid,
        (rows * grid.n_cols + cols).to_numpy(),
        {
            "r": [number(i) for i in range(1, len(frame) + 1)],
            "rate": [number(value, 2) for value in frame["rate_per_1000_30d"]],
            "times": [number(value, 1) for value in frame["rate_ratio"]],
            "n": [number(float(value)) for value in frame["n"]],
            "d": [number(float(value), 0) for value in frame["people_per_km2"]],
        },
        palette(),
    )


def _downloads(principal: Principal, held: Dataset, found: RateSurface) -> list[downloads.Download]:
    surface = found.surface
    frame: pd.DataFrame = found.to_frame()

    def drawing() -> str:
        from components import map_drawings

        return map_drawings.rates(held, found)

    makers = {
        "CSV": lambda: frame_csv(frame),
        "XLSX": lambda: frame_xlsx(frame, "rates"),
        "GeoJSON": lambda: cells_geojson(surface, frame),
        **map_downloads.pictured(drawing),
    }
    return map_downloads.links(principal, held, surface.period, "rates", makers)
