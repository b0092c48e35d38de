"""Internal rates of return: all of them, on even periods or on dates, and the modified one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from workbench import language
from workbench.business_case.measures import ROUNDING, Flows, checked_flows, checked_rate
from workbench.errors import DataError, NoSolutionError, Problem
from workbench.language import gettext as _


def internal_rates_of_return(flows: ArrayLike) -> tuple[float, ...]:
    """Every rate above −1 that brings the net present value to zero, in rising order.

    The number of roots is limited by the changes of sign (Descartes); between the turning points that Rolle's theorem
    gives, the value is monotone, so that each root is found by bisection and none is missed. A rate at which the value
    touches zero without crossing it counts too.

    Parameters
    ----------
    flows : array_like, shape (periods,)
        Net flows, one period apart.

    Raises
    ------
    NoSolutionError
        When there is no such rate, or none that a float can hold; says why.
    DataError
        When the flows are empty or not all numbers.

    Examples
    --------
    >>> [round(rate, 2) for rate in internal_rates_of_return([-50, -100, 600, 300, -100])]
    [-0.77, 1.85]
    """
    amounts = checked_flows(flows)
    return _rates(amounts, np.arange(len(amounts), dtype=float))


def signs_around(flows: ArrayLike, rates: Sequence[float]) -> tuple[int, ...]:
    """The sign of the net present value below the lowest internal rate of return, between them, and above the highest.

    Two equal signs in a row belong to a rate at which the value touches zero without crossing it.

    Parameters
    ----------
    flows : array_like, shape (periods,)
        Net flows, one period apart.
    rates : sequence of float
        All their internal rates of return, rising, one at least.

    Examples
    --------
    >>> signs_around([-100, 110], [0.1]), signs_around([-100, 240, -144], [0.2])
    ((1, -1), (-1, -1))
    """
    amounts = checked_flows(flows)
    times = np.flatnonzero(amounts)
    flowing = amounts[times]
    logs = np.log1p(rates)
    between = [logs[0] - 1, *((logs[1:] + logs[:-1]) / 2), logs[-1] + 1]
    heights = [_balance(np.sign(flowing), np.log(np.abs(flowing)) - times * log) for log in between]
    return tuple(int(np.sign(height)) for height in heights)


def dated_internal_rate_of_return(dates: Sequence[date], flows: ArrayLike) -> float:
    """The yearly rate that brings flows on given dates to zero, a year being 365 days, as a spreadsheet's XIRR.

    Parameters
    ----------
    dates : sequence of date
        When each flow falls, in any order.
    flows : array_like, shape (dates,)
        Net flows.

    Raises
    ------
    NoSolutionError
        When there is no such rate, or more than one.
    DataError
        When the flows are not all numbers, or not as many as the dates.

    Examples
    --------
    >>> round(dated_internal_rate_of_return([date(2025, 1, 1), date(2026, 1, 1)], [-100, 110]), 6)
    0.1
    """
    import pyxirr

    amounts = checked_flows(flows)
    if len(dates) != len(amounts):
        found = _("There are {dates} dates and {flows} flows.").format(dates=len(dates), flows=len(amounts))
        raise DataError(Problem(found, _("a date for each flow")))
    days, positions = np.unique([day.toordinal() for day in dates], return_inverse=True)
    together = np.bincount(positions, weights=amounts).astype(float)
    rates = _rates(together, (days - days[0]) / 365)
    if len(rates) > 1:
        raise NoSolutionError(several_told(rates))
    rate = pyxirr.xirr(list(dates), amounts.tolist(), guess=rates[0], silent=True)
    return rates[0] if rate is None else float(rate)


def modified_internal_rate_of_return(flows: ArrayLike, finance_rate: float, reinvestment_rate: float) -> float:
    """The rate a period when outflows are financed, and inflows reinvested, at rates of their own.

    Parameters
    ----------
    flows : array_like, shape (periods,)
        Net flows, one period apart.
    finance_rate, reinvestment_rate : float
        Rates a period, above −1.

    Raises
    ------
    NoSolutionError
        When the flows are all of one sign.
    DataError
        When the flows or rates are not numbers.

    Examples
    --------
    >>> flows = [-120000, 39000, 30000, 21000, 37000, 46000]
    >>> round(modified_internal_rate_of_return(flows, 0.10, 0.12), 5)
    0.12609
    """
    import pyxirr

    amounts = checked_flows(flows)
    _refuse_one_sign(amounts)
    rate = pyxirr.mirr(amounts.tolist(), checked_rate(finance_rate), checked_rate(reinvestment_rate))
    if rate is None or not math.isfinite(rate):
        raise NoSolutionError(_("There is no modified internal rate of return for these flows."))
    return float(rate)


def several_told(rates: Sequence[float]) -> str:
    """What several rates of return mean, as a sentence."""
    told = _(
        "There are {count} internal rates of return ({rates}), so rely on none of them: judge by net present value."
    )
    listed = language.listed([language.percent(rate) for rate in rates])
    return told.format(count=len(rates), rates=listed)


def _refuse_one_sign(amounts: Flows) -> None:
    if not amounts.any():
        raise NoSolutionError(_("The net flow is zero in every year, so every rate of return would do."))
    if not (amounts < 0).any():
        raise NoSolutionError(_("The net flow is negative in no year, so there is no internal rate of return."))
    if not (amounts > 0).any():
        raise NoSolutionError(_("The net flow is positive in no year, so there is no internal rate of return."))


def _rates(amounts: Flows, times: Flows) -> tuple[float, ...]:
    """Rates r above −1 with Σ amount ÷ (1 + r)^time = 0; the times rise."""
    _refuse_one_sign(amounts)
    flowing = amounts != 0
    logs = _zeros(np.sign(amounts[flowing]), np.log(np.abs(amounts[flowing])), times[flowing])
    if not logs:
        raise NoSolutionError(_("At no rate is the net present value zero, so there is no internal rate of return."))
    with np.errstate(over="ignore"):
        rates = tuple(rate for rate in map(float, np.expm1(logs)) if -1 < rate < math.inf)
    if not rates:
        raise NoSolutionError(
            _("The internal rate of return is too near −100%, or too large, for a computer to hold it.")
        )
    return rates


def _zeros(signs: Flows, sizes: Flows, times: Flows) -> list[float]:
    """Zeros of f(u) = Σ sign · exp(size − time · u), rising.

    Times a factor exp(k · u), which has no zero, with k between the times at the last change of sign, f has a
    derivative with one change of sign less: the terms beyond k turn theirs round. Its zeros, found by the same means,
    part the line into pieces on which f crosses zero at most once. Logarithms keep all sizes of amounts within range.
    """
    changes = np.flatnonzero(signs[1:] != signs[:-1])
    if not len(changes):
        return []
    pivot = (times[changes[-1]] + times[changes[-1] + 1]) / 2
    turning = _zeros(signs * np.sign(pivot - times), sizes + np.log(np.abs(pivot - times)), times)
    low, high = _bounds(sizes, times)
    marks = [low, *(point for point in turning if low < point < high), high]

    def value(point: float) -> float:
        return _balance(signs, sizes - times * point)

    heights = [value(point) for point in marks]
    zeros = [point for point, height in zip(marks, heights, strict=True) if _is_zero(height)]
    for left, right, start, end in zip(marks, marks[1:], heights, heights[1:], strict=False):
        if start * end < 0 and not _is_zero(start) and not _is_zero(end):
            zeros.append(float(brentq(value, left, right, xtol=1e-15, rtol=8.9e-16, maxiter=500)))
    return sorted(zeros)


def _balance(signs: Flows, exponents: Flows) -> float:
    """The signed terms' sum as a share of their absolute sum: between −1 and 1 whatever their size."""
    sizes = np.exp(exponents - exponents.max())
    return float((signs * sizes).sum() / sizes.sum())


def _is_zero(height: float) -> bool:
    return abs(height) < ROUNDING


def _bounds(sizes: Flows, times: Flows) -> tuple[float, float]:
    """Beyond these, the last term (below) or the first (above) outweighs all the others together."""
    room = math.log(len(sizes)) + 1
    before_last = (sizes[-1] - sizes[:-1]) / (times[-1] - times[:-1]) - room / (times[-1] - times[:-1])
    after_first = (sizes[1:] - sizes[0]) / (times[1:] - times[0]) + room / (times[1:] - times[0])
    return float(before_last.min()), float(after_first.max())
