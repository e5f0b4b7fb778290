"""What may be kept as evidence: told by content, never by the name alone."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image

from analytics.errors import ProgrammeError
from analytics.programmes.evidence import MOST_BYTES, check_file

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n"


def picture(kind):
    file = BytesIO()
    Image.new("RGB", (8, 8), "red").save(file, kind)
    return file.getvalue()


def zipped(**parts):
    file = BytesIO()
    with ZipFile(file, "w") as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return file.getvalue()


def office(part, **more):
    return zipped(**{"[Content_Types].xml": "<Types/>", part: "<x/>"} | more)


ODT = zipped(mimetype="application/vnd.oasis.opendocument.text")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("acta.pdf", PDF, "pdf"),
        ("ACTA.PDF", PDF, "pdf"),
        ("foto.png", picture("PNG"), "png"),
        ("foto.jpg", picture("JPEG"), "jpg"),
        ("foto.jpeg", picture("JPEG"), "jpg"),
        ("acta.docx", office("word/document.xml"), "docx"),
        ("lista.xlsx", office("xl/workbook.xml"), "xlsx"),
        ("taller.pptx", office("ppt/presentation.xml"), "pptx"),
        ("acta.odt", ODT, "odt"),
    ],
)
def test_documents_and_pictures_are_kept(name, content, kind):
    assert check_file(name, content).kind == kind


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("acta.pdf", b""),
        ("acta.pdf", b"MZ\x90\x00 a program"),
        ("acta.pdf", b"%PDF-1.7 cut off"),
        ("acta.html", b"<html><script>alert(1)</script></html>"),
        ("foto.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("foto.png", picture("PNG")[:40]),
        ("foto.gif", picture("GIF")),
        ("acta.zip", zipped(a="b")),
        ("acta.docx", b"PK\x03\x04 no zip"),
        ("acta.docx", office("word/document.xml", **{"word/vbaProject.bin": "x"})),
        ("acta.odt", zipped(mimetype="application/x-other")),
        ("acta.odt", zipped(mimetype="application/vnd.oasis.opendocument.text", **{
            "Basic/Standard/M.xml": "x"})),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_what_is_kept(name, content):
    with pytest.raises(ProgrammeError) as caught:
        check_file(name, content)
    assert caught.value.code == "evidence.type"
    assert "pdf" in caught.value.details["known"]


def test_an_ending_of_another_kind_is_refused():
    with pytest.raises(ProgrammeError) as caught:
        check_file("acta.docx", PDF)
    assert (caught.value.code, caught.value.details["kind"]) == ("evidence.disguised", "pdf")


def test_what_is_too_large_is_refused_with_both_sizes():
    with pytest.raises(ProgrammeError) as caught:
        check_file("acta.pdf", PDF.ljust(MOST_BYTES + 1))
    assert caught.value.code == "evidence.too_large"
    assert caught.value.details["limit"] == 10


@pytest.mark.parametrize("name", ["../../acta.pdf", "C:\\tmp\\acta.pdf", "a\u202ecta.pdf/acta.pdf"])
def test_a_name_keeps_no_path(name):
    assert check_file(name, PDF).name == "acta.pdf"
