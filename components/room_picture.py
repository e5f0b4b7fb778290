"""The room's votes as a drawing for the projector, and its code as a QR. No Streamlit.

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


def poll_svg(rows: Sequence[PollRow], levels: Sequence[str], alt: str) -> str:
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
        An ``<svg>``, 1340 units wide.
    """
    height = HEAD + ROW * len(rows) + 4
    parts = [
        f'<text x="{column_x(level):.0f}" y="28" class="head" text-anchor="middle">'
        f"{escape(word)}</text>"
        for level, word in enumerate(levels, 1)
    ]
    for top in range(HEAD, HEAD + ROW * (len(rows) + 1), ROW):
        parts.append(f'<path d="M{GRID_LEFT} {top}H{GRID_RIGHT}" class="hair"/>')
    most = max((n for row in rows for n in row.counts), default=0)
    for position, row in enumerate(rows):
        parts.append(_row(row, HEAD + ROW * position + ROW / 2, most))
    return (
        f'<svg class="poll" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(alt, quote=True)}">{"".join(parts)}</svg>'
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
def qr_svg(link: str, alt: str) -> str:
    """Return the QR code of a link: ink on white, with the quiet edge that readers need."""
    drawn = segno.make(link, error="m", micro=False).svg_inline(
        dark=INK, light=PAPER, border=4, omitsize=True, svgclass="qr", lineclass=None
    )
    told = f'<svg role="img" aria-label="{escape(alt, quote=True)}" '
    return str(drawn).replace("<svg ", told, 1)


def _row(row: PollRow, middle: float, most: int) -> str:
    radius = 0.36 * packing(most)[1]
    parts = [f'<text x="0" y="{middle + 10:.0f}" class="name">{escape(row.name)}</text>']
    for level, n in enumerate(row.counts, 1):
        parts += [
            f'<circle cx="{column_x(level) + x:.1f}" cy="{middle + y:.1f}" r="{radius:.1f}"/>'
            for x, y in dots(n, most)
        ]
    for kind, mean in (("last", row.last), ("mean", row.mean)):
        if mean is not None:
            x, top = column_x(mean), middle - 0.36 * ROW
            parts.append(f'<path d="M{x:.1f} {top:.1f}v{0.72 * ROW:.1f}" class="{kind}"/>')
    parts.append(
        f'<text x="1180" y="{middle + 13:.0f}" class="level">{escape(row.mean_word)}</text>'
    )
    parts.append(
        f'<text x="1262" y="{middle + 9:.0f}" class="change">{escape(row.change_word)}</text>'
    )
    return "".join(parts)
