"""Who may do what, where: roles are code, assignments are data, a View says how much is shown.

Streamlit-free. ``loaders`` calls :func:`authorise` before any cache is touched.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from analytics.errors import NotAllowedError

SURFACE_MIN_BANDWIDTH_M = 300.0
SURFACE_MIN_EVENTS = 30
SURFACE_STEPS = 16
SUPPRESSION_K = 5


class Action(StrEnum):
    """Everything a person can be allowed to do."""

    READ_OVERVIEW = "read_overview"
    READ_SURFACE = "read_surface"
    READ_CELLS = "read_cells"
    READ_POINTS = "read_points"
    IMPORT = "import"
    REVIEW_LINKS = "review_links"
    READ_INDICATORS = "read_indicators"
    ENTER_INDICATORS = "enter_indicators"
    VALIDATE_INDICATORS = "validate_indicators"
    READ_COHORT = "read_cohort"
    ENTER_COHORT = "enter_cohort"
    PRESENT = "present"
    READ_CARE = "read_care"
    ADMINISTER = "administer"


A = Action
ROLES: dict[str, frozenset[Action]] = {
    "mayor": frozenset(
        {A.READ_OVERVIEW, A.READ_SURFACE, A.READ_INDICATORS, A.READ_COHORT, A.READ_CARE, A.PRESENT}
    ),
    "analyst": frozenset(
        {
            A.READ_OVERVIEW,
            A.READ_SURFACE,
            A.READ_CELLS,
            A.READ_POINTS,
            A.IMPORT,
            A.REVIEW_LINKS,
            A.PRESENT,
        }
    ),
    "coach": frozenset({A.READ_INDICATORS, A.READ_COHORT, A.ENTER_COHORT, A.PRESENT}),
    "editor": frozenset({A.READ_INDICATORS, A.ENTER_INDICATORS, A.READ_COHORT, A.ENTER_COHORT}),
    "validator": frozenset({A.READ_INDICATORS, A.VALIDATE_INDICATORS}),
    "admin": frozenset({A.ADMINISTER}),
}


@dataclass(frozen=True)
class Assignment:
    """A role in a scope: a city key, a programme key or ``*``."""

    role: str
    scope: str


@dataclass(frozen=True)
class Principal:
    """A signed-in person, or the command line (``system=True``: every action everywhere)."""

    username: str
    name: str
    assignments: tuple[Assignment, ...] = ()
    session_id: str = ""
    system: bool = False


@dataclass(frozen=True)
class View:
    """How much of the events a principal sees; part of every cache key.

    ``surface``: bandwidth ≥ 300 m, whole months, no hour or weekday filter, n ≥ 30, at most
    16 steps, groups below 5 left out. ``cells`` adds the grid's cells, ``points`` the events.
    """

    level: Literal["surface", "cells", "points"]

    @property
    def sees_cells(self) -> bool:
        """Whether cells (and their tables and downloads) may leave the loaders."""
        return self.level in ("cells", "points")

    @property
    def sees_points(self) -> bool:
        """Whether single events may leave the loaders."""
        return self.level == "points"


def may(principal: Principal, action: Action, scope: str) -> bool:
    """Tell whether ``principal`` may do ``action`` in ``scope`` (a city or programme key)."""
    if principal.system:
        return True
    return any(
        action in ROLES.get(a.role, frozenset()) and a.scope in (scope, "*")
        for a in principal.assignments
    )


def authorise(principal: Principal, action: Action, scope: str) -> View:
    """Return the View that ``principal`` has in ``scope``, or refuse.

    Raises
    ------
    NotAllowedError
        If no assignment of the principal allows ``action`` in ``scope``.
    """
    if not may(principal, action, scope):
        raise NotAllowedError("access.refused", action=action.value, scope=scope)
    if may(principal, A.READ_POINTS, scope):
        return View("points")
    return View("cells") if may(principal, A.READ_CELLS, scope) else View("surface")


def scopes(principal: Principal, action: Action, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of ``known`` scopes in which ``principal`` may do ``action``, in order."""
    return tuple(scope for scope in known if may(principal, action, scope))
