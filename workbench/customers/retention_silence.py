"""Churn of customers without a contract: who has been silent for so long that they count as gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench import language
from workbench.customers.purchase_summary import order_days
from workbench.customers.retention_shares import CONFIDENCE, wilson
from workbench.errors import DataError, NoSolutionError, Problem
from workbench.language import gettext as _
from workbench.results import Result

USUAL_SHARE = 0.95


@dataclass(frozen=True, eq=False)
class SilentChurn(Result):
    """Customers without a contract who have not ordered for so long that they count as gone.

    Attributes
    ----------
    days : int
        Of silence, from which a customer counts as gone.
    chosen : bool
        Whether the days were found in the data and not given.
    usual_share : float
        Share of the orders after a first that come within so many days of the one before.
    gaps : DataFrame
        days (between two orders of a customer), orders, so_far (share that comes within so many days).
    customers, gone : int
        Who ever ordered, and who of them counts as gone.
    share, low, high : float
        Of customers who count as gone, and its interval (Wilson: what the definition gives in such a base).
    judged, came_back : int
        Who would have counted as gone so many days before `as_of`, and who of them has ordered since.
    as_of : date
    confidence : float
    """

    days: int
    chosen: bool
    usual_share: float
    gaps: pd.DataFrame
    customers: int
    gone: int
    share: float
    low: float
    high: float
    judged: int
    came_back: int
    as_of: date
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """The figures, a row each."""
        low, high = wilson(self.came_back, self.judged, self.confidence)
        back = self.came_back / self.judged if self.judged else float("nan")
        rows = [
            (_("Count as gone"), self.gone, self.customers, self.share, self.low, self.high),
            (_("Came back after all"), self.came_back, self.judged, back, float(low), float(high)),
        ]
        return pd.DataFrame(rows, columns=["figure", "count", "of", "share", "low", "high"])

    @property
    def conclusion(self) -> str:
        """From when a customer counts as gone, how many do, and how often that was wrong."""
        told = _("{share} of {customers} customers have not ordered for {days} days or more and count as gone.").format(
            share=language.percent(self.share), customers=language.exact(self.customers), days=language.exact(self.days)
        )
        return " ".join(filter(None, (told, self._why(), self._wrong())))

    def _why(self) -> str:
        told = _("{share} of all repeat orders come sooner than that after the one before.")
        return told.format(share=language.percent(self.usual_share)) if len(self.gaps) else ""

    def _wrong(self) -> str:
        if not self.judged:
            return _("How many come back after all cannot be said: the data do not reach far enough back.")
        told = _("Of those who would have counted as gone {days} days earlier, {share} have come back.")
        return told.format(days=language.exact(self.days), share=language.percent(self.came_back / self.judged))


def order_gaps(transactions: ir.Table, as_of: date) -> ir.Table:
    """Days between two orders of a customer that follow each other, counted, as an expression: days, orders."""
    days = order_days(transactions, as_of)
    one = ibis.window(group_by="customer_id", order_by="day")
    gaps = days.mutate(before=days.day.lag().over(one))
    gaps = gaps.filter(gaps.before.notnull())
    between = gaps.day.delta(gaps.before, unit="day").cast("int64")
    return gaps.group_by(days=between).aggregate(orders=lambda group: group.count())


def silent_churn(
    transactions: ir.Table,
    as_of: date,
    *,
    days: int | None = None,
    usual_share: float = USUAL_SHARE,
    confidence: float = CONFIDENCE,
) -> SilentChurn:
    """Who has not ordered for so long that they count as gone.

    Parameters
    ----------
    transactions : ibis Table
        customer_id, ordered_at, amount.
    as_of : date
        The last day that counts.
    days : int, optional
        Of silence. Without it, the fewest within which `usual_share` of all repeat orders follow the one before, and
        one more.
    usual_share : float
        Between 0 and 1.
    confidence : float
        Of the intervals.

    Raises
    ------
    DataError
        When nobody ordered by then, or a figure is not possible.
    NoSolutionError
        When the days are to be found and nobody ever ordered again.

    Notes
    -----
    Gaps that have not ended yet are not among those counted, so that in a short time of data long ones are too rare.
    How many came back after all, so many days later, says what that costs.
    """
    _check(days, usual_share)
    gaps = order_gaps(transactions, as_of).order_by("days").to_pandas().astype(int)
    gaps["so_far"] = gaps["orders"].cumsum() / gaps["orders"].sum()
    silence = days if days is not None else _found(gaps, usual_share)
    counts = silence_counts(transactions, as_of, silence).to_pandas().fillna(0).iloc[0].astype(int)
    if not counts["customers"]:
        found = _("Nobody bought anything until {day}.").format(day=language.day(as_of))
        raise DataError(Problem(found, _("one order at least"), _("Look at the date of the data.")))
    low, high = wilson(counts["gone"], counts["customers"], confidence)
    return SilentChurn(
        days=silence,
        chosen=days is None,
        usual_share=float(gaps.loc[gaps["days"] < silence, "orders"].sum() / max(gaps["orders"].sum(), 1)),
        gaps=gaps,
        customers=int(counts["customers"]),
        gone=int(counts["gone"]),
        share=float(counts["gone"] / counts["customers"]),
        low=float(low),
        high=float(high),
        judged=int(counts["judged"]),
        came_back=int(counts["came_back"]),
        as_of=as_of,
        confidence=confidence,
    )


def silence_counts(transactions: ir.Table, as_of: date, silence: int) -> ir.Table:
    """Customers, those silent for so many days, those silent so many days earlier, and who of these came back."""
    days = order_days(transactions, as_of)
    earlier = as_of - timedelta(days=silence)
    lasts = days.group_by("customer_id").aggregate(
        last=lambda group: group.day.max(), before=lambda group: group.day.max(where=group.day <= ibis.date(earlier))
    )
    gone = lasts.last <= ibis.date(earlier)
    judged = (lasts.before <= ibis.date(earlier - timedelta(days=silence))).fill_null(False)
    return lasts.aggregate(
        customers=lasts.count(),
        gone=lasts.count(where=gone),
        judged=lasts.count(where=judged),
        came_back=lasts.count(where=judged & ~gone),
    )


def _check(days: int | None, usual_share: float) -> None:
    problems = []
    if days is not None and days < 1:
        problems.append(Problem(_("{count} days of silence are too few.").format(count=days), _("1 or more")))
    if not 0 < usual_share < 1:
        problems.append(
            Problem(_("A share of {share} is not possible.").format(share=usual_share), _("between 0 and 1"))
        )
    if problems:
        raise DataError(problems)


def _found(gaps: pd.DataFrame, usual_share: float) -> int:
    if gaps.empty:
        raise NoSolutionError(
            Problem(_("Nobody ever bought again, so it cannot be said from when a customer counts as gone."), _("days"))
        )
    return int(gaps.loc[gaps["so_far"] >= usual_share, "days"].iloc[0]) + 1
