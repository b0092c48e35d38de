"""The text of a formula: taken apart and checked against what is arithmetic, never run."""

from __future__ import annotations

import ast
import difflib
import keyword
import unicodedata
import warnings
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any

from workbench import language
from workbench.errors import DataError, Problem
from workbench.language import gettext as _

Told = tuple[str, str, str]
"""What was found, what was expected, what to do."""

MAX_LENGTH = 1000
MAX_DEPTH = 100

ARGUMENTS = {
    "min": (2, MAX_LENGTH),
    "max": (2, MAX_LENGTH),
    "round": (1, 2),
    "abs": (1, 1),
    "sqrt": (1, 1),
    "exp": (1, 1),
    "log": (1, 2),
}
"""The functions that a formula can call, each with the least and the most figures that it takes."""

SIGNS: tuple[type[ast.AST], ...] = (
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.UAdd, ast.USub),
    *(ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq),
)
"""The signs that stand between figures, as Python's parser calls them."""


def is_name(text: str) -> bool:
    """Whether a formula can use this text as the name of an assumption.

    Examples
    --------
    >>> is_name("llamadas_por_año"), is_name("2nd_year"), is_name("min"), is_name("if")
    (True, False, False, False)
    """
    name = normalised(text)
    return text.isidentifier() and name.isidentifier() and not keyword.iskeyword(name) and name not in ARGUMENTS


def normalised(name: str) -> str:
    """The name as Python's parser reads it (Unicode NFKC), so that an accent typed in two ways is one name."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def names(formula: str) -> set[str]:
    """The assumptions that a formula uses, in their `normalised` form.

    Raises
    ------
    DataError
        When the formula cannot be read at all.

    Examples
    --------
    >>> sorted(names("calls * seconds / 3600 + max(fee, 100)"))
    ['calls', 'fee', 'seconds']
    """
    unreadable = _unreadable(formula)
    if unreadable:
        raise DataError(Problem(*unreadable))
    tree = _parsed(one_line(formula))
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called}


def problems(formula: str, known: Collection[str]) -> list[Told]:
    """All that is wrong with a formula.

    Parameters
    ----------
    formula : str
        What a person wrote.
    known : collection of str
        Names of the assumptions that there are.

    Returns
    -------
    list of (str, str, str)
        What was found, what was expected and what to do, in the language in use; empty when all is well.

    Examples
    --------
    >>> problems("calls * seconds", ["calls", "seconds"])
    []
    >>> found, expected, remedy = problems("call * 2", ["calls"])[0]
    >>> remedy
    'Did you mean calls? If not, add call to the assumptions.'
    """
    unreadable = _unreadable(formula)
    if unreadable:
        return [unreadable]
    text = one_line(formula)
    there = {normalised(name) for name in known}
    return list(dict.fromkeys(_wrong_in(_parsed(text).body, text, there)))


def tree(formula: str) -> ast.expr:
    """A formula without problems as Python's parser reads it, every number in floating point.

    Examples
    --------
    >>> ast.unparse(tree("calls * 2"))
    'calls * 2.0'
    """
    return _in_floats(one_line(formula))


def one_line(formula: str) -> str:
    """The formula without line breaks and odd spaces, which spreadsheet cells and web pages bring along."""
    return " ".join(formula.split())


def quoted(formula: str) -> str:
    """The formula as a message shows it: in quotation marks, cut where it is long."""
    shown = one_line(formula)
    return language.quoted(shown if len(shown) <= 80 else shown[:79] + "…")


@lru_cache(maxsize=1024)
def _in_floats(text: str) -> ast.expr:
    class Floats(ast.NodeTransformer):
        def visit_Constant(self, node: ast.Constant) -> ast.Constant:
            return ast.copy_location(ast.Constant(float(node.value)), node)  # type: ignore[arg-type]

    converted: ast.expr = Floats().visit(_parse(text).body)
    return converted


def _parse(text: str) -> ast.Expression:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, mode="eval")


@lru_cache(maxsize=1024)
def _parsed(text: str) -> ast.Expression:
    return _parse(text)


def _unreadable(formula: str) -> Told | None:
    """Why a formula cannot even be taken apart, if so."""
    text = one_line(formula)
    if not text:
        return _("The formula is empty."), _arithmetic(), _("Write a formula, or 0.")
    if len(text) > MAX_LENGTH:
        return _too_long(text)
    if text.startswith("="):
        found = _("The formula {formula} starts with =.").format(formula=quoted(text))
        return found, _arithmetic(), _("Leave out the = at the start.")
    if "#" in text:
        found = _("The formula {formula} holds the sign #.").format(formula=quoted(text))
        return found, _arithmetic(), _("Put notes into another column.")
    return _unparsable(text)


def _unparsable(text: str) -> Told | None:
    try:
        tree = _parsed(text)
    # The parser has its own limits, and each version of Python tells them by another error.
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        found = _("The formula {formula} cannot be read as arithmetic.").format(formula=quoted(text))
        remedy = _("Look for a missing sign or parenthesis; write 10% as 0.10 and a decimal comma as a point.")
        return found, _arithmetic(), remedy
    if _depth(tree) > MAX_DEPTH:
        found = _("The formula {formula} is too long a chain of operations.").format(formula=quoted(text))
        expected = _("at most {count} operations one upon another").format(count=MAX_DEPTH)
        return found, expected, _("Split it into several lines or assumptions.")
    return None


def _too_long(text: str) -> Told:
    found = _("The formula {formula} has {count} characters.").format(formula=quoted(text), count=len(text))
    expected = _("at most {count} characters").format(count=MAX_LENGTH)
    return found, expected, _("Split it into several lines or assumptions.")


def _depth(tree: ast.AST) -> int:
    deepest, waiting = 0, [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(child, depth + 1) for child in ast.iter_child_nodes(node)]
    return deepest


def _wrong_in(node: ast.expr, text: str, known: Collection[str]) -> Iterator[Told]:
    """What is wrong in this part of a formula; a refused part is told once, not piece by piece."""
    refusal = _refusal(node, text)
    if refusal:
        yield refusal
    elif isinstance(node, ast.Name):
        if node.id not in known:
            yield _unknown(node.id, text, known)
    else:
        for part in _operands(node):
            yield from _wrong_in(part, text, known)


def _operands(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        return node.args
    return [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]


def _refusal(node: ast.expr, text: str) -> Told | None:
    if isinstance(node, ast.Constant):
        return _refused_constant(node, text)
    if isinstance(node, ast.Call):
        return _refused_call(node, text)
    if isinstance(node, ast.Name):
        return _function_without_arguments(node, text)
    if isinstance(node, ast.IfExp) or (isinstance(node, _WITH_SIGNS) and all(map(_is_allowed, _signs(node)))):
        return None
    return _not_arithmetic(node, text)


_WITH_SIGNS = (ast.BinOp, ast.UnaryOp, ast.Compare)


def _signs(node: ast.expr) -> list[Any]:
    return list(node.ops) if isinstance(node, ast.Compare) else [node.op]  # type: ignore[attr-defined]


def _is_allowed(sign: Any) -> bool:
    return isinstance(sign, SIGNS)


def _refused_constant(node: ast.Constant, text: str) -> Told | None:
    if type(node.value) not in (int, float):
        return _not_arithmetic(node, text)
    if abs(node.value) > 1e300:  # type: ignore[arg-type]
        found = _("The formula {formula} holds a number that is too large.").format(formula=quoted(text))
        return found, _("amounts that can be paid"), _("Correct the number.")
    return None


def _refused_call(node: ast.Call, text: str) -> Told | None:
    if not isinstance(node.func, ast.Name) or node.keywords:
        return _not_arithmetic(node, text)
    name = node.func.id
    if name not in ARGUMENTS:
        found = _("The formula {formula} calls {name}, which is not a function here.")
        remedy = _meant(name, ARGUMENTS) or _advice(node)
        return found.format(formula=quoted(text), name=name), _functions(), remedy
    least, most = ARGUMENTS[name]
    if least <= len(node.args) <= most:
        return None
    found = _("The formula {formula} gives {count} figures to {name}.")
    expected = _("between {least} and {most}") if most < MAX_LENGTH else _("at least {least}")
    remedy = _("Separate figures by commas, and write decimals with a point.")
    return (
        found.format(formula=quoted(text), count=len(node.args), name=name),
        expected.format(least=least, most=most),
        remedy,
    )


def _function_without_arguments(node: ast.Name, text: str) -> Told | None:
    if node.id not in ARGUMENTS:
        return None
    found = _("The formula {formula} uses the function {name} without parentheses.")
    remedy = _("Write {name}(…).").format(name=node.id)
    return found.format(formula=quoted(text), name=node.id), _functions(), remedy


def _not_arithmetic(node: ast.expr, text: str) -> Told:
    piece = ast.get_source_segment(text, node) or text
    found = _("The formula {formula} holds {piece}, which is not arithmetic.")
    return found.format(formula=quoted(text), piece=quoted(piece)), _arithmetic(), _advice(node)


def _advice(node: ast.expr) -> str:
    if isinstance(node, ast.Tuple):
        return _("Write decimals with a point, and no thousands separators.")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
        return _("Write a power as **.")
    if isinstance(node, ast.BoolOp):
        return _("Multiply or add comparisons in place of and, or.")
    return _("Take it out, and write the formula with assumptions and numbers alone.")


def _unknown(name: str, text: str, known: Collection[str]) -> Told:
    found = _("The formula {formula} uses {name}, which is not an assumption.")
    meant = _meant(name, known)
    add = _("If not, add {name} to the assumptions.") if meant else _("Add {name} to the assumptions, or correct it.")
    remedy = " ".join(part for part in (meant, add.format(name=name)) if part)
    return found.format(formula=quoted(text), name=name), _("the id of an assumption"), remedy


def _meant(name: str, known: Collection[str]) -> str:
    by_lower_case = {candidate.casefold(): candidate for candidate in known}
    close = difflib.get_close_matches(name.casefold(), by_lower_case, n=1)
    return _("Did you mean {name}?").format(name=by_lower_case[close[0]]) if close else ""


def _arithmetic() -> str:
    told = _("numbers and assumptions with + - * / // % **, parentheses, comparisons, if else, and {names}")
    return told.format(names=", ".join(ARGUMENTS))


def _functions() -> str:
    return _("one of the functions {names}").format(names=", ".join(ARGUMENTS))
