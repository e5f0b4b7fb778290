"""The maps of rates and areas: drawn, in words, refused with the key that is missing."""

from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

import geopandas as gpd
import pytest
import streamlit as st

from analytics.settings import LANGUAGES, ROOT
from components.catalogue import translate
from tests.pages.visitors import Visit, visit

PERIOD = {"from": "2026-08-01", "to": "2026-10-31"}


def layer_ids(seen: Visit) -> list[str]:
    (deck,) = seen.decks()
    return [layer["id"] for layer in deck["layers"]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", ["rate", "areas"])
def test_the_map_its_table_and_its_command_are_drawn(
    city_open: Path, view: str, language: str
) -> None:
    seen = visit("hotspots", "analyst", language=language, query=PERIOD | {"view": view})
    assert not seen.failed
    assert seen.notices == []
    assert "⟦" not in seen.text
    assert seen.count("dataframe") == 1
    command = {"rate": "rates", "areas": "areas"}[view]
    assert f"python -m analytics {command} --city quimera --from 2026-08-01" in seen.command
    labels = [button.proto.label for button in seen.app.get("download_button")]
    first = labels.index("XLSX") - 1
    assert labels[first:][:5] == ["CSV", "XLSX", "GeoJSON", "PNG", "SVG"]


@pytest.mark.parametrize(("view", "unit"), [("rate", "rate.key_unit"), ("areas", "areas.unit_n")])
def test_the_map_is_a_picture_in_the_language_of_the_page(
    city_open: Path, monkeypatch: pytest.MonkeyPatch, view: str, unit: str
) -> None:
    links: dict[str, Callable[[], bytes]] = {}
    monkeypatch.setattr(
        st, "download_button", lambda label, data, **how: links.update({how["file_name"]: data})
    )
    visit("hotspots", "analyst", language="pt", query=PERIOD | {"view": view})
    stem = {"rate": "quimera-rates", "areas": "quimera-areas"}[view]
    drawn = {name[-3:]: make() for name, make in links.items() if name.startswith(stem)}
    svg = drawn["svg"].decode()
    assert drawn["png"].startswith(b"\x89PNG")
    assert escape(translate("pt", unit)) in svg
    assert "Puerto Quimera · 1" in svg and translate("pt", "look.synthetic") in svg
    assert ("<image" in svg) == (view == "rate")
    assert ('fill-opacity="0.73"' in svg) == (view == "areas")


def test_areas_are_filled_and_rates_leave_a_surface(city_open: Path) -> None:
    areas = visit("hotspots", "analyst", query=PERIOD | {"view": "areas"})
    assert layer_ids(areas)[0] == "areas"
    (deck,) = areas.decks()
    names = {row["a"] for row in deck["layers"][0]["data"]}
    assert names == {f"Cuadrante {i}" for i in range(1, 11)}
    (table,) = [grid.value for grid in areas.app.dataframe]
    assert len(table) == 10
    assert "Cuadrante" in areas.sentence
    rate = visit("hotspots", "analyst", query=PERIOD | {"view": "rate"})
    assert layer_ids(rate)[0] == "density"
    assert translate("es", "rate.key_nobody") in rate.text


def test_the_mayor_has_neither_switch_nor_areas_whatever_the_address_says(city_open: Path) -> None:
    visit("hotspots", "analyst", query=PERIOD | {"view": "areas"})
    seen = visit("hotspots", "mayor", query=PERIOD | {"view": "areas", "area": "3"})
    assert not seen.failed
    assert set(layer_ids(seen)) <= {"density", "streets", "boundary", "names"}
    assert seen.count("dataframe") == 0
    assert translate("es", "view.areas") not in seen.text


@pytest.mark.parametrize("query", [{"view": "pie"}, {"view": "areas", "area": "99"},
                                   {"view": "areas", "measure": "nada"}])  # fmt: skip
def test_an_unknown_view_area_or_measure_is_explained(
    city_open: Path, query: dict[str, str]
) -> None:
    seen = visit("hotspots", "analyst", query=query)
    assert not seen.failed
    assert len(seen.notices) == 1


@pytest.fixture
def settings_file(
    city_open: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A copy of the project's settings, to be changed."""
    path = tmp_path / "config.toml"
    path.write_text((ROOT / "config.toml").read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setenv("CABILDO_CONFIG", str(path))
    return path


def without(path: Path, key: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith(f"{key} =")))


@pytest.mark.parametrize(("view", "key"), [("areas", "areas"), ("rate", "population")])
def test_without_its_layer_the_page_names_the_setting_and_keeps_the_rest(
    settings_file: Path, view: str, key: str
) -> None:
    without(settings_file, key)
    seen = visit("hotspots", "analyst", query=PERIOD | {"view": view})
    (notice,) = seen.notices
    assert f"cities.quimera.{key}" in notice
    assert seen.count("vega_lite_chart") == 2
    assert seen.sentence


def test_without_residents_areas_have_counts_and_say_why_no_rates(settings_file: Path) -> None:
    without(settings_file, "population")
    seen = visit("hotspots", "analyst", query=PERIOD | {"view": "areas"})
    assert seen.notices == []
    assert "cities.quimera.population" in seen.text
    assert translate("es", "areas.measure_rate_per_1000") not in seen.text


def test_an_unnamed_and_a_repaired_area_are_said(settings_file: Path, city_open: Path) -> None:
    layer = gpd.read_file(city_open / "layers" / "quimera" / "beats.geojson")
    layer.loc[2, "name"] = None
    layer.to_file(settings_file.parent / "areas.geojson")
    text = settings_file.read_text(encoding="utf-8")
    settings_file.write_text(
        text.replace("{home}/layers/quimera/beats.geojson", "areas.geojson"), encoding="utf-8"
    )
    seen = visit("hotspots", "analyst", query=PERIOD | {"view": "areas"})
    assert translate("es", "areas.unnamed", number=3) in seen.sentence
    (table,) = [grid.value for grid in seen.app.dataframe]
    assert translate("es", "areas.unnamed", number=3) in set(table["area"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chosen_area_gets_its_sheet_with_data_and_pictures(
    city_open: Path, language: str
) -> None:
    seen = visit("hotspots", "analyst", language=language,
                 query=PERIOD | {"view": "areas", "area": "3"})  # fmt: skip
    assert not seen.failed
    assert seen.notices == []
    assert "⟦" not in seen.text
    assert translate(language, "sheet.title", area="Cuadrante 3") in seen.text
    assert "area-chosen" in layer_ids(seen)
    assert seen.count("vega_lite_chart") == 4
    assert "area-sheet --city quimera --area 3 --from 2026-08-01" in seen.command
    names = [button.proto.id for button in seen.app.get("download_button")]
    assert sum("area-3" in name for name in names) == 5


def test_layers_chosen_in_the_address_are_drawn_over_every_map_and_told_below(
    city_open: Path,
) -> None:
    chosen = {"layers": ["areas", "cameras"]}
    for view in ("density", "rate", "areas"):
        seen = visit("hotspots", "analyst", query=PERIOD | chosen | {"view": view})
        assert seen.notices == []
        assert layer_ids(seen)[-2:] == ["overlay-areas-lines", "overlay-cameras"]
        assert translate("es", "overlay.key", name="cámaras", n="24") in seen.text


def test_the_mayor_may_choose_layers_which_hold_no_events(city_open: Path) -> None:
    seen = visit("hotspots", "mayor", query={"layers": ["stations"]})
    assert seen.notices == []
    added = set(layer_ids(seen)) - {"density", "streets", "boundary", "names"}
    assert added == {"overlay-stations"}
    (deck,) = seen.decks()
    marks = next(layer["data"] for layer in deck["layers"] if layer["id"] == "overlay-stations")
    assert [set(mark) for mark in marks] == [{"p", "t"}] * 3


def test_a_layer_whose_file_is_gone_is_explained_and_the_map_stays(
    settings_file: Path,
) -> None:
    text = settings_file.read_text(encoding="utf-8")
    settings_file.write_text(text.replace("quimera/cameras.geojson", "gone.geojson"))
    seen = visit("hotspots", "analyst", query=PERIOD | {"layers": ["cameras"]})
    (notice,) = seen.notices
    assert "cities.quimera.layers.cameras" in notice
    assert "density" in layer_ids(seen)


def test_the_sheet_of_an_area_without_events_is_drawn(city_open: Path) -> None:
    """At five in the morning of one day nothing is told of one of the ten areas at least."""
    query = {"from": "2026-10-06", "to": "2026-10-06", "hours": "5-5", "view": "areas"}
    (table,) = [grid.value for grid in visit("hotspots", "analyst", query=query).app.dataframe]
    name = table.loc[table["n"] == 0, "area"].iloc[0]
    seen = visit("hotspots", "analyst", query=query | {"area": name.removeprefix("Cuadrante ")})
    assert not seen.failed
    assert seen.notices == []
    assert translate("es", "sheet.title", area=name) in seen.text
    assert translate("es", "areas.small_number") in seen.text
