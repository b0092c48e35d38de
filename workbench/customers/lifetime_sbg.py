"""Shifted beta-geometric: customers under contract, who decide at each renewal whether they stay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaln, psi

from workbench import language
from workbench.customers.lifetime_fit import Maximum, maximise, total
from workbench.customers.lifetime_hypergeometric import gauss
from workbench.customers.lifetime_model import CONFIDENCE, ENDLESS, LifetimeModel
from workbench.customers.lifetime_rows import checked_numbers, counted
from workbench.errors import DataError, NoSolutionError, Problem
from workbench.language import gettext as _

Floats = NDArray[np.float64]
First = Literal["now", "renewal", "end"]


class ShiftedBetaGeometric(LifetimeModel):
    r"""The shifted beta-geometric model of renewals, fitted.

    At the end of each period a customer leaves with a chance of their own, from a beta distribution (*alpha*, *beta*).
    Those who leave easily go first, so the retention of a cohort rises although nobody changes. Fields are those of
    `LifetimeModel`.

    Notes
    -----
    P. S. Fader and B. G. S. Hardie (2007), How to Project Customer Retention, *Journal of Interactive Marketing* 21(1);
    (2010), Customer-Base Valuation in a Contractual Setting, *Marketing Science* 29(1).

    Examples
    --------
    >>> model = ShiftedBetaGeometric.at(0.704, 1.182)
    >>> [round(float(share), 3) for share in model.survival([1, 2, 7])]
    [0.627, 0.474, 0.239]
    """

    NAMES: ClassVar[tuple[str, ...]] = ("alpha", "beta")

    def survival(self, periods: ArrayLike) -> Floats:
        """Share of new customers who are still there after so many renewals."""
        alpha, beta = self.parameters
        return np.asarray(np.exp(betaln(alpha, beta + np.asarray(periods, dtype=float)) - betaln(alpha, beta)))

    def retention(self, period: ArrayLike) -> Floats:
        """Share of those who are there in a period (from 1) who renew at its end."""
        alpha, beta = self.parameters
        t = np.asarray(period, dtype=float)
        return np.asarray((beta + t - 1) / (alpha + beta + t - 1))

    def churn(self, period: ArrayLike) -> Floats:
        """Share of those who are there in a period (from 1) who leave at its end."""
        return np.asarray(1 - self.retention(period))

    def discounted_lifetime(
        self, rate: float, tenure: ArrayLike = 0, *, first: First = "now", periods: int | None = None
    ) -> Floats:
        """Periods that a customer is expected to be there, each discounted to today.

        Parameters
        ----------
        rate : float
            Discount rate a period.
        tenure : array-like
            Renewals behind the customer; 0 for a new one.
        first : {"now", "renewal", "end"}
            When the first period counts: today, at the next renewal if the customer stays for it, or at the end of the
            period that runs.
        periods : int, optional
            How many count at most; without it all of them.

        Raises
        ------
        NoSolutionError
            When the sum has no end.
        """
        n = np.asarray(tenure, dtype=float)
        opening, later = (1 if first == "renewal" else 0), (1 + rate if first == "end" else 1)
        if periods is None:
            return np.asarray((self._whole_sum(rate, n) - opening) / later)
        return np.asarray(self._sum_of(rate, n, opening, periods) / later)

    def discounted_residual_lifetime(self, rate: float, period: ArrayLike) -> Floats:
        """DERL of Fader and Hardie (2010): just before the renewal at the end of a period (from 1), which counts.

        Raises
        ------
        NoSolutionError
            When the sum has no end.
        """
        return np.asarray(self.retention(period) * self.discounted_lifetime(rate, period))

    def projection(
        self, tenures: pd.DataFrame, periods: int, *, draws: int = 256, seed: int = 0, confidence: float = CONFIDENCE
    ) -> pd.DataFrame:
        """Customers of today who will still be there, with the interval that the parameters' uncertainty gives.

        Parameters
        ----------
        tenures : DataFrame
            tenure (renewals behind them) and count of today's customers.
        periods : int
            How many to look ahead.

        Returns
        -------
        DataFrame
            period (0 is today), expected, low, high.
        """
        ends = (1 - confidence) / 2, (1 + confidence) / 2
        spread = [each._surviving(tenures, periods) for each in self.drawn(draws, seed)]
        low, high = np.quantile(spread, ends, axis=0)
        ahead = np.arange(periods + 1)
        return pd.DataFrame({"period": ahead, "expected": self._surviving(tenures, periods), "low": low, "high": high})

    def _surviving(self, tenures: pd.DataFrame, periods: int) -> Floats:
        tenure, count = tenures["tenure"].to_numpy(float)[:, None], tenures["count"].to_numpy(float)
        return np.asarray(count @ (self.survival(tenure + np.arange(periods + 1)) / self.survival(tenure)))

    def _whole_sum(self, rate: float, n: Floats) -> Floats:
        alpha, beta = self.parameters
        if rate > 0:
            flat = np.broadcast_to(beta + n, n.shape).ravel()
            return gauss(flat, flat + alpha, np.full_like(flat, 1 / (1 + rate))).value.reshape(n.shape)
        if rate == 0 and alpha > 1:
            return np.asarray((alpha + beta + n - 1) / (alpha - 1))
        raise NoSolutionError(
            Problem(
                _("Some customers stay so long that their periods have no end when they are not discounted."),
                _("a discount rate above 0, or a number of periods"),
            )
        )

    def _sum_of(self, rate: float, n: Floats, opening: int, periods: int) -> Floats:
        t = np.arange(opening, opening + periods)
        return np.asarray(
            (self.survival(n[..., None] + t) / self.survival(n)[..., None]) @ (1 + rate) ** -t.astype(float)
        )

    @property
    def conclusion(self) -> str:
        """How many leave at the first renewal, and at a later one."""
        if not self.fitted:
            return self.told("")
        told = _("{first} leave at their first renewal, {later} of those who are left at the fifth.")
        shares = [language.percent(float(self.churn(period))) for period in (1, 5)]
        return self.told(told.format(first=shares[0], later=shares[1]))


def cohort_rows(survivors: Sequence[float]) -> pd.DataFrame:
    """A cohort's counts, at the start and after each renewal, as rows to fit.

    Returns
    -------
    DataFrame
        age, left, count.

    Examples
    --------
    >>> cohort_rows([100, 63, 47])
       age  left  count
    0    1     1   37.0
    1    2     1   16.0
    2    2     0   47.0
    """
    lost = -np.diff(np.asarray(survivors, dtype=float))
    ages = range(1, len(lost) + 1)
    rows = [{"age": age, "left": 1, "count": count} for age, count in zip(ages, lost, strict=True)]
    rows.append({"age": len(lost), "left": 0, "count": float(survivors[-1])})
    return pd.DataFrame([row for row in rows if row["count"] != 0])


def fit_sbg(rows: pd.DataFrame) -> ShiftedBetaGeometric:
    """The shifted beta-geometric model of customers under contract, by maximum likelihood.

    Parameters
    ----------
    rows : DataFrame
        age (renewals that came up, from 1; with 0 a row says nothing), left (1 for who left at the last of them, 0 for
        who is still there) and count. Cohorts of any age go together.

    Raises
    ------
    DataError
        When a row is not possible.

    Examples
    --------
    >>> fit_sbg(cohort_rows([100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1])).to_frame().round(3)["estimate"].tolist()
    [0.704, 1.182]
    """
    numbers = checked_numbers(rows.assign(count=rows.get("count", 1.0)), ("age", "left", "count"))
    _check(numbers)
    customers, left = float(numbers["count"].sum()), numbers["left"] > 0
    if not left.any():
        return ShiftedBetaGeometric.unfitted("nobody_left", customers, len(rows))
    if (numbers["age"][left] == 1).all() and not (numbers["age"][~left] >= 1).any():
        return ShiftedBetaGeometric.unfitted("all_left_at_once", customers, len(rows))
    found = maximise(SbgLikelihood(numbers), [(1.0, 1.0), (1.0, 10.0), (0.2, 1.0), (20.0, 80.0)], customers)
    return ShiftedBetaGeometric.from_maximum(found, _degenerate(found, numbers), customers, len(rows))


def _check(rows: pd.DataFrame) -> None:
    bad = [
        counted(rows["age"] != np.floor(rows["age"]), _("The age is no whole number."), _("renewals, counted")),
        counted(~rows["left"].isin([0, 1]), _("It is not clear who left."), _("1 for who left, 0 for who is there")),
        counted(
            (rows["left"] == 1) & (rows["age"] == 0), _("Customers left before a renewal."), _("an age of 1 or more")
        ),
    ]
    if problems := [each for each in bad if each]:
        raise DataError(problems)


def _degenerate(found: Maximum, rows: pd.DataFrame) -> tuple[str, ...]:
    alpha, beta = found.parameters
    if not found.undetermined.any():
        return ()
    if rows["age"].max() == 1:
        return ("one_period",)
    return ("same_leaving",) if alpha + beta > ENDLESS else ()


class SbgLikelihood:
    """The log-likelihood of rows and its derivatives by alpha and beta."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.age, self.left, self.count = (rows[name].to_numpy(float) for name in ("age", "left", "count"))

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        """The log-likelihood and its derivatives."""
        alpha, beta = (float(each) for each in parameters)
        a, b = alpha + self.left, beta + self.age - self.left
        value = total(betaln(a, b) - betaln(alpha, beta), self.count)
        whole = psi(a + b) - psi(alpha + beta)
        slope = total(psi(a) - psi(alpha) - whole, self.count), total(psi(b) - psi(beta) - whole, self.count)
        return float(value), np.array(slope)
