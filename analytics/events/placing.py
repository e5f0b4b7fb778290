"""Which located records lie inside the city's boundary: groups of five are counted there."""

import hashlib

import duckdb
import pyarrow as pa
import shapely

from analytics.basemaps.streets import read_boundary
from analytics.settings import City


def boundary_checksum(city: City) -> str:
    """Return the checksum of the boundary file; empty without one."""
    if city.boundary is None or not city.boundary.is_file():
        return ""
    return hashlib.sha256(city.boundary.read_bytes()).hexdigest()


def place_records(connection: duckdb.DuckDBPyConnection, city: City) -> None:
    """Make ``placed`` of the table ``records``: with ``in_area``, true inside the boundary.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Holds ``records`` with ``x_m``, ``y_m`` in the city's CRS (metres), null if not located.
    city : City
        Without a boundary every located record is in the area.

    Raises
    ------
    SettingsError
        If the boundary file is absent or unreadable.
    """
    boundary = read_boundary(city)
    if boundary is None:
        connection.execute(
            "CREATE TEMP VIEW placed AS SELECT *, x_m IS NOT NULL AS in_area FROM records"
        )
        return
    located = connection.execute(
        "SELECT rowid, x_m, y_m FROM records WHERE x_m IS NOT NULL"
    ).fetchnumpy()
    shapely.prepare(boundary)
    inside = shapely.contains_xy(boundary, located["x_m"], located["y_m"])
    connection.register("inside", pa.table({"id": located["rowid"][inside]}))
    connection.execute(
        "CREATE TEMP TABLE placed AS"
        " SELECT *, rowid IN (SELECT id FROM inside) AS in_area FROM records"
    )
