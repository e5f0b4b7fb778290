"""Charts as files: drawn without a browser, with title and proof."""

import struct
from io import BytesIO

import altair as alt
import pandas as pd
import pytest
from PIL import Image

from components import charts, pictures
from components.tokens import LIGHT

ROWS = pd.DataFrame({"label": ["Hurto 60 %", "Robo 40 %"], "share": [0.6, 0.4]})


def picture():
    chart = charts.bars_share(ROWS, LIGHT)
    return pictures.titled(chart, "Centro: qué ocurre", ["12 registros · marzo"], LIGHT.bg)


def test_the_svg_holds_title_proof_and_labels_on_the_ground():
    drawn = pictures.svg(picture()).decode("utf-8")
    for text in ("Centro: qué ocurre", "12 registros · marzo", "Hurto 60 %", LIGHT.bg):
        assert text in drawn


def test_the_png_is_twice_as_wide_as_the_chart():
    drawn = pictures.png(picture())
    assert drawn.startswith(b"\x89PNG")
    (width,) = struct.unpack(">I", drawn[16:20])
    assert width >= 2 * pictures.WIDTH_PX


def test_links_deliver_both_kinds_through_the_audit():
    seen = []

    def audited(make):
        def produce():
            seen.append(make)
            return make()

        return produce

    png, svg = pictures.links(picture(), audited, "quimera", "área 3")
    assert (svg.file_name, png.file_name) == ("quimera-area-3.svg", "quimera-area-3.png")
    assert seen == []
    assert svg.data().startswith(b"<svg")
    assert len(seen) == 1


def test_a_chart_is_drawn_on_white_at_twice_its_width():
    frame = pd.DataFrame({"label": ["a"], "share": [0.5]})
    made = pictures.chart_png(charts.bars_share(frame, LIGHT), width=200)
    with Image.open(BytesIO(made)) as image:
        assert image.convert("RGBA").getpixel((1, 1)) == (255, 255, 255, 255)
        assert image.width == pytest.approx(400, abs=4)
    assert isinstance(charts.bars_share(frame, LIGHT), alt.LayerChart)
