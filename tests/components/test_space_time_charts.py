"""Run chart and Knox table: what is marked, what is printed, in both palettes."""

import pandas as pd
import pytest
import vl_convert

from components import space_time_charts
from components.tokens import DARK, LIGHT, Palette


def drawn(chart: object) -> str:
    return vl_convert.vegalite_to_svg(chart.to_dict() | {"width": 500}, vl_version="6.4")


def run_chart(values: list[float], palette: Palette = LIGHT) -> object:
    frame = pd.DataFrame(
        {
            "when": [f"mes {i}" for i in range(len(values))],
            "n": values,
            "earlier_low": [None] * (len(values) - 1) + [values[0]],
            "earlier_high": [None] * (len(values) - 1) + [values[0] + 2],
            "in_run": [i > 2 for i in range(len(values))],
            "tick": ["nov 2023", *[""] * (len(values) - 1)],
        }
    )
    return space_time_charts.run_chart(
        frame, palette, median=5, median_label="mediana 5", number=lambda n: f"{n:.0f} x"
    )


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_run_is_filled_and_median_and_first_month_are_named(palette: Palette) -> None:
    chart = run_chart([4.0, 5.0, 6.0, 7.0, 8.0, 9.0], palette)
    picture = drawn(chart)
    assert ">mediana 5<" in picture and ">nov 2023<" in picture
    fill = chart.to_dict()["layer"][-1]["encoding"]["fill"]
    assert fill["condition"] == {"test": "datum.in_run", "value": palette.accent}


@pytest.mark.parametrize("values", [[0.0, 0.0], [3.0], [4100.0, 4800.0], [1.0, 250_000.0]])
def test_any_scale_has_whole_marks_inside_its_bounds(values: list[float]) -> None:
    y = run_chart(values).to_dict()["layer"][-1]["encoding"]["y"]
    low, high = y["scale"]["domain"]
    marks = y["axis"]["values"]
    assert low <= min(values) and high >= max(values)
    assert marks == sorted(set(marks)) and 1 <= len(marks) <= 7
    assert all(low <= mark <= high for mark in marks)


def knox(palette: Palette = LIGHT) -> object:
    frame = pd.DataFrame(
        {
            "space": ["mismo lugar", "mismo lugar", "1–200 m", "1–200 m"],
            "time": ["mismo día", "1 a 6 días"] * 2,
            "ratio": [9.0, 1.3, 1.9, None],
            "beyond": [True, True, False, False],
            "ratio_text": ["× 9,0", "× 1,3", "× 1,9", "–"],
            "p_text": ["p = 0,001", "p = 0,02", "p = 0,3", "p = 1"],
            "pairs_text": ["9 de 1"] * 4,
        }
    )
    return space_time_charts.knox_heat(frame, palette, words={"pairs_text": "Pares"})


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_only_cells_beyond_chance_are_coloured_and_each_prints_ratio_and_p(
    palette: Palette,
) -> None:
    spec = knox(palette).to_dict()
    (rows,) = spec["datasets"].values()
    assert [row["shade"] for row in rows] == [6, 1, 0, 0]
    assert [row["dark"] for row in rows] == [True, False, False, False]
    picture = drawn(knox(palette))
    for text in ("mismo lugar", "1 a 6 días", "× 9,0", "p = 0,001", "–"):
        assert f">{text}<" in picture
    assert palette.hours[6].lower() in picture.lower()
