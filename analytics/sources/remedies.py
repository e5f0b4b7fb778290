"""What would bring a stray point into the city: row by row, or another CRS for the whole file.

Nothing here changes a row by itself: a remedy is applied only where a mapping accepts it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from analytics.errors import SourceError
from analytics.sources.bounds import Bounds, Flags, Floats

REMEDIES = ("swap", "sign", "decimal_point")
WEB_MERCATOR = "EPSG:3857"
POINTS_LOST = 15  # digits that may follow a lost decimal point: no double carries more
SAME_PLACE_DEGREES = 1e-5  # about a metre: WGS 84 and SIRGAS 2000 agree within it
MOST = 0.5
# EPSG codes less the zone: WGS 84 / UTM, and SIRGAS 2000 / UTM where it is defined.
_UTM_NORTH, _UTM_SOUTH = 32600, 32700
_SIRGAS_NORTH, _SIRGAS_SOUTH = (31954, range(11, 23)), (31960, range(17, 26))

ToDegrees = Callable[[Floats, Floats], tuple[Floats, Floats]]


@dataclass(frozen=True)
class Fits:
    """What would bring each of n stray points into the city.

    ``remedy`` is the one of ``REMEDIES`` that does, or an empty text where none does or more
    than one; ``longitude`` and ``latitude`` in degrees are where it leads, NaN without one.
    ``swapped`` tells the rows that a swap brings into the city, whatever else would.
    """

    remedy: npt.NDArray[np.str_]
    longitude: Floats
    latitude: Floats
    swapped: Flags


def fit_remedies(
    x: Floats, y: Floats, bounds: Bounds, to_degrees: ToDegrees, *, in_degrees: bool
) -> Fits:
    """Try every remedy on points outside the city.

    A swap exchanges the two numbers. A sign puts a lost minus before one number, or before both
    where one does not do. A decimal point is put back into whole numbers beyond ±180 and ±90,
    where exactly one place for it fits.

    Parameters
    ----------
    x, y : array, shape (n,)
        As written; degrees if ``in_degrees``, otherwise in the file's CRS.
    bounds : Bounds
    to_degrees : callable
        Takes numbers as written to longitude and latitude.
    """
    ways = np.zeros(len(x), dtype=np.int64)
    remedy = np.full(len(x), "", dtype="<U13")
    longitude, latitude = np.full(len(x), np.nan), np.full(len(x), np.nan)

    def attempt(name: str, new_x: Floats, new_y: Floats) -> Flags:
        there = to_degrees(new_x, new_y)
        fits = bounds.contain(*there)
        ways[fits] += 1
        remedy[fits] = name
        longitude[fits], latitude[fits] = there[0][fits], there[1][fits]
        return fits

    swapped = attempt("swap", y, x)
    minus_x, minus_y = np.where(x > 0, -x, np.nan), np.where(y > 0, -y, np.nan)
    one = attempt("sign", minus_x, y) | attempt("sign", x, minus_y)
    attempt("sign", np.where(one, np.nan, minus_x), minus_y)
    if in_degrees:
        new_x, ways_x = _with_point(x, 180.0, bounds.span)
        new_y, ways_y = _with_point(y, 90.0, bounds.reach)
        single = (ways_x == 1) & (ways_y == 1)
        attempt("decimal_point", np.where(single, new_x, np.nan), new_y)
        ways[(ways_x * ways_y) > 1] += 2
    alone = ways == 1
    return Fits(
        np.where(alone, remedy, ""),
        np.where(alone, longitude, np.nan),
        np.where(alone, latitude, np.nan),
        swapped,
    )


def read_crs(text: str, *, file: str = "") -> CRS:
    """Return the CRS of a mapping's ``coordinate_crs``.

    Raises
    ------
    SourceError
        ``source.mapping_value`` unless it names a projected or geographic CRS.
    """
    try:
        crs = CRS.from_user_input(text)
    except CRSError:
        crs = None
    if crs is None or not (crs.is_projected or crs.is_geographic):
        raise SourceError(
            "source.mapping_value",
            file=file,
            key="options.coordinate_crs",
            value=text,
            expected="EPSG:3857, EPSG:32719 …",
        )
    return crs


def candidate_crs(x: Floats, y: Floats, city_crs: str, bounds: Bounds) -> list[str]:
    """Return the CRSs in which most points, shape (n,), lie in the city, the best first.

    Web Mercator, the city's own CRS and the UTM zones of the city and beside it (WGS 84, SIRGAS
    2000) are tried; one that gives the same places as an earlier one is left out. Numbers that
    may be degrees have no candidate.
    """
    metres = (np.abs(x) > 180) | (np.abs(y) > 90)
    if not len(x) or metres.mean() <= MOST:
        return []
    found: list[tuple[float, str]] = []
    seen: list[tuple[Floats, Floats]] = []
    for crs in dict.fromkeys((city_crs, WEB_MERCATOR, *_utm_zones(bounds))):
        lon, lat = Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y)
        share = float(bounds.contain(lon, lat).mean())
        if share > MOST and not any(_same(lon, lat, *other) for other in seen):
            seen.append((lon, lat))
            found.append((share, crs))
    return [crs for _, crs in sorted(found, key=lambda pair: -pair[0])]


def utm_crs(longitude: float, latitude: float) -> str:
    """Return the WGS 84 / UTM zone of a point in degrees."""
    zone = min(int((longitude + 180) // 6) + 1, 60)
    return f"EPSG:{(_UTM_NORTH if latitude >= 0 else _UTM_SOUTH) + zone}"


def _with_point(
    values: Floats, limit: float, fits: Callable[[Floats], Flags]
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Put a lost point back; returns the numbers and in how many ways each can be right."""
    lost = (np.abs(values) > limit) & (values == np.trunc(values))
    ways = np.where(lost, 0, fits(values)).astype(np.int64)
    pointed = values.copy()
    for digits in range(1, POINTS_LOST + 1):
        moved = values / 10.0**digits
        right = lost & fits(moved)
        pointed[right] = moved[right]
        ways[right] += 1
    return pointed, ways


def _utm_zones(bounds: Bounds) -> list[str]:
    east = bounds.east if bounds.west <= bounds.east else bounds.east + 360
    middle = ((bounds.west + east) / 2 + 180) % 360 - 180
    centre, latitude = min(int((middle + 180) // 6) + 1, 60), (bounds.south + bounds.north) / 2
    base, (sirgas, defined) = (
        (_UTM_NORTH, _SIRGAS_NORTH) if latitude >= 0 else (_UTM_SOUTH, _SIRGAS_SOUTH)
    )
    zones = [(zone - 1) % 60 + 1 for zone in (centre, centre - 1, centre + 1)]
    return [
        *(f"EPSG:{base + zone}" for zone in zones),
        *(f"EPSG:{sirgas + zone}" for zone in zones if zone in defined),
    ]


def _same(lon: Floats, lat: Floats, other_lon: Floats, other_lat: Floats) -> bool:
    far = np.maximum(np.abs(lon - other_lon), np.abs(lat - other_lat))
    return bool((far < SAME_PLACE_DEGREES).mean() > MOST)
