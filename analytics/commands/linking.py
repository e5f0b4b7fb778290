"""The command that finds which records of different sources are one incident."""

import math
from typing import Annotated, Any

import typer

from analytics.commands import console
from analytics.commands.hotspots import City_, Json_
from analytics.events.publishing import publish
from analytics.settings import load_settings
from analytics.sources.linkage import LinkReport, Method, Thresholds, link


@console.guarded
def link_command(
    city: City_,
    link_from: Annotated[float, typer.Option(help="Probability from which pairs are linked.")] = (
        Thresholds.link
    ),
    doubtful_from: Annotated[float, typer.Option(help="Probability from which to review.")] = (
        Thresholds.doubtful
    ),
    method: Annotated[
        Method, typer.Option(help="The rule, or Splink 5 (installed by hand) to compare with it.")
    ] = "rule",
    publish_after: Annotated[bool, typer.Option("--publish/--no-publish")] = True,
    as_json: Json_ = False,
) -> None:
    """Link the records of a city across sources and publish its incidents."""
    if not 0 < doubtful_from <= link_from <= 1:
        raise typer.BadParameter("0 < doubtful-from <= link-from <= 1")
    settings, db = load_settings(), console.database()
    place = settings.city(city)
    report = link(
        settings,
        db,
        place,
        actor=console.actor(),
        thresholds=Thresholds(link_from, doubtful_from),
        method=method,
    )
    if publish_after:
        version = publish(settings, db, place, actor=console.actor())
        console.say("cli.published", city=place.name, version=version.version_id)
    console.put(_flat(report), as_json=as_json)


def _flat(report: LinkReport) -> dict[str, Any]:
    """Put precision and recall beside the rest; null where no truth is known."""
    flat = vars(report) | {"precision": math.nan, "recall": math.nan}
    if (known := flat.pop("quality")) is not None:
        flat |= vars(known)
    return flat
