"""The overview's tiles: who has which, that they say what their pages say, and what fails alone."""

import re
from html import unescape

import pytest

from analytics import loaders
from analytics.errors import StoreError
from analytics.settings import load_settings
from analytics.store import people
from analytics.store.database import open_database
from components.catalogue import translate
from tests.pages.visitors import USERS, Visit, visit

pytestmark = pytest.mark.usefixtures("city_open")
UNKNOWN = StoreError("programme.unknown", value="x")
ROWS = re.compile(
    r'<li><span class="marks"[^>]*>(.*?)</span><span>(.*?)</span><span class="right">(\d+)</span>'
)


def states(seen: Visit) -> dict[str, int]:
    """Words of the statuses with their numbers; each has as many marks as it says."""
    (drawn,) = [html for html in seen.html if 'class="rows states"' in html]
    rows = ROWS.findall(drawn)
    assert [len(marks) for marks, _, _ in rows] == [int(n) for _, _, n in rows]
    return {unescape(word): int(n) for _, word, n in rows}


def links(seen: Visit) -> list[str]:
    return [link.proto.label for link in seen.app.get("page_link")]


def numerals(seen: Visit) -> list[str]:
    found = re.findall(r'<p class="numeral[^"]*">(.*?)</p>', "".join(seen.html))
    return [unescape(re.sub(r"<[^>]+>", "", text)) for text in found]


def test_a_mayor_sees_where_the_own_city_stands_and_no_count_of_one():
    seen = visit("overview", "mayor")
    assert links(seen) == ["Ver el mapa", "Ver la cohorte", "Ver el tablero"]
    assert numerals(seen)[1] == "●en curso"
    assert "Puerto Quimera; próximo hito: Borrador de estrategia, 8 dic 2026" in seen.text.replace(
        "\u00a0", " "
    )
    assert states(seen) == {"logrado": 5, "en curso": 3}
    assert "1 de 1" not in numerals(seen)
    assert "Lomas de Oro" not in seen.text


def test_the_scores_are_those_of_the_scorecards_page():
    seen, page = visit("overview", "mayor"), visit("scorecards", "mayor")
    assert numerals(seen)[2] == numerals(page)[0]
    bounds = re.search(r"de 100 · rango \S+", page.text)
    assert bounds
    assert f"Institucional · {bounds[0]}" in seen.text
    assert "Territorial sin evaluar" in seen.text


@pytest.mark.parametrize("language", ["pt", "en"])
def test_the_tiles_speak_the_language(language):
    seen = visit("overview", "mayor", language=language)
    keys = ("overview.to_map", "overview.to_cohort", "overview.to_scorecard")
    assert links(seen) == [translate(language, key) for key in keys]
    assert translate(language, "cohort.state_run") in numerals(seen)[1]


def test_who_may_see_no_cohort_and_no_scorecard_has_the_map_alone():
    seen = visit("overview", "analyst")
    assert links(seen) == ["Ver el mapa"]
    assert seen.notices == []
    assert "Cohortes" not in "".join(seen.html)


@pytest.mark.parametrize(
    ("name", "kept"), [("cohorts", [0, 2]), ("cohort", [0, 2]), ("scorecard", [0, 1])]
)
def test_a_tile_that_cannot_be_prepared_says_why_in_its_place(monkeypatch, name, kept):
    whole = numerals(visit("overview", "mayor"))

    def fail(*_args, **_kwargs):
        raise UNKNOWN

    monkeypatch.setattr(loaders, name, fail)
    seen = visit("overview", "mayor")
    assert [notice for notice in seen.notices if "No hay cohorte «x»." in notice] == seen.notices
    assert len(seen.notices) == 1
    assert numerals(seen) == [whole[place] for place in kept]
    assert len(links(seen)) == 3
    assert seen.command == "python -m analytics overview --city quimera"


def test_who_sees_the_cohort_sees_how_many_cities_are_on_time_by_status():
    # An analyst who also coaches: last, for the right stays in the module's store.
    people.assign(
        open_database(load_settings()),
        username=USERS["analyst"],
        role="coach",
        scope="*",
        actor="test",
    )
    seen, page = visit("overview", "analyst"), visit("cohorts", "analyst")
    assert f"{numerals(seen)[1]} ciudades van a tiempo." in page.sentence
    (twin,) = [html for html in page.html if "<caption>Ver en tabla" in html]
    counted = states(seen)
    assert counted == {word: twin.count(f"<td>{word}</td>") for word in counted}
    n, of = map(int, numerals(seen)[1].split(" de "))
    assert sum(counted.values()) == of
    assert counted.get("en curso", 0) + counted.get("logrado", 0) == n
    assert links(seen) == ["Ver el mapa", "Ver la cohorte", "Ver el tablero"]
