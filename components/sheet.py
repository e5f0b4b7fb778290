"""The one scoped sheet that dresses every page, and the right end of the top bar."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import streamlit as st

from components.tokens import Palette, css_variables

SHEET = Path(__file__).with_suffix(".css")
# Streamlit recolours at once when the system turns dark and runs nothing; our sheet, maps and
# figures are drawn by the script, so the browser asks for a run once Streamlit knows the theme.
FOLLOW_THEME = """export default function ({ setTriggerValue }) {
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const ask = () => setTimeout(() => setTriggerValue("turned", true), 250);
  system.addEventListener("change", ask);
  return () => system.removeEventListener("change", ask);
}"""


def dress(palette: Palette, title: str) -> None:
    """Inject the sheet with the palette as CSS variables; once per run, before anything else.

    ``title`` is the wordmark at the left end of the top bar.
    """
    named = f":root{{--title:{json.dumps(title, ensure_ascii=False)}}}".replace("<", "")
    st.html(f"<style>{css_variables(palette)}{named}{_rules()}</style>")


def follow_theme() -> None:
    """Have the page drawn anew when the system turns from light to dark or back.

    Once per run, after the page: a component of its own without anything to see.
    """
    watch = st.components.v2.component("cabildo_theme", js=FOLLOW_THEME)
    with st.container(key="theme_watch"):
        watch(key="theme_watch_component")


@contextmanager
def top_bar() -> Iterator[None]:
    """Open the right end of the top bar for the popovers of city, language and person.

    Fill it with ``st.popover(label, type="tertiary")``; a plain word is fine too.
    """
    with st.container(key="top_bar", horizontal=True, horizontal_alignment="right"):
        yield


@cache
def _rules() -> str:
    return SHEET.read_text(encoding="utf-8")
