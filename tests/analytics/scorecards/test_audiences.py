"""Whom an indicator serves, by the catalogue's own words."""

from analytics.scorecards.audiences import INSIDE, Audience, serves
from analytics.scorecards.catalogue import load_catalogue

SHEETS = list(load_catalogue().indicators.values())


def test_every_audience_of_the_catalogue_is_inside_or_outside_as_the_book_words_it() -> None:
    named = {words.es for sheet in SHEETS for words in sheet.audiences}
    inside = {name for name in named if name.startswith(INSIDE)}
    assert inside == {
        "Gobierno local",
        "Gobierno local–interno",
        "Interno: directivos y gabinete de gobierno",
    }
    assert {"Ciudadanos", "Otros gobiernos locales", "Público en general"} <= named - inside


def test_an_indicator_without_an_audience_serves_nobody_but_all() -> None:
    silent = [sheet for sheet in SHEETS if not sheet.audiences]
    assert len(silent) == 15  # the examples of section 2.2.c, which carry no audience
    assert all(serves(sheet, Audience.ALL) for sheet in silent)
    assert not any(serves(s, kind) for s in silent for kind in ("internal", "external"))


def test_what_serves_citizens_is_in_the_report_to_them() -> None:
    citizens = [s for s in SHEETS if any("iudadan" in w.es for w in s.audiences)]
    assert citizens
    assert all(serves(sheet, Audience.EXTERNAL) for sheet in citizens)
