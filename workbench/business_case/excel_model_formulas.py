"""A line's formula as a spreadsheet writes it: the same arithmetic, sign by sign, over named cells."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import cast

from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.program import formulas

LONGEST_FORMULA = 8000
"""Characters; a spreadsheet holds 8,192 in a cell."""
DEEPEST = 60
"""Functions within functions; a spreadsheet holds 64."""

Written = tuple[str, int]
"""A piece of a formula, and how tightly it holds together: what binds less needs parentheses."""

LOOSE, SUM, PRODUCT, WHOLE = range(4)
_SIGNS: dict[type[ast.AST], tuple[str, int]] = {
    ast.Add: ("+", SUM),
    ast.Sub: ("-", SUM),
    ast.Mult: ("*", PRODUCT),
    ast.Div: ("/", PRODUCT),
}
_COMPARED: dict[type[ast.AST], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "=",
    ast.NotEq: "<>",
}


def in_spreadsheet(formula: str, cells: Mapping[str, str]) -> str:
    """A formula of the program as a spreadsheet's, without the sign = at its start.

    Powers, remainders and whole quotients become POWER, MOD and INT, which agree with Python's for either sign of their
    operands; 0 to the power of 0 is 1, as in Python. Rounding keeps halves going to the even neighbour.

    Parameters
    ----------
    formula : str
        What a person wrote.
    cells : mapping of str to str
        What stands for each assumption: a named cell.

    Raises
    ------
    DataError
        When the formula is refused, or would be longer or deeper than a spreadsheet's cell can hold.

    Examples
    --------
    >>> in_spreadsheet("calls * (1 - share) ** 2 // 3600", {"calls": "calls", "share": "share"})
    'INT(calls*POWER(1-share,2)/3600)'
    """
    wrong = formulas.problems(formula, cells)
    if wrong:
        raise DataError(Problem(*told) for told in wrong)
    tree = ast.parse(" ".join(formula.split()), mode="eval").body
    names = {formulas.normalised(name): cell for name, cell in cells.items()}
    written = _Writer(names).written(tree)[0]
    if len(written) > LONGEST_FORMULA or _depth(written) > DEEPEST:
        raise DataError(_too_long(formula))
    return written


class _Writer:
    """Writes the parts of a formula; the whole was checked before."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def written(self, node: ast.expr) -> Written:
        if isinstance(node, ast.Constant):
            return _constant(float(node.value)), WHOLE  # type: ignore[arg-type]
        if isinstance(node, ast.Name):
            return self._names[node.id], WHOLE
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.UnaryOp):
            return self._signed(node)
        if isinstance(node, ast.Compare):
            return f"IF({self._condition(node)},1,0)", WHOLE
        if isinstance(node, ast.IfExp):
            return self._choice(node), WHOLE
        return self._call(cast("ast.Call", node)), WHOLE

    def _plain(self, node: ast.expr) -> str:
        return self.written(node)[0]

    def _within(self, node: ast.expr, hold: int) -> str:
        text, holds = self.written(node)
        return text if holds >= hold else f"({text})"

    def _operation(self, node: ast.BinOp) -> Written:
        if type(node.op) in _SIGNS:
            sign, hold = _SIGNS[type(node.op)]
            return f"{self._within(node.left, hold)}{sign}{self._within(node.right, hold + 1)}", hold
        left, right = self._plain(node.left), self._plain(node.right)
        if isinstance(node.op, ast.FloorDiv):
            return f"INT({self._within(node.left, PRODUCT)}/{self._within(node.right, WHOLE)})", WHOLE
        if isinstance(node.op, ast.Mod):
            return f"MOD({left},{right})", WHOLE
        return _power(left, right), WHOLE

    def _signed(self, node: ast.UnaryOp) -> Written:
        if isinstance(node.op, ast.UAdd):
            return self.written(node.operand)
        return f"-{self._within(node.operand, WHOLE)}", LOOSE

    def _choice(self, node: ast.IfExp) -> str:
        test = self._condition(node.test) if isinstance(node.test, ast.Compare) else f"{self._plain(node.test)}<>0"
        return f"IF({test},{self._plain(node.body)},{self._plain(node.orelse)})"

    def _condition(self, node: ast.Compare) -> str:
        parts = [self._within(part, SUM) for part in (node.left, *node.comparators)]
        signs = [_COMPARED[type(sign)] for sign in node.ops]
        pairs = [f"{left}{sign}{right}" for left, sign, right in zip(parts, signs, parts[1:], strict=False)]
        return pairs[0] if len(pairs) == 1 else f"AND({','.join(pairs)})"

    def _call(self, node: ast.Call) -> str:
        return _FUNCTIONS[cast("ast.Name", node.func).id](*(self._plain(part) for part in node.args))


def _constant(value: float) -> str:
    return repr(value).removesuffix(".0").upper()


def _power(base: str, exponent: str) -> str:
    try:
        never_zero = float(exponent) != 0
    except ValueError:
        never_zero = False
    return f"POWER({base},{exponent})" if never_zero else f"IF({exponent}=0,1,POWER({base},{exponent}))"


def _rounded(value: str, digits: str = "0") -> str:
    if digits == "0":
        return f"IF(ABS({value}-TRUNC({value}))=0.5,2*ROUND(({value})/2,0),ROUND({value},0))"
    places = f"TRUNC({digits})"
    moved = f"({value})*POWER(10,{places})"
    half = f"2*ROUND({moved}/2,0)/POWER(10,{places})"
    return f"IF(ABS({moved}-TRUNC({moved}))=0.5,{half},ROUND({value},{places}))"


def _logarithm(value: str, base: str = "") -> str:
    return f"(LN({value})/LN({base}))" if base else f"LN({value})"


def _called(name: str) -> Callable[..., str]:
    return lambda *parts: f"{name}({','.join(parts)})"


_FUNCTIONS: dict[str, Callable[..., str]] = {
    "min": _called("MIN"),
    "max": _called("MAX"),
    "abs": _called("ABS"),
    "sqrt": _called("SQRT"),
    "exp": _called("EXP"),
    "round": _rounded,
    "log": _logarithm,
}


def _depth(written: str) -> int:
    deepest = depth = 0
    for sign in written:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    return deepest


def _too_long(formula: str) -> Problem:
    found = _("The formula “{formula}” is too long for a spreadsheet's cell.").format(formula=formula[:80])
    expected = _("at most {count} characters once written for a spreadsheet").format(count=LONGEST_FORMULA)
    return Problem(found, expected, _("Split it into several lines or assumptions."))
