"""Distributions: how each assumption is spread, read from its row."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.business_case.distribution_families import FAMILIES, Ends, Numbers
from workbench.business_case.drivers import base_values
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import number
from workbench.program import formulas

CONSTANT = "constant"


@dataclass(frozen=True)
class Distribution:
    """How one assumption is spread.

    Attributes
    ----------
    name : str
        The assumption, as formulas know it.
    kind : str
        A distribution of the table ``assumptions``, or `CONSTANT`.
    low, base, high : float
        NaN where the table has none.
    """

    name: str
    kind: str
    low: float
    base: float
    high: float

    @property
    def varies(self) -> bool:
        """Whether it takes more than one value."""
        return self.kind != CONSTANT

    def quantile(self, shares: Numbers) -> Numbers:
        """The values below which these shares of the distribution lie.

        Parameters
        ----------
        shares : ndarray of float
            Above 0 and below 1.

        Examples
        --------
        >>> Distribution("fee", "triangular", 2.0, 3.0, 4.0).quantile(np.array([0.125, 0.5])).tolist()
        [2.5, 3.0]
        """
        if not self.varies:
            return np.full(np.shape(shares), self.base)
        return FAMILIES[self.kind].quantiles(self._ends, np.asarray(shares, dtype=float))

    @property
    def mean(self) -> float:
        """The mean of the distribution."""
        return FAMILIES[self.kind].moments(self._ends)[0] if self.varies else self.base

    @property
    def standard_deviation(self) -> float:
        """The standard deviation of the distribution; 0 for a constant."""
        return FAMILIES[self.kind].moments(self._ends)[1] if self.varies else 0.0

    @property
    def _ends(self) -> Ends:
        return Ends(self.low, self.base, self.high)


def distributions(assumptions: pd.DataFrame) -> dict[str, Distribution]:
    """The distribution of each assumption, by the name that formulas know it by.

    An assumption without a distribution, or whose low and high are equal, is a constant at its base.

    Parameters
    ----------
    assumptions : DataFrame
        The table of this name; columns that are missing are empty.

    Raises
    ------
    DataError
        With every assumption whose figures are out of order, missing, or impossible for its distribution.

    Examples
    --------
    >>> rows = {"assumption_id": ["calls"], "low": [10.0], "base": [12.0], "high": [20.0], "distribution": ["pert"]}
    >>> distributions(pd.DataFrame(rows))["calls"].mean
    13.0
    """
    base = base_values(assumptions)
    spread = [_spread(row, base) for row in _completed(assumptions).to_dict("records")]
    problems = [problem for each in spread for problem in _wrong_with(each)]
    if problems:
        raise DataError(problems)
    return {each.name: each for each in spread}


def _completed(assumptions: pd.DataFrame) -> pd.DataFrame:
    return assumptions.reindex(columns=["assumption_id", "low", "high", "distribution"]).astype(
        {"low": float, "high": float}
    )


def _spread(row: dict[Any, Any], base: dict[str, float]) -> Distribution:
    name = formulas.normalised(str(row["assumption_id"]))
    low, high = float(row["low"]), float(row["high"])
    kind = "" if pd.isna(row["distribution"]) else str(row["distribution"])
    if kind == "bernoulli" and math.isnan(low) and math.isnan(high):
        low, high = 0.0, 1.0
    return Distribution(name, CONSTANT if not kind or low == high else kind, low, base[name], high)


def _wrong_with(spread: Distribution) -> list[Problem]:
    wrong = _wrong_order(spread) or (_wrong_figures(spread) if spread.varies else None)
    return [wrong] if wrong else []


def _wrong_order(spread: Distribution) -> Problem | None:
    # NaN compares as false, so that a figure which is missing is never out of order.
    if not (spread.low > spread.base or spread.base > spread.high or spread.low > spread.high):
        return None
    found = _("The assumption {name} has low {low}, base {base} and high {high}.").format(
        name=spread.name, low=number(spread.low, 6), base=number(spread.base, 6), high=number(spread.high, 6)
    )
    return Problem(found, _("low ≤ base ≤ high"), _("Put the three figures in order."))


def _wrong_figures(spread: Distribution) -> Problem | None:
    if spread.kind not in FAMILIES:
        found = _("The assumption {name} has the distribution {kind}, which is not known.")
        told = found.format(name=spread.name, kind=spread.kind)
        return Problem(told, _("one of {names}").format(names=", ".join(FAMILIES)), _("Correct it."))
    if math.isnan(spread.low) or math.isnan(spread.high):
        found = _("The assumption {name} has a distribution, but not both a low and a high value.")
        return Problem(
            found.format(name=spread.name), _("two numbers"), _("Fill them in, or leave distribution empty.")
        )
    if spread.kind == "lognormal" and spread.low <= 0:
        return _impossible(spread, _("values above 0"))
    if spread.kind == "beta" and not 0 < spread.low < spread.high < 1:
        return _impossible(spread, _("values above 0 and below 1"))
    return None


def _impossible(spread: Distribution, expected: str) -> Problem:
    found = _("The assumption {name} is {kind} between {low} and {high}.").format(
        name=spread.name, kind=spread.kind, low=number(spread.low, 6), high=number(spread.high, 6)
    )
    return Problem(found, expected, _("Correct the figures, or choose triangular or pert."))
