"""BG/NBD: customers buy at their own rate, and may leave after any purchase."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, gammaln, hyp2f1, psi

from workbench import language
from workbench.customers.lifetime_fit import Maximum, maximise, total
from workbench.customers.lifetime_model import ENDLESS, PurchaseModel
from workbench.customers.lifetime_rows import checked_rows, mean_age, mean_frequency
from workbench.language import gettext as _

Floats = NDArray[np.float64]

FEW_LEAVE = 1e-3
NEAR_ONE = 3e-5
WEEKS_A_PERIOD = 365.25 / 7 / 12


class BgNbd(PurchaseModel):
    r"""The beta-geometric/NBD model, fitted.

    Purchases of a customer come at a rate λ from a gamma distribution (shape *r*, rate *alpha* in weeks); after each
    repeat purchase, and not before the first, the customer leaves with a chance *p* from a beta distribution (*a*,
    *b*). Fields are those of `LifetimeModel`.

    Notes
    -----
    P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), “Counting Your Customers” the Easy Way, *Marketing Science*
    24(2). The conditional expectation is written with Euler's transformation, so that no factor overflows.

    Examples
    --------
    >>> model = BgNbd.at(0.243, 4.414, 0.793, 2.426)
    >>> round(float(model.conditional_expected_purchases(2, 30.43, 38.86, 39)), 3)
    1.226
    """

    NAMES: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")

    def probability_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Floats:
        """As `PurchaseModel`; who never bought again is alive for certain, as the model lets nobody leave before."""
        x, t_x, T = (np.asarray(each, dtype=float) for each in (frequency, recency, age))
        r, alpha, a, b = self.parameters
        with np.errstate(divide="ignore"):
            odds = (
                math.log(a) - np.log(np.where(x > 0, b + x - 1, np.inf)) + (r + x) * np.log((alpha + T) / (alpha + t_x))
            )
        alive: Floats = expit(-odds)
        return alive

    def expected_purchases(self, weeks: ArrayLike) -> Floats:
        """As `PurchaseModel`."""
        return self._of_the_alive(np.zeros(()), np.zeros(()), weeks)

    def conditional_expected_purchases(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weeks: ArrayLike
    ) -> Floats:
        """As `PurchaseModel`."""
        x, T = np.asarray(frequency, dtype=float), np.asarray(age, dtype=float)
        return self._of_the_alive(x, T, weeks) * self.probability_alive(x, recency, T)

    def discounted_purchases(
        self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, weeks: float, rate: float
    ) -> Floats:
        """As `PurchaseModel`: the expectations of each period of about a month, discounted from its middle."""
        x, T = np.asarray(frequency, dtype=float), np.asarray(age, dtype=float)
        pairs, back = np.unique(np.stack([x.ravel(), T.ravel()]), axis=1, return_inverse=True)
        ends = np.linspace(0, weeks, max(1, math.ceil(weeks / WEEKS_A_PERIOD)) + 1)
        reached = self._of_the_alive(pairs[0][:, None], pairs[1][:, None], ends)
        worth = np.diff(reached, axis=1) @ np.exp(-rate * (ends[1:] + ends[:-1]) / 2)
        return np.asarray(worth[back].reshape(x.shape) * self.probability_alive(x, recency, T))

    def _of_the_alive(self, x: Floats, T: Floats, weeks: ArrayLike) -> Floats:
        """Purchases to come of who is alive after *x* repeat purchases at the age *T*."""
        a = self.estimates["a"]
        if abs(a - 1) >= NEAR_ONE:
            return self._to_come(a, x, T, np.asarray(weeks, dtype=float))
        sides = [self._to_come(side, x, T, np.asarray(weeks, dtype=float)) for side in (1 - NEAR_ONE, 1 + NEAR_ONE)]
        return np.asarray((sides[0] + sides[1]) / 2)

    def _to_come(self, a: float, x: Floats, T: Floats, weeks: Floats) -> Floats:
        r, alpha, _a, b = self.parameters
        z = weeks / (alpha + T + weeks)
        left = np.exp((a - 1) * np.log1p(-z)) * hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, z)
        return np.asarray((a + b + x - 1) / (a - 1) * (1 - left))

    @property
    def conclusion(self) -> str:
        """How often customers buy and how many leave."""
        r, alpha, a, b = self.parameters
        told = _(
            "While they are active, customers buy again {rate} times a year on average. {share} leave at a purchase."
        )
        rate, share = (language.number(52.18 * r / alpha), language.percent(a / (a + b))) if self.fitted else ("", "")
        return self.told(told.format(rate=rate, share=share))


def fit_bg_nbd(rows: pd.DataFrame) -> BgNbd:
    """The BG/NBD model of customers without a contract, by maximum likelihood.

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
    >>> fit_bg_nbd(rows).conclusion
    'Nobody ever bought again, so nothing can be said of repeat purchases.'
    """
    rows = checked_rows(rows)
    customers = float(rows["count"].sum())
    if not (rows["frequency"] > 0).any():
        return BgNbd.unfitted("no_repeats", customers, len(rows))
    found = maximise(BgNbdLikelihood(rows), _starts(rows), customers)
    same = ("same_frequency",) if rows["frequency"].nunique() == 1 else ()
    return BgNbd.from_maximum(found, same + _degenerate(found), customers, len(rows))


def _starts(rows: pd.DataFrame) -> list[tuple[float, ...]]:
    """Rates as if nobody left; then as if half of the time were after leaving, and as if hardly anybody left."""
    interval = mean_age(rows) / mean_frequency(rows)
    return [(0.5, 0.5 * interval / 2, 1.0, 2.0), (2.0, interval, 1.0, 5.0), (1.0, interval, 0.1, 2.0)]


def _degenerate(found: Maximum) -> tuple[str, ...]:
    r, _alpha, a, b = found.parameters
    loose_rate, loose_leaving = found.undetermined[:2].any(), found.undetermined[2:].any()
    codes = []
    if loose_rate and r > ENDLESS:
        codes.append("same_rate")
    if loose_leaving and a / (a + b) < FEW_LEAVE:
        codes.append("nobody_leaves")
    elif loose_leaving and a + b > ENDLESS:
        codes.append("same_leaving")
    return tuple(codes)


class BgNbdLikelihood:
    """The log-likelihood of rows and its derivatives by r, alpha, a and b.

    Logs of times and functions of frequencies are computed once for each distinct value, not for each row.
    """

    def __init__(self, rows: pd.DataFrame) -> None:
        again = (rows["frequency"] > 0).to_numpy()
        count = rows["count"].to_numpy(float)
        x = rows["frequency"].to_numpy(float)
        self.customers = float(count.sum())
        self.levels, level_of = np.unique(x, return_inverse=True)
        self.at_level = np.bincount(level_of, weights=count)
        self.once_ages, back = np.unique(rows["age"].to_numpy(float)[~again], return_inverse=True)
        self.once = np.bincount(back, weights=count[~again], minlength=len(self.once_ages))
        self.x, self.count, self.level_of = x[again], count[again], level_of[again]
        self.ages, self.age_of = np.unique(rows["age"].to_numpy(float)[again], return_inverse=True)
        self.recencies, self.recency_of = np.unique(rows["recency"].to_numpy(float)[again], return_inverse=True)

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        """The log-likelihood and its derivatives."""
        r, alpha, a, b = (float(each) for each in parameters)
        x, N = self.levels, self.customers
        level_terms = gammaln(r + x) - gammaln(r) + gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        once = total(np.log(alpha + self.once_ages), self.once)
        value = total(level_terms, self.at_level) + N * r * math.log(alpha) - r * once
        by_rate, by_stay, by_either = (total(psi(each + x), self.at_level) for each in (r, b, a + b))
        slope = np.array(
            [
                by_rate - N * psi(r) + N * math.log(alpha) - once,
                N * r / alpha - r * total(1 / (alpha + self.once_ages), self.once),
                N * psi(a + b) - by_either,
                N * (psi(a + b) - psi(b)) + by_stay - by_either,
            ]
        )
        more, steeper = self._again(r, alpha, a, b)
        return value + more, slope + steeper

    def _again(self, r: float, alpha: float, a: float, b: float) -> tuple[float, Floats]:
        """What rows with a repeat purchase have beyond that: they are still there, or left after the last."""
        log_age = np.log(alpha + self.ages)[self.age_of]
        behind = log_age - np.log(alpha + self.recencies)[self.recency_of]
        shape = r + self.x
        last = b + self.levels - 1
        odds = (math.log(a) - np.log(np.where(self.levels > 0, last, 1.0)))[self.level_of] + shape * behind
        left = expit(odds) * self.count
        value = total(np.logaddexp(0, odds) - shape * log_age, self.count)
        by_age = np.bincount(self.age_of, weights=(self.count - left) * shape, minlength=len(self.ages))
        by_recency = np.bincount(self.recency_of, weights=left * shape, minlength=len(self.recencies))
        by_level = np.bincount(self.level_of, weights=left, minlength=len(self.levels))
        slope = [
            total(behind, left) - total(log_age, self.count),
            -total(1 / (alpha + self.ages), by_age) - total(1 / (alpha + self.recencies), by_recency),
            float(left.sum()) / a,
            -total(by_level, np.divide(1, last, out=np.zeros_like(last), where=self.levels > 0)),
        ]
        return value, np.array(slope)
