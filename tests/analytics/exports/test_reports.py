"""The three writers print one report: every word and number, as text, inside the page."""

import re
from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook
from PIL import Image
from pptx import Presentation
from pptx.util import Inches, Pt

from analytics.errors import FilterError
from analytics.exports.pdf import report_pages, report_pdf
from analytics.exports.pptx import report_pptx
from analytics.exports.reports import Report, Section, check_report_format, report_bytes
from analytics.exports.xlsx import report_xlsx
from tests.analytics.exports.sample_report import NASTY, NUMBERS, pdf_text, sample, table


def every_text(report: Report) -> list[str]:
    """Everything that must be readable in a report on paper and on slides."""
    texts = [report.title, report.eyebrow, report.sentence, report.footer, report.stamp]
    texts += [report.method_title, *report.method, report.command]
    for section in report.sections:
        texts += [section.title, *section.lines, section.note]
        if section.table is not None:
            texts += [*section.table.headings]
            texts += [cell.text for row in section.table.rows for cell in row]
    return [text for text in texts if text]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def slides_text(made: bytes) -> str:
    words = []
    for slide in Presentation(BytesIO(made)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                words.append(shape.text_frame.text)
            if shape.has_table:
                words += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(words)


def test_the_pdf_says_everything_and_runs_nothing():
    said = squeezed(pdf_text(report_pdf(sample())))
    assert [text for text in every_text(sample()) if squeezed(text) not in said] == []
    assert all(squeezed(number) in said for number in NUMBERS)


def test_the_pdf_is_tagged_names_its_language_and_describes_its_pictures():
    made = report_pdf(sample())
    assert b"/StructTreeRoot" in made
    assert b"/Lang(es)" in made
    assert b"/Alt" in made


def test_the_pdf_carries_our_fonts_and_none_of_the_machine():
    fonts = set(re.findall(rb"/BaseFont/[A-Z]{6}\+([A-Za-z]+)", report_pdf(sample())))
    assert {b"PublicSans", b"CabildoSerif"} <= fonts
    assert fonts <= {b"PublicSans", b"CabildoSerif", b"DejaVuSansMono", b"LibertinusSerif"}


def test_a_page_becomes_a_picture_of_its_size():
    (page,) = report_pages(sample(), ppi=96)
    with Image.open(BytesIO(page)) as picture:
        assert picture.size == (794, 1123)


def test_a_long_table_runs_over_several_pages_with_its_headings():
    pages = pdf_text(report_pdf(sample(rows=120)))
    assert pages.count("Esperados") > 1
    assert "Avenida Ñuñoa 120" in pages


def test_the_slides_say_everything():
    said = squeezed(slides_text(report_pptx(sample())))
    missing = [text for text in every_text(sample()) if squeezed(text) not in said]
    assert missing == [sample().sections[0].title]  # the sentence stands in its place


@pytest.mark.parametrize("rows", [1, 9, 10, 40])
@pytest.mark.parametrize("line", ["corta", "palabra " * 120])
def test_nothing_lies_outside_a_slide_or_is_smaller_than_twelve_points(rows, line):
    show = Presentation(BytesIO(report_pptx(sample(rows, line.strip()))))
    assert (show.slide_width, show.slide_height) == (Inches(13.333), Inches(7.5))
    for slide in show.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= show.slide_width
            assert shape.top + shape.height <= show.slide_height
            frames = [shape.text_frame] if shape.has_text_frame else []
            if shape.has_table:
                frames += [cell.text_frame for row in shape.table.rows for cell in row.cells]
            sizes = [
                run.font.size for frame in frames for part in frame.paragraphs for run in part.runs
            ]
            assert all(size >= Pt(12) for size in sizes)
            if shape.has_table:
                assert sum(row.height for row in shape.table.rows) <= shape.height + 99


def test_boxes_of_a_slide_do_not_overlap():
    for slide in Presentation(BytesIO(report_pptx(sample()))).slides:
        boxes = [(s.left, s.top, s.left + s.width, s.top + s.height) for s in slide.shapes]
        for i, one in enumerate(boxes):
            for other in boxes[i + 1 :]:
                apart = one[2] <= other[0] or other[2] <= one[0]
                assert apart or one[3] <= other[1] or other[3] <= one[1]


def test_a_long_table_is_cut_into_slides_that_hold_every_row_once():
    said = slides_text(report_pptx(sample(rows=40)))
    rows = re.findall(r"Avenida Ñuñoa (\d+)", said)
    assert [int(row) for row in rows] == list(range(2, 41))
    assert said.count("Esperados") > 2


def test_a_long_table_without_words_or_picture_leaves_no_empty_slide():
    report = replace(sample(), sections=(Section("Cities", table=table(40)),) * 2)
    show = Presentation(BytesIO(report_pptx(report)))
    first, *rest = show.slides
    *tables, _method = rest
    assert first.shapes
    assert len(tables) > 2
    assert all(any(shape.has_table for shape in slide.shapes) for slide in tables)


def test_every_picture_on_a_slide_is_described():
    pictures = [
        shape
        for slide in Presentation(BytesIO(report_pptx(sample()))).slides
        for shape in slide.shapes
        if shape.shape_type is not None and "PICTURE" in str(shape.shape_type)
    ]
    told = [shape._element.nvPicPr.cNvPr.get("descr") for shape in pictures]
    assert told == ["Mapa de prueba", "Horas"]


def test_the_workbook_holds_numbers_as_numbers_and_no_formula():
    book = load_workbook(BytesIO(report_xlsx(sample())))
    assert book.sheetnames == ["Boletín", "Zonas"]
    rows = list(book["Zonas"].iter_rows(values_only=True))
    assert rows[0] == table().headings
    assert rows[1] == (1, "=1+1", 1234.5, 0.098)
    front = [cell for row in book["Boletín"].iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"s", "n"}
    risky = [cell for row in book["Zonas"].iter_rows() for cell in row if cell.value == "=1+1"]
    assert [cell.quotePrefix for cell in risky] == [True]
    texts = {str(cell.value) for cell in front}
    assert {NASTY, sample().sentence, sample().footer, sample().command} <= texts
    assert len(book["Boletín"]._images) == 2


def test_equal_titles_get_sheets_of_their_own():
    report = sample()
    twice = (*report.sections, report.sections[1])
    made = report_xlsx(Report(**{**vars(report), "sections": twice}))
    assert load_workbook(BytesIO(made)).sheetnames == ["Boletín", "Zonas", "Zonas 2"]


def test_the_suffix_chooses_the_writer_and_others_are_refused(tmp_path):
    assert report_bytes(sample(), ".pdf").startswith(b"%PDF")
    assert {report_bytes(sample(), kind)[:2] for kind in (".pptx", ".xlsx")} == {b"PK"}
    check_report_format(tmp_path / "r.pdf")
    with pytest.raises(FilterError) as caught:
        check_report_format(tmp_path / "r.docx")
    assert caught.value.code == "export.format"
