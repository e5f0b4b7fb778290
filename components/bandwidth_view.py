"""The block that says how far to smooth: rules of thumb as hints, later events as the judge."""

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import bandwidths_command
from analytics.datasets import Dataset
from analytics.errors import AnalyticsError
from analytics.exports.frames import frame_csv
from analytics.hotspots.bandwidths import CANDIDATES_M, RULES, BandwidthChoice
from analytics.hotspots.surface import HEADLINE_SHARE, HotspotSurface
from analytics.settings import BANDWIDTH_RANGE_M
from components import cards, charts, downloads, hotspot_charts, notices, pictures
from components.language import _, number, percent, sentence_of
from components.tokens import palette
from components.validity_view import held_out_like

PRACTICE_M = (150.0, 500.0)
JUDGES = {"likelihood": "by_likelihood_m", "pai": "by_pai_m"}


def block(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    """Draw the bandwidth in force on a scale of metres, beside what it could be."""
    hints = loaders.bandwidth_rules(principal, result.city, result.filters, result.method.kernel)
    left, right = st.columns([1.25, 1], gap="large")
    with right, cards.block("bandwidth_choice", title=_("bandwidth.choice")):
        cards.method_note([_("bandwidth.choice_note")])
        choice = None
        if st.toggle(_("bandwidth.ask"), key="bandwidth_ask", persist_state="session"):
            choice = _choice(principal, held, result)
    with left, cards.block("bandwidth", title=_("bandwidth.title"), note=_("bandwidth.note")):
        _scale(principal, result, hints, choice)
        kernel = _(f"kernel.{result.method.kernel}")
        cards.method_note([_("bandwidth.rules", kernel=kernel), _("method.edges")])


def use(bandwidth_m: float) -> None:
    """Put a bandwidth in force: as if it had been typed into its field."""
    st.session_state["bandwidth_m"] = float(bandwidth_m)


def _scale(
    principal: Principal,
    result: HotspotSurface,
    hints: dict[str, float],
    choice: BandwidthChoice | None,
) -> None:
    rows = [(_(f"bandwidth.{rule}"), hints[rule], False) for rule in RULES]
    if choice is not None:
        rows += [
            (_(f"bandwidth.by_{k}"), getattr(choice, name), True) for k, name in JUDGES.items()
        ]
    frame = pd.DataFrame(rows, columns=["name", "bandwidth_m", "is_tested"])
    chart = hotspot_charts.bandwidth_scale(
        frame,
        palette(),
        chosen=result.method.bandwidth_m,
        chosen_label=_("bandwidth.chosen", metres=number(result.method.bandwidth_m)),
        practice=PRACTICE_M,
        bounds=BANDWIDTH_RANGE_M,
        metres=_metres,
    )
    charts.show(chart, alt=_("bandwidth.alt"))
    data = frame.drop(columns="is_tested")
    kept = downloads.Download(
        "CSV",
        downloads.audited(principal, result.city, lambda: frame_csv(data), kind="bandwidth-rules"),
        downloads.file_name(result.city, "bandwidth-rules", extension="csv"),
        "text/csv",
    )
    drawn = pictures.linked(
        chart,
        palette(),
        title=_("bandwidth.title"),
        principal=principal,
        city=result.city,
        name="bandwidth-rules",
    )
    downloads.row([kept, *drawn], key="bandwidth_rules")


def _choice(principal: Principal, held: Dataset, result: HotspotSurface) -> BandwidthChoice | None:
    """Let later events judge the candidates; a refusal says what is missing."""
    filters, holdout = held_out_like(held, result)
    try:
        found = loaders.bandwidth_choice(principal, result.city, filters, result.method, holdout)
    except AnalyticsError as refusal:
        notices.empty(sentence_of(refusal))
        return None
    with st.container(key="chips_bandwidth", horizontal=True):
        for best in sorted({found.by_likelihood_m, found.by_pai_m}):
            st.button(
                _("bandwidth.use", metres=number(best)),
                key=f"use_bandwidth_{best:g}",
                on_click=use,
                args=(best,),
                disabled=best == result.method.bandwidth_m,
            )
    cards.table(_table(found), _columns(), caption=_("bandwidth.choice"))
    lines = [
        _(
            "bandwidth.windows",
            windows=holdout.windows,
            train=holdout.train_days,
            test=holdout.test_days,
            area=percent(HEADLINE_SHARE),
        )
    ]
    if CANDIDATES_M[0] in (found.by_likelihood_m, found.by_pai_m):
        lines.append(_("bandwidth.at_the_edge", metres=number(CANDIDATES_M[0])))
    cards.method_note(lines, bandwidths_command(found))
    frame = found.frame
    kept = downloads.Download(
        "CSV",
        downloads.audited(principal, result.city, lambda: frame_csv(frame), kind="bandwidths"),
        downloads.file_name(result.city, "bandwidths", extension="csv"),
        "text/csv",
    )
    downloads.row([kept], key="bandwidths")
    return found


def _table(found: BandwidthChoice) -> pd.DataFrame:
    """Twin of the choice: every candidate, the best ones named."""
    rows = [
        {
            "bandwidth_m": _metres(row["bandwidth_m"]),
            "pai": number(row["pai"], 2),
            "range": f"{number(row['pai_low'], 2)}–{number(row['pai_high'], 2)}",
            "hit_rate": percent(row["hit_rate"], 1),
            "log_likelihood": number(row["log_likelihood"], 3),
            "best": ", ".join(
                _(f"bandwidth.judge_{key}")
                for key, name in JUDGES.items()
                if row["bandwidth_m"] == getattr(found, name)
            ),
        }
        for row in found.frame.to_dict("records")
    ]
    return pd.DataFrame(rows)


def _columns() -> dict[str, str]:
    return {
        "bandwidth_m": _("column.bandwidth_m"),
        "pai": "PAI",
        "range": _("validity.range"),
        "hit_rate": _("column.hit_rate"),
        "log_likelihood": _("column.log_likelihood"),
        "best": _("column.best"),
    }


def _metres(value: float) -> str:
    return _("bandwidth.metres", metres=number(value, 0))
