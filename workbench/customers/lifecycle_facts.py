"""What is known of each customer on a day, for the rules of the lifecycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from workbench.customers.purchase_summary import order_days

CONTROL = "control"
YEAR, QUARTER = 365, 90
KEY = "customer_id"


def facts(tables: Mapping[str, ir.Table], as_of: date) -> ir.Table:
    """Everything that is known of each customer on a day, a row each, as an expression.

    Parameters
    ----------
    tables : mapping of str to ibis Table
        ``customers``, and as many as there are of transactions, products, contacts, responses, tickets and usage. A
        fact whose table is missing is no column.
    as_of : date
        What comes later is not known yet; who came later is not in it.

    Returns
    -------
    ibis Table
        customer_id, the attributes of the customers, and: days_since_joining; subscribed and left (where customers have
        left_on); orders, orders_last_year, revenue, days_since_first_order, days_since_order; products_bought and
        families (distinct); contacts, days_since_contact (the control group was not contacted); responses,
        days_since_response; tickets, tickets_last_90_days, days_since_ticket; usage_last_90_days. Counts and amounts
        are 0 where there was nothing, days since are empty.
    """
    rows = _customers(tables["customers"], as_of)
    counted = [part for part in _parts(tables, as_of) if part is not None]
    for at, part in enumerate(counted):
        key = f"_key_{at}"
        keyed = part.rename({key: KEY})
        rows = rows.left_join(keyed, rows[KEY] == keyed[key]).drop(key)
    amounts = {
        name: rows[name].fill_null(0.0 if rows[name].type().is_floating() else 0)
        for part in counted
        for name in part.columns
        if name != KEY and not name.startswith("days_since")
    }
    rows = rows.mutate(**amounts)
    return rows.filter(_known(rows, counted)).drop("_joined_later")


def _known(rows: ir.Table, parts: list[ir.Table]) -> Any:
    """Who had joined, or had done something: somebody may buy before they subscribe."""
    known = ~rows._joined_later
    for part in parts:
        for name in part.columns:
            if name in ("orders", "contacts", "responses", "tickets"):
                known = known | (rows[name] > 0)
    return known


def _customers(customers: ir.Table, as_of: date) -> ir.Table:
    today = ibis.date(as_of)
    joined = customers.joined_on.cast("date")
    rows = customers.mutate(
        _joined_later=(joined > today).fill_null(False),
        days_since_joining=ibis.ifelse(joined <= today, _days_since(joined, as_of), ibis.null("int64")),
    )
    if "left_on" not in customers.columns:
        return rows
    left = (rows.left_on.cast("date") <= today).fill_null(False)
    return rows.mutate(left=left, subscribed=~left & (joined <= today).fill_null(False))


def _days_since(day: Any, as_of: date) -> Any:
    return ibis.date(as_of).delta(day, unit="day").cast("int64")


def _parts(tables: Mapping[str, ir.Table], as_of: date) -> Iterator[ir.Table | None]:
    if "transactions" in tables:
        yield _orders(tables["transactions"], as_of)
        yield _variety(tables["transactions"], tables.get("products"), as_of)
    if "contacts" in tables:
        contacts = tables["contacts"]
        treated = contacts.filter((contacts.arm != CONTROL).fill_null(True))
        yield _events(treated, "contacted_at", "contacts", "days_since_contact", as_of)
    if "responses" in tables:
        yield _events(tables["responses"], "responded_at", "responses", "days_since_response", as_of)
    if "tickets" in tables:
        yield _events(tables["tickets"], "opened_at", "tickets", "days_since_ticket", as_of)
        yield _tickets_lately(tables["tickets"], as_of)
    if "usage" in tables:
        yield _usage(tables["usage"], as_of)


def _orders(transactions: ir.Table, as_of: date) -> ir.Table:
    days = order_days(transactions, as_of)
    lately = days.day > ibis.date(as_of - timedelta(days=YEAR))
    rows = days.group_by(KEY).aggregate(
        orders=days.count(),
        orders_last_year=days.count(where=lately),
        revenue=days.amount.sum(),
        _first=days.day.min(),
        _last=days.day.max(),
    )
    since = rows.mutate(
        days_since_first_order=_days_since(rows._first, as_of), days_since_order=_days_since(rows._last, as_of)
    )
    return since.drop("_first", "_last")


def _variety(transactions: ir.Table, products: ir.Table | None, as_of: date) -> ir.Table:
    lines = transactions.filter(transactions.ordered_at.date() <= ibis.date(as_of))
    if products is None:
        return lines.group_by(KEY).aggregate(products_bought=lambda group: group.product_id.nunique())
    known = products.select(_product=products.product_id, _family=products.family)
    joined = lines.left_join(known, lines.product_id == known._product)
    return joined.group_by(KEY).aggregate(
        products_bought=lambda group: group.product_id.nunique(), families=lambda group: group._family.nunique()
    )


def _events(events: ir.Table, moment: str, count: str, since: str, as_of: date) -> ir.Table:
    dated = events.select(KEY, _day=events[moment].date())
    rows = dated.filter(dated._day <= ibis.date(as_of)).group_by(KEY)
    counted = rows.aggregate(**{count: lambda group: group.count(), "_last": lambda group: group._day.max()})
    return counted.mutate(**{since: _days_since(counted._last, as_of)}).drop("_last")


def _tickets_lately(tickets: ir.Table, as_of: date) -> ir.Table:
    day = tickets.opened_at.date()
    lately = tickets.filter((day <= ibis.date(as_of)) & (day > ibis.date(as_of - timedelta(days=QUARTER))))
    return lately.group_by(KEY).aggregate(tickets_last_90_days=lambda group: group.count())


def _usage(usage: ir.Table, as_of: date) -> ir.Table:
    month = usage.month.cast("date")
    lately = usage.filter((month <= ibis.date(as_of)) & (month > ibis.date(as_of - timedelta(days=QUARTER))))
    return lately.group_by(KEY).aggregate(usage_last_90_days=lambda group: group.amount.sum().cast("float64"))
