"""Figures as files: SVG and PNG, drawn without a browser when the link is pressed."""

from functools import partial
from typing import Any

import vl_convert

from analytics.access import Principal
from components import downloads
from components.tokens import Palette

VEGA_LITE = "6.4"
WIDTH_PX = 720
SCALE = 2.0  # pixels of a PNG per pixel of the page


def svg(chart: Any, palette: Palette, *, title: str) -> bytes:
    """Return a chart as SVG on the page's ground, its title above it.

    Parameters
    ----------
    chart : altair chart
        As drawn on the page; it keeps its height and gets a fixed width.
    palette : Palette
        The one it was drawn with.
    title : str
        Translated.
    """
    return vl_convert.vegalite_to_svg(_still(chart, palette, title), vl_version=VEGA_LITE).encode()


def png(chart: Any, palette: Palette, *, title: str) -> bytes:
    """Return a chart as PNG, twice as fine as on the page; parameters as for :func:`svg`."""
    made = vl_convert.vegalite_to_png(
        _still(chart, palette, title), vl_version=VEGA_LITE, scale=SCALE
    )
    return bytes(made)


def links(
    chart: Any, palette: Palette, *, title: str, principal: Principal, city: str, name: str
) -> list[downloads.Download]:
    """Return the downloads of a chart; ``name`` is the stem of the files and the audited kind."""
    makers = (("PNG", "image/png", png), ("SVG", "image/svg+xml", svg))
    return [
        downloads.Download(
            label,
            downloads.audited(
                principal, city, partial(make, chart, palette, title=title), kind=name
            ),
            downloads.file_name(city, name, extension=label.lower()),
            mime,
        )
        for label, mime, make in makers
    ]


def _still(chart: Any, palette: Palette, title: str) -> dict[str, Any]:
    """Give a chart that fills its place on the page a width, a ground and a margin of its own."""
    spec: dict[str, Any] = chart.to_dict()
    spec |= {"width": WIDTH_PX, "background": palette.bg, "title": title}
    padding = spec.get("padding", {})
    spec["padding"] = {side: max(16, padding.get(side, 0)) for side in _SIDES}
    return spec


_SIDES = ("left", "right", "top", "bottom")
