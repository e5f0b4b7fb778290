"""A report on paper (A4) through Typst: offline, our own fonts, every text passed as data."""

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

import typst

from analytics.exports.reports import FONTS, Report, Section

TEMPLATE = Path(__file__).parent / "report.typ"


def report_pdf(report: Report) -> bytes:
    """Return a report as PDF, tagged for screen readers.

    Texts go to the template as data, never as markup: nothing in a street's or a file's name can
    be run or can break the layout.
    """
    return _compiled(report, "pdf")[0]


def report_pages(report: Report, *, ppi: float = 96) -> list[bytes]:
    """Return the pages of :func:`report_pdf` as PNG pictures."""
    return _compiled(report, "png", ppi=ppi)


def _compiled(report: Report, kind: Literal["pdf", "png"], ppi: float | None = None) -> list[bytes]:
    with tempfile.TemporaryDirectory(prefix="cabildo-report-") as name:
        folder = Path(name)
        told = asdict(report)
        told["groups"] = _groups(report, folder)
        del told["sections"]
        (folder / "report.typ").write_bytes(TEMPLATE.read_bytes())
        (folder / "report.json").write_text(json.dumps(told), encoding="utf-8")
        made = typst.compile(
            folder / "report.typ",
            root=folder,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format=kind,
            ppi=ppi,
        )
    # Several pictures come as a list, a single one and a PDF as bytes.
    return [*made] if isinstance(made, list) else [made]


def _groups(report: Report, folder: Path) -> list[list[dict[str, Any]]]:
    """Put halves that follow each other into one row; write pictures where Typst finds them."""
    groups: list[list[dict[str, Any]]] = []
    for number, section in enumerate(report.sections):
        told = _section(section, folder / f"picture-{number}.png")
        last = groups[-1] if groups else []
        if section.half and len(last) == 1 and last[0]["half"]:
            last.append(told)
        else:
            groups.append([told])
    return groups


def _section(section: Section, file: Path) -> dict[str, Any]:
    told: dict[str, Any] = {
        "title": section.title,
        "lines": section.lines,
        "note": section.note,
        "half": section.half,
        "picture": None,
        "table": None,
    }
    if section.picture is not None:
        file.write_bytes(section.picture.png)
        told["picture"] = {
            "file": file.name,
            "alt": section.picture.alt,
            "aspect": section.picture.aspect,
            "tallest": section.picture_mm,
        }
    if section.table is not None:
        columns = range(len(section.table.headings))
        told["table"] = {
            "headings": section.table.headings,
            "rows": [[cell.text for cell in row] for row in section.table.rows],
            "widths": section.table.widths,
            "right": [section.table.at_right(column) for column in columns],
        }
    return told
