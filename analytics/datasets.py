"""What a city's published version holds: the ground every page of events stands on."""

from dataclasses import dataclass
from datetime import date, datetime

from analytics.access import View
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.hotspots.surface import fixed_classes
from analytics.settings import City
from analytics.store.batches import VersionRow


@dataclass(frozen=True)
class Dataset:
    """What a city's published version holds, as far as the View may know.

    ``categories`` and ``sources`` are (key, n) pairs, largest first; ``period`` is first and last
    civil day of the dated events; ``density_classes`` are the floors of the fixed colour scale,
    events per km² and 30 days; ``n`` counts incidents, ``n_records`` all that was told of them;
    ``version`` names the published version.
    """

    city: City
    version: str
    published_at: datetime
    period: tuple[date, date]
    categories: tuple[tuple[str, float], ...]
    sources: tuple[tuple[str, float], ...]
    n: float
    n_located: float
    n_records: float
    density_classes: tuple[float, ...]
    view: View


def describe(engine: EventEngine, city: City, version: VersionRow, view: View) -> Dataset:
    """Return what ``view`` may know of the version that ``engine`` reads.

    Parameters
    ----------
    engine : EventEngine
        Opened on ``version``.
    city : City
    version : VersionRow
    view : View
        A surface view learns of shareable groups only.

    Raises
    ------
    TooFewEventsError
        If nothing is located and the settings fix no classes.
    """
    shareable = not view.sees_cells
    totals = engine.totals(Filters(), shareable_only=shareable)
    pairs = {
        by: tuple(
            engine.counts(Filters(), (by,), shareable_only=shareable)
            .to_pandas()
            .sort_values("n", ascending=False)
            .itertuples(index=False, name=None)
        )
        for by in ("category", "source")
    }
    return Dataset(
        city=city,
        version=version.version_id,
        published_at=version.created_at,
        period=engine.period(shareable_only=shareable),
        categories=pairs["category"],
        sources=pairs["source"],
        n=totals.n,
        n_located=totals.n_located,
        n_records=totals.n_records,
        density_classes=fixed_classes(engine, city),
        view=view,
    )
