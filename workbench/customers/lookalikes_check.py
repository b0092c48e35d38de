"""Whether lookalikes find the buyers: tried on products that were new once, against the best customers overall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from workbench import language
from workbench.customers.affinity_counts import purchases
from workbench.customers.lookalikes_features import CustomerBase, share_of, with_bought
from workbench.customers.lookalikes_learning import Learning, candidates, learnt
from workbench.customers.lookalikes_ranking import area_intervals, lift_intervals
from workbench.customers.retention_shares import CONFIDENCE, wilson
from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.results import Result

MOST_CUSTOMERS = 200_000


@dataclass(frozen=True, eq=False)
class LookalikesCheck(Result):
    """How lookalikes would have done for products that were new once.

    Attributes
    ----------
    products : DataFrame
        A row a product: product_id, name, launched_on, customers, buyers (in the days from the launch on); auc (of the
        lookalikes), other_auc (of the best customers overall: by revenue until the launch), auc_difference; lift (in
        the top tenth), other_lift, lift_difference, each with _low and _high; expected (buyers), observed_share,
        expected_share, share_low, share_high; finding (``better`` than the best customers, ``worse`` or ``not_shown``,
        by the AUC) and found (whether better than chance).
    not_tested : mapping of str to str
        Why, by product id, those launched in the time of the data could not be tested.
    sampled : mapping of str to int
        By product id, how many customers were looked at where that is a sample.
    days : int
        From the launch on.
    seed : int
        Of samples and bootstrap.
    confidence : float
        Of all intervals.
    """

    products: pd.DataFrame
    not_tested: Mapping[str, str]
    sampled: Mapping[str, int]
    days: int
    seed: int
    confidence: float

    def to_frame(self) -> pd.DataFrame:
        """The products."""
        return self.products.copy()

    @property
    def conclusion(self) -> str:
        """For each product, how well its buyers were found and whether better than by the best customers overall."""
        return " ".join(self._told(row) for _at, row in self.products.iterrows())

    def _told(self, row: Any) -> str:
        told = _(
            "{product}: the top tenth of the lookalikes held {lift} times ({lift_low} to {lift_high}) the buyers that "
            "chance would, and the best customers overall {other_lift} times; AUC {auc} ({auc_low} to {auc_high}) "
            "against {other_auc}. {verdict} {volume}"
        )
        lifts = {key: language.number(row[key], 2) for key in ("lift", "lift_low", "lift_high", "other_lift")}
        areas = {key: language.exact(row[key], 2) for key in ("auc", "auc_low", "auc_high", "other_auc")}
        verdict, volume = self._verdict(row), self._volume(row)
        return told.format(product=language.quoted(row["name"]), **lifts, **areas, verdict=verdict, volume=volume)

    def _verdict(self, row: Any) -> str:
        if not row["found"]:
            return _("Not shown to be better than chance: do not use them.")
        return {
            "better": _("They find them better than the best customers overall do."),
            "worse": _("They find them worse than the best customers overall do: ask those."),
            "not_shown": _("Not shown to be better than the best customers overall."),
        }[row["finding"]]

    def _volume(self, row: Any) -> str:
        told = _("Expected were {expected} buyers, {buyers} came.")
        return told.format(expected=language.exact(row["expected"]), buyers=language.exact(row["buyers"]))


def lookalikes_check(
    base: CustomerBase,
    first: date,
    last: date,
    *,
    how: Learning | None = None,
    most_customers: int = MOST_CUSTOMERS,
    confidence: float = CONFIDENCE,
) -> LookalikesCheck:
    """Try lookalikes on products that were new once, with nothing known but what was known the day before the launch.

    Parameters
    ----------
    base : CustomerBase
        The tables; the products have launched_on.
    first, last : date
        Of the data. A product is tried that was launched long enough after the one and before the other.
    how : Learning, optional
        Days, how many similar products, and how large a sample.
    most_customers : int
        More customers than this are sampled.
    confidence : float
        Of all intervals.

    Raises
    ------
    DataError
        When no product can be tried; it says why for each.
    """
    how = how or Learning()
    rows, reasons, sampled = [], {}, {}
    for _at, product in _launched(base.products, first, last).iterrows():
        try:
            row, share = _tried(base, product, (first, last), how, most_customers, confidence)
        except DataError as problem:
            reasons[product["product_id"]] = str(problem)
            continue
        rows.append(row)
        if share < 1:
            sampled[product["product_id"]] = int(row["customers"])
    if not rows:
        raise _nothing_to_try(reasons)
    return LookalikesCheck(pd.DataFrame(rows), reasons, sampled, how.days, how.seed, confidence)


def _launched(products: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    days = pd.to_datetime(products["launched_on"]).dt.date
    inside = products.assign(launched_on=days)[days.notna() & (days > first) & (days <= last)]
    return inside.sort_values(["launched_on", "product_id"])


def _nothing_to_try(reasons: Mapping[str, str]) -> DataError:
    if reasons:
        return DataError([Problem(f"{language.quoted(product)}: {reason}") for product, reason in reasons.items()])
    found = _("No product was launched in the time of the data.")
    return DataError(Problem(found, remedy=_("Write in launched_on when products were first sold.")))


def _tried(
    base: CustomerBase, product: Any, data: tuple[date, date], how: Learning, most: int, confidence: float
) -> tuple[dict[str, Any], float]:
    """The figures of one product, and of what share of the customers."""
    launch: date = product["launched_on"]
    before, until = launch - timedelta(days=1), launch + timedelta(days=how.days - 1)
    _refuse_too_near(launch, before, until, data, how)
    frame, share = _customers(base, product["product_id"], before, until, how, most)
    buyers = int(frame["bought"].sum())
    if min(buyers, len(frame) - buyers) < how.least:
        told = _("{count} customers bought it in {days} days.").format(count=language.exact(buyers), days=how.days)
        raise DataError(Problem(told, _("{least} at least").format(least=language.exact(how.least))))
    name = product.get("name") or product["product_id"]
    told_first = {"product_id": product["product_id"], "name": name, "launched_on": launch}
    return {**told_first, **compared(frame, how.seed, confidence)}, share


def _refuse_too_near(launch: date, before: date, until: date, data: tuple[date, date], how: Learning) -> None:
    if before - timedelta(days=how.days) <= data[0] or until > data[1]:
        found = _("It was launched on {day}, less than {days} days after the data begin or before they end.")
        raise DataError(Problem(found.format(day=language.day(launch), days=language.exact(how.days))))


def _customers(
    base: CustomerBase, product: str, before: date, until: date, how: Learning, most: int
) -> tuple[pd.DataFrame, float]:
    """Customers of the day before the launch: revenue, logit, chance, and whether they bought."""
    lines = purchases(base.transactions, before)
    # The new product's buyers are not known before its launch, whatever the dates of the lines say.
    past = replace(base, transactions=lines.filter(lines.product_id != product))
    known = learnt(past, product, before, how)
    rows = candidates(past, known, product, before)
    share = most / max(int(rows.count().to_pandas()), 1)
    some = with_bought(share_of(rows, share, how.seed), base.transactions, before, until)
    wanted = ["customer_id", "revenue", "logit", "chance", "bought"]
    return some.select(*wanted).order_by("customer_id").to_pandas(), share


def compared(frame: pd.DataFrame, seed: int, confidence: float) -> dict[str, Any]:
    """The lookalikes and the best customers overall for the same customers.

    Parameters
    ----------
    frame : DataFrame
        logit, chance, revenue and bought of each customer.
    seed : int
        Of the bootstrap, and of who is taken among equals.
    confidence : float
        Of the intervals.
    """
    bought = frame["bought"].to_numpy(np.int64)
    scores = frame[["logit", "revenue"]].to_numpy(float).T
    areas = area_intervals(scores, bought, confidence)
    low, high = wilson(bought.sum(), len(bought), confidence)
    better, worse = areas["auc_difference_low"] > 0, areas["auc_difference_high"] < 0
    return {
        "customers": len(bought),
        "buyers": int(bought.sum()),
        **areas,
        **lift_intervals(scores, bought, seed, confidence),
        "expected": float(frame["chance"].sum()),
        "observed_share": float(bought.mean()),
        "expected_share": float(frame["chance"].mean()),
        "share_low": float(low),
        "share_high": float(high),
        "finding": "better" if better else "worse" if worse else "not_shown",
        "found": bool(areas["auc_low"] > 0.5),
    }
