"""Whom an indicator serves: the catalogue's own audiences, told apart into inside and outside."""

from enum import StrEnum

from analytics.scorecards.assessing import Assessment
from analytics.scorecards.catalogue import Indicator

INSIDE = ("Interno", "Gobierno local")  # how the book's wording of an internal audience begins


class Audience(StrEnum):
    """For whom a report is made: everybody, the city's government, or council and citizens."""

    ALL = "all"
    INTERNAL = "internal"
    EXTERNAL = "external"


def serves(sheet: Indicator, audience: Audience) -> bool:
    """Tell whether the catalogue names such an audience for the indicator.

    Cuaderno 8 (§3.3 of the digest) knows internal audiences (superiors, cabinet, directors) and
    external ones (citizens, other governments, networks). An indicator without any serves nobody
    but :attr:`Audience.ALL`.
    """
    if audience is Audience.ALL:
        return True
    inside = audience is Audience.INTERNAL
    return any(words.es.startswith(INSIDE) == inside for words in sheet.audiences)


def for_audience(assessments: tuple[Assessment, ...], audience: Audience) -> tuple[Assessment, ...]:
    """Return those assessments whose indicator serves an audience, in their order."""
    return tuple(a for a in assessments if serves(a.sheet, audience))
