"""The handover pack says what the registers hold, on paper and in sheets, in three languages."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from openpyxl import load_workbook

from analytics import loaders
from analytics.access import Principal
from analytics.exports.pdf import report_pdf
from analytics.exports.xlsx import report_xlsx
from analytics.scorecards.continuity import Handover
from analytics.scorecards.periods import parse
from analytics.settings import LANGUAGES, load_settings
from components import scorecard_words
from components.handover_report import handover_report, period_sections, sentence
from components.language import _, day, speaking
from tests.analytics.exports.sample_report import pdf_text
from tests.analytics.exports.test_reports import squeezed
from tests.conftest import Demo
from tests.pages.visitors import served


@pytest.fixture(scope="module")
def held(demo_store: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Handover]:
    with served(demo_store.home, tmp_path_factory.mktemp("handover") / "home"):
        yield loaders.handover(Principal("cli", "cli", system=True), "quimera")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_promise_lesson_and_plan_is_on_paper(held: Handover, language: str) -> None:
    with speaking(language):
        report = handover_report(load_settings().city("quimera"), held)
        expected = [sentence(held), _("look.synthetic"), day(held.on)]
        for kind in ("agreement", "membership", "mission", "capitalisation", "synthesis"):
            assert held.of(kind), kind
        for kind in ("agreement", "membership", "mission"):
            expected += [e.title for e in held.of(kind)] + [e.with_whom for e in held.of(kind)]
        for entry in held.of("capitalisation"):
            expected += [entry.text, entry.detail]
        expected += [e.text for e in held.of("synthesis")]
        expected += [promise.text for promise in held.promises]
        expected += [lesson.text for lesson in held.lessons]
        for sheet, plan in held.measured:
            expected += [scorecard_words.name(sheet), plan.owner]
        said = squeezed(pdf_text(report_pdf(report)))
    assert [words for words in expected if squeezed(words) not in said] == []
    assert len(held.measured) > 40
    assert any(promise.source != "register" for promise in held.promises)


def test_failures_come_first_and_the_workbook_has_a_sheet_per_register(held: Handover) -> None:
    with speaking("es"):
        report = handover_report(load_settings().city("quimera"), held)
        book = load_workbook(BytesIO(report_xlsx(report)))
    rows = list(book["Lecciones"].iter_rows(min_row=2, values_only=True))
    words = [row[1] for row in rows]
    assert words == ["no funcionó"] * held.failures + ["funcionó"] * (len(words) - held.failures)
    assert {"Acuerdos internacionales", "Misiones", "Mesa de concertación"} <= set(book.sheetnames)


def test_the_six_monthly_report_tells_the_agreements_and_missions_of_its_period(
    held: Handover,
) -> None:
    mission = held.of("mission")[0]
    assert mission.starts_on is not None
    inside = parse(f"{mission.starts_on.year}-S{1 if mission.starts_on.month < 7 else 2}")
    with speaking("es"):
        agreements, missions = period_sections(held, inside)
        assert missions.table is not None
        assert mission.title in {row[0].text for row in missions.table.rows}
        _agreements, none = period_sections(held, parse("2019-S1"))
    assert agreements.table is not None
    assert none.table is None
