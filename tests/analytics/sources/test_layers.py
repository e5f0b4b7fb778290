"""Points of GeoJSON, shapefiles and GeoPackages arrive in degrees."""

import json
import zipfile

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point, box

from analytics.errors import SourceError
from analytics.sources.mappings import Mapping
from analytics.sources.tables import open_table

PLACE = Point(-70.6, -33.43)


def layer(*shapes, crs=4326):
    dates = ["2019-01-05"] * len(shapes)
    return gpd.GeoDataFrame({"fecha": dates}, geometry=list(shapes), crs=4326).to_crs(crs)


def read(path, told=None):
    with open_table(path, told or Mapping(), scratch=path.parent / "scratch") as table:
        return [row for chunk in table.chunks() for row in chunk.rows], table


def refused(path, told=None):
    with pytest.raises(SourceError) as caught:
        read(path, told)
    return caught.value


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp"])
@pytest.mark.parametrize("crs", [4326, 32719])
def test_a_point_in_any_crs_comes_in_degrees(tmp_path, name, crs):
    if name.endswith("geojson") and crs != 4326:
        text = json.dumps({
            "type": "FeatureCollection",
            "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32719"}},
            "features": json.loads(layer(PLACE, crs=crs).to_json())["features"],
        })  # fmt: skip
        (tmp_path / name).write_text(text)
    else:
        layer(PLACE, crs=crs).to_file(tmp_path / name)

    (row,), table = read(tmp_path / name)

    assert row[0] == "2019-01-05"
    assert float(row[-2]) == pytest.approx(-70.6, abs=1e-7)
    assert float(row[-1]) == pytest.approx(-33.43, abs=1e-7)
    assert table.found["crs"] == f"EPSG:{crs}"
    assert table.roles == {"longitude": "geometry longitude", "latitude": "geometry latitude"}


def test_a_zipped_shapefile_comes_with_its_companions(tmp_path):
    (tmp_path / "s").mkdir()
    layer(PLACE, crs=32719).to_file(tmp_path / "s" / "a.shp")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in (tmp_path / "s").iterdir():
            archive.write(part, f"capa/{part.name}")

    rows, table = read(tmp_path / "a.zip")

    assert float(rows[0][-2]) == pytest.approx(-70.6, abs=1e-7)
    assert table.found["archive_member"] == "a.shp"


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp"])
@pytest.mark.parametrize("shape", [box(-71, -34, -70, -33), LineString([(-71, -34), (-70, -33)])])
def test_what_is_no_point_is_refused_by_its_name(tmp_path, name, shape):
    layer(shape).to_file(tmp_path / name)

    error = refused(tmp_path / name)

    assert error.code == "source.not_points"
    assert shape.geom_type in error.details["found"]


def test_a_feature_without_geometry_is_not_located(tmp_path):
    layer(PLACE, None).to_file(tmp_path / "a.gpkg")

    assert read(tmp_path / "a.gpkg")[0][1] == ["2019-01-05", "", ""]


def test_several_layers_of_points_are_a_question_that_the_mapping_answers(tmp_path):
    for name in ("uno", "dos"):
        layer(PLACE).to_file(tmp_path / "a.gpkg", layer=name)

    assert refused(tmp_path / "a.gpkg").code == "source.several_layers"
    assert len(read(tmp_path / "a.gpkg", Mapping(sheet="dos"))[0]) == 1


def test_a_shapefile_without_its_table_is_refused(tmp_path):
    layer(PLACE).to_file(tmp_path / "a.shp")
    (tmp_path / "a.dbf").unlink()

    error = refused(tmp_path / "a.shp")

    assert (error.code, error.details["part"]) == ("source.shape_part_missing", ".dbf")


def test_a_geometry_wins_over_columns_named_like_coordinates(import_text):
    feature = {
        "type": "Feature",
        "properties": {"fecha": "2019-01-05", "longitud": 0, "latitud": 0},
        "geometry": {"type": "Point", "coordinates": [-70.66, -33.44]},
    }

    found = import_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]}), name="a.geojson"
    )

    assert (found.events[0]["longitude"], found.events[0]["latitude"]) == (-70.66, -33.44)
