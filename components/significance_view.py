"""What Gi* found, in words: the key under the map, the table's column, the method note."""

from analytics.hotspots.significance import CLASSES, GiStar
from analytics.hotspots.surface import HotspotSurface
from components.language import _, percent, sentence_of


def key(result: HotspotSurface, *, numbered: bool) -> dict[str, str]:
    """Return the outlines of the map's key: what is enclosed, and the hot cells of each class.

    ``numbered`` says that the map has the hotspots' numbers.
    Where Gi* was refused, the sentence says how many records it needs; the surface view has none.
    """
    if result.gi_refusal is not None:
        return {"none": sentence_of(result.gi_refusal)}
    if result.gi is None:
        return {}
    counts = {f"c{level}": int((result.gi.gi_class == level).sum()) for level, _q in CLASSES}
    return {
        "significant": _(f"hotspots.key_{'numbered' if numbered else 'significant'}"),
        "none": _("hotspots.key_classes", **counts),
    }


def confidence(gi_class: int) -> str:
    """Word a class of Gi*: its confidence, "fewer" if cold; nothing for 0."""
    if gi_class == 0:
        return ""
    level = percent(abs(gi_class) / 100)
    return level if gi_class > 0 else _("gi.cold", level=level)


def method(gi: GiStar) -> str:
    """Say how Gi* was made, how many cells it found, and what it does not call cold."""
    hot, cold = int(gi.significant.sum()), int((gi.gi_class < 0).sum())
    return _("method.significance", cells=hot, cold=cold)
