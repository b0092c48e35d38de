"""Formulas over arrays: one formula computed for all draws at once, each as `formulas.evaluate` computes it."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbench.errors import DataError, Problem
from workbench.program.formula_text import names, normalised, problems, tree
from workbench.program.formulas import evaluate

Numbers: TypeAlias = NDArray[np.float64]
Drawn: TypeAlias = float | Numbers
"""What an assumption is in the draws: the same in all of them, or a figure for each."""
Positions: TypeAlias = NDArray[np.int64] | None
"""The draws that a part of a formula is computed for; None for all."""

HARMLESS = 1.0
"""What a draw that failed is computed on with; it is told or computed anew at the end."""

_ARITHMETIC: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.FloorDiv: np.floor_divide,
    ast.Mod: np.mod,
    ast.Pow: np.power,
}
_COMPARISONS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}


@dataclass(frozen=True)
class ArrayFormula:
    """A formula that was read and checked once, to be computed for any number of draws.

    Attributes
    ----------
    text : str
        What a person wrote.
    names : frozenset of str
        The assumptions that it uses, in their `normalised` form.
    """

    text: str
    names: frozenset[str]

    @classmethod
    def read(cls, formula: str, known: Collection[str]) -> ArrayFormula:
        """Read a formula over the assumptions that there are.

        Raises
        ------
        DataError
            With everything that is wrong with it, as `formulas.problems` tells it.
        """
        wrong = problems(formula, known)
        if wrong:
            raise DataError(Problem(*told) for told in wrong)
        return cls(formula, frozenset(names(formula)))

    def compute(self, values: Mapping[str, Drawn], draws: int) -> Numbers:
        """The formula's value in each draw.

        Parameters
        ----------
        values : mapping of str to float or ndarray, shape (draws,)
            The assumptions by name.
        draws : int
            How many draws there are.

        Returns
        -------
        ndarray of float, shape (draws,)
            As `formulas.evaluate` gives them one by one, but for the last digit of powers, exp and log, which NumPy
            rounds by itself.

        Raises
        ------
        DataError
            When a draw divides by zero, overflows or has no real value; told are the figures of the first such draw.

        Examples
        --------
        >>> ArrayFormula.read("calls / 10 if calls > 5 else 0", ["calls"]).compute({"calls": np.array([4.0, 6.0])}, 2)
        array([0. , 0.6])
        """
        known = {normalised(name): np.asarray(value, dtype=float) for name, value in values.items()}
        used = {name: known[name] for name in sorted(self.names)}
        walk = _Walk(used, draws)
        with np.errstate(all="ignore"):
            result = np.array(np.broadcast_to(walk.start(tree(self.text)), draws))
        # NumPy may round across the border of what is too large, so that a draw which failed here is asked again.
        for draw in np.flatnonzero(walk.failed):
            result[draw] = evaluate(self.text, {name: _in_draw(value, int(draw)) for name, value in used.items()})
        return result


def _in_draw(value: Numbers, draw: int) -> float:
    return float(value[draw] if value.ndim else value)


class _Walk:
    """One walk through a formula's tree; notes the draws that fail, at whichever part of the formula."""

    def __init__(self, values: Mapping[str, Numbers], draws: int) -> None:
        self.values, self.draws = values, draws
        self.failed = np.zeros(draws, dtype=bool)

    def start(self, node: ast.expr) -> Numbers:
        for value in self.values.values():
            self._checked(value, None)
        return self._value(node, None)

    def _value(self, node: ast.expr, at: Positions) -> Numbers:
        kinds: dict[type[ast.expr], Callable[[Any, Positions], Numbers]] = {
            ast.Constant: lambda node, at: np.asarray(node.value, dtype=float),
            ast.Name: self._named,
            ast.BinOp: self._arithmetic,
            ast.UnaryOp: self._signed,
            ast.Compare: self._compared,
            ast.IfExp: self._chosen,
            ast.Call: self._called,
        }
        return kinds[type(node)](node, at)

    def _checked(self, result: Any, at: Positions) -> Numbers:
        """The result, with those draws noted in which it is no finite number."""
        if math.isfinite(np.add.reduce(result, axis=None)):
            return np.asarray(result)
        broken = ~np.isfinite(result)
        if broken.any():
            here = self._positions(at)
            self.failed[here if broken.ndim == 0 else here[broken]] = True
        return np.where(broken, HARMLESS, result)

    def _positions(self, at: Positions) -> NDArray[np.int64]:
        return np.arange(self.draws) if at is None else at

    def _named(self, node: ast.Name, at: Positions) -> Numbers:
        value = self.values[normalised(node.id)]
        return value if at is None or value.ndim == 0 else value[at]

    def _arithmetic(self, node: ast.BinOp, at: Positions) -> Numbers:
        operation = _ARITHMETIC[type(node.op)]
        return self._checked(operation(self._value(node.left, at), self._value(node.right, at)), at)

    def _signed(self, node: ast.UnaryOp, at: Positions) -> Numbers:
        value = self._value(node.operand, at)
        return np.negative(value) if isinstance(node.op, ast.USub) else value

    def _compared(self, node: ast.Compare, at: Positions) -> Numbers:
        truth = self._chain(self._value(node.left, at), node.ops, node.comparators, at)
        return np.asarray(truth, dtype=float)

    def _chain(self, left: Numbers, signs: Sequence[ast.cmpop], others: Sequence[ast.expr], at: Positions) -> Any:
        """As Python does, what stands further right is computed only where all was true so far."""
        right = self._value(others[0], at)
        truth = _COMPARISONS[type(signs[0])](left, right)
        if len(signs) == 1 or not truth.any():
            return truth
        if truth.all():
            return self._chain(right, signs[1:], others[1:], at)
        rest = np.broadcast_to(right, truth.shape)[truth]
        truth[truth] = self._chain(rest, signs[1:], others[1:], self._positions(at)[truth])
        return truth

    def _chosen(self, node: ast.IfExp, at: Positions) -> Numbers:
        """Each draw takes its own branch, and the other one is not computed for it."""
        test = self._value(node.test, at) != 0
        if test.all() or not test.any():
            return self._value(node.body if test.all() else node.orelse, at)
        here, result = self._positions(at), np.empty(test.shape)
        result[test] = self._value(node.body, here[test])
        result[~test] = self._value(node.orelse, here[~test])
        return result

    def _called(self, node: ast.Call, at: Positions) -> Numbers:
        figures = [self._value(argument, at) for argument in node.args]
        name = node.func.id  # type: ignore[attr-defined]
        if name == "log":
            logarithms = [self._checked(np.log(figure), at) for figure in figures]
            return self._checked(reduce(np.divide, logarithms), at)
        return self._checked(_FUNCTIONS[name](*figures), at)


def _rounded(value: Numbers, digits: Numbers | float = 0.0) -> Any:
    if not np.any(digits):
        return np.rint(value)
    return np.vectorize(_rounded_as_written, otypes=[float])(value, digits)


def _rounded_as_written(value: float, digits: float) -> float:
    """Python rounds the number as it is written in decimals; NumPy's power of ten would move some halves."""
    try:
        return round(float(value), int(digits))
    except OverflowError:
        return math.inf


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "min": lambda *figures: reduce(np.minimum, figures),
    "max": lambda *figures: reduce(np.maximum, figures),
    "round": _rounded,
    "abs": np.abs,
    "sqrt": np.sqrt,
    "exp": np.exp,
}
