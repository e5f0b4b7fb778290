"""The room's votes as a drawing for the projector, and its code as a QR. No Streamlit.

Drawn in HTML: the browser's sanitiser takes SVG away, and an SVG as picture knows no fonts.

One dot per phone in rows of four, today's mean as a line 6 px wide, the last workshop's 3 px wide
and muted, the change in words. Colours are the theme's variables, so one drawing serves both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import count

import segno

WIDTH, HEAD, ROW = 1340, 56, 132
GRID_LEFT, GRID_RIGHT = 240, 1170
LEVELS = 5
DOT_GAP = 25.0
PER_ROW = 4
INK, PAPER = "#1E2124", "#FFFFFF"  # in both themes: inverted codes do not scan everywhere


@dataclass(frozen=True)
class PollRow:
    """One component: votes by level 1–5; means and the worded change only once revealed."""

    name: str
    counts: Sequence[int]
    mean: float | None = None
    mean_word: str = ""
    last: float | None = None
    change_word: str = ""


def poll_html(rows: Sequence[PollRow], levels: Sequence[str], alt: str) -> str:
    """Draw a room's votes.

    Parameters
    ----------
    rows : sequence of PollRow
    levels : sequence of str
        The five words above the columns.
    alt : str
        What the drawing shows, for who cannot see it.

    Returns
    -------
    str
        A ``<div>`` in the proportions of a drawing 1340 units wide; on a low screen its rows
        close up and the dots shrink with them, so that none covers another.
    """
    height = HEAD + ROW * len(rows) + 4
    parts = [
        _at("head", column_x(level), 20, height, text=word) for level, word in enumerate(levels, 1)
    ]
    parts += [_at("hair", GRID_LEFT, HEAD + ROW * line, height) for line in range(len(rows) + 1)]
    most = max((n for row in rows for n in row.counts), default=0)
    for position, row in enumerate(rows):
        parts += _row(row, HEAD + ROW * position + ROW / 2, most, height)
    return (
        f'<div class="poll" style="aspect-ratio:{WIDTH}/{height};--row:{100 * ROW / height:.2f}%" '
        f'role="img" aria-label="{escape(alt, quote=True)}">{"".join(parts)}</div>'
    )


def column_x(level: float) -> float:
    """Return where a level, 1–5, lies across the drawing."""
    return GRID_LEFT + (GRID_RIGHT - GRID_LEFT) / LEVELS * (level - 0.5)


def dots(n: int, most: int) -> list[tuple[float, float]]:
    """Place ``n`` dots about 0, 0, in centred rows; rows of four as long as ``most`` fit in four.

    Returns
    -------
    list of tuple
        Offsets x, y of every dot; none overlaps and all stay inside their column and row.
    """
    per_row, gap = packing(most)
    lines = [min(per_row, n - start) for start in range(0, n, per_row)]
    top = -gap * (len(lines) - 1) / 2
    return [
        (gap * (i - (wide - 1) / 2), top + gap * line)
        for line, wide in enumerate(lines)
        for i in range(wide)
    ]


def packing(most: int) -> tuple[int, float]:
    """Return how many dots stand in a row and how far apart, so that ``most`` fit in a cell."""
    across, down = (GRID_RIGHT - GRID_LEFT) / LEVELS - 10, ROW - 10
    for per_row in count(PER_ROW):
        gap = min(DOT_GAP, across / per_row)
        if -(-most // per_row) * gap <= down:
            return per_row, gap
    raise AssertionError("a wider row holds more")


@lru_cache(maxsize=32)
def qr_picture(link: str, alt: str) -> str:
    """Return the QR code of a link: ink on white, with the quiet edge that readers need."""
    drawn = segno.make(link, error="m", micro=False)
    data = drawn.svg_data_uri(dark=INK, light=PAPER, border=4, omitsize=True)
    return f'<img class="qr" alt="{escape(alt, quote=True)}" src="{escape(data, quote=True)}">'


def _row(row: PollRow, middle: float, most: int, height: int) -> list[str]:
    wide = 0.72 * packing(most)[1]
    parts = [_at("name", 0, middle, height, text=row.name)]
    for level, n in enumerate(row.counts, 1):
        for x, y in dots(n, most):
            parts.append(_at("dot", column_x(level) + x, middle + y, height, wide))
    for kind, mean in (("last", row.last), ("mean", row.mean)):
        if mean is not None:
            parts.append(_at(kind, column_x(mean), middle, height))
    parts.append(_at("level", 1182, middle, height, text=row.mean_word))
    parts.append(_at("change", 1262, middle, height, text=row.change_word))
    return parts


def _at(kind: str, x: float, y: float, height: int, wide: float = 0, text: str = "") -> str:
    place = f"left:{100 * x / WIDTH:.2f}%;top:{100 * y / height:.2f}%"
    if wide:
        place += f";width:min({100 * wide / WIDTH:.2f}cqw, {100 * wide / height:.2f}cqh)"
    return f'<span class="{kind}" style="{place}">{escape(text)}</span>'
