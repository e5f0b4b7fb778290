"""The command that the hotspot page shows gives the page's own numbers, for the demo city."""

import json
import shlex
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from analytics.__main__ import app
from components.language import number, percent, speaking
from tests.pages.visitors import Visit, visit

CELLS = "cell_x cell_y n density_per_km2 density_per_km2_30d gi_z gi_p gi_q significant gi_class"
SCORES = "window share model n hit_rate pai pei_star pai_low pai_high"


def answer(command: str, out: Path) -> dict:
    """Run a command of the page as it stands, its file put elsewhere."""
    words = shlex.split(command)[3:]
    words[words.index("--out") + 1] = str(out)
    given = CliRunner().invoke(app, [*words, "--json"])
    assert given.exit_code == 0, given.output
    return json.loads(given.stdout)


def the(seen: Visit, name: str) -> str:
    (command,) = [c for c in seen.commands if c.startswith(f"python -m analytics {name} ")]
    return command


@pytest.fixture(scope="module")
def seen(city_open: Path) -> Visit:
    page = visit("hotspots", "analyst", query={"zones": "1", "panel": "time"})
    return Visit(page.app.toggle(key="validity").set_value(True).run())


def test_hotspots(seen: Visit, tmp_path: Path) -> None:
    told = answer(the(seen, "hotspots"), tmp_path / "a.csv")
    frame = pd.read_csv(tmp_path / "a.csv")
    assert list(frame) == CELLS.split()
    shown = seen.app.dataframe[0].value
    first = frame.head(len(shown))
    for name in ("cell_x", "cell_y", "n"):
        assert shown[name].tolist() == first[name].tolist()
    assert shown["gi_z"].tolist() == pytest.approx(first["gi_z"].tolist(), rel=1e-12)
    with speaking("es"):
        assert number(told["significant_cells"]) in seen.text
        assert f"{number(round(told['n']))} registros" in seen.text.replace("\u00a0", " ")


def test_validate(seen: Visit, tmp_path: Path) -> None:
    told = answer(the(seen, "validate"), tmp_path / "b.csv")
    assert list(pd.read_csv(tmp_path / "b.csv")) == SCORES.split()
    html = "".join(seen.html)
    with speaking("es"):
        for row in told["summary"]:
            assert f">{number(row['pai'], 1)}<" in html


def test_zones(seen: Visit, tmp_path: Path) -> None:
    told = answer(the(seen, "zones"), tmp_path / "c.geojson")
    features = json.loads((tmp_path / "c.geojson").read_text())["features"]
    assert len(features) == told["zones"] == 4
    with speaking("es"):
        assert percent(told["share"], 1) in seen.text
        assert percent(told["greedy_share"], 1) in seen.text


def test_temporal(seen: Visit, tmp_path: Path) -> None:
    command = next(c for c in seen.commands if " temporal " in c and "--by" not in c)
    told = answer(command, tmp_path / "d.csv")
    frame = pd.read_csv(tmp_path / "d.csv")
    assert list(frame) == ["weekday", "hour", "n"]
    assert frame["n"].sum() == pytest.approx(told["n"])
