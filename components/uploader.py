"""The file uploader in the reader's language: Streamlit's own two texts are replaced by ours."""

import json

import streamlit as st

from components.language import _

WORDS = ("browse", "drop")
STYLE = """<style>
[data-testid="stFileUploaderDropzone"] [kind="secondary"] [data-testid="stMarkdownContainer"] p,
[data-testid="stFileUploaderDropzoneInstructions"] span {{ font-size: 0; }}
[data-testid="stFileUploaderDropzone"] [kind="secondary"] [data-testid="stMarkdownContainer"]::after
  {{ content: {browse}; font-size: 13px; white-space: nowrap; }}
[data-testid="stFileUploaderDropzoneInstructions"]::after
  {{ content: {drop}; font-size: 12px; color: var(--c-muted); }}
</style>"""


def in_own_words() -> None:
    """Word every uploader of the page; call it once before the first."""
    words = {name: json.dumps(_(f"sources.{name}"), ensure_ascii=False) for name in WORDS}
    st.html(STYLE.format(**words))
