"""Hit rates compared: with chance, which is known exactly, and with another method for the same customers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr
from scipy.stats import binomtest

from workbench.customers.retention_shares import normal_quantile

Floats = NDArray[np.float64]


def chance_of_a_hit(choices: Floats, wanted: Floats, most: int) -> Floats:
    """The chance that so many products drawn from a customer's choices hold one of those wanted, exactly.

    Examples
    --------
    >>> chance_of_a_hit(np.array([10.0]), np.array([1.0]), 3).round(12).tolist()
    [0.3]
    """
    none = choices - wanted
    possible = none >= most
    room = np.where(possible, none - most, 0.0)
    log_miss = gammaln(none + 1) - gammaln(room + 1) - gammaln(choices + 1) + gammaln(np.maximum(choices - most, 0) + 1)
    return np.where(possible, 1 - np.exp(log_miss), (wanted > 0).astype(float))


def difference_of_pairs(only_one: int, only_other: int, total: int, confidence: float) -> tuple[float, float]:
    """The interval of the difference of two shares of the same customers.

    Notes
    -----
    D. G. Bonett and R. M. Price (2012), Adjusted Wald confidence interval for a difference of binomial proportions
    based on paired data, *Journal of Educational and Behavioral Statistics* 37(4).
    """
    one, other = (only_one + 1) / (total + 2), (only_other + 1) / (total + 2)
    half = normal_quantile(confidence) * float(np.sqrt((one + other - (one - other) ** 2) / (total + 2)))
    return max(one - other - half, -1.0), min(one - other + half, 1.0)


def against_popular(cells: pd.DataFrame, confidence: float) -> dict[str, Any]:
    """The paired difference to popularity; the p-value is McNemar's, exact."""
    hit, popular, count = cells["hit"].to_numpy(bool), cells["popular_hit"].to_numpy(bool), cells["customers"]
    only, other, total = int(count[hit & ~popular].sum()), int(count[~hit & popular].sum()), int(count.sum())
    low, high = difference_of_pairs(only, other, total, confidence)
    p_value = float(binomtest(only, only + other).pvalue) if only + other else 1.0
    return _difference("popular", (only - other) / total, low, high, p_value)


def against_chance(cells: pd.DataFrame, chances: Floats, confidence: float) -> dict[str, Any]:
    """The difference to chance, which is known exactly for each customer."""
    count, less = cells["customers"].to_numpy(float), cells["hit"].to_numpy(float) - chances
    total = count.sum()
    mean = float(count @ less / total)
    error = float(np.sqrt(count @ (less - mean) ** 2 / max(total - 1, 1) / total))
    half = normal_quantile(confidence) * error
    expected = float(count @ chances)
    spread = float(np.sqrt(count @ (chances * (1 - chances))))
    z = abs(float(count @ cells["hit"].to_numpy(float)) - expected) / spread if spread > 0 else 0.0
    return _difference("chance", mean, mean - half, mean + half, 2 * float(ndtr(-z)))


def _difference(against: str, difference: float, low: float, high: float, p_value: float) -> dict[str, Any]:
    finding = "better" if low > 0 else "worse" if high < 0 else "not_shown"
    ends = {"low": low, "high": high, "p_value": p_value, "finding": finding}
    return {"against": against, "difference": difference, **ends}
