"""Families of distributions: quantiles and moments of each, from a low, a base and a high value."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbench.errors import DataError, Problem
from workbench.language import gettext as _

Numbers: TypeAlias = NDArray[np.float64]
Moments: TypeAlias = tuple[float, float]
"""Mean and standard deviation."""

LOW_SHARE, HIGH_SHARE = 0.05, 0.95
"""Percentiles that low and high are of a normal, lognormal, beta or discrete distribution."""
Z = 1.6448536269514722
"""Standard normal quantile of `HIGH_SHARE`."""
PERT_WEIGHT = 4.0
"""How much the most likely value weighs against each end in a PERT distribution (λ)."""
OUTER_SHARE = 0.185
"""Weight of low and of high in a discrete distribution; base has the rest (Pearson and Tukey, extended)."""
FARTHEST, PIECES = 7.5, 4096
"""Standard normal quantiles between which a beta's quantiles are tabulated, and in how many pieces."""


class Ends(NamedTuple):
    """What a person tells of an assumption."""

    low: float
    base: float
    high: float

    @property
    def width(self) -> float:
        """From low to high."""
        return self.high - self.low

    @property
    def place(self) -> float:
        """Where base lies on the way from low to high, from 0 to 1."""
        return (self.base - self.low) / self.width


class Family(NamedTuple):
    """A family of distributions: its quantiles at shares above 0 and below 1, and its moments."""

    quantiles: Callable[[Ends, Numbers], Numbers]
    moments: Callable[[Ends], Moments]


def _triangular(ends: Ends, shares: Numbers) -> Numbers:
    below = ends.place
    rising = ends.low + ends.width * np.sqrt(shares * below)
    return np.where(shares < below, rising, ends.high - ends.width * np.sqrt((1 - shares) * (1 - below)))


def _triangular_moments(ends: Ends) -> Moments:
    # Variance of a triangle of width 1 whose top is at the place.
    variance = (1 - ends.place + ends.place**2) / 18
    return sum(ends) / 3, ends.width * math.sqrt(variance)


def _pert(ends: Ends, shares: Numbers) -> Numbers:
    return ends.low + ends.width * _beta_quantiles(*_pert_shape(ends), shares)


def _pert_moments(ends: Ends) -> Moments:
    mean, deviation = _beta_moments(*_pert_shape(ends))
    return ends.low + ends.width * mean, ends.width * deviation


def _pert_shape(ends: Ends) -> tuple[float, float]:
    return 1 + PERT_WEIGHT * ends.place, 1 + PERT_WEIGHT * (1 - ends.place)


def _normal(ends: Ends, shares: Numbers) -> Numbers:
    from scipy.special import ndtri

    mean, deviation = _normal_moments(ends)
    return np.asarray(mean + deviation * ndtri(shares))


def _normal_moments(ends: Ends) -> Moments:
    return (ends.low + ends.high) / 2, ends.width / (2 * Z)


def _lognormal(ends: Ends, shares: Numbers) -> Numbers:
    return np.exp(_normal(_logarithms(ends), shares))


def _lognormal_moments(ends: Ends) -> Moments:
    middle, deviation = _normal_moments(_logarithms(ends))
    mean = math.exp(middle + deviation**2 / 2)
    return mean, mean * math.sqrt(math.expm1(deviation**2))


def _logarithms(ends: Ends) -> Ends:
    return Ends(*(math.log(figure) for figure in ends))


def _bernoulli(ends: Ends, shares: Numbers) -> Numbers:
    # Base is the mean, so that its place is the chance of the high value.
    return np.where(shares < 1 - ends.place, ends.low, ends.high)


def _discrete(ends: Ends, shares: Numbers) -> Numbers:
    middle = np.where(shares < 1 - OUTER_SHARE, ends.base, ends.high)
    return np.where(shares < OUTER_SHARE, ends.low, middle)


def _discrete_moments(ends: Ends) -> Moments:
    weights = np.array([OUTER_SHARE, 1 - 2 * OUTER_SHARE, OUTER_SHARE])
    mean = float(weights @ ends)
    return mean, math.sqrt(weights @ (np.array(ends) - mean) ** 2)


def _beta_quantiles(a: float, b: float, shares: Numbers) -> Numbers:
    """Quantiles of the beta distribution on 0 to 1, from a table: SciPy would take a hundred times as long."""
    from scipy.special import ndtri

    place = (np.clip(ndtri(shares), -FARTHEST, FARTHEST) + FARTHEST) * (PIECES / (2 * FARTHEST))
    piece = np.minimum(place.astype(np.int32), PIECES - 1)
    cube, square, slope, start = (each[piece] for each in _beta_table(a, b))
    step = place - piece
    return np.asarray(np.clip(((cube * step + square) * step + slope) * step + start, 0.0, 1.0))


@lru_cache(maxsize=256)
def _beta_table(a: float, b: float) -> Numbers:
    """A cubic spline of the quantiles over the standard normal quantiles, in which they are smooth to both ends.

    A row per power, the third first, and a column per piece; pieces are equally long, and count as 1.
    """
    from scipy.interpolate import CubicSpline
    from scipy.special import betaincinv, ndtr

    z = np.linspace(-FARTHEST, FARTHEST, PIECES + 1)
    quantiles = np.where(z < 0, betaincinv(a, b, ndtr(z)), 1 - betaincinv(b, a, ndtr(-z)))
    return np.asarray(CubicSpline(np.arange(PIECES + 1), quantiles).c)


def _beta_moments(a: float, b: float) -> Moments:
    return a / (a + b), math.sqrt(a * b / (a + b + 1)) / (a + b)


@lru_cache(maxsize=256)
def _beta_shape(low: float, high: float) -> tuple[float, float]:
    """The beta distribution on 0 to 1 whose 5th and 95th percentiles these are."""
    from scipy.optimize import root
    from scipy.special import betainc, ndtri

    middle, deviation = (low + high) / 2, (high - low) / (2 * Z)
    size = max(middle * (1 - middle) / deviation**2 - 1, 1.0)

    def miss(logarithms: Numbers) -> Numbers:
        a, b = np.exp(logarithms)
        return np.array([ndtri(betainc(a, b, low)) + Z, ndtri(betainc(a, b, high)) - Z])

    found = root(miss, np.log([middle * size, (1 - middle) * size]))
    if not found.success:
        told = _("No beta distribution has {low} and {high} as its 5th and 95th percentiles.")
        raise DataError(Problem(told.format(low=low, high=high), "", _("Choose triangular or pert.")))
    a, b = np.exp(found.x)
    return float(a), float(b)


FAMILIES: dict[str, Family] = {
    "triangular": Family(_triangular, _triangular_moments),
    "pert": Family(_pert, _pert_moments),
    "uniform": Family(
        lambda ends, shares: ends.low + ends.width * shares,
        lambda ends: ((ends.low + ends.high) / 2, ends.width / math.sqrt(12)),
    ),
    "normal": Family(_normal, _normal_moments),
    "lognormal": Family(_lognormal, _lognormal_moments),
    "beta": Family(
        lambda ends, shares: _beta_quantiles(*_beta_shape(ends.low, ends.high), shares),
        lambda ends: _beta_moments(*_beta_shape(ends.low, ends.high)),
    ),
    "bernoulli": Family(_bernoulli, lambda ends: (ends.base, ends.width * math.sqrt(ends.place * (1 - ends.place)))),
    "discrete": Family(_discrete, _discrete_moments),
}
"""The distributions that an assumption can have, as the table names them."""
