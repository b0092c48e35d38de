"""Products bought together, counted in the engine: the sums that supports, confidences and lifts come from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench import language
from workbench.errors import DataError, Problem, SettingsError
from workbench.language import gettext as _

UNITS = ("customer", "day", "order")


@dataclass(frozen=True)
class Guard:
    """What keeps the pairs from becoming more than an engine can hold.

    Attributes
    ----------
    least : int
        In how many units two products are at least together; a product in fewer has no pair.
    most_products : int
        Customers with more different products than this (wholesalers, test accounts) are left out and counted.
    most_rows : float
        A self-join of more rows than this is refused before it begins.
    most_pairs : int
        How many pairs leave the engine, the most frequent first.
    """

    least: int = 20
    most_products: int = 100
    most_rows: float = 2e9
    most_pairs: int = 10_000


def purchases(transactions: ir.Table, as_of: date) -> ir.Table:
    """The lines that were bought by a day: neither returns (an amount below 0) nor lines without a product."""
    rows = transactions.filter(transactions.ordered_at.date() <= ibis.date(as_of))
    return rows.filter(~_returned(rows), ~_without_product(rows))


def _returned(rows: ir.Table) -> Any:
    return rows.amount < 0


def _without_product(rows: ir.Table) -> Any:
    return rows.product_id.isnull() | (rows.product_id == "")


def lines_apart(transactions: ir.Table, as_of: date) -> ir.Table:
    """One row: how many lines by a day are returns, how many have no product, and how many come later."""
    later = transactions.ordered_at.date() > ibis.date(as_of)
    returned, without = _returned(transactions), _without_product(transactions)
    return transactions.aggregate(
        returns=transactions.count(where=~later & returned),
        without_product=transactions.count(where=~later & ~returned & without),
        later=transactions.count(where=later),
    )


def in_units(lines: ir.Table, unit: str) -> ir.Table:
    """The distinct products of each unit: customer_id, moment, product_id.

    Parameters
    ----------
    lines : ibis Table
        What `purchases` gave.
    unit : str
        ``customer`` (all that a customer ever bought), ``day`` (of a customer) or ``order`` (one moment of a customer).

    Raises
    ------
    SettingsError
        When there is no such unit.
    """
    if unit not in UNITS:
        found = _("There is no unit {unit}.").format(unit=language.quoted(unit))
        raise SettingsError(Problem(found, language.either([language.quoted(known) for known in UNITS])))
    moments = {"customer": ibis.literal(0), "day": lines.ordered_at.date(), "order": lines.ordered_at}
    return lines.select("customer_id", "product_id", moment=moments[unit]).distinct()


def customers_of(baskets: ir.Table) -> ir.Table:
    """A row for each customer: customer_id, units, and products (different ones)."""
    return baskets.group_by("customer_id").aggregate(
        units=lambda group: group.moment.nunique(), products=lambda group: group.product_id.nunique()
    )


def within(baskets: ir.Table, customers: ir.Table, guard: Guard) -> ir.Table:
    """The units of customers who have no more different products than the guard allows, with their units."""
    kept = customers.filter(customers.products <= guard.most_products)
    kept = kept.select(_customer=kept.customer_id, units=kept.units)
    return baskets.join(kept, baskets.customer_id == kept._customer).drop("_customer")


def owned(kept: ir.Table) -> ir.Table:
    """A row for each customer and product: customer_id, product_id, n (units with it), units (of the customer)."""
    return kept.group_by("customer_id", "product_id").aggregate(
        n=lambda group: group.count().cast("float64"), units=lambda group: group.units.max().cast("float64")
    )


def product_sums(own: ir.Table) -> ir.Table:
    """A row a product: product_id, n, n_n and n_w, the sums over customers of n, n² and n × the customer's units."""
    return own.group_by("product_id").aggregate(
        n=lambda group: group.n.sum(),
        n_n=lambda group: (group.n * group.n).sum(),
        n_w=lambda group: (group.n * group.units).sum(),
    )


def frequent(own: ir.Table, products: ir.Table, guard: Guard) -> ir.Table:
    """The customers' products that are in as many units as a pair needs; a pair is in no more than its products."""
    often = products.filter(products.n >= guard.least).select(_product="product_id")
    return own.join(often, own.product_id == often._product).drop("_product")


def join_size(often: ir.Table) -> ir.Table:
    """One row: how many rows the self-join of the customers' products makes."""
    sizes = often.group_by("customer_id").aggregate(size=lambda group: group.count().cast("float64"))
    return sizes.aggregate(rows=(sizes["size"] * (sizes["size"] - 1) / 2).sum().fill_null(0.0))


def pair_sums(often: ir.Table, kept: ir.Table, unit: str, guard: Guard) -> ir.Table:
    """A row for each two products that are together often enough, with the sums over customers that intervals need.

    Returns
    -------
    ibis Table
        first and second (ids, in rising order); t, the units with both; and the sums over customers of t², t × the
        units with the first, with the second, and in all (t_t, t_a, t_b, t_w), and of the first's × the second's (a_b).
    """
    other = often.select(_customer=often.customer_id, second=often.product_id, b=often.n)
    both = often.join(other, [often.customer_id == other._customer, often.product_id < other.second])
    both = both.select(
        customer_id=both.customer_id, first=both.product_id, second=both.second, a=both.n, b=both.b, w=both.units
    )
    both = both.mutate(t=ibis.literal(1.0)) if unit == "customer" else _with_together(both, kept)
    sums = both.group_by("first", "second").aggregate(
        t=lambda group: group.t.sum(),
        t_t=lambda group: (group.t * group.t).sum(),
        t_a=lambda group: (group.t * group.a).sum(),
        t_b=lambda group: (group.t * group.b).sum(),
        t_w=lambda group: (group.t * group.w).sum(),
        a_b=lambda group: (group.a * group.b).sum(),
    )
    return sums.filter(sums.t >= guard.least)


def _with_together(both: ir.Table, kept: ir.Table) -> ir.Table:
    """In how many of the customer's units both are; in none where they were bought apart."""
    one = kept.select("customer_id", "moment", "product_id")
    two = one.select(_customer=one.customer_id, _moment=one.moment, _second=one.product_id)
    same = [one.customer_id == two._customer, one.moment == two._moment, one.product_id < two._second]
    joined = one.join(two, same).group_by("_customer", "product_id", "_second")
    counts = joined.aggregate(t=lambda group: group.count().cast("float64")).rename(_first="product_id")
    keys = [both.customer_id == counts._customer, both.first == counts._first, both.second == counts._second]
    found = both.left_join(counts, keys)
    return found.select(*both.columns, t=found.t.fill_null(0.0))


@dataclass(frozen=True)
class Counted:
    """What left the engine.

    Attributes
    ----------
    pairs, products : DataFrame
        `pair_sums` (the most frequent) and `product_sums`.
    units, units_squared : float
        Units of the customers who were counted, and the sum over customers of their square.
    customers, customers_left_out, pairs_found : int
    returns, without_product, later : int
        Lines that are no purchase by the day.
    """

    pairs: pd.DataFrame
    products: pd.DataFrame
    units: float
    units_squared: float
    customers: int
    customers_left_out: int
    pairs_found: int
    returns: int
    without_product: int
    later: int


def counted(transactions: ir.Table, as_of: date, unit: str, guard: Guard) -> Counted:
    """Count what was bought together by a day.

    Parameters
    ----------
    transactions : ibis Table
        customer_id, ordered_at, product_id, amount.
    as_of : date
        The last day that counts.
    unit : str
        One of `UNITS`.
    guard : Guard
        What keeps it in bounds.

    Raises
    ------
    DataError
        When nothing was bought.
    SettingsError
        When there is no such unit, or the self-join would be too large.
    """
    baskets = in_units(purchases(transactions, as_of), unit)
    customers = customers_of(baskets)
    totals = _totals(customers, guard)
    if not totals["customers"]:
        told = _("Nobody bought a product until {day}.").format(day=language.day(as_of))
        raise DataError(Problem(told, _("one order at least"), _("Look at the date of the data.")))
    kept = within(baskets, customers, guard)
    own = owned(kept)
    often = frequent(own, product_sums(own), guard)
    _refuse_too_large(often, guard)
    pairs = pair_sums(often, kept, unit, guard)
    found = int(pairs.count().to_pandas())
    most = pairs.order_by(ibis.desc("t"), "first", "second").limit(guard.most_pairs).to_pandas()
    apart = {name: int(value) for name, value in lines_apart(transactions, as_of).to_pandas().iloc[0].items()}
    products = product_sums(own).order_by("product_id").to_pandas()
    return Counted(most, products, pairs_found=found, **totals, **apart)


def _totals(customers: ir.Table, guard: Guard) -> dict[str, Any]:
    inside = customers.products <= guard.most_products
    units = customers.units.cast("float64")
    sums = customers.aggregate(
        units=units.sum(where=inside).fill_null(0.0),
        units_squared=(units * units).sum(where=inside).fill_null(0.0),
        customers=customers.count(where=inside),
        customers_left_out=customers.count(where=~inside),
    )
    found = sums.to_pandas().iloc[0]
    whole = {name: int(found[name]) for name in ("customers", "customers_left_out")}
    return {"units": float(found["units"]), "units_squared": float(found["units_squared"]), **whole}


def _refuse_too_large(often: ir.Table, guard: Guard) -> None:
    rows = float(join_size(often).to_pandas().iloc[0, 0])
    if rows > guard.most_rows:
        found = _("Pairs of products would be told in {rows} rows.").format(rows=language.number(rows))
        remedy = _("Ask for products that are together more often, or leave out customers with fewer products.")
        raise SettingsError(Problem(found, _("at most {rows}").format(rows=language.number(guard.most_rows)), remedy))
