"""A report with everything in it that a writer must survive, and the text of a PDF."""

import re
import zlib
from io import BytesIO

from PIL import Image

from analytics.exports.reports import Cell, Picture, Report, Section, Table

NASTY = "#image(\"x.png\") *a* $x^2$ \\ =HYPERLINK(1) <b> _u_ @ref // 'x'"
NUMBERS = ("1.234,5", "9,8 %", "−3", "0–6")
# What a page's content shows: a font is chosen, a string is written, a text ends.
INSIDE = rb"[^\\()]|\\."
SHOWN = re.compile(
    rb"/(f\d+) [\d.]+ Tf|\(((?:%b|\((?:%b)*\))*)\)|(\bET\b)" % (INSIDE, INSIDE), re.S
)
ESCAPED = re.compile(rb"\\([0-7]{3}|.)", re.S)
PLAIN = {b"b": b"\b", b"t": b"\t", b"n": b"\n", b"f": b"\f", b"r": b"\r"}


def png(width: int = 600, height: int = 400) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "#D27F3F").save(file, "PNG")
    return file.getvalue()


def table(rows: int = 4) -> Table:
    return Table(
        headings=("Zona", "Calles", "Esperados", "Parte"),
        rows=tuple(
            (
                Cell(str(i), i, "0"),
                Cell("=1+1" if i == 1 else f"Avenida Ñuñoa {i} – Çalçada"),
                Cell("1.234,5", 1234.5, "#,##0.0"),
                Cell("9,8 %", 0.098, "0.0%"),
            )
            for i in range(1, rows + 1)
        ),
        widths=(1, 5, 2, 2),
    )


def sample(rows: int = 4, line: str = NASTY) -> Report:
    return Report(
        title="Boletín",
        eyebrow="Puerto Quimera · 1 ago – 31 oct 2026",
        sentence="El 5 % del área concentró el 31 % de los robos; el conteo simple, el 29 %.",
        sections=(
            Section("Mapa", picture=Picture(png(), "Mapa de prueba"), note="escala fija"),
            Section("Zonas", lines=(line, "cambio de −3"), table=table(rows)),
            Section("Cuándo", picture=Picture(png(600, 200), "Horas"), half=True),
            Section("Quién", lines=("Rango 0–6",), half=True),
        ),
        method_title="Cómo se hizo",
        method=("Densidad gaussiana.", "Gi* corregido."),
        command="python -m analytics report hotspots --city quimera",
        footer="Puerto Quimera · datos al 31 oct 2026 · versión abc",
        language="es",
        stamp="datos sintéticos",
    )


def pdf_text(pdf: bytes) -> str:
    """Read the words of a PDF that Typst wrote, by the character maps of its fonts."""
    objects = {
        int(number): body
        for number, body in re.findall(rb"(\d+) 0 obj\s*(.*?)\s*endobj", pdf, re.S)
    }
    return "".join(
        _page_text(_stream(objects[int(content[1])]), _fonts(body, objects))
        for body in objects.values()
        if b"/Type/Page/" in body and (content := re.search(rb"/Contents (\d+) 0 R", body))
    )


def _fonts(page: bytes, objects: dict[int, bytes]) -> dict[bytes, dict[bytes, str]]:
    """The character map of every font, by the name that the page gives it."""
    resources = re.search(rb"/Resources (\d+) 0 R", page)
    told = objects[int(resources[1])] if resources else page
    fonts = {}
    for name, reference in re.findall(rb"/(f\d+) (\d+) 0 R", told):
        to_unicode = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(reference)])
        fonts[name] = _character_map(objects[int(to_unicode[1])]) if to_unicode else {}
    return fonts


def _page_text(content: bytes, fonts: dict[bytes, dict[bytes, str]]) -> str:
    words, font = [], dict[bytes, str]()
    for name, written, end in SHOWN.findall(content):
        if name:
            font = fonts[name]
        elif end:
            words.append("\n")
        else:
            codes = ESCAPED.sub(_unescaped, written)
            words += [font.get(codes[i : i + 2], "") for i in range(0, len(codes), 2)]
    return "".join(words)


def _unescaped(found: re.Match[bytes]) -> bytes:
    told = found[1]
    return bytes([int(told, 8)]) if told.isdigit() else PLAIN.get(told, told)


def _stream(body: bytes) -> bytes:
    found = re.search(rb"/Length (\d+).*?>>\s*?stream\r?\n", body, re.S)
    if not found:
        return b""
    content = body[found.end() : found.end() + int(found[1])]
    return zlib.decompress(content) if b"FlateDecode" in found[0] else content


def _character_map(body: bytes) -> dict[bytes, str]:
    text = _stream(body)
    if b"beginbfchar" not in text and b"beginbfrange" not in text:
        return {}
    pairs = re.findall(rb"^<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>\s*$", text, re.M)
    return {
        bytes.fromhex(code.decode()): bytes.fromhex(told.decode()).decode("utf-16-be")
        for code, told in pairs
    }
