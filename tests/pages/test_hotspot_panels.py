"""What stands below the map: only what was asked for, and what its buttons do."""

import json
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analytics.__main__ import app
from analytics.settings import LANGUAGES
from components.catalogue import translate
from components.hotspot_panels import PANELS
from components.language import number, speaking
from tests.pages.visitors import Visit, visit


def test_nothing_is_drawn_below_the_map_before_it_is_asked_for(city_open: Path) -> None:
    seen = visit("hotspots", "analyst")
    assert translate("es", "panels.title") in seen.text
    assert translate("es", "bandwidth.title") not in seen.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("panel", PANELS)
def test_every_block_is_drawn_in_every_language(city_open: Path, panel: str, language: str) -> None:
    asked = {"panel": panel, "treated": ["3"], "control": ["1", "2"]}
    seen = visit("hotspots", "analyst", language=language, query=asked)
    assert not seen.failed
    assert not [html for html in seen.html if 'role="alert"' in html or 'role="status"' in html]
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


def test_the_reporting_rate_of_the_settings_is_told_with_its_survey(city_open: Path) -> None:
    seen = visit("hotspots", "analyst", query={"panel": "cautions"})
    plain = seen.text.replace("\u00a0", " ")
    assert "se denuncia el 35 % de los hechos: por cada uno registrado ocurren unos 2,9" in plain
    assert "encuesta de ejemplo" in plain


def test_two_periods_stand_side_by_side_on_one_view_and_scale(city_open: Path) -> None:
    asked = {"panel": "compare", "before_from": "2025-08-01", "before_to": "2025-10-31"}
    seen = visit("hotspots", "analyst", query=asked)
    _page, other, this, change = seen.decks()
    assert other["initialViewState"] == this["initialViewState"]
    pictures = [
        next(layer["image"] for layer in deck["layers"] if layer["id"] == "density")
        for deck in (other, this)
    ]
    assert pictures[0] != pictures[1]
    assert "significant-change" in [layer["id"] for layer in change["layers"]]
    (command,) = [command for command in seen.commands if " change " in command]
    assert "--before-from 2025-08-01 --before-to 2025-10-31" in command


def test_two_settings_are_compared_without_a_test_of_change(city_open: Path) -> None:
    asked = {"panel": "compare", "compare": "setting", "other_m": "700", "other_kernel": "quartic"}
    seen = visit("hotspots", "analyst", query=asked)
    assert len(seen.decks()) == 3
    assert any("--bandwidth-m 700 --kernel quartic" in command for command in seen.commands)
    assert not any(" change " in command for command in seen.commands)


def test_periods_that_share_a_day_are_explained(city_open: Path) -> None:
    asked = {"panel": "compare", "before_from": "2026-07-01", "before_to": "2026-08-15"}
    seen = visit("hotspots", "analyst", query=asked)
    assert len(seen.notices) == 1
    assert not seen.failed


def test_an_intervention_is_judged_as_its_command_judges_it(city_open: Path) -> None:
    asked = {"panel": "wdd", "treated": ["3"], "control": ["1", "2"]}
    seen = visit("hotspots", "analyst", query=asked)
    (command,) = [command for command in seen.commands if " wdd " in command]
    assert "--treated-area 3 --control-area 1 --control-area 2" in command
    words = shlex.split(command)[3:-2]
    answer = CliRunner().invoke(app, [*words, "--json"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    with speaking("es"):
        for side in ("treated", "control"):
            for n in told["counts"][side]:
                assert f">{number(n, 0)}<" in "".join(seen.html)
        assert f"{number(told['local']['wdd'], 1)}, error" in seen.text


def test_without_both_sides_the_intervention_asks_for_them(city_open: Path) -> None:
    seen = visit("hotspots", "analyst", query={"panel": "wdd", "treated": ["3"]})
    assert translate("es", "wdd.choose_both") in seen.text
    assert not any(" wdd " in command for command in seen.commands)
    assert not seen.failed
