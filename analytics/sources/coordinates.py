"""Where each event happened: coordinates read, checked against the city, projected."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyproj import Transformer

from analytics.errors import ProjectionError
from analytics.settings import City
from analytics.sources.bounds import Flags, Floats, city_bounds
from analytics.sources.cells import clean, first_fault, plain_numbers
from analytics.sources.remedies import REMEDIES, candidate_crs, fit_remedies, read_crs, utm_crs

REFUSED_SHARE = 0.5  # more rows than this outside the city: the columns or the CRS are wrong
EXAMPLES = 3
SAMPLE = 1_000  # stray points on which other CRSs are tried
EMPTY, READ, UNREADABLE = 0, 1, 2
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$"


@dataclass(frozen=True)
class Places:
    """Coordinates of a chunk, one entry per row; NaN where not located.

    ``longitude`` and ``latitude`` in degrees (EPSG:4326), ``x_m`` and ``y_m`` in metres of the
    city's CRS. ``reason`` is the quarantine reason or an empty text, ``role`` names the column
    at fault. ``numeric`` tells rows with two numbers that are not 0, 0; ``misplaced`` those of
    them that lie outside the city. ``remedy`` names the one remedy that brings a row outside the
    city into it, or did: ``remedied`` tells the rows to which it was applied. ``x`` and ``y`` are
    the numbers as written. ``led``, shape (n, 4), tells of points outside the city their
    longitude and latitude as written and where the remedy leads, in degrees; else NaN.
    """

    longitude: Floats
    latitude: Floats
    x_m: Floats
    y_m: Floats
    reason: npt.NDArray[np.str_]
    role: npt.NDArray[np.str_]
    numeric: Flags
    misplaced: Flags
    remedy: npt.NDArray[np.str_]
    remedied: Flags
    x: Floats
    y: Floats
    led: Floats


class Locator:
    """Reads, checks and projects coordinates of one city.

    Parameters
    ----------
    city : City
    decimal : {".", ","}, optional
        Decimal mark stated by a mapping; by default each number tells its own.
    coordinate_crs : str, optional
        CRS of the two columns as a mapping states it, x before y; degrees by default.
    remedies : sequence of str
        Those of ``REMEDIES`` that a mapping accepts.

    Raises
    ------
    SourceError
        ``source.mapping_value`` if ``coordinate_crs`` names no CRS.
    """

    def __init__(
        self,
        city: City,
        decimal: str | None = None,
        *,
        coordinate_crs: str | None = None,
        remedies: Sequence[str] = (),
    ) -> None:
        self.bounds = city_bounds(city)
        self.decimal, self.remedies = decimal, tuple(remedies)
        self.to_metres = Transformer.from_crs(4326, city.crs, always_xy=True)
        crs = read_crs(coordinate_crs) if coordinate_crs else None
        self.in_degrees = crs is None or crs.is_geographic
        self.from_written = None if crs is None else Transformer.from_crs(crs, 4326, always_xy=True)

    def locate(self, longitudes: pa.StringArray, latitudes: pa.StringArray) -> Places:
        """Locate every row of a chunk; nothing is moved but by the remedies accepted."""
        (x, x_state), (y, y_state) = self._read(longitudes), self._read(latitudes)
        numeric = (x_state == READ) & (y_state == READ)
        zero = numeric & (np.abs(x) < 1e-9) & (np.abs(y) < 1e-9)
        numeric &= ~zero
        lon, lat = self._degrees(x, y)
        with np.errstate(invalid="ignore"):
            inside = numeric & self.bounds.contain(lon, lat)
        stray = numeric & ~inside
        remedy, swapped = np.full(len(x), "", dtype="<U13"), np.zeros(len(x), dtype=np.bool_)
        remedied, led = swapped.copy(), np.full((len(x), 4), np.nan)
        if stray.any():
            fits = fit_remedies(
                x[stray], y[stray], self.bounds, self._degrees, in_degrees=self.in_degrees
            )
            remedy[stray], swapped[stray] = fits.remedy, fits.swapped
            led[stray] = np.stack([lon[stray], lat[stray], fits.longitude, fits.latitude], axis=1)
            remedied = np.isin(remedy, self.remedies)
            lon, lat = lon.copy(), lat.copy()
            lon[remedied], lat[remedied] = led[remedied, 2:].T
        inside |= remedied
        x_m, y_m = self.to_metres.transform(
            np.where(inside, lon, np.nan), np.where(inside, lat, np.nan)
        )
        x_m, y_m = (np.where(np.isfinite(v), v, np.nan) for v in (x_m, y_m))
        inside &= ~np.isnan(x_m) & ~np.isnan(y_m)
        faults = _faults(x_state, y_state, zero, swapped & ~inside, numeric & ~inside)
        masks = [mask for _, _, mask in faults]
        return Places(
            np.where(inside, lon, np.nan),
            np.where(inside, lat, np.nan),
            x_m,
            y_m,
            first_fault(masks, [reason for _, reason, _ in faults]),
            first_fault(masks, [role for role, _, _ in faults]),
            numeric,
            numeric & ~inside,
            remedy,
            remedied & inside,
            x,
            y,
            led,
        )

    def _degrees(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        if self.from_written is None:
            return x, y
        lon, lat = self.from_written.transform(x, y)
        return np.asarray(lon), np.asarray(lat)

    def _read(self, texts: pa.StringArray) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Numbers, and per text EMPTY, READ or UNREADABLE."""
        if self.decimal != "," and (plain := plain_numbers(texts)) is not None:
            values = np.asarray(pc.fill_null(plain, np.nan))
            told = np.where(np.isfinite(values), READ, UNREADABLE)
            return values, np.where(np.asarray(pc.is_null(plain)), EMPTY, told)
        cells = clean(texts)
        if self.decimal == ",":
            cells = pc.replace_substring(cells, ".", "?")
        if self.decimal != ".":
            cells = pc.replace_substring(cells, ",", ".")
        is_number = pc.fill_null(pc.match_substring_regex(cells, _NUMBER), False)
        told = pc.cast(pc.if_else(is_number, cells, pa.scalar(None, pa.string())), pa.float64())
        values = np.asarray(pc.fill_null(told, np.nan))
        state = np.where(np.isfinite(values), READ, UNREADABLE)
        return values, np.where(np.asarray(pc.is_null(cells)), EMPTY, state)


def _faults(
    x_state: npt.NDArray[np.int64],
    y_state: npt.NDArray[np.int64],
    zero: Flags,
    swapped: Flags,
    outside: Flags,
) -> list[tuple[str, str, Flags]]:
    """Role at fault, reason and rows, what weighs more first."""
    return [
        ("longitude", "unreadable_coordinate", x_state == UNREADABLE),
        ("latitude", "unreadable_coordinate", y_state == UNREADABLE),
        ("longitude", "half_coordinate", (x_state == EMPTY) & (y_state != EMPTY)),
        ("latitude", "half_coordinate", (y_state == EMPTY) & (x_state != EMPTY)),
        ("longitude", "zero_coordinate", zero),
        ("longitude", "swapped_coordinates", swapped),
        ("longitude", "outside_city", outside),
    ]


@dataclass
class PlaceEvidence:
    """How many rows of a file lie outside the city, with examples."""

    numeric: int = 0
    misplaced: int = 0
    swapped: int = 0
    decimal_commas: int = 0
    remedies: Counter[str] = field(default_factory=Counter)
    examples: list[tuple[str, str]] = field(default_factory=list)
    points: list[tuple[float, float]] = field(default_factory=list)

    def add(self, places: Places, longitudes: pa.StringArray, latitudes: pa.StringArray) -> None:
        """Take in a chunk."""
        self.numeric += int(places.numeric.sum())
        self.misplaced += int(places.misplaced.sum())
        self.swapped += int((places.reason == "swapped_coordinates").sum())
        for remedy in REMEDIES:
            self.remedies[remedy] += int((places.misplaced & (places.remedy == remedy)).sum())
        taken = np.flatnonzero(places.misplaced)[: SAMPLE - len(self.points)]
        self.points += zip(places.x[taken].tolist(), places.y[taken].tolist(), strict=True)
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
        lines = self._candidates(city, longitude, latitude)
        raise ProjectionError(
            "source.wrong_crs_or_columns",
            file=file,
            key=f"cities.{city.key}.crs",
            crs=city.crs,
            n=self.misplaced,
            total=self.numeric,
            columns=f"{longitude}, {latitude}",
            examples="; ".join(f"{lon}, {lat}" for lon, lat in self.examples),
            candidates=", ".join(lines) or "–",
            lines=lines,
        )

    def _candidates(self, city: City, longitude: str, latitude: str) -> list[str]:
        """Name what would make the points fall into place, as the line that accepts it."""
        if self.swapped > REFUSED_SHARE * self.misplaced:
            one, other = (json.dumps(name, ensure_ascii=False) for name in (latitude, longitude))
            return [f"columns = {{longitude = {one}, latitude = {other}}}"]
        x, y = np.array(self.points).T
        lines = [
            f'options.remedies = "{remedy}"'
            for remedy, n in self.remedies.most_common()
            if n > REFUSED_SHARE * self.misplaced
        ]
        found = candidate_crs(x, y, city.crs, city_bounds(city))
        lines += [f'options.coordinate_crs = "{crs}"' for crs in found]
        if lines:
            return lines
        points = [(lon, lat) for lon, lat in self.points if abs(lon) <= 180 and abs(lat) <= 84]
        zones = sorted({utm_crs(lon, lat) for lon, lat in points[:EXAMPLES]})
        return [f'cities.{city.key}.crs = "{zone}"' for zone in zones]
