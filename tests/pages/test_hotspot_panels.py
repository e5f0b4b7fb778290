"""What stands below the map: only what was asked for, and what its buttons do."""

from pathlib import Path

import pytest

from analytics.settings import LANGUAGES
from components.catalogue import translate
from components.hotspot_panels import PANELS
from tests.pages.visitors import Visit, visit


def test_nothing_is_drawn_below_the_map_before_it_is_asked_for(city_open: Path) -> None:
    seen = visit("hotspots", "analyst")
    assert translate("es", "panels.title") in seen.text
    assert translate("es", "bandwidth.title") not in seen.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("panel", PANELS)
def test_every_block_is_drawn_in_every_language(city_open: Path, panel: str, language: str) -> None:
    seen = visit("hotspots", "analyst", language=language, query={"panel": panel})
    assert not seen.failed
    assert seen.notices == []
    assert "⟦" not in seen.text


@pytest.mark.parametrize("panel", PANELS)
def test_the_mayor_sees_none_of_the_blocks(city_open: Path, panel: str) -> None:
    seen = visit("hotspots", "mayor", query={"panel": panel})
    assert translate("es", "panels.title") not in seen.text
    assert not seen.failed


def test_an_unknown_block_in_the_address_is_explained(city_open: Path) -> None:
    seen = visit("hotspots", "analyst", query={"panel": "nothing"})
    assert any("panel" in notice for notice in seen.notices)


def test_a_bandwidth_that_was_tested_can_be_put_in_force(city_open: Path) -> None:
    seen = visit("hotspots", "analyst", query={"panel": "bandwidth"})
    seen.app.toggle(key="bandwidth_ask").set_value(True).run()
    (button,) = [b for b in seen.app.button if (b.key or "").startswith("use_bandwidth_")]
    chosen = button.key.removeprefix("use_bandwidth_")
    after = Visit(button.click().run())
    assert after.app.number_input(key="bandwidth_m").value == float(chosen)
    assert f"--bandwidth-m {chosen}" in after.commands[0]
