"""The smallest change of weights at which another alternative draws level with the first: exact, on the simplex."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.errors import DataError, Problem
from workbench.language import gettext as _

Numbers: TypeAlias = NDArray[np.float64]
CEILING = ""
"""In place of a challenger: the first itself drops out, because it passes a ceiling."""


@dataclass(frozen=True)
class NearestWeights:
    """The nearest weights at which another draws level with the first.

    Attributes
    ----------
    challenger : str
        Which draws level; `CEILING` when the first passes a ceiling instead.
    distance : float
        Share of the weight that moves from some criteria to others: the total variation distance between the given and
        the new weights, which is half of the sum of the absolute differences. 0 when they are level already.
    given, new : Series
        Weights per criterion, summing to 1.
    """

    challenger: str
    distance: float
    given: pd.Series
    new: pd.Series

    @property
    def gives(self) -> dict[str, float]:
        """What loses weight, and how much of it."""
        lost = (self.given - self.new).round(9)
        return {str(name): float(share) for name, share in lost.items() if share > 0}

    @property
    def takes(self) -> dict[str, float]:
        """What gains weight, and how much."""
        gained = (self.new - self.given).round(9)
        return {str(name): float(share) for name, share in gained.items() if share > 0}


def smallest_change(utilities: pd.DataFrame, weights: pd.Series, first: str) -> NearestWeights | None:
    """The smallest change of weights at which another alternative of an additive model draws level with the first.

    Parameters
    ----------
    utilities : DataFrame
        A row per alternative and a column per criterion; higher is better. The score is their weighted sum.
    weights : Series
        Given weights per criterion, zero or more; brought to a sum of 1.
    first : str
        The alternative in first place.

    Returns
    -------
    NearestWeights or None
        None when no weights do it.

    Raises
    ------
    DataError
        When a figure is missing or all weights are zero.

    Notes
    -----
    For one challenger the gap g·w to the first must fall to zero. Weight moved from criterion j to the one on which the
    first stands worst against the challenger, k, lowers the gap by g_j − g_k a unit: so it is taken from the criteria
    with the largest g_j first. That is the optimum of the linear programme, in closed form.

    Examples
    --------
    >>> utilities = pd.DataFrame({"gain": [1.0, 0.0], "ease": [0.0, 1.0]}, index=["A", "B"])
    >>> smallest_change(utilities, pd.Series({"gain": 0.7, "ease": 0.3}), "A").distance.__round__(9)
    0.2
    """
    given = _normalised(utilities, weights)
    rows = utilities.to_numpy(dtype=float)
    own = utilities.loc[first].to_numpy(dtype=float)
    found = [
        (str(name), _nearest(own - row, given.to_numpy()))
        for name, row in zip(utilities.index, rows, strict=True)
        if name != first
    ]
    return _least(found, given)


def smallest_change_within(
    utilities: pd.DataFrame, amounts: pd.DataFrame, weights: pd.Series, first: str, ceiling: float
) -> NearestWeights | None:
    """As `smallest_change`, where the weighted amount of a challenger must keep to a ceiling, and so must the first's.

    Parameters
    ----------
    utilities, weights, first
        As in `smallest_change`.
    amounts : DataFrame
        Like `utilities`: what the ceiling is for.
    ceiling : float
        Highest weighted amount.
    """
    given = _normalised(utilities, weights)
    own, limit = utilities.loc[first].to_numpy(), ceiling - amounts
    found = [(CEILING, _nearest(limit.loc[first].to_numpy(), given.to_numpy()))]
    for name in utilities.index.drop(first):
        constraints = np.array([own - utilities.loc[name].to_numpy(), -limit.loc[name].to_numpy()])
        found.append((str(name), _nearest_of_several(constraints, given.to_numpy())))
    return _least(found, given)


def smallest_change_of_ratios(
    dividends: pd.Series, divisors: pd.DataFrame, weights: pd.Series, first: str, floor: float
) -> NearestWeights | None:
    """As `smallest_change`, where the score is a fixed amount divided by a weighted sum, which counts from a floor up.

    Parameters
    ----------
    dividends : Series
        Amount per alternative, zero or more.
    divisors : DataFrame
        A row per alternative and a column per criterion; the weighted sum is what the amount is divided by.
    weights, first
        As in `smallest_change`.
    floor : float
        Lowest divisor, above zero: a lower weighted sum counts as this.

    Notes
    -----
    The challenger is level when dividend × the first's divisor reaches the first's dividend × its own divisor. Each
    divisor is the higher of two straight lines in the weights: the challenger's has to keep under the limit by both,
    the first's may reach it by either.

    Examples
    --------
    >>> divisors = pd.DataFrame({"effort": [10.0, 40.0], "limits": [50.0, 20.0]}, index=["A", "B"])
    >>> weights = pd.Series({"effort": 0.75, "limits": 0.25})
    >>> dividends = pd.Series({"A": 60.0, "B": 60.0})
    >>> smallest_change_of_ratios(dividends, divisors, weights, "A", 1.0).distance.__round__(9)
    0.25
    """
    given = _normalised(divisors, weights)
    own, least = divisors.loc[first].to_numpy(dtype=float), np.full(len(given), floor)
    found = []
    for name in divisors.index.drop(first):
        theirs = divisors.loc[name].to_numpy(dtype=float)
        for limit in (own, least):
            gaps = np.array([dividends[first] * end - dividends[name] * limit for end in (theirs, least)])
            found.append((str(name), _nearest_of_several(gaps, given.to_numpy())))
    return _least(found, given)


def _nearest(gaps: Numbers, weights: Numbers) -> Numbers | None:
    """The nearest weights at which the weighted sum of the gaps is not above zero."""
    gaps, new = _without_noise(gaps), weights.copy()
    worst = int(np.argmin(gaps))
    if gaps[worst] > 0:
        return None
    for place in np.argsort(-gaps, kind="stable"):
        gap = float(new @ gaps)
        if gap <= 0:
            break
        if gaps[place] > gaps[worst]:
            moved = min(new[place], gap / (gaps[place] - gaps[worst]))
            new[place] -= moved
            new[worst] += moved
    return new


def _nearest_of_several(constraints: Numbers, weights: Numbers) -> Numbers | None:
    """The nearest weights at which several weighted sums are not above zero, by linear programming."""
    from scipy.optimize import linprog

    constraints = _without_noise(constraints)
    if (constraints @ weights <= 0).all():
        return weights
    if (constraints.min(axis=1) > 0).any():
        return None
    if (constraints[1:] @ weights <= 0).all():
        alone = _nearest(constraints[0], weights)
        if alone is None or (constraints @ alone <= 1e-9).all():
            return alone
    count = len(weights)
    gained = np.hstack([np.eye(count), -np.eye(count)])  # new − gained <= given
    bounds = np.vstack([gained, np.hstack([constraints, np.zeros_like(constraints)])])
    limits = np.concatenate([weights, np.zeros(len(constraints))])
    sums = np.concatenate([np.ones(count), np.zeros(count)])[None, :]
    found = linprog(np.concatenate([np.zeros(count), np.ones(count)]), bounds, limits, sums, [1.0], method="highs")
    return np.asarray(found.x[:count]) if found.status == 0 else None


def _without_noise(gaps: Numbers) -> Numbers:
    """What is zero but for the last digits of a subtraction is zero: there the two are level."""
    return np.asarray(np.where(np.abs(gaps) < 1e-12 * np.abs(gaps).max(), 0.0, gaps))


def _least(found: list[tuple[str, Numbers | None]], given: pd.Series) -> NearestWeights | None:
    """The nearest of all; the first in the list where several are equally near."""
    changes = [
        NearestWeights(
            name, float(np.abs(new - given.to_numpy()).sum() / 2), given, pd.Series(new, index=given.index, dtype=float)
        )
        for name, new in found
        if new is not None
    ]
    return min(changes, key=lambda change: round(change.distance, 9), default=None)


def _normalised(utilities: pd.DataFrame, weights: pd.Series) -> pd.Series:
    given = weights.reindex(utilities.columns).astype(float)
    sound = bool(np.isfinite(given).all()) and bool((given >= 0).all()) and float(given.sum()) > 0
    if not sound or utilities.isna().any(axis=None):
        found = _("A weight or a figure is missing, or all weights are zero.")
        raise DataError(Problem(found, _("a figure and a weight for each criterion"), _("Enter what is missing.")))
    return given / given.sum()
