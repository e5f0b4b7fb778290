"""Bulletin and briefing say the page's numbers, on paper, slides and sheets, in three languages."""

import re
from base64 import b64decode
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import NamedTuple

import pytest
from openpyxl import load_workbook
from PIL import Image

from analytics.access import SURFACE_STEPS, View
from analytics.datasets import Dataset, describe
from analytics.events.filters import Filters
from analytics.events.publishing import open_version
from analytics.exports.pdf import report_pages, report_pdf
from analytics.exports.pptx import report_pptx
from analytics.exports.reports import Report
from analytics.exports.xlsx import report_xlsx
from analytics.hotspots.bulletin import Bulletin, bulletin
from analytics.hotspots.surface import HotspotSurface, Method, hotspot_surface, surface_only
from analytics.hotspots.zones import PatrolPlan, ZoneOrder, patrol_zones
from analytics.settings import LANGUAGES, load_settings
from analytics.store.batches import current_version
from analytics.store.database import open_database
from components import classes_view, hotspot_view, map_drawings, validity_view, zones_view
from components.hotspot_reports import briefing_report, bulletin_report
from components.language import _, day_range, number, percent, speaking
from components.tokens import LIGHT
from tests.analytics.exports.sample_report import pdf_text
from tests.analytics.exports.test_reports import slides_text, squeezed
from tests.conftest import Demo

AUTUMN = Filters(date_from=date(2026, 8, 1), date_to=date(2026, 10, 31))
NIGHTS = Filters(AUTUMN.date_from, AUTUMN.date_to, hours=(18, 1), weekdays=(5, 6))
METHOD = Method(100, 300)


class Shown(NamedTuple):
    """What the page holds: the map, the bulletin's rest, two plans; and the mayor's view."""

    held: Dataset
    surface: HotspotSurface
    told: Bulletin
    plans: dict[int, PatrolPlan]
    mayor: tuple[Dataset, HotspotSurface]


@pytest.fixture(scope="module")
def shown(demo_store: Demo) -> Iterator[Shown]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CABILDO_HOME", str(demo_store.home))
        environment.delenv("CABILDO_CONFIG", raising=False)
        settings = load_settings()
        database = open_database(settings)
        version = current_version(database, "quimera")
        assert version is not None
        city, engine = settings.city("quimera"), open_version(settings, version)
        held = describe(engine, city, version, View("points"))
        surface = hotspot_surface(engine, city, NIGHTS, METHOD)
        whole = hotspot_surface(engine, city, AUTUMN, METHOD, shareable_only=True)
        yield Shown(
            held,
            surface,
            bulletin(engine, city, surface),
            {n: patrol_zones(engine, city, surface, ZoneOrder(n, 12)) for n in (4, 9)},
            (
                describe(engine, city, version, View("surface")),
                surface_only(whole, held.density_classes),
            ),
        )
        engine.close()
        database.close()


@pytest.fixture(params=LANGUAGES)
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    with speaking(request.param):
        yield str(request.param)


def written(report: Report) -> dict[str, str]:
    """The words of a report on paper and on slides, without blanks."""
    return {
        "pdf": squeezed(pdf_text(report_pdf(report))),
        "pptx": squeezed(slides_text(report_pptx(report))),
    }


def test_every_number_of_the_bulletin_is_the_pages(shown: Shown, spoken: str) -> None:
    report = bulletin_report(shown.held, shown.surface, shown.held.density_classes, shown.told)
    expected = [hotspot_view.headline(shown.surface), *hotspot_view.selection(shown.surface)]
    expected += hotspot_view.method_lines(shown.held, shown.surface)
    for each in shown.told.compared:
        expected += [day_range(*each.before), number(each.n_before, 0), number(each.n_after, 0)]
        change = percent(each.rate_ratio - 1, 1)
        expected += [change if change.startswith("−") else f"+{change}"]
    for source, share, detected in hotspot_view.source_shares(shown.told.by_source):
        expected += [source, percent(share), percent(detected)]
    assert shown.told.validity is not None
    expected.append(validity_view.verdict(shown.told.validity))
    expected += validity_view.table(shown.told.validity).to_numpy().ravel().tolist()
    expected.append(_("look.synthetic"))
    assert len(shown.told.compared) == 2
    for kind, said in written(report).items():
        assert [words for words in expected if squeezed(words) not in said] == [], kind


def test_a_table_stands_under_its_own_headings(shown: Shown, spoken: str) -> None:
    report = bulletin_report(shown.held, shown.surface, shown.held.density_classes, shown.told)
    table = next(s.table for s in report.sections if s.title == _("validity.title"))
    assert table is not None and shown.told.validity is not None
    best = table.headings.index(_("validity.best"))
    found = [shown.told.validity.at(share, "best")["pai"] for share in (0.005, 0.01, 0.02)]
    assert [row[best].value for row in table.rows[:3]] == pytest.approx(found)
    assert [row[best].text for row in table.rows[:3]] == [number(pai, 1) for pai in found]


def test_every_number_of_the_briefing_is_the_pages(shown: Shown, spoken: str) -> None:
    plan = shown.plans[4]
    report = briefing_report(
        shown.held, shown.surface, shown.held.density_classes, plan, shown.told
    )
    expected = zones_view.frame(plan).to_numpy().ravel().tolist()
    expected += [zones_view.comparison(plan), percent(plan.share, 1), percent(plan.area_share, 1)]
    expected += [*zones_view.method_lines(plan), *zones_view.headings().values()]
    assert shown.told.validity is not None
    expected += [validity_view.verdict(shown.told.validity), _("look.synthetic")]
    for kind, said in written(report).items():
        assert [words for words in expected if squeezed(words) not in said] == [], kind


@pytest.mark.parametrize("crews", [4, 9])
def test_the_briefing_is_one_page(shown: Shown, spoken: str, crews: int) -> None:
    plan = shown.plans[crews]
    report = briefing_report(
        shown.held, shown.surface, shown.held.density_classes, plan, shown.told
    )
    assert len(plan.zones) == crews
    assert len(report_pages(report, ppi=20)) == 1


def test_the_workbook_holds_the_exact_numbers(shown: Shown) -> None:
    plan = shown.plans[4]
    with speaking("es"):
        report = briefing_report(shown.held, shown.surface, (1, 2, 3, 4, 5, 6, 7), plan, None)
        sheet = load_workbook(BytesIO(report_xlsx(report)))[_("zones.title")]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == [1, 2, 3, 4]
    assert [row[2] for row in rows] == pytest.approx([zone.expected for zone in plan.zones])
    assert [row[4] for row in rows] == pytest.approx([zone.share for zone in plan.zones])


def test_the_mayors_bulletin_holds_only_what_the_surface_view_allows(
    shown: Shown, spoken: str
) -> None:
    held, surface = shown.mayor
    report = bulletin_report(held, surface, held.density_classes, None)
    titles = [section.title for section in report.sections]
    assert titles == [_("report.where"), _("hotspots.classes")]
    assert report.command == ""
    said = written(report)["pdf"]
    assert squeezed(_("method.surface_view")) in said
    assert squeezed(hotspot_view.headline(surface)) in said
    for row in classes_view.classes_frame(surface, held.density_classes).to_numpy().ravel():
        assert squeezed(row) in said


def test_the_mayors_map_as_a_picture_has_at_most_sixteen_colours_and_no_cells(
    shown: Shown,
) -> None:
    held, surface = shown.mayor
    ladder = tuple(float(i) for i in range(1, 8))
    for classes in (held.density_classes, ladder):
        with speaking("es"):
            drawn = map_drawings.density(held, surface, classes)
        (found,) = re.findall(r'href="data:image/png;base64,([^"]+)"', drawn)
        with Image.open(BytesIO(b64decode(found))) as image:
            colours = image.convert("RGBA").getcolors()
        assert colours is not None and len(colours) <= SURFACE_STEPS
        assert f'stroke="{LIGHT.ink}" stroke-width="1.2"' not in drawn
    analyst = map_drawings.density(shown.held, shown.surface, held.density_classes)
    assert f'stroke="{LIGHT.ink}" stroke-width="1.2"' in analyst


def test_no_word_is_missing_in_any_language(shown: Shown, spoken: str) -> None:
    made = [
        bulletin_report(shown.held, shown.surface, shown.held.density_classes, shown.told),
        briefing_report(shown.held, shown.surface, (1, 2, 3, 4, 5, 6, 7), shown.plans[4], None),
    ]
    assert not re.search("⟦|{", "".join(pdf_text(report_pdf(report)) for report in made))
    assert {report.language for report in made} == {spoken}


def test_speaking_ends_with_its_block() -> None:
    with speaking("en"):
        assert _("report.bulletin") == "Bulletin"
        with speaking("pt"):
            assert _("report.bulletin") == "Boletim"
        assert _("report.bulletin") == "Bulletin"
