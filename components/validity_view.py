"""The block beside the map that says whether the map tells where the next events fall."""

from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import validate_command
from analytics.datasets import Dataset
from analytics.errors import AnalyticsError
from analytics.events.filters import Filters
from analytics.exports.frames import frame_csv
from analytics.hotspots.concentration import area_holding, generalised_gini
from analytics.hotspots.scoring import MODELS, SHARES
from analytics.hotspots.surface import HEADLINE_SHARE, HotspotSurface
from analytics.hotspots.validity import Holdout, Validity, holdout_like
from components import cards, charts, downloads, notices, pictures
from components.language import _, _n, day_range, number, percent, sentence_of
from components.tokens import Palette, palette


def block(principal: Principal, held: Dataset, result: HotspotSurface) -> None:
    """Draw figure, verdict, method and download; a refusal says what is missing."""
    with cards.block("validity", title=_("validity.title"), note=_("validity.note")):
        # Several windows cost more than the rest of the page: computed when asked for.
        if not st.toggle(_("validity.ask"), key="validity", persist_state="session"):
            return
        try:
            found = _tested(principal, held, result)
        except AnalyticsError as refusal:
            notices.empty(sentence_of(refusal))
            return
        chart = figure(found, palette())
        charts.show(chart, alt=_("validity.alt"))
        cards.method_note([_("validity.key"), verdict(found)])
        with st.container(key="link_validity", horizontal=True, gap="medium"):
            with st.popover(_("validity.how"), key="chip_validity", type="tertiary"):
                cards.table(table(found), columns(), caption=_("validity.title"))
                cards.method_note(method_lines(found, result), validate_command(found))
            drawn = pictures.figure(
                chart,
                palette(),
                title=_("validity.title"),
                principal=principal,
                city=found.city,
                name="validity",
            )
            downloads.row([_download(principal, found, held), *drawn], key="validity")


def figure(found: Validity, colours: Palette) -> Any:
    """Draw how many times better than chance each model did, in the page's language."""
    return charts.times_better(
        found.summary,
        colours,
        names={model: _(f"validity.{model}") for model in MODELS},
        chance=_("validity.chance"),
        share=_share,
        times=_times,
    )


def verdict(found: Validity) -> str:
    """Say in words whether the density map did better than the plain count."""
    density, count = (found.at(HEADLINE_SHARE, model) for model in ("density", "count"))
    values = {
        "area": percent(HEADLINE_SHARE),
        "density": percent(density["hit_rate"]),
        "count": percent(count["hit_rate"]),
        "won": found.shares_won,
        "of": len(SHARES),
    }
    beats = density["n"] > count["n"]
    said = _("validity.beats", **values) if beats else _("validity.does_not_beat", **values)
    return said if found.is_clear else f"{said} {_('validity.within_error')}"


def held_out_like(held: Dataset, result: HotspotSurface) -> tuple[Filters, Holdout]:
    """Return how maps of the same length and filters are tested up to the last day shown."""
    last = min(result.period[1], held.period[1])
    holdout = holdout_like(result.days, (last - held.period[0]).days + 1)
    return replace(result.filters, date_from=None, date_to=last), holdout


def _tested(principal: Principal, held: Dataset, result: HotspotSurface) -> Validity:
    filters, holdout = held_out_like(held, result)
    return loaders.validity(principal, result.city, filters, result.method, holdout)


def method_lines(found: Validity, result: HotspotSurface) -> list[str]:
    """Say how the map was judged, one sentence each."""
    holdout = found.holdout
    lines = [
        _n("validity.windows", holdout.windows),
        _(
            "validity.days",
            train=holdout.train_days,
            test=holdout.test_days,
            period=day_range(found.windows[0].test[0], found.windows[-1].test[1]),
            n=round(sum(found.n_test)),
        ),
        _("validity.interval", what=_(f"validity.resampled_{found.resampled}"), seed=found.seed),
        _("validity.ties", cells=found.n_cells),
    ]
    if result.n is not None and result.n_in_area > 0:
        counts, study = result.n, result.grid.study
        lines.append(
            _(
                "validity.concentration",
                quarter=percent(area_holding(counts, study, 0.25), 1),
                half=percent(area_holding(counts, study, 0.5), 1),
                gini=number(generalised_gini(counts, study), 2),
            )
        )
    return lines


def table(found: Validity) -> pd.DataFrame:
    """Twin of the figure: PAI of each model, PEI* of the density."""
    rows = []
    for share in SHARES:
        scores = {model: found.at(share, model) for model in MODELS}
        density = scores["density"]
        rows.append(
            {
                "share": _share(share),
                **{model: number(row["pai"], 1) for model, row in scores.items()},
                "range": f"{number(density['pai_low'], 1)}–{number(density['pai_high'], 1)}",
                "pei": number(density["pei_star"], 2),
            }
        )
    return pd.DataFrame(rows)


def columns() -> dict[str, str]:
    """Name the columns of :func:`table`."""
    models = {model: _(f"validity.{model}") for model in MODELS}
    return {
        "share": _("column.share"),
        "density": models["density"],
        "range": _("validity.range"),
        "count": models["count"],
        "prospective": models["prospective"],
        "best": models["best"],
        "pei": "PEI*",
    }


def _download(principal: Principal, found: Validity, held: Dataset) -> downloads.Download:
    frame = found.frame
    days = (found.windows[0].test[0], found.windows[-1].test[1])
    return downloads.Download(
        "CSV",
        downloads.audited(
            principal,
            found.city,
            lambda: frame_csv(frame),
            kind="validity",
            rows=len(frame),
            version=held.version,
        ),
        downloads.file_name(
            found.city, "validity", *(day.isoformat() for day in days), extension="csv"
        ),
        "text/csv",
    )


def _share(value: float) -> str:
    return percent(value, 1 if value < min(SHARES[1:]) else 0)


def _times(value: float) -> str:
    return _("validity.times", times=number(value, 0 if float(value).is_integer() else 1))
