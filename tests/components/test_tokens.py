"""Two palettes, complete, legible, in one order of severity."""

import re
from dataclasses import fields

import pytest

from components.tokens import (
    DARK,
    DENSITY_ALPHA,
    LIGHT,
    MARKS,
    PALETTES,
    Palette,
    css_variables,
    rgba,
)

BOTH = pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])


def _channel(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def _luminance(colour: str) -> float:
    red, green, blue, _alpha = (_channel(v) for v in rgba(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    """WCAG 2.1 contrast ratio, from its definition."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert _contrast("#000000", "#FFFFFF") == pytest.approx(21)


@BOTH
def test_every_colour_is_a_six_digit_hex(colours: Palette) -> None:
    plain = [getattr(colours, f.name) for f in fields(colours) if f.type is str or f.type == "str"]
    for colour in [*plain, *colours.states.values(), *colours.density, *colours.hours]:
        assert re.fullmatch(r"#[0-9A-F]{6}", colour)


@BOTH
@pytest.mark.parametrize("ground", ["bg", "surf"])
@pytest.mark.parametrize("text", ["ink", "ink2", "muted", "accent"])
def test_text_has_at_least_4_5_to_1(colours: Palette, ground: str, text: str) -> None:
    assert _contrast(getattr(colours, text), getattr(colours, ground)) >= 4.5


@BOTH
def test_every_status_mark_has_at_least_3_to_1(colours: Palette) -> None:
    for colour in [*colours.states.values(), colours.mid]:
        assert _contrast(colour, colours.bg) >= 3


@BOTH
def test_text_of_a_primary_button_is_legible_on_the_accent(colours: Palette) -> None:
    assert _contrast(colours.bg, colours.accent) >= 4.5


@BOTH
def test_density_classes_run_away_from_the_ground_in_even_steps(colours: Palette) -> None:
    steps = [_contrast(colour, colours.bg) for colour in colours.density]
    assert steps == sorted(steps)
    neighbours = [
        _contrast(a, b) for a, b in zip(colours.density, colours.density[1:], strict=False)
    ]
    assert all(1.2 <= ratio <= 1.8 for ratio in neighbours)


@BOTH
def test_there_is_an_alpha_and_a_colour_for_each_of_seven_classes(colours: Palette) -> None:
    assert len(colours.density) == len(colours.hours) == len(DENSITY_ALPHA) == 7


@BOTH
def test_states_and_marks_share_one_order_of_severity(colours: Palette) -> None:
    assert list(colours.states) == list(MARKS)


def test_marks_are_six_different_shapes() -> None:
    assert len(set(MARKS.values())) == 6


def test_css_variables_name_every_token_and_status() -> None:
    css = css_variables(LIGHT)
    assert css.startswith(":root{") and css.endswith("}")
    for name, colour in {"ink": LIGHT.ink, "bg": LIGHT.bg, **LIGHT.states}.items():
        assert f"--c-{name}:{colour};" in css


def test_palettes_are_found_by_the_name_they_carry() -> None:
    assert {name: colours.name for name, colours in PALETTES.items()} == {
        "light": "light",
        "dark": "dark",
    }


def test_rgba_reads_red_green_blue_and_alpha() -> None:
    assert rgba("#0E5366", 46) == [14, 83, 102, 46]
