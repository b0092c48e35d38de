"""Lookalikes: the best customers for a product that nobody has bought yet, from the buyers of similar ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from workbench import language
from workbench.customers.lookalikes_features import CustomerBase
from workbench.customers.lookalikes_learning import Learning, Learnt, candidates, learnt
from workbench.customers.lookalikes_model import reliability
from workbench.customers.retention_shares import CONFIDENCE
from workbench.language import gettext as _
from workbench.results import Result

GROUPS = 10


@dataclass(frozen=True, eq=False)
class Lookalikes(Result):
    """The best customers for a new product.

    Attributes
    ----------
    groups : DataFrame
        group (1 the best), customers, expected_conversion (mean), least, most (of the group), expected_buyers;
        tenths of the customers, fewer where many are equal.
    similar : DataFrame
        product_id, name, similarity, buyers: what it was learnt from.
    effects : DataFrame
        feature, effect on the logit of one standard deviation; the strongest first.
    reliability : DataFrame
        What `lookalikes_model.reliability` gives, on customers who were held out.
    learnt : Learnt
        The model; `lookalike_customers` takes it.
    product, name : str
        Id and name of the new product.
    customers : int
        Customers today.
    customers_then, sampled : int
        Customers at the beginning of the days that it was learnt from, and those whom the learner got.
    seed : int
        Of the sample.
    days : int
        In how many days a customer buys or does not.
    as_of : date
    confidence : float
    """

    groups: pd.DataFrame
    similar: pd.DataFrame
    effects: pd.DataFrame
    reliability: pd.DataFrame
    learnt: Learnt
    product: str
    name: str
    customers: int
    customers_then: int
    sampled: int
    seed: int
    days: int
    as_of: date
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """The groups."""
        return self.groups.copy()

    @property
    def remark(self) -> str:
        """Of how many customers the learner got a sample; empty when it got all."""
        if self.sampled == self.customers_then:
            return ""
        told = _("Learnt from a sample of {sampled} of {customers} customers (seed {seed}).")
        counts = {"sampled": language.exact(self.sampled), "customers": language.exact(self.customers_then)}
        return told.format(seed=self.seed, **counts)

    @property
    def conclusion(self) -> str:
        """Who the best are, how sure the probabilities are, and what they rest on."""
        told = _(
            "The best {customers} customers for {product} would buy it at {best} in {days} days, {lift} times the mean "
            "of {mean}, if it sells as {similar} do; {inside} of {groups} groups of held-out customers bought as "
            "expected."
        )
        best = self.groups.iloc[0]
        mean = self.groups["expected_buyers"].sum() / self.groups["customers"].sum()
        sentence = told.format(
            customers=language.exact(best["customers"]),
            product=language.quoted(self.name),
            best=language.percent(best["expected_conversion"]),
            days=language.exact(self.days),
            lift=language.number(best["expected_conversion"] / mean),
            mean=language.percent(mean),
            similar=language.listed([language.quoted(name) for name in self.similar["name"]]),
            inside=language.exact(self.reliability["inside"].sum()),
            groups=language.exact(len(self.reliability)),
        )
        return f"{sentence} {self.remark}".strip()


def lookalikes(
    base: CustomerBase, product: str, as_of: date, *, how: Learning | None = None, confidence: float = CONFIDENCE
) -> Lookalikes:
    """Who are the best customers for a product that nobody has bought yet.

    Similar products stand for it. Of the customers who did not have one of them at the beginning of the days, some had
    begun to buy it by their end: a logistic regression learns who, from what customers are, what they had bought, and
    how like that is to the product in question; rows weigh as much as the product is similar.

    Parameters
    ----------
    base : CustomerBase
        The tables.
    product : str
        Id of the new product; it stands in the products with its attributes.
    as_of : date
        Today.
    how : Learning, optional
        Days, how many similar products, and how large a sample.
    confidence : float
        Of the intervals.

    Raises
    ------
    SettingsError
        When there is no such product, or an attribute is wrong.
    DataError
        When nothing is known of the products, or no similar one has buyers enough.
    """
    how = how or Learning()
    known = learnt(base, product, as_of, how)
    groups = _groups(candidates(base, known, product, as_of))
    names = base.products.set_index("product_id").get("name", pd.Series(dtype=object))
    bought = known.frame["bought"].to_numpy(int)
    return Lookalikes(
        groups,
        known.similar,
        known.fitted.effects,
        reliability(known.fitted.held_out, bought, known.weights, confidence),
        known,
        product,
        names.get(product) or product,
        int(groups["customers"].sum()),
        known.customers,
        known.sampled,
        how.seed,
        how.days,
        as_of,
        confidence,
    )


def _groups(rows: ir.Table) -> pd.DataFrame:
    """Tenths of the customers by their logit, parted at break points that are one aggregate."""
    asked = {f"q{at}": rows.logit.quantile(at / GROUPS) for at in range(1, GROUPS)}
    breaks = sorted({float(value) for value in rows.aggregate(**asked).to_pandas().iloc[0]})
    steps: Any = ((rows.logit >= point, at + 1) for at, point in enumerate(reversed(breaks)))
    placed = rows.mutate(group=ibis.cases(*steps, else_=len(breaks) + 1))
    table = placed.group_by("group").aggregate(
        customers=lambda group: group.count(),
        expected_conversion=lambda group: group.chance.mean(),
        least=lambda group: group.chance.min(),
        most=lambda group: group.chance.max(),
    )
    frame = table.order_by("group").to_pandas()
    expected = frame["customers"] * frame["expected_conversion"]
    told: pd.DataFrame = frame.assign(group=np.arange(1, len(frame) + 1), expected_buyers=expected)
    return told


def lookalike_customers(found: Lookalikes, base: CustomerBase) -> ir.Table:
    """Each customer without the product: customer_id, score (orders them), expected_conversion; cut it as you like.

    Parameters
    ----------
    found : Lookalikes
        From `lookalikes`.
    base : CustomerBase
        The same tables.
    """
    rows = candidates(base, found.learnt, found.product, found.as_of)
    return rows.select("customer_id", score=rows.logit, expected_conversion=rows.chance)
