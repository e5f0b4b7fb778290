"""A cohort on a page: headline, chips, cities × phases beside cities × gates, the key line."""

from collections.abc import Sequence
from datetime import date, timedelta
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import programme_command
from analytics.programmes.cohort import SEVERITY, CityOnDay, CohortOnDay
from analytics.programmes.schedule import Milestone
from components import address, cards, charts, cohort_charts, downloads, presenting, report_view
from components.cohort_charts import PAGE, Sizes, Span
from components.language import _, _n, current, day, number
from components.notices import empty
from components.tokens import MARKS, Palette, palette

ORDERS = ("delay", "country", "name")
PHASE_KINDS = ("first", "done")
AFTER = timedelta(days=31)  # of the whole project, once its last gate is passed


def heading(found: CohortOnDay) -> None:
    """Say what the page shows and, in one sentence, how the cohort stands."""
    cities = _n("cohort.cities", len(found.cities))
    parts = [found.programme.name, cities, _("cohort.as_of", day=found.as_of)]
    cards.eyebrow(parts, synthetic=found.programme.synthetic)
    cards.sentence(headline(found))


def chosen_city(found: CohortOnDay) -> str:
    """Return the city that the address asks for; empty for the whole cohort.

    Who may see one city only is always shown that one.
    """
    if len(found.cities) == 1:
        return found.cities[0].key
    keys = ["", *(city.key for city in found.cities)]
    return address.seed("member", "member", "", lambda told: address.known(told[:1], keys)[0])


def city_choice(found: CohortOnDay) -> None:
    """Draw the choice between the whole cohort and one of its cities."""
    if len(found.cities) == 1:
        return
    names = {"": _("cohort.whole")} | {city.key: city.name for city in found.cities}
    member = st.selectbox(
        _("cohort.city"),
        list(names),
        key="member",
        persist_state="session",
        label_visibility="collapsed",
        width=230,
        format_func=names.__getitem__,
    )
    address.remember("member", [member], [""])


def chips(principal: Principal, found: CohortOnDay) -> tuple[CityOnDay, ...]:
    """Draw order and filters, kept in the address; return the cities they leave, in order."""
    countries = sorted({city.country for city in found.cities})
    states = [key for key in SEVERITY if key in {city.status.key for city in found.cities}]
    with st.container(key="chips_cohort", horizontal=True):
        address.seed("order", "order", ORDERS[0], lambda told: address.known(told[:1], ORDERS)[0])
        orders = {name: _(f"cohort.order_{name}") for name in ORDERS}
        order = st.segmented_control(
            _("cohort.order"),
            ORDERS,
            key="order",
            persist_state="session",
            required=True,
            label_visibility="collapsed",
            format_func=orders.__getitem__,
        )
        address.remember("order", [str(order)], ORDERS[:1])
        chosen = _several("country", {code: code for code in countries})
        wanted = _several("state", {key: _(f"cohort.state_{key}") for key in states})
        city_choice(found)
        presenting.offer(loaders.may_present(principal, found.programme.key))
    kept = [
        city
        for city in found.cities
        if (not chosen or city.country in chosen) and (not wanted or city.status.key in wanted)
    ]
    if order == "country":
        kept.sort(key=lambda city: (city.country, city.name))
    elif order == "name":
        kept.sort(key=lambda city: city.name)
    return tuple(kept)


def pictures(principal: Principal, found: CohortOnDay, cities: Sequence[CityOnDay]) -> None:
    """Draw the timeline beside the matrix, with key, table twin and method."""
    if not cities:
        empty(_("cohort.nothing_left"))
        return
    left, right = st.columns([1.5, 1], gap="medium")
    with left:
        _title(_("cohort.calendar"), escape(_("cohort.calendar_note")))
        charts.show(timeline(found, cities, palette()), alt=_("cohort.calendar_alt", n=len(cities)))
        st.html(f'<p class="note cohort-key">{key_line(found)}</p>')
    with right:
        _title(_("cohort.gates"), state_key())
        charts.show(matrix(found, cities, palette()), alt=_("cohort.gates_alt", n=len(cities)))
    with st.expander(_("cohort.table")):
        _table(principal, found, cities)
    with cards.block("cohort_method", title=_("hotspots.method")):
        lines = [_("cohort.method"), _("cohort.source", source=found.template.source)]
        cards.method_note(lines, programme_command(found.programme.key, found.as_of))
    report_view.cohort_row(principal, found, cities)


def state_key() -> str:
    """Return the key of the states as HTML: mark and word."""
    return " ".join(cards.state(key, _(f"cohort.state_{key}")) for key in reversed(MARKS))


def state_words() -> str:
    """Return the key of the states as text."""
    return " · ".join(f"{mark} {_(f'cohort.state_{key}')}" for key, mark in reversed(MARKS.items()))


def expected(gate: Milestone) -> str:
    """Word what is expected of a gate: a day, or the period it was told as."""
    if gate.expected.is_day:
        return day(gate.expected.last)
    return str(gate.expected)


def cities_frame(cities: Sequence[CityOnDay]) -> pd.DataFrame:
    """Return a worded row per city: state and why, slip, expected finish, range.

    The country is told where it is known of a city: it is left out where names are hidden.
    """
    frame = pd.DataFrame(
        [
            {
                "city": city.name,
                "country": city.country,
                "state": _(f"cohort.state_{city.status.key}"),
                "why": told_status(city),
                "slip": signed_days(city.slip_days) or "0",
                "finish": expected(city.last),
                "range": " – ".join(map(day, city.range)) if city.range else _("cohort.no_range"),
            }
            for city in cities
        ]
    )
    return (
        frame
        if any(city.country for city in cities)
        else frame.drop(columns="country", errors="ignore")
    )


def signed_days(days: int) -> str:
    """Word a slip: nothing for none, else signed days."""
    return _("cohort.days", n=("+" if days > 0 else "−") + str(abs(days))) if days else ""


def span_of(found: CohortOnDay, ends: Sequence[date], starts: Sequence[date]) -> Span:
    """Return the days a chart must show: all starts and ends and the cohort's events."""
    events = [period.last for period in found.events.values()]
    first = min(starts) - timedelta(days=12)
    return Span(first, max([*ends, *events, found.as_of]) + timedelta(days=10))


def events_frame(found: CohortOnDay, span: Span) -> pd.DataFrame:
    """Return the cohort's events for a chart: ``name, start, end``."""
    told = [
        (event.name[current()], span.at(period.first), span.at(period.last))
        for event in found.template.events
        for period in [found.events[event.key]]
    ]
    return pd.DataFrame(told, columns=["name", "start", "end"])


def told_status(city: CityOnDay) -> str:
    """Word why a city stands as it does: the rule and what it was applied to."""
    status = city.status
    return _(
        f"cohort.rule_{status.rule}",
        overdue=len(status.overdue),
        spi="–" if status.spi_t is None else number(status.spi_t, 2),
        silent=status.silent_days or 0,
    )


def headline(found: CohortOnDay) -> str:
    """Say in one sentence how the cohort stands and which city slips most."""
    if not found.cities:
        return _("cohort.no_cities")
    first = _("cohort.on_time", n=found.on_time, of=len(found.cities))
    worst = found.latest
    if worst is None:
        return f"{first} {_('cohort.nobody_slips')}"
    margin = worst.last.margin_days
    missed = margin is not None and margin[1] < 0
    key = "cohort.worst_missed" if missed else "cohort.worst"
    second = _(key, city=worst.name, n=worst.slip_days)
    return f"{first} {second}"


def _several(key: str, names: dict[str, str]) -> list[str]:
    everything = _(f"cohort.all_{key}")
    chosen: list[str] = address.seed(key, key, [], lambda told: address.known(told, names))
    # Another cohort may not have what was chosen in the one before.
    st.session_state[key] = [value for value in chosen if value in names]
    label = ", ".join(map(names.__getitem__, st.session_state[key])) or everything
    with st.popover(label, key=f"chip_{key}"):
        chosen = st.multiselect(
            _(f"cohort.{key}"),
            list(names),
            key=key,
            persist_state="session",
            placeholder=everything,
            format_func=names.__getitem__,
        )
    address.remember(key, chosen)
    return chosen


def _title(text: str, note: str) -> None:
    st.html(f'<h2 class="block-title">{escape(text)}</h2><p class="note cohort-note">{note}</p>')


def key_line(found: CohortOnDay) -> str:
    """Return the key of the timeline's bars as HTML."""
    words = []
    phases = [phase for phase in found.template.phases if phase.ends_with]
    for position, phase in enumerate(phases):
        kind = PHASE_KINDS[min(position, 1)]
        words.append(f'<span class="swatch-{kind}"></span>{escape(phase.name[current()])}')
    words.append(f'<span class="swatch-forecast"></span>{escape(_("cohort.forecast"))}')
    words += [
        f'<span class="swatch-whole"></span>{escape(phase.name[current()])}'
        for phase in found.template.phases
        if not phase.ends_with
    ]
    return "".join(f"<span>{word}</span>" for word in words)


def timeline(
    found: CohortOnDay, cities: Sequence[CityOnDay], colours: Palette, *, sizes: Sizes = PAGE
) -> Any:
    """Draw the cities' phases in a palette."""
    ends = [gate.expected.last for city in cities for gate in city.milestones]
    ends += [city.last.expected.last + AFTER for city in cities]
    span = span_of(found, ends, [city.starts_on for city in cities])
    bars = pd.DataFrame(
        [bar for city in cities for bar in _bars(found, city, span)],
        columns=["city", "kind", "start", "end", "told"],
    )
    closing = [phase.ends_with for phase in found.template.phases if phase.ends_with]
    rows = pd.DataFrame(
        {
            "city": [city.name for city in cities],
            "promise": [
                [span.at(city.milestone(key).baseline.last) for key in closing] for city in cities
            ],
            "state": [city.status.key for city in cities],
            "mark": [MARKS[city.status.key] for city in cities],
            "word": [_state_word(city) for city in cities],
        }
    )
    return cohort_charts.timeline(
        bars,
        rows,
        events_frame(found, span),
        colours,
        span=span,
        today=found.as_of,
        today_word=_("cohort.today"),
        sizes=sizes,
    )


def _state_word(city: CityOnDay) -> str:
    word = _(f"cohort.state_{city.status.key}")
    return word if city.status.key == "none" else f"{word} {signed_days(city.slip_days)}".strip()


def _bars(found: CohortOnDay, city: CityOnDay, span: Span) -> list[tuple[str, str, int, int, str]]:
    """Return a city's bars: the whole project, then each phase done and forecast."""
    today, begin, bars = span.at(found.as_of), span.at(city.starts_on), []
    last = begin
    position = 0
    for phase in found.template.phases:
        if not phase.ends_with:
            continue
        gate = city.milestone(phase.ends_with)
        # A phase whose gate is open lasts at least until today, whatever was promised.
        open_until = last if gate.is_done else today
        end = max(last, open_until, span.at(gate.expected.last))
        told = f"{city.name} · {phase.name[current()]} · {expected(gate)}"
        kind = PHASE_KINDS[min(position, 1)]
        if min(end, today) > last:
            bars.append((city.name, kind, last, min(end, today), told))
        if end > max(last, today):
            bars.append((city.name, "forecast", max(last, today), end, told))
        last, position = end, position + 1
    tail = (
        span.at(city.last.expected.last + AFTER) if len(found.template.phases) > position else last
    )
    return [(city.name, "whole", begin, max(last, tail), city.name), *bars]


def matrix(
    found: CohortOnDay,
    cities: Sequence[CityOnDay],
    colours: Palette,
    *,
    named: bool = False,
    sizes: Sizes = PAGE,
) -> Any:
    """Draw the state of every gate of the cities in a palette."""
    words = {gate.key: gate.short[current()] for gate in found.template.gates}
    cells = pd.DataFrame(
        [
            (city.name, words[gate.key], city.gates[gate.key], _gate_told(found, city, gate))
            for city in cities
            for gate in city.milestones
        ],
        columns=["city", "gate", "state", "told"],
    )
    cells["mark"] = [MARKS[state] for state in cells["state"]]
    return cohort_charts.matrix(cells, list(words.values()), colours, named=named, sizes=sizes)


def _gate_told(found: CohortOnDay, city: CityOnDay, gate: Milestone) -> str:
    name = found.template.gate(gate.key).name[current()]
    state = _(f"cohort.state_{city.gates[gate.key]}")
    slip = signed_days(gate.slip_days)
    return " · ".join(filter(None, [city.name, name, state, expected(gate), slip]))


def _table(principal: Principal, found: CohortOnDay, cities: Sequence[CityOnDay]) -> None:
    frame = cities_frame(cities)
    columns = {str(name): _(f"cohort.column_{name}") for name in frame}
    cards.table(frame, columns, caption=_("cohort.table"))
    name = downloads.file_name(found.programme.key, found.as_of.isoformat(), extension="csv")
    data = downloads.audited(
        principal, found.programme.key, lambda: downloads.csv_bytes(frame), kind="cohort"
    )
    downloads.row([downloads.Download("CSV", data, name, "text/csv")], key="cohort")
