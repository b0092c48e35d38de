"""Counted shares and how surely they are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]

CONFIDENCE = 0.95


def normal_quantile(confidence: float) -> float:
    """The standard normal quantile of a two-sided interval."""
    return float(ndtri((1 + confidence) / 2))


def wilson(count: ArrayLike, total: ArrayLike, confidence: float = CONFIDENCE) -> tuple[Floats, Floats]:
    """The interval of shares, each from how many of so many; not a number where there are none.

    Parameters
    ----------
    count, total : array-like
        Of the same shape.
    confidence : float
        Of the interval.

    Notes
    -----
    E. B. Wilson (1927), Probable inference, the law of succession, and statistical inference, *Journal of the American
    Statistical Association* 22, 209-212.

    Examples
    --------
    >>> low, high = wilson([10], [10])
    >>> round(float(low[0]), 4), float(high[0])
    (0.7225, 1.0)
    """
    k, n = np.asarray(count, dtype=float), np.asarray(total, dtype=float)
    z = normal_quantile(confidence)
    n = np.where(n > 0, n, np.nan)
    share = k / n
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    middle, scale = share + z**2 / (2 * n), 1 + z**2 / n
    low, high = (middle - half) / scale, (middle + half) / scale
    return np.where(k == 0, np.minimum(n, 0.0), low), np.where(k == n, np.minimum(n, 1.0), high)
