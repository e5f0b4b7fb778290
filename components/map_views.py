"""Which map the page shows besides the density: rates or areas, or why there is none."""

from analytics import loaders
from analytics.access import Principal
from analytics.datasets import Dataset
from analytics.errors import AnalyticsError
from analytics.hotspots.areas import AreaCounts
from analytics.hotspots.grids import Grid
from analytics.hotspots.rates import RateSurface
from analytics.hotspots.surface import HotspotSurface
from analytics.overlays import Overlay
from components import areas_view, inputs, notices, rate_view
from components.language import sentence_of
from components.raster import grid_bounds

Found = RateSurface | AreaCounts


def load(
    principal: Principal, held: Dataset, result: HotspotSurface
) -> Found | AnalyticsError | None:
    """Return what the chosen map shows, why it cannot, or None for the density."""
    view = inputs.map_view(held)
    try:
        if view == "rate":
            return loaders.rates(principal, result.city, result.filters, result.method)
        if view == "areas":
            return loaders.areas(principal, result.city, result.filters)
    except AnalyticsError as refusal:
        return refusal
    return None


def sentence(found: Found | AnalyticsError | None) -> str:
    """Return the sentence that the chosen map proves; empty for the density's own."""
    if isinstance(found, RateSurface):
        return rate_view.sentence(found)
    return areas_view.sentence(found) if isinstance(found, AreaCounts) else ""


def draw(
    held: Dataset,
    result: HotspotSurface,
    found: Found | AnalyticsError,
    over: tuple[Overlay, ...],
) -> None:
    """Draw the chosen map and its twin, or say what the settings lack."""
    if isinstance(found, RateSurface):
        rate_view.draw(held, found, over)
    elif isinstance(found, AreaCounts):
        areas_view.draw(held, found, over, grid_bounds(result.grid))
    else:
        notices.empty(sentence_of(found))


def method(principal: Principal, held: Dataset, found: Found, grid: Grid) -> None:
    """State how the chosen map was made, with command and downloads."""
    if isinstance(found, RateSurface):
        rate_view.method(principal, held, found)
    else:
        areas_view.method(principal, held, found, grid)
