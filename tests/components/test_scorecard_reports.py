"""The scorecard's reports say the page's numbers, on paper, slides and sheets, per audience."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from io import BytesIO

import pytest
from openpyxl import load_workbook

from analytics.exports.pdf import report_pdf
from analytics.exports.pptx import report_pptx
from analytics.exports.xlsx import report_xlsx
from analytics.scorecards.audiences import Audience
from analytics.scorecards.office import read_scorecard
from analytics.scorecards.periods import parse
from analytics.scorecards.scoring import Scorecard
from analytics.settings import LANGUAGES, load_settings
from analytics.store.database import open_database
from components import scorecard_view, scorecard_words
from components.language import _, number, speaking
from components.scorecard_reports import scorecard_report
from tests.analytics.exports.sample_report import pdf_text
from tests.analytics.exports.test_reports import slides_text, squeezed
from tests.conftest import Demo
from tests.pages.visitors import served, visit

PERIOD = parse("2026-S1")


@pytest.fixture(scope="module", autouse=True)
def home(demo_store: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with served(demo_store.home, tmp_path_factory.mktemp("scorecards") / "home"):
        yield


@cache
def shown() -> Scorecard:
    db = open_database(load_settings())
    try:
        return read_scorecard(db, "quimera", PERIOD, date(2026, 10, 31))
    finally:
        db.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_the_mayors_screen_is_on_paper_and_slides(language: str) -> None:
    page = visit("scorecards", "mayor", language=language, query={"period": PERIOD.key})
    board = " ".join(
        re.sub(r"<[^>]+>", " ", html)
        for html in page.html
        if re.search(r'class="(score|proof|rows|method)|<p class="proof', html)
    )
    told = {n.strip(".,") for n in re.findall(r"[+−]?\d[\d.,]*", re.sub(r"\s+", " ", board))}
    assert len(told) > 20
    with speaking(language):
        report = scorecard_report(load_settings().city("quimera"), shown())
        written = {
            "pdf": squeezed(pdf_text(report_pdf(report))),
            "pptx": squeezed(slides_text(report_pptx(report))),
        }
    assert page.sentence == report.sentence
    for kind, said in written.items():
        assert [n for n in sorted(told) if squeezed(n) not in said] == [], kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_score_and_proof_is_the_scorecards(language: str) -> None:
    found = shown()
    with speaking(language):
        report = scorecard_report(load_settings().city("quimera"), found)
        expected = [scorecard_view.sentence(found), _("look.synthetic")]
        expected += [line for line in scorecard_view.method_lines(found) if line]
        for now in found.now.dimensions:
            expected.append(_("scorecards.present", n=now.present, of=now.expected))
            if now.score is not None:
                expected += [number(now.score, 0), scorecard_view.bounds_of(found, now)]
        for a in found.assessments:
            expected += [scorecard_words.name(a.sheet), _(f"scorecards.status.{a.status}")]
            if a.latest is not None:
                expected.append(scorecard_words.reading(a.sheet, a.latest))
            if a.proof.linear is not None:
                expected.append(number(a.proof.linear, 2))
        for entry in found.late:
            expected += [entry.assessment.plan.owner, scorecard_view.days_late(entry.days)]
        said = {
            "pdf": squeezed(pdf_text(report_pdf(report))),
            "pptx": squeezed(slides_text(report_pptx(report))),
        }
    for kind, text in said.items():
        assert [words for words in expected if squeezed(words) not in text] == [], kind


def test_the_workbook_holds_the_exact_scores_and_ratios() -> None:
    with speaking("es"):
        book = load_workbook(
            BytesIO(report_xlsx(scorecard_report(load_settings().city("quimera"), shown())))
        )
        scores = [
            row[1]
            for row in book[_("scorecard_report.dimensions")].iter_rows(min_row=2, values_only=True)
        ]
        (name,) = [n for n in book.sheetnames if n.endswith(_("scorecards.political"))]
    assert scores[:2] == pytest.approx([d.score for d in shown().now.dimensions[:2]])
    ratios = [row[4] for row in book[name].iter_rows(min_row=2, values_only=True)]
    political = [a for a in shown().assessments if a.sheet.dimension == "political"]
    assert [r for r in ratios if r] == pytest.approx(
        [a.proof.linear for a in political if a.proof.linear]
    )


def test_each_audience_gets_its_own_indicators_and_is_told_so() -> None:
    city = load_settings().city("quimera")
    names = {a.sheet.id: a.sheet for a in shown().assessments}
    with speaking("es"):
        reports = {kind: scorecard_report(city, shown(), kind) for kind in Audience}
    listed = {
        kind: {
            row[0].text
            for section in report.sections[-3:]
            if section.table
            for row in section.table.rows
        }
        for kind, report in reports.items()
    }
    exchange, survey = names["INS-20"], names["TER-06"]
    assert exchange.name.es in listed[Audience.INTERNAL] | listed[Audience.EXTERNAL]
    assert survey.name.es in listed[Audience.ALL]
    assert listed[Audience.EXTERNAL] < listed[Audience.ALL]
    assert listed[Audience.INTERNAL] != listed[Audience.EXTERNAL]
    said = " ".join(reports[Audience.EXTERNAL].method)
    assert f"{len(listed[Audience.EXTERNAL])} de {len(names)}" in said
    assert "Informe semestral" in reports[Audience.EXTERNAL].title
