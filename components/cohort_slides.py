"""What the cohorts page presents: where the cohort stands, its calendar, gates, who needs help.

The numbers are those of the page and of its report: the same functions word them. Lists longer
than a slide holds go on over the next ones.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.exports.reports import Report
from analytics.loaders.presenting import FrozenCohort
from analytics.programmes.anonymity import anonymised
from analytics.programmes.cohort import CityOnDay, CohortOnDay
from components import (
    cards,
    charts,
    cohort_city,
    cohort_promises,
    cohort_room,
    cohort_view,
    presenting,
    presenting_notes,
    report_view,
)
from components.cohort_charts import PROJECTED
from components.downloads import Download
from components.language import _, _n
from components.presenting import Deck, Slide
from components.presenting_notes import Notes
from components.tokens import MARKS, palette

ROWS = 12  # cities on one slide
ON_TIME = ("run", "done")
FILES = (".pdf", ".pptx")


def present(principal: Principal, programme: str, as_of: date | None) -> None:
    """Draw a cohort's slides as the data were when presenting began."""
    frozen = loaders.frozen_cohort(principal, programme, presenting.frozen_at(), as_of)
    chosen = cohort_view.chosen_city(frozen.found)
    names = hidden_names(frozen, chosen) if presenting.names_are_hidden() else {}
    shown = anonymised(frozen.found, names)
    veil = partial(veiled, {c.name: names[c.key] for c in frozen.found.cities if c.key in names})
    deck = Deck(
        name=shown.programme.name,
        synthetic=shown.programme.synthetic,
        slides=(
            *slides(shown),
            *_rooms(principal, frozen.found, chosen),
            _promises(principal, frozen.found, chosen, veil),
        ),
        newer=frozen.newer,
        notes=_notes(principal, programme, veil if names else None),
        files=[_file(principal, shown, suffix) for suffix in FILES],
        hides_names=len(shown.cities) > 1,
    )
    presenting.show(deck)


def hidden_names(frozen: FrozenCohort, chosen: str) -> dict[str, str]:
    """Name every city but the chosen one by its letter."""
    return {
        city.key: _("peers.city", letter=frozen.letters[city.key])
        for city in frozen.found.cities
        if city.key != chosen
    }


def veiled(names: Mapping[str, str], text: str) -> str:
    """Put shown names in place of hidden ones, the longest first."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, names[name])
    return text


def slides(found: CohortOnDay) -> tuple[Slide, ...]:
    """Return what a cohort's records alone tell."""
    if not found.cities:
        return (Slide("opening", cohort_view.headline(found), lambda: None),)
    return (
        _opening(found),
        *_parts("calendar", found, found.cities, headline(found), _calendar),
        *_parts("gates", found, found.cities, _gates_sentence(found), _gates),
        *_parts("attention", found, _troubled(found), _attention_sentence(found), _attention),
        *_parts("finish", found, found.cities, _finish_sentence(found), _finish),
    )


def headline(found: CohortOnDay) -> str:
    """Say how the cohort stands, or its only city."""
    if len(found.cities) == 1:
        return cohort_city.headline(found, found.cities[0])
    return cohort_view.headline(found)


def _parts(
    key: str,
    found: CohortOnDay,
    cities: tuple[CityOnDay, ...],
    sentence: str,
    draw: Callable[[CohortOnDay, tuple[CityOnDay, ...]], None],
) -> Iterator[Slide]:
    """Give a slide for every so many cities; one without a figure where there are none."""
    line = {"calendar": _calendar_key(found), "gates": cohort_view.state_key()}.get(key, "")
    for start in range(0, len(cities) or 1, ROWS):
        part = cities[start : start + ROWS]
        name = f"{key}_{start // ROWS + 1}" if start else key
        yield Slide(name, sentence, partial(draw, found, part), line if part else "")


def _opening(found: CohortOnDay) -> Slide:
    cities = _n("cohort.cities", len(found.cities))
    key = " · ".join([cities, _("cohort.as_of", day=found.as_of)])
    return Slide("opening", found.programme.name, partial(_states, found), escape(key))


def _states(found: CohortOnDay) -> None:
    """Draw how many cities stand how, and by which rule."""
    counts = {key: sum(city.status.key == key for city in found.cities) for key in MARKS}
    tiles = "".join(
        f'<li><span class="numeral">{n}</span>{cards.state(key, _(f"cohort.state_{key}"))}</li>'
        for key, n in counts.items()
        if n
    )
    st.html(f'<ul class="present-counts">{tiles}</ul>')
    cards.method_note([_("cohort.method"), _("cohort.source", source=found.template.source)])


def _calendar(found: CohortOnDay, cities: tuple[CityOnDay, ...]) -> None:
    chart = cohort_view.timeline(found, cities, palette(), sizes=PROJECTED)
    charts.show(chart, alt=_("cohort.calendar_alt", n=len(cities)), tall=True)


def _gates(found: CohortOnDay, cities: tuple[CityOnDay, ...]) -> None:
    chart = cohort_view.matrix(found, cities, palette(), named=True, sizes=PROJECTED)
    charts.show(chart, alt=_("cohort.gates_alt", n=len(cities)), tall=True)


def _attention(found: CohortOnDay, cities: tuple[CityOnDay, ...]) -> None:
    if cities:
        frame = cohort_view.cities_frame(cities)
        marks = [MARKS[city.status.key] for city in cities]
        frame["state"] = [
            f"{mark} {word}" for mark, word in zip(marks, frame["state"], strict=True)
        ]
        _table(frame[["city", "state", "slip", "why"]], _("cohort.table"))


def _finish(found: CohortOnDay, cities: tuple[CityOnDay, ...]) -> None:
    frame = cohort_view.cities_frame(cities)[["city", "slip", "finish", "range"]]
    if any(city.range for city in cities):
        unknown = [city.range is None for city in cities]
        frame.loc[unknown, "range"] = _("present.no_range")
        _table(frame, _("present.finish"))
    else:
        _table(frame.drop(columns="range"), _("present.finish"))
        cards.method_note([_("cohort.no_range")])


def _table(frame: pd.DataFrame, caption: str) -> None:
    columns = {str(name): _(f"cohort.column_{name}") for name in frame}
    cards.table(frame, columns, caption=caption)


def _calendar_key(found: CohortOnDay) -> str:
    promise = f'<span class="swatch-promise"></span>{escape(_("cohort.column_promise"))}'
    return f"{cohort_view.key_line(found)}<span>{promise}</span>"


def _troubled(found: CohortOnDay) -> tuple[CityOnDay, ...]:
    return tuple(city for city in found.cities if city.status.key not in ON_TIME)


def _attention_sentence(found: CohortOnDay) -> str:
    n = len(found.cities) - found.on_time
    return _n("present.attention", n) if n else _("present.no_attention")


def _gates_sentence(found: CohortOnDay) -> str:
    passed, overdue, gates = found.gates_counted
    return _("present.gates", n=passed, of=gates, overdue=overdue)


def _finish_sentence(found: CohortOnDay) -> str:
    return _n("present.late", found.finishing_late, of=len(found.cities))


def _rooms(principal: Principal, found: CohortOnDay, chosen: str) -> Iterator[Slide]:
    if not found.template.components:
        return
    if not loaders.may_open_rooms(principal, found.programme.key):
        return
    city = _city(found, chosen)
    if city is None:
        yield Slide("room", _("present.room"), partial(_choose, found))
    else:
        is_open = loaders.room_desk(principal, found.programme.key, city.key).newest() is not None
        sentence = "" if is_open else _("present.room")
        yield Slide("room", sentence, partial(cohort_room.room, principal, found, city))


def _promises(
    principal: Principal, found: CohortOnDay, chosen: str, veil: Callable[[str], str]
) -> Slide:
    city = _city(found, chosen)
    if city is None:
        return Slide("promises", _("present.promises"), partial(_choose, found))
    return cohort_promises.slide(principal, found, city, veil)


def _choose(found: CohortOnDay) -> None:
    """Ask which city the room is; while names are hidden none can be asked for."""
    if presenting.names_are_hidden():
        st.html(f'<p class="present-note">{escape(_("present.choose_first"))}</p>')
    else:
        st.html(f'<p class="present-note">{escape(_("present.choose"))}</p>')
        cohort_view.city_choice(found)


def _city(found: CohortOnDay, chosen: str) -> CityOnDay | None:
    return next((city for city in found.cities if city.key == chosen), None)


def _notes(principal: Principal, programme: str, veil: Callable[[str], str] | None) -> Notes | None:
    if not loaders.may_keep_notes(principal, programme):
        return None
    return presenting_notes.notes_of(loaders.presenting_desk(principal, programme), veil)


def _file(principal: Principal, shown: CohortOnDay, suffix: str) -> Download:
    def compose() -> Report:
        # Drawing is loaded by the first who asks for a file, not by everyone who presents.
        from components.cohort_reports import cohort_report

        return cohort_report(shown, shown.cities)

    key, day = shown.programme.key, shown.as_of.isoformat()
    return report_view.delivered(principal, key, compose, ("cohort", day), suffix, as_of=day)
