"""Zones and reports on the hotspot page: asked for, drawn, told, downloaded, refused."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from typer.testing import CliRunner

from analytics.__main__ import app as command_line
from analytics.settings import load_settings
from analytics.store import audit
from analytics.store.database import open_database
from components.catalogue import translate
from tests.analytics.exports.sample_report import pdf_text
from tests.pages.visitors import Visit, visit

ASKED = {"zones": "1", "crews": "3", "hectares": "9", "hours": "18-1", "weekdays": "5,6"}


@pytest.fixture(scope="module")
def links(city_open: Path) -> Iterator[dict[str, Any]]:
    """Note what every download link delivers, and draw it all the same."""
    noted: dict[str, Any] = {}
    draw = st.download_button

    def note(label: str, data: Any, **details: Any) -> Any:
        noted[details["file_name"]] = data
        return draw(label, data, **details)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "download_button", note)
        yield noted


@pytest.fixture(scope="module")
def seen(links: dict[str, Any]) -> Visit:
    return visit("hotspots", "analyst", query=ASKED)


def layers(page: Visit) -> list[str]:
    (deck,) = page.decks()
    return [layer["id"] for layer in deck["layers"]]


def test_zones_are_computed_only_when_asked(links: dict[str, Any]) -> None:
    page = visit("hotspots", "analyst")
    assert not page.failed
    assert not any(name.startswith("zone") for name in layers(page))
    assert translate("es", "column.why") not in page.text
    assert translate("es", "zones.ask") in page.text


def test_a_link_reopens_the_zones_on_the_map_and_in_the_table(seen: Visit) -> None:
    assert not seen.failed and seen.notices == []
    assert layers(seen)[-7:] == [
        *(f"zone-{n}{part}" for n in (1, 2, 3) for part in ("-ground", "")),
        "zone-names",
    ]
    assert translate("es", "column.why") in seen.text
    assert translate("es", "zones.key") in seen.text
    assert seen.app.query_params["crews"] == "3"
    assert seen.app.query_params["zones"] == "1"


def test_the_command_gives_the_same_zones(
    seen: Visit, links: dict[str, Any], tmp_path: Path
) -> None:
    (told,) = [command for command in seen.commands if " zones " in command]
    words = shlex.split(told)[3:]
    words[words.index("--out") + 1] = str(tmp_path / "zones.csv")
    assert CliRunner().invoke(command_line, words).exit_code == 0
    (shown,) = [data() for name, data in links.items() if "zones" in name and name.endswith("csv")]
    (tmp_path / "page.csv").write_bytes(shown)
    files = [pd.read_csv(tmp_path / name) for name in ("zones.csv", "page.csv")]
    pd.testing.assert_frame_equal(*files)
    assert len(files[0]) == 3


def test_the_briefing_is_made_on_the_press_and_audited(seen: Visit, links: dict[str, Any]) -> None:
    (make,) = [data for name, data in links.items() if "briefing" in name]
    database = open_database(load_settings())
    before = len(audit.entries(database, actions=("download",)))
    said = pdf_text(make())
    assert "3 zonas reúnen" in said
    after = audit.entries(database, actions=("download",))
    assert len(after) == before + 1


def test_each_language_gets_its_bulletin(links: dict[str, Any]) -> None:
    links.clear()
    visit("hotspots", "analyst", language="pt", query={"category": "robbery_violence"})
    (make,) = [data for name, data in links.items() if "bulletin" in name and "pdf" in name]
    assert pdf_text(make()).startswith("Boletim")


@pytest.mark.parametrize(
    ("wrong", "part"),
    [({"crews": "0"}, "entre 1 y 40"), ({"hectares": "0.5"}, "al menos 1 ha")],
)
def test_an_order_that_cannot_be_is_said(city_open: Path, wrong: dict[str, str], part: str) -> None:
    page = visit("hotspots", "analyst", query=ASKED | wrong)
    assert not page.failed
    assert any(part in notice for notice in page.notices)
    assert not any(name.startswith("zone") for name in layers(page))


def test_the_mayor_gets_no_zones_by_a_link_but_a_bulletin_of_the_surface(
    seen: Visit, links: dict[str, Any]
) -> None:
    links.clear()
    page = visit("hotspots", "mayor", query={"zones": "1", "crews": "3"})
    assert not page.failed
    assert not any(name.startswith("zone") for name in layers(page))
    assert translate("es", "zones.title") not in page.text
    assert not any("briefing" in name or "zones" in name for name in links)
    (make,) = [data for name, data in links.items() if "bulletin" in name and "pdf" in name]
    said = pdf_text(make())
    assert translate("es", "hotspots.classes") in said
    assert translate("es", "report.change") not in said
