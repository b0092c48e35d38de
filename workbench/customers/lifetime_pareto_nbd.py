"""Pareto/NBD: customers buy at their own rate, and leave at a moment of their own."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import exprel, roots_legendre

from workbench import language
from workbench.customers.lifetime_fit import Maximum, maximise
from workbench.customers.lifetime_model import ENDLESS, PurchaseModel
from workbench.customers.lifetime_pareto_nbd_likelihood import ParetoNbdLikelihood, log_history
from workbench.customers.lifetime_rows import checked_rows, mean_age, mean_frequency
from workbench.errors import NoSolutionError, Problem
from workbench.language import gettext as _

Floats = NDArray[np.float64]

FEW_LEAVE = 0.05
NODES, WEIGHTS = roots_legendre(64)
SPENT = 45.0
"""In logs: what is discounted or left by more than this no longer counts."""


class ParetoNbd(PurchaseModel):
    r"""The Pareto/NBD model, fitted.

    Purchases of a customer come at a rate λ from a gamma distribution (shape *r*, rate *alpha* in weeks); the customer
    leaves after a life that is exponential at a rate μ from another gamma distribution (*s*, *beta*). Fields are those
    of `LifetimeModel`.

    Notes
    -----
    D. C. Schmittlein, D. G. Morrison and R. Colombo (1987), Counting Your Customers, *Management Science* 33(1); P. S.
    Fader and B. G. S. Hardie (2005), *A Note on Deriving the Pareto/NBD Model and Related Expressions*.

    Examples
    --------
    >>> model = ParetoNbd.at(0.5534, 10.578, 0.6061, 11.669)
    >>> round(float(model.conditional_expected_purchases(26, 30.86, 31, 52)), 2)
    25.46
    """

    NAMES: ClassVar[tuple[str, ...]] = ("r", "alpha", "s", "beta")

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """As `PurchaseModel`."""
        x, t_x, T = np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in (frequency, recency, age)))
        r, alpha, s, beta = self.parameters
        either = log_history((r, alpha, s, beta), x.ravel(), t_x.ravel(), T.ravel())[0].reshape(x.shape)
        there = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
        alive: Floats = np.exp(np.minimum(there - either, 0))
        return alive

    def expected_purchases(self, weeks: ArrayLike) -> Floats:
        """As `PurchaseModel`."""
        r, alpha, _s, beta = self.parameters
        return np.asarray(r / alpha * self._weeks_there(beta, np.asarray(weeks, dtype=float)))

    def conditional_expected_purchases(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weeks: ArrayLike
    ) -> Floats:
        """As `PurchaseModel`."""
        x, T = np.asarray(frequency, dtype=float), np.asarray(age, dtype=float)
        r, alpha, _s, beta = self.parameters
        there = self._weeks_there(beta + T, np.asarray(weeks, dtype=float))
        return np.asarray((r + x) / (alpha + T) * there * self.probability_alive(x, recency, T))

    def discounted_purchases(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weeks: float, rate: float
    ) -> Floats:
        """As `PurchaseModel`; an endless horizon (``math.inf``) gives DERT of Fader, Hardie and Lee (2005).

        Raises
        ------
        NoSolutionError
            When the horizon is endless and nothing is discounted.
        """
        x, T = np.asarray(frequency, dtype=float), np.asarray(age, dtype=float)
        r, alpha, s, beta = self.parameters
        worth = discounted_stay(s, beta + T, weeks, rate)
        return np.asarray((r + x) / (alpha + T) * worth * self.probability_alive(x, recency, T))

    def _weeks_there(self, since: ArrayLike, weeks: Floats) -> Floats:
        """Weeks of the coming ones in which a customer is there, who is there now."""
        s = self.estimates["s"]
        span = np.log1p(weeks / np.asarray(since))
        return np.asarray(since * span * exprel((1 - s) * span))

    @property
    def conclusion(self) -> str:
        """How often customers buy and how long they stay."""
        r, alpha, s, beta = self.parameters
        told = _(
            "While they are active, customers buy again {rate} times a year on average. "
            "Half of them leave within {weeks} weeks."
        )
        if not self.fitted:
            return self.told("")
        half = beta * math.expm1(math.log(2) / s)
        return self.told(told.format(rate=language.number(52.18 * r / alpha), weeks=language.number(half)))


def discounted_stay(s: float, since: ArrayLike, weeks: float, rate: float) -> Floats:
    r"""Weeks of the coming ones in which a customer is there, each discounted to today.

    Parameters
    ----------
    s : float
        Shape of the rates of leaving.
    since : array-like
        Scale of these rates and age together, in weeks.
    weeks : float
        Horizon; may be ``math.inf``.
    rate : float
        Discount rate a week, compounded continuously.

    Raises
    ------
    NoSolutionError
        When the horizon is endless and nothing is discounted.

    Notes
    -----
    ∫ e⁻ᵟᵗ (c ÷ (c + t))ˢ dt from 0 to the horizon. Without one it is cˢ δˢ⁻¹ U(s, s, δc) with Tricomi's function, the
    closed form in DERT; SciPy's function fails where s is large and δc small, so the integral itself is taken, by 64
    Gauss–Legendre points in the log of c + t, where it is smooth.

    Examples
    --------
    >>> round(float(discounted_stay(2.0, 10.0, math.inf, 0.01)), 4) == round(10 * 0.7985357, 4)
    True
    """
    if rate <= 0 and math.isinf(weeks):
        raise NoSolutionError(
            Problem(
                _("Purchases without end have no value together when they are not discounted."),
                _("a discount rate above 0, or a horizon"),
            )
        )
    c = np.asarray(since, dtype=float)[..., None]
    end = np.log1p(weeks / c)
    if rate > 0:
        end = np.minimum(end, np.log1p(SPENT / (rate * c)))
    if s > 1:
        end = np.minimum(end, SPENT / (s - 1))
    span = end * (NODES + 1) / 2
    within = np.exp((1 - s) * span - rate * c * np.expm1(span))
    return np.asarray(c[..., 0] * (end[..., 0] / 2) * (within @ WEIGHTS))


def fit_pareto_nbd(rows: pd.DataFrame) -> ParetoNbd:
    """The Pareto/NBD model of customers without a contract, by maximum likelihood.

    Parameters
    ----------
    rows : DataFrame
        frequency, recency, age and count, distinct or not (see `lifetime_rows.summary_rows`).

    Raises
    ------
    DataError
        When a row is not possible.

    Examples
    --------
    >>> rows = pd.DataFrame({"frequency": [0, 0], "recency": [0, 0], "age": [30, 20], "count": [5, 7]})
    >>> fit_pareto_nbd(rows).degenerate
    ('no_repeats',)
    """
    rows = checked_rows(rows)
    customers = float(rows["count"].sum())
    if not (rows["frequency"] > 0).any():
        return ParetoNbd.unfitted("no_repeats", customers, len(rows))
    found = maximise(ParetoNbdLikelihood(rows), _starts(rows), customers)
    same = ("same_frequency",) if rows["frequency"].nunique() == 1 else ()
    return ParetoNbd.from_maximum(found, same + _degenerate(found, rows), customers, len(rows))


def _starts(rows: pd.DataFrame) -> list[tuple[float, ...]]:
    """Half of the time after leaving; then lives much longer than what was seen."""
    age = mean_age(rows)
    interval = age / mean_frequency(rows)
    return [(0.5, interval / 4, 0.5, age / 2), (1.0, interval, 0.5, 4 * age)]


def _degenerate(found: Maximum, rows: pd.DataFrame) -> tuple[str, ...]:
    r, _alpha, s, beta = found.parameters
    loose_rate, loose_leaving = found.undetermined[:2].any(), found.undetermined[2:].any()
    gone = -math.expm1(-s * math.log1p(float(rows["age"].max()) / beta))
    codes = []
    if loose_rate and r > ENDLESS:
        codes.append("same_rate")
    if loose_leaving and gone < FEW_LEAVE:
        codes.append("nobody_leaves")
    elif loose_leaving and s > ENDLESS:
        codes.append("same_leaving")
    return tuple(codes)
