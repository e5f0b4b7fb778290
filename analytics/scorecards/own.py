"""Indicators that a city adds to the catalogue, and the catalogue with them.

A city writes in its own language: the name and the definition are the same in all three. Methods
and audiences are the catalogue's phrases, so that they are said in the reader's language.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from analytics.errors import FilterError
from analytics.scorecards.catalogue import (
    DIMENSIONS,
    HIERARCHIES,
    LEVELS,
    VALUE_RULES,
    Catalogue,
    Indicator,
    Typology,
    Words,
    load_catalogue,
)
from analytics.store.scorecard_values import Plan

PREFIX = "LOC"
BASIS = "city"  # neither stated by the book nor inferred: the city says so
PERIODICITIES: Mapping[str, float] = {
    "weekly": 0.25,
    "monthly": 1.0,
    "quarterly": 3.0,
    "half_yearly": 6.0,
    "yearly": 12.0,
}
QUALITATIVE = ("distribution", "yes_no", "text")
# As for the catalogue: input and process efficiency, product and result efficacy.
QUALITY = {
    "input": "efficiency",
    "process": "efficiency",
    "product": "efficacy",
    "result": "efficacy",
    "impact": "effectiveness",
}
LENGTHS = {"name": 200, "unit": 40, "definition": 1000}


@dataclass(frozen=True)
class OwnSheet:
    """What a city says of an indicator of its own; ``methods`` and ``audiences`` in Spanish."""

    name: str
    dimension: str
    category: str
    unit: str
    value_rule: str
    level: str
    hierarchy: str
    direction: int
    periodicity: str
    definition: str = ""
    methods: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return it as the store keeps it."""
        return asdict(self) | {"methods": list(self.methods), "audiences": list(self.audiences)}


def own_of(plan: Plan) -> OwnSheet | None:
    """Return what a plan says of an indicator of the city's own; None for the catalogue's."""
    if not plan.own:
        return None
    lists = {name: tuple(plan.own[name]) for name in ("methods", "audiences")}
    return OwnSheet(**plan.own | lists)


def catalogue_of(plans: Mapping[str, Plan]) -> Catalogue:
    """Return the catalogue followed by the city's own indicators, inactive ones included."""
    shared = load_catalogue()
    own = {key: sheet_of(key, told) for key, plan in plans.items() if (told := own_of(plan))}
    return replace(shared, indicators={**shared.indicators, **own})


def phrases(field: str) -> dict[str, Words]:
    """Return the catalogue's phrases of ``methods`` or ``audiences`` by their Spanish words."""
    sheets = load_catalogue().indicators.values()
    return {words.es: words for sheet in sheets for words in getattr(sheet, field)}


def sheet_of(key: str, own: OwnSheet) -> Indicator:
    """Return the sheet of an indicator of a city's own."""
    methods, audiences = phrases("methods"), phrases("audiences")
    name = own.name
    return Indicator(
        id=key,
        dimension=own.dimension,
        category=own.category,
        unit=own.unit,
        value_rule=own.value_rule,
        direction=own.direction,
        typology=_typology(own),
        name=Words(name, name, name),
        short=Words(name, name, name),
        definition=Words(own.definition, own.definition, own.definition),
        methods=tuple(methods[es] for es in own.methods),
        audiences=tuple(audiences[es] for es in own.audiences),
        presentation=(),
        periodicity=(),
        baseline=(),
        source_line="",
        notes="",
    )


def next_id(plans: Mapping[str, Plan]) -> str:
    """Return the id of the next indicator that the city adds: ``LOC-01`` and so on."""
    taken = [int(key.split("-")[1]) for key, plan in plans.items() if plan.own]
    return f"{PREFIX}-{max(taken, default=0) + 1:02d}"


def check_own(key: str, own: OwnSheet, catalogue: Catalogue) -> OwnSheet:
    """Return the sheet with its texts trimmed, if it may stand.

    Raises
    ------
    FilterError
        ``own.empty`` and ``own.long`` with the field, ``own.value`` for what is not among the
        known, ``own.taken`` if another indicator has the name.
    """
    checked = replace(own, **{name: getattr(own, name).strip() for name in LENGTHS})
    for name, most in LENGTHS.items():
        text = getattr(checked, name)
        if not text and name != "definition":
            raise FilterError("own.empty", field=name)
        if len(text) > most:
            raise FilterError("own.long", field=name, most=most)
    known: dict[str, tuple[object, ...]] = {
        "dimension": DIMENSIONS,
        "category": tuple(catalogue.categories),
        "value_rule": VALUE_RULES,
        "level": LEVELS,
        "hierarchy": HIERARCHIES,
        "direction": (1, -1, 0),
        "periodicity": tuple(PERIODICITIES),
    }
    given = [(name, getattr(checked, name), options) for name, options in known.items()]
    given += [
        (name, told, tuple(phrases(name)))
        for name in ("methods", "audiences")
        for told in getattr(checked, name)
    ]
    for name, value, options in given:
        if value not in options:
            raise FilterError("own.value", field=name, value=value)
    said = checked.name.casefold()
    for other in catalogue.indicators.values():
        if other.id != key and said in {text.casefold() for text in vars(other.name).values()}:
            raise FilterError("own.taken", field="name", value=checked.name, indicator=other.id)
    return checked


def _typology(own: OwnSheet) -> Typology:
    qualitative = own.value_rule in QUALITATIVE
    return Typology(
        measurement="qualitative" if qualitative else "quantitative",
        measurement_basis=BASIS,
        level=own.level,
        level_basis=BASIS,
        hierarchy=own.hierarchy,
        hierarchy_basis=BASIS,
        quality=QUALITY[own.level],
        quality_basis="inferred",
        moment="both",
        moment_basis=BASIS,
        dimension_basis=BASIS,
        period_months=PERIODICITIES[own.periodicity],
        period_basis=BASIS,
    )
