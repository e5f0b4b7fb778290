"""Where each event happened: coordinates read, checked against the city, projected."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from analytics.errors import ProjectionError, SettingsError
from analytics.settings import City
from analytics.sources.cells import clean

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
BOUNDARY_MARGIN_KM = 25.0
CRS_MARGIN_DEGREES = 6.0  # one UTM zone: a city may straddle two
KM_PER_DEGREE = 111.32
REFUSED_SHARE = 0.5  # more rows than this outside the city: the columns or the CRS are wrong
EXAMPLES = 3
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$"


@dataclass(frozen=True)
class Bounds:
    """A box in degrees, EPSG:4326; ``west`` > ``east`` where it crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def contain(self, longitude: Floats, latitude: Floats) -> Flags:
        """Whether each point lies in the box, its edges included."""
        east, west = longitude <= self.east, longitude >= self.west
        across = east & west if self.west <= self.east else east | west
        return across & (latitude >= self.south) & (latitude <= self.north)


@dataclass(frozen=True)
class Places:
    """Coordinates of a chunk, one entry per row; NaN where not located.

    ``longitude`` and ``latitude`` in degrees (EPSG:4326), ``x_m`` and ``y_m`` in metres of the
    city's CRS. ``reason`` is the quarantine reason or an empty text, ``role`` names the column
    at fault. ``numeric`` tells rows with two numbers that are not 0, 0; ``misplaced`` those of
    them that lie outside the city.
    """

    longitude: Floats
    latitude: Floats
    x_m: Floats
    y_m: Floats
    reason: npt.NDArray[np.str_]
    role: npt.NDArray[np.str_]
    numeric: Flags
    misplaced: Flags


def city_bounds(city: City) -> Bounds:
    """Return the box outside which a point is not believed to belong to the city.

    The bounding box of the boundary with 25 km around it; without a boundary the area of use of
    the city's CRS with 6° around it.

    Raises
    ------
    SettingsError
        ``settings.boundary_unreadable`` if the boundary file cannot be read; names the key.
    """
    if city.boundary is None:
        area = CRS.from_user_input(city.crs).area_of_use
        if area is None:
            return Bounds(-180.0, -90.0, 180.0, 90.0)
        margin = CRS_MARGIN_DEGREES
        return Bounds(
            area.west - margin, area.south - margin, area.east + margin, area.north + margin
        )
    try:
        west, south, east, north = gpd.read_file(city.boundary).to_crs(4326).total_bounds
    except (OSError, ValueError, RuntimeError) as error:
        raise SettingsError(
            "settings.boundary_unreadable",
            key=f"cities.{city.key}.boundary",
            file=str(city.boundary),
        ) from error
    high = BOUNDARY_MARGIN_KM / KM_PER_DEGREE
    wide = high / max(np.cos(np.radians(max(abs(south), abs(north)))), 0.01)
    return Bounds(west - wide, south - high, east + wide, north + high)


class Locator:
    """Reads, checks and projects coordinates of one city.

    Parameters
    ----------
    city : City
    decimal : {".", ","}, optional
        Decimal mark stated by a mapping; by default each number tells its own.
    """

    def __init__(self, city: City, decimal: str | None = None) -> None:
        self.bounds = city_bounds(city)
        self.decimal = decimal
        self.to_metres = Transformer.from_crs(4326, city.crs, always_xy=True)

    def locate(self, longitudes: pa.StringArray, latitudes: pa.StringArray) -> Places:
        """Locate every row of a chunk; nothing is moved, swapped or rounded."""
        (lon, lon_state), (lat, lat_state) = self._read(longitudes), self._read(latitudes)
        numeric = (lon_state == "read") & (lat_state == "read")
        zero = numeric & (np.abs(lon) < 1e-9) & (np.abs(lat) < 1e-9)
        numeric &= ~zero
        with np.errstate(invalid="ignore"):
            inside = numeric & self.bounds.contain(lon, lat)
            swapped = numeric & ~inside & self.bounds.contain(lat, lon)
        x_m, y_m = self.to_metres.transform(
            np.where(inside, lon, np.nan), np.where(inside, lat, np.nan)
        )
        x_m, y_m = (np.where(np.isfinite(v), v, np.nan) for v in (x_m, y_m))
        inside &= ~np.isnan(x_m) & ~np.isnan(y_m)
        faults = [
            ("longitude", "unreadable_coordinate", lon_state == "unreadable"),
            ("latitude", "unreadable_coordinate", lat_state == "unreadable"),
            ("longitude", "half_coordinate", (lon_state == "") & (lat_state != "")),
            ("latitude", "half_coordinate", (lat_state == "") & (lon_state != "")),
            ("longitude", "zero_coordinate", zero),
            ("longitude", "swapped_coordinates", swapped),
            ("longitude", "outside_city", numeric & ~inside),
        ]
        masks = [mask for _, _, mask in faults]
        return Places(
            np.where(inside, lon, np.nan),
            np.where(inside, lat, np.nan),
            x_m,
            y_m,
            np.select(masks, [reason for _, reason, _ in faults], ""),
            np.select(masks, [role for role, _, _ in faults], ""),
            numeric,
            numeric & ~inside,
        )

    def _read(self, texts: pa.StringArray) -> tuple[Floats, npt.NDArray[np.str_]]:
        """Numbers, and per text ``read``, ``unreadable`` or empty."""
        cells = clean(texts)
        if self.decimal == ",":
            cells = pc.replace_substring(cells, ".", "?")
        if self.decimal != ".":
            cells = pc.replace_substring(cells, ",", ".")
        is_number = pc.fill_null(pc.match_substring_regex(cells, _NUMBER), False)
        values = pc.cast(pc.if_else(is_number, cells, pa.scalar(None, pa.string())), pa.float64())
        read = np.asarray(is_number) & np.isfinite(np.asarray(pc.fill_null(values, np.nan)))
        state = np.where(np.asarray(pc.is_null(cells)), "", np.where(read, "read", "unreadable"))
        return np.asarray(pc.fill_null(values, np.nan)), state


@dataclass
class PlaceEvidence:
    """How many rows of a file lie outside the city, with examples."""

    numeric: int = 0
    misplaced: int = 0
    swapped: int = 0
    decimal_commas: int = 0
    examples: list[tuple[str, str]] = field(default_factory=list)

    def add(self, places: Places, longitudes: pa.StringArray, latitudes: pa.StringArray) -> None:
        """Take in a chunk."""
        self.numeric += int(places.numeric.sum())
        self.misplaced += int(places.misplaced.sum())
        self.swapped += int((places.reason == "swapped_coordinates").sum())
        commas = pc.sum(pc.match_substring(longitudes, ",")).as_py()
        self.decimal_commas += int(commas or 0)
        for index in np.flatnonzero(places.misplaced)[: EXAMPLES - len(self.examples)]:
            row = int(index)
            self.examples.append((longitudes[row].as_py(), latitudes[row].as_py()))

    def check(self, city: City, *, file: str, columns: Mapping[str, str]) -> None:
        """Refuse a file most of whose points lie outside the city.

        Raises
        ------
        ProjectionError
            ``source.wrong_crs_or_columns``: names the settings key, the columns, examples and
            what would make the points fall into place.
        """
        if self.misplaced <= REFUSED_SHARE * self.numeric:
            return
        longitude, latitude = columns["longitude"], columns["latitude"]
        raise ProjectionError(
            "source.wrong_crs_or_columns",
            file=file,
            key=f"cities.{city.key}.crs",
            crs=city.crs,
            n=self.misplaced,
            total=self.numeric,
            columns=f"{longitude}, {latitude}",
            examples="; ".join(f"{lon}, {lat}" for lon, lat in self.examples),
            candidates=", ".join(self._candidates(city, longitude, latitude)) or "–",
        )

    def _candidates(self, city: City, longitude: str, latitude: str) -> list[str]:
        if self.swapped > REFUSED_SHARE * self.misplaced:
            return [f"columns.longitude = {latitude!r}, columns.latitude = {longitude!r}"]
        points = [(_number(lon), _number(lat)) for lon, lat in self.examples]
        zones = {_utm(lon, lat) for lon, lat in points if abs(lon) <= 180 and abs(lat) <= 84}
        if zones:
            return sorted(zones)
        return [city.crs] if _are_metres(points, city.crs, city_bounds(city)) else []


def _number(text: str) -> float:
    return float(text.strip().replace(",", "."))


def _utm(longitude: float, latitude: float) -> str:
    zone = min(int((longitude + 180) // 6) + 1, 60)
    return f"EPSG:{(32600 if latitude >= 0 else 32700) + zone}"


def _are_metres(points: list[tuple[float, float]], crs: str, bounds: Bounds) -> bool:
    """Whether the columns hold metres of the city's own CRS instead of degrees."""
    try:
        to_degrees = Transformer.from_crs(crs, 4326, always_xy=True)
    except CRSError:
        return False
    lon, lat = to_degrees.transform(*np.array(points).T)
    return bool(bounds.contain(np.asarray(lon), np.asarray(lat)).any())
