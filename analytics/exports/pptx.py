"""A report as slides (16:9): one thought per slide, nothing smaller than 12 points."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from typing import Any

from PIL import ImageFont
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Inches, Pt

from analytics.exports.reports import FONTS, Picture, Report, Section, Table

WIDE, HIGH = 13.333, 7.5  # inches
SIDE, FOOT, GAP = 0.6, 0.55, 0.15
BODY_WIDE, BODY_TOP = WIDE - 2 * SIDE, 1.5
BODY_HIGH = HIGH - FOOT - GAP - BODY_TOP
FIRST_WIDE = 4.6  # of the sentence beside its picture
SIZES = (20, 18, 16, 15, 14, 13, 12)
PADDING = 0.14  # of a table's cell, both sides
SERIF, SANS = "Georgia", "Arial"  # present on the machines that open slides
INK, INK2, MUTED, HAIR = "1E2124", "4A4D4E", "686862", "DCD5C6"
MEASURED = "public-sans-regular.ttf"  # as wide as Arial, within a few per cent
SLACK = 1.08
SMALLEST_PT = 12


def report_pptx(report: Report) -> bytes:
    """Return a report as PPTX: the sentence with its picture, a slide per section, the method."""
    show = Presentation()
    show.slide_width, show.slide_height = Inches(WIDE), Inches(HIGH)
    show.core_properties.title = report.title
    show.core_properties.author = "Cabildo"
    show.core_properties.language = report.language
    first, *rest = report.sections
    _first(show, report, replace(first, table=None))
    if first.table is not None:
        rest = [Section(first.title, table=first.table), *rest]
    method = Section(report.method_title, (*report.method, report.command))
    for section in (part for whole in (*rest, method) for part in _split(whole)):
        _slide(show, report, section)
    file = BytesIO()
    show.save(file)
    return file.getvalue()


def _split(section: Section) -> Iterator[Section]:
    """Give a table slides of its own where it is long or words and picture leave no room."""
    table = section.table
    if table is None:
        yield section
        return
    row = _row_high(table)
    if section.picture is not None or not _fits(section, row):
        if section.picture is not None or _lines(section):
            yield replace(section, table=None)
        section = Section(section.title, table=table)
    held = int(BODY_HIGH / row) - 1
    for start in range(0, len(table.rows), held):
        part = replace(table, rows=table.rows[start : start + held])
        yield replace(section, table=part)


def _fits(section: Section, row: float) -> bool:
    """Tell whether words of 16 points and the whole table stand on one slide."""
    assert section.table is not None
    words = _height(_lines(section), 16, BODY_WIDE)
    return words + GAP + row * (len(section.table.rows) + 1) <= BODY_HIGH


def _first(show: Any, report: Report, section: Section) -> None:
    """Put the sentence at the left, its picture at the right as large as the slide allows."""
    slide = _framed(show, report)
    wide = FIRST_WIDE if section.picture is not None else BODY_WIDE
    used = _words(
        slide, [report.sentence], (SIDE, BODY_TOP - 0.5, wide, 3.6),
        sizes=(32, 30, 28, 26, 24, 22, 20), font=SERIF, colour=INK,
    )  # fmt: skip
    lines = _lines(section)
    if lines:
        top = BODY_TOP - 0.5 + used + GAP
        room = (SIDE, top, wide, HIGH - FOOT - GAP - top)
        _words(slide, lines, room, sizes=SIZES, colour=INK2)
    if section.picture is not None:
        left, top = SIDE + FIRST_WIDE + 0.3, BODY_TOP - 0.5
        place = (left, top, WIDE - SIDE - left, HIGH - FOOT - GAP - top)
        _picture(slide, section.picture, place)


def _framed(show: Any, report: Report) -> Any:
    """Add a slide with what it is of above and its stamp and number below."""
    slide = show.slides.add_slide(show.slide_layouts[6])
    what = " · ".join(filter(None, (report.title, report.eyebrow)))
    _words(slide, [what], (SIDE, 0.38, BODY_WIDE, 0.34), sizes=(14, 13, 12), colour=MUTED)
    foot = " · ".join(filter(None, (report.footer, report.stamp)))
    place = (SIDE, HIGH - FOOT, BODY_WIDE - 0.8, 0.34)
    _words(slide, [foot], place, sizes=(SMALLEST_PT,), colour=MUTED)
    place = (WIDE - SIDE - 0.7, HIGH - FOOT, 0.7, 0.34)
    number = str(len(show.slides))
    _words(slide, [number], place, sizes=(SMALLEST_PT,), colour=MUTED, right=True)
    return slide


def _slide(show: Any, report: Report, section: Section) -> None:
    """Print the title, then picture with words beside it, or words with a table below."""
    slide = _framed(show, report)
    place = (SIDE, BODY_TOP - 0.72, BODY_WIDE, 0.6)
    _words(slide, [section.title], place, sizes=(28, 26, 24, 20), font=SERIF, colour=INK)
    left, top, wide, high = SIDE, BODY_TOP, BODY_WIDE, BODY_HIGH
    if section.picture is not None:
        share = 0.62
        _picture(slide, section.picture, (SIDE, top, BODY_WIDE * share, high))
        left, wide = SIDE + BODY_WIDE * share + 0.35, BODY_WIDE * (1 - share) - 0.35
    row = _row_high(section.table) if section.table is not None else 0.0
    table_high = row * (len(section.table.rows) + 1) if section.table is not None else 0.0
    if lines := _lines(section):
        room = high - table_high - (GAP if table_high else 0.0)
        top += _words(slide, lines, (left, top, wide, room), sizes=SIZES, colour=INK2) + GAP
    if section.table is not None:
        _table(slide, section.table, (left, top, wide, table_high))


def _lines(section: Section) -> list[str]:
    return [*section.lines, *([section.note] if section.note else [])]


def _picture(slide: Any, picture: Picture, box: tuple[float, float, float, float]) -> None:
    left, top, wide, high = box
    across = min(wide, high * picture.aspect)
    shown = slide.shapes.add_picture(
        BytesIO(picture.png), Inches(left), Inches(top), width=Inches(across)
    )
    shown._element.nvPicPr.cNvPr.set("descr", picture.alt)


def _table(slide: Any, table: Table, box: tuple[float, float, float, float]) -> None:
    left, top, wide, high = box
    shape = slide.shapes.add_table(
        len(table.rows) + 1,
        len(table.headings),
        *(Inches(value) for value in (left, top, wide, high)),
    )
    grid = shape.table
    shape._element.graphic.graphicData.tbl.tblPr.set("bandRow", "0")
    whole = sum(table.widths)
    size = _table_size(table, wide)
    for column, share in enumerate(table.widths):
        grid.columns[column].width = Inches(wide * share / whole)
        texts = [table.headings[column], *(row[column].text for row in table.rows)]
        for row, text in enumerate(texts):
            cell = grid.cell(row, column)
            cell.fill.background()
            cell.margin_left = cell.margin_right = Inches(0.06)
            cell.margin_top = cell.margin_bottom = Inches(0.03)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            run = cell.text_frame.paragraphs[0].add_run()
            run.text = text
            _style(run, size, MUTED if row == 0 else INK)
            if table.at_right(column):
                cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
    for row in grid.rows:
        row.height = Inches(high / (len(table.rows) + 1))


def _row_high(table: Table) -> float:
    """Return the height in inches at which every cell's lines fit, equal for all rows."""
    size, whole = _table_size(table, BODY_WIDE), sum(table.widths)
    lines = max(
        _broken(text, size, BODY_WIDE * share / whole - PADDING)
        for column, share in enumerate(table.widths)
        for text in (table.headings[column], *(row[column].text for row in table.rows))
    )
    return lines * size * 1.22 / 72 + 0.16


def _table_size(table: Table, wide: float) -> int:
    """Choose the largest size at which every text fits on one line of its column, at least 12."""
    whole = sum(table.widths)
    for size in (16, 15, 14, 13):
        fits = all(
            _width(text, size) <= wide * share / whole - PADDING
            for column, share in enumerate(table.widths)
            for text in (table.headings[column], *(row[column].text for row in table.rows))
        )
        if fits:
            return size
    return SMALLEST_PT


def _words(
    slide: Any,
    lines: list[str],
    box: tuple[float, float, float, float],
    *,
    sizes: tuple[int, ...],
    font: str = SANS,
    colour: str,
    right: bool = False,
) -> float:
    """Write paragraphs at the largest size that fits the box; return the height they take."""
    left, top, wide, high = box
    size = next((s for s in sizes if _height(lines, s, wide) <= high), sizes[-1])
    used = min(high, _height(lines, size, wide))
    shape = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(wide), Inches(used))
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.space_after = Pt(size * 0.35)
        paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = line
        _style(run, size, colour, font)
    return used


def _style(run: Any, size: int, colour: str, font: str = SANS) -> None:
    run.font.size, run.font.name = Pt(size), font
    run.font.color.rgb = RGBColor(*bytes.fromhex(colour))  # type: ignore[no-untyped-call]


def _height(lines: list[str], size: int, wide: float) -> float:
    """Inches that paragraphs take when broken at words within ``wide`` inches."""
    n = sum(_broken(line, size, wide) for line in lines)
    return (n * size * 1.22 + (len(lines) - 1) * size * 0.35) / 72 + 0.02


def _broken(text: str, size: int, wide: float) -> int:
    lines, room = 1, wide
    for word in text.split(" "):
        need = _width(f"{word} ", size)
        if need > room and room < wide:
            lines, room = lines + 1, wide
        extra = int(need // wide)  # a word longer than a line is broken as well
        lines, room = lines + extra, room - need + extra * wide
    return lines


def _width(text: str, size: int) -> float:
    return SLACK * float(_face().getlength(text)) / 100 * size / 72


@lru_cache(maxsize=1)
def _face() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / MEASURED, 100)
