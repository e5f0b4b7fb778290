"""Cabildo's settings: ``config.toml`` read once, checked whole, errors naming the key.

No secrets here. ``CABILDO_CONFIG`` names another file, ``CABILDO_HOME`` the store's folder.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from pyproj import CRS
from pyproj.exceptions import CRSError

from analytics.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("es", "pt", "en")
BANDWIDTH_RANGE_M = (50.0, 5000.0)  # below: finer than geocoding; above: a city is one blob
CELL_RANGE_M = (25.0, 2000.0)
PATH_KEYS = ("boundary", "areas", "basemap", "population", "network")


@dataclass(frozen=True)
class Official:
    """Official monthly counts of a city: a tidy table, the city's name in it, and which crimes.

    An empty ``area_column`` lets the names of the columns tell; no ``crimes`` are all of them.
    """

    file: Path
    area: str
    area_column: str = ""
    crimes: tuple[str, ...] = ()


@dataclass(frozen=True)
class City:
    """One city of ``[cities.<key>]``; lengths in metres, paths absolute.

    ``crs`` is projected and in metres. ``population`` is a layer of points or polygons with a
    ``population`` property; ``areas`` one of polygons, named by their property ``areas_name``;
    ``layers`` are what may be drawn over the map, by name. ``density_classes`` are the seven class
    floors of the fixed colour scale, in events per km² per 30 days; None lets the city's whole
    record set them. ``official`` are counts to put beside the city's own.
    """

    key: str
    name: str
    country: str
    timezone: str
    crs: str
    boundary: Path | None = None
    areas: Path | None = None
    areas_name: str = "name"
    basemap: Path | None = None
    basemap_attribution: str = ""
    population: Path | None = None
    network: Path | None = None
    layers: Mapping[str, Path] = field(default_factory=dict, hash=False)
    cell_m: float = 100.0
    bandwidth_m: float = 400.0
    density_classes: tuple[float, ...] | None = None
    synthetic: bool = False
    official: Official | None = None

    @property
    def official_file(self) -> Path | None:
        """The file of the official counts, if one is named."""
        return self.official.file if self.official else None


@dataclass(frozen=True)
class Query:
    """One SELECT of ``[queries.<name>]``; ``url_env`` names the variable that holds the URL."""

    name: str
    url_env: str
    select: str


@dataclass(frozen=True)
class Settings:
    """Everything ``config.toml`` says, validated."""

    path: Path
    home: Path
    title: str
    languages: tuple[str, ...]
    cities: Mapping[str, City]
    database_url: str
    engine_url: str
    trusted_proxies: tuple[str, ...]
    queries: Mapping[str, Query] = field(default_factory=dict)

    def city(self, key: str) -> City:
        """Return the city named ``key``.

        Raises
        ------
        SettingsError
            If no ``[cities.<key>]`` exists; names the file and the cities there are.
        """
        if key not in self.cities:
            raise SettingsError(
                "settings.unknown_city", key=key, file=self.path.name, known=", ".join(self.cities)
            )
        return self.cities[key]

    def query(self, name: str) -> Query:
        """Return the query of ``[queries.<name>]``.

        Raises
        ------
        SettingsError
            If there is none; names the file and the queries there are.
        """
        if name not in self.queries:
            known = ", ".join(self.queries) or "-"
            raise SettingsError(
                "settings.unknown_query", key=name, file=self.path.name, known=known
            )
        return self.queries[name]


def load_settings() -> Settings:
    """Read and check the settings named by the environment.

    Returns
    -------
    Settings
        Read anew only when the file or the environment changed.

    Raises
    ------
    SettingsError
        If the file is absent or not TOML, or a key is unknown, missing or wrong; names the key.
    """
    path, home = _places(os.environ.get("CABILDO_CONFIG"), os.environ.get("CABILDO_HOME"))
    try:
        return _read(path, home, path.stat().st_mtime_ns)
    except OSError as error:
        raise SettingsError(
            "settings.missing_file", key="CABILDO_CONFIG", file=str(path)
        ) from error


@lru_cache(maxsize=8)
def _places(config: str | None, home: str | None) -> tuple[Path, Path]:
    """Resolve once: a page asks for its settings many times in a run."""
    return (
        Path(config or ROOT / "config.toml").resolve(),
        Path(home or ROOT / "data" / "home").resolve(),
    )


@lru_cache(maxsize=8)
def _read(path: Path, home: Path, _mtime_ns: int) -> Settings:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(
            "settings.not_toml", key="-", file=path.name, problem=str(error)
        ) from error
    known = {"title", "languages", "cities", "database", "engine", "server", "queries"}
    _refuse_unknown(raw, known, "")
    languages = tuple(raw.get("languages", LANGUAGES))
    _check(
        set(languages) <= set(LANGUAGES) and bool(languages),
        "languages",
        languages,
        ", ".join(LANGUAGES),
    )
    cities = raw.get("cities", {})
    _check(isinstance(cities, dict) and bool(cities), "cities", cities, "[cities.<key>]")
    server = _table(raw, "server", {"trusted_proxies"})
    return Settings(
        path=path,
        home=home,
        title=_text(raw, "title", "title", "Cabildo"),
        languages=languages,
        cities={key: _city(key, table, path.parent, home) for key, table in cities.items()},
        database_url=_text(_table(raw, "database", {"url"}), "url", "database.url", "")
        or f"sqlite:///{home / 'cabildo.db'}",
        engine_url=_text(_table(raw, "engine", {"url"}), "url", "engine.url", ""),
        trusted_proxies=tuple(server.get("trusted_proxies", ())),
        queries=_queries(raw.get("queries", {})),
    )


def _city(key: str, table: Any, base: Path, home: Path) -> City:
    where = f"cities.{key}"
    _check(isinstance(table, dict), where, table, "a table")
    _check(key.isidentifier() or key.replace("-", "_").isidentifier(), where, key, "a-z 0-9 _ -")
    _refuse_unknown(table, {f.name for f in fields(City)} - {"key"}, where + ".")
    for name in ("name", "country", "timezone", "crs"):
        if name not in table:
            raise SettingsError("settings.missing_key", key=f"{where}.{name}", file="config.toml")
        _text(table, name, f"{where}.{name}", "")
    _check(
        table["timezone"] in available_timezones(), f"{where}.timezone", table["timezone"], "IANA"
    )
    _check_crs(table["crs"], f"{where}.crs")
    values = dict(table)
    for name in PATH_KEYS:
        if name in values:
            values[name] = _path(values[name], f"{where}.{name}", base, home)
    layers = values.get("layers", {})
    _check(isinstance(layers, dict), f"{where}.layers", layers, "a table")
    for name in layers:
        free = name.replace("-", "_").isidentifier() and name != "areas"
        _check(free, f"{where}.layers.{name}", name, "a-z 0-9 _ -")
    _text(values, "areas_name", f"{where}.areas_name", "name")
    values["layers"] = {n: _path(p, f"{where}.layers.{n}", base, home) for n, p in layers.items()}
    for name, (low, high) in (("cell_m", CELL_RANGE_M), ("bandwidth_m", BANDWIDTH_RANGE_M)):
        if name in values:
            values[name] = _number(values[name], f"{where}.{name}", low, high)
    if "density_classes" in values:
        values["density_classes"] = _classes(values["density_classes"], f"{where}.density_classes")
    if "official" in values:
        values["official"] = _official(values["official"], f"{where}.official", base, home)
    _check(
        isinstance(values.get("synthetic", False), bool),
        f"{where}.synthetic",
        values.get("synthetic"),
        "true / false",
    )
    return City(key=key, **values)


def _queries(raw: Any) -> dict[str, Query]:
    _check(isinstance(raw, dict), "queries", raw, "[queries.<name>]")
    queries: dict[str, Query] = {}
    for name, table in raw.items():
        where = f"queries.{name}"
        _check(isinstance(table, dict), where, table, "a table")
        _check(name.replace("-", "_").isidentifier(), where, name, "a-z 0-9 _ -")
        _refuse_unknown(table, {"url_env", "select"}, where + ".")
        for key in ("url_env", "select"):
            if key not in table:
                raise SettingsError(
                    "settings.missing_key", key=f"{where}.{key}", file="config.toml"
                )
        variable = _text(table, "url_env", f"{where}.url_env", "")
        # A URL here would put its password into the file, and into the refusal that quotes it.
        _check(variable.isidentifier(), f"{where}.url_env", "…", "NAME_OF_A_VARIABLE")
        queries[name] = Query(name, variable, _text(table, "select", f"{where}.select", ""))
    return queries


def _official(table: Any, key: str, base: Path, home: Path) -> Official:
    _check(isinstance(table, dict), key, table, "a table")
    _refuse_unknown(table, {f.name for f in fields(Official)}, key + ".")
    for name in ("file", "area"):
        if name not in table:
            raise SettingsError("settings.missing_key", key=f"{key}.{name}", file="config.toml")
    area, crimes = _text(table, "area", f"{key}.area", ""), table.get("crimes", [])
    _check(bool(area), f"{key}.area", area, "a name")
    are_texts = isinstance(crimes, list) and all(isinstance(crime, str) for crime in crimes)
    _check(are_texts, f"{key}.crimes", crimes, "a list of texts")
    return Official(
        file=_path(table["file"], f"{key}.file", base, home),
        area=area,
        area_column=_text(table, "area_column", f"{key}.area_column", ""),
        crimes=tuple(crimes),
    )


def _check_crs(text: str, key: str) -> None:
    try:
        crs = CRS.from_user_input(text)
    except CRSError as error:
        raise SettingsError("settings.crs_unknown", key=key, value=text) from error
    unit = crs.axis_info[0].unit_name if crs.axis_info else ""
    if not crs.is_projected or unit not in ("metre", "meter"):
        raise SettingsError("settings.crs_not_metres", key=key, value=text)


def _classes(value: Any, key: str) -> tuple[float, ...]:
    ok = (
        isinstance(value, list)
        and len(value) == 7
        and all(isinstance(v, (int, float)) for v in value)
    )
    _check(ok and value[0] > 0 and sorted(set(value)) == value, key, value, "7 rising numbers > 0")
    return tuple(float(v) for v in value)


def _path(value: Any, key: str, base: Path, home: Path) -> Path:
    _check(isinstance(value, str) and bool(value), key, value, "a path")
    return Path(base / str(value).replace("{home}", str(home))).resolve()


def _number(value: Any, key: str, low: float, high: float) -> float:
    ok = isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high
    _check(ok, key, value, f"{low:g}–{high:g}")
    return float(value)


def _text(table: Mapping[str, Any], name: str, key: str, default: str) -> str:
    value = table.get(name, default)
    _check(isinstance(value, str), key, value, "a text")
    return str(value)


def _table(raw: Mapping[str, Any], name: str, known: set[str]) -> dict[str, Any]:
    table = raw.get(name, {})
    _check(isinstance(table, dict), name, table, "a table")
    _refuse_unknown(table, known, name + ".")
    return dict(table)


def _refuse_unknown(table: Mapping[str, Any], known: set[str], where: str) -> None:
    for name in table:
        if name not in known:
            raise SettingsError(
                "settings.unknown_key", key=where + name, known=", ".join(sorted(known))
            )


def _check(ok: bool, key: str, value: Any, expected: str) -> None:
    if not ok:
        raise SettingsError("settings.wrong_value", key=key, value=value, expected=expected)
