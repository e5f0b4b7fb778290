"""Invented values for the demonstration city's scorecard: five half-years, seeded, labelled.

The story is made up: the office's management improves, its contribution to the government's goals
stalls when the intersectoral board stops meeting, and of the territory too little is measured.
"""

from collections.abc import Iterator
from datetime import date

import numpy as np

from analytics.scorecards.catalogue import Indicator, load_catalogue
from analytics.scorecards.formulas import computed
from analytics.scorecards.own import PREFIX, OwnSheet
from analytics.scorecards.periods import Period, half_year_before
from analytics.store import scorecards
from analytics.store.database import Database
from analytics.store.scorecard_values import Plan, Reading

EDITOR, VALIDATOR = "editora", "validadora"
HALVES = 5
AHEAD = 3  # half-years from the last value to the target
LEFT_OUT = ("INS-04", "INS-08", "INS-12", "TER-02")
CONTEXT = ("INS-05", "INS-07", "POL-06", "POL-08", "TER-07")
UNMEASURED = (
    "TER-01", "TER-05", "TER-09", "TER-11", "TER-15", "TER-16", "TER-18", "TER-21", "TER-23",
)  # fmt: skip
# Last half-year with a value, counted back from the latest.
STOPPED = {"TER-19": 3, "POL-19": 2, "INS-14": 2, "INS-17": 4, "INS-26": 1, "POL-16": 1}
WAITING = ("INS-20", "POL-11", "TER-14")
FALLING = {"POL-04": (5, 6, 7, 6, 2), "POL-05": (34, 40, 45, 48, 41)}
# Share of the way from baseline to target, half-year by half-year.
PATHS = {
    "institutional": (0.0, 0.22, 0.39, 0.53, 0.63),
    "political": (0.0, 0.21, 0.37, 0.48, 0.45),
    "territorial": (0.0, 0.14, 0.27, 0.37, 0.46),
}
SAMPLED = ("INS-02", "INS-17", "POL-01", "POL-10", "TER-06")
OWNERS = {
    "exchange": "Relaciones Internacionales",
    "city_training": "Escuela de Gobierno",
    "staff_training": "Escuela de Gobierno",
    "external": "Comunicaciones",
    "internal": "Comunicaciones",
    "board": "Planificación",
    "services": "Desarrollo Local",
    "frameworks": "Relaciones Internacionales",
    "ownership": "Participación",
}
# Of the city's own, with both counts of every half-year; for context, so that the scores are of the
# catalogue's indicators alone.
OWN = OwnSheet(
    "Barrios populares en los intercambios (ejemplo)",
    "territorial",
    "exchange",
    "%",
    "share",
    "result",
    "strategic",
    0,
    "half_yearly",
    definition="Qué parte de quienes viajan o reciben visitas vive en barrios populares.",
    methods=("Encuestas",),
    audiences=("Ciudadanos",),
)
OWN_FORMULA = "A ÷ B × 100"
OWN_COUNTS = ((9, 75), (14, 80), (18, 90), (26, 104), (33, 110))
BOARD_NOTE = "Sin presidencia desde abril."


def fill_scorecard(db: Database, city: str, *, until: date, seed: int) -> bool:
    """Enter and validate the example values, unless the city measures something already.

    Parameters
    ----------
    db : Database
    city : str
    until : date
        The last half-year ends on or before it.
    seed : int

    Returns
    -------
    bool
        Whether anything was entered.
    """
    if scorecards.plans(db, city):
        return False
    rng = np.random.default_rng(seed)
    periods = [half_year_before(until)]
    while len(periods) < HALVES:
        periods.insert(0, periods[0].before)
    given: list[Reading] = []
    for sheet in load_catalogue().indicators.values():
        if sheet.id in LEFT_OUT or not (sheet.is_scored or sheet.id in CONTEXT):
            continue
        plan = _plan(sheet, periods, rng)
        scorecards.save_plan(db, city, plan, actor=EDITOR)
        given += _readings(sheet, plan, periods, rng)
    scorecards.save_plan(db, city, _own_plan(periods), actor=EDITOR)
    given += _own_readings(periods)
    drafts = scorecards.enter(db, city, given, actor=EDITOR)
    last = periods[-1].last
    ready = [
        (r.id, r.version)
        for r in drafts
        if r.id is not None
        and r.version is not None
        and not (r.indicator_id in WAITING and r.period_to == last)
    ]
    scorecards.validate(db, city, ready, actor=VALIDATOR)
    return True


def _plan(sheet: Indicator, periods: list[Period], rng: np.random.Generator) -> Plan:
    end = periods[-1]
    for _ in range(AHEAD):
        end = end.after
    base, target = _posts(sheet, rng)
    return Plan(
        sheet.id,
        owner=OWNERS.get(sheet.category, "Relaciones Internacionales"),
        base_value=base,
        base_on=periods[0].last,
        target_planned=target,
        target_on=end.last,
        direction=sheet.direction,
        sdg_targets=("17.16",) if sheet.dimension != "institutional" else (),
        frameworks=("SDG",) if sheet.dimension != "institutional" else (),
        minutes=int(rng.integers(2, 20)) if sheet.is_scored else None,
    )


def _own_plan(periods: list[Period]) -> Plan:
    return Plan(
        f"{PREFIX}-01",
        owner="Desarrollo Local",
        base_value=computed(OWN_FORMULA, dict(zip("AB", OWN_COUNTS[0], strict=True))),
        base_on=periods[0].last,
        target_planned=50.0,
        target_on=periods[-1].after.after.after.last,
        direction=OWN.direction,
        formula=OWN_FORMULA,
        variables={
            "A": "personas de barrios populares en intercambios",
            "B": "personas en intercambios",
        },
        sdg_targets=("10.2",),
        frameworks=("SDG",),
        minutes=5,
        own=OWN.plain(),
    )


def _own_readings(periods: list[Period]) -> Iterator[Reading]:
    for period, counts in zip(periods, OWN_COUNTS, strict=True):
        variables = dict(zip("AB", counts, strict=True))
        yield Reading(
            f"{PREFIX}-01", period.first, period.last,
            value=computed(OWN_FORMULA, variables), formula=OWN_FORMULA, variables=variables,
            evidence=f"Informe {period.key}",
        )  # fmt: skip


def _posts(sheet: Indicator, rng: np.random.Generator) -> tuple[float | None, float | None]:
    """Baseline and target of the indicator's kind."""
    if sheet.id in FALLING:
        return float(FALLING[sheet.id][0]), 14.0 if sheet.value_rule == "whole" else 75.0
    if sheet.direction == 0 or sheet.value_rule in ("yes_no", "text"):
        return None, None
    if sheet.value_rule == "distribution":
        return 0.0, 2.0
    if sheet.value_rule == "whole":
        base = float(rng.integers(0, 7))
        return base, base + float(rng.integers(9, 26))
    if sheet.value_rule == "ratio":
        return 55.0, 100.0
    base = float(rng.integers(8, 30))
    return base, base + float(rng.integers(35, 56))


def _readings(
    sheet: Indicator, plan: Plan, periods: list[Period], rng: np.random.Generator
) -> Iterator[Reading]:
    if sheet.id in UNMEASURED:
        return
    last = HALVES - STOPPED.get(sheet.id, 0)
    own = float(rng.normal(0, 0.16))
    for i, period in enumerate(periods[:last]):
        path = PATHS[sheet.dimension][i]
        done = 0.0 if i == 0 else float(np.clip(path + own * i / 4 + rng.normal(0, 0.05), 0, 1.1))
        yield _reading(sheet, plan, period, i, done, rng)


def _reading(
    sheet: Indicator, plan: Plan, period: Period, i: int, done: float, rng: np.random.Generator
) -> Reading:
    evidence = f"Informe {period.key}"
    common = {"evidence": evidence, "method": "Informes de la oficina de RRII"}
    reading = Reading(sheet.id, period.first, period.last, **common)  # type: ignore[arg-type]
    changes: dict[str, object]
    if sheet.id in FALLING:
        note = BOARD_NOTE if i == HALVES - 1 else ""
        changes = {"value": float(FALLING[sheet.id][i]), "note": note}
    elif sheet.value_rule == "distribution":
        answers = rng.multinomial(int(rng.integers(24, 40)), _levels(done))
        changes = dict(zip(("low", "medium", "high"), map(int, answers), strict=True))
    elif sheet.value_rule == "yes_no":
        yes = bool(done > 0.3)
        changes = {"yes": yes, "happened_on": period.last if yes else None}
    elif sheet.value_rule == "text":
        changes = {
            "text": "Tres compromisos comunes acordados en acta.",
            "judgement": "Valor de ejemplo: coherentes con el plan, sin plazos.",
        }
    else:
        base, target = plan.base_value, plan.target
        if base is None or target is None:
            base, target = 3.0, 5.0
        value = round(base + done * (target - base))
        top = 100.0 if sheet.value_rule == "share" else float("inf")
        changes = {"value": float(min(value, top))}
        if sheet.id in SAMPLED and sheet.value_rule == "share":
            changes["sample_size"] = int(rng.integers(60, 140))
    return Reading(**{**vars(reading), **changes})


def _levels(done: float) -> list[float]:
    high = min(0.8, 0.1 + 0.6 * done)
    low = max(0.05, 0.6 - 0.6 * done)
    total = max(1.0, high + low)
    return [low / total, max(0.0, 1 - (high + low) / total), high / total]
