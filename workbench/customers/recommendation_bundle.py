"""The best audience for a bundle: customers by what they have, with the conversion that such customers had before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
from scipy.optimize import isotonic_regression

from workbench import language
from workbench.customers.affinity_counts import Guard, purchases
from workbench.customers.recommendation import DECIMALS, bought_by, scores, similar_products
from workbench.customers.retention_shares import CONFIDENCE, wilson
from workbench.errors import DataError, Problem, SettingsError
from workbench.language import gettext as _
from workbench.results import Result

GROUPS = 5


@dataclass(frozen=True, eq=False)
class BundleAudience(Result):
    """Groups of customers by how near they are to a bundle, and how many of each would complete it.

    Attributes
    ----------
    groups : DataFrame
        active (bought within the last `days`), level (0: near to nothing in the bundle; then rising), score_from,
        customers_then, converted, conversion (never falling with the level: levels that would are pooled), low, high
        (Wilson, of the pooled), customers (now), expected (of them who complete it). Best first.
    bundle : tuple of str
        Product ids.
    names : tuple of str
    similar : DataFrame
        What `recommendation.similar_products` gave at the beginning of the days; today's scores are made with it too,
        so that they mean the same. `bundle_customers` takes it.
    have_all : int
        Customers who have the whole bundle and are left out.
    days : int
        In how many days a customer converts or does not: as long as was held out.
    as_of : date
    confidence : float
    """

    groups: pd.DataFrame
    bundle: tuple[str, ...]
    names: tuple[str, ...]
    similar: pd.DataFrame
    have_all: int
    days: int
    as_of: date
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """The groups."""
        return self.groups.copy()

    @property
    def conclusion(self) -> str:
        """Who the best audience is, and how they convert."""
        told = _(
            "The best audience for {bundle} is {customers} customers of whom {conversion} ({low} to {high}) can be "
            "expected to complete it in {days} days without being asked; of all {everybody}, {mean}."
        )
        best, whole = self.groups.iloc[0], self.groups["customers"].sum()
        shares = {name: language.percent(best[name]) for name in ("conversion", "low", "high")}
        return told.format(
            bundle=language.listed([language.quoted(name) for name in self.names]),
            customers=language.exact(best["customers"]),
            days=language.exact(self.days),
            everybody=language.exact(whole),
            mean=language.percent(self.groups["expected"].sum() / max(whole, 1)),
            **shares,
        )


def bundle_scores(
    transactions: ir.Table, similar: ir.Table, bundle: Sequence[str], as_of: date, active_since: date
) -> ir.Table:
    """How near each customer is to a bundle.

    Parameters
    ----------
    transactions : ibis Table
        customer_id, ordered_at, product_id, amount.
    similar : ibis Table
        What `recommendation.similar_products` gave.
    bundle : sequence of str
        Product ids.
    as_of : date
        The last day that is known.
    active_since : date
        Who bought after this day is active.

    Returns
    -------
    ibis Table
        customer_id, missing (products of the bundle not yet bought), active, score (mean over the missing ones of the
        sum of the similarities of what the customer has to it).
    """
    bought = bought_by(transactions, as_of)
    near = scores(bought, similar.filter(similar.other_id.isin(list(bundle))))
    summed = near.group_by(_customer="customer_id").aggregate(summed=lambda group: group.score.sum())
    lines = purchases(transactions, as_of)
    has = lines.group_by("customer_id").aggregate(
        missing=lambda group: len(bundle) - group.product_id.nunique(where=group.product_id.isin(list(bundle))),
        active=lambda group: group.ordered_at.date().max() > ibis.date(active_since),
    )
    joined = has.left_join(summed, has.customer_id == summed._customer)
    score = (joined.summed.fill_null(0.0) / joined.missing.nullif(0)).fill_null(0.0).round(DECIMALS)
    return joined.select("customer_id", "missing", "active", score=score)


def converted_after(
    scored: ir.Table, transactions: ir.Table, bundle: Sequence[str], cut: date, until: date
) -> ir.Table:
    """The customers who miss something of the bundle, with converted: whether they had all of it by a later day."""
    wanting = scored.filter(scored.missing > 0)
    later = bought_by(transactions, until)
    got = later.filter(later.product_id.isin(list(bundle))).group_by(_customer="customer_id")
    whole = got.aggregate(_has=lambda group: group.count())
    joined = wanting.left_join(whole, wanting.customer_id == whole._customer)
    return joined.select(*wanting.columns, converted=(joined._has.fill_null(0) == len(bundle)).cast("int64"))


def levels(scored: ir.Table, breaks: Sequence[float]) -> ir.Table:
    """The customers with level: 0 for a score of 0, then one more for each break point that the score reaches."""
    steps = ((scored.score >= point, len(breaks) - at) for at, point in enumerate(reversed(breaks)))
    return scored.mutate(level=ibis.cases(*steps, else_=0))


def _breaks(wanting: ir.Table) -> list[float]:
    """Scores that part those above 0 into groups; fewer where many are equal."""
    above = wanting.filter(wanting.score > 0)
    asked = {f"q{at}": above.score.quantile(at / GROUPS) for at in range(GROUPS)}
    found = above.aggregate(**asked).to_pandas().iloc[0].dropna()
    return sorted({float(value) for value in found})


def bundle_audience(
    transactions: ir.Table,
    bundle: Sequence[str],
    as_of: date,
    *,
    days: int = 180,
    products: ir.Table | None = None,
    guard: Guard | None = None,
    confidence: float = CONFIDENCE,
) -> BundleAudience:
    """Who is the best audience for a bundle, and how many of them would complete it.

    Customers are put in groups by their score and by whether they bought lately, once as of so many days ago and once
    today. How many of each group completed the bundle since then is what is expected of the same group from now on.

    Parameters
    ----------
    transactions : ibis Table
        customer_id, ordered_at, product_id, amount.
    bundle : sequence of str
        Ids of the products of the bundle.
    as_of : date
        Today.
    days : int
        In how many days a customer converts or does not.
    products : ibis Table, optional
        product_id and name.
    guard : Guard, optional
        What keeps the pairs in bounds.
    confidence : float
        Of the intervals.

    Raises
    ------
    SettingsError
        When the bundle is empty, or has a product that nobody had bought so many days ago.
    DataError
        When nothing was bought until then.

    Notes
    -----
    Pooling: R. E. Barlow and others (1972), *Statistical Inference under Order Restrictions*.
    """
    cut = as_of - timedelta(days=days)
    then, often = similar_products(transactions, cut, guard=guard)
    _refuse_unknown(bundle, set(often["product_id"]), cut)
    known = bundle_scores(transactions, ibis.memtable(then), bundle, cut, cut - timedelta(days=days))
    wanting = converted_after(known, transactions, bundle, cut, as_of)
    breaks = _breaks(wanting)
    before = levels(wanting, breaks).group_by("active", "level")
    past = before.aggregate(customers_then=lambda t: t.count(), converted=lambda t: t.converted.sum()).to_pandas()
    now = bundle_scores(transactions, ibis.memtable(then), bundle, as_of, cut)
    today = levels(now.filter(now.missing > 0), breaks).group_by("active", "level")
    present = today.aggregate(customers=lambda t: t.count()).to_pandas()
    groups = _groups(past, present, breaks, confidence)
    have_all = int(now.filter(now.missing == 0).count().to_pandas())
    names = _names(products, bundle)
    return BundleAudience(groups, tuple(bundle), names, then, have_all, days, as_of, confidence)


def _refuse_unknown(bundle: Sequence[str], sold: set[str], cut: date) -> None:
    if not bundle:
        raise SettingsError(Problem(_("The bundle has no product."), _("one product at least")))
    unknown = [product for product in bundle if product not in sold]
    if unknown:
        found = _("Nobody had bought {products} by {day}.")
        listed = language.listed([language.quoted(product) for product in unknown])
        remedy = _("For a new product, ask for lookalikes; or shorten the days in which a customer converts.")
        raise SettingsError(Problem(found.format(products=listed, day=language.day(cut)), remedy=remedy))


def _names(products: ir.Table | None, bundle: Sequence[str]) -> tuple[str, ...]:
    if products is None:
        return tuple(bundle)
    table = products.filter(products.product_id.isin(list(bundle))).select("product_id", "name").to_pandas()
    names = dict(zip(table["product_id"], table["name"], strict=True))
    return tuple(names.get(product) or product for product in bundle)


def _groups(past: pd.DataFrame, present: pd.DataFrame, breaks: Sequence[float], confidence: float) -> pd.DataFrame:
    table = past.merge(present, how="outer", on=["active", "level"]).sort_values(["active", "level"])
    counts = ["customers_then", "converted", "customers"]
    table[counts] = table[counts].fillna(0).astype(int)
    if table["customers_then"].sum() == 0:
        raise DataError(Problem(_("Nobody missed a product of the bundle at the beginning."), remedy=_("Add days.")))
    table = pd.concat([_pooled(side) for _active, side in table.groupby("active")])
    low, high = wilson(table["pooled_converted"], table["pooled"], confidence)
    conversion = table["pooled_converted"] / table["pooled"]
    table = table.assign(score_from=[(0.0, *breaks)[level] for level in table["level"]], conversion=conversion)
    table = table.assign(low=low, high=high, expected=table["customers"] * conversion)
    order = ["active", "level", "score_from", *counts[:2], "conversion", "low", "high", "customers", "expected"]
    return table.sort_values(["conversion", "level"], ascending=False)[order].reset_index(drop=True)


def _pooled(side: pd.DataFrame) -> pd.DataFrame:
    """Adjacent levels pooled where conversion would fall; a level nobody was in is as the one before it."""
    seen = side[side["customers_then"] > 0]
    fit: Any = isotonic_regression(seen["converted"] / seen["customers_then"], weights=seen["customers_then"])
    blocks = pd.Series(fit.x.round(DECIMALS), index=seen.index).reindex(side.index).ffill().bfill()
    sums = side.groupby(blocks)[["customers_then", "converted"]].transform("sum")
    return side.assign(pooled=sums["customers_then"], pooled_converted=sums["converted"])


def bundle_customers(audience: BundleAudience, transactions: ir.Table) -> ir.Table:
    """Each customer of the audience: customer_id, score, active, level and expected_conversion; order it as you like.

    Parameters
    ----------
    audience : BundleAudience
        From `bundle_audience`.
    transactions : ibis Table
        The same.
    """
    cut = audience.as_of - timedelta(days=audience.days)
    near = ibis.memtable(audience.similar)
    now = bundle_scores(transactions, near, audience.bundle, audience.as_of, cut)
    breaks = sorted(set(audience.groups.loc[audience.groups["level"] > 0, "score_from"]))
    placed = levels(now.filter(now.missing > 0), breaks)
    return placed.mutate(expected_conversion=_conversion(placed, audience.groups)).drop("missing")


def _conversion(placed: ir.Table, groups: pd.DataFrame) -> Any:
    told = zip(groups["active"], groups["level"], groups["conversion"], strict=True)
    cases = (
        ((placed.active == bool(active)) & (placed.level == int(level)), float(share)) for active, level, share in told
    )
    return ibis.cases(*cases, else_=0.0)
