"""Charts as files, drawn on the server without a browser, with their proof in the title."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import altair as alt
import vl_convert

from components import downloads

WIDTH_PX = 640
SCALE = 2  # of the PNG: sharp in print and on dense screens
KINDS = {"SVG": ("svg", "image/svg+xml"), "PNG": ("png", "image/png")}


def titled(chart: Any, title: str, proof: Sequence[str], ground: str) -> Any:
    """Return a chart of fixed width on its ground, with what it shows and of what data."""
    text = alt.TitleParams(text=title, subtitle=list(proof), offset=12)
    edge = {"left": 20, "right": 20, "top": 16, "bottom": 16}
    return chart.properties(width=WIDTH_PX, title=text, padding=edge, background=ground)


def svg(chart: Any) -> bytes:
    """Draw a chart as SVG."""
    return str(vl_convert.vegalite_to_svg(chart.to_json())).encode("utf-8")


def png(chart: Any) -> bytes:
    """Draw a chart as PNG, twice its size in pixels."""
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
    makers = {"SVG": svg, "PNG": png}
    return [
        downloads.Download(
            label,
            audited(partial(make, chart)),
            downloads.file_name(*name, extension=KINDS[label][0]),
            KINDS[label][1],
        )
        for label, make in makers.items()
    ]
