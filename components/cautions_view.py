"""The block that keeps a hotspot from being read for more than it says."""

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import cautions_command
from analytics.datasets import Dataset
from analytics.hotspots.cautions import (
    LOCATED_ENOUGH,
    MOSTLY_DETECTED,
    MOSTLY_ONE_SOURCE,
    SMALL_NUMBER,
    Cautions,
    Cluster,
)
from analytics.hotspots.surface import HotspotSurface
from components import cards, downloads, notices
from components.language import _, _n, number, percent
from components.tokens import MARKS

NAMED_SOURCES = 3


def block(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    """Take each hotspot apart by source and detection; say what the records cannot tell."""
    found = loaders.cautions(principal, result.city, result.filters, result.method)
    left, right = st.columns([1.6, 1], gap="large")
    with (
        left,
        cards.block("clusters", title=_("cautions.title"), note=_clusters_note(found)),
    ):
        for text in feedback(found):
            notices.warning(text)
        if found.clusters:
            cards.table(_table(found), _columns(), caption=_("cautions.title"))
        cards.method_note([_rules()], cautions_command(result))
        kept = downloads.table(
            found.to_frame(), principal, result.city, "hotspot-sources", held.version
        )
        downloads.row([kept], key="cautions")
    with right:
        _reading(held, found)


def feedback(found: Cautions) -> list[str]:
    """Word the warnings: hotspots made of what patrols find, of one source, or of few records."""
    said = []
    for flag in ("detected", "one_source", "small"):
        numbers = [number(cluster.number) for cluster in found.flagged(flag)]
        if numbers:
            said.append(_n(f"cautions.warn_{flag}", len(numbers), which=", ".join(numbers)))
    return said


def _reading(held: Dataset, found: Cautions) -> None:
    with cards.block("unreported", title=_("cautions.unreported")):
        reporting = held.city.reporting
        if reporting is None:
            cards.method_note([_("cautions.no_rate", key=f"cities.{held.city.key}.reporting")])
        else:
            cards.method_note(
                [
                    _(
                        "cautions.rate",
                        rate=percent(reporting.rate),
                        survey=reporting.survey,
                        times=number(1 / reporting.rate, 1),
                    ),
                    _("cautions.rate_uneven"),
                ]
            )
    with cards.block("located", title=_("cautions.located")):
        if found.is_badly_located:
            notices.warning(
                _(
                    "cautions.badly_located",
                    share=percent(found.located),
                    enough=percent(LOCATED_ENOUGH),
                )
            )
        rows = found.located_by_source
        shown = pd.DataFrame(
            {
                "source": rows["source"],
                "n": [number(n, 0) for n in rows["n"]],
                "share": [percent(share, 1) for share in rows["share"]],
            }
        )
        columns = {"source": _("column.source"), "n": _("column.n"), "share": _("column.located")}
        cards.table(shown, columns, caption=_("cautions.located"))
        cards.method_note([_("cautions.geocoding", metres=number(held.city.cell_m))])


def _clusters_note(found: Cautions) -> str:
    if not found.clusters:
        return _("cautions.none")
    return _n("cautions.note", len(found.clusters), detected=percent(found.detected))


def _table(found: Cautions) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "hotspot": number(cluster.number),
                "place": f"{number(cluster.x_m)} · {number(cluster.y_m)}",
                "n": number(cluster.n, 0),
                "share": percent(cluster.share, 1),
                "detected": percent(cluster.detected) if cluster.n > 0 else "",
                "sources": _sources(cluster),
                "warning": _flags(cluster),
            }
            for cluster in found.clusters
        ]
    )


def _columns() -> dict[str, str]:
    return {
        "hotspot": _("column.hotspot"),
        "place": _("column.place"),
        "n": _("column.n"),
        "share": _("column.of_all"),
        "detected": _("column.detected"),
        "sources": _("column.sources"),
        "warning": _("column.warning"),
    }


def _sources(cluster: Cluster) -> str:
    named = list(cluster.sources.items())[:NAMED_SOURCES]
    return " · ".join(f"{source} {percent(share)}" for source, share in named)


def _flags(cluster: Cluster) -> str:
    words = [_(f"cautions.flag_{flag}") for flag in cluster.flags]
    return f"{MARKS['risk']}\u00a0{', '.join(words)}" if words else ""


def _rules() -> str:
    return _(
        "cautions.rules",
        detected=percent(MOSTLY_DETECTED),
        one=percent(MOSTLY_ONE_SOURCE),
        small=SMALL_NUMBER,
    )
