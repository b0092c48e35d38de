"""Cohorts: of the customers who came in a period, how many are there in each period after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from workbench import language
from workbench.customers.purchase_summary import order_days
from workbench.customers.retention_dates import checked_contracts, contract_problems
from workbench.customers.retention_periods import Unit, first_day, is_last_day, number_of, number_of_day
from workbench.customers.retention_shares import CONFIDENCE, wilson
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import ngettext
from workbench.results import Result

Basis = Literal["first_order", "joining", "contract"]

TOLD = {"month": (1, 6, 12), "quarter": (1, 2, 4)}


@dataclass(frozen=True, eq=False)
class Retention(Result):
    """Cohorts of customers over the periods since they came.

    Attributes
    ----------
    table : DataFrame
        cohort (first day of its period), period (0 is the one they came in), customers (of the cohort), retained,
        share, low, high (Wilson), complete (whether all of the period was seen). Every period until `as_of` has a row,
        but those before the first order that there is: what happened then is not known (of cohorts by joining).
    basis : str
        ``first_order`` or ``joining`` (retained is who ordered in the period), or ``contract`` (who had not left by the
        end of the period).
    unit : str
        ``month`` or ``quarter``.
    as_of : date
    excluded : mapping of str to int
        Reason → customers who are in no cohort.
    confidence : float
    """

    table: pd.DataFrame
    basis: Basis
    unit: Unit
    as_of: date
    excluded: Mapping[str, int]
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """The grid: a row a cohort, a column a period, shares in the cells."""
        return self.table.pivot_table(index="cohort", columns="period", values="share")

    def pooled(self) -> pd.DataFrame:
        """All cohorts together, over periods that are complete: period, customers, retained, share, low, high."""
        whole = self.table[self.table["complete"]].groupby("period", as_index=False)[["customers", "retained"]].sum()
        low, high = wilson(whole["retained"], whole["customers"], self.confidence)
        return whole.assign(share=whole["retained"] / whole["customers"], low=low, high=high)

    @property
    def conclusion(self) -> str:
        """The shares after one period, half a year and a year, as far as they are known."""
        pooled = self.pooled().set_index("period")
        known = [period for period in TOLD[self.unit] if period in pooled.index]
        if not known:
            return _("The customers came too lately to say who stays.")
        shares = [self._told(period, pooled) for period in known]
        if self.basis == "contract":
            return _("Of the customers who came, so many are still there: {shares}.").format(
                shares=language.listed(shares)
            )
        return _("Of the customers who came, so many order later: {shares}.").format(shares=language.listed(shares))

    def _told(self, period: int, pooled: pd.DataFrame) -> str:
        told = (
            ngettext("{share} after {count} month", "{share} after {count} months", period)
            if self.unit == "month"
            else ngettext("{share} after {count} quarter", "{share} after {count} quarters", period)
        )
        return told.format(share=language.percent(pooled["share"].loc[period]), count=period)


def cohort_counts(starts: ir.Table, days: ir.Table, unit: Unit) -> ir.Table:
    """Who was active how long after they came, counted: cohort and period (running numbers), customers.

    Parameters
    ----------
    starts : ibis Table
        customer_id, start (a day).
    days : ibis Table
        customer_id, day: when they were active; days before the cohort's period do not count.
    """
    came = starts.select(_customer=starts.customer_id, cohort=number_of(starts.start, unit))
    joined = days.join(came, days.customer_id == came._customer)
    each = joined.select("customer_id", "cohort", period=number_of(joined.day, unit) - joined.cohort)
    once = each.filter(each.period >= 0).distinct()
    return once.group_by("cohort", "period").aggregate(customers=lambda group: group.count())


def retention(
    transactions: ir.Table,
    as_of: date,
    *,
    unit: Unit = "month",
    customers: ir.Table | None = None,
    confidence: float = CONFIDENCE,
) -> Retention:
    """Of the customers who came in a period, how many order in each period after.

    Parameters
    ----------
    transactions : ibis Table
        customer_id, ordered_at, amount.
    as_of : date
        The last day that counts.
    unit : {"month", "quarter"}
        Length of the calendar periods.
    customers : ibis Table, optional
        customer_id, joined_on: cohorts by joining, which count who never ordered too; without it by first order.
    confidence : float
        Of the intervals.

    Raises
    ------
    DataError
        When there is no cohort.
    """
    days = order_days(transactions, as_of)
    if customers is None:
        starts, excluded = _first_orders(days), {}
    else:
        joined = customers.select("customer_id", start=customers.joined_on.cast("date"))
        starts = joined.filter(joined.start <= ibis.date(as_of))
        excluded = contract_problems(customers, as_of)
    numbered = starts.group_by(cohort=number_of(starts.start, unit)).aggregate(customers=lambda group: group.count())
    sizes = numbered.to_pandas().set_index("cohort")["customers"]
    counts = cohort_counts(starts, days, unit).to_pandas().set_index(["cohort", "period"])["customers"]
    basis: Basis = "first_order" if customers is None else "joining"
    table = _grid(sizes, counts, as_of, unit, confidence)
    if customers is not None:
        table = _seen(table, days, unit)
    return Retention(table, basis, unit, as_of, excluded, confidence)


def contract_retention(
    customers: ir.Table, as_of: date, *, unit: Unit = "month", confidence: float = CONFIDENCE
) -> Retention:
    """Of the customers who joined in a period, how many had not left by the end of each period after.

    Parameters
    ----------
    customers : ibis Table
        customer_id, joined_on, left_on (empty for who is still there; a day after `as_of` counts as empty).
    as_of, unit, confidence
        As `retention`.

    Raises
    ------
    DataError
        When there is no cohort, or somebody left before they joined.
    """
    rows = checked_contracts(customers, as_of)
    period = number_of(rows.ended_on, unit) - number_of(rows.joined_on, unit)
    grouped = rows.group_by(cohort=number_of(rows.joined_on, unit), period=ibis.ifelse(rows.left, period, -1))
    left = grouped.aggregate(customers=lambda group: group.count()).to_pandas()
    sizes = left.groupby("cohort")["customers"].sum()
    gone = left[left["period"] >= 0].set_index(["cohort", "period"])["customers"]
    table = _grid(sizes, gone, as_of, unit, confidence)
    so_far = table.groupby("cohort")["retained"].cumsum()
    table["retained"] = table["customers"] - so_far
    return Retention(
        _with_shares(table, confidence), "contract", unit, as_of, contract_problems(customers, as_of), confidence
    )


def _first_orders(days: ir.Table) -> ir.Table:
    return days.group_by("customer_id").aggregate(start=lambda group: group.day.min())


def _grid(sizes: pd.Series, counts: pd.Series, as_of: date, unit: Unit, confidence: float) -> pd.DataFrame:
    """Every period of every cohort until a day, those in which nobody was active too."""
    if sizes.empty:
        found = _("No customer came by {day}.").format(day=language.day(as_of))
        raise DataError(Problem(found, _("one customer at least"), _("Look at the date of the data.")))
    last = number_of_day(as_of, unit)
    pairs = [(cohort, period) for cohort in sorted(sizes.index) for period in range(last - cohort + 1)]
    index = pd.MultiIndex.from_tuples(pairs, names=["cohort", "period"])
    table = counts.reindex(index, fill_value=0).rename("retained").reset_index().astype(int)
    table.insert(2, "customers", table["cohort"].map(sizes).astype(int))
    complete = (table["cohort"] + table["period"] < last) | is_last_day(as_of, unit)
    table["cohort"] = [first_day(number, unit) for number in table["cohort"]]
    return _with_shares(table, confidence).assign(complete=np.asarray(complete))


def _seen(table: pd.DataFrame, days: ir.Table, unit: Unit) -> pd.DataFrame:
    """The periods from the first order on; the one that it falls into was not seen whole."""
    begins = days.day.min().to_pandas()
    if pd.isna(begins):
        return table
    begun = pd.Timestamp(begins)
    first = number_of_day(begun.date(), unit)
    period = table["cohort"].map(lambda day: number_of_day(day, unit)) + table["period"]
    whole = (period > first) | (begun == first_day(first, unit))
    return table.assign(complete=table["complete"] & whole)[period >= first].reset_index(drop=True)


def _with_shares(table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    low, high = wilson(table["retained"], table["customers"], confidence)
    return table.assign(share=table["retained"] / table["customers"], low=low, high=high)
