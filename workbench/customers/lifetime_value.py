"""What customers without a contract are worth: margins of the purchases to come, discounted, with intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench import language
from workbench.customers.lifetime_gamma_gamma import GammaGamma
from workbench.customers.lifetime_model import CONFIDENCE, PurchaseModel
from workbench.customers.lifetime_rows import checked_rows, history
from workbench.errors import DataError, NoSolutionError, Problem
from workbench.language import gettext as _
from workbench.results import Result

Floats = NDArray[np.float64]

WEEKS_A_YEAR = 365.25 / 7
DRAWS = 256
AT_ONCE = 20_000
"""Rows valued at once: all draws of so many stay in memory."""


@dataclass(frozen=True, eq=False)
class LifetimeValue(Result):
    """What today's customers are worth over the years ahead.

    Attributes
    ----------
    table : DataFrame
        The rows that were given, with probability_alive, purchases (expected over the years, not discounted), spend
        (expected a purchase), value (discounted margin of one customer of the row), low and high.
    segments : DataFrame
        segment, customers, active (expected number still active), value (of all of them), low, high; one row where no
        segment was named.
    customers : float
    active : float
        Expected number of customers who are still active.
    total, low, high : float
        Value of all customers, and its interval; `high` is endless where too little is known of what customers spend.
    years, yearly_rate, margin, confidence : float
        What it was asked for.
    remark : str
        What the data do not say, in words; empty for sound data.
    """

    table: pd.DataFrame
    segments: pd.DataFrame
    customers: float
    active: float
    total: float
    low: float
    high: float
    years: float
    yearly_rate: float
    margin: float
    confidence: float
    remark: str

    def to_frame(self) -> pd.DataFrame:
        """The value of each segment."""
        return self.segments.copy()

    def concentration(self) -> pd.DataFrame:
        """Customers from the most valuable down: share_of_customers, share_of_value, both cumulative."""
        falling = self.table.sort_values("value", ascending=False, kind="stable")
        customers, value = falling["count"], falling["count"] * falling["value"]
        shares = {
            "share_of_customers": customers.cumsum() / customers.sum(),
            "share_of_value": value.cumsum() / value.sum(),
        }
        return pd.DataFrame(shares).reset_index(drop=True)

    @property
    def conclusion(self) -> str:
        """What they are worth together, and how sure that is."""
        told = _(
            "{customers} customers, about {active} of them still active, are worth {total} over {years} years "
            "({confidence} interval {low} to {high})."
        )
        sentence = told.format(
            customers=language.exact(self.customers),
            active=language.number(self.active),
            total=language.money(self.total),
            years=language.number(self.years),
            confidence=language.percent(self.confidence),
            low=language.money(self.low),
            high=language.money(self.high) if math.isfinite(self.high) else _("no upper end"),
        )
        return f"{sentence} {self.remark}".strip()


def value_customers(
    model: PurchaseModel,
    rows: pd.DataFrame,
    spend: GammaGamma | float,
    *,
    years: float = 3.0,
    yearly_rate: float = 0.1,
    margin: float = 1.0,
    segment: str = "",
    draws: int = DRAWS,
    seed: int = 0,
    confidence: float = CONFIDENCE,
) -> LifetimeValue:
    """The margin that today's customers are expected to bring, discounted to today.

    Parameters
    ----------
    model : BgNbd or ParetoNbd
        When they buy.
    rows : DataFrame
        frequency, recency, age and count; monetary where spend is a model. Other columns are kept.
    spend : GammaGamma or float
        What they spend on a purchase: the model, or one amount for all.
    years : float
        Horizon.
    yearly_rate : float
        Discount rate a year.
    margin : float
        What is left of a unit of spend.
    segment : str, optional
        Column of the rows whose values are valued apart too.
    draws : int
        Parameters drawn for the intervals; a power of 2.
    seed : int
        The same seed gives the same intervals.
    confidence : float
        Of the intervals: those of the expectation. What one customer will really do varies far more.

    Raises
    ------
    DataError
        When a row or a figure is not possible.
    NoSolutionError
        When a model was not fitted, or the mean spend of new customers does not exist.

    Notes
    -----
    Expected purchases × expected spend × margin: the models take how often and how much as unrelated. Pareto/NBD
    discounts in continuous time, in closed form; BG/NBD by its expectation of each month, from the month's middle.

    Examples
    --------
    >>> from workbench.customers.lifetime_bg_nbd import BgNbd
    >>> rows = pd.DataFrame({"frequency": [2], "recency": [30.43], "age": [38.86], "count": [10]})
    >>> worth = value_customers(BgNbd.at(0.243, 4.414, 0.793, 2.426), rows, 20.0, years=1, margin=0.5)
    >>> round(worth.total, 2)
    149.59
    """
    _check(model, rows, spend, segment, {"years": years, "yearly_rate": yearly_rate, "margin": margin})
    numbers = checked_rows(rows)
    table = rows.reset_index(drop=True).assign(**{str(name): numbers[name] for name in numbers})
    terms = _Terms(WEEKS_A_YEAR * years, math.log1p(yearly_rate) / WEEKS_A_YEAR, margin, confidence)
    names, group = _segments(table, segment)
    sums = np.zeros((draws + 1, len(names)))
    parts = []
    for part in _parts(table):
        values = np.stack([_worth(terms, part, *each) for each in _drawn(model, spend, draws, seed)])
        for at, row in enumerate(values * part["count"].to_numpy(float)):
            sums[at] += np.bincount(group[part.index], weights=row, minlength=len(names))
        parts.append(_described(terms, part, model, spend, values))
    table = pd.concat(parts).sort_index()
    low, high = _ends(sums.sum(axis=1)[1:], confidence)
    return LifetimeValue(
        table=table,
        segments=_summed(table, names, group, sums, confidence),
        customers=float(table["count"].sum()),
        active=float(np.dot(table["count"], table["probability_alive"])),
        total=float(sums[0].sum()),
        low=float(low),
        high=float(high),
        years=years,
        yearly_rate=yearly_rate,
        margin=margin,
        confidence=confidence,
        remark=" ".join(filter(None, (each.remark for each in (model, spend) if not isinstance(each, float | int)))),
    )


@dataclass(frozen=True)
class _Terms:
    weeks: float
    rate: float
    margin: float
    confidence: float


def _drawn(
    model: PurchaseModel, spend: GammaGamma | float, draws: int, seed: int
) -> Iterator[tuple[PurchaseModel, GammaGamma | float]]:
    """The models as they are, then as they are drawn, independently of one another."""
    yield model, spend
    own, other = (int(each) for each in np.random.SeedSequence(seed).generate_state(2))
    if isinstance(spend, GammaGamma):
        yield from zip(model.drawn(draws, own), spend.drawn(draws, other), strict=True)
    else:
        yield from ((each, spend) for each in model.drawn(draws, own))


def _worth(terms: _Terms, rows: pd.DataFrame, model: PurchaseModel, spend: GammaGamma | float) -> Floats:
    purchases = model.discounted_purchases(*history(rows), terms.weeks, terms.rate)
    return np.asarray(terms.margin * _spend(rows, spend) * purchases)


def _spend(rows: pd.DataFrame, spend: GammaGamma | float) -> Floats:
    if isinstance(spend, GammaGamma):
        return spend.means(rows["frequency"].to_numpy(float), rows["monetary"].to_numpy(float))
    return np.full(len(rows), float(spend))


def _described(
    terms: _Terms, rows: pd.DataFrame, model: PurchaseModel, spend: GammaGamma | float, values: Floats
) -> pd.DataFrame:
    low, high = _ends(values[1:], terms.confidence)
    return rows.assign(
        probability_alive=model.probability_alive(*history(rows)),
        purchases=model.conditional_expected_purchases(*history(rows), terms.weeks),
        spend=_spend(rows, spend),
        value=values[0],
        low=low,
        high=high,
    )


def _ends(values: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Ends of the interval, at values that were drawn: between endless ones nothing can be interpolated."""
    tail = (1 - confidence) / 2
    low, high = (
        np.quantile(values, tail, axis=0, method="lower"),
        np.quantile(values, 1 - tail, axis=0, method="higher"),
    )
    return np.asarray(low), np.asarray(high)


def _segments(table: pd.DataFrame, segment: str) -> tuple[list[str], NDArray[np.intp]]:
    if not segment:
        return [_("all customers")], np.zeros(len(table), dtype=np.intp)
    group, names = pd.factorize(table[segment].astype(str), sort=True)
    return list(names), group


def _summed(
    table: pd.DataFrame, names: list[str], group: NDArray[np.intp], sums: Floats, confidence: float
) -> pd.DataFrame:
    low, high = _ends(sums[1:], confidence)
    count = table["count"].to_numpy(float)
    return pd.DataFrame(
        {
            "segment": names,
            "customers": np.bincount(group, weights=count, minlength=len(names)),
            "active": np.bincount(group, weights=count * table["probability_alive"], minlength=len(names)),
            "value": sums[0],
            "low": low,
            "high": high,
        }
    )


def _parts(table: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Rows that are alike together, as the models compute what is alike once."""
    alike = table.sort_values(["age", "frequency"], kind="stable")
    for start in range(0, len(alike), AT_ONCE):
        yield alike.iloc[start : start + AT_ONCE]


def _check(
    model: PurchaseModel, rows: pd.DataFrame, spend: GammaGamma | float, segment: str, figures: dict[str, float]
) -> None:
    wanted = [*(["monetary"] if isinstance(spend, GammaGamma) else []), *([segment] if segment else [])]
    missing = [name for name in wanted if name not in rows]
    problems = [Problem(_("The column {name} is missing.").format(name=language.quoted(name))) for name in missing]
    if not isinstance(spend, GammaGamma):
        figures = figures | {"spend": float(spend)}
    least = {"years": 0.0, "yearly_rate": -1.0}
    for name, value in figures.items():
        if not math.isfinite(value) or value <= least.get(name, -math.inf):
            found = _("{name} is {value}.").format(name=language.quoted(name), value=value)
            problems.append(
                Problem(
                    found,
                    _("a number above {least}").format(least=least.get(name, 0)) if name in least else _("a number"),
                )
            )
    if problems:
        raise DataError(problems)
    if unfitted := [each.remark for each in (model, spend) if not isinstance(each, float | int) and not each.fitted]:
        raise NoSolutionError(unfitted[0])
    if isinstance(spend, GammaGamma) and (rows["frequency"] == 0).any():
        spend.expected_spend(0, 0)
