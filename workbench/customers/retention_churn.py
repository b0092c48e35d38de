"""Churn of customers under contract: who left, period by period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from workbench import language
from workbench.customers.retention_dates import checked_contracts, contract_problems
from workbench.customers.retention_periods import Unit, first_day, is_last_day, number_of, number_of_day
from workbench.customers.retention_shares import CONFIDENCE, wilson
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.results import Result

LATELY = {"month": 12, "quarter": 4}


@dataclass(frozen=True, eq=False)
class Churn(Result):
    """Who left, period by period, of the customers under contract.

    Attributes
    ----------
    table : DataFrame
        period (its first day), joined, customers (there when it began), left (of these), left_at_once (who joined and
        left within it), churn (left over customers), low, high (Wilson), complete (whether it was over).
    unit : str
        ``month`` or ``quarter``.
    customers, left : int
        Who ever joined, and who of them has left.
    excluded : mapping of str to int
        Reason → customers who are not counted.
    confidence : float
    """

    table: pd.DataFrame
    unit: Unit
    customers: int
    left: int
    excluded: Mapping[str, int]
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """The periods."""
        return self.table.copy()

    def lately(self) -> tuple[float, float, float]:
        """Churn a period over the last year that is complete, and its interval."""
        year = self.table[self.table["complete"]].tail(LATELY[self.unit])
        left, there = year["left"].sum(), year["customers"].sum()
        low, high = wilson(left, there, self.confidence)
        return float(left / there) if there else float("nan"), float(low), float(high)

    @property
    def conclusion(self) -> str:
        """How many leave a period, of late."""
        churn, low, high = self.lately()
        if np.isnan(churn):
            return _("The customers came too lately to say how many leave.")
        told = (
            _("Over the last year {churn} of the customers left in a month ({low} to {high}).")
            if self.unit == "month"
            else _("Over the last year {churn} of the customers left in a quarter ({low} to {high}).")
        )
        return told.format(churn=language.percent(churn), low=language.percent(low), high=language.percent(high))


def contract_churn(customers: ir.Table, as_of: date, *, unit: Unit = "month", confidence: float = CONFIDENCE) -> Churn:
    """How many of the customers who were there when a period began left in it.

    Parameters
    ----------
    customers : ibis Table
        customer_id, joined_on, left_on (empty for who is still there; a day after `as_of` counts as empty).
    as_of : date
        The last day that counts.
    unit : {"month", "quarter"}
        Length of the calendar periods.
    confidence : float
        Of the intervals.

    Raises
    ------
    DataError
        When nobody joined by then, or somebody left before they joined.
    """
    rows = checked_contracts(customers, as_of)
    ended = ibis.ifelse(rows.left, number_of(rows.ended_on, unit), -1)
    grouped = rows.group_by(joined=number_of(rows.joined_on, unit), ended=ended)
    counts = grouped.aggregate(count=lambda group: group.count()).to_pandas()
    if counts.empty:
        found = _("No customer came by {day}.").format(day=language.day(as_of))
        raise DataError(Problem(found, _("one customer at least"), _("Look at the date of the data.")))
    table = _periods(counts, as_of, unit)
    low, high = wilson(table["left"], table["customers"], confidence)
    share = table["left"] / table["customers"].where(table["customers"] > 0)
    left = int(counts.loc[counts["ended"] >= 0, "count"].sum())
    excluded = contract_problems(customers, as_of)
    table = table.assign(churn=share, low=low, high=high)
    table["complete"] = (table["period"] < table["period"].max()) | is_last_day(as_of, unit)
    return Churn(table, unit, int(counts["count"].sum()), left, excluded, confidence)


def _periods(counts: pd.DataFrame, as_of: date, unit: Unit) -> pd.DataFrame:
    numbers = range(int(counts["joined"].min()), number_of_day(as_of, unit) + 1)
    at_once = counts["joined"] == counts["ended"]

    def of(rows: pd.DataFrame, by: str) -> pd.Series:
        return rows.groupby(by)["count"].sum().reindex(numbers, fill_value=0).astype(int)

    joined, ended = of(counts, "joined"), of(counts, "ended")
    there = (joined.cumsum() - ended.cumsum()).shift(fill_value=0)
    return pd.DataFrame(
        {
            "period": [first_day(number, unit) for number in numbers],
            "joined": joined.to_numpy(),
            "customers": there.to_numpy(),
            "left": of(counts[~at_once], "ended").to_numpy(),
            "left_at_once": of(counts[at_once], "ended").to_numpy(),
        }
    )
