"""Small groups in the surface view: a hand-made city where one group is too small to be shown.

Groups are month × category × source; one of fewer than five located events is left out of
everything a mayor gets, so that no subtraction of selections brings an event to light.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from itertools import chain, combinations, product
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import streamlit as st

from analytics import loaders
from analytics.access import SUPPRESSION_K, Assignment, Principal
from analytics.errors import FilterError, TooFewEventsError
from analytics.events.engine import EventEngine
from analytics.events.filters import Filters
from analytics.events.publishing import publish, version_path
from analytics.hotspots.density import exact_density_per_km2
from analytics.hotspots.surface import Method, hotspot_surface
from analytics.settings import Settings
from analytics.sources.importing import import_file
from analytics.store.batches import current_version
from analytics.store.database import open_database

CONFIG = """
[cities.prueba]
name = "Prueba"
country = "CL"
timezone = "America/Santiago"
crs = "EPSG:32719"
"""
MAYOR = Principal("mar", "Mar", (Assignment("mayor", "prueba"),))
ANALYST = Principal("ana", "Ana", (Assignment("analyst", "prueba"),))
WIDE = Method(cell_m=100, bandwidth_m=300)
ROBBERY, HOMICIDE, THEFT = (
    "personal robbery",
    "HOMICIDIO POR ARMA DE FUEGO",
    "ROBO DE MOTOCICLETA SIN VIOLENCIA",
)
KEYS = {ROBBERY: "robbery_violence", HOMICIDE: "homicide", THEFT: "theft_vehicle"}
MONTHS = {
    "jan": (date(2026, 1, 1), date(2026, 1, 31)),
    "feb": (date(2026, 2, 1), date(2026, 2, 28)),
    "mar": (date(2026, 3, 1), date(2026, 3, 31)),
}


class Group(NamedTuple):
    """Records alike in source, month and category; ``lost`` of them without coordinates."""

    source: str
    month: str | None
    text: str
    located: int
    lost: int = 0


SHOWN = [
    Group("Llamadas", "jan", ROBBERY, 20),
    Group("Llamadas", "feb", ROBBERY, 22, lost=3),
    Group("Llamadas", "mar", ROBBERY, 31),
    Group("Llamadas", "jan", THEFT, 12),
    Group("Llamadas", "mar", THEFT, 35),
    Group("Llamadas", "jan", HOMICIDE, 5),
    Group("Llamadas", None, ROBBERY, 6),
    Group("Patrullas", "jan", ROBBERY, 33),
    Group("Patrullas", "feb", THEFT, 30),
]
LEFT_OUT = [
    Group("Llamadas", "feb", HOMICIDE, 1),
    Group("Llamadas", "mar", HOMICIDE, 4, lost=3),
    Group("Patrullas", "feb", ROBBERY, 4),
    Group("Patrullas", "mar", THEFT, 2),
    Group("Patrullas", None, ROBBERY, 3),
]


class Record(NamedTuple):
    group: Group
    row: str
    lon: float
    lat: float


def records(groups: list[Group]) -> list[Record]:
    """Rows of a file for each group, at places and days that depend on nothing but the group."""
    made = []
    for group in groups:
        spread = np.random.default_rng(sum(map(ord, repr(group))))
        for number in range(group.located + group.lost):
            lon, lat = spread.uniform((-70.70, -33.48), (-70.62, -33.42)).round(6)
            lost = number >= group.located
            day = MONTHS[group.month][0].replace(day=1 + number % 28) if group.month else ""
            name = f"{group.source}-{group.month}-{KEYS[group.text]}-{number}"
            place = "," if lost else f"{lon},{lat}"
            row = f"{name},{day}{'T10:15:00' if day else ''},{group.text},{place}"
            made.append(Record(group, row, np.nan if lost else lon, np.nan if lost else lat))
    return made


# At the corners of the city and at both ends of the period, so that both stores have one frame.
CORNERS = [
    "e1,2026-01-01T10:00:00,personal robbery,-70.72,-33.50",
    "e2,2026-03-31T10:00:00,personal robbery,-70.60,-33.40",
    *(
        f"e{i},2026-0{1 + 2 * (i % 2)}-15T10:00:00,personal robbery,-70.66,-33.45"
        for i in range(3, 13)
    ),
]


@pytest.fixture
def city_of(
    make_settings: Callable[[str], Settings], tmp_path: Path
) -> Iterator[Callable[..., Settings]]:
    """Import groups as one file per source and publish them, in place of what was there."""

    def build(groups: list[Group]) -> Settings:
        settings = make_settings(CONFIG)
        db, city = open_database(settings), settings.city("prueba")
        for source in ("Llamadas", "Patrullas"):
            rows = [record.row for record in records(groups) if record.group.source == source]
            rows += CORNERS if source == "Llamadas" else []
            path = tmp_path / f"{source}.csv"
            path.write_text("\n".join(["id,fecha,delito,longitud,latitud", *rows]))
            import_file(path, settings=settings, db=db, city=city, source=source, actor="cli:test")
        publish(settings, db, city, actor="cli:test")
        return settings

    yield build
    st.cache_resource.clear()


def selections() -> Iterator[Filters]:
    """Selections that a mayor may ask for: spans of months, sets of categories, sources."""
    spans = [
        (None, None),
        *((MONTHS[a][0], MONTHS[b][1]) for a, b in product(MONTHS, MONTHS) if a <= b or a == "jan"),
    ]
    spans = [span for span in spans if not span[0] or span[0] < span[1]]
    keys = sorted(KEYS.values())
    sets = chain([()], combinations(keys, 1), [tuple(keys[:2])])
    for span, categories, sources in product(
        spans, list(sets), [(), ("Llamadas",), ("Patrullas",)]
    ):
        yield Filters(*span, categories, sources)


def answers(ask: Callable[[Filters], object]) -> dict[Filters, object]:
    """What each selection gets, or the refusal's code and number."""
    found: dict[Filters, object] = {}
    for filters in selections():
        try:
            found[filters] = ask(filters)
        except (FilterError, TooFewEventsError) as refusal:
            found[filters] = (refusal.code, refusal.details.get("n"))
    return found


def summary(filters: Filters) -> tuple[object, ...]:
    """Everything a surface tells the mayor, comparable."""
    surface = loaders.surface(MAYOR, "prueba", filters, WIDE)
    return (
        surface.density_per_km2.tobytes(),
        surface.totals,
        surface.n_in_area,
        surface.top_share,
        surface.period,
    )


def test_the_mayor_gets_the_same_with_and_without_the_small_groups(
    city_of: Callable[..., Settings], home: Path
) -> None:
    city_of(SHOWN)
    without = answers(summary)
    held_without = loaders.dataset(MAYOR, "prueba")
    seen_without = loaders.overview(MAYOR, "prueba")
    city_of(SHOWN + LEFT_OUT)
    held, seen = loaders.dataset(MAYOR, "prueba"), loaders.overview(MAYOR, "prueba")
    assert loaders.dataset(ANALYST, "prueba").n > held.n == held_without.n
    assert sum(isinstance(answer[0], bytes) for answer in without.values()) > 20
    assert answers(summary) == without
    assert dict(held.categories) == dict(held_without.categories)
    assert dict(held.sources) == dict(held_without.sources)
    assert held.n_located == held_without.n_located
    assert seen.total == seen_without.total
    assert seen.monthly.equals(seen_without.monthly)
    assert seen.categories == seen_without.categories
    assert seen.located_share == seen_without.located_share
    assert seen.received["n"].tolist() == pytest.approx(
        seen_without.received["n"].tolist(), nan_ok=True
    )


def test_a_category_of_small_groups_only_is_refused_like_one_that_does_not_exist(
    city_of: Callable[..., Settings],
) -> None:
    city_of([g for g in SHOWN if g.text != HOMICIDE] + LEFT_OUT)
    codes = []
    for category in ("homicide", "kidnapping"):
        with pytest.raises(FilterError) as refusal:
            loaders.surface(MAYOR, "prueba", Filters(categories=(category,)), WIDE)
        codes.append((refusal.value.code, refusal.value.details))
    assert codes[0] == codes[1]


def test_a_group_of_exactly_five_is_shown_and_one_of_four_is_not(
    city_of: Callable[..., Settings],
) -> None:
    city_of(SHOWN + LEFT_OUT)
    counted = dict(loaders.dataset(MAYOR, "prueba").categories)
    assert counted["homicide"] == 5  # January's; February has 1 and March 4 located of 7


def test_every_surface_is_made_of_whole_groups_so_that_no_difference_is_of_one_to_four(
    city_of: Callable[..., Settings],
) -> None:
    settings = city_of(SHOWN + LEFT_OUT)
    version = current_version(open_database(settings), "prueba")
    assert version is not None
    engine = EventEngine(version_path(settings, version))
    xy_of = located_by_group(engine)
    sizes = {group: len(xy) for group, xy in xy_of.items()}
    used = {}
    for filters in selections():
        try:
            surface = hotspot_surface(
                engine, settings.city("prueba"), filters, WIDE, shareable_only=True
            )
        except TooFewEventsError:
            used[filters] = frozenset()
            continue
        groups = frozenset(g for g in sizes if sizes[g] >= SUPPRESSION_K and asked(g, filters))
        xy = np.concatenate([xy_of[group] for group in groups])
        exact = exact_density_per_km2(xy, np.ones(len(xy)), surface.grid, bandwidth_m=300)
        assert surface.totals.n_located == len(xy)
        assert surface.density_per_km2 == pytest.approx(exact, abs=0.01 * exact.max())
        used[filters] = groups
    assert len(set(used.values())) > 20
    for one, other in combinations(used.values(), 2):
        apart = sum(sizes[group] for group in one ^ other)
        assert apart == 0 or apart >= SUPPRESSION_K
    engine.close()


Key = tuple[str, str, str]


def located_by_group(engine: EventEngine) -> dict[Key, np.ndarray]:
    """Coordinates of the located events by month, category and source, shape (n, 2) metres."""
    points = engine.points(Filters(), 10_000).to_pandas()
    month = points["occurred_from"].dt.strftime("%m").fillna("undated")
    return {
        key: group[["x_m", "y_m"]].to_numpy()
        for key, group in points.groupby([month, "category", "source"])
    }


def asked(group: Key, filters: Filters) -> bool:
    """Whether a selection asks for a group; undated ones are left out of a span of months."""
    month, category, source = group
    first, last = filters.date_from, filters.date_to
    in_time = (
        first is None
        or last is None
        or (month != "undated" and first.month <= int(month) <= last.month)
    )
    return (
        in_time
        and (not filters.categories or category in filters.categories)
        and (not filters.sources or source in filters.sources)
    )


def test_the_hand_made_city_has_the_groups_it_says(city_of: Callable[..., Settings]) -> None:
    settings = city_of(SHOWN + LEFT_OUT)
    version = current_version(open_database(settings), "prueba")
    assert version is not None
    engine = EventEngine(version_path(settings, version))
    small = {key: len(xy) for key, xy in located_by_group(engine).items() if len(xy) < 5}
    assert Counter(small.values()) == Counter(group.located for group in LEFT_OUT)
    engine.close()
