"""The surface view's twin of the map: how much of the area lies in each class of density."""

import numpy as np
import pandas as pd

from analytics.access import Principal
from analytics.datasets import Dataset
from analytics.hotspots.scales import area_by_class
from analytics.hotspots.surface import HotspotSurface
from components import cards, downloads
from components.language import _, number, percent


def classes_table(
    principal: Principal, held: Dataset, result: HotspotSurface, classes: tuple[float, ...]
) -> None:
    """Show the surface view's twin: how much of the area lies in each class."""
    frame = area_by_class(result.density_per_km2_30d, result.grid.cell_m, classes)
    shown = classes_frame(result, classes)
    with cards.block("classes", title=_("hotspots.classes"), note=_("hotspots.key_unit")):
        columns = {name: _(f"column.{name}") for name in ("class", "area_km2", "share")}
        cards.table(shown, columns, caption=_("hotspots.classes"))
        item = downloads.Download(
            "CSV",
            downloads.audited(
                principal, result.city, lambda: downloads.csv_bytes(frame), kind="density-classes"
            ),
            downloads.file_name(held.city.key, "density-classes", extension="csv"),
            "text/csv",
        )
        downloads.row([item], key="classes")


def classes_frame(result: HotspotSurface, classes: tuple[float, ...]) -> pd.DataFrame:
    """Word how much of the area lies in each class; columns class, area_km2, share."""
    frame = area_by_class(result.density_per_km2_30d, result.grid.cell_m, classes)
    return pd.DataFrame(
        {
            "class": [_class_name(low, high) for low, high in frame[["low", "high"]].to_numpy()],
            "area_km2": [number(value, 2) for value in frame["area_km2"]],
            "share": [percent(value, 1) for value in frame["share"]],
        }
    )


def _class_name(low: float, high: float) -> str:
    if not np.isfinite(high):
        return _("scale.from", low=number(low))
    if low <= 0:
        return _("scale.below", high=number(high))
    return _("scale.between", low=number(low), high=number(high))
