"""Commands that keep an installation sound: ``demo``, ``migrate``, ``doctor``."""

from datetime import datetime
from typing import Annotated

import typer

from analytics.basemaps.publishing import publish_basemap
from analytics.commands import console
from analytics.commands.hotspots import Json_
from analytics.demo.build import INCIDENTS, SEED, build_demo
from analytics.events.checks import check_store, sweep
from analytics.settings import ROOT, load_settings
from analytics.store.database import migrate


@console.guarded
def demo(
    incidents: Annotated[int, typer.Option(min=1_000, help="Over 36 months.")] = INCIDENTS,
    seed: Annotated[int, typer.Option(min=0, help="Another seed invents another city.")] = SEED,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="A day of the last month; default: last month."),
    ] = None,
) -> None:
    """Build the demonstration store if it is absent; print its sign-ins."""
    settings = load_settings()
    report = build_demo(
        settings,
        console.database(),
        seed=seed,
        until=until.date() if until else None,
        n_incidents=incidents,
        progress=lambda done, total: console.progress(done, total),
    )
    for city in settings.cities.values():
        publish_basemap(settings, city)
    console.say("cli.demo_ready", home=str(settings.home))
    for username, password in report.sign_ins.items():
        typer.echo(f"  {username:<12} {password}")


@console.guarded
def migrate_command() -> None:
    """Bring the program store to the newest schema."""
    migrate(load_settings())
    console.say("cli.migrated")


@console.guarded
def doctor(
    sweep_staging: Annotated[
        bool, typer.Option("--sweep", help="Remove old staging files.")
    ] = False,
    as_json: Json_ = False,
) -> None:
    """Check the store against its manifest; exit 1 when something is found."""
    settings, db = load_settings(), console.database()
    if sweep_staging:
        console.say("cli.swept", n=len(sweep(settings, db)))
    if settings.home.is_relative_to(ROOT):
        console.say("cli.home_in_checkout", home=str(settings.home))
    findings = check_store(settings, db)
    if as_json:
        console.put(findings, as_json=True)
    for finding in findings:
        console.say(f"finding.{finding.kind}", path=finding.path)
    console.say("cli.findings", n=len(findings))
    if findings:
        raise typer.Exit(console.REFUSED)
