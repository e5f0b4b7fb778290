"""From published events to one map: totals reconcile, a single event peaks where it happened."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from analytics.access import SURFACE_STEPS
from analytics.errors import FilterError, TooFewEventsError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.events.publishing import publish, version_path
from analytics.hotspots.concentration import top_share
from analytics.hotspots.surface import (
    HEADLINE_SHARE,
    HotspotSurface,
    Method,
    check_surface_view,
    hotspot_surface,
    surface_method,
    surface_only,
)
from analytics.settings import Settings
from analytics.sources.importing import import_file
from analytics.store.database import open_database
from components.raster import mercator_raster
from tests.analytics.events.builders import EventStore, record, store_in

METHOD = Method(cell_m=100, bandwidth_m=300)
X, Y = 770_050.0, 3_890_050.0  # the centre of a 100 m cell of EPSG:32615
COLUMNS = [
    "cell_x",
    "cell_y",
    "n",
    "density_per_km2",
    "density_per_km2_30d",
    "gi_z",
    "gi_p",
    "gi_q",
    "significant",
    "gi_class",
]
PLACES = {
    "quimera": ("EPSG:32718", -73.4, -33.2),
    "memphis": ("EPSG:32615", -90.05, 35.15),
    "mexico": ("EPSG:32614", -99.13, 19.43),
    "sao-paulo": ("EPSG:31983", -46.63, -23.55),
}


@pytest.fixture
def events(tmp_path: Path) -> Iterator[EventStore]:
    store = store_in(tmp_path / "store")
    yield store
    store.db.close()


def at(n: int, x: float, y: float, day: str = "2026-01-15", **told: object) -> list[dict]:
    return [
        record(f"{x:.0f}-{y:.0f}-{day}-{i}-{told.get('source')}", f"{day}T12:00", xy=(x, y), **told)
        for i in range(n)
    ]


@pytest.fixture
def engine(events: EventStore) -> Iterator[EventEngine]:
    """40 events in one cell, one in each of 20 cells around, 3 without place, 2 without date."""
    ring = [
        row
        for i in range(20)
        for row in at(1, X + 1000 * np.cos(i), Y + 1000 * np.sin(i), f"2026-01-{i + 1:02d}")
    ]
    lost = [record(f"lost{i}", "2026-01-31T12:00") for i in range(3)]
    undated = [record(f"undated{i}", xy=(X, Y)) for i in range(2)]
    opened = events.engine(*at(40, X, Y), *ring, *lost, *undated)
    yield opened
    opened.close()


@pytest.fixture
def surface(engine: EventEngine, events: EventStore) -> HotspotSurface:
    return hotspot_surface(engine, events.city, Filters(), METHOD)


def with_boundary(events: EventStore, tmp_path: Path, half_m: float) -> object:
    """The city with a square boundary of a side of ``2·half_m`` around the crowded cell."""
    from dataclasses import replace

    import geopandas as gpd
    from shapely.geometry import box

    path = tmp_path / "boundary.geojson"
    square = box(X - half_m, Y - half_m, X + half_m, Y + half_m)
    gpd.GeoSeries([square], crs=events.city.crs).to_crs(4326).to_file(path)
    return replace(events.city, boundary=path)


def test_every_event_is_in_the_area_outside_or_not_located(
    engine: EventEngine, events: EventStore, tmp_path: Path
) -> None:
    city = with_boundary(events, tmp_path, 400.0)
    found = hotspot_surface(engine, city, Filters(), METHOD)
    outside = found.totals.n_located - found.n_in_area
    not_located = found.totals.n - found.totals.n_located
    assert (found.totals.n, found.n_in_area, outside, not_located) == (65, 42, 20, 3)


def test_the_cells_add_up_to_the_events_in_the_area(surface: HotspotSurface) -> None:
    frame = surface.to_frame()
    assert frame["n"].sum() == surface.n_in_area == 62
    assert frame["n"].dtype == np.int64


def test_a_time_filter_counts_the_undated_apart(engine: EventEngine, events: EventStore) -> None:
    january = Filters(date(2026, 1, 1), date(2026, 1, 31))
    found = hotspot_surface(engine, events.city, january, METHOD)
    assert (found.totals.n, found.totals.n_undated_left_out) == (63, 2)
    assert found.period == (date(2026, 1, 1), date(2026, 1, 31))
    assert found.days == 31


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(1, 31), st.integers(0, 20), st.tuples(st.integers(0, 23), st.integers(0, 23)))
def test_cells_and_totals_agree_for_any_filter(
    engine: EventEngine, events: EventStore, first: int, more: int, hours: tuple[int, int]
) -> None:
    last = min(31, first + more)
    filters = Filters(date(2026, 1, first), date(2026, 1, last), hours=hours)
    try:
        found = hotspot_surface(engine, events.city, filters, METHOD)
    except TooFewEventsError:
        return
    assert found.n is not None
    assert np.nansum(found.n) == pytest.approx(found.n_in_area) == found.totals.n_located


def test_the_table_has_the_documented_columns_densest_cell_first(surface: HotspotSurface) -> None:
    frame = surface.to_frame()
    assert list(frame.columns) == COLUMNS
    assert frame["density_per_km2"].is_monotonic_decreasing
    assert (frame.loc[0, "cell_x"], frame.loc[0, "cell_y"]) == (X - 50, Y - 50)
    assert frame.loc[0, "n"] == 42
    assert len(frame) == surface.grid.n_cells


def test_density_adds_up_to_the_events_over_the_area(
    engine: EventEngine, events: EventStore, tmp_path: Path
) -> None:
    city = with_boundary(events, tmp_path, 4_000.0)
    found = hotspot_surface(engine, city, Filters(), METHOD)
    assert np.nansum(found.density_per_km2) * 0.01 == pytest.approx(62, rel=1e-4)


def test_the_peak_of_a_pile_of_events_is_n_over_two_pi_sigma_squared(
    events: EventStore, tmp_path: Path
) -> None:
    engine = events.engine(*at(50, X, Y))
    found = hotspot_surface(engine, with_boundary(events, tmp_path, 2_000.0), Filters(), METHOD)
    peak = 50 / (2 * np.pi * 0.3**2)
    assert np.nanmax(found.density_per_km2) == pytest.approx(peak, rel=0.004)
    engine.close()


def test_thirty_days_rescale_the_density_by_the_length_of_the_period(
    engine: EventEngine, events: EventStore
) -> None:
    span = Filters(date(2026, 1, 1), date(2026, 3, 1))  # 60 days
    found = hotspot_surface(engine, events.city, span, METHOD)
    study = found.grid.study
    assert found.density_per_km2_30d[study] == pytest.approx(found.density_per_km2[study] / 2)


def test_the_exact_method_agrees_with_the_binned_one(
    engine: EventEngine, events: EventStore
) -> None:
    exact = Method(cell_m=100, bandwidth_m=300, method="exact")
    one = hotspot_surface(engine, events.city, Filters(), METHOD).density_per_km2
    other = hotspot_surface(engine, events.city, Filters(), exact).density_per_km2
    assert one == pytest.approx(other, abs=0.005 * other.max(), nan_ok=True)


def test_the_share_of_the_sentence_is_that_of_the_densest_five_percent(
    surface: HotspotSurface,
) -> None:
    assert surface.n is not None
    by_hand = top_share(surface.density_per_km2, surface.n, surface.grid.study, HEADLINE_SHARE)
    assert surface.top_share == by_hand
    frame = surface.to_frame()
    k = max(1, round(0.05 * len(frame)))
    assert frame["n"].head(k).sum() / frame["n"].sum() == pytest.approx(by_hand)


def test_outside_the_study_area_nothing_is_known(
    engine: EventEngine, events: EventStore, tmp_path: Path
) -> None:
    found = hotspot_surface(engine, with_boundary(events, tmp_path, 400.0), Filters(), METHOD)
    outside = ~found.grid.study
    assert np.isnan(found.density_per_km2[outside]).all()
    assert np.isfinite(found.density_per_km2[found.grid.study]).all()


@pytest.mark.parametrize(
    ("method", "code"),
    [
        (Method(0, 300), "filter.cell"),
        (Method(1, 300), "filter.cell"),
        (Method(2001, 300), "filter.cell"),
        (Method(float("nan"), 300), "filter.cell"),
        (Method(100, 0), "filter.bandwidth"),
        (Method(100, 50_000), "filter.bandwidth"),
        (Method(100, -300), "filter.bandwidth"),
        (Method(100, float("inf")), "filter.bandwidth"),
        (Method(100, 300, kernel="boxcar"), "filter.kernel"),
        (Method(100, 300, method="guess"), "filter.method"),
    ],
)
def test_an_impossible_method_is_refused(
    engine: EventEngine, events: EventStore, method: Method, code: str
) -> None:
    with pytest.raises(FilterError) as refusal:
        hotspot_surface(engine, events.city, Filters(), method)
    assert refusal.value.code == code


def test_a_selection_without_events_is_refused_with_its_number(
    engine: EventEngine, events: EventStore
) -> None:
    with pytest.raises(TooFewEventsError) as refusal:
        hotspot_surface(engine, events.city, Filters(categories=("homicide",)), METHOD)
    assert refusal.value.code == "filter.no_events"


def test_events_without_any_place_make_no_map(events: EventStore) -> None:
    engine = events.engine(record("a", "2026-01-01T12:00"))
    with pytest.raises(TooFewEventsError) as refusal:
        hotspot_surface(engine, events.city, Filters(), METHOD)
    assert refusal.value.code == "filter.none_located"
    engine.close()


def test_too_few_events_for_gi_still_give_a_density_and_say_why(events: EventStore) -> None:
    engine = events.engine(record("a", "2026-01-01T12:00", xy=(X, Y)))
    found = hotspot_surface(engine, events.city, Filters(), METHOD)
    assert found.gi is None
    assert found.gi_refusal is not None
    frame = found.to_frame()
    assert frame["gi_z"].isna().all()
    assert not frame["significant"].any()
    engine.close()


# The surface view

CLASSES = (2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0)


def test_the_surface_view_has_at_most_sixteen_levels_none_above_the_truth(
    surface: HotspotSurface,
) -> None:
    stripped = surface_only(surface, CLASSES)
    study = surface.grid.study
    levels = np.unique(stripped.density_per_km2[study])
    assert 1 < len(levels) <= SURFACE_STEPS
    assert (stripped.density_per_km2[study] <= surface.density_per_km2[study] * 1.0001).all()
    assert (stripped.n, stripped.gi, stripped.gi_refusal) == (None, None, None)
    assert stripped.stepped


def test_the_surface_view_falls_into_the_same_classes_as_the_truth(
    surface: HotspotSurface,
) -> None:
    stripped = surface_only(surface, CLASSES)
    study = surface.grid.study
    classes = [
        np.searchsorted(CLASSES, found.density_per_km2_30d[study], side="right")
        for found in (surface, stripped)
    ]
    assert (classes[0] == classes[1]).all()


def test_the_surface_view_rounds_the_share_to_whole_percent(surface: HotspotSurface) -> None:
    share = surface_only(surface, CLASSES).top_share
    assert share == round(surface.top_share, 2)


@pytest.mark.parametrize("n", [29, 30])
def test_the_surface_view_needs_thirty_located_events(events: EventStore, n: int) -> None:
    engine = events.engine(*at(n, X, Y), record("lost", "2026-01-15T12:00"))
    found = hotspot_surface(engine, events.city, Filters(), METHOD, shareable_only=True)
    if n == 30:
        assert surface_only(found, CLASSES).totals.n_located == 30
    else:
        with pytest.raises(TooFewEventsError) as refusal:
            surface_only(found, CLASSES)
        assert refusal.value.details == {"n": 29, "minimum": 30}
    engine.close()


def test_the_surface_view_keeps_no_cells_to_write(surface: HotspotSurface) -> None:
    with pytest.raises(FilterError, match=r"view\.no_cells"):
        surface_only(surface, CLASSES).to_frame()


def test_whole_months_a_wide_bandwidth_and_known_categories_are_what_the_view_asks_for() -> None:
    known = frozenset({"fraud"})
    whole = Filters(date(2026, 1, 1), date(2026, 2, 28), ("fraud",))
    check_surface_view(whole, Method(100, 300), known)
    check_surface_view(Filters(), Method(25, 5000, kernel="quartic"), known)
    check_surface_view(Filters(date_from=date(2024, 2, 1)), METHOD, known)
    check_surface_view(Filters(date_to=date(2024, 2, 29)), METHOD, known)
    with pytest.raises(FilterError, match=r"view\.whole_months"):
        check_surface_view(Filters(date_to=date(2024, 2, 28)), METHOD, known)


def test_the_views_method_is_finer_than_the_citys_cells_but_never_under_the_range(
    events: EventStore,
) -> None:
    method = surface_method(events.city, 300.0)
    assert 25 <= method.cell_m <= events.city.cell_m
    assert method.bandwidth_m == 300


# One event through the whole line, in four places of the world


@pytest.mark.parametrize("place", PLACES)
def test_one_imported_event_peaks_within_half_a_cell_of_its_place_on_the_map(
    make_settings: Callable[[str], Settings], tmp_path: Path, place: str
) -> None:
    crs, lon, lat = PLACES[place]
    chosen = make_settings(
        f'[cities.{place}]\nname = "{place}"\ncountry = "XX"\ntimezone = "UTC"\ncrs = "{crs}"\n'
        'boundary = "boundary.geojson"\n'
    )
    city, db = chosen.city(place), open_database(chosen)
    square(city.boundary, crs, lon, lat)
    file = tmp_path / "one.csv"
    file.write_text(f"id,date,offence,longitude,latitude\n1,2026-01-02 10:00,robbery,{lon},{lat}\n")
    import_file(file, settings=chosen, db=db, city=city, source="one", actor="cli:test")
    engine = EventEngine(version_path(chosen, publish(chosen, db, city, actor="cli:test")))
    found = hotspot_surface(engine, city, Filters(), METHOD)
    raster, bounds = mercator_raster(found.density_per_km2, found.grid)
    east, north = peak_m(raster, bounds, crs)
    x, y = Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
    assert np.hypot(east - x, north - y) <= METHOD.cell_m / 2
    engine.close()
    db.close()


def square(path: Path | None, crs: str, lon: float, lat: float) -> None:
    """A boundary 6 km wide whose middle is not the event's place."""
    import geopandas as gpd
    from shapely.geometry import box

    x, y = Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
    area = box(x - 2_200, y - 3_700, x + 3_800, y + 2_300)
    gpd.GeoSeries([area], crs=crs).to_crs(4326).to_file(path)


def peak_m(
    raster: np.ndarray, bounds: tuple[float, float, float, float], crs: str
) -> tuple[float, float]:
    """The middle of what is drawn as densest, in metres of ``crs``, by the picture's corners."""
    to_mercator = Transformer.from_crs(4326, 3857, always_xy=True)
    west, south = to_mercator.transform(bounds[0], bounds[1])
    east, north = to_mercator.transform(bounds[2], bounds[3])
    height, width = raster.shape
    rows, cols = np.nonzero(raster >= 0.98 * np.nanmax(raster))
    x = west + (cols.mean() + 0.5) * (east - west) / width
    y = north - (rows.mean() + 0.5) * (north - south) / height
    return Transformer.from_crs(3857, crs, always_xy=True).transform(x, y)
