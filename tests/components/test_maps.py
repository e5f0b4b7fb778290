"""The deck: no foreign request, stable ids, bounded size, escaped words."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from analytics.hotspots.grids import Grid
from components import maps
from components.raster import grid_bounds, mercator_raster, palette_png
from components.tokens import DARK, DENSITY_ALPHA, LIGHT

N = 60


@pytest.fixture
def grid() -> Grid:
    return Grid(
        crs="EPSG:32718",
        cell_m=100.0,
        col0=2700,
        row0=63200,
        n_cols=N,
        n_rows=N,
        study=np.ones((N, N), dtype=bool),
    )


@pytest.fixture
def basemap(tmp_path: Path) -> Path:
    """A static folder that holds a city's basemap."""
    folder = tmp_path / "basemaps"
    folder.mkdir()
    for name in ("quimera-light.json", "quimera-dark.json", "quimera-main.geojson"):
        (folder / name).write_text("{}", encoding="utf-8")
    return tmp_path


def spec_of(layers: list[Any], grid: Grid, **options: Any) -> dict[str, Any]:
    deck = maps.deck(layers, grid_bounds(grid), city="quimera", **{"palette": LIGHT, **options})
    return json.loads(deck.to_json())


def whole_map(grid: Grid, n_cells: int) -> maps.Spec:
    rows, cols = np.mgrid[0:N, 0:N]
    values = 100 * np.exp(-((rows - 30) ** 2 + (cols - 25) ** 2) / 200)
    raster, bounds = mercator_raster(values, grid)
    png = palette_png(raster, (5, 10, 20, 40, 60, 80, 95), LIGHT.density, DENSITY_ALPHA)
    cells = np.argsort(-values.ravel())[:n_cells]
    fields = {"d": [f"{v:.1f}" for v in values.ravel()[cells]], "n": ["1.234"] * n_cells}
    layers = [
        maps.density_layer(png, bounds),
        maps.cells_layer(grid, cells, fields, LIGHT),
        *maps.outline_layer(grid, values > 80, LIGHT),
        maps.names_layer([("Avenida de la Constitución", -73.4, -33.2, 12.5)] * 12, LIGHT),
    ]
    return maps.deck(
        layers, grid_bounds(grid), city="quimera", palette=LIGHT, tooltip="{d} por km²"
    )


def test_without_a_basemap_no_style_is_asked_for(grid: Grid, tmp_path: Path) -> None:
    spec = spec_of([], grid, static=tmp_path)
    # pydeck's own mark for "no style was given": anything else makes the browser fetch one.
    assert spec.get("mapStyle", "__MAP_STYLE__") == "__MAP_STYLE__"
    assert spec.get("mapProvider") is None


@pytest.mark.parametrize(("palette", "name"), [(LIGHT, "light"), (DARK, "dark")])
def test_the_basemap_is_a_file_of_the_own_server_in_the_theme_of_the_page(
    grid: Grid, basemap: Path, palette: Any, name: str
) -> None:
    spec = spec_of([], grid, static=basemap, palette=palette)
    assert spec["mapProvider"] == "maplibre"
    assert spec["mapStyle"] == f"/app/static/basemaps/quimera-{name}.json"


def test_main_streets_come_by_address_where_the_file_exists(grid: Grid, basemap: Path) -> None:
    layer = maps.streets_layer("quimera", LIGHT, static=basemap)
    (drawn,) = spec_of([layer], grid)["layers"]
    assert drawn["data"] == "/app/static/basemaps/quimera-main.geojson"
    assert maps.streets_layer("memphis", LIGHT, static=basemap) is None


def test_a_map_names_no_foreign_host(grid: Grid) -> None:
    text = whole_map(grid, 400).to_json()
    assert (
        "http" not in text
        and "//" not in text.replace("data:image/png;base64,", "").split('"image"')[0]
    )


def test_layer_ids_and_view_are_the_same_in_every_run(grid: Grid) -> None:
    one, other = (json.loads(whole_map(grid, n).to_json()) for n in (10, 20))
    assert [layer["id"] for layer in one["layers"]] == ["density", "cells", "significant", "names"]
    assert [layer["id"] for layer in other["layers"]] == [layer["id"] for layer in one["layers"]]
    assert one["initialViewState"] == other["initialViewState"]


def test_a_deck_of_400_cells_is_at_most_70_kilobytes(grid: Grid) -> None:
    assert len(whole_map(grid, 400).to_json().encode()) <= 70_000


def test_the_density_picture_is_plain_data_between_its_bounds(grid: Grid) -> None:
    layer = maps.density_layer(b"\x89PNG", (-74.0, -34.0, -73.0, -33.0))
    (drawn,) = spec_of([layer], grid)["layers"]
    assert drawn["image"] == "data:image/png;base64,iVBORw=="  # "@@=…" would be an expression
    assert drawn["bounds"] == [-74.0, -34.0, -73.0, -33.0]


def test_a_cell_carries_its_index_and_its_fields_escaped(grid: Grid) -> None:
    layer = maps.cells_layer(grid, np.array([61]), {"t": ["<img src=x>"], "n": [3]}, LIGHT)
    (drawn,) = spec_of([layer], grid)["layers"]
    (row,) = drawn["data"]
    assert row["id"] == 61
    assert row["t"] == "&lt;img src=x&gt;"
    assert row["n"] == 3
    assert len(row["p"]) == 4


def test_more_than_800_cells_are_refused(grid: Grid) -> None:
    with pytest.raises(ValueError, match="801 cells, at most 800"):
        maps.cells_layer(grid, np.arange(801), {}, LIGHT)


def test_more_than_10000_points_are_refused() -> None:
    with pytest.raises(ValueError, match="10001 points, at most 10000"):
        maps.points_layer(np.zeros((10_001, 2)), LIGHT)


def test_points_are_positions_and_nothing_else(grid: Grid) -> None:
    layer = maps.points_layer(np.array([[-73.4123456, -33.2]]), LIGHT)
    (drawn,) = spec_of([layer], grid)["layers"]
    assert drawn["data"] == [[-73.41235, -33.2]]
    assert drawn["getPosition"] == "@@=-"


def test_nothing_significant_draws_no_outline(grid: Grid) -> None:
    assert maps.outline_layer(grid, np.zeros((N, N), dtype=bool), LIGHT) == []


def test_a_chosen_zone_is_an_accent_line_over_a_wider_ground_line(grid: Grid) -> None:
    chosen = np.zeros((N, N), dtype=bool)
    chosen[3:6, 3:6] = True
    layers = maps.outline_layer(grid, chosen, LIGHT, layer_id="zone", zone=True)
    ground, line = spec_of(layers, grid)["layers"]
    assert (ground["id"], line["id"]) == ("zone-ground", "zone")
    assert ground["getWidth"] > line["getWidth"]
    assert line["getColor"] == [0x0E, 0x53, 0x66, 255]


def test_at_most_twelve_names_are_written() -> None:
    layer = maps.names_layer([(f"Calle {i}", -73.4, -33.2, 0.0) for i in range(20)], LIGHT)
    assert [row["t"] for row in layer.data] == [f"Calle {i}" for i in range(12)]


def test_the_view_holds_the_whole_study_area_at_the_size_of_the_map(grid: Grid) -> None:
    west, south, east, north = grid_bounds(grid)
    view = maps.view_state((west, south, east, north))
    assert west < view.longitude < east and south < view.latitude < north
    world_px = 512 * 2**view.zoom
    assert (east - west) / 360 * world_px <= maps.MAP_WIDTH_PX
    # At this latitude a degree is 1/cos(φ) times as high as it is wide.
    high = (north - south) / np.cos(np.radians(view.latitude)) / 360 * world_px
    assert maps.MAP_HEIGHT_PX * 0.9 <= high <= maps.MAP_HEIGHT_PX


def test_the_tooltip_wears_the_theme_and_is_left_out_when_there_is_none(grid: Grid) -> None:
    worded = whole_map(grid, 1)
    assert worded._tooltip["html"] == "{d} por km²"
    assert worded._tooltip["style"]["background"] == LIGHT.surf
    silent = maps.deck([], grid_bounds(grid), city="quimera", palette=LIGHT)
    assert not silent._tooltip


def _page() -> None:
    from components import maps
    from components.tokens import LIGHT

    bounds = (-73.5, -33.3, -73.3, -33.1)
    maps.show(maps.deck([], bounds, city="none", palette=LIGHT), key="m", alt="Mapa de robos")
    maps.legend(
        ["1", "2", "5", "10", "20", "50", "100"],
        LIGHT.density,
        notes=["robos por km²", "escala <fija>"],
        outlines={"significant": "más que el azar"},
        attribution="© OpenStreetMap contributors",
    )


def test_the_page_gets_a_map_with_words_for_those_who_cannot_see_it_and_a_key() -> None:
    page = AppTest.from_function(_page).run(timeout=120)
    assert not page.exception
    (chart,) = page.get("deck_gl_json_chart")
    assert chart.proto.alt == "Mapa de robos"
    (key,) = page.get("html")
    assert "escala &lt;fija&gt;" in key.proto.body
    assert key.proto.body.count('class="swatch"') == 7
    assert "© OpenStreetMap contributors" in key.proto.body
