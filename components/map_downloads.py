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
) -> None:
    """Offer the density map: cells in three forms where the View has them, then the picture."""
    makers: dict[str, Make] = {}
    if held.view.sees_cells:
        frame = result.to_frame()
        makers = {
            "CSV": lambda: cells_csv(frame),
            "XLSX": lambda: frame_xlsx(frame, "hotspots"),
            "GeoJSON": lambda: cells_geojson(result, frame),
        }
    makers |= _pictures(held, result, classes, plan)
    downloads.row(links(principal, held, result.period, "hotspots", makers), key="cells")


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


def _pictures(
    held: Dataset,
    result: HotspotSurface,
    classes: tuple[float, ...],
    plan: PatrolPlan | None,
) -> dict[str, Make]:
    spoken = current()

    def drawing() -> str:
        # Drawn for the first who asks; pressed outside the page's run, in the page's language.
        from components.hotspot_reports import map_drawing, zone_areas

        with speaking(spoken):
            return map_drawing(held, result, classes, zone_areas(plan) if plan else ())

    def png() -> bytes:
        from components.map_pictures import drawn_png

        return drawn_png(drawing())

    return {"PNG": png, "SVG": lambda: drawing().encode()}
