"""Each customer's purchases in a few figures: how many, since when, until when and of what value."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench import language
from workbench.errors import DataError, Problem
from workbench.language import gettext as _

KEYS = ("frequency", "recency", "age")
DAYS_A_WEEK = 7


def order_days(transactions: ir.Table, until: date, after: date | None = None) -> ir.Table:
    """The days on which customers ordered: customer_id, day, amount; what was ordered on one day is one purchase.

    Parameters
    ----------
    transactions : ibis Table
        customer_id, ordered_at, amount (in the program's currency); returns are the warehouse's matter.
    until : date
        The last day that counts.
    after : date, optional
        Only days after this one.

    Returns
    -------
    ibis Table
        A row for each customer and day, on the engine.
    """
    day = transactions.ordered_at.date()
    within = day <= ibis.date(until) if after is None else (day <= ibis.date(until)) & (day > ibis.date(after))
    rows = transactions.filter(within)
    grouped = rows.group_by(rows.customer_id, day=rows.ordered_at.date())
    return grouped.aggregate(amount=lambda group: group.amount.sum())


def purchase_summary(transactions: ir.Table, as_of: date, *, until: date | None = None) -> ir.Table:
    """What each customer bought up to a day, as the lifetime models and RFM take it.

    Parameters
    ----------
    transactions : ibis Table
        customer_id, ordered_at, amount.
    as_of : date
        The last day that counts: today, or the end of the calibration.
    until : date, optional
        The last day of the time held out, which begins on the day after `as_of`.

    Returns
    -------
    ibis Table
        A row for each customer who bought by then: customer_id; first_order and last_order (days); orders (days with an
        order); revenue; frequency (repeat purchases: orders but the first); recency and age (weeks from the first order
        to the last and to `as_of`); monetary (mean amount of the repeat purchases; 0 without one). With `until` also
        actual (orders held out) and actual_revenue.

    Raises
    ------
    DataError
        When the time held out ends before it begins.

    Notes
    -----
    P. S. Fader, B. G. S. Hardie and K. L. Lee (2005), RFM and CLV, *Journal of Marketing Research* 42(4). The first
    purchase's amount is fetched by a join, which engines do faster than an ordered aggregate or a window.

    Examples
    --------
    >>> lines = pd.DataFrame({"customer_id": ["a"] * 3, "amount": [9.0, 4.0, 6.0]})
    >>> lines["ordered_at"] = pd.to_datetime(["2026-01-01", "2026-01-15", "2026-01-15"])
    >>> summary = purchase_summary(ibis.memtable(lines), date(2026, 1, 29))
    >>> summary.select("frequency", "recency", "age", "monetary").to_pandas()
       frequency  recency  age  monetary
    0          1      2.0  4.0      10.0
    """
    summary = _summary(order_days(transactions, as_of), as_of)
    if until is None:
        return summary
    if until <= as_of:
        found = _("The time held out ends on {until}, before it begins.").format(until=language.day(until))
        raise DataError(Problem(found, _("a day after {day}").format(day=language.day(as_of))))
    return _with_held_out(summary, order_days(transactions, until, as_of))


def _summary(days: ir.Table, as_of: date) -> ir.Table:
    totals = days.group_by("customer_id").aggregate(
        first_order=lambda group: group.day.min(),
        last_order=lambda group: group.day.max(),
        orders=lambda group: group.count(),
        revenue=lambda group: group.amount.sum(),
    )
    opening = days.select(_customer=days.customer_id, _day=days.day, _amount=days.amount)
    joined = totals.join(opening, [totals.customer_id == opening._customer, totals.first_order == opening._day])
    again = joined.orders - 1
    return joined.select(
        *totals.columns,
        frequency=again,
        recency=_weeks(joined.first_order, joined.last_order),
        age=_weeks(joined.first_order, ibis.date(as_of)),
        monetary=((joined.revenue - joined._amount) / again.nullif(0)).fill_null(0.0),
    )


def _with_held_out(summary: ir.Table, days: ir.Table) -> ir.Table:
    held_out = days.group_by(_customer=days.customer_id).aggregate(
        actual=lambda group: group.count(), actual_revenue=lambda group: group.amount.sum()
    )
    joined = summary.left_join(held_out, summary.customer_id == held_out._customer).drop("_customer")
    return joined.mutate(actual=joined.actual.fill_null(0), actual_revenue=joined.actual_revenue.fill_null(0.0))


def _weeks(since: Any, until: Any) -> Any:
    """Weeks between two days; a whole divisor, as Spark takes one with a point for a decimal of few digits."""
    return until.delta(since, unit="day").cast("float64") / DAYS_A_WEEK


def distinct_rows(summary: ir.Table, by: Sequence[str] = ()) -> pd.DataFrame:
    """Customers who are alike as one row with their count: all that the purchase models need, however many there are.

    Parameters
    ----------
    summary : ibis Table
        What `purchase_summary` gave, with more columns where `by` names them.
    by : sequence of str
        Columns that are told apart too: a segment, or ``actual`` for a comparison with the time held out.

    Returns
    -------
    DataFrame
        frequency, recency, age, the columns of `by`, count, and monetary (the mean over the customers of the row),
        sorted.
    """
    keys = [*KEYS, *by]
    rows = summary.group_by(*keys).aggregate(
        count=lambda group: group.count(), monetary=lambda group: group.monetary.mean()
    )
    found: pd.DataFrame = rows.order_by(*keys).to_pandas()
    return found


def spend_rows(summary: ir.Table) -> pd.DataFrame:
    """What customers who bought again spend, for the Gamma-Gamma model: distinct frequency and monetary with count."""
    again = summary.filter(summary.frequency > 0)
    rows = again.group_by("frequency", "monetary").aggregate(count=lambda group: group.count())
    found: pd.DataFrame = rows.order_by("frequency", "monetary").to_pandas()
    return found


def first_orders(summary: ir.Table, begins: date) -> pd.DataFrame:
    """When customers bought first, in weeks from a day: week and count, for the tracking of a model."""
    week = _weeks(ibis.date(begins), summary.first_order)
    rows = summary.group_by(week=week).aggregate(count=lambda group: group.count())
    found: pd.DataFrame = rows.order_by("week").to_pandas()
    return found


def repeat_orders(transactions: ir.Table, begins: date, until: date) -> pd.DataFrame:
    """Repeat purchases of all customers by week from a day on: week (whole, from 1) and purchases.

    A purchase *t* weeks after `begins` is in the week ⌈t⌉, as `lifetime_tracking.track` has it.
    """
    days = order_days(transactions, until)
    firsts = days.group_by(_customer=days.customer_id).aggregate(_first=lambda group: group.day.min())
    joined = days.join(firsts, days.customer_id == firsts._customer)
    again = joined.filter(joined.day > joined._first)
    week = _weeks(ibis.date(begins), again.day).ceil().cast("int64")
    rows = again.group_by(week=ibis.greatest(week, 1)).aggregate(purchases=lambda group: group.count())
    found: pd.DataFrame = rows.order_by("week").to_pandas()
    return found
