"""Learning a new product's customers from those who began to buy similar ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench import language
from workbench.customers.affinity_counts import purchases
from workbench.customers.lookalikes_features import (
    CustomerBase,
    customers_at,
    feature_names,
    for_targets,
    levels_of,
    share_of,
    with_bought,
)
from workbench.customers.lookalikes_model import Fitted, fitted
from workbench.customers.lookalikes_similarity import product_similarity
from workbench.errors import DataError, Problem, SettingsError
from workbench.language import gettext as _

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Learning:
    """How lookalikes are learnt.

    Attributes
    ----------
    days : int
        In how many days a customer buys or does not: the time after an offer.
    similar : int
        From how many of the most similar products.
    least : int
        How many customers must have begun to buy a similar product in the days; fewer, and it teaches nothing.
    most_rows : int
        How many rows (customers × similar products) the learner gets at most; of more, a sample by whole customers.
    seed : int
        Of the sample.
    kinds : mapping of str to str, optional
        The products' attributes with their kinds, as `lookalikes_similarity.product_similarity` takes them.
    """

    days: int = 90
    similar: int = 5
    least: int = 20
    most_rows: int = 200_000
    seed: int = 0
    kinds: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Learnt:
    """What was learnt from similar products.

    Attributes
    ----------
    fitted : Fitted
        The model.
    frame : DataFrame
        Its rows: customer_id, target_id, bought and the features.
    weights : ndarray
        Of the rows: the similarity of the product that the row is about.
    similar : DataFrame
        product_id, name, similarity, buyers (customers who began to buy it in the days), by falling similarity.
    levels : dict of str to tuple of str
        Attributes of customers with their levels.
    near : DataFrame
        product_id, target_id (the new product) and similarity.
    customers, sampled : int
        Customers at the beginning of the days, and those whom the learner got.
    """

    fitted: Fitted
    frame: pd.DataFrame
    weights: Floats
    similar: pd.DataFrame
    levels: dict[str, tuple[str, ...]]
    near: pd.DataFrame
    customers: int
    sampled: int


def learnt(base: CustomerBase, product: str, as_of: date, how: Learning) -> Learnt:
    """Learn who would buy a new product.

    Parameters
    ----------
    base : CustomerBase
        The tables.
    product : str
        Id of the new product; it stands in the products with its attributes, and its buyers are not looked at.
    as_of : date
        The last day that is known; similar products' buyers are those of the days until then.
    how : Learning
        How it is learnt.

    Raises
    ------
    SettingsError
        When there is no such product, or an attribute is wrong.
    DataError
        When no similar product has buyers enough.
    """
    alike = product_similarity(base.products, how.kinds)
    if product not in alike.index:
        found = _("There is no product {product}.").format(product=language.quoted(product))
        raise SettingsError(Problem(found, remedy=_("Add it to the products, with its attributes.")))
    begins = as_of - timedelta(days=how.days)
    similar = _similar(base, alike, product, (begins, as_of), how)
    levels = levels_of(base)
    people = customers_at(base, begins, levels)
    customers = int(people.count().to_pandas())
    share = how.most_rows / max(customers * len(similar), 1)
    some = share_of(people, share, how.seed)
    near = ibis.memtable(_beside(alike, list(similar["product_id"])))
    targets = ibis.memtable(similar[["product_id"]].rename(columns={"product_id": "target_id"}))
    rows = with_bought(for_targets(base, some, targets, near, begins), base.transactions, begins, as_of)
    frame = rows.order_by("customer_id", "target_id").to_pandas()
    weights = frame["target_id"].map(similar.set_index("product_id")["similarity"]).to_numpy(float)
    model = fitted(frame, feature_names(levels), weights)
    new = _beside(alike, [product])
    sampled = customers if share >= 1 else int(some.count().to_pandas())
    return Learnt(model, frame, weights, similar, levels, new, customers, sampled)


def _similar(
    base: CustomerBase, alike: pd.DataFrame, product: str, days: tuple[date, date], how: Learning
) -> pd.DataFrame:
    """The most similar products that enough customers began to buy in the days."""
    table = began(base.transactions, *days).order_by("product_id").to_pandas()
    table = table[table["product_id"].isin(set(alike.index) - {product}) & (table["buyers"] >= how.least)]
    table = table.assign(similarity=alike.loc[product, table["product_id"]].to_numpy(float))
    table = table[table["similarity"] > 0].sort_values(["similarity", "product_id"], ascending=[False, True])
    if table.empty:
        found = _("From {begins} to {ends} no similar product was first bought by {least} customers.")
        told = found.format(begins=language.day(days[0]), ends=language.day(days[1]), least=language.exact(how.least))
        raise DataError(Problem(told, remedy=_("Allow more days, or ask for fewer buyers.")))
    names = base.products.set_index("product_id").get("name", pd.Series(dtype=object))
    table = table.assign(name=[names.get(key) or key for key in table["product_id"]])
    first: pd.DataFrame = table[["product_id", "name", "similarity", "buyers"]].head(how.similar)
    return first.reset_index(drop=True)


def began(transactions: ir.Table, as_of: date, until: date) -> ir.Table:
    """How many customers bought each product first in the days after one and by another: product_id, buyers.

    A product that nobody had before the days was being launched; it is left out, for its customers had no time alike.
    """
    lines = purchases(transactions, until)
    firsts = lines.group_by("customer_id", "product_id").aggregate(day=lambda group: group.ordered_at.date().min())
    sums = firsts.group_by("product_id").aggregate(
        buyers=lambda group: group.count(where=group.day > ibis.date(as_of)), launched=lambda group: group.day.min()
    )
    return sums.filter(sums.launched <= ibis.date(as_of)).select("product_id", "buyers")


def _beside(alike: pd.DataFrame, targets: list[str]) -> pd.DataFrame:
    """Each product beside each target, but not beside itself: product_id, target_id, similarity."""
    wide = alike[targets].rename_axis(index="product_id").reset_index()
    long = wide.melt("product_id", var_name="target_id", value_name="similarity")
    return long[long["product_id"] != long["target_id"]].reset_index(drop=True)


def candidates(base: CustomerBase, known: Learnt, product: str, as_of: date) -> ir.Table:
    """A row for each customer of a day who does not have the product: features, logit and chance."""
    people = customers_at(base, as_of, known.levels)
    target = ibis.memtable(pd.DataFrame({"target_id": [product]}))
    rows = for_targets(base, people, target, ibis.memtable(known.near), as_of)
    placed = rows.mutate(logit=known.fitted.score.expression(rows))
    return placed.mutate(chance=known.fitted.calibration.expression(placed.logit))
