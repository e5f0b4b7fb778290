"""Rates: two densities divided, nobody's land left without a rate."""

from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pytest
from scipy.stats import norm
from shapely.geometry import Point, box

from analytics.errors import FilterError, SourceError
from analytics.events.cubes import moments_of
from analytics.events.engine import Totals
from analytics.events.filters import Filters
from analytics.hotspots.density import binning_cell_m, density_per_km2
from analytics.hotspots.grids import Grid
from analytics.hotspots.kernels import make_kernel
from analytics.hotspots.rates import FEWEST_RESIDENTS, rate_surface, residents
from analytics.hotspots.surface import HotspotSurface, Method
from analytics.settings import City

CRS = "EPSG:32718"
X0, Y0 = 650_000.0, 6_300_000.0
CELL_M, SIDE = 100.0, 40


def made(xy_m: np.ndarray, bandwidth_m: float = 300.0) -> HotspotSurface:
    """A surface of 30 days over a square of 4 km."""
    study = np.ones((SIDE, SIDE), dtype=bool)
    study[0] = False
    grid = Grid(CRS, CELL_M, int(X0 / CELL_M), int(Y0 / CELL_M), SIDE, SIDE, study)
    binning_m = binning_cell_m(CELL_M, bandwidth_m, "gaussian")[0]
    dense = density_per_km2(moments_of(xy_m, binning_m), grid, bandwidth_m=bandwidth_m)
    n = len(xy_m)
    return HotspotSurface(
        city="here",
        filters=Filters(),
        method=Method(CELL_M, bandwidth_m),
        grid=grid,
        density_per_km2=np.where(study, dense, np.nan),
        n=None,
        gi=None,
        gi_refusal=None,
        totals=Totals(n=n, n_located=n, n_undated_left_out=0, n_records=n),
        n_in_area=n,
        top_share=0.0,
        period=(date(2024, 1, 1), date(2024, 1, 30)),
        binning_m=binning_m,
    )


@pytest.fixture
def city_with(tmp_path):
    """A city whose residents are the shapes given, in metres of its CRS."""

    def make(shapes, people) -> City:
        path = tmp_path / "people.gpkg"
        gpd.GeoDataFrame({"population": people}, geometry=shapes, crs=CRS).to_file(path)
        return City("here", "Here", "CL", "America/Santiago", CRS, population=path)

    return make


def around(n: int, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.uniform((X0 + 500, Y0 + 500), (X0 + 3500, Y0 + 3500), (n, 2))


def test_where_events_follow_people_the_rate_is_the_same_everywhere(city_with):
    xy_m = around(400)
    city = city_with([Point(p) for p in xy_m], [50.0] * 400)

    found = rate_surface(made(xy_m), city)

    populated = found.surface.grid.study & ~found.unpopulated
    assert np.allclose(found.rate[populated], 1000 / 50, rtol=1e-6)
    assert np.allclose(found.ratio[populated], 1.0, rtol=1e-6)
    assert found.residents == pytest.approx(20_000)


def test_the_rate_is_density_over_density_by_hand(city_with):
    events, homes = around(200, 2), around(300, 3)
    city = city_with([Point(p) for p in homes], np.arange(1.0, 301.0))

    found = rate_surface(made(events), city)

    row, col = 20, 20
    centre = np.array([X0 + (col + 0.5) * CELL_M, Y0 + (row + 0.5) * CELL_M])

    def kernel(xy):
        d2 = ((xy - centre) ** 2).sum(axis=1)
        return np.exp(-d2 / (2 * 300.0**2)) / (2 * np.pi * 300.0**2) * 1e6

    expected = kernel(events).sum() / (kernel(homes) @ np.arange(1.0, 301.0)) * 1000
    assert found.rate[row, col] == pytest.approx(expected, rel=0.005)


def test_land_without_people_has_no_rate_and_outside_the_area_neither(city_with):
    corner = np.array([[X0 + 300.0, Y0 + 300.0]])
    city = city_with([Point(corner[0])], [1000.0])
    far = np.array([[X0 + 3700.0, Y0 + 3700.0]])

    found = rate_surface(made(far), city)

    within_kernel = found.people_per_km2 * 4 * np.pi * 0.3**2
    study = found.surface.grid.study
    assert (found.unpopulated == (study & (within_kernel < FEWEST_RESIDENTS))).all()
    assert found.unpopulated[-1, -1]
    assert np.isnan(found.rate[-1, -1])
    assert not np.isinf(found.rate).any()
    assert np.isnan(found.rate[0]).all()
    assert not found.unpopulated[0].any()
    assert found.n_unpopulated == int(found.unpopulated.sum()) > 0


def test_a_polygons_people_are_spread_over_it_and_kept_whole(city_with):
    square = box(X0 + 1000, Y0 + 1000, X0 + 2000, Y0 + 2000)
    sliver = box(X0, Y0, X0 + 1, Y0 + 1)
    city = city_with([square, sliver], [5000.0, 7.0])

    _, people = residents(city, 50.0)

    assert people.sum() == pytest.approx(5007)
    assert len(people) == 20 * 20 + 1
    found = rate_surface(made(around(50)), city)
    # The centre of cell (15, 15) lies 550 and 450 m from the square's edges on either axis.
    within = norm.cdf(450 / 300) - norm.cdf(-550 / 300)
    assert found.people_per_km2[15, 15] == pytest.approx(5000 * within**2, rel=0.02)
    assert found.residents_in_area == pytest.approx(5000)


def test_a_wider_bandwidth_for_people_is_its_own(city_with):
    homes = around(50, 4)
    city = city_with([Point(p) for p in homes], [10.0] * 50)
    narrow, wide = (
        rate_surface(made(homes), city, population_bandwidth_m=m) for m in (300.0, 900.0)
    )
    assert wide.population_bandwidth_m == 900.0
    assert wide.n_unpopulated < narrow.n_unpopulated


def test_what_cannot_give_a_rate_is_refused_by_name(city_with, tmp_path):
    surface = made(around(20))
    none = City("here", "Here", "CL", "America/Santiago", CRS)
    with pytest.raises(FilterError) as caught:
        rate_surface(surface, none)
    assert (caught.value.code, caught.value.details["key"]) == (
        "rates.no_population",
        "cities.here.population",
    )
    negative = city_with([Point(X0, Y0), Point(X0, Y0)], [1.0, -1.0])
    with pytest.raises(SourceError) as caught:
        rate_surface(surface, negative)
    assert caught.value.details["row"] == 2
    with pytest.raises(SourceError) as caught:
        rate_surface(surface, replace(none, population=tmp_path / "absent.geojson"))
    assert caught.value.code == "source.absent"


@pytest.mark.parametrize("kernel", ["gaussian", "quartic"])
def test_the_effective_area_is_one_over_the_kernels_square(kernel):
    made_of = make_kernel(kernel, 300.0)
    step = 3.0
    x, y = np.meshgrid(*2 * [np.arange(-2400, 2400, step) + step / 2])
    square = (made_of.per_m2(x**2 + y**2) ** 2).sum() * step**2
    assert made_of.effective_area_m2 == pytest.approx(1 / square, rel=1e-4)
