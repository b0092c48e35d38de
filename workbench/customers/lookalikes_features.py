"""What is known of a customer before a product is offered, made in the engine: who they are and what they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from workbench import language
from workbench.customers.affinity_counts import purchases
from workbench.customers.recommendation import bought_by
from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _

MOST_LEVELS = 20
BEHAVIOUR = ("has_bought", "log_orders", "log_revenue", "log_days_since", "log_tenure", "log_tenure_unbought")
NEARNESS = ("nearest", "mean_nearness", "log_nearness")
HEX_DIGITS = 8


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]
def md5(text: str) -> str:  # type: ignore[empty-body]
    """The digest of a text in hexadecimal digits, which every engine has under this name."""


@dataclass(frozen=True)
class CustomerBase:
    """The tables that lookalikes are made from.

    Attributes
    ----------
    customers : ibis Table
        customer_id, joined_on and attributes.
    transactions : ibis Table
        customer_id, ordered_at, product_id, amount.
    products : DataFrame
        product_id, and name, launched_on and attributes as far as they are known.
    attributes : tuple of str
        The columns of customers that may be used; none by default, for some may name a person.
    """

    customers: ir.Table
    transactions: ir.Table
    products: pd.DataFrame
    attributes: tuple[str, ...] = ()


def levels_of(base: CustomerBase) -> dict[str, tuple[str, ...]]:
    """The attributes that are used, each with its most frequent levels; none for one that is a number.

    Raises
    ------
    SettingsError
        When customers have no such attribute, or it is neither text, number nor yes or no.
    """
    schema = base.customers.schema()
    wrong = [name for name in base.attributes if name not in schema or not _usable(schema[name])]
    if wrong:
        told = _("Customers have no attribute {name} that is a text, a number, or yes or no.")
        known = [language.quoted(name) for name in schema.names if name != "customer_id" and _usable(schema[name])]
        raise SettingsError(
            [Problem(told.format(name=language.quoted(name)), language.either(known)) for name in wrong]
        )
    return {name: () if schema[name].is_numeric() else _levels(base.customers, name) for name in base.attributes}


def _usable(kind: Any) -> bool:
    return bool(kind.is_string() or kind.is_numeric() or kind.is_boolean())


def _levels(customers: ir.Table, name: str) -> tuple[str, ...]:
    texts = customers.select(level=customers[name].cast("string")).filter(lambda table: table.level.notnull())
    counts = texts.group_by("level").aggregate(n=lambda group: group.count())
    found = counts.order_by(ibis.desc("n"), "level").limit(MOST_LEVELS).to_pandas()
    return tuple(sorted(found["level"]))


def feature_names(levels: Mapping[str, Sequence[str]]) -> list[str]:
    """The names of the features, in the order in which the learner gets them."""
    own = [name for column, texts in levels.items() for name in _columns(column, texts)]
    return [*BEHAVIOUR, *NEARNESS, *own]


def _columns(column: str, texts: Sequence[str]) -> list[str]:
    return [f"{column} = {text}" for text in texts] if texts else [column, f"{column} ?"]


def customers_at(base: CustomerBase, as_of: date, levels: Mapping[str, Sequence[str]]) -> ir.Table:
    """A row for each customer of a day: customer_id, revenue and the features that do not regard a product."""
    lines = purchases(base.transactions, as_of)
    sums = lines.group_by(_customer=lines.customer_id).aggregate(
        orders=lambda group: group.ordered_at.nunique(),
        spent=lambda group: group.amount.sum(),
        last=lambda group: group.ordered_at.date().max(),
    )
    there = base.customers.filter(base.customers.joined_on.cast("date") <= ibis.date(as_of))
    rows = there.left_join(sums, there.customer_id == sums._customer)
    today = ibis.date(as_of)
    since = _days(today, rows["last"]).fill_null(0)
    revenue = rows.spent.fill_null(0.0)
    has = rows.orders.notnull().cast("float64")
    tenure = _log(_days(today, rows.joined_on.cast("date")))
    behaviour = (
        has,
        _log(rows.orders.fill_null(0)),
        _log(revenue),
        _log(since),
        tenure,
        # Who has not bought for long is another kind of customer than who has only just come.
        tenure * (1 - has),
    )
    own = {name: value for column, texts in levels.items() for name, value in _attribute(rows[column], texts)}
    return rows.select(rows.customer_id, revenue=revenue, **dict(zip(BEHAVIOUR, behaviour, strict=True)), **own)


def _days(later: Any, earlier: Any) -> Any:
    return later.delta(earlier, unit="day")


def _log(value: Any) -> Any:
    return (value.cast("float64") + 1).ln()


def _attribute(column: Any, texts: Sequence[str]) -> list[tuple[str, Any]]:
    """Whether it is each level; or the number, 0 where it is missing, and whether it is missing."""
    name = column.get_name()
    if texts:
        held = column.cast("string")
        return [(f"{name} = {text}", (held == text).fill_null(False).cast("float64")) for text in texts]
    return [(name, column.cast("float64").fill_null(0.0)), (f"{name} ?", column.isnull().cast("float64"))]


def nearness(base: CustomerBase, near: ir.Table, as_of: date) -> ir.Table:
    """How like what each customer has is to each target: _customer, _target and the features `NEARNESS`.

    Parameters
    ----------
    base : CustomerBase
        The tables.
    near : ibis Table
        product_id, target_id and similarity, without a product beside itself.
    as_of : date
        The last day that is known.
    """
    bought = bought_by(base.transactions, as_of)
    joined = bought.join(near, bought.product_id == near.product_id)
    return joined.group_by(_customer=joined.customer_id, _target=joined.target_id).aggregate(
        nearest=lambda group: group.similarity.max(),
        mean_nearness=lambda group: group.similarity.mean(),
        log_nearness=lambda group: (group.similarity.sum() + 1).ln(),
    )


def for_targets(base: CustomerBase, people: ir.Table, targets: ir.Table, near: ir.Table, as_of: date) -> ir.Table:
    """A row for each customer and target that they do not have: the customer's features, target_id and `NEARNESS`.

    Parameters
    ----------
    base : CustomerBase
        The tables.
    people : ibis Table
        From `customers_at`, all or some.
    targets : ibis Table
        target_id.
    near : ibis Table
        product_id, target_id and similarity.
    as_of : date
        The last day that is known.
    """
    both = people.cross_join(targets)
    has = bought_by(base.transactions, as_of).rename(target_id="product_id")
    lacking = both.anti_join(has, ["customer_id", "target_id"])
    like = nearness(base, near, as_of)
    joined = lacking.left_join(like, [lacking.customer_id == like._customer, lacking.target_id == like._target])
    filled = {name: joined[name].fill_null(0.0) for name in NEARNESS}
    return joined.select(*lacking.columns, **filled)


def with_bought(rows: ir.Table, transactions: ir.Table, as_of: date, until: date) -> ir.Table:
    """The rows with bought: 1 for who bought the target after a day and by a later one, else 0."""
    lines = purchases(transactions, until)
    after = lines.filter(lines.ordered_at.date() > ibis.date(as_of))
    got = after.select(_customer=after.customer_id, _target=after.product_id, _got=ibis.literal(1)).distinct()
    joined = rows.left_join(got, [rows.customer_id == got._customer, rows.target_id == got._target])
    return joined.select(*rows.columns, bought=joined._got.fill_null(0).cast("int64"))


def share_of(people: ir.Table, share: float, seed: int) -> ir.Table:
    """About such a share of the customers, the same ones for the same seed on every engine; all of them for 1."""
    if share >= 1:
        return people
    digest = md5(people.customer_id + ibis.literal(f"/{seed}")).substr(0, HEX_DIGITS)
    return people.filter(digest < ibis.literal(f"{int(share * 16**HEX_DIGITS):0{HEX_DIGITS}x}"))
