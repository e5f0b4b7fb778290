"""How far a city reaches: outside this box no point is believed to belong to it."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
from pyproj import CRS

from analytics.errors import SettingsError
from analytics.settings import City

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
BOUNDARY_MARGIN_KM = 25.0
CRS_MARGIN_DEGREES = 6.0  # one UTM zone: a city may straddle two
KM_PER_DEGREE = 111.32


@dataclass(frozen=True)
class Bounds:
    """A box in degrees, EPSG:4326; ``west`` > ``east`` where it crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def contain(self, longitude: Floats, latitude: Floats) -> Flags:
        """Whether each point lies in the box, its edges included."""
        return self.span(longitude) & self.reach(latitude)

    def span(self, longitude: Floats) -> Flags:
        """Whether each longitude lies between the western and the eastern edge."""
        east, west = longitude <= self.east, longitude >= self.west
        return east & west if self.west <= self.east else east | west

    def reach(self, latitude: Floats) -> Flags:
        """Whether each latitude lies between the southern and the northern edge."""
        return (latitude >= self.south) & (latitude <= self.north)


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
