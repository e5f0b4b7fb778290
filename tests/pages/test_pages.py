"""Every page, for every role, in every language: what must be there, what must not, what is said.

The pages run as they do in production, behind ``app.py`` and a real session.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from analytics.access import ROLES, SURFACE_MIN_BANDWIDTH_M
from analytics.settings import BANDWIDTH_RANGE_M, CELL_RANGE_M, LANGUAGES, load_settings
from analytics.store import models
from analytics.store.database import open_database
from components.access import PAGES
from components.catalogue import translate
from tests.pages.visitors import USERS, Visit, visit

PAGE_KEYS = [page.key for page in PAGES]
TITLES = {page.key: page.title for page in PAGES}
# What a page must hold at least; who is not named here is refused.
SHOWN: dict[tuple[str, str], dict[str, int]] = {
    ("overview", "mayor"): {"vega_lite_chart": 3, "download_button": 1, "page_link": 3},
    ("overview", "analyst"): {"vega_lite_chart": 2, "download_button": 1, "page_link": 1},
    ("hotspots", "mayor"): {"deck_gl_json_chart": 1, "select_slider": 1, "download_button": 1},
    ("hotspots", "analyst"): {
        "deck_gl_json_chart": 1,
        "dataframe": 1,
        "date_input": 1,
        "vega_lite_chart": 2,
        "download_button": 2,
    },
    ("cohorts", "mayor"): {"vega_lite_chart": 6, "download_button": 1},
    ("cohorts", "coach"): {"vega_lite_chart": 2, "download_button": 1, "selectbox": 1},
    ("cohorts", "editor"): {"vega_lite_chart": 6, "selectbox": 1},
    **{
        ("scorecards", role): {"vega_lite_chart": 3, "download_button": 1, "button_group": 1}
        for role in ("mayor", "coach", "editor", "validator")
    },
    ("sources", "analyst"): {"file_uploader": 1, "download_button": 2, "selectbox": 1},
}
# What must not be there although the page opens.
HIDDEN = {("hotspots", "mayor"): ("dataframe", "date_input", "vega_lite_chart")}
POINT_AS_DECIMAL = re.compile(r"(?<![\w.])\d+\.\d{1,2}(?![\d.])")
COMMA_AS_DECIMAL = re.compile(r"(?<![\w,])\d+,\d{1,2}(?![\d,])")

Look = Callable[..., Visit]


@pytest.fixture(scope="module")
def look(city_open: Path) -> Look:
    """Visit each page once for all the tests that ask about the same visit."""
    seen: dict[tuple[str, str | None, str], Visit] = {}

    def see(page: str, role: str | None, language: str) -> Visit:
        key = (page, role, language)
        if key not in seen:
            seen[key] = visit(page, role, language=language)
        return seen[key]

    return see


every_visit = pytest.mark.parametrize(
    ("page", "role", "language"),
    [(page, role, language) for page in PAGE_KEYS for role in USERS for language in LANGUAGES],
)
every_opened = pytest.mark.parametrize(
    ("page", "role", "language"),
    [(page, role, language) for page, role in SHOWN for language in LANGUAGES],
)


def test_every_role_has_a_person_and_every_page_a_case() -> None:
    assert set(USERS) == set(ROLES)
    assert set(SHOWN) == {
        (page.key, role) for page in PAGES for role in ROLES if page.action in ROLES[role]
    }


@every_visit
def test_no_page_ends_in_a_traceback_or_an_internal_failure(
    look: Look, page: str, role: str, language: str
) -> None:
    seen = look(page, role, language)
    assert not seen.failed
    failure = translate(language, "look.failure", reference="").split("{")[0][:25]
    assert failure not in seen.text


@every_visit
def test_no_message_key_is_left_untranslated(
    look: Look, page: str, role: str, language: str
) -> None:
    assert "⟦" not in look(page, role, language).text


@every_opened
def test_a_permitted_page_shows_what_it_is_for(
    look: Look, page: str, role: str, language: str
) -> None:
    seen = look(page, role, language)
    least = SHOWN[page, role]
    assert {kind: seen.count(kind) for kind, n in least.items() if seen.count(kind) < n} == {}
    assert seen.sentence
    assert seen.notices == []


@pytest.mark.parametrize(("page", "role"), HIDDEN)
def test_a_permitted_page_leaves_out_what_the_view_may_not_see(
    look: Look, page: str, role: str
) -> None:
    seen = look(page, role, "es")
    assert {kind: seen.count(kind) for kind in HIDDEN[page, role]} == dict.fromkeys(
        HIDDEN[page, role], 0
    )


@every_visit
def test_a_page_without_the_right_says_so_and_shows_nothing(
    look: Look, page: str, role: str, language: str
) -> None:
    seen = look(page, role, language)
    refused = translate(language, "access.page_refused", page=translate(language, TITLES[page]))
    if (page, role) in SHOWN:
        assert refused not in seen.text
        return
    assert any(refused in notice for notice in seen.notices)
    assert seen.sentence == ""
    kinds = ("deck_gl_json_chart", "dataframe", "vega_lite_chart", "download_button")
    assert [kind for kind in kinds if seen.count(kind)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGE_KEYS)
def test_whoever_is_not_signed_in_meets_the_entrance_only(
    look: Look, page: str, language: str
) -> None:
    seen = look(page, None, language)
    assert not seen.failed
    assert seen.is_entrance
    assert "⟦" not in seen.text
    kinds = ("deck_gl_json_chart", "dataframe", "vega_lite_chart", "download_button", "page_link")
    assert [kind for kind in kinds if seen.count(kind)] == []


@every_opened
def test_numbers_are_written_the_way_of_the_language(
    look: Look, page: str, role: str, language: str
) -> None:
    foreign = COMMA_AS_DECIMAL if language == "en" else POINT_AS_DECIMAL
    assert foreign.findall(look(page, role, language).text) == []


@pytest.mark.parametrize(("language", "written"), [("es", "5,0"), ("pt", "5,0"), ("en", "5.0")])
def test_the_sentence_of_the_map_has_the_languages_decimal_mark(
    look: Look, language: str, written: str
) -> None:
    digits = re.findall(r"\d+[.,]\d", look("hotspots", "analyst", language).sentence)
    assert [re.sub(r"\d+(.)\d", r"\1", text) for text in digits] == [written[1]]


@every_opened
def test_a_permitted_page_names_its_city_and_says_that_the_data_are_synthetic(
    look: Look, page: str, role: str, language: str
) -> None:
    seen = look(page, role, language)
    assert "Puerto Quimera" in seen.text
    assert translate(language, "look.synthetic") in seen.text


def test_the_page_gives_the_command_that_makes_the_same_numbers(look: Look) -> None:
    assert look("hotspots", "analyst", "es").command.startswith(
        "python -m analytics hotspots --city quimera --from "
    )
    assert look("overview", "mayor", "es").command == "python -m analytics overview --city quimera"


def bandwidth(asked: float) -> dict[str, float]:
    return {"value": asked, "low": BANDWIDTH_RANGE_M[0], "high": BANDWIDTH_RANGE_M[1]}


def unread(parameter: str, value: str) -> tuple[dict[str, str], str, dict[str, Any]]:
    """An address whose value is none that the page knows."""
    return {parameter: value}, "error.filter.address", {"parameter": parameter, "value": value}


CELL = {"value": 1.0, "low": CELL_RANGE_M[0], "high": CELL_RANGE_M[1]}
COARSE = {"value": 200.0, "low": SURFACE_MIN_BANDWIDTH_M}
IMPOSSIBLE: list[tuple[str, tuple[dict[str, str], str, dict[str, Any]]]] = [
    ("analyst", ({"bandwidth_m": "0"}, "error.filter.bandwidth", bandwidth(0.0))),
    ("analyst", ({"bandwidth_m": "50000"}, "error.filter.bandwidth", bandwidth(50_000.0))),
    ("analyst", ({"cell_m": "1"}, "error.filter.cell", CELL)),
    ("analyst", ({"from": "2018-01-01", "to": "2018-01-31"}, "error.filter.no_events", {})),
    ("analyst", ({"from": "1980-01-01", "to": "1980-01-31"}, "error.filter.no_events", {})),
    (
        "analyst",
        (
            {"from": "2026-02-01", "to": "2026-01-01"},
            "error.filter.dates_reversed",
            {"date_from": date(2026, 2, 1), "date_to": date(2026, 1, 1)},
        ),
    ),
    ("analyst", unread("from", "ayer")),
    ("analyst", unread("bandwidth_m", "mucho")),
    ("analyst", ({"bandwidth_m": "nan"}, "error.filter.bandwidth", bandwidth(float("nan")))),
    ("analyst", unread("category", "nada")),
    ("analyst", unread("source", "Nadie")),
    ("analyst", unread("hours", "18-99")),
    ("analyst", unread("weekdays", "9")),
    ("analyst", unread("kernel", "boxcar")),
    ("analyst", ({"city": "ninguna"}, "error.access.city_refused", {"city": "ninguna"})),
    ("mayor", ({"bandwidth_m": "200"}, "error.view.bandwidth", COARSE)),
    ("mayor", ({"bandwidth_m": "50000"}, "error.filter.bandwidth", bandwidth(50_000.0))),
    ("mayor", ({"from": "2026-08-02"}, "error.view.whole_months", {})),
    ("mayor", unread("category", "nada")),
]


@pytest.mark.parametrize(
    ("role", "case", "language"),
    [
        pytest.param(role, case, LANGUAGES[i % len(LANGUAGES)], id=f"{role}-{case[0]}")
        for i, (role, case) in enumerate(IMPOSSIBLE)
    ],
)
def test_an_impossible_address_gets_a_translated_notice_and_changes_nothing(
    city_open: Path, role: str, case: tuple[dict[str, str], str, dict[str, Any]], language: str
) -> None:
    query, key, values = case
    before = stored(city_open)
    seen = visit("hotspots", role, language=language, query=query)
    assert not seen.failed
    (notice,) = seen.notices
    assert translate(language, key, **values) in notice
    assert stored(city_open) == before


def stored(home: Path) -> dict[str, object]:
    """Everything a page could have changed: files by checksum, rows but for begun sessions."""
    kept: dict[str, object] = {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("events", "versions", "layers")
        for path in sorted((home / folder).rglob("*"))
        if path.is_file()
    }
    with open_database(load_settings()).begin() as session:
        for table in models.Base.metadata.sorted_tables:
            if table.name != models.SignInSession.__tablename__:
                rows = session.execute(select(table)).mappings()
                kept[table.name] = [dict(row) for row in rows if not is_sign_in(row)]
    return kept


def is_sign_in(row: Mapping[str, Any]) -> bool:
    """Whether a row only tells that a visit began."""
    return row.get("action") == "session.start"
