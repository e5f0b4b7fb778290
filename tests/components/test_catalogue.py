"""The three catalogues: complete, equal in their placeholders, used; numbers and dates in each."""

import ast
import csv
import logging
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from analytics.access import ROLES
from analytics.schema import QUARANTINE_REASONS
from analytics.settings import LANGUAGES, ROOT
from components import access, catalogue

SOURCES = [
    ROOT / "app.py",
    *(p for folder in ("analytics", "components", "pages") for p in (ROOT / folder).rglob("*.py")),
]
CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
NB = "\u00a0"


@cache
def messages(language: str) -> dict[str, Message]:
    path = catalogue.LOCALES / language / "LC_MESSAGES" / "cabildo.po"
    with path.open("rb") as source:
        return {key_of(m): m for m in read_po(source) if m.id}


def key_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@cache
def trees() -> list[tuple[Path, ast.Module]]:
    return [(p, ast.parse(p.read_text(encoding="utf-8"))) for p in SOURCES if p.is_file()]


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Yield (place, call) of every call of a function with one of these names."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if any(re.fullmatch(wanted, name) for wanted in names):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def literal(node: ast.Call, position: int) -> str | None:
    arguments = node.args[position : position + 1]
    if arguments and isinstance(arguments[0], ast.Constant):
        value = arguments[0].value
        return value if isinstance(value, str) else None
    return None


def asked_for() -> Iterator[tuple[str, str, ast.Call]]:
    """Yield (place, key, call) of every sentence that code asks for or every refusal it raises."""
    for place, call in calls("_", "_n"):
        if key := literal(call, 0):
            yield place, key, call
    for place, call in calls("translate", "translate_n"):
        if key := literal(call, 1):
            yield place, key, call
    for place, call in calls(r"\w*Error"):
        if (code := literal(call, 0)) and CODE.fullmatch(code):
            yield place, f"error.{code}", call


def audited() -> Iterator[str]:
    """Yield every action that the audit log is told by name."""
    for _, call in calls("_?record"):
        named = [keyword.value for keyword in call.keywords if keyword.arg == "action"]
        for node in [*call.args, *named]:
            if isinstance(node, ast.Constant) and CODE.fullmatch(str(node.value)):
                yield str(node.value)


def known() -> set[str]:
    """Return the keys of vocabularies that code asks for by f-string."""
    return {
        *(f"role.{role}" for role in ROLES),
        *(f"reason.{reason}" for reason in QUARANTINE_REASONS),
        *(f"remedy.{remedy}" for remedy in QUARANTINE_REASONS.values()),
        *(page.title for page in access.PAGES),
        *(f"action.{action}" for action in audited()),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_asked_for_has_words(language: str) -> None:
    wanted = {key: place for place, key, _ in asked_for()} | dict.fromkeys(known(), "vocabulary")
    missing = {
        key: place
        for key, place in wanted.items()
        if key not in messages(language) and not key.startswith(catalogue.CATEGORY)
    }
    assert missing == {}


def test_the_scan_finds_what_it_should() -> None:
    found = {key for _, key, _ in asked_for()}
    assert {"access.enter", "error.access.throttled", "error.settings.unknown_city"} <= found


def test_every_placeholder_is_given_where_the_words_are_asked_for() -> None:
    lacking = {}
    for place, key, call in asked_for():
        given_names = {keyword.arg for keyword in call.keywords}
        if key in messages("es") and None not in given_names:
            needed = set().union(*map(placeholders, texts(messages("es")[key])))
            counted = {"n"} if len(texts(messages("es")[key])) > 1 else set()
            if needed - given_names - counted:
                lacking[f"{place} {key}"] = needed - given_names
    assert lacking == {}


def test_the_catalogues_hold_the_same_keys() -> None:
    assert messages("es").keys() == messages("pt").keys() == messages("en").keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty_fuzzy_or_out_of_order(language: str) -> None:
    faulty = [
        key
        for key, m in messages(language).items()
        if m.fuzzy or not all(t.strip() for t in texts(m))
    ]
    assert faulty == []
    assert list(messages(language)) == sorted(messages(language))


def test_placeholders_are_equal_in_the_three_languages_and_plain() -> None:
    for key, spanish in messages("es").items():
        names = set().union(*map(placeholders, texts(spanish)))
        for language in LANGUAGES:
            found = texts(messages(language)[key])
            assert set().union(*map(placeholders, found)) == names, (language, key)
            assert len(found) == len(texts(spanish)), (language, key)
            assert not any(re.search(r"{\w*[:!]", text) for text in found), (language, key)


def test_no_key_is_unused() -> None:
    spelled: set[str] = set()
    patterns: set[str] = set()
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                spelled.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w.]+"
                    for part in node.values
                ]
                if re.match(r"[a-z_]+\\\.", parts[0]) and "error" not in parts[0]:
                    patterns.add("".join(parts))
    built, named = re.compile("|".join(sorted(patterns))), known()
    unused = [
        key
        for key in messages("es")
        if key not in named
        and spelled.isdisjoint({key, key.removeprefix("error."), key.removeprefix("action.")})
        and not built.fullmatch(key)
    ]
    assert unused == []


def test_every_category_has_a_name_in_every_language() -> None:
    with catalogue.TAXONOMY.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    assert rows
    for row in rows:
        for language in LANGUAGES:
            assert catalogue.translate(language, f"category.{row['key']}") == row[language]
            assert row[language].strip()


def test_a_missing_key_is_logged_and_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert catalogue.translate("es", "nothing.here") == "⟦nothing.here⟧"
    assert "nothing.here" in caplog.text


def test_a_missing_value_is_logged_and_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        assert catalogue.translate("es", "error.access.throttled") == "⟦error.access.throttled⟧"
    assert "seconds" in caplog.text


def test_values_are_written_the_languages_way() -> None:
    said = {
        lang: catalogue.translate(lang, "error.access.throttled", seconds=1234)
        for lang in LANGUAGES
    }
    assert f"1.234{NB}s" in said["es"]
    assert f"1.234{NB}s" in said["pt"]
    assert f"1,234{NB}s" in said["en"]


def test_text_in_braces_is_a_value_not_a_placeholder() -> None:
    assert "{city}" in catalogue.translate("en", "error.access.city_refused", city="{city}")


@pytest.mark.parametrize(
    ("value", "decimals", "es", "pt", "en"),
    [
        (1234567, None, "1.234.567", "1.234.567", "1,234,567"),
        (-1234.5, 1, "−1.234,5", "−1.234,5", "−1,234.5"),
        (0.12345, None, "0,123", "0,123", "0.123"),
        (2, 2, "2,00", "2,00", "2.00"),
        (-0.04, 1, "0,0", "0,0", "0.0"),
        (0, None, "0", "0", "0"),
    ],
)
def test_numbers(value: float, decimals: int | None, es: str, pt: str, en: str) -> None:
    assert [catalogue.number(lang, value, decimals) for lang in LANGUAGES] == [es, pt, en]


@given(st.integers(-(10**15), 10**15), st.sampled_from(LANGUAGES))
def test_a_written_integer_reads_back(value: int, language: str) -> None:
    written = catalogue.number(language, value)
    assert int(re.sub(r"[.,]", "", written).replace("−", "-")) == value


def test_percentages_take_a_space_in_spanish_only() -> None:
    written = [catalogue.percent(lang, 0.3149, 1) for lang in LANGUAGES]
    assert written == [f"31,5{NB}%", "31,5%", "31.5%"]


def test_days_months_and_ranges_never_break_across_lines() -> None:
    first, last = date(2026, 8, 1), date(2026, 10, 31)
    assert catalogue.day("es", first) == f"1{NB}ago{NB}2026"
    assert catalogue.day_range("es", first, last) == f"1{NB}ago{NB}–{NB}31{NB}oct{NB}2026"
    assert catalogue.day_range("en", first, last) == f"Aug{NB}1{NB}–{NB}Oct{NB}31,{NB}2026"
    assert catalogue.month("pt", first) == f"agosto{NB}de{NB}2026"
    assert catalogue.month("es", first, short=True) == f"ago{NB}2026"


def test_a_range_of_one_day_is_that_day() -> None:
    only = date(2026, 3, 3)
    for language in LANGUAGES:
        assert catalogue.day_range(language, only, only) == catalogue.day(language, only)


def test_moments_are_shown_in_the_citys_time() -> None:
    noon = datetime(2026, 7, 1, 16, 5, tzinfo=UTC)
    assert catalogue.moment("es", noon, "America/Santiago") == f"1{NB}jul{NB}2026,{NB}12:05"


def test_weekdays_count_from_monday() -> None:
    assert [catalogue.weekday("es", n) for n in (1, 7)] == ["lunes", "domingo"]
    assert catalogue.weekday("en", 3, short=True) == "Wed"


def test_a_value_may_be_called_key_as_settings_errors_do() -> None:
    said = catalogue.translate("en", "error.settings.crs_not_metres", key="cities.a.crs", value="X")
    assert "cities.a.crs" in said
