"""RFM: customers scored by how recently, how often and for how much they bought, and what the segments bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench import language
from workbench.customers.purchase_summary import purchase_summary
from workbench.customers.rfm_segments import ORDER, segment_of, title
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.results import Result

SCORES = 5
MEASURES = {"r": "days_since", "f": "orders", "m": "revenue"}
AXES = {"r": N_("recency"), "f": N_("frequency"), "m": N_("value")}


@dataclass(frozen=True)
class BreakPoints:
    """Where the scores part: four rising figures for each measure, the fifths of the customers.

    Attributes
    ----------
    days_since, orders, revenue : tuple of float
        Days since the last order, days with an order, and revenue.
    """

    days_since: tuple[float, ...]
    orders: tuple[float, ...]
    revenue: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Rfm(Result):
    """Customers by their scores on a day.

    Attributes
    ----------
    cells : DataFrame
        r, f, m (scores from 1 to 5, 5 the best), segment, customers, orders (days with an order), revenue, days_since
        (mean); cells with nobody in them are missing.
    segments : DataFrame
        segment (key), name, customers, share_of_customers, revenue, share_of_revenue, revenue_a_customer,
        orders_a_customer, days_since (mean); one row a segment, those with nobody too.
    breaks : BreakPoints
        Where the scores part.
    scores_used : mapping of str to int
        For r, f and m, how many of the five scores somebody has; fewer than five where many customers are equal.
    customers : int
    revenue : float
    as_of : date
    """

    cells: pd.DataFrame
    segments: pd.DataFrame
    breaks: BreakPoints
    scores_used: Mapping[str, int]
    customers: int
    revenue: float
    as_of: date

    def to_frame(self) -> pd.DataFrame:
        """The segments."""
        return self.segments.copy()

    @property
    def remark(self) -> str:
        """Which scores part fewer than five groups because many customers are equal; empty when none does."""
        told = _("Many customers are equal in {measure}: only {count} of its {wanted} scores are used.")
        return " ".join(
            told.format(measure=_(AXES[axis]), count=count, wanted=SCORES)
            for axis, count in self.scores_used.items()
            if count < SCORES
        )

    @property
    def conclusion(self) -> str:
        """Which segment brings most, and how large it is."""
        if self.revenue <= 0:
            told = _("{customers} customers bought by {day}, and all of it together brings no revenue.")
            return told.format(customers=language.exact(self.customers), day=language.day(self.as_of))
        first = self.segments.sort_values("revenue", ascending=False, kind="stable").iloc[0]
        told = _(
            "The segment {segment} is {share_of_customers} of {customers} customers and brings {share_of_revenue} of "
            "their revenue."
        )
        sentence = told.format(
            segment=language.quoted(first["name"]),
            share_of_customers=language.percent(first["share_of_customers"]),
            customers=language.exact(self.customers),
            share_of_revenue=language.percent(first["share_of_revenue"]),
        )
        return f"{sentence} {self.remark}".strip()


def measured(summary: ir.Table, as_of: date) -> ir.Table:
    """A purchase summary with days_since, the days since each customer's last order."""
    return summary.mutate(days_since=ibis.date(as_of).delta(summary.last_order, unit="day"))


def break_points(summary: ir.Table, as_of: date) -> BreakPoints:
    """The fifths of the customers by each measure, exact on every engine, from one aggregate.

    Parameters
    ----------
    summary : ibis Table
        What `purchase_summary` gave for that day.
    as_of : date
        The day.

    Raises
    ------
    DataError
        When there are no customers.
    """
    rows = measured(summary, as_of)
    asked = {
        f"{name}_{fifth}": rows[name].cast("float64").quantile(fifth / SCORES)
        for name in MEASURES.values()
        for fifth in range(1, SCORES)
    }
    found = rows.aggregate(customers=rows.count(), **asked).to_pandas().iloc[0]
    if not found["customers"]:
        raise nobody(as_of)
    return BreakPoints(*(tuple(float(found[f"{name}_{n}"]) for n in range(1, SCORES)) for name in MEASURES.values()))


def nobody(as_of: date) -> DataError:
    """That there is nothing to score."""
    told = _("Nobody bought anything until {day}.").format(day=language.day(as_of))
    return DataError(Problem(told, _("one order at least"), _("Look at the date of the data.")))


def scored(summary: ir.Table, as_of: date, breaks: BreakPoints) -> ir.Table:
    """Every customer's scores and segment.

    Parameters
    ----------
    summary : ibis Table
        What `purchase_summary` gave for that day.
    as_of : date
        The day.
    breaks : BreakPoints
        From the same customers, or from an earlier day to compare with.

    Returns
    -------
    ibis Table
        The summary with days_since; r, f and m, from 1 to 5, 5 the best; and segment. Equal customers have equal
        scores.
    """
    rows = measured(summary, as_of)
    r = SCORES - _passed(rows.days_since, breaks.days_since)
    f, m = (1 + _passed(rows[name], getattr(breaks, name)) for name in ("orders", "revenue"))
    with_scores = rows.mutate(r=r, f=f, m=m)
    return with_scores.mutate(segment=segment_of(with_scores.r, with_scores.f))


def _passed(value: Any, breaks: tuple[float, ...]) -> Any:
    """How many break points a value lies above."""
    return ibis.cases(*((value > point, len(breaks) - at) for at, point in enumerate(reversed(breaks))), else_=0)


def rfm_cells(customers: ir.Table) -> ir.Table:
    """The customers of `scored`, counted by their scores."""
    return customers.group_by("r", "f", "m", "segment").aggregate(
        customers=lambda group: group.count(),
        orders=lambda group: group.orders.sum(),
        revenue=lambda group: group.revenue.sum(),
        days_since=lambda group: group.days_since.mean(),
    )


def rfm(transactions: ir.Table, as_of: date, breaks: BreakPoints | None = None) -> Rfm:
    """Customers by how recently, how often and for how much they bought, and what each segment brings.

    Parameters
    ----------
    transactions : ibis Table
        customer_id, ordered_at, amount.
    as_of : date
        The day they are looked at; what comes later does not count.
    breaks : BreakPoints, optional
        Where the scores part; by default at the fifths of these customers.

    Raises
    ------
    DataError
        When nobody bought anything until then.

    Notes
    -----
    A. M. Hughes (1994), *Strategic Database Marketing*, for fifths; the segments are those that are usual in practice.

    Examples
    --------
    >>> lines = pd.DataFrame({"customer_id": list("abcde"), "amount": [1.0, 2, 3, 4, 5]})
    >>> lines["ordered_at"] = pd.to_datetime([f"2026-01-0{day}" for day in range(1, 6)])
    >>> rfm(ibis.memtable(lines), date(2026, 1, 31)).cells[["r", "f", "m", "customers"]]
       r  f  m  customers
    0  1  1  1          1
    1  2  1  2          1
    2  3  1  3          1
    3  4  1  4          1
    4  5  1  5          1
    """
    summary = purchase_summary(transactions, as_of)
    breaks = breaks or break_points(summary, as_of)
    cells = rfm_cells(scored(summary, as_of, breaks)).order_by("r", "f", "m").to_pandas()
    cells = cells.astype({"r": int, "f": int, "m": int, "customers": int, "orders": int})
    if cells.empty:
        raise nobody(as_of)
    used = {axis: int(cells[axis].nunique()) for axis in MEASURES}
    return Rfm(cells, _segments(cells), breaks, used, int(cells["customers"].sum()), cells["revenue"].sum(), as_of)


def _segments(cells: pd.DataFrame) -> pd.DataFrame:
    sums = cells.assign(days=cells["days_since"] * cells["customers"]).groupby("segment")
    table = sums[["customers", "orders", "revenue", "days"]].sum().reindex(list(ORDER), fill_value=0)
    whole = table.sum()
    customers = table["customers"].where(table["customers"] > 0)
    return pd.DataFrame(
        {
            "segment": list(ORDER),
            "name": [title(key) for key in ORDER],
            "customers": table["customers"].to_numpy(),
            "share_of_customers": (table["customers"] / whole["customers"]).to_numpy(),
            "revenue": table["revenue"].to_numpy(),
            "share_of_revenue": (table["revenue"] / (whole["revenue"] or float("nan"))).to_numpy(),
            "revenue_a_customer": (table["revenue"] / customers).to_numpy(),
            "orders_a_customer": (table["orders"] / customers).to_numpy(),
            "days_since": (table["days"] / customers).to_numpy(),
        }
    )
