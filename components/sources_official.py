"""The city's months beside official ones: a picture per line, the latest counted year."""

from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.errors import AnalyticsError
from analytics.intake import Holdings
from analytics.totals import SourceTotals
from components import cards, charts, downloads
from components.language import _, month, number, percent, sentence_of
from components.notices import refusal
from components.tokens import palette

LINES = ("official", "ours", "difference")
MONTHS = 12


def official(principal: Principal, held: Holdings, found: SourceTotals) -> None:
    """Draw official, own and difference by month, where the settings name an official file."""
    if found.official is None:
        return
    with cards.block("official", title=_("official.title"), note=_("official.note")):
        if isinstance(found.official, AnalyticsError):
            refusal(sentence_of(found.official))
            return
        frame = found.official
        counted = frame[frame["ours"].notna()]
        _pictures(counted)
        latest = (frame if counted.empty else counted)[::-1].head(MONTHS)
        shown = [_row(row) for row in latest.to_dict("records")]
        columns = ("month", *LINES, "share")
        heads = {name: _(f"official.{name}") for name in columns}
        cards.table(pd.DataFrame(shown), heads, caption=_("official.title"))
        city_key = held.city.key

        def made() -> bytes:
            months = loaders.totals(principal, city_key).official
            return downloads.csv_bytes(months if isinstance(months, pd.DataFrame) else frame[:0])

        data = downloads.audited(principal, city_key, made, kind="csv", rows=len(frame))
        name = downloads.file_name(city_key, "official", extension="csv")
        item = downloads.Download(_("official.csv"), data, name, "text/csv")
        downloads.row([item], key="official")


def _pictures(frame: pd.DataFrame) -> None:
    if frame.empty:
        return
    for place, line in zip(st.columns(len(LINES), gap="medium"), LINES, strict=True):
        with place:
            st.html(f'<p class="proof">{escape(_(f"official.{line}"))}</p>')
            data = pd.DataFrame({"when": frame["month"], "n": frame[line]})
            if data["n"].notna().any():
                chart = charts.trend(data, palette(), number=number, moment=month)
                charts.show(chart, alt=_("official.alt", line=_(f"official.{line}")))


def _row(row: Mapping[Hashable, Any]) -> dict[str, str]:
    at = month(pd.Timestamp(row["month"]))
    told = {"month": f"{at} · {_('official.partial')}" if row["is_partial"] else at}
    for name in (*LINES, "share"):
        write = percent if name == "share" else number
        told[name] = _("official.none") if pd.isna(row[name]) else write(row[name])
    return told
