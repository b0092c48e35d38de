"""Whether next products are any good: hit rates on held-out purchases, against popularity and against chance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from workbench import language
from workbench.customers.affinity_counts import Guard, purchases
from workbench.customers.recommendation import (
    NEIGHBOURS,
    bought_by,
    first_choices,
    next_products,
    popular_next,
    similar_products,
)
from workbench.customers.recommendation_shares import against_chance, against_popular, chance_of_a_hit
from workbench.customers.retention_shares import CONFIDENCE, wilson
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.results import Result

METHODS = {"similar": N_("similar products"), "popular": N_("the most popular products"), "chance": N_("chance")}


@dataclass(frozen=True, eq=False)
class Recommendation(Result):
    """How often one of a customer's next products was what they really bought next.

    Attributes
    ----------
    rates : DataFrame
        method (``similar``, ``popular``, ``chance``), name, hits, hit_rate, low, high (Wilson; chance is exact),
        coverage (share of the products that at least one customer is told; not a number for chance).
    differences : DataFrame
        against (``popular``, ``chance``), difference (hit rate of similar products less theirs), low, high, p_value,
        finding (``better``, ``worse``, ``not_shown``).
    customers : int
        Who were tested: bought by the cut, and something new after it.
    without_history : int
        Who bought after the cut, but nothing before it: nothing can be told to them.
    without_anything_new : int
        Who bought by the cut, and nothing new after it.
    unsold : int
        Tested customers whose next product nobody had bought by the cut: nobody can hit it, and it counts as missed.
    filled : float
        Share of the products told that are there for being popular alone.
    most, products : int
        How many products a customer is told, and of how many.
    cut, until : date
        The last day that is known, and the last day held out.
    confidence : float
    """

    rates: pd.DataFrame
    differences: pd.DataFrame
    customers: int
    without_history: int
    without_anything_new: int
    unsold: int
    filled: float
    most: int
    products: int
    cut: date
    until: date
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """The hit rates."""
        return self.rates.copy()

    @property
    def hit_rate(self) -> float:
        """Of similar products."""
        return float(self.rates["hit_rate"].iloc[0])

    @property
    def popularity_hit_rate(self) -> float:
        """Of the most popular products."""
        return float(self.rates["hit_rate"].iloc[1])

    @property
    def conclusion(self) -> str:
        """The hit rates, and whether similar products do better than popular ones."""
        told = _(
            "Of {customers} customers, {share} next bought one of the {most} products that similar products name; the "
            "most popular products name it for {popular}, and chance for {chance}."
        )
        similar, popular, chance = (language.percent(value) for value in self.rates["hit_rate"])
        counts = {"customers": language.exact(self.customers), "most": language.exact(self.most)}
        first = told.format(share=similar, popular=popular, chance=chance, **counts)
        return " ".join([first, *(self._compared(row) for _at, row in self.differences.iterrows())])

    def _compared(self, row: Any) -> str:
        sentences = {
            "better": _("Better than {method}, by {low} to {high} percentage points."),
            "worse": _("Worse than {method}, by {low} to {high} percentage points: do not use it."),
            "not_shown": _("Not shown to be better than {method} (difference of {low} to {high} percentage points)."),
        }
        ends = [100 * row["low"], 100 * row["high"]]
        low, high = sorted(np.abs(ends)) if row["finding"] == "worse" else ends
        name = _(METHODS[row["against"]])
        return sentences[row["finding"]].format(method=name, low=language.number(low, 2), high=language.number(high, 2))


@dataclass(frozen=True)
class HeldOut:
    """What is known and what is held out, as expressions.

    Attributes
    ----------
    bought : ibis Table
        By the cut: customer_id, product_id, of the tested customers.
    next : ibis Table
        customer_id, product_id: what they bought first that was new to them; more than one where it was one order.
    """

    bought: ir.Table
    next: ir.Table


def held_out(transactions: ir.Table, cut: date, until: date) -> HeldOut:
    """Part the purchases at a day, and find what each customer bought next that was new to them."""
    before = bought_by(transactions, cut)
    new = _new_after(transactions, before, cut, until)
    firsts = new.group_by(_customer=new.customer_id).aggregate(_first=lambda group: group.ordered_at.min())
    at_first = new.join(firsts, [new.customer_id == firsts._customer, new.ordered_at == firsts._first])
    tested = before.semi_join(firsts, before.customer_id == firsts._customer)
    return HeldOut(tested, at_first.select("customer_id", "product_id").distinct())


def _new_after(transactions: ir.Table, before: ir.Table, cut: date, until: date) -> ir.Table:
    """The held-out lines of customers with a history, of products that were new to them."""
    after = purchases(transactions, until)
    after = after.filter(after.ordered_at.date() > ibis.date(cut)).select("customer_id", "product_id", "ordered_at")
    known = after.semi_join(before, "customer_id")
    return known.anti_join(before, ["customer_id", "product_id"])


def hit_cells(held: HeldOut, told: ir.Table, often: ir.Table, popular: ir.Table) -> ir.Table:
    """The tested customers counted by what is alike: had, wanted, sold, hit, popular_hit and customers.

    Parameters
    ----------
    held : HeldOut
        What is known and held out.
    told, often : ibis Table
        customer_id and product_id that similar and popular products tell.
    popular : ibis Table
        product_id of all that were sold by the cut.
    """
    next_ = held.next
    for name, table in (("_told", told), ("_often", often)):
        rows = table.select(**{f"{name}_customer": "customer_id", name: "product_id"})
        next_ = next_.left_join(
            rows, [next_.customer_id == rows[f"{name}_customer"], next_.product_id == rows[name]]
        ).drop(f"{name}_customer")
    sold = popular.select(_sold=popular.product_id)
    next_ = next_.left_join(sold, next_.product_id == sold._sold)
    each = next_.group_by("customer_id").aggregate(
        wanted=lambda group: group._sold.count(),
        hit=lambda group: group._told.count() > 0,
        popular_hit=lambda group: group._often.count() > 0,
    )
    had = held.bought.group_by(_customer="customer_id").aggregate(had=lambda group: group.count())
    joined = each.join(had, each.customer_id == had._customer)
    keys = ("had", "wanted", "hit", "popular_hit")
    return joined.group_by(*keys).aggregate(customers=lambda group: group.count())


def recommendation(
    transactions: ir.Table,
    cut: date,
    until: date,
    *,
    most: int = 3,
    guard: Guard | None = None,
    neighbours: int = NEIGHBOURS,
    confidence: float = CONFIDENCE,
) -> Recommendation:
    """How often one of the next products told is what customers really buy next, against popularity and chance.

    Parameters
    ----------
    transactions : ibis Table
        customer_id, ordered_at, product_id, amount.
    cut : date
        The last day that the methods know.
    until : date
        The last day held out.
    most : int
        How many products a customer is told.
    guard : Guard, optional
        What keeps the pairs in bounds.
    neighbours : int
        How many of the most alike each product keeps.
    confidence : float
        Of all intervals.

    Raises
    ------
    DataError
        When nothing was bought by the cut, or nobody with a history bought anything new after it.
    SettingsError
        When the pairs would be more rows than the guard allows.
    """
    similar, often = similar_products(transactions, cut, guard=guard, neighbours=neighbours)
    held = held_out(transactions, cut, until)
    places = ibis.memtable(often)
    told = next_products(held.bought, ibis.memtable(similar), places, most)
    reached = popular_next(held.bought, places, most).mutate(score=ibis.literal(0.0))
    told_often = first_choices(reached, [reached.place], most)
    cells = hit_cells(held, told, told_often, places).to_pandas()
    if cells.empty:
        raise _nothing_new(cut, until)
    coverage = {"similar": _covered(told), "popular": _covered(told_often)}
    return _result(cells, coverage, len(often), most, _untested(transactions, cut, until), (cut, until), confidence)


def _nothing_new(cut: date, until: date) -> DataError:
    told = _("From {cut} to {until} nobody with a history bought a product that was new to them.")
    remedy = _("Move the cut to an earlier day.")
    return DataError(Problem(told.format(cut=language.day(cut), until=language.day(until)), remedy=remedy))


def _covered(told: ir.Table) -> dict[str, float]:
    """How many products are told, and the share of what is told that no similarity speaks for."""
    found = told.aggregate(
        products=told.product_id.nunique(), filled=told.count(where=told.score == 0), told=told.count()
    )
    row = found.to_pandas().iloc[0]
    return {"products": float(row["products"]), "filled": float(row["filled"] / max(row["told"], 1))}


def _untested(transactions: ir.Table, cut: date, until: date) -> dict[str, int]:
    """How many customers bought on one side of the cut alone; those who are tested are taken off later."""
    lines = purchases(transactions, until)
    after = lines.ordered_at.date() > ibis.date(cut)
    sides = lines.group_by("customer_id").aggregate(
        before=lambda group: group.count(where=~after), after=lambda group: group.count(where=after)
    )
    found = sides.aggregate(
        history=sides.count(where=sides.before > 0), without_history=sides.count(where=sides.before == 0)
    )
    return {name: int(value) for name, value in found.to_pandas().iloc[0].items()}


def _result(
    cells: pd.DataFrame,
    coverage: dict[str, dict[str, float]],
    products: int,
    most: int,
    untested: dict[str, int],
    days: tuple[date, date],
    confidence: float,
) -> Recommendation:
    customers = int(cells["customers"].sum())
    chances = chance_of_a_hit((products - cells["had"]).to_numpy(float), cells["wanted"].to_numpy(float), most)
    chance = float(cells["customers"].to_numpy(float) @ chances) / customers
    differences = [against_popular(cells, confidence), against_chance(cells, chances, confidence)]
    return Recommendation(
        _rates(cells, coverage, products, chance, confidence),
        pd.DataFrame(differences),
        customers,
        untested["without_history"],
        untested["history"] - customers,
        int(cells.loc[cells["wanted"] == 0, "customers"].sum()),
        coverage["similar"]["filled"],
        most,
        products,
        *days,
        confidence,
    )


def _rates(
    cells: pd.DataFrame, coverage: dict[str, dict[str, float]], products: int, chance: float, confidence: float
) -> pd.DataFrame:
    total = float(cells["customers"].sum())
    hits = [float(cells.loc[cells[column], "customers"].to_numpy(float).sum()) for column in ("hit", "popular_hit")]
    low, high = wilson(hits, [total, total], confidence)
    covered = [coverage[method]["products"] / products for method in ("similar", "popular")]
    return pd.DataFrame(
        {
            "method": list(METHODS),
            "name": [_(name) for name in METHODS.values()],
            "hits": [*hits, chance * total],
            "hit_rate": [*(count / total for count in hits), chance],
            "low": [*low, chance],
            "high": [*high, chance],
            "coverage": [*covered, float("nan")],
        }
    )
