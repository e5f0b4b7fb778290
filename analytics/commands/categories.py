"""Commands that list published category names and place them in the taxonomy."""

from typing import Annotated

import typer

from analytics import categories
from analytics.commands import console
from analytics.commands.hotspots import City_, Json_
from analytics.intake import Intake
from analytics.settings import load_settings


@console.guarded
def categories_command(
    city: City_,
    unplaced: Annotated[bool, typer.Option("--unplaced", help="Only those without a key.")] = False,
    as_json: Json_ = False,
) -> None:
    """List the published category names of a city with the taxonomy key each leads to."""
    listed = categories.unplaced if unplaced else categories.named
    console.put(listed(_intake(city)).to_dict("records"), as_json=as_json)


@console.guarded
def place_command(
    name: Annotated[str, typer.Argument(help="Category name as published.")],
    city: City_,
    key: Annotated[str, typer.Option("--as", help="Key of the taxonomy.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Forget the placement.")] = False,
) -> None:
    """Place a published category name in the taxonomy and publish; no file is read again."""
    if undo == bool(key):
        raise typer.BadParameter("--as KEY or --undo")
    intake = _intake(city)
    made = categories.withdraw(intake, name) if undo else categories.place(intake, name, key)
    console.say("cli.published", city=intake.city.name, version=made.version_id)


def _intake(city: str) -> Intake:
    settings = load_settings()
    return Intake(settings, console.database(), settings.city(city), console.actor())
