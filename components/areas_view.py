"""The map of areas: counts, rates and density by *cuadrante, barrio or comuna*, and its table."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from analytics.access import Principal
from analytics.basemaps.street_names import street_labels
from analytics.commands.words import areas_command
from analytics.datasets import Dataset
from analytics.exports.areas import areas_geojson
from analytics.exports.frames import frame_csv
from analytics.exports.xlsx import frame_xlsx
from analytics.hotspots.area_layer import Areas
from analytics.hotspots.areas import FEWEST_EVENTS, MEASURES, AreaCounts
from analytics.hotspots.grids import Grid
from analytics.hotspots.rates import FEWEST_RESIDENTS
from analytics.hotspots.scales import even_floors
from analytics.overlays import Overlay
from components import address, area_maps, cards, downloads, map_downloads, maps, overlays
from components.hotspot_view import source_lines
from components.language import _, _n, day_range, number, percent
from components.raster import Bounds
from components.tokens import palette

NONE = 0  # no area is chosen
NAMED_REPAIRS = 5
SHOWN_WHOLE = 12  # areas; of more, the table scrolls
DECIMALS = {"n": 0, "rate_per_1000": 1, "per_km2": 0}


def area_name(areas: Areas, number_of: int) -> str:
    """Name an area by its number from 1; one without a name is called by the number."""
    return areas.names[number_of - 1] or _("areas.unnamed", number=number_of)


def sentence(found: AreaCounts) -> str:
    """Say which area holds most, and where the rate is highest."""
    frame = found.frame
    if not found.n_in_areas > 0:
        return _("areas.sentence_none")
    first = int(frame["n"].to_numpy().argmax())
    area, share = area_name(found.areas, first + 1), percent(float(frame["share"].iloc[first]))
    # An unsteady rate is no headline: areas with few events or residents are passed over.
    steady = np.where(frame["small_number"], np.nan, frame["rate_per_1000"])
    if np.isnan(steady).all():
        return _("areas.sentence_counts", area=area, share=share)
    top = int(np.nanargmax(steady))
    rate = number(float(steady[top]), 1)
    if top == first:
        return _("areas.sentence_both", area=area, share=share, rate=rate)
    highest = area_name(found.areas, top + 1)
    return _("areas.sentence", area=area, share=share, highest=highest, rate=rate)


def draw(held: Dataset, found: AreaCounts, over: tuple[Overlay, ...], bounds: Bounds) -> None:
    """Draw the map with its key, then what to colour by, which area to look at, and the table.

    ``bounds`` are the density map's, so that the view stays when the map changes.
    """
    measure = _measure(found)
    values = found.frame[measure].to_numpy(dtype=float)
    floors = even_floors(float(np.nanmax(values)))
    colours, chosen = palette(), chosen_area(found)
    layers = [area_maps.areas_layer(found.areas, values, floors, _fields(found), colours)]
    layers.append(maps.streets_layer(held.city.key, colours))
    if chosen != NONE:
        layers += area_maps.chosen_lines(found.areas, chosen - 1, colours)
    names = street_labels(held.city, marks=overlays.marked(held, over))
    layers.append(maps.names_layer(names, colours))
    layers += overlays.layers(held, over, colours)
    spec = maps.deck(
        layers,
        bounds,
        city=held.city.key,
        palette=colours,
        tooltip=_("areas.tooltip", name="{a}", n="{n}", rate=_rate_template(found), km2="{d}"),
    )
    unit = _(f"areas.unit_{measure}")
    maps.show(
        spec,
        key="density",
        alt=_("areas.map_alt", city=held.city.name, unit=unit, period=day_range(*found.period)),
    )
    marks = {"zone": area_name(found.areas, chosen)} if chosen != NONE else {}
    if np.isnan(values).any():
        marks["unpopulated"] = _("rate.key_nobody")
    maps.legend(
        [number(floor) for floor in floors],
        area_maps.class_colours(len(floors), colours),
        notes=[unit, _("scale.fitted_note")],
        outlines=marks,
        attribution=held.city.basemap_attribution,
    )
    overlays.key(held, over)
    with st.container(key="chips_areas", horizontal=True):
        _choose_measure(found)
        _choose_area(found)
    _table(found)


def method(principal: Principal, held: Dataset, found: AreaCounts, grid: Grid) -> None:
    """State how areas were counted, the command that gives the same, and the downloads."""
    with cards.block("method", title=_("hotspots.method")):
        cards.method_note(_lines(found) + source_lines(held), areas_command(found))
        downloads.row(_downloads(principal, held, found, grid), key="areas")


def chosen_area(found: AreaCounts) -> int:
    """Return the number of the area a person chose, from 1; 0 for none."""
    numbers = range(NONE, len(found.frame) + 1)
    chosen: int = address.seed(
        "area", "area", NONE, lambda told: int(address.known(told[:1], map(str, numbers))[0])
    )
    # Another city may have fewer areas than the one before.
    if chosen not in numbers:
        st.session_state["area"] = chosen = NONE
    return chosen


def _measure(found: AreaCounts) -> str:
    known = found.measures
    chosen: str = address.seed(
        "measure", "measure", known[0], lambda told: address.known(told[:1], MEASURES)[0]
    )
    if chosen not in known:
        st.session_state["measure"] = chosen = known[0]
    return chosen


def _choose_measure(found: AreaCounts) -> None:
    chosen = st.segmented_control(
        _("areas.measure"),
        found.measures,
        required=True,
        key="measure",
        persist_state="session",
        format_func=lambda name: _(f"areas.measure_{name}"),
        label_visibility="collapsed",
    )
    address.remember("measure", [str(chosen)], [found.measures[0]])


def _choose_area(found: AreaCounts) -> None:
    with st.popover(
        area_name(found.areas, st.session_state["area"])
        if st.session_state["area"] != NONE
        else _("areas.choose"),
        key="chip_area",
    ):
        chosen = st.selectbox(
            _("areas.choose"),
            range(NONE, len(found.frame) + 1),
            key="area",
            persist_state="session",
            format_func=lambda i: area_name(found.areas, i) if i else _("areas.whole_city"),
        )
    address.remember("area", [str(chosen)], [str(NONE)])


def _fields(found: AreaCounts) -> dict[str, Sequence[object]]:
    frame = found.frame
    fields: dict[str, Sequence[object]] = {
        "a": [area_name(found.areas, i) for i in frame["area"]],
        "n": [number(float(n), 0) for n in frame["n"]],
        "d": [number(float(value), 1) for value in frame["per_km2"]],
    }
    if found.residents_outside is not None:
        fields["rate"] = [_rate_text(row) for row in frame.to_dict("records")]
    return fields


def _rate_template(found: AreaCounts) -> str:
    """Return what the tooltip says of the rate: each area's own, or once that there is none."""
    return _("areas.no_residents") if found.residents_outside is None else "{rate}"


def _rate_text(row: dict[Any, Any]) -> str:
    if pd.isna(row["rate_per_1000"]):
        return _("areas.nobody")
    low, high = (number(row[name], 1) for name in ("rate_low", "rate_high"))
    return _("areas.rate", rate=number(row["rate_per_1000"], 1), low=low, high=high)


def _table(found: AreaCounts) -> None:
    """Show the map's twin: all areas in figures, with what makes a figure unsure."""
    frame = found.frame
    shown = pd.DataFrame({"area": [area_name(found.areas, i) for i in frame["area"]]})
    for name, decimals in DECIMALS.items():
        shown[name] = frame[name].astype(float).round(decimals)
    shown["share"] = (100 * frame["share"]).round(1)
    shown["residents"] = frame["residents"]
    shown["interval"] = [
        f"{number(low, 1)}–{number(high, 1)}" if low == low else ""
        for low, high in frame[["rate_low", "rate_high"]].to_numpy()
    ]
    shown["reading"] = [_reading(row) for row in frame.to_dict("records")]
    shown = shown.sort_values("n", ascending=False)
    columns = ["area", "n", "share", "rate_per_1000", "interval", "per_km2", "residents", "reading"]
    texts = {name: _(f"areas.column_{name}") for name in ("area", "interval", "reading")}
    config: dict[str, Any] = {
        name: st.column_config.NumberColumn(_(f"areas.column_{name}"), format="localized")
        for name in columns
        if name not in texts
    }
    config |= {name: st.column_config.TextColumn(text) for name, text in texts.items()}
    note = _n("areas.table_note", len(frame), outside=round(found.n_outside))
    with cards.block("areas", title=_("areas.table"), note=note):
        st.dataframe(
            shown[columns],
            column_config=config,
            hide_index=True,
            height="content" if len(shown) <= SHOWN_WHOLE else 388,
            alt=_("areas.table"),
        )


def _reading(row: dict[Any, Any]) -> str:
    if row["residents"] == 0:
        return _("areas.nobody")
    return _("areas.small_number") if row["small_number"] else ""


def _lines(found: AreaCounts) -> list[str]:
    totals = found.totals
    lines = [
        _("areas.rule", areas=len(found.frame), several=round(found.n_in_several)),
        _(
            "areas.totals",
            inside=round(found.n_in_areas),
            outside=round(found.n_outside),
            not_located=round(totals.n - totals.n_located),
            undated=round(totals.n_undated_left_out),
        ),
        _("areas.flagged", events=FEWEST_EVENTS, residents=FEWEST_RESIDENTS),
    ]
    if found.residents_outside is None:
        lines.append(_("areas.without_population", key=f"cities.{found.city}.population"))
    else:
        lines.append(_("areas.interval", outside=round(found.residents_outside)))
    if repaired := found.areas.repaired:
        names = ", ".join(area_name(found.areas, i) for i in repaired[:NAMED_REPAIRS])
        more = " …" if len(repaired) > NAMED_REPAIRS else ""
        lines.append(_n("areas.repaired", len(repaired), names=names + more))
    return lines


def _downloads(
    principal: Principal, held: Dataset, found: AreaCounts, grid: Grid
) -> list[downloads.Download]:
    measure = _measure(found)

    def drawing() -> str:
        from components import map_drawings

        return map_drawings.areas(held, found, grid, measure)

    makers = {
        "CSV": lambda: frame_csv(found.frame),
        "XLSX": lambda: frame_xlsx(found.frame, "areas"),
        "GeoJSON": lambda: areas_geojson(found),
        **map_downloads.pictured(drawing),
    }
    return map_downloads.links(principal, held, found.period, "areas", makers)
