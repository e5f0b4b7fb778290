"""Cabildo's settings: ``config.toml`` read once, checked whole, errors naming the key.

No secrets here. ``CABILDO_CONFIG`` names another file, ``CABILDO_HOME`` the store's folder.
"""

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from pyproj import CRS
from pyproj.exceptions import CRSError

from analytics.errors import SettingsError
from analytics.settings_values import (
    check_value,
    number_value,
    path_value,
    refuse_unknown,
    table_value,
    text_value,
)
from analytics.shifts import DEFAULT_SHIFTS, Shift, read_shifts

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
class Reporting:
    """What share (0–1) of what happens is reported, and the survey that says so."""

    rate: float
    survey: str


@dataclass(frozen=True)
class City:
    """One city of ``[cities.<key>]``; lengths in metres, paths absolute.

    ``crs`` is projected and in metres. ``population`` is a layer of points or polygons with a
    ``population`` property; ``areas`` one of polygons, named by their property ``areas_name``;
    ``layers`` are what may be drawn over the map, by name. ``density_classes`` are the seven class
    floors of the fixed colour scale, in events per km² per 30 days; None lets the city's whole
    record set them. ``official`` are counts to put beside the city's own; ``reporting`` is the
    victim survey's reporting rate; ``shifts`` divide the day.
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
    reporting: Reporting | None = None
    shifts: tuple[Shift, ...] = DEFAULT_SHIFTS

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
    refuse_unknown(raw, known, "")
    languages = tuple(raw.get("languages", LANGUAGES))
    check_value(
        set(languages) <= set(LANGUAGES) and bool(languages),
        "languages",
        languages,
        ", ".join(LANGUAGES),
    )
    cities = raw.get("cities", {})
    check_value(isinstance(cities, dict) and bool(cities), "cities", cities, "[cities.<key>]")
    server = table_value(raw, "server", {"trusted_proxies"})
    return Settings(
        path=path,
        home=home,
        title=text_value(raw, "title", "title", "Cabildo"),
        languages=languages,
        cities={key: _city(key, table, path.parent, home) for key, table in cities.items()},
        database_url=text_value(table_value(raw, "database", {"url"}), "url", "database.url", "")
        or f"sqlite:///{home / 'cabildo.db'}",
        engine_url=text_value(table_value(raw, "engine", {"url"}), "url", "engine.url", ""),
        trusted_proxies=tuple(server.get("trusted_proxies", ())),
        queries=_queries(raw.get("queries", {})),
    )


def _city(key: str, table: Any, base: Path, home: Path) -> City:
    where = f"cities.{key}"
    check_value(isinstance(table, dict), where, table, "a table")
    check_value(
        key.isidentifier() or key.replace("-", "_").isidentifier(), where, key, "a-z 0-9 _ -"
    )
    refuse_unknown(table, {f.name for f in fields(City)} - {"key"}, where + ".")
    for name in ("name", "country", "timezone", "crs"):
        if name not in table:
            raise SettingsError("settings.missing_key", key=f"{where}.{name}", file="config.toml")
        text_value(table, name, f"{where}.{name}", "")
    check_value(
        table["timezone"] in available_timezones(), f"{where}.timezone", table["timezone"], "IANA"
    )
    _check_crs(table["crs"], f"{where}.crs")
    values = dict(table)
    for name in PATH_KEYS:
        if name in values:
            values[name] = path_value(values[name], f"{where}.{name}", base, home)
    layers = values.get("layers", {})
    check_value(isinstance(layers, dict), f"{where}.layers", layers, "a table")
    for name in layers:
        free = name.replace("-", "_").isidentifier() and name != "areas"
        check_value(free, f"{where}.layers.{name}", name, "a-z 0-9 _ -")
    text_value(values, "areas_name", f"{where}.areas_name", "name")
    values["layers"] = {
        n: path_value(p, f"{where}.layers.{n}", base, home) for n, p in layers.items()
    }
    for name, (low, high) in (("cell_m", CELL_RANGE_M), ("bandwidth_m", BANDWIDTH_RANGE_M)):
        if name in values:
            values[name] = number_value(values[name], f"{where}.{name}", low, high)
    readers: dict[str, Callable[[Any, str], Any]] = {"density_classes": _classes}
    readers |= {"official": partial(_official, base=base, home=home), "reporting": _reporting}
    for name, read in readers.items():
        if name in values:
            values[name] = read(values[name], f"{where}.{name}")
    values["shifts"] = _shifts(values, f"{where}.shifts")
    check_value(
        isinstance(values.get("synthetic", False), bool),
        f"{where}.synthetic",
        values.get("synthetic"),
        "true / false",
    )
    return City(key=key, **values)


def _queries(raw: Any) -> dict[str, Query]:
    check_value(isinstance(raw, dict), "queries", raw, "[queries.<name>]")
    queries: dict[str, Query] = {}
    for name, table in raw.items():
        where = f"queries.{name}"
        check_value(isinstance(table, dict), where, table, "a table")
        check_value(name.replace("-", "_").isidentifier(), where, name, "a-z 0-9 _ -")
        refuse_unknown(table, {"url_env", "select"}, where + ".")
        for key in ("url_env", "select"):
            if key not in table:
                raise SettingsError(
                    "settings.missing_key", key=f"{where}.{key}", file="config.toml"
                )
        variable = text_value(table, "url_env", f"{where}.url_env", "")
        # A URL here would put its password into the file, and into the refusal that quotes it.
        check_value(variable.isidentifier(), f"{where}.url_env", "…", "NAME_OF_A_VARIABLE")
        queries[name] = Query(name, variable, text_value(table, "select", f"{where}.select", ""))
    return queries


def _official(table: Any, key: str, base: Path, home: Path) -> Official:
    check_value(isinstance(table, dict), key, table, "a table")
    refuse_unknown(table, {f.name for f in fields(Official)}, key + ".")
    for name in ("file", "area"):
        if name not in table:
            raise SettingsError("settings.missing_key", key=f"{key}.{name}", file="config.toml")
    area, crimes = text_value(table, "area", f"{key}.area", ""), table.get("crimes", [])
    check_value(bool(area), f"{key}.area", area, "a name")
    are_texts = isinstance(crimes, list) and all(isinstance(crime, str) for crime in crimes)
    check_value(are_texts, f"{key}.crimes", crimes, "a list of texts")
    return Official(
        file=path_value(table["file"], f"{key}.file", base, home),
        area=area,
        area_column=text_value(table, "area_column", f"{key}.area_column", ""),
        crimes=tuple(crimes),
    )


def _reporting(table: Any, key: str) -> Reporting:
    check_value(isinstance(table, dict), key, table, "a table")
    refuse_unknown(table, {f.name for f in fields(Reporting)}, key + ".")
    for name in ("rate", "survey"):
        if name not in table:
            raise SettingsError("settings.missing_key", key=f"{key}.{name}", file="config.toml")
    rate, survey = table["rate"], text_value(table, "survey", f"{key}.survey", "").strip()
    is_number = isinstance(rate, (int, float)) and not isinstance(rate, bool)
    check_value(is_number and 0 < rate <= 1, f"{key}.rate", rate, "0 < rate ≤ 1")
    check_value(bool(survey), f"{key}.survey", survey, "a name")
    return Reporting(rate=float(rate), survey=survey)


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
    check_value(
        ok and value[0] > 0 and sorted(set(value)) == value, key, value, "7 rising numbers > 0"
    )
    return tuple(float(v) for v in value)


def _shifts(table: Mapping[str, Any], key: str) -> tuple[Shift, ...]:
    if "shifts" not in table:
        return DEFAULT_SHIFTS
    value = table["shifts"]
    check_value(isinstance(value, dict) and bool(value), key, value, "a table")
    try:
        return read_shifts(value)
    except ValueError as error:
        expected = '{ day = "6-17", night = "18-5" }'
        raise SettingsError(
            "settings.wrong_value", key=key, value=value, expected=expected
        ) from error
