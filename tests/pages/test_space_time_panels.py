"""The panels of time, near repeats, classes and the next shift: their numbers and their ends."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics import loaders
from analytics.access import Assignment, Principal
from analytics.events.filters import Filters
from analytics.hotspots import near_repeat
from analytics.hotspots.near_repeat import KnoxTable, knox
from components import near_repeat_view
from components.catalogue import translate
from tests.pages.visitors import Visit, visit

ANALYST = Principal("ana", "Ana", (Assignment("analyst", "quimera"),))
KIND = "robbery_violence"
DAYS = {"from": "2026-10-01", "to": "2026-10-31", "category": KIND}


def test_time_shows_the_shifts_on_one_scale_with_their_commands(city_open: Path) -> None:
    seen = visit("hotspots", "analyst", query={"panel": "time", **DAYS})
    assert seen.notices == []
    pictures = [body for body in seen.html if 'class="still"' in body]
    assert len(pictures) == 3
    assert all("data:image/svg+xml;base64," in body for body in pictures)
    assert any("temporal --city quimera --from 2026-10-01" in line for line in seen.commands)
    assert any("--by month" in line for line in seen.commands)


def test_classes_and_next_shift_name_their_commands(city_open: Path) -> None:
    classes = visit("hotspots", "analyst", query={"panel": "classes"})
    assert "analytics classes --city quimera --to 2026-10-31 --cell-m 100" in " ".join(
        classes.commands
    )
    seen = visit("hotspots", "analyst", query={"panel": "next"})
    assert not any("--shift" in line for line in seen.commands)
    (choice,) = [c for c in seen.app.get("button_group") if c.key == "next_shift"]
    after = Visit(choice.set_value("night").run())
    assert any("--shift night" in line for line in after.commands)


@pytest.fixture
def computed(city_open: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[KnoxTable]]:
    """Notice every table that is computed."""
    made: list[KnoxTable] = []

    def noticed(*args: object, **options: object) -> KnoxTable:
        made.append(knox(*args, **options))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(near_repeat, "knox", noticed)
    yield made


def test_near_repeats_are_computed_when_asked_for_and_once(
    city_open: Path, computed: list[KnoxTable]
) -> None:
    seen = visit("hotspots", "analyst", query={"panel": "near_repeat", **DAYS})
    assert computed == []
    after = Visit(seen.app.toggle(key="near_repeat_ask").set_value(True).run(timeout=120))
    assert not after.failed and after.notices == []
    (table,) = computed
    assert near_repeat_view.sentence(table) in after.text
    assert any("near-repeat --city quimera" in line for line in after.commands)
    assert not [b for b in after.app.button if b.key == "near_repeat_cancel"]
    Visit(after.app.run(timeout=120))
    assert len(computed) == 1


def test_work_that_is_ended_leaves_nothing_behind(
    city_open: Path, computed: list[KnoxTable]
) -> None:
    class Ended(BaseException):
        pass

    def stop(_done: int, _total: int) -> None:
        raise Ended

    asked = Filters(categories=(KIND,))
    bands = near_repeat.Bands(permutations=20, seed=77)
    with pytest.raises(Ended):
        loaders.near_repeat(ANALYST, "quimera", asked, bands, progress=stop)
    found = loaders.near_repeat(ANALYST, "quimera", asked, bands)
    assert found.table.bands == bands and len(computed) == 1


def test_bands_that_cannot_be_are_explained_in_place(city_open: Path) -> None:
    seen = visit("hotspots", "analyst", query={"panel": "near_repeat", **DAYS})
    seen.app.text_input(key="near_space").set_value("400, 200").run()
    after = Visit(seen.app.toggle(key="near_repeat_ask").set_value(True).run(timeout=120))
    said = translate("es", "error.near_repeat.bands", value="400, 200")
    said = translate("es", "error.near_repeat.bands", value="400, 200")
    assert [notice.endswith(said) for notice in after.notices] == [True]


def test_the_week_tells_its_days_apart_and_what_stands_at_midnight(city_open: Path) -> None:
    seen = visit("hotspots", "analyst", language="pt", query={"panel": "time"})
    charts = [chart.proto.SerializeToString() for chart in seen.app.get("vega_lite_chart")]
    assert sum(b"Qua" in chart and b"Sex" in chart for chart in charts) == 2  # and beside the map
    found = re.search(translate("pt", "time.week_midnight", n=r"(\d+)"), seen.text)
    assert found is not None
