"""The command that puts a record without coordinates in its place."""

from typing import Annotated

import typer

from analytics.commands import console
from analytics.commands.hotspots import City_
from analytics.intake import Intake
from analytics.settings import load_settings
from analytics.unlocated import place_event, withdraw_event


@console.guarded
def place_event_command(
    event_id: Annotated[str, typer.Argument(help="Id of the record's event.")],
    city: City_,
    longitude: Annotated[float | None, typer.Option(help="Degrees east, EPSG:4326.")] = None,
    latitude: Annotated[float | None, typer.Option(help="Degrees north, EPSG:4326.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the place back.")] = False,
) -> None:
    """Put a record without coordinates in its place and publish; its batch stays as it is."""
    settings = load_settings()
    intake = Intake(settings, console.database(), settings.city(city), console.actor())
    if undo and longitude is None and latitude is None:
        version = withdraw_event(intake, event_id)
    elif not undo and longitude is not None and latitude is not None:
        version = place_event(intake, event_id, longitude, latitude)
    else:
        raise typer.BadParameter("--longitude X and --latitude Y, or --undo")
    console.say("cli.published", city=intake.city.name, version=version.version_id)
