"""Point layers of geographic files: shapefile and GeoPackage, transformed to EPSG:4326."""

from collections import Counter
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pyogrio.raw
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from analytics.errors import SourceError
from analytics.sources.columnar import texts_of
from analytics.sources.formats import identify
from analytics.sources.readers import CHUNK_ROWS, unique_names
from analytics.sources.records import Records, RecordTable

LONGITUDE, LATITUDE = "geometry longitude", "geometry latitude"
DIGITS = 9  # of a degree: a tenth of a millimetre
COMPANIONS = (".shx", ".dbf", ".prj", ".cpg")
NEEDED = (".shx", ".dbf")


def point_roles() -> dict[str, str]:
    """Return the roles of the columns that a geometry gives."""
    return {"longitude": LONGITUDE, "latitude": LATITUDE}


@lru_cache(maxsize=16)
def to_degrees(crs: str) -> Callable[[str, str], tuple[str, str]]:
    """Return a function that takes texts of x and y to texts of longitude and latitude.

    Parameters
    ----------
    crs : str
        Of x and y. For EPSG:4326 and for an empty text the numbers stay as they are written.
    """
    if crs in ("", "EPSG:4326"):
        return lambda x, y: (x, y)
    transformer = Transformer.from_crs(crs, 4326, always_xy=True)

    def transform(x: str, y: str) -> tuple[str, str]:
        try:
            longitude, latitude = transformer.transform(float(x), float(y))
        except ValueError:
            return x, y
        return _degrees(longitude), _degrees(latitude)

    return transform


def open_layer(
    path: Path, *, layer: str | None = None, encoding: str | None = None, format_name: str
) -> RecordTable:
    """Survey the one point layer of a shapefile or a GeoPackage.

    Parameters
    ----------
    path : Path
        ``.shp`` with its companions beside it, or ``.gpkg``.
    layer : str, optional
        Needed where a file has several point layers.
    encoding : str, optional
        Of a shapefile's texts; by default what the file says.
    format_name : str
        For the record of what was chosen.

    Returns
    -------
    RecordTable
        With ``geometry longitude`` and ``geometry latitude`` in EPSG:4326. A file that states no
        CRS gives its numbers as they are, for the check against the city to judge.

    Raises
    ------
    SourceError
        ``source.not_points``, ``source.several_layers``, ``source.sheet_missing``,
        ``source.shape_part_missing``, ``source.broken_layer``, ``source.unknown_crs``.
    """
    facts = identify(path)
    companions = _companions(path)
    chosen = _layer(path, layer)
    try:
        info = pyogrio.read_info(path, layer=chosen, encoding=encoding, force_feature_count=True)
    except (DataSourceError, DataLayerError, ValueError, LookupError) as error:
        raise _broken(path, error) from error
    fields = [str(name) for name in info["fields"]]
    crs = _crs_text(info["crs"], path)
    if not info["features"]:
        raise SourceError("source.empty", file=path.name)
    return RecordTable(
        facts=facts,
        columns=(*unique_names(fields), LONGITUDE, LATITUDE),
        records=partial(_records, path, chosen, encoding, fields, crs),
        n_records=int(info["features"]),
        found={"format": format_name, "sheet": chosen, "crs": crs or None},
        roles=point_roles(),
        companions=companions,
    )


def _companions(path: Path) -> tuple[Any, ...]:
    if path.suffix.lower() != ".shp":
        return ()
    beside = {other.suffix.lower(): other for other in path.parent.glob(f"{path.stem}.*")}
    for suffix in NEEDED:
        if suffix not in beside:
            raise SourceError("source.shape_part_missing", file=path.name, part=suffix)
    return tuple(identify(beside[s]) for s in COMPANIONS if s in beside and _has_bytes(beside[s]))


def _has_bytes(path: Path) -> bool:
    return path.stat().st_size > 0


def _layer(path: Path, told: str | None) -> str:
    try:
        layers = {str(name): str(shape) for name, shape in pyogrio.list_layers(path)}
    except (DataSourceError, ValueError) as error:
        raise _broken(path, error) from error
    if told is not None and told not in layers:
        found = ", ".join(layers) or "–"
        raise SourceError("source.sheet_missing", file=path.name, sheet=told, found=found)
    offered = {told: layers[told]} if told is not None else layers
    points = [name for name, shape in offered.items() if _may_be_points(shape)]
    if not points:
        found = ", ".join(f"{name}: {shape}" for name, shape in offered.items()) or "–"
        raise SourceError("source.not_points", file=path.name, found=found)
    if len(points) > 1:
        raise SourceError("source.several_layers", file=path.name, found=", ".join(points))
    return points[0]


def _may_be_points(shape: str) -> bool:
    return shape == "Unknown" or ("Point" in shape and "Multi" not in shape)


def _crs_text(text: str | None, path: Path) -> str:
    if not text:
        return ""
    try:
        crs = CRS.from_user_input(text)
    except CRSError as error:
        raise SourceError("source.unknown_crs", file=path.name, found=text[:80]) from error
    code = crs.to_epsg(min_confidence=70)
    return f"EPSG:{code}" if code else crs.to_wkt()


def _records(path: Path, layer: str, encoding: str | None, fields: list[str], crs: str) -> Records:
    number = 1
    try:
        with pyogrio.raw.open_arrow(
            path, layer=layer, encoding=encoding, batch_size=CHUNK_ROWS, use_pyarrow=True
        ) as (meta, reader):
            geometry = meta["geometry_name"] or "wkb_geometry"
            for batch in reader:
                columns = [texts_of(batch.column(name)) for name in fields]
                columns += list(_points(batch.column(geometry), crs, path))
                for cells in zip(*columns, strict=True):
                    number += 1
                    yield number, list(cells)
    except (DataSourceError, DataLayerError, pa.ArrowInvalid, OSError) as error:
        raise _broken(path, error) from error


def _points(column: pa.Array, crs: str, path: Path) -> tuple[list[str], list[str]]:
    """Write the points of a batch as texts of degrees; empty where there is no geometry."""
    shapes = shapely.from_wkb(np.array(column.to_pylist(), dtype=object))
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    types = shapely.get_type_id(shapes)
    if (types[there] != shapely.GeometryType.POINT).any():
        names = Counter(shape.geom_type for shape in shapes[there])
        found = ", ".join(f"{name}: {n}" for name, n in names.items())
        raise SourceError("source.not_points", file=path.name, found=found)
    x, y = shapely.get_x(shapes), shapely.get_y(shapes)
    if crs not in ("", "EPSG:4326"):
        x, y = Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y)
    return tuple(  # type: ignore[return-value]
        [_degrees(value) if known else "" for value, known in zip(values, there, strict=True)]
        for values in (np.asarray(x), np.asarray(y))
    )


def _degrees(value: float) -> str:
    return repr(round(float(value), DIGITS))


def _broken(path: Path, error: Exception) -> SourceError:
    return SourceError("source.broken_layer", file=path.name, problem=str(error))
