"""Formulas over the columns of a customer table: taken apart, and put together again as an expression of the engine."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.program.formula_text import names, problems, quoted, tree
from workbench.program.formulas import evaluate
from workbench.program.values import suggestion

LARGEST_EXPONENT = 700.0
LARGEST_DIGITS = 15
WHOLE_TO = 2.0**53
"""From here on every figure is a whole number."""


def plain_name(column: str) -> str:
    """A column's name as a formula writes it: letters, digits and ``_``.

    Examples
    --------
    >>> plain_name("Unit Price (€)")
    'Unit_Price'
    """
    return re.sub(r"\W+", "_", column).strip("_")


def problem_of(formula: str, columns: Sequence[str]) -> Problem | None:
    """Why a formula cannot be computed from these columns, if so; without a place."""
    known = {plain_name(column): column for column in columns}
    told = problems(formula, known)
    if not told:
        return None
    unknown = sorted(names(formula) - known.keys()) if _readable(formula) else []
    if not unknown:
        return Problem(*told[0])
    found = _("{formula} uses {name}, which is no column of the source.")
    return Problem(
        found.format(formula=quoted(formula), name=unknown[0]),
        _("one of {columns}").format(columns=", ".join(known)),
        suggestion(unknown[0], tuple(known)),
    )


def _readable(formula: str) -> bool:
    try:
        ast.parse(" ".join(formula.split()), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def compiled(formula: str, values: Mapping[str, ir.FloatingValue]) -> ir.FloatingValue:
    """The expression that computes a formula without problems.

    Parameters
    ----------
    formula : str
        What a person wrote; `problem_of` found nothing wrong with it.
    values : mapping of str to ibis value
        The columns as numbers, by their `plain_name`.

    Returns
    -------
    ibis value of float64
        Empty where the formula has no value: a division by zero, the root of a negative number. No engine is asked
        to compute those, since each would answer in its own way.
    """
    return _Compiler(values).value(tree(formula))


def _constant(node: ast.expr) -> float | None:
    """The figure that is written at a place, if one is."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _constant(node.operand)
        return None if inner is None else -inner
    return float(node.value) if isinstance(node, ast.Constant) and isinstance(node.value, int | float) else None


def _figure(text: str) -> Any:
    """What a formula without columns comes to; empty where it has no value."""
    try:
        return ibis.literal(float(evaluate(text, {})), "float64")
    except DataError:
        return ibis.null("float64")


class _Compiler:
    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def value(self, node: ast.expr) -> Any:
        text = ast.unparse(node)
        # Engines read a written figure as a decimal, and two of them can be too long for one: they are computed here.
        return self._of_columns(node) if names(text) or isinstance(node, ast.Constant) else _figure(text)

    def _of_columns(self, node: ast.expr) -> Any:
        kinds: dict[type[ast.expr], Callable[[Any], Any]] = {
            ast.Constant: lambda node: ibis.literal(float(node.value), "float64"),
            ast.Name: lambda node: self.values[node.id],
            ast.BinOp: self._computed,
            ast.UnaryOp: self._signed,
            ast.Compare: self._compared,
            ast.IfExp: lambda node: ibis.ifelse(
                self.value(node.test) != 0, self.value(node.body), self.value(node.orelse)
            ),
            ast.Call: self._called,
        }
        return kinds[type(node)](node)

    def _computed(self, node: ast.BinOp) -> Any:
        exponent = _constant(node.right)
        if isinstance(node.op, ast.Pow) and exponent is not None:
            return _power_of(self.value(node.left), exponent)
        return _ARITHMETIC[type(node.op)](self.value(node.left), self.value(node.right))

    def _called(self, node: ast.Call) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        digits = _constant(node.args[1]) if name == "round" and len(node.args) > 1 else None
        if digits is not None and abs(digits) <= LARGEST_DIGITS:
            return _rounded_to(self.value(node.args[0]), 10.0 ** int(digits))
        return _FUNCTIONS[name](*map(self.value, node.args))

    def _signed(self, node: ast.UnaryOp) -> Any:
        value = self.value(node.operand)
        return -value if isinstance(node.op, ast.USub) else value

    def _compared(self, node: ast.Compare) -> Any:
        figures = [self.value(part) for part in (node.left, *node.comparators)]
        links = [
            _COMPARISONS[type(sign)](left, right)
            for sign, left, right in zip(node.ops, figures, figures[1:], strict=False)
        ]
        truth = reduce(lambda left, right: left & right, links)
        return ibis.cases((truth, 1.0), (~truth, 0.0))


def _where(sound: Any, value: Any, compute: Callable[[Any], Any]) -> Any:
    """The figure computed where the value is sound, and empty elsewhere: the engine never sees the others."""
    return compute(ibis.ifelse(sound, value, ibis.null("float64")))


def _divided(left: Any, right: Any) -> Any:
    return left / right.nullif(0.0)


def _floor(value: Any) -> Any:
    below = _where(value.abs() < WHOLE_TO, value, lambda sound: sound.floor().cast("float64"))
    return ibis.ifelse(value.abs() < WHOLE_TO, below, value)


def _power(base: Any, exponent: Any) -> Any:
    """The size is raised, and its sign given back, so that no engine meets a power that it refuses."""
    size, whole = base.abs(), exponent == _floor(exponent)
    sound = (size > 0) & ((base > 0) | whole)
    logarithm = exponent * _where(size > 0, size, lambda positive: positive.ln())
    odd = _remainder(exponent, ibis.literal(2.0)) == 1
    power = _where(sound & (logarithm.abs() < LARGEST_EXPONENT), size, lambda known: known**exponent)
    signed = ibis.ifelse((base < 0) & odd, -power, power)
    return ibis.cases((exponent == 0, 1.0), ((size == 0) & (exponent > 0), 0.0), else_=signed)


def _power_of(base: Any, exponent: float) -> Any:
    """As `_power`, by an exponent that is known: much shorter."""
    size = base.abs()
    logarithm = exponent * _where(size > 0, size, lambda positive: positive.ln())
    power = _where(logarithm.abs() < LARGEST_EXPONENT, size, lambda known: known ** ibis.literal(exponent, "float64"))
    below = -power if exponent % 2 == 1 else power if exponent % 2 == 0 else ibis.null("float64")
    at_zero = 1.0 if exponent == 0 else 0.0 if exponent > 0 else ibis.null("float64")
    return ibis.cases((base > 0, power), (base < 0, below), (base == 0, at_zero))


def _remainder(left: Any, right: Any) -> Any:
    return left - right * _floor(_divided(left, right))


def _rounded(value: Any, digits: Any = None) -> Any:
    """To the even neighbour where it is a half, on every engine."""
    if digits is not None:
        return _rounded_to(value, _power(ibis.literal(10.0), digits))
    below = _floor(value)
    rest = value - below
    up = (rest > 0.5) | ((rest == 0.5) & (_remainder(below, ibis.literal(2.0)) == 1))
    return ibis.ifelse(up, below + 1.0, below)


def _rounded_to(value: Any, scale: Any) -> Any:
    return _rounded(value * scale) / scale


def _logarithm(value: Any, base: Any = None) -> Any:
    natural = _where(value > 0, value, lambda positive: positive.ln())
    return natural if base is None else _divided(natural, _logarithm(base))


def _extreme(choose: Callable[..., Any]) -> Callable[..., Any]:
    """The least or greatest; empty when one is empty, which engines see differently."""

    def extreme(*figures: Any) -> Any:
        there = reduce(lambda left, right: left & right, [figure.notnull() for figure in figures])
        return ibis.ifelse(there, choose(*figures), ibis.null("float64"))

    return extreme


_ARITHMETIC: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: _divided,
    ast.FloorDiv: lambda left, right: _floor(_divided(left, right)),
    ast.Mod: _remainder,
    ast.Pow: _power,
}
_COMPARISONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Lt: lambda left, right: left < right,
    ast.LtE: lambda left, right: left <= right,
    ast.Gt: lambda left, right: left > right,
    ast.GtE: lambda left, right: left >= right,
    ast.Eq: lambda left, right: left == right,
    ast.NotEq: lambda left, right: left != right,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": _extreme(ibis.least),
    "max": _extreme(ibis.greatest),
    "round": _rounded,
    "abs": lambda value: value.abs(),
    "sqrt": lambda value: _where(value >= 0, value, lambda sound: sound.sqrt()),
    "exp": lambda value: _where(value < LARGEST_EXPONENT, value, lambda sound: sound.exp()),
    "log": _logarithm,
}
