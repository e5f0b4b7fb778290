"""Colours, marks and type as data: the two palettes of the look, and which one is in use.

Hex colours; contrast and use of each are in the look's specification. Warm colour means density
and nothing else; the accent means "this city's number", "chosen" or "can be pressed".
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal

import streamlit as st

ThemeName = Literal["light", "dark"]

FONT = "Public Sans, Cabildo Marks, sans-serif"
SERIF = "Cabildo Serif, Georgia, serif"
DENSITY_ALPHA = (150, 185, 205, 220, 228, 235, 240)  # of 255, by class, low to high
MARKS = {"off": "■", "risk": "▲", "late": "⧖", "none": "◇", "run": "●", "done": "✓"}


@dataclass(frozen=True)
class Palette:
    """One theme's colours.

    ``states`` maps the keys of :data:`MARKS` (in order of severity) to colours that stand beside a
    word in ink. ``density`` holds seven classes, low to high; ``hours`` the seven steps of the
    hour × weekday picture. ``fall`` and ``rise`` colour significant change only.
    """

    name: ThemeName
    bg: str
    surf: str
    sunk: str
    hair: str
    ghost: str
    ink: str
    ink2: str
    muted: str
    accent: str
    mid: str
    soft: str
    fall: str
    rise: str
    land: str
    boundary: str
    states: Mapping[str, str]
    density: tuple[str, ...]
    hours: tuple[str, ...]


_LIGHT_DENSITY = ("#F2DFB8", "#EBC489", "#E2A45E", "#D27F3F", "#B4562D", "#8A3024", "#57141F")
_DARK_DENSITY = ("#45232E", "#682A33", "#923A33", "#B95830", "#D8823E", "#ECB266", "#FBE3A6")

LIGHT = Palette(
    name="light",
    bg="#FAF7F0",
    surf="#FFFEFA",
    sunk="#F1ECE1",
    hair="#DCD5C6",
    ghost="#B4AD9D",
    ink="#1E2124",
    ink2="#4A4D4E",
    muted="#686862",
    accent="#0E5366",
    mid="#5A8E99",
    soft="#B9CFD2",
    fall="#2F6F8F",
    rise="#B4562D",
    land="#F6F2E8",
    boundary="#8E8877",
    states={
        "off": "#C44E00",
        "risk": "#B37100",
        "late": "#A8558A",
        "none": "#75756E",
        "run": "#0072B2",
        "done": "#00805E",
    },
    density=_LIGHT_DENSITY,
    hours=("#F6F0E2", *_LIGHT_DENSITY[:6]),
)
DARK = Palette(
    name="dark",
    bg="#16191C",
    surf="#1D2125",
    sunk="#24292E",
    hair="#363B40",
    ghost="#6B6E6D",
    ink="#ECE8DF",
    ink2="#C3BFB5",
    muted="#9C998F",
    accent="#7CC7D6",
    mid="#4A8794",
    soft="#2F5560",
    fall="#6DB3D6",
    rise="#ECB266",
    land="#1B1F23",
    boundary="#6E6B63",
    states={
        "off": "#F0793A",
        "risk": "#E69F00",
        "late": "#DB97BF",
        "none": "#9A978E",
        "run": "#56B4E9",
        "done": "#2BB98D",
    },
    density=_DARK_DENSITY,
    hours=("#20252A", *_DARK_DENSITY[:6]),
)
PALETTES: dict[ThemeName, Palette] = {"light": LIGHT, "dark": DARK}


def theme() -> ThemeName:
    """Return the theme of the browser that asks; part of every cached drawing's key.

    Colours are baked in when a chart or map is drawn, so a page reads this at the top of its run.
    """
    return "dark" if st.context.theme.type == "dark" else "light"


def palette() -> Palette:
    """Return the colours of the theme in use."""
    return PALETTES[theme()]


def css_variables(colours: Palette) -> str:
    """Write a palette as CSS custom properties of the root: ``--c-ink``, ``--c-off`` and so on."""
    plain = {f.name: getattr(colours, f.name) for f in fields(colours)}
    named = {key: value for key, value in plain.items() if str(value).startswith("#")}
    pairs = "".join(f"--c-{key}:{value};" for key, value in {**named, **colours.states}.items())
    return f":root{{{pairs}}}"


def rgba(colour: str, alpha: int = 255) -> list[int]:
    """Turn ``#RRGGBB`` into the four numbers 0–255 a map layer takes."""
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)] + [alpha]
