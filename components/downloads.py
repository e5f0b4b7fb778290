"""Quiet download links beside a result: the label is the file type, made on the click."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.exports.frames import frame_csv
from components import progress
from components.progress import Making

FORMULA = r"^[\s]*[=+\-@＝＋－＠]|^[\t\r\n]"  # what a spreadsheet would run, or trim and then run


@dataclass(frozen=True)
class Download:
    """One link: what is written on it, what it delivers, and as which file.

    ``data`` as a callable without arguments is called only when the link is pressed, outside the
    page's run: it must not use Streamlit. ``label`` is translated; ``file_name`` has no spaces.
    What takes long is followed by ``making``: its steps are told below the row.
    """

    label: str
    data: Callable[[], bytes | str] | bytes | str
    file_name: str
    mime: str
    making: Making | None = None


def audited(
    principal: Principal, city_key: str, make: Callable[[], bytes], **detail: object
) -> Callable[[], bytes]:
    """Return what makes a file and writes an audit line when it is fetched."""

    def produce() -> bytes:
        loaders.record(principal, "download", city_key, **detail)
        return make()

    return produce


def row(items: Sequence[Download], *, key: str) -> None:
    """Draw downloads as underlined accent links in one row; ``key`` is unique on the page."""
    with st.container(key=f"downloads_{key}", horizontal=True, gap="medium"):
        for item in items:
            st.download_button(
                item.label,
                item.data,
                file_name=item.file_name,
                mime=item.mime,
                key=f"download_{key}_{item.file_name}",
                on_click=partial(progress.watch, key, item.making) if item.making else "ignore",
                type="tertiary",
            )
    progress.show(key)


def table(
    frame: pd.DataFrame,
    principal: Principal,
    city_key: str,
    name: str,
    version: str,
    *,
    label: str = "CSV",
) -> Download:
    """Offer a table as CSV with full precision; ``name`` is the file's stem and audited kind."""
    return Download(
        label,
        audited(
            principal, city_key, lambda: frame_csv(frame), kind=name, rows=len(frame),
            version=version,
        ),
        file_name(city_key, name, extension="csv"),
        "text/csv",
    )  # fmt: skip


def file_name(*parts: str, extension: str) -> str:
    """Join parts to a file name of lower-case ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", "-".join(parts)).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    return f"{stem or 'cabildo'}.{extension}"


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Write a frame as CSV that a spreadsheet opens without running anything in it.

    Parameters
    ----------
    frame : pandas.DataFrame
        Texts (and headings) that begin like a formula get a leading apostrophe; numbers keep
        their sign.

    Returns
    -------
    bytes
        UTF-8 with byte order mark, so that spreadsheets read accents.
    """
    safe = frame.map(_neutral).rename(columns=_neutral)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _neutral(value: object) -> object:
    if isinstance(value, str) and re.match(FORMULA, value):
        return f"'{value}"
    return value
