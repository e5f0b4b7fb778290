"""What is offered beside the hotspot map: its data for those who see cells, its picture for all."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from analytics.access import Principal
from analytics.datasets import Dataset
from analytics.exports.cells import cells_csv, cells_geojson
from analytics.exports.xlsx import frame_xlsx
from analytics.hotspots.surface import HotspotSurface
from analytics.hotspots.zones import PatrolPlan
from components import downloads, pictures
from components.language import current, speaking
from components.tokens import palette

Make = Callable[[], bytes]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MIMES = {
    "CSV": "text/csv",
    "XLSX": XLSX,
    "GeoJSON": "application/geo+json",
    "PNG": "image/png",
    "SVG": "image/svg+xml",
}


def row(
    principal: Principal,
    held: Dataset,
    result: HotspotSurface,
    classes: tuple[float, ...],
    plan: PatrolPlan | None,
    key: str = "cells",
) -> None:
    """Offer the density map: cells in three forms where the View has them, then the picture.

    ``key`` is unique on the page.
    """
    makers: dict[str, Make] = {}
    if held.view.sees_cells:
        frame = result.to_frame()
        makers = {
            "CSV": lambda: cells_csv(frame),
            "XLSX": lambda: frame_xlsx(frame, "hotspots"),
            "GeoJSON": lambda: cells_geojson(result, frame),
        }

    def drawing() -> str:
        # Drawn for the first who asks, not loaded by everyone who opens the page.
        from components import map_drawings

        zones = map_drawings.zone_areas(plan) if plan else ()
        return map_drawings.density(held, result, classes, zones)

    makers |= pictured(drawing)
    downloads.row(links(principal, held, result.period, "hotspots", makers), key=key)


def figure_row(
    principal: Principal, held: Dataset, chart: Any, title: str, name: str, frame: pd.DataFrame
) -> None:
    """Offer what a small figure beside the map shows, as data and as picture."""
    city, stem = held.city.key, f"map-{name}"
    data = downloads.table(frame, principal, city, stem, held.version)
    drawn = pictures.figure(
        chart, palette(), title=title, principal=principal, city=city, name=stem
    )
    downloads.row([data, *drawn], key=f"map_{name}")


def links(
    principal: Principal,
    held: Dataset,
    days: Sequence[object],
    name: str,
    makers: dict[str, Make],
) -> list[downloads.Download]:
    """Return audited links, one per form of :data:`MIMES`, named by what and when.

    Parameters
    ----------
    days : sequence of date
        The period, part of the files' names.
    name : str
        Stem of the files and kind that the audit tells.
    makers : dict
        Form → what makes it.
    """
    parts = (held.city.key, name, *map(str, days))
    return [
        downloads.Download(
            form,
            downloads.audited(
                principal,
                held.city.key,
                make,
                kind=f"{name}-{form.lower()}",
                version=held.version,
            ),
            downloads.file_name(*parts, extension=form.lower()),
            MIMES[form],
        )
        for form, make in makers.items()
    ]


def pictured(drawing: Callable[[], str]) -> dict[str, Make]:
    """Return what makes a drawing in SVG a file: as PNG and as it is, in the page's language.

    ``drawing`` is called when a link is pressed, outside the page's run.
    """
    spoken = current()

    def svg() -> bytes:
        with speaking(spoken):
            return drawing().encode()

    def png() -> bytes:
        from components.map_pictures import drawn_png

        return drawn_png(svg().decode())

    return {"PNG": png, "SVG": svg}
