"""The block that says whether events draw others near them: the Knox table and its sentence."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import near_repeat_command
from analytics.datasets import Dataset
from analytics.errors import FilterError
from analytics.hotspots.near_repeat import LEVEL, MIN_RATIO, Bands, KnoxTable, NearRepeat
from analytics.hotspots.surface import HotspotSurface
from components import cards, charts, downloads, pictures, space_time_charts
from components.language import _, _n, number, percent
from components.tokens import palette

SPACE_M = "0, 1, 100, 200, 300, 400"
TIME_DAYS = "0, 1, 4, 7, 14"
ASK = "near_repeat_ask"
TOLD_EVERY = 20  # permutations between two redraws of the bar
Edge = TypeVar("Edge", int, float)


def block(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    """Ask for bands, compute when told to, and draw table, sentence, method and downloads."""
    with cards.block("near_repeat", title=_("near_repeat.title"), note=_("near_repeat.note")):
        with st.container(key="chips_near_repeat", horizontal=True, vertical_alignment="bottom"):
            space = st.text_input(
                _("near_repeat.space"), SPACE_M, key="near_space", persist_state="session",
                width=240,
            )  # fmt: skip
            time = st.text_input(
                _("near_repeat.time"), TIME_DAYS, key="near_time", persist_state="session",
                width=180,
            )  # fmt: skip
            is_asked = st.toggle(_("near_repeat.ask"), key=ASK, persist_state="session")
        if not is_asked:
            return
        bands = Bands(_edges(space, float), _edges(time, int))
        found = _computed(principal, result, bands)
        left, right = st.columns([1.6, 1], gap="large")
        with left:
            _table(principal, held, found)
        with right:
            cards.lede([sentence(found.table), *_lines(found)])
            cards.method_note(_method(found), near_repeat_command(found))


def sentence(table: KnoxTable) -> str:
    """Say in one sentence where and how long an event draws others."""
    band = table.risk_band
    if band is None:
        return _("near_repeat.no_band")
    (near, far), (_first, until) = band.metres, band.days
    where = (
        _("near_repeat.within", metres=number(far))
        if near == 0
        else _("near_repeat.between", near=number(near), far=number(far))
    )
    return _(
        "near_repeat.band",
        where=where,
        when=_days_after(until - 1),
        ratio=number(band.ratio, 1),
        p=number(band.p, 3),
    )


def cancel() -> None:
    """Take the question back: the run under way ends at its next sign of life."""
    st.session_state[ASK] = False


def _computed(principal: Principal, result: HotspotSurface, bands: Bands) -> NearRepeat:
    """Compute with a bar and a way out, both gone when it is done."""
    place = st.empty()
    with place.container(key="near_repeat_running", horizontal=True):
        bar = st.progress(0.0, text=_("near_repeat.running"))
        st.button(_("near_repeat.cancel"), key="near_repeat_cancel", on_click=cancel)

    def tell(done: int, total: int) -> None:
        # Drawing is also where a press of the button ends this run.
        if done % TOLD_EVERY == 0:
            bar.progress(done / total, text=_("near_repeat.running"))

    found = loaders.near_repeat(principal, result.city, result.filters, bands, progress=tell)
    place.empty()
    return found


def _table(principal: Principal, held: Dataset, found: NearRepeat) -> None:
    table = found.table.to_frame()
    words = pd.DataFrame(
        {
            "space": [_space(a, b) for a, b in table[["s_from", "s_to"]].to_numpy()],
            "time": [_time(int(a), int(b)) for a, b in table[["t_from", "t_to"]].to_numpy()],
            "ratio": table["ratio"],
            "beyond": (table["p"] <= LEVEL) & (table["ratio"] >= MIN_RATIO),
            "ratio_text": [
                _("near_repeat.times", ratio=number(ratio, 1)) if np.isfinite(ratio) else "–"
                for ratio in table["ratio"]
            ],
            "p_text": [_("near_repeat.p", p=number(p, 3)) for p in table["p"]],
            "pairs_text": [
                _("near_repeat.pairs", observed=number(o, 0), expected=number(e, 1))
                for o, e in table[["observed", "expected"]].to_numpy()
            ],
        }
    )
    chart = space_time_charts.knox_heat(
        words, palette(), words={"pairs_text": _("near_repeat.pairs_title")}
    )
    charts.show(chart, alt=_("near_repeat.alt", said=sentence(found.table)))
    with st.container(key="link_near_repeat", horizontal=True, gap="medium"):
        with st.popover(_("near_repeat.figures"), key="chip_near_table", type="tertiary"):
            names = ("space", "time", "ratio_text", "p_text", "pairs_text")
            cards.table(
                words,
                {name: _(f"near_repeat.column_{name}") for name in names},
                caption=_("near_repeat.title"),
            )
        kept = downloads.table(table, principal, found.city, "near-repeat", held.version)
        drawn = pictures.figure(
            chart,
            palette(),
            title=_("near_repeat.title"),
            principal=principal,
            city=found.city,
            name="near-repeat",
        )
        downloads.row([kept, *drawn], key="near_repeat")


def _lines(found: NearRepeat) -> list[str]:
    n = found.table.n
    bands = found.table.bands
    return [
        _(
            "near_repeat.labels",
            repeats=percent(found.labels["repeat"] / n),
            near=percent(found.labels["near_repeat"] / n),
            metres=number(bands.space_m[-1]),
            days=bands.time_days[-1],
        )
    ]


def _method(found: NearRepeat) -> list[str]:
    bands = found.table.bands
    return [
        _("near_repeat.method", permutations=bands.permutations, seed=bands.seed),
        _("near_repeat.counted", n=found.table.n, left_out=round(found.n_left_out)),
        _("near_repeat.rounding"),
    ]


def _space(near: float, far: float) -> str:
    if near == 0 and far <= 1:
        return _("near_repeat.same_place")
    return _("near_repeat.metres", near=number(near), far=number(far))


def _time(first: int, until: int) -> str:
    if until - first == 1:
        return _("near_repeat.same_day") if first == 0 else _n("near_repeat.day", first)
    return _("near_repeat.days", first=first, last=until - 1)


def _days_after(last: int) -> str:
    return _("near_repeat.on_the_day") if last == 0 else _n("near_repeat.until", last)


def _edges(text: str, read: Callable[[str], Edge]) -> tuple[Edge, ...]:
    try:
        return tuple(read(part) for part in text.split(","))
    except ValueError as error:
        raise FilterError("near_repeat.bands", value=text) from error
