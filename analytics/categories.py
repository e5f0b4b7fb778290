"""Published category names of a city: where each leads, and placing those that lead nowhere."""

import shlex

import pandas as pd

from analytics.errors import StoreError
from analytics.events.filters import Filters
from analytics.events.publishing import open_version
from analytics.intake import Intake
from analytics.sources.taxonomy import UNCLASSIFIED, normalise
from analytics.store import batches, placements
from analytics.store.batches import VersionRow

COLUMNS = ("source_category", "source", "category", "n", "placed")


def named(intake: Intake) -> pd.DataFrame:
    """Return the published names of the current version, the most frequent first.

    Returns
    -------
    pandas.DataFrame
        A row per name and source: ``source_category`` as published, ``source``, ``category``
        (taxonomy key, ``unclassified`` where nothing leads on), ``n`` records, ``placed`` by a
        person or not. Empty if nothing is published. Records without a category text are left
        out: there is nothing to place.
    """
    version = batches.current_version(intake.db, intake.city.key)
    if version is None:
        return pd.DataFrame(columns=list(COLUMNS))
    engine = open_version(intake.settings, version)
    by = ("source_category", "source", "category")
    found: pd.DataFrame = engine.counts(Filters(records=True), by).to_pandas()
    found = found.dropna(subset=["source_category"]).astype({"n": "int64"})
    by_person = placements.placements(intake.db, intake.city.key)
    found["placed"] = [normalise(name) in by_person for name in found["source_category"]]
    order = ["n", "source_category", "source"]
    found = found.sort_values(order, ascending=[False, True, True], ignore_index=True)
    return found[list(COLUMNS)]


def unplaced(intake: Intake) -> pd.DataFrame:
    """Return those names of :func:`named` that lead to no category."""
    found = named(intake)
    return found[found["category"] == UNCLASSIFIED].reset_index(drop=True)


def place(intake: Intake, name: str, key: str) -> VersionRow:
    """Place a published name and publish the version that follows; no file is read again.

    Raises
    ------
    AnalyticsError
        As :func:`analytics.store.placements.place` and :meth:`Intake.publish` say.
    """
    placements.place(intake.db, intake.city.key, name, key, actor=intake.actor)
    return intake.publish()


def withdraw(intake: Intake, name: str) -> VersionRow:
    """Undo a placement and publish.

    Raises
    ------
    StoreError
        ``categories.not_placed`` if nobody placed the name.
    """
    if not placements.withdraw(intake.db, intake.city.key, name, actor=intake.actor):
        raise StoreError("categories.not_placed", name=name, city=intake.city.name)
    return intake.publish()


def place_line(city: str, name: str, key: str) -> str:
    """Return the command that places a name, as text to copy."""
    return shlex.join(["python", "-m", "analytics", "place", name, "--as", key, "--city", city])
