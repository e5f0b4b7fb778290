"""Commands about people: ``user add|assign|disable|passwd``."""

from pathlib import Path
from typing import Annotated

import typer

from analytics.access import ROLES
from analytics.commands import console
from analytics.errors import StoreError
from analytics.settings import load_settings
from analytics.store import people

PasswordFile = Annotated[
    Path | None, typer.Option(help="File that holds the password; asked for when left out.")
]
user = typer.Typer(no_args_is_help=True, help="Add, assign, disable people; change passwords.")


@user.command("add")
@console.guarded
def add(username: str, name: str, password_file: PasswordFile = None) -> None:
    """Add a person."""
    password = console.secret("cli.new_password", password_file)
    people.add_user(
        console.database(), username=username, name=name, password=password, actor=console.actor()
    )
    console.say("cli.user_added", username=username)


@user.command("assign")
@console.guarded
def assign(username: str, role: str, scope: str) -> None:
    """Give a person a role in a scope: a city key, a programme key or ``*``."""
    if role not in ROLES:
        raise StoreError("people.unknown_role", role=role, known=", ".join(ROLES))
    if scope != "*" and role != "coach":
        load_settings().city(scope)
    people.assign(
        console.database(), username=username, role=role, scope=scope, actor=console.actor()
    )
    console.say("cli.user_assigned", username=username, role=role, scope=scope)


@user.command("disable")
@console.guarded
def disable(username: str) -> None:
    """Close a person's account and every open session of it."""
    people.disable_user(console.database(), username, actor=console.actor())
    console.say("cli.user_disabled", username=username)


@user.command("passwd")
@console.guarded
def passwd(username: str, password_file: PasswordFile = None) -> None:
    """Set a person's password; every open session of the account ends."""
    password = console.secret("cli.new_password", password_file)
    people.set_password(console.database(), username, password, actor=console.actor())
    console.say("cli.password_set", username=username)
