"""Two blocks with a still map each: classes over the months, and near-repeat risk of a shift."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import classes_command, prospective_command
from analytics.datasets import Dataset
from analytics.hotspots.classes import CLASSES, HotspotClasses
from analytics.hotspots.prospective import ProspectiveMap
from analytics.hotspots.surface import HEADLINE_SHARE, HotspotSurface
from components import cards, downloads, figures, still_maps
from components.language import _, _n, day, day_range, number, percent
from components.time_view import shift_name
from components.tokens import Palette, palette

MAP_PX = 760
TABLE_PX = 330
RISK_FLOORS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)  # times the mean cell: the same for every city
SHOWN = ("persistent", "emerging", "intermittent", "former")
ALL_DAY = "all_day"


def classes(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    """Draw which cells were hot again and again up to the last day shown."""
    filters = replace(result.filters, date_from=None, date_to=result.period[1])
    found = loaders.classes(principal, result.city, filters, result.method.cell_m)
    colours, counts = _class_colours(palette()), found.counts
    left, right = st.columns([1.6, 1], gap="large")
    svg = still_maps.classes_still(
        held.city,
        found.grid,
        {name: found.codes == CLASSES.index(name) for name in SHOWN},
        colours,
        palette(),
        width=MAP_PX,
    )
    with left, cards.block("classes_map", title=_("classes.title"), note=_classes_note(found)):
        words = {
            _("classes.key", name=_(f"classes.{name}"), n=counts[name]): colours[name]
            for name in SHOWN
        }
        alt = _("classes.alt", city=held.city.name, listed="; ".join(words))
        still_maps.show(svg, title="", alt=alt)
        still_maps.key(words, [], held.city.basemap_attribution)
    with right, cards.block("classes_how", title=_("classes.which")):
        frame = found.to_frame()
        names = {name: _(f"column.{name}") for name in ("cell_x", "cell_y")}
        columns = {"class": _("classes.column"), "hot_periods": _("classes.hot"), **names}
        _cells(_classified(found), columns, title=_("classes.which"))
        cards.method_note(_class_lines(found), classes_command(found))
        downloads.row(
            [
                downloads.table(frame, principal, found.city, "classes", held.version),
                *still_maps.links(svg, principal=principal, city=found.city, name="classes"),
            ],
            key="hotspot_classes",
        )


def prospective(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    """Draw the near-repeat risk of the day after the last one shown, or of a shift of it."""
    shifts = {shift.key: shift for shift in held.city.shifts}
    with st.container(key="chips_next_shift", horizontal=True):
        key = st.segmented_control(
            _("next.shift"),
            [ALL_DAY, *shifts],
            default=ALL_DAY,
            key="next_shift",
            required=True,
            persist_state="session",
            format_func=lambda key: (
                _("chips.all_day") if key == ALL_DAY else shift_name(shifts[key])
            ),
        )
    filters = replace(result.filters, date_from=None, date_to=result.period[1])
    found = loaders.prospective(
        principal, result.city, filters, result.method.cell_m, shifts.get(str(key))
    )
    times = found.risk * found.grid.n_cells
    svg = still_maps.density_still(
        held.city, found.grid, times, RISK_FLOORS, palette(), width=MAP_PX
    )
    left, right = st.columns([1.6, 1], gap="large")
    frame = found.to_frame()
    cells = max(1, round(HEADLINE_SHARE * found.grid.n_cells))
    top = float(frame["risk"].head(cells).sum())
    said = _("next.said", area=percent(HEADLINE_SHARE), share=percent(top))
    with left, cards.block("next", title=_("next.title", day=day(found.day)), note=said):
        still_maps.show(svg, title="", alt=_("next.alt", city=held.city.name, said=said))
        swatches = dict(zip(map(number, RISK_FLOORS), palette().density, strict=True))
        still_maps.key(swatches, [_("next.unit")], held.city.basemap_attribution)
    with right, cards.block("next_how", title=_("next.which")):
        names = {name: _(f"column.{name}") for name in ("cell_x", "cell_y")}
        shown = frame.assign(times=frame["risk"] * found.grid.n_cells)
        _cells(shown, {"times": _("next.times"), **names}, title=_("next.which"))
        cards.method_note(_risk_lines(found), prospective_command(found))
        downloads.row(
            [
                downloads.table(frame, principal, found.city, "prospective", held.version),
                *still_maps.links(svg, principal=principal, city=found.city, name="prospective"),
            ],
            key="prospective",
        )


def _class_colours(colours: Palette) -> dict[str, str]:
    steps = colours.density
    return dict(zip(SHOWN, (steps[5], steps[3], steps[1], colours.ghost), strict=True))


def _classes_note(found: HotspotClasses) -> str:
    first, last = found.periods[0][0], found.periods[-1][1]
    return _("classes.note", months=len(found.periods), period=day_range(first, last))


def _class_lines(found: HotspotClasses) -> list[str]:
    lines = [_("classes.method", recent=found.n_recent), _("classes.rule")]
    if found.unjudged:
        lines.append(_n("classes.unjudged", found.unjudged))
    return lines


def _cells(frame: pd.DataFrame, names: dict[str, str], *, title: str) -> None:
    """Draw the map's twin: its cells in figures, all of them, a page at a time."""
    decimals = {"times": 2, "cell_x": 0, "cell_y": 0}
    written: figures.Written = {
        name: decimals.get(name) for name in names if pd.api.types.is_numeric_dtype(frame[name])
    }
    figures.draw(frame, names, written, alt=title, height=TABLE_PX)


def _classified(found: HotspotClasses) -> pd.DataFrame:
    frame = found.to_frame()
    named = frame[frame["class"] != "none"]
    return named.assign(**{"class": [_(f"classes.{name}") for name in named["class"]]})


def _risk_lines(found: ProspectiveMap) -> list[str]:
    return [
        _("next.method", metres=number(found.reach.metres), weeks=found.reach.weeks),
        _("next.learned", n=round(found.n), period=day_range(*found.learned)),
        _("next.tested"),
    ]
