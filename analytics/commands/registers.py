"""The commands of a city's memory: its sister cities from a list, its register."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from analytics.commands import console
from analytics.commands.hotspots import City_, Json_
from analytics.scorecards.sister_cities import entries_of, read_relations
from analytics.settings import load_settings
from analytics.store import registers

ORIGIN = "Wikidata P190"


@console.guarded
def sister_cities(
    folder: Annotated[Path, typer.Argument(help="Folder with names.tsv and relations.tsv.")],
    city: City_,
    wikidata: Annotated[str, typer.Option("--wikidata", help="The city's id, such as Q2887.")],
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day of the list.")
    ] = None,
    origin: Annotated[str, typer.Option("--origin", help="What the list is.")] = ORIGIN,
    as_json: Json_ = False,
) -> None:
    """Add a city's sister cities from a list to its register, to be confirmed by the city."""
    key = load_settings().city(city).key
    relations = read_relations(folder, wikidata)
    listed = entries_of(relations, origin, as_of.date() if as_of else None)
    added, known = registers.import_entries(console.database(), key, listed, actor=console.actor())
    one_way = sum(relation.direction != "mutual" for relation in relations)
    told = {"city": key, "wikidata": wikidata, "n": len(relations), "one_way": one_way}
    console.put(told | {"added": added, "known": known}, as_json=as_json)


@console.guarded
def register_command(
    city: City_,
    kind: Annotated[str, typer.Option("--kind", help="One kind of entry; all by default.")] = "",
    as_json: Json_ = False,
) -> None:
    """List what a city's registers hold."""
    key = load_settings().city(city).key
    console.put(registers.entries(console.database(), key, kind or None), as_json=as_json)
