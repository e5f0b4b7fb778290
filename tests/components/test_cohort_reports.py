"""A cohort's report says the page's numbers, on paper, slides and sheets, in three languages."""

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from PIL import Image
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from analytics.demo.cohort import COHORT
from analytics.exports.pdf import report_pdf
from analytics.exports.pptx import report_pptx
from analytics.exports.xlsx import report_xlsx
from analytics.programmes.cohort import CohortOnDay, cohort_on_day
from analytics.programmes.templates import template
from analytics.settings import LANGUAGES, load_settings
from analytics.store import programmes
from analytics.store.database import open_database
from components import cohort_view
from components.cohort_reports import cohort_report
from components.language import speaking
from components.tokens import LIGHT
from tests.analytics.exports.sample_report import pdf_text
from tests.analytics.exports.test_reports import slides_text, squeezed
from tests.conftest import Demo

AS_OF = date(2026, 11, 21)


@pytest.fixture(scope="module")
def found(demo_store: Demo) -> Iterator[CohortOnDay]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CABILDO_HOME", str(demo_store.home))
        environment.delenv("CABILDO_CONFIG", raising=False)
        db = open_database(load_settings())
        held = programmes.programme(db, COHORT)
        cities = programmes.cities(db, COHORT)
        yield cohort_on_day(held, template(held.template), cities, AS_OF)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_is_the_pages(found, language):
    with speaking(language):
        made = cohort_report(found, found.cities)
        told = [cohort_view.headline(found)]
        told += cohort_view.cities_frame(found.cities).astype(str).to_numpy().ravel().tolist()
    sheet = load_workbook(BytesIO(report_xlsx(made)))
    cells = [cell.value for tab in sheet for row in tab.iter_rows() for cell in row]
    slips = [cell for cell in cells if isinstance(cell, int | float)]
    assert slips == [city.slip_days for city in found.cities]
    slides = slides_text(report_pptx(made))
    for said in (squeezed(pdf_text(report_pdf(made))), squeezed(slides)):
        assert [text for text in told if squeezed(text) not in said] == []
    # Nothing else is said: every number of the slides is the report's own, or a slide's.
    known = {n for text in [*told, *_words(made)] for n in re.findall(r"\d+", text)}
    pages = {str(n + 1) for n in range(len(Presentation(BytesIO(report_pptx(made))).slides))}
    assert set(re.findall(r"\d+", slides)) <= known | pages


def test_slides_keep_within_their_edges_and_say_what_pictures_show(found):
    with speaking("es"):
        made = cohort_report(found, found.cities)
    show = Presentation(BytesIO(report_pptx(made)))
    described = set()
    for slide in show.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= show.slide_width
            assert shape.top + shape.height <= show.slide_height
            if shape.shape_type == MSO_SHAPE_TYPE.PICTURE:
                described.add(shape._element.nvPicPr.cNvPr.get("descr"))
    assert described == {part.picture.alt for part in made.sections if part.picture}


def test_only_the_cities_shown_are_told(found):
    with speaking("en"):
        made = cohort_report(found, found.cities[:1])
        none = cohort_report(found, ())
    said = slides_text(report_pptx(made))
    assert found.cities[0].name in said
    assert found.cities[-1].name not in said
    assert report_pdf(none).startswith(b"%PDF")


def _words(made):
    return [made.eyebrow, made.footer, made.command, *made.method, *made.sections[0].lines]


def test_pictures_show_the_marks_in_their_colours(found):
    """The fonts of reports must hold the marks, or states would vanish from both pictures."""
    with speaking("es"):
        made = cohort_report(found, found.cities)
    wanted = {LIGHT.states[state] for city in found.cities for state in city.gates.values()}
    gates = made.sections[1].picture
    seen = Image.open(BytesIO(gates.png)).convert("RGB")
    colours = {"#{:02X}{:02X}{:02X}".format(*colour) for _n, colour in seen.getcolors(1 << 24)}
    assert {colour.upper() for colour in wanted} <= colours
