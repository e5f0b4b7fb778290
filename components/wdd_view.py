"""Did an intervention work? Chosen areas against others like them, before and after."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import wdd_command
from analytics.datasets import Dataset
from analytics.hotspots.areas import AreaCounts
from analytics.hotspots.surface import HotspotSurface
from analytics.hotspots.wdd import Intervention
from components import address, cards, downloads, notices, still_maps
from components.areas_view import area_name
from components.compare_view import other_period
from components.language import _, day_range, number
from components.tokens import palette

LEVEL = 0.05
SIDES = ("treated", "control")
MAP_PX = 480


def block(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    """Ask where it took place and what to hold it against; say what changed and how surely."""
    counts = loaders.areas(principal, result.city, result.filters)
    with cards.block("wdd", title=_("wdd.title"), note=_("wdd.note")):
        with st.container(key="chips_wdd", horizontal=True, vertical_alignment="bottom"):
            first, last = other_period(held, result)
            treated, control = (_choose(side, counts) for side in SIDES)
        if not treated or not control:
            notices.empty(_("wdd.choose_both"))
            return
        before = replace(result.filters, date_from=first, date_to=last)
        after = replace(result.filters, date_from=result.period[0], date_to=result.period[1])
        found = loaders.intervention(principal, result.city, before, after, treated, control)
        left, right = st.columns([1, 1.6], gap="large")
        with left:
            svg = _map(held, result, counts, treated, control)
        with right:
            cards.subtitle(sentence(found))
            if found.is_small:
                notices.warning(_("wdd.small"))
            cards.table(_table(found), _columns(), caption=_("wdd.title"))
            command = wdd_command(result.city, before, after, treated, control)
            cards.method_note(_lines(found), command)
            kept = downloads.table(found.to_frame(), principal, result.city, "wdd", held.version)
            drawn = still_maps.links(svg, principal=principal, city=result.city, name="wdd")
            downloads.row([kept, *drawn], key="wdd")


def sentence(found: Intervention) -> str:
    """Say how much more or less the treated areas changed, and whether chance could do it."""
    way = "unclear" if found.local.p > LEVEL else "fell" if found.local.estimate < 0 else "rose"
    low, high = (number(bound, 0) for bound in found.local.interval)
    n = number(abs(found.local.estimate), 0)
    return _(f"wdd.{way}", n=n, low=low, high=high)


def _choose(side: str, counts: AreaCounts) -> tuple[int, ...]:
    numbers = range(1, len(counts.frame) + 1)
    chosen: list[int] = address.seed(
        side, side, [], lambda told: [int(text) for text in address.known(told, map(str, numbers))]
    )
    # Another city may have fewer areas than the one before.
    if kept := [area for area in chosen if area not in numbers]:
        chosen = [area for area in chosen if area not in kept]
        st.session_state[side] = chosen
    picked: Sequence[int] = st.multiselect(
        _(f"wdd.{side}"),
        numbers,
        key=side,
        persist_state="session",
        placeholder=_("areas.choose"),
        format_func=lambda area: area_name(counts.areas, area),
        width=430,
    )
    address.remember(side, [str(area) for area in picked])
    return tuple(picked)


def _map(
    held: Dataset,
    result: HotspotSurface,
    counts: AreaCounts,
    treated: tuple[int, ...],
    control: tuple[int, ...],
) -> str:
    """Draw both sides where they lie, with their key, and return the picture."""
    colours = palette()
    sides = dict(zip(SIDES, (treated, control), strict=True))
    shades = dict(zip(SIDES, (colours.accent, colours.ghost), strict=True))
    svg = still_maps.areas_still(
        held.city,
        result.grid,
        {side: [counts.areas.shapes[area - 1] for area in sides[side]] for side in SIDES},
        shades,
        colours,
        width=MAP_PX,
    )
    named = {
        side: ", ".join(area_name(counts.areas, area) for area in sides[side]) for side in SIDES
    }
    still_maps.show(svg, title="", alt=_("wdd.alt", city=held.city.name, **named))
    words = {_(f"wdd.{side}"): shades[side] for side in SIDES}
    still_maps.key(words, [], held.city.basemap_attribution)
    return svg


def _table(found: Intervention) -> pd.DataFrame:
    days = [(last - first).days + 1 for first, last in (found.before, found.after)]
    rows = []
    for side in SIDES:
        earlier, later = found.counts[side]
        ratio = (later / days[1]) / (earlier / days[0]) if earlier else np.nan
        change = number(ratio, 2) if earlier else ""
        rows.append((_(f"wdd.{side}"), number(earlier, 0), number(later, 0), change))
    return pd.DataFrame(rows, columns=list(_columns()))


def _columns() -> dict[str, str]:
    return {
        "side": _("wdd.side"),
        "before": _("column.earlier"),
        "after": _("column.later"),
        "ratio": _("column.later_rate"),
    }


def _lines(found: Intervention) -> list[str]:
    return [
        _(
            "wdd.method",
            first=day_range(*found.before),
            second=day_range(*found.after),
            wdd=number(found.local.estimate, 1),
            se=number(found.local.se, 1),
            z=number(found.local.z, 2),
            p=number(found.local.p, 3),
        ),
        _("wdd.reading"),
    ]
