"""Formulas: arithmetic over assumptions, computed without ever running a person's text."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

from workbench import language
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.program.formula_text import is_name, names, normalised, one_line, problems, quoted, tree

__all__ = ["FUNCTIONS", "evaluate", "is_name", "names", "normalised", "problems"]


def _round(value: float, digits: float = 0.0) -> float:
    return round(value, int(digits))


FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "round": _round,
    "abs": abs,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
}
"""The functions that a formula can call. Halves are rounded to the even neighbour, as Python does."""


def _finite(operation: Callable[..., Any]) -> Callable[..., float]:
    """Wrap an operation so that no infinite or complex number goes on into the next one unseen."""

    def apply(*operands: float) -> float:
        result = operation(*operands)
        if isinstance(result, complex):
            raise ValueError("complex")
        if not math.isfinite(result):
            raise OverflowError
        return float(result)

    return apply


_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: _finite(operator.add),
    ast.Sub: _finite(operator.sub),
    ast.Mult: _finite(operator.mul),
    ast.Div: _finite(operator.truediv),
    ast.FloorDiv: _finite(operator.floordiv),
    ast.Mod: _finite(operator.mod),
    ast.Pow: _finite(operator.pow),
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def evaluate(formula: str, values: Mapping[str, float]) -> float:
    """The value of a formula.

    Everything is computed in floating point, so that no power of whole numbers can grow without end.

    Parameters
    ----------
    formula : str
        What a person wrote.
    values : mapping of str to float
        The assumptions by name.

    Raises
    ------
    DataError
        When the formula is refused, or when it divides by zero, overflows or has no real value.

    Examples
    --------
    >>> evaluate("calls * seconds / 3600", {"calls": 1800, "seconds": 20})
    10.0
    """
    wrong = problems(formula, values)
    if wrong:
        raise DataError(Problem(*told) for told in wrong)
    known = {normalised(name): float(value) for name, value in values.items()}
    used = {name: known[name] for name in sorted(names(formula))}
    _refuse_missing(formula, used)
    try:
        result = float(_computed(one_line(formula), used))
    except ZeroDivisionError:
        raise DataError(_zero_division(formula, used)) from None
    except OverflowError:
        raise DataError(_too_large(formula, used)) from None
    except ValueError:
        raise DataError(_no_real_value(formula, used)) from None
    if not math.isfinite(result):
        raise DataError(_too_large(formula, used))
    return result


def _computed(text: str, values: Mapping[str, float]) -> Any:
    from simpleeval import SimpleEval

    evaluator = SimpleEval(operators=_OPERATORS, functions=FUNCTIONS, names=dict(values))
    return evaluator.eval(text, previously_parsed=tree(text))


def _refuse_missing(formula: str, used: Mapping[str, float]) -> None:
    missing = [name for name, value in used.items() if not math.isfinite(value)]
    if missing:
        found = _("The formula {formula} uses {names}, without a value.")
        told = found.format(formula=quoted(formula), names=language.listed(missing))
        raise DataError(Problem(told, _("a number"), _("Give the assumption a base value.")))


def _zero_division(formula: str, used: Mapping[str, float]) -> Problem:
    found = _("The formula {formula} divides by zero{values}.").format(formula=quoted(formula), values=_with(used))
    remedy = _("Correct the assumption that it divides by, or guard the division: a / b if b > 0 else 0.")
    return Problem(found, _("a divisor other than 0"), remedy)


def _too_large(formula: str, used: Mapping[str, float]) -> Problem:
    found = _("The formula {formula} gives a number that is too large{values}.")
    told = found.format(formula=quoted(formula), values=_with(used))
    return Problem(told, _("amounts that can be paid"), _("Correct the assumptions or the formula."))


def _no_real_value(formula: str, used: Mapping[str, float]) -> Problem:
    found = _("The formula {formula} has no value{values}.").format(formula=quoted(formula), values=_with(used))
    expected = _("no root or broken power of a negative number, and no logarithm of zero or less")
    return Problem(found, expected, _("Correct the assumptions or the formula."))


def _with(used: Mapping[str, float]) -> str:
    if not used:
        return ""
    return f" ({', '.join(f'{name} = {_shown(value)}' for name, value in used.items())})"


def _shown(value: float) -> str:
    """A value in the locale's writing, or in powers of ten where the digits would fill lines."""
    return language.number(value, 6) if value == 0 or 1e-6 <= abs(value) < 1e15 else f"{value:g}"
