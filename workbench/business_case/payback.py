"""Payback of many draws at once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from workbench.business_case.distribution_families import Numbers
from workbench.business_case.measures import ROUNDING


def payback_months(cumulative: Numbers) -> Numbers:
    """How many months pass in each draw until the money is back for good, as `measures.payback_period` counts them.

    Parameters
    ----------
    cumulative : ndarray, shape (months + 1, draws)
        Cumulative net flow; the first month is today.

    Returns
    -------
    ndarray, shape (draws,)
        Months, with fraction; 0 where the cumulative flow is never below zero, infinite where it ends below zero.

    Examples
    --------
    >>> payback_months(np.array([[-100.0, -5.0], [-60.0, 5.0], [-20.0, -5.0], [20.0, -5.0]])).tolist()
    [2.5, inf]
    """
    moved = np.abs(cumulative[0])
    for before, after in pairwise(cumulative):
        moved = moved + np.abs(after - before)
    last = np.full(cumulative.shape[1], -1)
    for month, balance in enumerate(cumulative):
        last[balance < -ROUNDING * moved] = month
    months = np.where(last < 0, 0.0, np.inf)
    crossing = np.flatnonzero((last >= 0) & (last < len(cumulative) - 1))
    out, back = cumulative[last[crossing], crossing], cumulative[last[crossing] + 1, crossing]
    months[crossing] = last[crossing] + out / (out - back)
    return months
