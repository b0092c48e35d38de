"""Affinity: which products are bought together more than chance would have it, and how surely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from workbench import language
from workbench.customers.affinity_counts import Counted, Guard, counted
from workbench.customers.affinity_measures import false_discovery, measured
from workbench.customers.retention_shares import CONFIDENCE
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.language import ngettext
from workbench.results import Result

FALSE_DISCOVERIES = 0.05
REASONS = {
    "customers": N_("customers with too many different products"),
    "products": N_("products in too few to have a pair"),
    "pairs": N_("pairs beyond the most frequent"),
    "returns": N_("lines that are returns"),
    "without_product": N_("lines without a product"),
    "later": N_("lines after the day"),
}
TOGETHER = {
    "customer": N_("customers who have {first} have {second} {lift} times as often as customers at large"),
    "day": N_("on days with {first}, {second} is bought {lift} times as often as on days at large"),
    "order": N_("orders with {first} have {second} {lift} times as often as orders at large"),
}


@dataclass(frozen=True, eq=False)
class Affinity(Result):
    """Products that are bought together.

    Attributes
    ----------
    pairs : DataFrame
        first, second (ids), first_name, second_name; together, first_units, second_units (units with both, with each);
        support, confidence (of the units with the first, the share with the second), confidence_back (the other way
        round), lift, each with _low and _high; p_value, q_value (false discovery rate among all pairs of these
        products), finding (``together``, ``apart`` or ``not_shown``). By falling lift.
    products : DataFrame
        product_id, name, units, share.
    left_out : mapping of str to int
        Counts by reason (the keys of `REASONS`).
    unit : str
        ``customer``, ``day`` or ``order``.
    units, customers : int
        What was counted.
    least : int
        In how many units two products had to be together.
    as_of : date
    confidence : float
        Of all intervals.
    """

    pairs: pd.DataFrame
    products: pd.DataFrame
    left_out: Mapping[str, int]
    unit: str
    units: int
    customers: int
    least: int
    as_of: date
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """The pairs."""
        return self.pairs.copy()

    @property
    def remark(self) -> str:
        """What was left out and how many of each; empty when nothing was."""
        each = _("{what} ({count})")
        counts = {_(REASONS[reason]): language.exact(count) for reason, count in self.left_out.items() if count}
        told = [each.format(what=what, count=count) for what, count in counts.items()]
        return _("Left out: {what}.").format(what=language.listed(told)) if told else ""

    @property
    def conclusion(self) -> str:
        """How many pairs are together more than chance has it, and which most."""
        found = self.pairs[self.pairs["finding"] == "together"]
        if found.empty:
            told = _(
                "Of {count} pairs of products that are frequent enough, none is shown to be bought together more than "
                "by chance."
            )
            return f"{told.format(count=language.exact(len(self.pairs)))} {self.remark}".strip()
        told = ngettext(
            "One pair of products of {pairs} is bought together more than by chance: {most}.",
            "{count} pairs of products of {pairs} are bought together more than by chance; above all, {most}.",
            len(found),
        )
        counts = {"count": language.exact(len(found)), "pairs": language.exact(len(self.pairs))}
        return f"{told.format(**counts, most=self._told(found.iloc[0]))} {self.remark}".strip()

    def _told(self, pair: Any) -> str:
        told = _(TOGETHER[self.unit]).format(
            first=language.quoted(pair["first_name"]),
            second=language.quoted(pair["second_name"]),
            lift=language.number(pair["lift"]),
        )
        low, high = language.number(pair["lift_low"]), language.number(pair["lift_high"])
        return _("{what} ({low} to {high})").format(what=told, low=low, high=high)


def affinity(
    transactions: ir.Table,
    as_of: date,
    *,
    products: ir.Table | None = None,
    unit: str = "customer",
    guard: Guard | None = None,
    confidence: float = CONFIDENCE,
) -> Affinity:
    """Which products are bought together.

    Parameters
    ----------
    transactions : ibis Table
        customer_id, ordered_at, product_id, amount; an amount below 0 is a return and no purchase.
    as_of : date
        The last day that counts.
    products : ibis Table, optional
        product_id and name, so that pairs are told by name.
    unit : str
        What is together: all that a ``customer`` ever bought, what a customer bought on a ``day``, or in an ``order``
        (the same moment).
    guard : Guard, optional
        How often a pair has to be seen, and what keeps it in bounds.
    confidence : float
        Of all intervals.

    Raises
    ------
    DataError
        When nothing was bought until then.
    SettingsError
        When there is no such unit, or the pairs would be more rows than the guard allows.

    Notes
    -----
    R. Agrawal, T. Imieliński and A. Swami (1993), Mining association rules between sets of items in large databases,
    *SIGMOD*; lift: S. Brin, R. Motwani, J. Ullman and S. Tsur (1997), Dynamic itemset counting, *SIGMOD*. Intervals by
    `affinity_measures.log_variance`.

    Examples
    --------
    >>> import ibis
    >>> lines = pd.DataFrame({"customer_id": list("aabbccd"), "product_id": list("xyxyxzz"), "amount": 1.0})
    >>> lines["ordered_at"] = pd.Timestamp("2026-01-01")
    >>> found = affinity(ibis.memtable(lines), date(2026, 1, 31), guard=Guard(least=2))
    >>> found.pairs[["first", "second", "together", "lift"]].round(3)
      first second  together   lift
    0     x      y         2  1.333
    """
    guard = guard or Guard()
    sums = counted(transactions, as_of, unit, guard)
    names = _names(products)
    often = int((sums.products["n"] >= guard.least).sum())
    pairs = _found(measured(sums, confidence), often * (often - 1) // 2, confidence)
    told = {f"{side}_name": [names.get(key, key) for key in pairs[side]] for side in ("first", "second")}
    pairs = pairs.assign(**told)
    return Affinity(
        pairs[["first", "second", *told, *pairs.columns.drop(["first", "second", *told])]],
        _products(sums, names),
        _left_out(sums, often),
        unit,
        int(sums.units),
        sums.customers,
        guard.least,
        as_of,
        confidence,
    )


def _names(products: ir.Table | None) -> dict[str, str]:
    if products is None:
        return {}
    table = products.select("product_id", "name").to_pandas()
    return {key: name or key for key, name in zip(table["product_id"], table["name"], strict=True)}


def _found(pairs: pd.DataFrame, family: int, confidence: float) -> pd.DataFrame:
    q = false_discovery(pairs["p_value"].to_numpy(float), family)
    above = pairs["lift"] > 1
    side = above.map({True: "together", False: "apart"})
    shown = q <= FALSE_DISCOVERIES
    pairs = pairs.assign(q_value=q, finding=side.where(shown, "not_shown"))
    return pairs.sort_values(["lift", "first", "second"], ascending=[False, True, True], ignore_index=True)


def _products(sums: Counted, names: Mapping[str, str]) -> pd.DataFrame:
    table = sums.products
    told = {"product_id": table["product_id"], "name": [names.get(key, key) for key in table["product_id"]]}
    return pd.DataFrame({**told, "units": table["n"].astype(int), "share": table["n"] / sums.units})


def _left_out(sums: Counted, often: int) -> dict[str, int]:
    return {
        "customers": sums.customers_left_out,
        "products": len(sums.products) - often,
        "pairs": sums.pairs_found - len(sums.pairs),
        "returns": sums.returns,
        "without_product": sums.without_product,
        "later": sums.later,
    }
