"""The theme file, the fonts it names and the sheet agree with the tokens and with each other."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from components.sheet import SHEET
from components.tokens import FONT, LIGHT, MARKS, PALETTES, Palette, css_variables

ROOT = Path(__file__).resolve().parents[2]
CONFIG: dict[str, Any] = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))
FACES = CONFIG["theme"]["fontFaces"]
THEME_KEYS = {
    "primaryColor": "accent",
    "linkColor": "accent",
    "backgroundColor": "bg",
    "secondaryBackgroundColor": "sunk",
    "textColor": "ink",
    "borderColor": "hair",
    "dataframeHeaderBackgroundColor": "bg",
    "dataframeHeaderTextColor": "muted",
    "codeBackgroundColor": "sunk",
    "codeTextColor": "ink",
}


def _font(face: dict[str, str]) -> Path:
    return ROOT / face["url"].removeprefix("app/")


@pytest.mark.parametrize("name", ["light", "dark"])
def test_theme_colours_are_the_tokens(name: str) -> None:
    colours: Palette = PALETTES[name]  # type: ignore[index]
    assert CONFIG["theme"][name] == {key: getattr(colours, t) for key, t in THEME_KEYS.items()}


def test_no_word_of_a_font_family_starts_with_a_digit() -> None:
    for face in FACES:
        assert not any(word[0].isdigit() for word in face["family"].split())


def test_every_font_is_a_file_of_ours_with_its_licence_beside_it() -> None:
    for face in FACES:
        assert face["url"].startswith("app/static/fonts/")
        assert _font(face).is_file()
    assert len(list((ROOT / "static" / "fonts").glob("OFL-*.txt"))) == 2


def test_the_families_the_theme_asks_for_are_declared() -> None:
    declared = {face["family"] for face in FACES}
    asked = {CONFIG["theme"][key].split(",")[0] for key in ("font", "headingFont")}
    assert asked <= declared
    assert CONFIG["theme"]["font"] == FONT


def test_the_mark_font_holds_every_mark_in_under_a_kilobyte() -> None:
    face = next(face for face in FACES if face["family"] == "Cabildo Marks")
    points = {int(code, 16) for code in re.findall(r"U\+([0-9A-F]+)", face["unicodeRange"])}
    font = TTFont(_font(face))
    assert set(font.getBestCmap()) == points
    assert {ord(mark) for mark in MARKS.values()} <= points
    assert _font(face).stat().st_size < 1024


def test_the_mark_font_is_what_its_source_compiles_to() -> None:
    source = TTFont()
    source.importXML(ROOT / "static" / "fonts" / "cabildo-marks.ttx")
    built = TTFont(ROOT / "static" / "fonts" / "cabildo-marks.woff2")
    names = source.getBestCmap()
    for code, glyph in built.getBestCmap().items():
        drawn, written = built["glyf"][glyph], source["glyf"][names[code]]
        assert list(drawn.coordinates) == list(written.coordinates)


def test_marks_are_optically_equal() -> None:
    font = TTFont(ROOT / "static" / "fonts" / "cabildo-marks.woff2")
    for glyph in font.getBestCmap().values():
        shape = font["glyf"][glyph]
        width, height = shape.xMax - shape.xMin, shape.yMax - shape.yMin
        assert 580 <= max(width, height) <= 800
        assert font["hmtx"][glyph][0] == 800


def test_the_server_keeps_to_itself() -> None:
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["client"]["showErrorLinks"] is False
    assert CONFIG["client"]["toolbarMode"] == "viewer"
    assert CONFIG["server"]["allowedHosts"] == ["localhost", "127.0.0.1"]


def test_the_sheet_fetches_nothing_and_uses_only_tokens_that_exist() -> None:
    css = SHEET.read_text(encoding="utf-8")
    assert "@import" not in css and "url(" not in css
    known = set(re.findall(r"--c-(\w+):", css_variables(LIGHT)))
    assert set(re.findall(r"var\(--c-(\w+)\)", css)) <= known
    assert not re.search(r"#[0-9A-Fa-f]{3,8}\b", css), "colours come from tokens"
