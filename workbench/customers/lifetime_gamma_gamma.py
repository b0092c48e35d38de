"""Gamma-Gamma: what customers spend on a purchase, each around a mean of their own."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, psi

from workbench import language
from workbench.customers.lifetime_fit import Maximum, maximise, total
from workbench.customers.lifetime_model import ENDLESS, LifetimeModel
from workbench.customers.lifetime_rows import checked_numbers, counted
from workbench.errors import DataError, NoSolutionError, Problem
from workbench.language import gettext as _

Floats = NDArray[np.float64]


class GammaGamma(LifetimeModel):
    r"""The gamma-gamma model of spend, fitted.

    The value of a purchase is gamma distributed with shape *p* around a mean that stays the same for a customer; the
    rates of these distributions are gamma distributed over customers (shape *q*, rate *v* in money). Fields are those
    of `LifetimeModel`; `customers` counts those who bought again.

    Notes
    -----
    P. S. Fader and B. G. S. Hardie (2013), *The Gamma-Gamma Model of Monetary Value*.

    Examples
    --------
    >>> round(float(GammaGamma.at(6.25, 3.74, 15.44).expected_spend(2, 40)), 2)
    39.14
    """

    NAMES: ClassVar[tuple[str, ...]] = ("p", "q", "v")

    def expected_spend(self, frequency: ArrayLike, monetary: ArrayLike) -> Floats:
        """What a customer is expected to spend on a purchase: between their own mean and that of all.

        Parameters
        ----------
        frequency, monetary : array-like
            Repeat purchases and their mean value; where the frequency is 0 the mean of all is expected.

        Raises
        ------
        NoSolutionError
            When it is asked of a new customer, and the mean of all does not exist (*q* is 1 or less).
        """
        means = self.means(frequency, monetary)
        if np.isinf(means).any():
            raise NoSolutionError(
                Problem(
                    _("The mean spend of new customers does not exist: some customers seem to spend without limit."),
                    _("a q above 1; it is {q}").format(q=language.number(self.estimates["q"])),
                    _("Look for purchases of an unusual value, and value only customers who bought again."),
                )
            )
        return means

    def means(self, frequency: ArrayLike, monetary: ArrayLike) -> Floats:
        """As `expected_spend`, but endless where there is no mean."""
        x, spent = np.broadcast_arrays(np.asarray(frequency, dtype=float), np.asarray(monetary, dtype=float))
        p, q, v = self.parameters
        weight = p * x + q - 1
        own = p * (v + x * np.where(x > 0, spent, 0))
        return np.asarray(np.divide(own, weight, out=np.full(x.shape, np.inf), where=weight > 0))

    @property
    def conclusion(self) -> str:
        """What a purchase is worth on average, and how far customers differ."""
        p, q, v = self.parameters
        if not self.fitted or q <= 1:
            return self.told("")
        told = _("A purchase is worth {mean} on average.").format(mean=language.money(p * v / (q - 1)))
        return self.told(told)


def fit_gamma_gamma(rows: pd.DataFrame) -> GammaGamma:
    """The gamma-gamma model of spend, by maximum likelihood.

    Parameters
    ----------
    rows : DataFrame
        frequency, monetary (mean value of a customer's repeat purchases) and count where there is one. Only who bought
        again has a say; unlike the purchase models, customers of different spend may not be merged into one row.

    Raises
    ------
    DataError
        When a row is not possible, for example a repeat purchase of no value.

    Examples
    --------
    >>> fit_gamma_gamma(pd.DataFrame({"frequency": [0], "monetary": [0.0], "count": [9]})).degenerate
    ('no_repeats',)
    """
    numbers = checked_numbers(rows.assign(count=rows.get("count", 1.0)), ("frequency", "monetary", "count"))
    again = numbers[numbers["frequency"] > 0]
    customers = float(again["count"].sum())
    nothing = counted(
        again["monetary"] <= 0, _("Repeat purchases have no value."), _("a mean value above 0"), _("Leave returns out.")
    )
    if nothing:
        raise DataError(nothing)
    if again.empty:
        return GammaGamma.unfitted("no_repeats", 0.0, len(rows))
    if again["monetary"].nunique() == 1:
        return GammaGamma.unfitted("one_spend", customers, len(again))
    found = maximise(GammaGammaLikelihood(again), _starts(again), customers)
    return GammaGamma.from_maximum(found, _degenerate(found), customers, len(again))


def _starts(rows: pd.DataFrame) -> list[tuple[float, ...]]:
    mean = float(np.average(rows["monetary"], weights=rows["count"]))
    return [(p, q, mean * (q - 1) / p) for p, q in ((2.0, 3.0), (10.0, 10.0), (1.0, 2.0), (50.0, 3.0))]


def _degenerate(found: Maximum) -> tuple[str, ...]:
    p, q, _v = found.parameters
    loose = found.undetermined.any()
    codes = []
    if loose and p > ENDLESS:
        codes.append("no_spread")
    if loose and q > ENDLESS:
        codes.append("same_spend")
    if q <= 1:
        codes.append("no_mean")
    return tuple(codes)


class GammaGammaLikelihood:
    """The log-likelihood of rows and its derivatives by p, q and v."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.x, self.mean, self.count = (rows[name].to_numpy(float) for name in ("frequency", "monetary", "count"))
        self.customers = float(self.count.sum())
        self.levels, self.level_of = np.unique(self.x, return_inverse=True)
        self.at_level = np.bincount(self.level_of, weights=self.count)
        self.spent = self.x * self.mean
        log_spent, log_mean = np.log(self.spent), np.log(self.mean)
        self.sums = total(self.x * log_spent, self.count), total(log_mean, self.count)

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        """The log-likelihood and its derivatives."""
        p, q, v = (float(each) for each in parameters)
        n, x, N = self.at_level, self.levels, self.customers
        scale = np.log(v + self.spent)
        shape = p * self.x + q
        value = total(gammaln(p * x + q) - gammaln(p * x), n) + N * (q * math.log(v) - gammaln(q))
        value += p * self.sums[0] - self.sums[1] - total(shape * scale, self.count)
        slope = (
            total(x * (psi(p * x + q) - psi(p * x)), n) + self.sums[0] - total(self.x * scale, self.count),
            total(psi(p * x + q), n) + N * (math.log(v) - psi(q)) - total(scale, self.count),
            N * q / v - total(shape / (v + self.spent), self.count),
        )
        return float(value), np.array(slope)
