"""Flows of draws: what a business case costs and brings in each draw, and the bands that they lie in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.business_case.cash_flows import year_of
from workbench.business_case.distribution_families import Numbers
from workbench.business_case.payback import payback_months
from workbench.business_case.sampling import Copula, uniform_points
from workbench.business_case.valuation import Valuation
from workbench.program.profiles import MONTHS_A_YEAR

BAND = (0.1, 0.5, 0.9)


@dataclass(frozen=True, eq=False)
class DrawnFlows:
    """What every draw came to.

    Attributes
    ----------
    npv, cost, payback : ndarray, shape (draws,)
        Net present value, total cost undiscounted, and months until the money is back (infinite: not).
    cumulative : ndarray, shape (months + 1, draws)
        Cumulative net flow, undiscounted.
    negative : ndarray, shape (lines,)
        In how many draws each line falls below zero.
    """

    npv: Numbers
    cost: Numbers
    payback: Numbers
    cumulative: Numbers
    negative: Numbers

    @classmethod
    def none_yet(cls, lines: int, months: int, draws: int) -> DrawnFlows:
        """Room for so many draws."""
        return cls(np.empty(draws), np.empty(draws), np.empty(draws), np.empty((months, draws)), np.zeros(lines))


def flows_of_draws(
    case: Valuation, copula: Copula, draws: int, *, seed: int, sampling: str, program_fails: float
) -> DrawnFlows:
    """The flows of each draw, chunk by chunk: never draws × months × lines at once.

    Parameters
    ----------
    case : Valuation
        The business case.
    copula : Copula
        The assumptions that vary.
    draws, seed, sampling
        As `sampling.uniform_points` takes them.
    program_fails : float
        Chance that a draw has no benefits.

    Raises
    ------
    DataError
        When a formula has no value in a draw.
    SettingsError
        When there is no such sampling, or no draws.
    """
    drawn = DrawnFlows.none_yet(len(case.formulas), len(case.discounts), draws)
    running, worth = np.ascontiguousarray(np.cumsum(case.net_multiples, axis=1).T), case.net_multiples @ case.discounts
    spent = np.where(case.is_cost, case.multiples.sum(axis=1), 0.0)
    start = 0
    # The last dimension is that of failure, there always, so that its chance changes no other draw.
    for points in uniform_points(len(copula.spread) + 1, draws, sampling=sampling, seed=seed):
        here = slice(start, start + len(points))
        amounts = case.amounts(copula.draw(points[:, :-1]), len(points))
        drawn.negative[:] += (amounts < 0).sum(axis=1)
        amounts[np.ix_(~case.is_cost, points[:, -1] < program_fails)] = 0.0
        drawn.npv[here], drawn.cost[here] = worth @ amounts, spent @ amounts
        np.matmul(running, amounts, out=drawn.cumulative[:, here])
        drawn.payback[here] = payback_months(drawn.cumulative[:, here])
        start = here.stop
    return drawn


def bands(cumulative: Numbers, base: Numbers) -> pd.DataFrame:
    """period, p10, p50, p90 of the draws, and base, for each month.

    Parameters
    ----------
    cumulative : ndarray, shape (months + 1, draws)
        Cumulative net flow in each draw; each month's draws are put into another order, which saves a copy.
    base : ndarray, shape (months + 1,)
        The same at the base values.
    """
    low, middle, high = np.quantile(cumulative, BAND, axis=1, overwrite_input=True)
    return pd.DataFrame({"period": np.arange(len(base)), "p10": low, "p50": middle, "p90": high, "base": base})


def year_ends(monthly: pd.DataFrame) -> pd.DataFrame:
    """The bands at the end of each year, the last of which may be shorter.

    Examples
    --------
    >>> months = bands(np.arange(31.0)[:, None], np.arange(31.0))
    >>> year_ends(months)[["year", "p50"]].to_numpy().tolist()
    [[0.0, 0.0], [1.0, 12.0], [2.0, 24.0], [3.0, 30.0]]
    """
    period = monthly["period"]
    ends: pd.DataFrame = monthly[(period % MONTHS_A_YEAR == 0) | (period == period.max())].reset_index(drop=True)
    ends.insert(0, "year", year_of(ends["period"].to_numpy()))
    return ends.drop(columns="period")
