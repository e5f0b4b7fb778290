"""The workbench's charts are drawn, worded by the caller, and stay on their scale."""

import pandas as pd
import pytest

from components import hotspot_charts, pictures
from components.tokens import DARK, LIGHT, Palette
from tests.components.test_charts import drawn


def metres(value: float) -> str:
    return f"{value:.0f} m"


def scale(bandwidths: list[float], palette: Palette = LIGHT) -> object:
    frame = pd.DataFrame(
        {
            "name": [f"regla {i}" for i in range(len(bandwidths))],
            "bandwidth_m": bandwidths,
            "is_tested": [i == 0 for i in range(len(bandwidths))],
        }
    )
    return hotspot_charts.bandwidth_scale(
        frame,
        palette,
        chosen=200.0,
        chosen_label="en uso: 200 m",
        practice=(150.0, 500.0),
        bounds=(50.0, 5000.0),
        metres=metres,
    )


def test_the_scale_names_every_bandwidth_and_the_one_in_force() -> None:
    picture = drawn(scale([100.0, 632.0]))
    for text in ("100 m", "632 m", "regla 0", "regla 1", "en uso: 200 m", "5000 m"):
        assert f">{text}<" in picture


def test_a_bandwidth_beyond_the_scale_stands_at_its_end_with_its_own_value() -> None:
    spec = scale([12.0, 9000.0]).to_dict()
    (rows,) = [rows for rows in spec["datasets"].values() if "bandwidth_m" in rows[0]]
    assert [row["at"] for row in rows] == [50.0, 5000.0]
    assert [row["shown"] for row in rows] == ["12 m", "9000 m"]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_a_figure_becomes_a_file_with_title_ground_and_a_width(palette: Palette) -> None:
    chart = scale([100.0], palette)
    text = pictures.svg(chart, palette, title="Título").decode()
    assert text.startswith("<svg") and "Título" in text and palette.bg in text
    assert pictures.png(chart, palette, title="Título").startswith(b"\x89PNG")
