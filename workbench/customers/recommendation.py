"""The next product for a customer: products alike in who bought them, and the popular ones where nothing is known."""

from __future__ import annotations

from datetime import date

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from workbench.customers.affinity_counts import Counted, Guard, counted, in_units, purchases

NEIGHBOURS = 50
# Engines add in different orders; what differs only by that is a tie, and ties go to the more popular product.
DECIMALS = 9


def bought_by(transactions: ir.Table, as_of: date) -> ir.Table:
    """What each customer has bought by a day: distinct customer_id and product_id."""
    return in_units(purchases(transactions, as_of), "customer").select("customer_id", "product_id")


def alike(sums: Counted, neighbours: int = NEIGHBOURS) -> pd.DataFrame:
    """How alike products are in who bought them: the cosine of their customers.

    Parameters
    ----------
    sums : Counted
        From `affinity_counts.counted`, by ``customer``.
    neighbours : int
        How many of the most alike each product keeps.

    Returns
    -------
    DataFrame
        product_id, other_id, together (customers with both), similarity: together ÷ √(customers of one × of the other).

    Notes
    -----
    B. Sarwar, G. Karypis, J. Konstan and J. Riedl (2001), Item-based collaborative filtering recommendation algorithms,
    *WWW10*; M. Deshpande and G. Karypis (2004), Item-based top-N recommendation algorithms, *ACM Transactions on
    Information Systems* 22(1).
    """
    owners = sums.products.set_index("product_id")["n"]
    pairs = sums.pairs[["first", "second", "t"]]
    both_ways = pd.concat([pairs, pairs.rename(columns={"first": "second", "second": "first"})], ignore_index=True)
    one, other = (owners.reindex(both_ways[side]).to_numpy(float) for side in ("first", "second"))
    cosine = both_ways["t"].to_numpy(float) / np.sqrt(one * other)
    table = both_ways.rename(columns={"first": "product_id", "second": "other_id", "t": "together"})
    table = table.assign(together=table["together"].astype(int), similarity=cosine)
    table = table.sort_values(["product_id", "similarity", "other_id"], ascending=[True, False, True])
    return table.groupby("product_id").head(neighbours).reset_index(drop=True)


def popular(sums: Counted) -> pd.DataFrame:
    """The products by how many customers have them: product_id, place (from 1), customers; ties by id."""
    table = sums.products.sort_values(["n", "product_id"], ascending=[False, True], ignore_index=True)
    places = np.arange(1, len(table) + 1)
    return pd.DataFrame({"product_id": table["product_id"], "place": places, "customers": table["n"].astype(int)})


def similar_products(
    transactions: ir.Table, as_of: date, *, guard: Guard | None = None, neighbours: int = NEIGHBOURS
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Which products are alike by a day, and which are popular.

    Parameters
    ----------
    transactions : ibis Table
        customer_id, ordered_at, product_id, amount.
    as_of : date
        The last day that counts.
    guard : Guard, optional
        What keeps the pairs in bounds.
    neighbours : int
        How many of the most alike each product keeps.

    Returns
    -------
    tuple of DataFrame
        What `alike` and `popular` give: as many rows as products, or as products × neighbours.

    Raises
    ------
    DataError
        When nothing was bought until then.
    """
    sums = counted(transactions, as_of, "customer", guard or Guard())
    return alike(sums, neighbours), popular(sums)


def scores(bought: ir.Table, similar: ir.Table) -> ir.Table:
    """How near each customer is to each product not yet bought: customer_id, product_id, score.

    The score is the sum of the similarities of what the customer has to the product.
    """
    near = bought.join(similar, bought.product_id == similar.product_id)
    summed = near.group_by(near.customer_id, product_id=near.other_id).aggregate(
        score=lambda group: group.similarity.sum().round(DECIMALS)
    )
    return _not_yet(summed, bought)


def _not_yet(wanted: ir.Table, bought: ir.Table) -> ir.Table:
    return wanted.anti_join(bought, ["customer_id", "product_id"])


def popular_next(bought: ir.Table, popular: ir.Table, most: int) -> ir.Table:
    """The most popular products that each customer has not bought: customer_id, product_id, place.

    So many, and a few more: as many places are looked at as the customer could have products among them.
    """
    sizes = bought.group_by("customer_id").aggregate(reach=lambda group: group.count() + most)
    reached = sizes.join(popular, popular.place <= sizes.reach)
    return _not_yet(reached.select("customer_id", "product_id", "place"), bought)


def next_products(bought: ir.Table, similar: ir.Table, popular: ir.Table, most: int = 3) -> ir.Table:
    """The next products of each customer, best first.

    Parameters
    ----------
    bought : ibis Table
        From `bought_by`; only the customers who are asked for.
    similar, popular : ibis Table
        From `similar_products`, as tables of the same engine or of memory.
    most : int
        How many products a customer is told.

    Returns
    -------
    ibis Table
        customer_id, choice (from 1), product_id, score (0 where it is there for being popular alone).

    Examples
    --------
    >>> has = ibis.memtable(pd.DataFrame({"customer_id": ["c"], "product_id": ["x"]}))
    >>> near = ibis.memtable(pd.DataFrame({"product_id": ["x"], "other_id": ["z"], "similarity": [0.5]}))
    >>> often = ibis.memtable(pd.DataFrame({"product_id": ["x", "y", "z"], "place": [1, 2, 3]}))
    >>> next_products(has, near, often, 2).order_by("choice").to_pandas()
      customer_id  choice product_id  score
    0           c       1          z    0.5
    1           c       2          y    0.0
    """
    near = scores(bought, similar)
    places = popular.select(_product=popular.product_id, place=popular.place)
    near = near.join(places, near.product_id == places._product)
    filled = popular_next(bought, popular, most)
    told = near.select("customer_id", "product_id", "place", "score").union(
        filled.select("customer_id", "product_id", "place", score=ibis.literal(0.0))
    )
    best = told.group_by("customer_id", "product_id", "place").aggregate(score=lambda group: group.score.max())
    return first_choices(best, [ibis.desc(best.score), best.place], most)


def first_choices(wanted: ir.Table, order: list[ir.Value], most: int) -> ir.Table:
    """The first so many products of each customer in an order: customer_id, choice, product_id and score."""
    window = ibis.window(group_by=wanted.customer_id, order_by=order)
    ranked = wanted.mutate(choice=ibis.row_number().over(window) + 1)
    return ranked.filter(ranked.choice <= most).select("customer_id", "choice", "product_id", "score")
