"""Correlation: which assumptions move together, and the nearest that is possible where what was asked for is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.business_case.distribution_families import Numbers
from workbench.business_case.distributions import distributions
from workbench.business_case.nearest_correlation import is_possible, nearest_correlation
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import listed, ngettext, number
from workbench.program import formulas
from workbench.results import Result

NOTICED = 0.005
"""Change of a correlation from which it is told."""
COLUMNS = ["first", "second", "asked", "used", "change"]


@dataclass(frozen=True, eq=False)
class Correlations(Result):
    """How the assumptions that vary move together.

    Attributes
    ----------
    names : tuple of str
        The assumptions that vary.
    normal_scores : ndarray, shape (n, n)
        Correlations of the normal scores to draw with: those asked for where they are possible, else the nearest.
    pairs : DataFrame
        first, second, asked, used, change: rank correlations of the pairs that were asked for, and of those others
        that the nearest possible matrix moves.
    possible : bool
        Whether what was asked for is possible.
    without_effect : tuple of str
        Assumptions whose correlation says nothing, because one of the two does not vary.
    """

    names: tuple[str, ...]
    normal_scores: Numbers
    pairs: pd.DataFrame
    possible: bool
    without_effect: tuple[str, ...]

    @property
    def independent(self) -> bool:
        """Whether no assumption that varies moves with another."""
        return not np.triu(self.normal_scores, 1).any()

    def to_frame(self) -> pd.DataFrame:
        """The pairs."""
        return self.pairs

    @property
    def conclusion(self) -> str:
        """How many pairs move together, and whether that is possible."""
        asked = int(self.pairs["asked"].ne(0).sum())
        if not asked:
            return _("The assumptions are taken as independent of one another.")
        if not self.possible:
            told = _("These correlations cannot all hold at once: {pairs}. The nearest that can are: {nearest}.")
            return told.format(pairs=self._told("asked"), nearest=self._told("used"))
        told = ngettext(
            "{count} pair of assumptions moves together: {pairs}.",
            "{count} pairs of assumptions move together: {pairs}.",
            asked,
        )
        return told.format(count=asked, pairs=self._told("asked"))

    def _told(self, column: str) -> str:
        rows = self.pairs if self.possible else self.pairs[self.pairs["change"].abs() > NOTICED]
        told = _("{first} with {second}: {figure}")
        return listed(
            [
                told.format(first=row["first"], second=row["second"], figure=number(row[column], 2))
                for row in rows.to_dict("records")
            ]
        )

    def accepted(self, accept_nearest: bool) -> Correlations:
        """These correlations, where they are possible or the nearest possible ones will do.

        Raises
        ------
        DataError
            When they are not possible and the nearest are not accepted; told are the pairs, and the nearest.
        """
        if self.possible or accept_nearest:
            return self
        found = _("These correlations cannot all hold at once: {pairs}.").format(pairs=self._told("asked"))
        expected = _("correlations of which each leaves room for the others; a pair that is not given has 0")
        remedy = _("Change them, or accept the nearest that can hold: {pairs}.").format(pairs=self._told("used"))
        raise DataError(Problem(found, expected, remedy))


def correlations(assumptions: pd.DataFrame) -> Correlations:
    """How the assumptions that vary move together.

    The column ``correlation`` is a rank correlation (Spearman's), which does not depend on how the two are spread. They
    are drawn with a Gaussian copula whose normal scores are correlated by 2 sin(π ρ / 6).

    Parameters
    ----------
    assumptions : DataFrame
        The table of this name.

    Raises
    ------
    DataError
        With every correlation that names no other assumption, has no figure, or contradicts another.

    Examples
    --------
    >>> rows = {"assumption_id": ["a", "b"], "low": [1.0, 1.0], "base": [2.0, 2.0], "high": [3.0, 3.0]}
    >>> rows |= {"distribution": ["pert", "pert"], "correlated_with": ["b", ""], "correlation": [0.5, None]}
    >>> correlations(pd.DataFrame(rows)).conclusion
    '1 pair of assumptions moves together: a with b: 0.5.'
    """
    names = tuple(name for name, spread in distributions(assumptions).items() if spread.varies)
    asked = _asked(assumptions)
    matrix = np.eye(len(names))
    for (first, second), correlation in asked.items():
        if first in names and second in names:
            at = names.index(first), names.index(second)
            matrix[at] = matrix[at[::-1]] = 2 * np.sin(np.pi / 6 * correlation)
    possible = not names or is_possible(matrix)
    used = matrix if possible else nearest_correlation(matrix)
    idle = tuple(pair[0] for pair in asked if not set(pair) <= set(names))
    return Correlations(names, used, _pairs(names, matrix, used), possible, idle)


def _pairs(names: tuple[str, ...], matrix: Numbers, used: Numbers) -> pd.DataFrame:
    asked, drawn = (6 / np.pi * np.arcsin(scores / 2) for scores in (matrix, used))
    told = np.triu((asked != 0) | (np.abs(drawn - asked) > NOTICED), 1)
    rows = [
        (names[first], names[second], asked[first, second], drawn[first, second]) for first, second in np.argwhere(told)
    ]
    frame = pd.DataFrame(rows, columns=COLUMNS[:-1]).astype({"asked": float, "used": float})
    return frame.assign(change=frame["used"] - frame["asked"])


def _asked(assumptions: pd.DataFrame) -> dict[tuple[str, str], float]:
    """The rank correlation of each pair that was asked for, in the order of the rows."""
    wanted = ["assumption_id", "correlated_with", "correlation"]
    rows = assumptions.reindex(columns=wanted).to_dict("records")
    known = {formulas.normalised(str(row["assumption_id"])) for row in rows}
    asked: dict[tuple[str, str], float] = {}
    problems: list[Problem] = []
    for row in rows:
        if pd.isna(row["correlated_with"]) or not str(row["correlated_with"]):
            continue
        first, second = (formulas.normalised(str(row[name])) for name in wanted[:2])
        wrong = _wrong_with(row, first, second, known, asked.get((second, first)))
        if wrong:
            problems.append(wrong)
        elif (second, first) not in asked:
            asked[first, second] = float(row["correlation"])
    if problems:
        raise DataError(problems)
    return asked


def _wrong_with(row: dict[Any, Any], first: str, second: str, known: set[str], other: float | None) -> Problem | None:
    figure = row["correlation"]
    if second not in known or first == second:
        found = _("The assumption {name} moves with {other}.").format(name=first, other=second)
        return Problem(found, _("the id of another assumption"), _("Correct correlated_with."))
    if pd.isna(figure) or not -1 <= figure <= 1:
        found = _("The assumption {name} moves with {other}, but how closely is not told.")
        return Problem(found.format(name=first, other=second), _("a number from −1 to 1"), _("Fill in correlation."))
    if other is not None and other != figure:
        found = _("The assumptions {name} and {other} are given two correlations, {one} and {two}.").format(
            name=second, other=first, one=number(other), two=number(figure)
        )
        return Problem(found, _("one correlation for each pair"), _("Keep one of them."))
    return None
