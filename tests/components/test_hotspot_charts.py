"""The workbench's charts are drawn, worded by the caller, and stay on their scale."""

import re

import pandas as pd
import pytest

from analytics.access import Principal
from components import downloads, hotspot_charts, pictures
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


def test_a_length_that_the_line_would_cross_stands_at_the_left_of_its_dot() -> None:
    picture = drawn(scale([134.0, 632.0]))
    assert re.search(r'text-anchor="end"[^>]*>134 m<', picture)
    assert re.search(r'text-anchor="start"[^>]*>632 m<', picture)


def test_a_bandwidth_beyond_the_scale_stands_at_its_end_with_its_own_value() -> None:
    spec = scale([12.0, 9000.0]).to_dict()
    (rows,) = [rows for rows in spec["datasets"].values() if "bandwidth_m" in rows[0]]
    assert [row["at"] for row in rows] == [50.0, 5000.0]
    assert [row["shown"] for row in rows] == ["12 m", "9000 m"]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_a_figure_becomes_files_with_title_and_ground(
    palette: Palette, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = []
    monkeypatch.setattr(downloads.loaders, "record", lambda *_, **told: kinds.append(told["kind"]))
    png, svg = pictures.figure(
        scale([100.0], palette),
        palette,
        title="Título",
        principal=Principal("ana", "Ana"),
        city="quimera",
        name="rules",
    )
    text = svg.data().decode()
    assert text.startswith("<svg") and "Título" in text and palette.bg in text
    assert png.data().startswith(b"\x89PNG")
    assert (png.file_name, kinds) == ("quimera-rules.png", ["rules", "rules"])


def test_the_curve_names_its_points_and_is_thinned_but_ends_at_the_whole() -> None:
    frame = pd.DataFrame({"area_share": [i / 5000 for i in range(5001)]})
    frame["event_share"] = frame["area_share"] ** 0.2
    marks = pd.DataFrame({"area_share": [0.03], "event_share": [0.5], "label": ["50 en 3"]})
    chart = hotspot_charts.concentration_curve(
        frame, LIGHT, even_share=0.4, marks=marks, share=lambda value: f"{100 * value:.0f} %"
    )
    picture = drawn(chart)
    assert ">50 en 3<" in picture and ">75 %<" in picture
    (rows,) = [rows for rows in chart.to_dict()["datasets"].values() if len(rows) > 100]
    assert len(rows) < 400
    assert rows[-1] == {"area_share": 1.0, "event_share": 1.0}
