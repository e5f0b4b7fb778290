"""One city of a cohort: slips, commitments, the mayor's term, maturity, coaching, lessons."""

from html import escape

import pandas as pd
import streamlit as st

from analytics import loaders
from analytics.access import Principal
from analytics.commands.words import programme_command
from analytics.exports.ics import Entry, calendar_bytes
from analytics.programmes.cohort import CityOnDay, CohortOnDay
from analytics.programmes.readiness import eligibility, mandate_gap, maturity
from analytics.programmes.schedule import milestone_trend
from analytics.store.programme_notes import Notes
from analytics.store.programmes import CityRow
from components import cards, charts, cohort_charts, downloads, presenting
from components.cohort_view import (
    city_choice,
    events_frame,
    expected,
    signed_days,
    span_of,
    state_key,
    told_status,
)
from components.language import _, current, day, month, number, percent
from components.notices import empty
from components.tokens import MARKS, palette


def heading(principal: Principal, found: CohortOnDay, city: CityOnDay, record: CityRow) -> None:
    """Name the city and say in one sentence how it stands."""
    parts = [city.name, found.programme.name, city.country]
    if record.facts.residents:
        parts.append(_("cohort.residents", n=int(record.facts.residents)))
    cards.eyebrow([*parts, _("cohort.as_of", day=found.as_of)], found.programme.synthetic)
    cards.sentence(headline(found, city))
    with st.container(key="chips_member", horizontal=True):
        city_choice(found)
        presenting.offer(loaders.may_present(principal, found.programme.key))


def slips_and_promises(found: CohortOnDay, city: CityOnDay, record: CityRow, held: Notes) -> None:
    """Draw promise and forecast by gate beside commitments and the mayor's term."""
    left, right = st.columns([1.72, 1], gap="large")
    with left:
        note = f"{escape(_('cohort.slips_note'))} {state_key()}"
        st.html(
            f'<h2 class="block-title">{escape(_("cohort.slips"))}</h2><p class="note">{note}</p>'
        )
        charts.show(_slips(found, city), alt=_("cohort.slips_alt", city=city.name))
        with st.expander(_("cohort.gates_table")):
            _gates_table(found, city)
        if st.toggle(_("cohort.trend"), key="show_trend", persist_state="session"):
            charts.show(_trend(found, city), alt=_("cohort.trend_alt", city=city.name))
    with right:
        _commitments(found, held)
        _mandate(found, city, record)


def maturity_and_coaching(
    principal: Principal, found: CohortOnDay, city: CityOnDay, held: Notes
) -> None:
    """Draw the components' maturity over time beside what coaching was given, and the lessons."""
    left, right = st.columns([1.72, 1], gap="large")
    with left, cards.block("maturity", title=_("cohort.maturity"), note=_("cohort.maturity_note")):
        _maturity(found, held)
    with right, cards.block("coaching", title=_("cohort.coaching"), note=_("cohort.coaching_note")):
        _coaching(found, held)
        _links(principal, found, city)
    if held.lessons:
        with cards.block("lessons", title=_("cohort.lessons")):
            rows = [
                {
                    "kind": _("cohort.worked" if lesson.worked else "cohort.failed"),
                    "text": lesson.text,
                    "day": day(lesson.learned_on),
                }
                for lesson in held.lessons
                if lesson.learned_on <= found.as_of
            ]
            columns = {name: _(f"cohort.column_{name}") for name in ("kind", "text", "day")}
            cards.table(pd.DataFrame(rows), columns, caption=_("cohort.lessons"))


def proof(found: CohortOnDay, city: CityOnDay) -> None:
    """State the rule that decided, earned schedule, range, and the conditions of the programme."""
    lines = [told_status(city)]
    if city.measured:
        earned = city.measured.earned
        lines.append(
            _(
                "cohort.earned",
                on=city.measured.on,
                why=_(f"cohort.measured_{city.measured.why}"),
                es=number(earned.es, 1),
                at=number(earned.at, 1),
                spi=number(earned.spi_t, 2),
            )
        )
    if city.range:
        lines.append(_("cohort.range", p50=city.range[0], p80=city.range[1]))
    else:
        lines.append(_("cohort.no_range"))
    lines.append(_("cohort.method"))
    with cards.block("proof", title=_("hotspots.method")):
        cards.method_note(lines, programme_command(found.programme.key, found.as_of))


def headline(found: CohortOnDay, city: CityOnDay) -> str:
    """Say in one sentence how a city stands."""
    gate = found.template.gate(city.last.key).name[current()]
    if city.status.key == "done":
        return _("cohort.city_done", city=city.name)
    if city.status.key in ("none", "late"):
        return _(f"cohort.city_{city.status.key}", city=city.name)
    margin = city.last.margin_days
    event = found.template.gate(city.last.key).before_event
    tail = ""
    if margin is not None:
        name = next(e.name[current()] for e in found.template.events if e.key == event)
        key = "cohort.margin_left" if margin[1] >= 0 else "cohort.margin_missed"
        tail = _(key, n=abs(margin[1]), event=name)
    key = "cohort.city_slips" if city.slip_days > 0 else "cohort.city_punctual"
    return _(key, gate=gate, day=city.last.expected.last, n=city.slip_days, tail=tail)


def _slips(found: CohortOnDay, city: CityOnDay) -> object:
    gates = city.milestones
    ends = [max(gate.expected.last, gate.baseline.last) for gate in gates]
    span = span_of(found, ends, [city.starts_on])
    frame = pd.DataFrame(
        {
            "city": [found.template.gate(gate.key).name[current()] for gate in gates],
            "promise": [span.at(gate.baseline.last) for gate in gates],
            "expected": [span.at(gate.expected.last) for gate in gates],
            "state": [city.gates[gate.key] for gate in gates],
            "mark": [MARKS[city.gates[gate.key]] for gate in gates],
            "word": [signed_days(gate.slip_days) for gate in gates],
            "told": [f"{expected(gate)} · {gate.baseline}" for gate in gates],
        }
    )
    return cohort_charts.slips(
        frame, events_frame(found, span), palette(), span=span, today=found.as_of,
        today_word=_("cohort.today"),
    )  # fmt: skip


def _trend(found: CohortOnDay, city: CityOnDay) -> object:
    told = milestone_trend(city.milestones, city.starts_on, found.as_of)
    span = span_of(found, [*told["expected"], *told["reported_on"]], [city.starts_on])
    names = {gate.key: gate.short[current()] for gate in found.template.gates}
    frame = pd.DataFrame(
        {
            "gate": told["gate"].map(names),
            "reported": told["reported_on"].map(span.at),
            "expected": told["expected"].map(span.at),
        }
    )
    return cohort_charts.trend(frame, palette(), span=span)


def _gates_table(found: CohortOnDay, city: CityOnDay) -> None:
    rows = [
        {
            "gate": found.template.gate(gate.key).name[current()],
            "state": _(f"cohort.state_{city.gates[gate.key]}"),
            "promise": str(gate.baseline),
            "finish": str(gate.expected),
            "slip": str(gate.slip_days),
            "working": str(gate.slip_working_days(city.country)),
            "moves": str(gate.moves),
        }
        for gate in city.milestones
    ]
    columns = {name: _(f"cohort.column_{name}") for name in rows[0]}
    cards.table(pd.DataFrame(rows), columns, caption=_("cohort.slips"))


def _commitments(found: CohortOnDay, held: Notes) -> None:
    with cards.block("commitments", title=_("cohort.commitments")):
        if not held.commitments:
            empty(_("cohort.no_commitments"))
        lines = []
        for made in held.commitments:
            kept = made.kept_on is not None and made.kept_on <= found.as_of
            state = "done" if kept else "off" if made.due_on < found.as_of else "run"
            lines.append(
                f"<tr><td>{cards.state(state, _(f'cohort.state_{state}'))}</td>"
                f'<th scope="row">{escape(made.text)}<br><span class="note">'
                f"{escape(made.owner)} · {day(made.due_on, year=False)}</span></th></tr>"
            )
        caption = escape(_("cohort.commitments"))
        st.html(f'<table class="small"><caption>{caption}</caption>{"".join(lines)}</table>')


def _mandate(found: CohortOnDay, city: CityOnDay, record: CityRow) -> None:
    gap = mandate_gap(found.template, record.facts.term_ends, city.last.expected.last)
    with cards.block("mandate", title=_("cohort.mandate")):
        if gap is None:
            st.html(f'<p class="note">{escape(_("cohort.mandate_unknown"))}</p>')
        else:
            start, end = found.as_of, max(gap.term_ends, gap.strategy_to)
            share = 100 / max(1, (end - start).days)
            term = max(0, (gap.term_ends - start).days) * share
            lead = max(0, (gap.strategy_from - start).days) * share
            words = _("cohort.term_until", month=month(gap.term_ends))
            key = "cohort.strategy_beyond" if gap.months > 0 else "cohort.strategy_within"
            after = _(key, month=month(gap.strategy_to), n=round(abs(gap.months)))
            st.html(
                f'<div class="term" style="width:{term:.1f}%"></div><p class="note">{escape(words)}'
                f'</p><div class="term strategy" style="margin-left:{lead:.1f}%"></div>'
                f'<p class="note">{escape(after)}</p>'
            )
        names = {c.key: c.name[current()] for c in found.template.eligibility}
        marks = {True: "done", False: "off", None: "none"}
        told = [
            cards.state(marks[met.met], f"{names[met.key]}: {_(f'cohort.met_{marks[met.met]}')}")
            for met in eligibility(found.template, record.facts, found.as_of)
        ]
        st.html("".join(f"<p>{line}</p>" for line in told))


def _maturity(found: CohortOnDay, held: Notes) -> None:
    frame = maturity(held.ratings, found.as_of)
    if frame.empty:
        empty(_("cohort.no_ratings"))
        return
    for place, component in zip(
        st.columns(len(found.template.components)), found.template.components, strict=True
    ):
        name = component.name[current()]
        part = frame[frame["component"] == component.key]
        with place:
            st.html(f'<h3 class="block-title">{escape(name)}</h3>')
            if part.empty:
                st.html(f'<p class="note">{escape(_("cohort.state_none"))}</p>')
                continue
            last = part.iloc[-1]
            when = [month(value, short=True).split("\u00a0")[0] for value in part["rated_on"]]
            words = {value: number(value, 1) for value in part["level"]}
            charts.show(
                cohort_charts.maturity(part.assign(when=when), palette(), number=words),
                alt=_(
                    "cohort.maturity_alt", component=name, level=number(last["level"], 1),
                    low=int(last["low"]), high=int(last["high"]), n=int(last["n"]),
                ),
            )  # fmt: skip
    _ratings_table(found, held)


def _ratings_table(found: CohortOnDay, held: Notes) -> None:
    """List the latest judgements of every component with what they rest on."""
    seen = [rating for rating in held.ratings if rating.rated_on <= found.as_of]
    last = {c.key: max((r.rated_on for r in seen if r.component == c.key), default=None)
            for c in found.template.components}  # fmt: skip
    rows = [
        {
            "component": component.name[current()],
            "level": str(rating.level),
            "origin": _(f"cohort.origin_{rating.origin}"),
            "day": day(rating.rated_on),
            "evidence": " · ".join(filter(None, [rating.evidence, rating.note])),
        }
        for component in found.template.components
        for rating in seen
        if (rating.component, rating.rated_on) == (component.key, last[component.key])
    ]
    columns = {name: _(f"cohort.column_{name}") for name in rows[0]}
    with st.expander(_("cohort.ratings_table")):
        cards.table(pd.DataFrame(rows), columns, caption=_("cohort.ratings_table"))


def _coaching(found: CohortOnDay, held: Notes) -> None:
    seen = [row for row in held.sessions if row.held_on <= found.as_of]
    rows = [
        {
            "kind": dose.name[current()],
            "held": _(
                "cohort.held_of", n=sum(row.kind == dose.key for row in seen), of=dose.planned
            ),
        }
        for dose in found.template.dose
    ]
    minutes = sum(row.minutes or 0 for row in seen)
    if minutes:
        hours = _("cohort.hours_held", hours=number(minutes / 60, 1))
        rows.append({"kind": _("cohort.hours"), "held": hours})
    invited = sum(row.invited for row in seen)
    if invited:
        came = percent(sum(row.attended for row in seen) / invited)
        rows.append({"kind": _("cohort.attendance"), "held": came})
        mayor = _("cohort.held_of", n=sum(row.mayor_present for row in seen), of=len(seen))
        rows.append({"kind": _("cohort.mayor_present"), "held": mayor})
    columns = {"kind": _("cohort.column_session"), "held": _("cohort.column_held")}
    if rows:
        cards.table(pd.DataFrame(rows), columns, caption=_("cohort.coaching"))


def _links(principal: Principal, found: CohortOnDay, city: CityOnDay) -> None:
    entries = [
        Entry(
            f"{found.programme.key}.{city.key}.{gate.key}",
            f"{city.name}: {found.template.gate(gate.key).name[current()]}",
            gate.expected.first,
            gate.expected.last,
        )
        for gate in city.milestones
        if not gate.is_done
    ]
    title = f"{found.programme.name}, {city.name}"
    name = downloads.file_name(found.programme.key, city.key, extension="ics")
    data = downloads.audited(
        principal, found.programme.key, lambda: calendar_bytes(title, entries), kind="calendar"
    )
    item = downloads.Download(_("cohort.calendar_file"), data, name, "text/calendar")
    downloads.row([item], key="calendar")
