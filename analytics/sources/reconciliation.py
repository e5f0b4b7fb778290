"""A city's own counts against official ones, month by month."""

from collections.abc import Collection
from pathlib import Path

import numpy as np
import pandas as pd

from analytics.errors import SourceError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.settings import Official
from analytics.sources.aggregates import TidyCounts, read_counts
from analytics.sources.taxonomy import normalise


def monthly_totals(engine: EventEngine, filters: Filters) -> pd.DataFrame:
    """Count a city's dated events by month of their beginning.

    Parameters
    ----------
    engine : EventEngine
    filters : Filters
        Its choice between records and incidents is passed over: both are counted.

    Returns
    -------
    pandas.DataFrame
        A row for every month between the first and the last day that the city's events tell of,
        also without an event: ``month`` (first day), ``records``, ``incidents`` (int64) and
        ``is_partial``, where the events begin after the month's first day or end before its last.

    Raises
    ------
    TooFewEventsError
        If no event has a date.
    """
    first, last = (pd.Timestamp(day) for day in engine.period())
    months = pd.date_range(first.replace(day=1), last, freq="MS")
    frame = pd.DataFrame({"month": months})
    for column, records in (("records", True), ("incidents", False)):
        asked = Filters(**vars(filters) | {"records": records})
        rows = engine.counts(asked, ("month",)).to_pandas().dropna(subset="month")
        by_month = pd.Series(rows["n"].to_numpy(), index=pd.to_datetime(rows["month"]))
        frame[column] = by_month.reindex(months, fill_value=0).round().astype("int64").to_numpy()
    ends = frame["month"] + pd.offsets.MonthEnd(0)
    frame["is_partial"] = (frame["month"] < first) | (ends > last)
    return frame


def official_months(engine: EventEngine, official: Official, *, scratch: Path) -> pd.DataFrame:
    """Put a city's incidents by month beside the official counts that its settings name.

    Parameters
    ----------
    engine : EventEngine
    official : Official
    scratch : Path
        Folder where an archive is unpacked while it is read.

    Returns
    -------
    pandas.DataFrame
        As :func:`reconcile`.

    Raises
    ------
    AnalyticsError
        As :func:`monthly_totals`, :func:`reconcile` and
        :func:`analytics.sources.aggregates.read_counts` say.
    """
    counts = read_counts(
        official.file,
        scratch=scratch,
        area=official.area,
        area_column=official.area_column or None,
    )
    ours = monthly_totals(engine, Filters())
    return reconcile(ours, counts, crimes=official.crimes, file=official.file.name)


def reconcile(
    ours: pd.DataFrame,
    official: TidyCounts,
    *,
    crimes: Collection[str] = (),
    records: bool = False,
    file: str = "",
) -> pd.DataFrame:
    """Put a city's monthly totals beside the official ones.

    Nothing is corrected: a fractional count, as left by a thousands point that was read as a
    decimal point (1.096 for 1,096), enters the sum as published and flags its month.

    Parameters
    ----------
    ours : pandas.DataFrame
        As :func:`monthly_totals` returns it.
    official : TidyCounts
        Of the area that is meant; all its areas are added up.
    crimes : collection of str
        Only these official crimes, compared without case and accents; all where empty.
    records : bool
        Compare records instead of incidents.
    file : str
        Name of the official file, for refusals.

    Returns
    -------
    pandas.DataFrame
        A row per month that either side has: ``month``, ``official``, ``ours``, ``records``,
        ``incidents``, ``difference`` (ours − official), ``share`` (ours / official, NaN where
        that is 0), ``n_fractional`` (official cells that are no whole number), ``is_partial``
        (of ours). NaN where a side does not cover the month: not counted is not zero.

    Raises
    ------
    SourceError
        ``source.not_monthly`` if the official counts are by year; ``source.crime_unknown``.
    """
    if official.by_year:
        raise SourceError("source.not_monthly", file=file)
    wanted = _wanted(official.counts["crime"], crimes, file)
    chosen = official.counts[official.counts["crime"].isin(wanted)]
    theirs = chosen.groupby("month")["n"].sum().rename("official").astype(float).reset_index()
    frame = theirs.merge(ours, on="month", how="outer").sort_values("month", ignore_index=True)
    frame["ours"] = frame["records" if records else "incidents"]
    frame["difference"] = frame["ours"] - frame["official"]
    frame["share"] = frame["ours"] / frame["official"].replace(0, np.nan)
    odd = pd.Series([cell.month for cell in official.fractions if cell.crime in wanted])
    frame["n_fractional"] = frame["month"].map(odd.value_counts()).fillna(0).astype("int64")
    frame["is_partial"] = frame["is_partial"].eq(True)
    return frame[
        [
            "month",
            "official",
            "ours",
            "records",
            "incidents",
            "difference",
            "share",
            "n_fractional",
            "is_partial",
        ]
    ]


def _wanted(known: pd.Series, crimes: Collection[str], file: str) -> set[str]:
    names = set(known.unique())
    if not crimes:
        return names
    by_key = {normalise(name): name for name in names}
    for crime in crimes:
        if normalise(crime) not in by_key:
            raise SourceError(
                "source.crime_unknown", file=file, crime=crime, found=", ".join(sorted(names))
            )
    return {by_key[normalise(crime)] for crime in crimes}
