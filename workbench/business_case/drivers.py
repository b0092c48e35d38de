"""Drivers: the assumptions' values, and the monthly amount that each cost and benefit line draws from them."""

from __future__ import annotations

import math

import pandas as pd

from workbench import language
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.program import formulas

KEYS = ("line_id", "cost_id", "benefit_id")


def base_values(assumptions: pd.DataFrame) -> dict[str, float]:
    """The base value of each assumption, by the name that formulas know it by.

    Parameters
    ----------
    assumptions : DataFrame
        The table ``assumptions``: ``assumption_id`` and ``base``.

    Raises
    ------
    DataError
        When an assumption has no base value, a name that no formula can use, or a name that is there twice.

    Examples
    --------
    >>> base_values(pd.DataFrame({"assumption_id": ["calls", "fee"], "base": [1200.0, 3.5]}))
    {'calls': 1200.0, 'fee': 3.5}
    """
    values: dict[str, float] = {}
    problems: list[Problem] = []
    for written, base in zip(assumptions["assumption_id"].astype(str), assumptions["base"].astype(float), strict=True):
        name = formulas.normalised(written)
        problems += _wrong_with(name, base, name in values)
        values[name] = float(base)
    if problems:
        raise DataError(problems)
    return values


def line_amounts(lines: pd.DataFrame, values: dict[str, float]) -> pd.Series[float]:
    """The full amount a month of each cost or benefit line.

    Parameters
    ----------
    lines : DataFrame
        The table ``costs`` or ``benefits``: its key and ``formula``.
    values : dict of str to float
        The assumptions, as `base_values` gives them.

    Returns
    -------
    Series of float
        In the currency of the program, a month, by line.

    Raises
    ------
    DataError
        With every line that fails.

    Examples
    --------
    >>> lines = pd.DataFrame({"cost_id": ["C-1"], "formula": ["licences * fee"]})
    >>> line_amounts(lines, {"licences": 40, "fee": 90.0}).to_dict()
    {'C-1': 3600.0}
    """
    ids = lines[key_of(lines)].astype(str)
    amounts: list[float] = []
    problems: list[Problem] = []
    for line_id, formula in zip(ids, lines["formula"].astype(str), strict=True):
        try:
            amounts.append(line_amount(line_id, formula, values))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return pd.Series(amounts, index=pd.Index(ids, dtype=object), name="amount", dtype=float)


def line_amount(line_id: str, formula: str, values: dict[str, float]) -> float:
    """The full amount a month of one line.

    Raises
    ------
    DataError
        When its formula fails or gives less than zero; every problem names the line.
    """
    try:
        amount = formulas.evaluate(formula, values)
    except DataError as error:
        raise DataError(in_line(line_id, problem) for problem in error.problems) from None
    if amount < 0:
        raise DataError(in_line(line_id, _negative(formula, amount)))
    return amount


def in_line(line_id: str, problem: Problem) -> Problem:
    """What is wrong with a line's formula, with the line named.

    Examples
    --------
    >>> in_line("C-1", Problem("“fee / 0” divides by zero.")).found
    'Line C-1: “fee / 0” divides by zero.'
    """
    found = _("Line {line}: {problem}").format(line=line_id, problem=problem.found)
    return Problem(found, problem.expected, problem.remedy, problem.where)


def key_of(lines: pd.DataFrame) -> str:
    """The name of the column that holds the ids of cost or benefit lines."""
    return next(name for name in KEYS if name in lines.columns)


def _wrong_with(name: str, base: float, is_double: bool) -> list[Problem]:
    problems = []
    if is_double:
        found = _("The assumption {name} is there twice.").format(name=name)
        problems.append(Problem(found, _("one row for each assumption"), _("Remove or rename one of them.")))
    if not formulas.is_name(name):
        found = _("No formula can use the name {name}.").format(name=name)
        problems.append(Problem(found, _("letters, digits and _, not starting with a digit"), _("Rename it.")))
    if not math.isfinite(base):
        found = _("The assumption {name} has no base value.").format(name=name)
        problems.append(Problem(found, _("a number"), _("Give the most likely value in the column base.")))
    return problems


def _negative(formula: str, amount: float) -> Problem:
    found = _("The formula “{formula}” gives {amount} a month.").format(formula=formula, amount=language.number(amount))
    remedy = _("Enter costs and benefits as positive amounts; enter a lost benefit as a cost.")
    return Problem(found, _("an amount of 0 or more"), remedy)
