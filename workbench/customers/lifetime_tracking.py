"""A lifetime model held against what customers really did: week by week, and customer by customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench import language
from workbench.customers.lifetime_model import PurchaseModel
from workbench.customers.lifetime_rows import checked_numbers, checked_rows, history
from workbench.language import gettext as _
from workbench.results import Result

Floats = NDArray[np.float64]

MANY = 7
"""Customers who bought again as often as this or more are told together."""


@dataclass(frozen=True, eq=False)
class Tracking(Result):
    """Repeat purchases of all customers by week, expected and actual.

    Attributes
    ----------
    table : DataFrame
        week (1 is the first), expected and actual in the week, expected_so_far and actual_so_far; where nothing actual
        was given these columns are missing.
    expected, actual : float
        Until the last week; `actual` is NaN where none was given.
    """

    table: pd.DataFrame
    expected: float
    actual: float

    def to_frame(self) -> pd.DataFrame:
        """The weeks."""
        return self.table.copy()

    @property
    def conclusion(self) -> str:
        """How near the expectation comes."""
        expected = language.exact(self.expected)
        if np.isnan(self.actual):
            told = _("{expected} repeat purchases are expected until week {week}.")
            return told.format(expected=expected, week=language.exact(self.table["week"].iloc[-1]))
        told = _("Until week {week} the model expects {expected} repeat purchases; there were {actual} ({off} off).")
        return told.format(
            week=language.exact(self.table["week"].iloc[-1]),
            expected=expected,
            actual=language.exact(self.actual),
            off=language.percent(self.expected / self.actual - 1) if self.actual else "–",
        )


def track(model: PurchaseModel, starts: pd.DataFrame, weeks: int, actual: pd.DataFrame | None = None) -> Tracking:
    """The repeat purchases that a model expects of a whole customer base, from its parameters and the first purchases.

    Parameters
    ----------
    model : BgNbd or ParetoNbd
    starts : DataFrame
        week (time of the first purchase, in weeks from the beginning; need not be whole) and count of customers.
    weeks : int
        How many to track.
    actual : DataFrame, optional
        week (whole, from 1: a purchase at the time *t* is in the week ⌈t⌉, one at 0 in the first) and purchases (repeat
        purchases made); a week that is missing had none.

    Raises
    ------
    DataError
        When a row is not possible.

    Examples
    --------
    >>> from workbench.customers.lifetime_bg_nbd import BgNbd
    >>> starts = pd.DataFrame({"week": [0.0, 1.5], "count": [100, 50]})
    >>> track(BgNbd.at(0.243, 4.414, 0.793, 2.426), starts, 2).table.round(2)
       week  expected  expected_so_far
    0     1      5.33             5.33
    1     2      6.37            11.69
    """
    numbers = checked_numbers(starts, ("week", "count"))
    ends = np.arange(weeks + 1)
    since = np.maximum(ends - numbers["week"].to_numpy(float)[:, None], 0)
    so_far = numbers["count"].to_numpy(float) @ model.expected_purchases(since)
    table = pd.DataFrame({"week": ends[1:], "expected": np.diff(so_far), "expected_so_far": so_far[1:]})
    if actual is None:
        return Tracking(table, float(so_far[-1]), float("nan"))
    made = checked_numbers(actual, ("week", "purchases")).groupby("week")["purchases"].sum()
    table.insert(2, "actual", made.reindex(table["week"].astype(float), fill_value=0.0).to_numpy())
    table["actual_so_far"] = table["actual"].cumsum()
    return Tracking(table, float(so_far[-1]), float(table["actual"].sum()))


@dataclass(frozen=True, eq=False)
class Holdout(Result):
    """Purchases in weeks that the model has not seen, predicted from each customer's history.

    Attributes
    ----------
    table : DataFrame
        frequency (repeat purchases before; the last class has `MANY` or more), customers, actual and predicted (mean
        purchases of a customer in the weeks held out).
    actual, predicted : float
        All purchases in the weeks held out.
    correlation : float
        Of actual and predicted purchases over customers; NaN where one of them is the same for all.
    weeks : float
        How many were held out.
    """

    table: pd.DataFrame
    actual: float
    predicted: float
    correlation: float
    weeks: float

    def to_frame(self) -> pd.DataFrame:
        """The classes of customers."""
        return self.table.copy()

    @property
    def conclusion(self) -> str:
        """How near the prediction comes."""
        told = _("In the {weeks} weeks held out {predicted} purchases were predicted, and {actual} made.")
        sentence = told.format(
            weeks=language.number(self.weeks),
            predicted=language.exact(self.predicted),
            actual=language.exact(self.actual),
        )
        if np.isnan(self.correlation):
            return sentence
        more = _("Over customers, prediction and purchases correlate at {correlation}.")
        return f"{sentence} {more.format(correlation=language.exact(self.correlation, 2))}"


def holdout(model: PurchaseModel, rows: pd.DataFrame, weeks: float) -> Holdout:
    """Predict the purchases of the weeks held out, and compare.

    Parameters
    ----------
    model : BgNbd or ParetoNbd
        Fitted to what came before.
    rows : DataFrame
        frequency, recency, age, count; actual: purchases in the weeks held out of each customer of the row. Customers
        who differ in it go into rows of their own.
    weeks : float
        How many were held out.

    Raises
    ------
    DataError
        When a row is not possible.
    """
    numbers = checked_rows(rows).assign(actual=checked_numbers(rows, ("actual",))["actual"])
    count = numbers["count"].to_numpy(float)
    numbers["predicted"] = model.conditional_expected_purchases(*history(numbers), weeks)
    both = numbers[["actual", "predicted"]].to_numpy()
    sums = count @ both
    return Holdout(_by_frequency(numbers), float(sums[0]), float(sums[1]), _correlation(both, count), weeks)


def _by_frequency(numbers: pd.DataFrame) -> pd.DataFrame:
    classes = numbers["frequency"].clip(upper=MANY).astype(int)
    weighted = numbers[["actual", "predicted"]].mul(numbers["count"], axis=0).assign(customers=numbers["count"])
    sums = weighted.groupby(classes.rename("frequency")).sum()
    means = sums[["actual", "predicted"]].div(sums["customers"], axis=0)
    return means.assign(customers=sums["customers"]).reset_index()[["frequency", "customers", "actual", "predicted"]]


def _correlation(both: Floats, count: Floats) -> float:
    spread = np.cov(both.T, aweights=count, ddof=0)
    varies = spread[0, 0] > 0 and spread[1, 1] > 0
    return float(spread[0, 1] / np.sqrt(spread[0, 0] * spread[1, 1])) if varies else float("nan")
