"""What every command shares: who acts, in which language it speaks, how it fails."""

import getpass
import json
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import numpy as np
import typer

from analytics.access import Principal
from analytics.errors import AnalyticsError, SourceError
from analytics.settings import LANGUAGES, load_settings
from analytics.store.database import Database, open_database
from components.catalogue import translate

REFUSED, INTERNAL = 1, 3
P = ParamSpec("P")


def actor() -> str:
    """Name the acting system user for the audit: ``cli:<user>``."""
    return f"cli:{getpass.getuser()}"


def principal() -> Principal:
    """Return the command line's principal, who may do everything everywhere."""
    return Principal(username=actor(), name=actor(), system=True)


def database() -> Database:
    """Open the program store named by the settings."""
    return open_database(load_settings())


def language() -> str:
    """Read the language from the environment; Spanish where none of ours is set."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        code = os.environ.get(name, "")[:2].lower()
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]


def word(key: str, /, **values: object) -> str:
    """Return a text of the message catalogue in the command line's language."""
    return translate(language(), key, **values)


def spanish(key: str, /, **values: object) -> str:
    """Return the Spanish text of the message catalogue, for what a law wants in Spanish."""
    return translate("es", key, **values)


def say(key: str, /, **values: object) -> None:
    """Write one translated line to stderr."""
    typer.echo(word(key, **values), err=True)


def put(value: Any, *, as_json: bool) -> None:
    """Write a result to stdout, as JSON or as ``key: value`` lines."""
    ready = json_ready(value)
    if as_json:
        typer.echo(json.dumps(ready, ensure_ascii=False, allow_nan=False))
        return
    for row in ready if isinstance(ready, list) else [ready]:
        for key, entry in row.items():
            text = entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False)
            typer.echo(f"{key}: {text}")


def json_ready(value: Any) -> Any:
    """Turn dataclasses, dates, paths and numpy values into what JSON knows; NaN becomes null."""
    if is_dataclass(value) and not isinstance(value, type):
        return json_ready(asdict(value))
    if isinstance(value, dict):
        return {str(key): json_ready(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [json_ready(entry) for entry in value]
    if isinstance(value, np.generic):
        return json_ready(value.item())
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value) if isinstance(value, Path) else value


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """Turn refusals into exit code 1 with a sentence, anything unforeseen into 3 with a log."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except AnalyticsError as refusal:
            say(f"error.{refusal.code}", **refusal.details)
            raise typer.Exit(REFUSED) from refusal
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except Exception as failure:
            logging.getLogger("cabildo").exception("command failed")
            say("cli.internal_failure", kind=type(failure).__name__)
            raise typer.Exit(INTERNAL) from failure

    return run


def progress(done: int, total: int) -> None:
    """Redraw one line on stderr with the share done, where a person is watching."""
    if sys.stderr.isatty():
        share = done / total if total else 1.0
        typer.echo(f"\r{share:6.1%}", err=True, nl=share >= 1)


def secret(prompt_key: str, file: Path | None) -> str:
    """Read a password from a file, or ask for it; never from an argument."""
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SourceError("source.unreadable", file=str(file), problem=str(error)) from error
    return str(typer.prompt(translate(language(), prompt_key), hide_input=True))
