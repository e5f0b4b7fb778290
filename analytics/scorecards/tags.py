"""What ties a city's indicator to the world's agendas, and the variables of its formula.

The 169 targets are those of the United Nations' resolution A/RES/70/1 (2015): numbered ones, and
lettered ones for the means of implementation.
"""

import re
from collections.abc import Iterator

from analytics.errors import FilterError
from analytics.store.scorecard_values import Plan

FRAMEWORKS = ("SDG", "NUA", "PARIS")  # 2030 Agenda, New Urban Agenda, Paris Agreement
# Per goal: how many numbered targets, and how many lettered ones.
GOALS = (
    (5, 2), (5, 3), (9, 4), (7, 3), (6, 3), (6, 2), (3, 2), (10, 2), (5, 3), (7, 3), (7, 3),
    (8, 3), (3, 2), (7, 3), (9, 3), (10, 2), (19, 0),
)  # fmt: skip
LONGEST_FORMULA = 500


def _targets() -> Iterator[str]:
    for goal, (numbered, lettered) in enumerate(GOALS, start=1):
        yield from (f"{goal}.{n}" for n in range(1, numbered + 1))
        yield from (f"{goal}.{'abcd'[i]}" for i in range(lettered))


SDG_TARGETS = tuple(_targets())


def read_targets(text: str) -> tuple[str, ...]:
    """Split what a person wrote (``17.16, 11.a``) into targets, each once, in their order."""
    parts = [part for part in re.split(r"[\s,;]+", text.strip().lower()) if part]
    return tuple(dict.fromkeys(parts))


def read_variables(text: str) -> dict[str, str]:
    """Read the variables of a formula, one per line: ``A = agreements signed``.

    Raises
    ------
    FilterError
        ``plan.variable_line`` with the line that says none.
    """
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, mark, meaning = (part.strip() for part in line.partition("="))
        if not (mark and meaning and re.fullmatch(r"\w+", name)):
            raise FilterError("plan.variable_line", field="variables", value=line)
        found[name] = meaning
    return found


def check_tags(plan: Plan) -> None:
    """Check the tags and the formula of a plan.

    Raises
    ------
    FilterError
        ``plan.target`` or ``plan.framework`` for what there is not, ``plan.variable`` for a
        variable that does not stand in the formula, ``plan.formula`` if it is too long.
    """
    for value in plan.sdg_targets:
        if value not in SDG_TARGETS:
            raise FilterError("plan.target", field="sdg_targets", value=value)
    for value in plan.frameworks:
        if value not in FRAMEWORKS:
            known = ", ".join(FRAMEWORKS)
            raise FilterError("plan.framework", field="frameworks", value=value, known=known)
    if len(plan.formula) > LONGEST_FORMULA:
        raise FilterError("plan.formula", field="formula", most=LONGEST_FORMULA)
    for name in plan.variables:
        if not re.search(rf"\b{re.escape(name)}\b", plan.formula):
            raise FilterError("plan.variable", field="variables", value=name)
