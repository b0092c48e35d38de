"""Measures of flows one period apart: present value, return on investment, benefit-cost ratio, payback."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.errors import DataError, NoSolutionError, Problem
from workbench.language import gettext as _

Flows = NDArray[np.float64]

ROUNDING = 1e-12
"""Share of the sum of all amounts below which a balance counts as zero, so that rounding decides nothing."""


def present_value(flows: ArrayLike, rate: float) -> float:
    """The value today of amounts one period apart; the first is today's and undiscounted.

    Parameters
    ----------
    flows : array_like, shape (periods,)
        Amounts, the first of them today.
    rate : float
        Discount rate a period, above −1.

    Raises
    ------
    DataError
        When the flows are empty or not all numbers, or the rate is no number above −1.

    Examples
    --------
    >>> round(present_value([53150, 666715, 636772, 647783], 0.10))
    1672201
    """
    amounts, rate = checked_flows(flows), checked_rate(rate)
    with np.errstate(over="ignore", invalid="ignore"):
        value = float(amounts @ (1 + rate) ** -np.arange(len(amounts), dtype=float))
    if not math.isfinite(value):
        raise DataError(_("At a discount rate of {rate} the value is too large to compute.").format(rate=rate))
    return value


def net_present_value(flows: ArrayLike, rate: float) -> float:
    """The value today of net flows (benefits minus costs), today's undiscounted.

    Parameters
    ----------
    flows : array_like, shape (periods,)
        Net flows, the first of them today.
    rate : float
        Discount rate a period, above −1.

    Raises
    ------
    DataError
        As `present_value`.

    Examples
    --------
    >>> round(net_present_value([-10000, 3000, 4200, 6800], 0.10), 2)
    1307.29
    """
    return present_value(flows, rate)


def spreadsheet_npv(rate: float, flows: ArrayLike) -> float:
    """What a spreadsheet's NPV function gives: the first flow is discounted by a period too.

    Parameters
    ----------
    rate : float
        Discount rate a period, above −1.
    flows : array_like, shape (periods,)
        Net flows, the first of them at the end of the first period.

    Raises
    ------
    DataError
        As `present_value`.

    Examples
    --------
    >>> round(spreadsheet_npv(0.065, [-10000, 3000, 3400, 7700]), 2)
    2055.38
    """
    return present_value(flows, rate) / (1 + rate)


def return_on_investment(benefits: float, costs: float) -> float:
    """Net gain as a share of the costs: (benefits − costs) ÷ costs.

    Parameters
    ----------
    benefits, costs : float
        Totals, both discounted or both undiscounted, both positive.

    Raises
    ------
    NoSolutionError
        When the costs are zero.
    DataError
        When one of them is below zero or no number.

    Examples
    --------
    >>> round(return_on_investment(7168371, 1672201), 2)
    3.29
    """
    return benefit_cost_ratio(benefits, costs) - 1


def benefit_cost_ratio(benefits: float, costs: float) -> float:
    """Benefits ÷ costs.

    Parameters
    ----------
    benefits, costs : float
        Totals, both discounted or both undiscounted, both positive.

    Raises
    ------
    NoSolutionError
        When the costs are zero.
    DataError
        When one of them is below zero or no number.
    """
    if not all(math.isfinite(total) and total >= 0 for total in (benefits, costs)):
        found = _("Benefits are {benefits} and costs {costs}.").format(benefits=benefits, costs=costs)
        raise DataError(Problem(found, _("two amounts of 0 or more")))
    if costs == 0:
        raise NoSolutionError(no_costs_told())
    return benefits / costs


def payback_period(flows: ArrayLike) -> float | None:
    """How many periods pass until the money is back for good.

    This is the moment from which the cumulative flow stays at zero or above as far as the flows go: where it crosses
    zero more than once, the last time counts, so that a payback exists exactly when the flows sum to zero or more.
    Flows are taken to come evenly within their period.

    Parameters
    ----------
    flows : array_like, shape (periods,)
        Net flows, the first of them today.

    Returns
    -------
    float or None
        Periods, with fraction; 0 when the cumulative flow is never below zero, None when it ends below zero.

    Raises
    ------
    DataError
        When the flows are empty or not all numbers.

    Examples
    --------
    >>> payback_period([-100, 40, 40, 40])
    2.5
    """
    amounts = checked_flows(flows)
    balance = np.cumsum(amounts)
    below = np.flatnonzero(balance < -ROUNDING * np.abs(amounts).sum())
    if not len(below):
        return 0.0
    last = int(below[-1])
    return None if last == len(amounts) - 1 else float(last - balance[last] / amounts[last + 1])


def discounted_payback_period(flows: ArrayLike, rate: float) -> float | None:
    """How many periods pass until the money is back for good with each flow at its value today.

    Parameters
    ----------
    flows : array_like, shape (periods,)
        Net flows, the first of them today.
    rate : float
        Discount rate a period, above −1.

    Returns
    -------
    float or None
        As `payback_period`; it exists exactly when the net present value is zero or more.

    Raises
    ------
    DataError
        As `present_value`.

    Examples
    --------
    >>> round(discounted_payback_period([-75000, 45000, 45000, 45000, 45000, 45000], 0.12), 2)
    1.97
    """
    amounts = checked_flows(flows)
    return payback_period(amounts * (1 + checked_rate(rate)) ** -np.arange(len(amounts), dtype=float))


def checked_flows(flows: ArrayLike) -> Flows:
    """The flows as an array; refuses none at all, and any that is no number."""
    amounts = np.asarray(flows, dtype=float)
    if amounts.ndim != 1 or not len(amounts):
        raise DataError(Problem(_("There are no flows."), _("one amount for each period, the first of them today")))
    wrong = np.flatnonzero(~np.isfinite(amounts))
    if len(wrong):
        found = _("The flow of period {period} is no number.").format(period=int(wrong[0]))
        raise DataError(Problem(found, _("an amount for each period; 0 where nothing flows")))
    return amounts


def checked_rate(rate: float) -> float:
    """The rate; refuses anything but a number above −1."""
    if not (math.isfinite(rate) and rate > -1):
        found = _("The rate is {rate}.").format(rate=rate)
        raise DataError(Problem(found, _("a number above −1; 10% is 0.10"), _("Correct the rate.")))
    return float(rate)


def no_costs_told() -> str:
    """Why a ratio to the costs does not exist."""
    return _("There are no costs to set the benefits against.")
