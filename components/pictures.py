"""Charts as files, drawn on the server without a browser, with their proof in the title."""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import altair as alt
import vl_convert

from analytics.access import Principal
from analytics.exports.reports import FONTS
from components import downloads
from components.tokens import Palette

WIDTH_PX = 640
SCALE = 2  # of the PNG: sharp in print and on dense screens
KINDS = {"PNG": ("png", "image/png"), "SVG": ("svg", "image/svg+xml")}


def titled(chart: Any, title: str, proof: Sequence[str], ground: str) -> Any:
    """Return a chart of fixed width on its ground, with what it shows and of what data."""
    text = alt.TitleParams(text=title, subtitle=list(proof), offset=12)
    edge = {"left": 20, "right": 20, "top": 16, "bottom": 16}
    return chart.properties(width=WIDTH_PX, title=text, padding=edge, background=ground)


@lru_cache(maxsize=1)
def register_fonts() -> None:
    """Make our own fonts known to what draws pictures, once per process."""
    vl_convert.register_font_directory(str(FONTS))


def chart_png(chart: Any, *, width: int) -> bytes:
    """Turn a chart of :mod:`components.charts` into PNG, ``width`` pixels wide, twice as sharp."""
    register_fonts()
    told = chart.properties(width=width).to_dict() | {"background": "#FFFFFF"}
    made: bytes = vl_convert.vegalite_to_png(told, scale=SCALE)
    return made


def svg(chart: Any) -> bytes:
    """Draw a chart as SVG."""
    register_fonts()
    return str(vl_convert.vegalite_to_svg(chart.to_json())).encode("utf-8")


def png(chart: Any) -> bytes:
    """Draw a chart as PNG, twice its size in pixels."""
    register_fonts()
    return bytes(vl_convert.vegalite_to_png(chart.to_json(), scale=SCALE))


def links(
    chart: Any, audited: Callable[[Callable[[], bytes]], Callable[[], bytes]], *name: str
) -> list[downloads.Download]:
    """Return the links that deliver a titled chart as SVG and PNG.

    Parameters
    ----------
    chart : altair chart
        From :func:`titled`.
    audited : callable
        Wraps what makes the file, as :func:`components.downloads.audited` does.
    name : str
        Parts of the file name.
    """
    makers = {"PNG": png, "SVG": svg}
    return [
        downloads.Download(
            label,
            audited(partial(make, chart)),
            downloads.file_name(*name, extension=KINDS[label][0]),
            KINDS[label][1],
        )
        for label, make in makers.items()
    ]


def figure(
    chart: Any, palette: Palette, *, title: str, principal: Principal, city: str, name: str
) -> list[downloads.Download]:
    """Return the audited links of a chart as drawn with a palette, under its title.

    ``name`` is the stem of the files and the kind that the audit tells.
    """
    audited = partial(downloads.audited, principal, city, kind=name)
    return links(titled(chart, title, [], palette.bg), audited, city, name)
