"""Unit flows: what each line gives in each month for an amount of one, and what a month's money is worth today."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.business_case.cash_flows import cash_flows, year_of
from workbench.business_case.drivers import key_of
from workbench.program.tables import TABLES

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class UnitFlows:
    """Timing, profile, attribution and risk of every line, without its amount.

    Attributes
    ----------
    line_ids : tuple of str
        The lines, costs first.
    signs : ndarray, shape (lines,)
        −1 for a cost, 1 for a benefit.
    flows : ndarray, shape (lines, months + 1)
        Adjusted multiple of the line's amount in each month, from 0 to the horizon; never negative.
    formulas : tuple of str
        The formula of each line.
    names : tuple of str
        The name of each line.
    """

    line_ids: tuple[str, ...]
    signs: Numbers
    flows: Numbers
    formulas: tuple[str, ...]
    names: tuple[str, ...]


def unit_flows(costs: pd.DataFrame, benefits: pd.DataFrame, horizon_months: int) -> UnitFlows:
    """What each line of both tables gives in each month for an amount of one.

    Parameters
    ----------
    costs, benefits : DataFrame
        The tables of these names; a column that is missing has the table's default.
    horizon_months : int
        Last month that counts.

    Raises
    ------
    DataError
        With every line whose profile, timing or shares are wrong.

    Examples
    --------
    >>> costs = pd.DataFrame({"cost_id": ["C"], "category": "other", "formula": "fee", "risk_adjustment": 0.5})
    >>> unit_flows(costs, pd.DataFrame(), 2).flows.tolist()
    [[0.0, 1.5, 1.5]]
    """
    flows = cash_flows(costs.assign(formula="1"), benefits.assign(formula="1"), {}, horizon_months)
    written = [str(formula) for lines in (costs, benefits) if len(lines) for formula in lines["formula"]]
    return UnitFlows(
        line_ids=tuple(flows.lines["line_id"]),
        signs=np.where(flows.lines["kind"] == "cost", -1.0, 1.0),
        flows=flows.line_flows.to_numpy(dtype=float),
        formulas=tuple(written),
        names=tuple(flows.lines["name"]),
    )


def discount_factors(horizon_months: int, rate: float, extra_years: int = 0) -> Numbers:
    """What an amount of one in each month is worth today: a month has the factor of its year.

    Parameters
    ----------
    horizon_months : int
        Last month that counts.
    rate : float
        Yearly, above −1.
    extra_years : int
        Years by which everything is discounted more, as some conventions do.

    Returns
    -------
    ndarray, shape (horizon_months + 1,)

    Examples
    --------
    >>> discount_factors(13, 1.0)[[0, 1, 12, 13]].tolist()
    [1.0, 0.5, 0.5, 0.25]
    """
    years = year_of(np.arange(horizon_months + 1)) + extra_years
    factors: Numbers = (1 + rate) ** -years.astype(float)
    return factors


def delayed(lines: pd.DataFrame, months: int) -> pd.DataFrame:
    """Cost or benefit lines that begin, and end, so many months later.

    Parameters
    ----------
    lines : DataFrame
        The table ``costs`` or ``benefits``.
    months : int
        0 or more.

    Examples
    --------
    >>> lines = pd.DataFrame({"cost_id": ["C", "D"], "last_period": pd.array([3, None], dtype="Int64")})
    >>> delayed(lines, 2)[["first_period", "last_period"]].astype(object).fillna("").to_numpy().tolist()
    [[3, 5], [3, '']]
    """
    if not len(lines) or not months:
        return lines
    table = TABLES["costs" if key_of(lines) == "cost_id" else "benefits"]
    timing = lines.reindex(columns=["first_period", "last_period"]).astype("Int64")
    first = timing["first_period"].fillna(table.column("first_period").default)
    return lines.assign(first_period=first + months, last_period=timing["last_period"] + months)
