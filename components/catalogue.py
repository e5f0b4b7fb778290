"""Words, numbers and dates in Spanish, Portuguese and English; no Streamlit, no process-wide state.

Every sentence has a key (``hotspots.title``) in ``locale/<language>/LC_MESSAGES/cabildo.po``; the
names of event categories (``category.<key>``) live in ``data/reference/taxonomy.csv`` beside the
categories themselves. A missing key is logged as an error and shown as ``⟦key⟧``.
"""

import csv
import logging
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from numbers import Integral, Real
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_interval, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from analytics.settings import ROOT

LOCALES = Path(__file__).parent / "locale"
TAXONOMY = ROOT / "data" / "reference" / "taxonomy.csv"
CATEGORY = "category."
# "es" and not "es_CL": the same decimal comma and thousands point, and besides a space before %
# and months by name, which CLDR leaves out for Chile.
LOCALE_OF = {"es": "es", "pt": "pt_BR", "en": "en_US"}
MINUS = "\u2212"
NO_BREAK = "\u00a0"

log = logging.getLogger(__name__)


def translate(language: str, key: str, /, **values: object) -> str:
    """Return the sentence of ``key`` with ``values`` written the language's way.

    Parameters
    ----------
    language : str
        ``es``, ``pt`` or ``en``.
    key : str
        A key of the catalogues, or ``category.<taxonomy key>``.
    **values
        Fill the sentence's ``{placeholders}``: integers are grouped, floats get the decimal mark,
        dates and datetimes are written out, anything else is printed as it is (so give years and
        identifiers as text).
    """
    if key.startswith(CATEGORY):
        text = _categories(language).get(key.removeprefix(CATEGORY), key)
    else:
        text = _words(language).gettext(key)
    return _fill(language, key, text, values)


def translate_n(language: str, key: str, n: int, /, **values: object) -> str:
    """Return the sentence of ``key`` in the grammatical number of ``n``; ``{n}`` is filled."""
    text = _words(language).ngettext(key, key, n)
    return _fill(language, key, text, {"n": n, **values})


def number(language: str, value: float, decimals: int | None = None) -> str:
    """Write a number: grouped, with a true minus; ``decimals`` fixes how many, else at most 3."""
    pattern = None if decimals is None else "#,##0" + ("." + "0" * decimals if decimals else "")
    return _true_minus(format_decimal(value, format=pattern, locale=LOCALE_OF[language]))


def percent(language: str, share: float, decimals: int = 0) -> str:
    """Write a share (0–1) as a percentage, with a no-break space before % in Spanish."""
    sign = Locale.parse(LOCALE_OF[language]).percent_formats[None].pattern.removeprefix("#,##0")
    return f"{number(language, 100 * share, decimals)}{sign}"


def day(language: str, value: date, *, year: bool = True) -> str:
    """Write a civil day with its month by name and its year, unbreakable."""
    if not year:
        return _unbreakable(format_skeleton("MMMd", value, locale=LOCALE_OF[language]))
    return _unbreakable(format_date(value, "medium", locale=LOCALE_OF[language]))


def day_range(language: str, first: date, last: date) -> str:
    """Write a span of civil days (both inside), repeating nothing that both days share."""
    text = format_interval(first, last, "yMMMd", locale=LOCALE_OF[language])
    return _unbreakable(text.replace("\u2009", " "))


def month(language: str, value: date, *, short: bool = False) -> str:
    """Write the month and the year of a day."""
    skeleton = "yMMM" if short else "yMMMM"
    return _unbreakable(format_skeleton(skeleton, value, locale=LOCALE_OF[language]))


def moment(language: str, value: datetime, timezone: str | None = None) -> str:
    """Write a day and a time of day to the minute; aware moments are shown in ``timezone``."""
    local = value.astimezone(ZoneInfo(timezone)) if timezone and value.tzinfo else value
    time_of_day = format_datetime(local, "HH:mm", locale=LOCALE_OF[language])
    return f"{day(language, local)},{NO_BREAK}{time_of_day}"


def weekday(language: str, value: int, *, short: bool = False) -> str:
    """Name a day of the week, 1 = Monday … 7 = Sunday."""
    names = Locale.parse(LOCALE_OF[language]).days["stand-alone"][
        "abbreviated" if short else "wide"
    ]
    return str(names[value - 1])


def _fill(language: str, key: str, text: str, values: dict[str, object]) -> str:
    """Fill the placeholders; a missing key or value is an error of ours, said aloud."""
    if text == key:
        log.error("no words for key %r in language %r", key, language)
        return f"⟦{key}⟧"
    try:
        return text.format(**{name: _written(language, value) for name, value in values.items()})
    except KeyError as missing:
        log.error("key %r in language %r needs the value %s", key, language, missing)
        return f"⟦{key}⟧"


def _written(language: str, value: object) -> str:
    if isinstance(value, datetime):
        return moment(language, value)
    if isinstance(value, date):
        return day(language, value)
    if isinstance(value, (Integral, Real)) and not isinstance(value, bool):
        return number(language, value)  # type: ignore[arg-type]
    return str(value)


def _true_minus(text: str) -> str:
    """Print U+2212, and none before a value that rounds to zero."""
    return text.replace("-", MINUS if any(digit in text for digit in "123456789") else "")


def _unbreakable(text: str) -> str:
    return text.replace(" ", NO_BREAK)


@cache
def _words(language: str) -> GNUTranslations:
    path = LOCALES / language / "LC_MESSAGES" / "cabildo.po"
    with path.open("rb") as source:
        catalogue = read_po(source, locale=LOCALE_OF[language], abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _categories(language: str) -> dict[str, str]:
    with TAXONOMY.open(encoding="utf-8", newline="") as source:
        return {row["key"]: row[language] for row in csv.DictReader(source)}
