"""The hotspot page's maps as drawings for files and paper, each with its key, in SVG."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import shapely

from analytics.basemaps.streets import read_boundary
from analytics.datasets import Dataset
from analytics.hotspots.areas import AreaCounts
from analytics.hotspots.change import ChangeMap
from analytics.hotspots.grids import Grid
from analytics.hotspots.rates import RateSurface
from analytics.hotspots.scales import even_floors
from analytics.hotspots.surface import HotspotSurface
from analytics.hotspots.zones import PatrolPlan, zone_shape
from components import hotspot_marks, zones_view
from components.area_maps import class_colours
from components.language import _, _n, day_range, number
from components.map_pictures import Areas, Key, map_svg
from components.rate_view import RATIO_FLOORS
from components.tokens import LIGHT

MAP_PX = 680


def density(
    held: Dataset,
    surface: HotspotSurface,
    classes: tuple[float, ...],
    zones: Sequence[Areas] = (),
) -> str:
    """Draw the density: surface, significant cells, zones if given.

    ``classes`` are seven floors per km² and 30 days.
    """
    significant = [] if surface.gi is None else [Areas(surface.gi.significant)]
    if not zones:
        significant += [Areas(m.cells, "number", m.text) for m in hotspot_marks.marks(surface)]
    named = "significant" if zones else "numbered"
    marks = [("outline", "", _(f"hotspots.key_{named}"))] if significant else []
    if zones:
        marks.append(("zone", "", _("zones.key")))
    fixed = classes == held.density_classes
    key = Key(
        floors=tuple(number(floor) for floor in classes),
        notes=(
            _("hotspots.key_unit"),
            _("scale.fixed_note" if fixed else "scale.fitted_note"),
        ),
        marks=tuple(marks),
        credit=_proof(held, surface.period, surface.totals.n),
    )
    return map_svg(
        held.city,
        surface.grid,
        [*significant, *zones],
        density=surface.density_per_km2_30d,
        classes=classes,
        key=key,
        width=MAP_PX,
    )


def zone_areas(plan: PatrolPlan) -> list[Areas]:
    """Return a plan's zones as areas to mark, each with its label."""
    return [Areas(zone.cells, "zone", zones_view.label(plan, zone)) for zone in plan.zones]


def rates(held: Dataset, found: RateSurface) -> str:
    """Draw the rates as times that of the whole, and in grey the cells where nobody lives."""
    key = Key(
        floors=tuple(number(floor) for floor in RATIO_FLOORS),
        notes=(_("rate.key_unit"), _("scale.fixed_note")),
        marks=(("fill", LIGHT.ghost, _("rate.key_nobody")),),
        credit=_proof(held, found.surface.period, found.surface.totals.n),
    )
    grid, boundary = found.surface.grid, read_boundary(held.city)
    empty = found.unpopulated & grid.study
    shape = zone_shape(grid, empty)
    inside = shape if boundary is None else shape & boundary
    nobody = Areas(shape=inside, kind="fill", colour=LIGHT.ghost)
    return map_svg(
        held.city,
        grid,
        [nobody],
        density=np.where(found.unpopulated, np.nan, found.ratio),
        classes=RATIO_FLOORS,
        key=key,
    )


def areas(held: Dataset, found: AreaCounts, grid: Grid, measure: str) -> str:
    """Draw the areas by the class of a measure; grey where it is not known."""
    values = found.frame[measure].to_numpy(dtype=float)
    floors = even_floors(float(np.nanmax(values)))
    colours, known = class_colours(len(floors), LIGHT), np.isfinite(values)
    level = np.searchsorted(floors, np.nan_to_num(values), side="right") - 1
    kinds = [(i, colour) for i, colour in enumerate(colours)]
    drawn = [(shapes_of(found, known & (level == i)), colour) for i, colour in kinds]
    drawn.append((shapes_of(found, ~known), LIGHT.ghost))
    marks = (("fill", LIGHT.ghost, _("rate.key_nobody")),) if not known.all() else ()
    key = Key(
        floors=tuple(number(floor) for floor in floors),
        notes=(_(f"areas.unit_{measure}"), _("scale.fitted_note")),
        marks=marks,
        credit=_proof(held, found.period, found.totals.n),
        colours=colours,
    )
    parts = [Areas(shape=shape, kind="area", colour=colour) for shape, colour in drawn]
    return map_svg(held.city, grid, parts, key=key)


def change(held: Dataset, found: ChangeMap) -> str:
    """Draw the cells that rose and those that fell beyond chance."""
    rose = found.significant & (found.rate_ratio > 1)
    key = Key(
        marks=(("fill", LIGHT.rise, _("report.rose")), ("fill", LIGHT.fall, _("report.fell"))),
        credit=held.city.basemap_attribution,
    )
    marked = [
        Areas(rose, "fill", colour=LIGHT.rise),
        Areas(found.significant & ~rose, "fill", colour=LIGHT.fall),
    ]
    return map_svg(held.city, found.grid, marked, key=key, width=MAP_PX)


def _proof(held: Dataset, period: tuple[date, date], n: float) -> str:
    """Say at the key's end whose map it is, of when, of how many records, and on whose streets."""
    told = [held.city.name, day_range(*period), _n("count.records", round(n))]
    synthetic = [_("look.synthetic")] if held.city.synthetic else []
    credit = [held.city.basemap_attribution] if held.city.basemap_attribution else []
    return " · ".join([*told, *synthetic, *credit])


def shapes_of(found: AreaCounts, chosen: np.ndarray) -> shapely.Geometry:
    """Return chosen areas as one collection in the city's CRS; borders between them stay."""
    return shapely.geometrycollections(found.areas.shapes[chosen])
