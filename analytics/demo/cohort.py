"""The demonstration cohort: twelve invented cities, one of them Puerto Quimera, and a challenge.

No real city is told of. How each city fares is written down here, day by day, so that every state
occurs; small spreads come from the seed. Everything goes through the store's own functions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.programmes.periods import Period, add_months, day_period, parse_period
from analytics.programmes.readiness import Rating
from analytics.programmes.templates import template
from analytics.store import challenge_scores, challenges, gates, programme_notes, programmes
from analytics.store.database import Database
from analytics.store.gates import Place
from analytics.store.programme_notes import LessonRow, SessionRow
from analytics.store.programmes import NewCity

COHORT = "alianza_ejemplo"
NAME = "Alianza de Datos, cohorte de ejemplo"
TEMPLATE = "city_data_alliance"
ACTOR = "demo"
CHALLENGE = "quimera_rutas"
ORDER = ("visit", "team", "diagnosis", "phase_1_closed", "data_officer", "draft", "strategy")


@dataclass(frozen=True)
class Course:
    """How one invented city fares.

    ``slips`` are days after the promise, gate by gate in :data:`ORDER`; ``silent`` days pass
    between its last report and the day shown; ``closed`` gates were passed by then.
    """

    key: str
    name: str
    country: str
    starts: int
    residents: int
    slips: tuple[int, ...]
    closed: int
    silent: int = 3
    levels: tuple[float, ...] = (2.0, 2.0, 2.0, 1.5, 2.5)


COURSES = (
    Course("lomas-de-oro", "Lomas de Oro", "PE", 0, 318_000, (0, 4, 6, 7, 118, 75, 61), 4),
    Course("altos-de-yaguara", "Altos de Yaguará", "PY", 0, 412_000, (0, 8, 6, 25, 112, 42, 47), 4),
    Course("valdeflores", "Valdeflores", "CO", 0, 540_000, (0, 2, 5, 9, 16, 20, 22), 5),
    Course("santa-brigida-del-alba", "Santa Brígida del Alba", "UY", 0, 187_000,
           (0, 3, 10, 12, 14, 17, 18), 5),
    Course("puerto-sereno", "Puerto Sereno", "EC", 14, 265_000, (2, 5, 8, 16, 60, 15, 15), 4, 63),
    Course("san-telmo-del-valle", "San Telmo del Valle", "AR", 7, 143_000, (0,) * 7, 0, -1),
    Course("rio-claro-del-sur", "Río Claro del Sur", "BR", 14, 702_000, (0, 0, 1, 0, 5, 5, 6), 5),
    Course("villa-aurora-nueva", "Villa Aurora Nueva", "MX", 0, 890_000, (0, 1, 0, 3, 4, 4, 5), 5),
    Course("quimera", "Puerto Quimera", "CL", 7, 231_000, (0, 0, -1, 0, 0, 0, 0), 5, 3,
           (2.3, 1.9, 2.1, 1.5, 2.6)),
    Course("nueva-cantabria", "Nueva Cantabria", "GT", 7, 156_000, (0, 0, 0, 1, 0, 0, 0), 5),
    Course("monte-escondido", "Monte Escondido", "CR", 0, 128_000, (0, -2, 0, 0, -3, -20, -2), 6),
    Course("ciudad-quebracho", "Ciudad Quebracho", "BO", 0, 476_000,
           (-1, 0, -3, 0, -5, -22, -4), 6),
)  # fmt: skip


def add_cohort(db: Database, *, shown_on: date, seed: int) -> None:
    """Add the demonstration cohort, or leave it alone if it is there.

    Parameters
    ----------
    db : Database
    shown_on : date
        The day up to which the cities reported: some seven months after they started.
    seed : int
        Equal seed and day give equal records.
    """
    if any(row.key == COHORT for row in programmes.programmes(db)):
        return
    rng = np.random.default_rng(seed)
    begin = shown_on - timedelta(days=219)
    events = {
        "leaders_meeting": parse_period(f"{add_months(shown_on, 1):%Y-%m}"),
        "mayors_closing": parse_period(f"{add_months(shown_on, 3):%Y-%m}"),
    }
    programmes.create_programme(
        db, key=COHORT, name=NAME, template_key=TEMPLATE, events=events, synthetic=True,
        actor=ACTOR,
    )  # fmt: skip
    programmes.enrol(
        db, COHORT, [_city(course, begin, shown_on) for course in COURSES], actor=ACTOR
    )
    for course in COURSES:
        if course.silent >= 0:
            _report(db, course, shown_on)
            _note(db, course, begin, shown_on, rng)
    _challenge(db, rng)


def _city(course: Course, begin: date, shown_on: date) -> NewCity:
    return NewCity(
        key=course.key,
        name=course.name,
        country=course.country,
        starts_on=begin + timedelta(days=course.starts),
        residents=course.residents,
        term_ends=date(shown_on.year + 2, 12, 5),
        judged={"ambition": True, "foundations": course.residents > 150_000},
    )


def _report(db: Database, course: Course, shown_on: date) -> None:
    """Tell the store what the city reported, in the order in which it did."""
    heard = shown_on - timedelta(days=course.silent)
    promised = {g.key: g.baseline for g in programmes.city(db, COHORT, course.key).milestones}
    told = sorted(
        _told(course, promised, heard), key=lambda entry: (entry[0], ORDER.index(entry[1]))
    )
    for day, gate, expected, is_closing in told:
        place = Place(COHORT, course.key, gate)
        version = programmes.city(db, COHORT, course.key).gate(gate).version
        if is_closing:
            evidence = f"https://ejemplo.invalid/{course.key}/{gate}"
            gates.close(
                db, place, expected.last, evidence=evidence, version=version, reported_on=day,
                actor=ACTOR,
            )  # fmt: skip
        else:
            gates.reforecast(db, place, expected, version=version, reported_on=day, actor=ACTOR)


def _told(
    course: Course, promised: dict[str, Period], heard: date
) -> Iterator[tuple[date, str, Period, bool]]:
    """Yield (reported on, gate, day, whether it closes) of a city."""
    for position, (gate, slip) in enumerate(zip(ORDER, course.slips, strict=True)):
        day = promised[gate].last + timedelta(days=slip)
        if slip:  # half of the slip is admitted a month before the promise, the rest later
            admitted = promised[gate].last - timedelta(days=30)
            half = day_period(promised[gate].last + timedelta(days=slip // 2))
            if admitted <= heard and slip > 10:
                yield admitted, gate, half, False
            if position >= course.closed:
                yield heard, gate, day_period(day), False
        if position < course.closed:
            yield min(day + timedelta(days=1), heard), gate, day_period(day), True
        elif not slip:
            yield heard, gate, promised[gate], False


def _note(
    db: Database, course: Course, begin: date, shown_on: date, rng: np.random.Generator
) -> None:
    components = [component.key for component in template(TEMPLATE).components]
    for turn, days in enumerate((30, 120, 205)):
        day = begin + timedelta(days=days)
        ratings = [
            Rating(component, day, rater, level, f"Taller {turn + 1}, acta de ejemplo")
            for component, start in zip(components, course.levels, strict=True)
            for rater in ("coach", "equipo", "par")
            for level in [int(np.clip(round(start + 0.5 * turn + rng.normal(0, 0.6)), 1, 5))]
        ]
        programme_notes.rate(db, COHORT, course.key, ratings, actor=ACTOR)
    for kind, held in (("coaching", 9), ("peer_workshop", 3), ("executive", 2), ("masterclass", 2)):
        for turn in range(held):
            day = begin + timedelta(days=20 + (turn + 1) * 190 // (held + 1))
            came = int(rng.integers(4, 9))
            row = SessionRow(kind, day, came, 8, bool(rng.random() < 0.6))
            programme_notes.hold_session(db, COHORT, course.key, row, actor=ACTOR)
    for text, owner, days in (
        ("Publicar el concurso de director de datos", "Hacienda", -22),
        ("Primer borrador con las cinco secciones", "Equipo de datos", 9),
        ("Inventario de conjuntos de datos", "Informática", -70),
    ):
        due = shown_on + timedelta(days=days)
        programme_notes.commit(db, COHORT, course.key, text, owner=owner, due_on=due, actor=ACTOR)
    first = programme_notes.notes(db, COHORT, course.key).commitments[0]
    programme_notes.keep(db, first.id, first.due_on, version=first.version, actor=ACTOR)
    for text, worked in (
        ("Mapear los flujos de información antes de elegir un sistema ahorró un mes.", True),
        ("Dependimos de una sola persona: al irse se perdió el diagnóstico.", False),
    ):
        lesson = LessonRow(text, worked, shown_on - timedelta(days=40))
        programme_notes.learn(db, COHORT, course.key, lesson, actor=ACTOR)


def _challenge(db: Database, rng: np.random.Generator) -> None:
    """Put one invented challenge of Puerto Quimera, with six invented proposals, to the market."""
    weights = dict.fromkeys(("connection", "start", "ease", "protection"), 25.0)
    title = "Rutas de recolección con datos (desafío de ejemplo)"
    challenges.pose(
        db, COHORT, "quimera", key=CHALLENGE, title=title, weights=weights, finalists=3,
        actor=ACTOR,
    )  # fmt: skip
    names = [f"Propuesta {letter}" for letter in "ABCDEF"]
    challenges.propose(db, CHALLENGE, names, actor=ACTOR)
    level = {name: rng.uniform(2, 4.4, len(weights)) for name in names}
    for evaluator in ("Informática", "Operaciones", "Jurídica"):
        rows = [
            (name, criterion, int(np.clip(round(level[name][n] + rng.normal(0, 0.7)), 1, 5)))
            for name in names
            for n, criterion in enumerate(weights)
        ]
        frame = pd.DataFrame(rows, columns=["proposal", "criterion", "score"])
        challenge_scores.score(db, CHALLENGE, evaluator, frame, actor=ACTOR)
