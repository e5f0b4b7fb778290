"""Formulas of indicators: arithmetic over named variables, computed without running any code.

A formula is computed where it is of ``+ - * /`` (or ``− × · ÷ :``), parentheses, numbers and the
variables that the plan explains. Any other text stays what it is: how a person computes it.
"""

import ast
import math
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping

from analytics.errors import FilterError
from analytics.store.scorecard_values import Plan

SIGNS = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", ":": "/"})
MOST_STEPS = 100
TWO: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
ONE: Mapping[type[ast.unaryop], Callable[[float], float]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}


def asked_for(plan: Plan) -> tuple[str, ...]:
    """Return the variables whose values compute the plan's number, in the order it names them.

    Empty where the formula is not arithmetic or uses what no variable explains.
    """
    try:
        names = names_in(plan.formula)
    except FilterError:
        return ()
    known = {_plain(name): name for name in plan.variables}
    return tuple(known[name] for name in known if name in names) if names <= known.keys() else ()


def names_in(formula: str) -> set[str]:
    """Return the names that a formula uses.

    Raises
    ------
    FilterError
        ``formula.arithmetic`` if it is more than the arithmetic of this module.
    """
    return {node.id for node in ast.walk(_tree(formula)) if isinstance(node, ast.Name)}


def computed(formula: str, values: Mapping[str, float | None]) -> float:
    """Return what a formula gives.

    Parameters
    ----------
    formula : str
    values : mapping of str to float
        By variable; all that the formula uses and no other.

    Returns
    -------
    float
        To 15 significant digits: what is whole in decimals stays whole.

    Raises
    ------
    FilterError
        ``formula.arithmetic``; ``formula.unknown`` with the names that have no value or that the
        formula does not use; ``formula.missing`` for a value left empty; ``formula.zero`` for a
        division by zero; ``formula.infinite`` for a result that is not a finite number.
    """
    tree, told = _tree(formula), {_plain(name): value for name, value in values.items()}
    strange = names_in(formula) ^ told.keys()
    if strange:
        raise _fault("formula.unknown", formula, names=", ".join(sorted(strange)))
    for name, value in values.items():
        if value is None:
            raise _fault("formula.missing", formula, variable=name)
    given = {name: value for name, value in told.items() if value is not None}
    try:
        result = float(f"{_value(tree.body, given):.15g}")
    except ZeroDivisionError as error:
        raise _fault("formula.zero", formula) from error
    except OverflowError as error:
        raise _fault("formula.infinite", formula) from error
    if not math.isfinite(result):
        raise _fault("formula.infinite", formula)
    return result


def filled_in(formula: str, values: Mapping[str, str]) -> str:
    """Return the formula with a text in place of each variable."""
    names = "|".join(re.escape(name) for name in sorted(values, key=len, reverse=True))
    return re.sub(rf"\b(?:{names})\b", lambda found: values[found[0]], formula)


def check_formula(plan: Plan) -> None:
    """Check that an arithmetic formula uses explained variables alone.

    Raises
    ------
    FilterError
        ``formula.unexplained`` with the names that no variable explains.
    """
    if not plan.variables:
        return
    try:
        names = names_in(plan.formula)
    except FilterError:
        return  # a description in words, which nobody computes
    missing = names - set(map(_plain, plan.variables))
    if missing:
        raise _fault("formula.unexplained", plan.formula, names=", ".join(sorted(missing)))


def _tree(formula: str) -> ast.Expression:
    """Return the formula's tree, which holds what may be computed and nothing else."""
    try:
        tree = ast.parse(formula.strip().translate(SIGNS), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _fault("formula.arithmetic", formula) from error
    nodes = list(ast.walk(tree))
    steps = sum(isinstance(node, (ast.BinOp, ast.UnaryOp)) for node in nodes)
    if steps > MOST_STEPS or not all(map(_may_stand, nodes)):
        raise _fault("formula.arithmetic", formula)
    return tree


def _may_stand(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return type(node.value) in (int, float)
    shape = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.Name, ast.Load)
    return isinstance(node, (*shape, *TWO, *ONE))


def _value(node: ast.expr, values: Mapping[str, float]) -> float:
    if isinstance(node, ast.BinOp):
        return TWO[type(node.op)](_value(node.left, values), _value(node.right, values))
    if isinstance(node, ast.UnaryOp):
        return ONE[type(node.op)](_value(node.operand, values))
    if isinstance(node, ast.Name):
        return float(values[node.id])
    assert isinstance(node, ast.Constant)
    return float(node.value)  # type: ignore[arg-type]


def _plain(name: str) -> str:
    """Write a name as the parser reads it."""
    return unicodedata.normalize("NFKC", name)


def _fault(code: str, formula: str, **details: str) -> FilterError:
    return FilterError(code, field="formula", value=formula, **details)
