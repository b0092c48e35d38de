"""Who moved between the segments of RFM from one day to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir
import pandas as pd

from workbench import language
from workbench.customers.purchase_summary import purchase_summary
from workbench.customers.rfm import BreakPoints, break_points, scored
from workbench.customers.rfm_segments import ORDER, title
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.results import Result

NOT_YET = "not_yet"


@dataclass(frozen=True, eq=False)
class RfmMigration(Result):
    """Customers by their segment on two days.

    Attributes
    ----------
    moves : DataFrame
        before and after (segment keys; before is ``not_yet`` for who first bought in between), customers, share (of
        those of `before`), revenue (what they brought between the two days).
    earlier, later : date
    customers : int
        Who had bought by the earlier day.
    """

    moves: pd.DataFrame
    earlier: date
    later: date
    customers: int

    def to_frame(self) -> pd.DataFrame:
        """The matrix: a row for each segment before, a column for each after, customers in the cells."""
        table = self.moves.pivot_table(index="before", columns="after", values="customers", aggfunc="sum", fill_value=0)
        before = [key for key in (*ORDER, NOT_YET) if key in table.index]
        after = [key for key in ORDER if key in table.columns]
        named = table.loc[before, after].rename(index=_named, columns=_named).astype(int)
        return named.rename_axis(index=_("Before"), columns=_("After"))

    @property
    def conclusion(self) -> str:
        """How many stayed where they were, and the most frequent move."""
        known = self.moves[self.moves["before"] != NOT_YET]
        stayed = known.loc[known["before"] == known["after"], "customers"].sum()
        told = _("Of {customers} customers {share} are in the same segment on {later} as on {earlier}.").format(
            customers=language.exact(self.customers),
            share=language.percent(stayed / self.customers),
            earlier=language.day(self.earlier),
            later=language.day(self.later),
        )
        moved = known[known["before"] != known["after"]]
        if moved.empty:
            return told
        most = moved.sort_values("customers", ascending=False, kind="stable").iloc[0]
        more = _("The most frequent move is from {before} to {after}, by {count}.").format(
            before=language.quoted(title(most["before"])),
            after=language.quoted(title(most["after"])),
            count=language.exact(most["customers"]),
        )
        return f"{told} {more}"


def _named(key: str) -> str:
    return _("Not yet a customer") if key == NOT_YET else title(key)


def rfm_moves(transactions: ir.Table, earlier: date, later: date, breaks: BreakPoints) -> ir.Table:
    """Customers counted by their segment on the two days, as an expression: before, after, customers, revenue."""
    now = scored(purchase_summary(transactions, later), later, breaks)
    then = scored(purchase_summary(transactions, earlier), earlier, breaks)
    then = then.select(_customer=then.customer_id, before=then.segment, _revenue=then.revenue)
    both = now.left_join(then, now.customer_id == then._customer)
    each = both.select(
        before=both.before.fill_null(NOT_YET),
        after=both.segment,
        revenue=both.revenue - both._revenue.fill_null(0.0),
    )
    return each.group_by("before", "after").aggregate(
        customers=lambda group: group.count(), revenue=lambda group: group.revenue.sum()
    )


def rfm_migration(transactions: ir.Table, earlier: date, later: date) -> RfmMigration:
    """Who moved between segments from one day to another.

    Both days are scored by the break points of the earlier one: a customer moves by what they do, and never because
    others did something.

    Parameters
    ----------
    transactions : ibis Table
        customer_id, ordered_at, amount.
    earlier, later : date

    Raises
    ------
    DataError
        When the days are in the wrong order, or nobody had bought by the earlier one.
    """
    if later <= earlier:
        found = _("{later} is not after {earlier}.")
        told = found.format(later=language.day(later), earlier=language.day(earlier))
        raise DataError(Problem(told, _("an earlier day, and a later one")))
    breaks = break_points(purchase_summary(transactions, earlier), earlier)
    moves = rfm_moves(transactions, earlier, later, breaks).order_by("before", "after").to_pandas()
    totals = moves.groupby("before")["customers"].transform("sum")
    moves.insert(3, "share", moves["customers"] / totals)
    known = moves.loc[moves["before"] != NOT_YET, "customers"]
    return RfmMigration(moves, earlier, later, int(known.sum()))
