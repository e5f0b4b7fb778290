"""The command for a nightly job: everything new in a folder."""

from pathlib import Path
from typing import Annotated, Any

import typer

from analytics.commands import console
from analytics.commands.hotspots import City_, Json_
from analytics.folders import FileOutcome, bring_in_folder, publish_new
from analytics.intake import Intake
from analytics.settings import load_settings
from analytics.sources.mappings import read_mapping


@console.guarded
def import_folder(
    folder: Annotated[Path, typer.Argument(help="Folder; its sub-folders name the sources.")],
    city: City_,
    source: Annotated[
        str | None, typer.Option("--source", help="Name of the source of all files.")
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="TOML file naming the columns.")] = None,
    publish_after: Annotated[bool, typer.Option("--publish/--no-publish")] = True,
    as_json: Json_ = False,
) -> None:
    """Import every new file of a folder, publish once; exit 1 if a file was refused."""
    settings = load_settings()
    intake = Intake(settings, console.database(), settings.city(city), console.actor())
    told = read_mapping(mapping) if mapping else None
    outcomes = bring_in_folder(intake, folder, source=source, mapping=told, told=_say)
    try:
        if publish_after and (version := publish_new(intake)):
            console.say("cli.published", city=intake.city.name, version=version.version_id)
    finally:
        console.put([_flat(outcome) for outcome in outcomes], as_json=as_json)
    if any(outcome.state == "refused" for outcome in outcomes):
        raise typer.Exit(console.REFUSED)


def _say(outcome: FileOutcome) -> None:
    if outcome.state == "refused":
        console.say(f"error.{outcome.code}", **(outcome.details or {}))
    elif outcome.state == "known":
        console.say("cli.file_known", file=outcome.file, batch=outcome.batch)
    elif outcome.state == "rolled_back":
        console.say("cli.file_rolled_back", file=outcome.file, batch=outcome.batch)


def _flat(outcome: FileOutcome) -> dict[str, Any]:
    """Put counts beside the state; what was chosen while reading is in the batch's manifest."""
    report = outcome.report
    return {
        "file": outcome.file,
        "source": outcome.source,
        "state": outcome.state,
        "batch": outcome.batch,
        "rows": report.rows if report else None,
        "accepted": report.accepted if report else None,
        "quarantined": report.quarantined if report else None,
        "located_share": report.located_share if report else None,
        "error": outcome.code,
    }
