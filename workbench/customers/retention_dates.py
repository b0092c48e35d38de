"""When customers under contract joined and left, held to what is possible."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench import language
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import ngettext


def contracts(customers: ir.Table, as_of: date) -> ir.Table:
    """Customers who had joined by a day, with what was known then.

    Parameters
    ----------
    customers : ibis Table
        customer_id, joined_on, left_on (empty for who is still there), and more.
    as_of : date
        What happened later is not known yet.

    Returns
    -------
    ibis Table
        The table's rows and columns with joined_on and left_on as days, left (whether they had left), ended_on (when
        they left, or `as_of`) and days (from joining to then).
    """
    rows = customers.mutate(joined_on=customers.joined_on.cast("date"), left_on=customers.left_on.cast("date"))
    rows = rows.filter(rows.joined_on <= ibis.date(as_of))
    rows = rows.mutate(left=(rows.left_on <= ibis.date(as_of)).fill_null(False))
    rows = rows.mutate(ended_on=ibis.ifelse(rows.left, rows.left_on, ibis.date(as_of)))
    return rows.mutate(days=rows.ended_on.delta(rows.joined_on, unit="day").cast("int64"))


def checked_contracts(customers: ir.Table, as_of: date) -> ir.Table:
    """The same, when nobody left before they joined.

    Raises
    ------
    DataError
        With how many did, or when a column is missing.
    """
    missing = [name for name in ("joined_on", "left_on") if name not in customers.columns]
    if missing:
        found = _("Columns are missing: {names}.").format(names=", ".join(missing))
        raise DataError(Problem(found, _("the days on which customers joined and left")))
    rows = contracts(customers, as_of)
    count = int(rows.count(where=rows.days < 0).to_pandas())
    if count:
        told = ngettext(
            "{count} customer left before joining.", "{count} customers left before joining.", count
        ).format(count=language.exact(count))
        raise DataError(Problem(told, _("a left_on that is not before joined_on")))
    return rows


def contract_problems(customers: ir.Table, as_of: date) -> dict[str, int]:
    """Reason → customers who are not in `contracts`."""
    joined = customers.joined_on.cast("date")
    counts = customers.aggregate(
        no_joining_date=customers.count(where=joined.isnull()),
        joined_later=customers.count(where=joined > ibis.date(as_of)),
    )
    told: pd.Series = counts.to_pandas().iloc[0]
    return {str(reason): int(count) for reason, count in told.items() if count}


def renewals(customers: ir.Table, as_of: date) -> pd.DataFrame:
    """Monthly renewals that came up, as rows for the shifted beta-geometric model: age, left, count.

    Who leaves between two renewals does not renew at the next; who is there has renewed once for each whole month.

    Parameters
    ----------
    customers : ibis Table
        customer_id, joined_on, left_on.
    as_of : date
        What happened later is not known yet.

    Raises
    ------
    DataError
        When somebody left before they joined.

    Examples
    --------
    >>> days = pd.to_datetime(["2026-01-10", "2026-01-10", "2026-02-01"])
    >>> left = pd.to_datetime(["2026-03-10", "2026-03-11", None])
    >>> rows = pd.DataFrame({"customer_id": list("abc"), "joined_on": days, "left_on": left})
    >>> renewals(ibis.memtable(rows), date(2026, 3, 31))
       age  left  count
    0    1     0      1
    1    2     1      1
    2    3     1      1
    """
    rows = checked_contracts(customers, as_of)
    joined, ended = rows.joined_on, rows.ended_on
    months = (ended.year() - joined.year()) * 12 + ended.month() - joined.month()
    whole = months - ibis.ifelse(ended.day() < joined.day(), 1, 0)
    more = ibis.ifelse(rows.left & (ended.day() != joined.day()), 1, 0)
    # Who joins and leaves on one day did not renew once.
    age = ibis.ifelse(rows.left, ibis.greatest(whole + more, 1), whole).cast("int64")
    counted = rows.group_by(age=age, left=rows.left.cast("int64")).aggregate(count=lambda group: group.count())
    found: pd.DataFrame = counted.order_by("age", "left").to_pandas()
    return found
