"""The block that says how much of what happens fits into how little of the city."""

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import concentration_command
from analytics.datasets import Dataset
from analytics.hotspots.concentration import FIFTH, Concentration
from analytics.hotspots.surface import HotspotSurface
from components import cards, charts, downloads, hotspot_charts, pictures
from components.language import _, number, percent
from components.tokens import palette

NAMED = (0.25, 0.5)


def block(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    """Draw the 80-20 curve with its twin beside it."""
    found = loaders.concentration(principal, result.city, result.filters, result.method)
    left, right = st.columns([1.25, 1], gap="large")
    with (
        left,
        cards.block("curve", title=_("concentration.title"), note=_("concentration.note")),
    ):
        chart = hotspot_charts.concentration_curve(
            found.curve,
            palette(),
            even_share=min(1.0, found.n / found.n_cells),
            marks=_marks(found),
            share=percent,
        )
        charts.show(chart, alt=_("concentration.alt"))
        drawn = pictures.figure(
            chart,
            palette(),
            title=_("concentration.title"),
            principal=principal,
            city=result.city,
            name="concentration",
        )
        kept = downloads.table(found.curve, principal, result.city, "concentration", held.version)
        downloads.row([kept, *drawn], key="concentration")
    with right, cards.block("curve_table", title=_("concentration.table")):
        cards.table(_table(found), _columns(), caption=_("concentration.table"))
        cards.method_note(_lines(found), concentration_command(result))


def _marks(found: Concentration) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "area_share": [found.area_for[share] for share in NAMED],
            "event_share": list(NAMED),
            "label": [
                _(
                    "concentration.mark",
                    events=percent(share),
                    area=percent(found.area_for[share], 1),
                )
                for share in NAMED
            ],
        }
    )


def _table(found: Concentration) -> pd.DataFrame:
    pairs = sorted([*found.area_for.items(), (found.in_fifth, FIFTH)], key=lambda pair: pair[1])
    rows = [(percent(events, 1), percent(area, 1)) for events, area in pairs]
    return pd.DataFrame(rows, columns=["events", "area"])


def _columns() -> dict[str, str]:
    return {"events": _("column.event_share"), "area": _("column.share")}


def _lines(found: Concentration) -> list[str]:
    return [
        _("concentration.gini", gini=number(found.gini, 2)),
        _(
            "concentration.cells",
            n=round(found.n),
            cells=found.n_cells,
            metres=number(found.cell_m),
        ),
    ]
