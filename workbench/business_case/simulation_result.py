"""What a simulation returns: the draws, their figures, bands and curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from workbench import language
from workbench.business_case.cash_flows import span
from workbench.business_case.correlation import Correlations
from workbench.business_case.distribution_families import Numbers
from workbench.business_case.measures import ROUNDING
from workbench.business_case.proportions import negative_told, share_told, wilson_interval
from workbench.business_case.s_curve import s_curve
from workbench.language import gettext as _
from workbench.results import Result

POINT_COLUMNS = ["label", "amount", "share", "role"]
Interval: TypeAlias = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Simulation(Result):
    """What the program returns in each draw of its assumptions.

    Amounts are in the program's currency, shares are fractions. Benefits count after attribution; nothing is adjusted
    for risk line by line, because the draws themselves are the risk.

    Attributes
    ----------
    npv : ndarray, shape (draws,)
        Net present value in each draw, under the convention.
    cost : ndarray, shape (draws,)
        Total costs over the horizon in each draw, undiscounted.
    payback : ndarray, shape (draws,)
        Months until the money is back for good; infinite where it is not within the horizon.
    monthly : DataFrame
        period, p10, p50, p90, base: the cumulative net flow of each month, undiscounted; base at the base values.
    yearly : DataFrame
        year, p10, p50, p90, base: the same at the end of each year.
    base_npv, base_cost : float
        The point estimate: all assumptions at their base values.
    adjusted_npv : float
        The net present value that the adjustments for risk, line by line, give in place of a simulation.
    correlation : Correlations
        How the assumptions were drawn together.
    negative_shares : dict of str to float
        Lines that fall below zero in some draws, and in what share of them.
    varying : tuple of str
        The assumptions that were drawn.
    program_fails : float
        Chance with which a draw brought no benefits at all.
    horizon_months, discount_rate, convention, draws, seed, sampling
        As they were asked for.
    """

    npv: Numbers
    cost: Numbers
    payback: Numbers
    monthly: pd.DataFrame
    yearly: pd.DataFrame
    base_npv: float
    base_cost: float
    adjusted_npv: float
    correlation: Correlations
    negative_shares: dict[str, float]
    varying: tuple[str, ...]
    program_fails: float
    horizon_months: int
    discount_rate: float
    convention: str
    draws: int
    seed: int
    sampling: str

    def npv_percentile(self, share: float) -> float:
        """The net present value that this share of the draws stays below."""
        return float(np.quantile(self.npv, share))

    def cost_percentile(self, share: float) -> float:
        """The total cost that is enough in this share of the draws."""
        return float(np.quantile(self.cost, share))

    @property
    def p_npv_positive(self) -> float:
        """Share of the draws with a net present value above zero."""
        return self._positive / self.draws

    @property
    def p_npv_positive_interval(self) -> Interval:
        """Its interval of 95%, from the number of draws; see `proportions.wilson_interval`."""
        return wilson_interval(self._positive, self.draws)

    def p_payback_within(self, months: float) -> float:
        """Share of the draws in which the money is back for good within so many months."""
        return float((self.payback <= months).mean())

    def p_payback_within_interval(self, months: float) -> Interval:
        """Its interval of 95%, from the number of draws."""
        return wilson_interval(int((self.payback <= months).sum()), self.draws)

    @property
    def point_estimate_percentile(self) -> float:
        """Share of the draws whose net present value is no higher than the point estimate."""
        return self._no_higher_than(self.base_npv)

    @property
    def cost_estimate_percentile(self) -> float:
        """Share of the draws in which the point estimate of the costs is enough."""
        return float((self.cost <= self.base_cost + self._rounding).mean())

    @property
    def contingency_p80(self) -> float:
        """What the point estimate of the costs lacks to be enough in 80% of the draws; below 0 it has that to spare."""
        lacking = self.cost_percentile(0.8) - self.base_cost
        return lacking if abs(lacking) > self._rounding else 0.0

    @property
    def adjusted_percentile(self) -> float:
        """Share of the draws whose net present value is no higher than the one adjusted for risk line by line."""
        return self._no_higher_than(self.adjusted_npv)

    @property
    def _rounding(self) -> float:
        """What rounding can leave between sums that are equal: a draw adds up in another order than the estimate."""
        return ROUNDING * (2 * abs(self.base_cost) + abs(self.base_npv))

    @property
    def _positive(self) -> int:
        return int((self.npv > self._rounding).sum())

    def _no_higher_than(self, npv: float) -> float:
        return float((self.npv <= npv + self._rounding).mean())

    def npv_curve(self) -> pd.DataFrame:
        """Share and amount: the net present value that each share of the draws stays below."""
        return s_curve(self.npv)

    def cost_curve(self) -> pd.DataFrame:
        """Share and amount: the total cost that is enough in each share of the draws."""
        return s_curve(self.cost)

    def npv_points(self) -> pd.DataFrame:
        """What to mark on the curve: label, amount and share of zero, the percentiles and the point estimate."""
        return pd.DataFrame(
            [
                (_("No gain, no loss"), 0.0, 1 - self.p_npv_positive, "zero"),
                *[
                    (label, self.npv_percentile(share), share, "percentile")
                    for share, label in _percentiles((0.1, 0.5, 0.9))
                ],
                (_("Point estimate"), self.base_npv, self.point_estimate_percentile, "estimate"),
            ],
            columns=POINT_COLUMNS,
        )

    def cost_points(self) -> pd.DataFrame:
        """What to mark on the curve of the costs: the point estimate, the median and the 80th percentile."""
        return pd.DataFrame(
            [
                *[
                    (label, self.cost_percentile(share), share, "percentile")
                    for share, label in _percentiles((0.5, 0.8))
                ],
                (_("Point estimate"), self.base_cost, self.cost_estimate_percentile, "estimate"),
            ],
            columns=POINT_COLUMNS,
        )

    @property
    def figures(self) -> dict[str, float]:
        """The headline figures, by the names that ``results.json`` gives them."""
        percentiles = {f"npv_p{round(100 * share)}": self.npv_percentile(share) for share in (0.1, 0.5, 0.8, 0.9)}
        return {
            **percentiles,
            "p_npv_positive": self.p_npv_positive,
            "point_estimate_percentile": self.point_estimate_percentile,
            "contingency_p80": self.contingency_p80,
        }

    def to_frame(self) -> pd.DataFrame:
        """figure, name, value and told (as a person reads it) for each headline figure."""
        names = {
            "npv_p10": _("Net present value, 10th percentile"),
            "npv_p50": _("Net present value, median"),
            "npv_p80": _("Net present value, 80th percentile"),
            "npv_p90": _("Net present value, 90th percentile"),
            "p_npv_positive": _("Probability that the net present value is above zero"),
            "point_estimate_percentile": _("Percentile of the point estimate"),
            "contingency_p80": _("Contingency that makes the budget enough in 80% of the draws"),
        }
        rows = [
            (code, names[code], value, language.money(value) if _is_amount(code) else share_told(value))
            for code, value in self.figures.items()
        ]
        return pd.DataFrame(rows, columns=["figure", "name", "value", "told"])

    @property
    def headline(self) -> str:
        """How often the program gains, in short."""
        return _("The net present value is above zero in {share} of the draws").format(
            share=share_told(self.p_npv_positive)
        )

    @property
    def conclusion(self) -> str:
        """How the program ends in most draws, how often it gains, and what the budget lacks."""
        told = _(
            "Over {span} the net present value lies between {low} and {high} in 8 of 10 draws. It is above zero in "
            "{share} of the draws, and no higher than the point estimate of {point} in {percentile}."
        ).format(
            span=span(self.horizon_months),
            low=language.money(self.npv_percentile(0.1)),
            high=language.money(self.npv_percentile(0.9)),
            share=share_told(self.p_npv_positive),
            point=language.money(self.base_npv),
            percentile=share_told(self.point_estimate_percentile),
        )
        return f"{told} {self._budget_told()}"

    def _budget_told(self) -> str:
        if self.contingency_p80 <= 0:
            told = _("The budget of {budget} is enough in {share} of the draws.")
        else:
            told = _(
                "The budget of {budget} is enough in {share} of the draws; {extra} more would make it enough in 80%."
            )
        return told.format(
            budget=language.money(self.base_cost),
            share=share_told(self.cost_estimate_percentile),
            extra=language.money(self.contingency_p80),
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader has to know of the draws: lines below zero, and correlations that were moved."""
        told = negative_told(self.negative_shares)
        if not self.correlation.possible:
            told.append(self.correlation.conclusion)
        return tuple(told)


def _is_amount(figure: str) -> bool:
    return figure.startswith(("npv_p", "contingency"))


def _percentiles(shares: tuple[float, ...]) -> list[tuple[float, str]]:
    return [(share, _("{number}th percentile").format(number=round(100 * share))) for share in shares]
