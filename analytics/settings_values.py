"""Values of a settings file, one by one: read, or refused with the key that holds them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analytics.errors import SettingsError


def path_value(value: Any, key: str, base: Path, home: Path) -> Path:
    """Read a path relative to ``base``; ``{home}`` in it stands for ``home``.

    Raises
    ------
    SettingsError
        As for every function here: ``settings.wrong_value`` with the key and what is expected.
    """
    check_value(isinstance(value, str) and bool(value), key, value, "a path")
    return Path(base / str(value).replace("{home}", str(home))).resolve()


def number_value(value: Any, key: str, low: float, high: float) -> float:
    """Read a number from ``low`` to ``high``."""
    ok = isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
    check_value(ok, key, value, f"{low:g}–{high:g}")
    return float(value)


def text_value(table: Mapping[str, Any], name: str, key: str, default: str) -> str:
    """Read a text of a table."""
    value = table.get(name, default)
    check_value(isinstance(value, str), key, value, "a text")
    return str(value)


def table_value(raw: Mapping[str, Any], name: str, known: set[str]) -> dict[str, Any]:
    """Read a table that holds no key but the known ones; empty where there is none."""
    table = raw.get(name, {})
    check_value(isinstance(table, dict), name, table, "a table")
    refuse_unknown(table, known, name + ".")
    return dict(table)


def refuse_unknown(table: Mapping[str, Any], known: set[str], where: str) -> None:
    """Raise ``settings.unknown_key`` for the first key that is not known."""
    for name in table:
        if name not in known:
            raise SettingsError(
                "settings.unknown_key", key=where + name, known=", ".join(sorted(known))
            )


def check_value(ok: bool, key: str, value: Any, expected: str) -> None:
    """Raise ``settings.wrong_value`` unless ``ok``."""
    if not ok:
        raise SettingsError("settings.wrong_value", key=key, value=value, expected=expected)
