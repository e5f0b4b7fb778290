"""Which area a place belongs to, and what a layer of areas must be."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from analytics.errors import FilterError, ProjectionError, SettingsError, SourceError
from analytics.hotspots.area_layer import NOWHERE, Areas, read_areas
from analytics.settings import City

CRS = "EPSG:32615"
X, Y = 770_000.0, 3_890_000.0
# Two squares of 1 km that share a side, and a third over the middle of both.
SQUARES = [box(X, Y, X + 1000, Y + 1000), box(X + 1000, Y, X + 2000, Y + 1000)]
OVER = box(X + 500, Y + 250, X + 1500, Y + 750)


@pytest.fixture
def city_with(tmp_path):
    """A city whose areas are the shapes given, in metres of its CRS."""

    def make(shapes, names=None, *, crs=CRS, **told) -> City:
        path = tmp_path / "areas.gpkg"
        names = names or [f"A{i}" for i in range(len(shapes))]
        gpd.GeoDataFrame({"name": names}, geometry=shapes, crs=crs).to_file(path)
        return City("here", "Here", "US", "America/Chicago", CRS, areas=path, **told)

    return make


def layer(*shapes) -> Areas:
    return Areas(CRS, ("",) * len(shapes), np.array(shapes, dtype=object), ())


def test_a_place_on_a_border_or_in_an_overlap_belongs_to_the_first_area_of_the_file():
    xy_m = np.array(
        [
            (X + 100, Y + 100),  # only in the first
            (X + 1000, Y + 900),  # on the side that two share
            (X + 1900, Y + 100),  # only in the second
            (X + 1200, Y + 500),  # in the second and in the one over both
            (X + 1000, Y + 500),  # in all three
            (X, Y),  # a corner
            (X - 0.001, Y),  # a millimetre outside
        ]
    )
    index, several = layer(*SQUARES, OVER).locate(xy_m)
    assert index.tolist() == [0, 0, 1, 1, 0, 0, NOWHERE]
    assert several.tolist() == [False, True, False, True, True, False, False]
    turned, _ = layer(OVER, *SQUARES).locate(xy_m)
    assert turned.tolist() == [1, 1, 2, 0, 0, 1, NOWHERE]


def test_a_place_in_a_hole_lies_in_no_area_and_one_on_its_rim_does():
    ring = SQUARES[0].difference(box(X + 400, Y + 400, X + 600, Y + 600))
    index, _ = layer(ring).locate(np.array([(X + 500, Y + 500), (X + 400, Y + 500)]))
    assert index.tolist() == [NOWHERE, 0]


def test_no_places_are_no_trouble():
    index, several = layer(*SQUARES).locate(np.empty((0, 2)))
    assert len(index) == len(several) == 0


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-500, 2500), st.integers(-500, 1500)), min_size=1, max_size=60),
    st.permutations([*SQUARES, OVER]),
)
def test_each_place_gets_the_area_that_asking_one_by_one_gives(places, shapes):
    xy_m = np.array(places, dtype=float) + np.array([X, Y])
    index, several = layer(*shapes).locate(xy_m)
    for place, found, more in zip(xy_m, index, several, strict=True):
        covering = [i for i, shape in enumerate(shapes) if shape.covers(Point(place))]
        assert found == (covering[0] if covering else NOWHERE)
        assert more == (len(covering) > 1)


def test_names_may_be_missing_repeated_or_numbers(city_with):
    areas = read_areas(city_with([*SQUARES, OVER], [None, "Centro ", "Centro"]))
    assert areas.names == ("", "Centro", "Centro")
    numbered = read_areas(city_with([*SQUARES, OVER], [122, 123, 124]))
    assert numbered.names == ("122", "123", "124")
    assert numbered.km2 == pytest.approx([1.0, 1.0, 0.5])


def test_rings_that_cross_are_repaired_and_named(city_with):
    bow = Polygon([(X, Y), (X + 1000, Y + 1000), (X + 1000, Y), (X, Y + 1000)])
    areas = read_areas(city_with([SQUARES[1], bow]))
    assert areas.repaired == (2,)
    assert shapely.is_valid(areas.shapes).all()
    assert areas.km2[1] == pytest.approx(0.5)


@pytest.mark.parametrize("wrong", [None, LineString([(X, Y), (X + 500, Y)]), MultiPolygon()])
def test_a_feature_without_area_is_refused_by_row_and_name(city_with, wrong):
    with pytest.raises(SourceError) as refusal:
        read_areas(city_with([SQUARES[0], wrong], ["Centro", "Raya"]))
    assert refusal.value.code == "areas.not_polygon"
    assert refusal.value.details["row"] == 2
    assert refusal.value.details["name"] == "Raya"


def test_a_layer_in_another_crs_is_transformed(city_with):
    lonlat = gpd.GeoSeries(SQUARES, crs=CRS).to_crs(4326).tolist()
    areas = read_areas(city_with(lonlat, crs=4326))
    assert areas.km2 == pytest.approx([1.0, 1.0], rel=1e-3)


def test_metres_that_are_called_degrees_are_refused(city_with):
    with pytest.raises(ProjectionError) as refusal:
        read_areas(city_with(SQUARES, crs=4326))
    assert refusal.value.code == "areas.outside_crs"
    assert refusal.value.details["key"] == "cities.here.areas"


def test_what_is_not_configured_absent_or_nameless_is_refused_with_its_key(city_with, tmp_path):
    city = city_with(SQUARES, areas_name="barrio")
    with pytest.raises(SourceError, match=r"areas\.no_name") as nameless:
        read_areas(city)
    assert nameless.value.details["found"] == "name"
    city.areas.unlink()
    with pytest.raises(SettingsError, match=r"basemap\.absent"):
        read_areas(city)
    with pytest.raises(FilterError, match=r"areas\.not_configured"):
        read_areas(City("here", "Here", "US", "America/Chicago", CRS))
