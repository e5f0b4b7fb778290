"""Streamlit's own words on an uploader, in the reader's language."""

import json

import streamlit as st

from components.language import _

WORDS = ("browse", "drop")
UPLOADER = """<style>
[data-testid="stFileUploaderDropzone"] [kind="secondary"] [data-testid="stMarkdownContainer"] p,
[data-testid="stFileUploaderDropzoneInstructions"] span {{ font-size: 0; }}
[data-testid="stFileUploaderDropzone"] [kind="secondary"] [data-testid="stMarkdownContainer"]::after
  {{ content: {browse}; font-size: 13px; white-space: nowrap; }}
[data-testid="stFileUploaderDropzoneInstructions"]::after
  {{ content: {drop}; font-size: 12px; color: var(--c-muted); }}
</style>"""


def translate() -> None:
    """Put the reader's words over Streamlit's on every uploader that the run draws."""
    words = {name: json.dumps(_(f"sources.{name}"), ensure_ascii=False) for name in WORDS}
    st.html(UPLOADER.format(**words))
