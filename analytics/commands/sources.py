"""Commands that bring records in and publish them."""

from pathlib import Path
from typing import Annotated

import typer

from analytics.commands import console
from analytics.commands.hotspots import City_, Json_
from analytics.errors import StoreError
from analytics.events.comparison import BatchDifference
from analytics.intake import Intake
from analytics.settings import load_settings
from analytics.sources.mappings import read_mapping
from analytics.store import batches
from analytics.store.batches import VersionRow


@console.guarded
def import_command(  # noqa: PLR0913 — one parameter per option of the command
    city: City_,
    source: Annotated[str, typer.Option("--source", help="Name of the source of records.")],
    files: Annotated[list[Path] | None, typer.Argument(help="Files of any format.")] = None,
    query: Annotated[
        str | None, typer.Option(help="In place of files: a query of [queries.<name>].")
    ] = None,
    mapping: Annotated[Path | None, typer.Option(help="TOML file naming the columns.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only, store nothing.")] = False,
    replace: Annotated[
        str | None, typer.Option(help="Batch of an older version of the file; it is rolled back.")
    ] = None,
    publish_after: Annotated[bool, typer.Option("--publish/--no-publish")] = True,
    as_json: Json_ = False,
) -> None:
    """Import files or a query of one source and publish the city's new version."""
    if bool(files) == bool(query):
        raise typer.BadParameter("either FILE… or --query NAME")
    if replace and (dry_run or len(files or ()) > 1):
        raise typer.BadParameter("--replace BATCH takes one file, and not --dry-run")
    intake = _intake(city)
    wanted = [intake.settings.query(query)] if query else list(files or ())
    told = read_mapping(mapping) if mapping else None
    reports: list[dict[str, object]] = []
    try:
        for file in wanted:
            report = intake.bring_in(
                file,
                source=source,
                mapping=told,
                dry_run=dry_run,
                replaces=replace,
                progress=lambda rows, done, total: console.progress(done, total),
            )
            lines = console.json_ready(report)
            del lines["strays"]  # for a picture
            reports.append({"file": file.name, **lines})
            if not dry_run and (older := intake.holdings().older_version(report)):
                console.say("cli.older_version", file=older.file_name, batch=older.batch_id)
    finally:
        # A later file that is refused takes nothing from those before it.
        if reports and publish_after and not dry_run:
            _say_published(intake, intake.publish())
        if replace and reports:
            new = str(reports[0]["batch"])
            reports[0]["difference"] = _difference_if_any(intake, replace, new, as_json)
        if reports:
            console.put(reports if len(wanted) > 1 else reports[0], as_json=as_json)


@console.guarded
def publish_command(city: City_) -> None:
    """Join a city's active batches into the version that pages and commands read."""
    intake = _intake(city)
    _say_published(intake, intake.publish())


@console.guarded
def batches_command(city: City_, as_json: Json_ = False) -> None:
    """List the batches of a city, the oldest first."""
    load_settings().city(city)
    console.put(batches.batches(console.database(), city), as_json=as_json)


@console.guarded
def rollback(
    batch: str,
    undo: Annotated[bool, typer.Option("--undo", help="Put it back into the analysis.")] = False,
) -> None:
    """Take a batch out of the analysis; nothing is deleted. Publishes what remains."""
    intake = _intake(batches.find_batch(console.database(), batch).city)
    version = intake.restore(batch) if undo else intake.roll_back(batch)
    console.say("cli.restored" if undo else "cli.rolled_back", batch=batch)
    if version is None:
        console.say("cli.nothing_visible", city=intake.city.name)
    else:
        _say_published(intake, version)


@console.guarded
def compare(
    old: Annotated[str, typer.Argument(help="A batch.")],
    new: Annotated[str, typer.Argument(help="Another batch of the same city.")],
    as_json: Json_ = False,
) -> None:
    """Tell which events of two batches are added, removed, changed or unchanged."""
    intake = _intake(batches.find_batch(console.database(), old).city)
    console.put(_difference(intake.compare(old, new), with_ids=as_json), as_json=as_json)


def _difference(found: BatchDifference, *, with_ids: bool) -> dict[str, object]:
    """Numbers, and for machines the ids behind them."""
    numbers = {
        "old": found.old,
        "new": found.new,
        "n_added": len(found.added),
        "n_removed": len(found.removed),
        "n_changed": len(found.changed),
        "n_unchanged": found.unchanged,
        "changed_columns": found.changed_columns,
    }
    ids = {"added": found.added, "removed": found.removed, "changed": found.changed}
    return numbers | (ids if with_ids else {})


def _difference_if_any(
    intake: Intake, old: str, new: str, with_ids: bool
) -> dict[str, object] | None:
    """None where the old batch is damaged: it is replaced all the same, and that may be why."""
    try:
        return _difference(intake.compare(old, new), with_ids=with_ids)
    except StoreError as refusal:
        console.say(f"error.{refusal.code}", **refusal.details)
        return None


def _intake(city: str) -> Intake:
    settings = load_settings()
    return Intake(settings, console.database(), settings.city(city), console.actor())


def _say_published(intake: Intake, version: VersionRow) -> None:
    console.say("cli.published", city=intake.city.name, version=version.version_id)
