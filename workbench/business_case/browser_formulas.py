"""A line's formula as a Vega expression, which a browser computes: the same arithmetic, operation by operation."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from workbench.errors import DataError, Problem
from workbench.program import formulas
from workbench.program.formula_text import tree

NO_VALUE = "NaN"
"""What stands for a value that Python refuses to give; whatever is computed with it is no value either."""

_COMPARED: dict[type[ast.AST], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_SIGNS: dict[type[ast.AST], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
EXACT_POWERS = 22
"""The largest power of ten that floating point holds exactly."""
WHOLE_FROM = 2.0**52
"""From here on every floating-point number is a whole one."""
_ATOM = re.compile(r"\(?-?(?:[a-z]\w*|\d[\d.e+-]*)\)?")
SPLITTER = 2.0**27 + 1
"""Parts a floating-point number into two halves whose products are exact (Veltkamp)."""


@dataclass(frozen=True)
class Translated:
    """A formula for a browser.

    Attributes
    ----------
    steps : tuple of (str, str)
        Name and expression of what is computed before, in this order: each uses only figures and earlier steps.
    value : str
        Expression of the formula's value; not a number where Python gives none.
    """

    steps: tuple[tuple[str, str], ...]
    value: str


def in_browser(formula: str, figures: Mapping[str, str], prefix: str = "n") -> Translated:
    """A formula of the program as Vega expressions.

    Division by zero, overflow, roots and logarithms that do not exist are no value, and stay none to the end, as Python
    stops at them; the branch of a choice that is not taken is not looked at. Nothing of what a person wrote is in the
    expressions: only numbers, the given figures, the steps' names and a fixed vocabulary.

    Parameters
    ----------
    formula : str
        What a person wrote.
    figures : mapping of str to str
        What stands for each assumption: the name of a signal, or a number as `literal` writes it.
    prefix : str
        How the names of the steps begin.

    Raises
    ------
    DataError
        When the formula is refused.

    Examples
    --------
    >>> in_browser("calls * share", {"calls": "p0", "share": "0.5"}).value
    '((p0*0.5)%(1/0))'
    """
    wrong = formulas.problems(formula, figures)
    if wrong:
        raise DataError(Problem(*told) for told in wrong)
    writer = _Writer({formulas.normalised(name): figure for name, figure in figures.items()}, prefix)
    value = writer.written(tree(formula))
    return Translated(tuple(writer.steps), value)


def literal(value: float) -> str:
    """A finite number as an expression writes it, in parentheses where it is negative.

    Examples
    --------
    >>> literal(0.1), literal(-3.0), literal(1e22)
    ('0.1', '(-3)', '1e+22')
    """
    text = repr(float(value)).removesuffix(".0")
    return f"({text})" if text.startswith("-") else text


def _finite(expression: str) -> str:
    # A remainder by infinity is the number itself, and none for an infinite one.
    return f"(({expression})%(1/0))"


class _Writer:
    """Writes the parts of a formula; the whole was checked before."""

    def __init__(self, figures: Mapping[str, str], prefix: str) -> None:
        self._figures, self._prefix = figures, prefix
        self.steps: list[tuple[str, str]] = []

    def written(self, node: ast.expr) -> str:
        kinds: dict[type[ast.expr], Callable[..., str]] = {
            ast.Constant: lambda node: literal(node.value),
            ast.Name: lambda node: self._figures[node.id],
            ast.BinOp: self._operation,
            ast.UnaryOp: self._signed,
            ast.Compare: lambda node: self._compared(node.left, node.ops, node.comparators),
            ast.IfExp: self._choice,
            ast.Call: self._call,
        }
        return kinds[type(node)](node)

    def _step(self, expression: str) -> str:
        """A name for an expression that is used more than once; a number or a name stands for itself."""
        if _ATOM.fullmatch(expression):
            return expression
        name = f"{self._prefix}{len(self.steps)}"
        self.steps.append((name, expression))
        return name

    def _operation(self, node: ast.BinOp) -> str:
        if type(node.op) in _SIGNS:
            return _finite(f"{self.written(node.left)}{_SIGNS[type(node.op)]}{self.written(node.right)}")
        left, right = self._step(self.written(node.left)), self._step(self.written(node.right))
        if isinstance(node.op, ast.FloorDiv):
            return self._whole_quotient(left, right)
        if isinstance(node.op, ast.Mod):
            rest = self._step(f"({left}%{right})")
            return f"({_other_sign(rest, right)}?{rest}+{right}:{rest})"
        # To the power of 0 everything is 1 for a browser, what has no value too.
        return _finite(f"pow({left},{right})+0*{left}")

    def _whole_quotient(self, left: str, right: str) -> str:
        """As Python does it: from the exact remainder, so that no rounding of the quotient passes a whole number."""
        rest = self._step(f"({left}%{right})")
        quotient = self._step(f"(({left}-{rest})/{right}-({_other_sign(rest, right)}?1:0))")
        return _finite(f"floor({quotient})+({quotient}-floor({quotient})>0.5?1:0)")

    def _signed(self, node: ast.UnaryOp) -> str:
        operand = self.written(node.operand)
        return f"(-{operand})" if isinstance(node.op, ast.USub) else operand

    def _compared(self, first: ast.expr, signs: Sequence[ast.cmpop], others: Sequence[ast.expr]) -> str:
        """1 or 0; what stands further right counts only where all was true so far."""
        left, right = self._step(self.written(first)), self._step(self.written(others[0]))
        rest = self._compared(others[0], signs[1:], others[1:]) if len(signs) > 1 else "1"
        return f"(({left}{_COMPARED[type(signs[0])]}{right}?{rest}:0)+0*{left}+0*{right})"

    def _choice(self, node: ast.IfExp) -> str:
        test = self._step(self.written(node.test))
        return f"(({test}!=0?{self.written(node.body)}:{self.written(node.orelse)})+0*{test})"

    def _call(self, node: ast.Call) -> str:
        name, parts = cast("ast.Name", node.func).id, [self.written(part) for part in node.args]
        if name == "round":
            return self._rounded(self._step(parts[0]), parts[1] if len(parts) > 1 else "0")
        if name == "log":
            logarithms = [_finite(f"log({part})") for part in parts]
            return _finite("/".join(logarithms)) if len(parts) > 1 else logarithms[0]
        return _finite(f"{name}({','.join(parts)})")

    def _rounded(self, value: str, digits: str) -> str:
        """Rounded to the nearest as the exact number stands in binary, halves to the even neighbour."""
        size, known = self._step(f"abs({value})"), _whole_number(digits)
        if known is not None:
            places = literal(known)
            rounded = self._to_places(size, places) if known > 0 else self._to_powers(size, places)
        else:
            digits = self._step(digits)
            places = self._step(f"({digits}<0?ceil({digits}):floor({digits}))")
            rounded = f"({places}>0?{self._to_places(size, places)}:{self._to_powers(size, places)})"
        return _finite(f"({value}<0?-1:1)*{rounded}+0*{places}")

    def _to_places(self, size: str, places: str) -> str:
        """To decimals. What the product with a power of ten loses is found exactly (Dekker), and decides halves."""
        power = self._step(_power_of_ten(places))
        product = self._step(f"({size}*{power})")
        (high, low), (high_power, low_power) = self._halves(size), self._halves(power)
        lost = self._step(f"(({high}*{high_power}-{product}+{high}*{low_power}+{low}*{high_power})+{low}*{low_power})")
        whole = self._step(f"floor({product})")
        beyond = self._step(f"(({product}-{whole}-0.5)+{lost})")
        up = f"({beyond}>0||({beyond}==0&&{whole}%2==1)?1:0)"
        return f"({product}<{literal(WHOLE_FROM)}?({whole}+{up})/{power}:{size})"

    def _halves(self, number: str) -> tuple[str, str]:
        spread = self._step(f"({literal(SPLITTER)}*{number})")
        high = self._step(f"({spread}-({spread}-{number}))")
        return high, self._step(f"({number}-{high})")

    def _to_powers(self, size: str, places: str) -> str:
        """To ones, tens, hundreds: the remainder is exact."""
        unit = self._step(_power_of_ten(_negative(places)))
        rest = self._step(f"({size}%{unit})")
        below = self._step(f"({size}-{rest})")
        is_up = f"{rest}>{unit}/2||({rest}=={unit}/2&&({below}/{unit})%2==1)"
        return f"({is_up}?{below}+{unit}:{below})"


def _other_sign(rest: str, divisor: str) -> str:
    return f"({rest}!=0&&({rest}<0)!=({divisor}<0))"


def _negative(places: str) -> str:
    known = _whole_number(places)
    return f"(-{places})" if known is None else literal(0.0 - known)


def _whole_number(digits: str) -> float | None:
    """How many digits, where that is a number; None where it is computed too."""
    try:
        return float(int(float(digits.removeprefix("(").removesuffix(")"))))
    except ValueError:
        return None


def _power_of_ten(exponent: str) -> str:
    known = _whole_number(exponent)
    if known is not None and 0 <= known <= EXACT_POWERS:
        return literal(10.0**known)
    exact = ",".join(literal(10.0**power) for power in range(EXACT_POWERS + 1))
    return f"({exponent}>=0&&{exponent}<={EXACT_POWERS}?[{exact}][{exponent}]:pow(10,{exponent}))"
