"""The rights walk: who may see cells and points, through every loader, page and download.

What counts as a cell: a row that names one (``cell_x``, ``cell_y``), a count or a Gi* value per
cell, a map layer of cells or of their outline. What counts as a point: an event's id or its
coordinates, in degrees or metres. The analyst goes first everywhere, so that every cache is warm
when the mayor comes.
"""

import inspect
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from io import BytesIO
from itertools import combinations
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import streamlit as st
from PIL import Image

from analytics import loaders
from analytics.access import SUPPRESSION_K, SURFACE_STEPS, Assignment, Principal
from analytics.errors import FilterError, NotAllowedError, TooFewEventsError
from analytics.events.filters import Filters, month_span, whole_months
from analytics.hotspots.near_repeat import Bands
from analytics.hotspots.surface import HotspotSurface, Method
from analytics.hotspots.validity import Holdout
from analytics.hotspots.zones import ZoneOrder
from analytics.settings import LANGUAGES, load_settings
from analytics.store import audit, people
from analytics.store.database import open_database
from components.access import PAGES
from components.catalogue import translate
from tests.analytics.exports.sample_report import pdf_text
from tests.conftest import Demo
from tests.pages.visitors import USERS, Visit, served, visit

CITY = "quimera"
CELL_COLUMNS = {"cell_x", "cell_y", "gi_z", "gi_p", "gi_q", "gi_class", "significant"}
POINT_COLUMNS = {"event_id", "incident_id", "longitude", "latitude", "lon", "lat", "x_m", "y_m"}
CELL_LAYERS = {"cells", "points", "significant"}
SURFACE_LAYERS = {"density", "streets", "boundary", "names"}
MONTHS = Filters(date_from=date(2026, 1, 1), date_to=date(2026, 6, 30))
EARLIER = Filters(date_from=date(2025, 7, 1), date_to=date(2025, 12, 31))
WIDE = Method(cell_m=100, bandwidth_m=300)

Call = Callable[[Principal], Any]
# Every public loader with one way of asking it; a new loader without a case fails a test below.
ASKED: dict[str, Call] = {
    "dataset": lambda who: loaders.dataset(who, CITY),
    "surface": lambda who: loaders.surface(who, CITY, MONTHS, WIDE),
    "overview": lambda who: loaders.overview(who, CITY),
    "points": lambda who: loaders.points(who, CITY, MONTHS),
    "counts": lambda who: loaders.counts(who, CITY, MONTHS, ("category",)),
    "hours": lambda who: loaders.hours(who, CITY, MONTHS),
    "validity": lambda who: loaders.validity(who, CITY, MONTHS, WIDE, Holdout(60, 30, 2)),
    "bandwidth_rules": lambda who: loaders.bandwidth_rules(who, CITY, MONTHS, "gaussian"),
    "bandwidth_choice": lambda who: loaders.bandwidth_choice(
        who, CITY, MONTHS, WIDE, Holdout(60, 30, 2)
    ),
    "concentration": lambda who: loaders.concentration(who, CITY, MONTHS, WIDE),
    "cautions": lambda who: loaders.cautions(who, CITY, MONTHS, WIDE),
    "week": lambda who: loaders.week(who, CITY, MONTHS),
    "trend": lambda who: loaders.trend(who, CITY, Filters()),
    "classes": lambda who: loaders.classes(who, CITY, Filters(), 500.0).to_frame(),
    "prospective": lambda who: loaders.prospective(who, CITY, MONTHS, 500.0, None).to_frame(),
    "near_repeat": lambda who: loaders.near_repeat(who, CITY, MONTHS, Bands(permutations=9)),
    "rates": lambda who: loaders.rates(who, CITY, MONTHS, WIDE),
    "areas": lambda who: loaders.areas(who, CITY, MONTHS),
    "overlay": lambda who: loaders.overlay(who, CITY, "cameras"),
    "area_sheet": lambda who: loaders.area_sheet(who, CITY, MONTHS, 3),
    "bulletin": lambda who: loaders.bulletin(who, CITY, MONTHS, WIDE),
    "zones": lambda who: loaders.zones(who, CITY, MONTHS, WIDE, ZoneOrder(2, 10)),
    "change": lambda who: loaders.change(who, CITY, EARLIER, MONTHS, 100.0),
    "intervention": lambda who: loaders.intervention(
        who, CITY, EARLIER, MONTHS, (3,), (1, 2)
    ).to_frame(),
    "saved_views": lambda who: loaders.saved_views(who, CITY, "hotspots").list(),
    "totals": lambda who: loaders.totals(who, CITY),
    "intake": lambda who: loaders.intake(who, CITY).holdings().to_frame(),
    "link_review": lambda who: loaders.link_review(who, CITY).state(),
}
# These tell nothing of events: the store itself, names of cities, a line in the audit.
WITHOUT_EVENTS = {"database", "may_enter", "readable_cities", "record"}
# Programmes and indicators hold no events; tests/analytics/loaders and test_scorecard_loaders walk
# their rights.
WITHOUT_EVENTS |= {"city_notes", "cohort", "cohort_challenges", "cohort_desk", "cohorts", "today"}
WITHOUT_EVENTS |= {"challenge_desk", "evidence_file", "evidence_files", "overdue"}
WITHOUT_EVENTS |= {"enter_room", "may_open_rooms", "room_desk", "rooms_desk"}
WITHOUT_EVENTS |= {"frozen_cohort", "may_keep_notes", "may_present", "presenting_desk"}
WITHOUT_EVENTS |= {"frozen_scorecard", "may_present_scorecard", "scorecard_notes"}
WITHOUT_EVENTS |= {"indicator_entry", "indicator_validation", "reading_history", "scorecard"}
WITHOUT_EVENTS |= {"handover", "register_desk", "consent_desk", "own_consent"}
WITHOUT_EVENTS |= {"peer_programmes", "peers"}


def told(value: Any, where: str = "result") -> Iterator[str]:
    """Name every place of a value that tells of a cell or of a point."""
    if isinstance(value, HotspotSurface):
        yield from _told_by_surface(value, where)
    elif isinstance(value, (pd.DataFrame, pa.Table)):
        names = value.columns if isinstance(value, pd.DataFrame) else value.column_names
        found = {str(name) for name in names} & (CELL_COLUMNS | POINT_COLUMNS)
        yield from (f"{where}.{name}" for name in sorted(found))
    elif is_dataclass(value):
        for field in fields(value):
            yield from told(getattr(value, field.name), f"{where}.{field.name}")
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from told(inner, f"{where}[{key}]")
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from told(inner, f"{where}[{index}]")
    elif isinstance(value, (bytes, str)):
        yield from _told_by_file(value if isinstance(value, str) else _readable(value), where)


def _told_by_surface(surface: HotspotSurface, where: str) -> Iterator[str]:
    yield from (f"{where}.{name}" for name in ("n", "gi") if getattr(surface, name) is not None)
    levels = np.unique(surface.density_per_km2[np.isfinite(surface.density_per_km2)])
    if len(levels) > SURFACE_STEPS:
        yield f"{where}.density in {len(levels)} levels"


def _readable(content: bytes) -> str:
    """The words of a download, a report's as well."""
    if content.startswith(b"%PDF"):
        return pdf_text(content)
    if content.startswith(b"\x89PNG"):
        return ""  # pixels; what they show is counted in a test of their own
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as parts:
            names = [name for name in parts.namelist() if name.endswith(".xml")]
            words = (re.sub("<[^>]+>|\\s*\n", ",", parts.read(n).decode()) for n in names)
            return ",".join(words)
    return content.decode()


def _told_by_file(text: str, where: str) -> Iterator[str]:
    if '"features"' in text:
        yield f"{where}: GeoJSON"
    header = re.split(r"[,;|\t]", text.partition("\n")[0].strip("\ufeff\r"))
    yield from (f"{where}: {name}" for name in header if name in CELL_COLUMNS | POINT_COLUMNS)
    headings = {
        translate(lang, f"column.{name}") for lang in LANGUAGES for name in ("cell_x", "streets")
    }
    yield from (f"{where}: {text_}" for text_ in headings if text_ in re.split(r"[,\n]", text))


def told_by_visit(seen: Visit) -> Iterator[str]:
    """Name everything on a page that tells of a cell or of a point."""
    for deck in seen.decks():
        yield from (f"layer {layer['id']}" for layer in deck["layers"] if _is_of_cells(layer))
    for table in seen.tables():
        yield from told(table, "table")
    headings = {translate(lang, f"column.{name}") for lang in LANGUAGES for name in ("cell_x",)}
    yield from (f"heading {text}" for text in headings if any(text in html for html in seen.html))


def _is_of_cells(layer: dict[str, Any]) -> bool:
    return layer["id"] in CELL_LAYERS or layer["id"] not in SURFACE_LAYERS


@dataclass(frozen=True)
class Link:
    """A download link that a page drew."""

    file_name: str
    data: Callable[[], bytes] | bytes

    def content(self) -> bytes:
        return self.data() if callable(self.data) else self.data


@pytest.fixture(scope="module", autouse=True)
def home(demo_store: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with served(demo_store.home, tmp_path_factory.mktemp("loaders") / "home") as folder:
        yield folder


@pytest.fixture(scope="module")
def links(home: Path) -> Iterator[list[Link]]:
    """Note every download link that is drawn, and draw it all the same."""
    noted: list[Link] = []
    draw = st.download_button

    def note(label: str, data: Any, **details: Any) -> Any:
        noted.append(Link(details["file_name"], data))
        return draw(label, data, **details)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "download_button", note)
        yield noted


def person(role: str) -> Principal:
    found = people.principal_of(open_database(load_settings()), USERS[role])
    assert found is not None
    return found


@pytest.fixture(scope="module")
def analyst(home: Path) -> Principal:
    return person("analyst")


@pytest.fixture(scope="module")
def mayor(home: Path, analyst: Principal) -> Principal:
    """The mayor, after the analyst has asked everything there is to ask."""
    for ask in ASKED.values():
        ask(analyst)
    return person("mayor")


def test_every_public_loader_has_a_case_in_the_walk() -> None:
    public = {
        name
        for name, member in inspect.getmembers(loaders, inspect.isfunction)
        if member.__module__.startswith(loaders.__name__) and not name.startswith("_")
    }
    assert public == set(ASKED) | WITHOUT_EVENTS


def test_the_walk_knows_a_cell_and_a_point_when_it_sees_one(analyst: Principal) -> None:
    surface = loaders.surface(analyst, CITY, MONTHS, WIDE)
    assert {"result.n", "result.gi"} < set(told(surface))
    assert "result.cell_x" in set(told(surface.to_frame()))
    assert {"result.x_m", "result.longitude", "result.event_id"} <= set(
        told(loaders.points(analyst, CITY, MONTHS))
    )
    assert list(told(surface.to_frame().to_csv(index=False)))
    assert list(told('{"type":"FeatureCollection","features":[]}'))


def test_what_the_analyst_asked_for_is_kept_so_that_the_walk_meets_warm_caches(
    analyst: Principal,
) -> None:
    first = loaders.surface(analyst, CITY, MONTHS, WIDE)
    assert loaders.surface(analyst, CITY, MONTHS, WIDE) is first


@pytest.mark.parametrize("name", ASKED)
def test_after_the_analyst_the_mayor_gets_neither_cell_nor_point(
    mayor: Principal, name: str
) -> None:
    try:
        result = ASKED[name](mayor)
    except NotAllowedError:
        return
    assert list(told(result)) == []


@pytest.mark.parametrize("name", ["dataset", "surface", "overview", "overlay"])
def test_the_mayor_is_not_refused_what_the_surface_view_holds(mayor: Principal, name: str) -> None:
    assert ASKED[name](mayor)


REFUSED = ["points", "counts", "hours", "totals", "intake", "link_review", "validity"]
REFUSED += ["rates", "areas", "area_sheet", "zones", "bulletin"]
REFUSED += ["bandwidth_rules", "bandwidth_choice", "concentration", "cautions", "change"]
REFUSED += ["week", "trend", "classes", "prospective", "near_repeat"]


@pytest.mark.parametrize("name", REFUSED)
def test_the_mayor_is_refused_what_only_cells_and_points_answer(
    mayor: Principal, name: str
) -> None:
    with pytest.raises(NotAllowedError):
        ASKED[name](mayor)


def test_the_surface_of_the_mayor_cannot_be_written_as_cells(mayor: Principal) -> None:
    with pytest.raises(FilterError, match=r"view\.no_cells"):
        loaders.surface(mayor, CITY, MONTHS, WIDE).to_frame()


def test_the_analyst_still_gets_cells_after_the_mayor(mayor: Principal, analyst: Principal) -> None:
    loaders.surface(mayor, CITY, MONTHS, WIDE)
    assert loaders.surface(analyst, CITY, MONTHS, WIDE).n is not None


@pytest.mark.parametrize(
    ("filters", "method", "code"),
    [
        (MONTHS, replace(WIDE, bandwidth_m=299.9), "view.bandwidth"),
        (MONTHS, replace(WIDE, bandwidth_m=float("nan")), "filter.bandwidth"),
        (MONTHS, replace(WIDE, method="exact"), "view.no_detail"),
        (replace(MONTHS, records=True), WIDE, "view.no_detail"),
        (replace(MONTHS, categories=("Desorden en vía pública",)), WIDE, "view.no_detail"),
        (replace(MONTHS, hours=(18, 23)), WIDE, "view.no_hours"),
        (replace(MONTHS, weekdays=(1,)), WIDE, "view.no_hours"),
        (replace(MONTHS, date_from=date(2026, 1, 2)), WIDE, "view.whole_months"),
        (replace(MONTHS, date_to=date(2026, 6, 29)), WIDE, "view.whole_months"),
    ],
)
def test_the_surface_view_refuses_more_detail_than_it_has(
    mayor: Principal, filters: Filters, method: Method, code: str
) -> None:
    with pytest.raises(FilterError) as refusal:
        loaders.surface(mayor, CITY, filters, method)
    assert refusal.value.code == code


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("role", ["coach", "editor", "validator", "admin"])
def test_no_other_role_reads_incidents(mayor: Principal, role: str, name: str) -> None:
    with pytest.raises(NotAllowedError):
        ASKED[name](person(role))


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("role", ["analyst", "mayor"])
def test_nobody_reads_incidents_of_another_city(mayor: Principal, role: str, name: str) -> None:
    stranger = Principal("otra", "Otra", (Assignment(role, "otra-ciudad"),))
    with pytest.raises(NotAllowedError):
        ASKED[name](stranger)


def test_reading_points_leaves_a_line_in_the_audit(analyst: Principal) -> None:
    before = len(audit.entries(loaders.database(), actions=("read_points",)))
    loaders.points(analyst, CITY, MONTHS)
    assert len(audit.entries(loaders.database(), actions=("read_points",))) == before + 1


MAYOR_PAGES = [page.key for page in PAGES]
LINKED = {"from": "2026-01-01", "to": "2026-06-30", "bandwidth_m": "300", "cell_m": "25"}


IN_AREAS = LINKED | {"view": "areas", "area": "3", "measure": "n"}
QUERIES = {"as it opens": {}, "one link for both": LINKED, "a link to an area": IN_AREAS}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("page", MAYOR_PAGES)
def test_after_the_analyst_no_page_draws_the_mayor_a_cell_or_a_point(
    home: Path, links: list[Link], page: str, query: dict[str, str]
) -> None:
    visit(page, "analyst", query=query)
    seen = visit(page, "mayor", query=query)
    assert not seen.failed
    assert list(told_by_visit(seen)) == []


def test_the_walk_sees_the_cells_on_the_analysts_page(home: Path, links: list[Link]) -> None:
    found = set(told_by_visit(visit("hotspots", "analyst")))
    assert {"layer cells", "layer significant", "table.cell_x"} <= found


@pytest.mark.parametrize("page", MAYOR_PAGES)
def test_after_the_analyst_no_download_of_the_mayor_holds_a_cell_or_a_point(
    home: Path, links: list[Link], page: str
) -> None:
    visit(page, "analyst")
    links.clear()
    visit(page, "mayor")
    assert {link.file_name: list(told(link.content())) for link in links} == {
        link.file_name: [] for link in links
    }


def test_the_walk_sees_the_cells_in_the_analysts_downloads(home: Path, links: list[Link]) -> None:
    links.clear()
    visit("hotspots", "analyst")
    cells = [link for link in links if "hotspots" in link.file_name]
    kinds = {Path(link.file_name).suffix: list(told(link.content())) for link in cells}
    assert sorted(kinds) == [".csv", ".geojson", ".png", ".svg", ".xlsx"]
    assert all(kinds[kind] for kind in (".csv", ".geojson", ".xlsx"))


def test_the_map_of_the_mayor_shows_no_more_than_sixteen_colours(
    home: Path, links: list[Link]
) -> None:
    (deck,) = visit("hotspots", "mayor").decks()
    picture = next(layer["image"] for layer in deck["layers"] if layer["id"] == "density")
    image = Image.open(BytesIO(b64decode(picture.partition("base64,")[2])))
    assert len(np.unique(np.asarray(image))) <= SURFACE_STEPS + 1  # and nothing, transparent


def test_every_number_of_the_overview_made_for_the_mayor_counts_five_or_more(
    mayor: Principal,
) -> None:
    shown = loaders.overview(mayor, CITY)
    counts = [n for change in shown.categories for n in (change.before, change.after)]
    counts += [*shown.monthly["n"], *shown.received["n"].dropna()]
    assert [n for n in counts if 0 < n < SUPPRESSION_K] == []


def test_what_a_wider_selection_adds_to_a_narrower_one_is_never_one_to_four_events(
    mayor: Principal,
) -> None:
    held = loaders.dataset(mayor, CITY)
    months = whole_months(held.period)[-3:]
    spans = [month_span(a, b) for a in months for b in months if a <= b]
    rare = [key for key, _n in held.categories[-4:]]
    asked = [
        Filters(*span, categories, sources)
        for span in spans
        for categories in ((), tuple(rare), *((key,) for key in rare))
        for sources in ((), *((key,) for key, _n in held.sources))
    ]
    totals = {}
    for filters in asked:
        try:
            totals[filters] = loaders.surface(mayor, CITY, filters, WIDE).totals
        except TooFewEventsError:
            continue
    nested = [
        (narrow, wide)
        for pair in combinations(totals, 2)
        for narrow, wide in (pair, pair[::-1])
        if within(narrow, wide)
    ]
    assert len(nested) > 100
    for narrow, wide in nested:
        for name in ("n", "n_located"):
            added = getattr(totals[wide], name) - getattr(totals[narrow], name)
            assert added == 0 or added >= SUPPRESSION_K, (narrow, wide, name)


def within(narrow: Filters, wide: Filters) -> bool:
    """Whether every event of one selection is one of the other."""
    assert narrow.date_from and narrow.date_to and wide.date_from and wide.date_to
    return (
        wide.date_from <= narrow.date_from
        and narrow.date_to <= wide.date_to
        and (not wide.categories or set(narrow.categories or "*") <= set(wide.categories))
        and (not wide.sources or set(narrow.sources or "*") <= set(wide.sources))
    )
