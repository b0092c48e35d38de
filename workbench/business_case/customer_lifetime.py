"""What a customer under contract is worth: margins discounted over a life that ends at a constant rate."""

from __future__ import annotations

import math

from workbench.business_case.measures import checked_rate
from workbench.errors import DataError, NoSolutionError, Problem
from workbench.language import gettext as _

FIRST = {"now": (0, 0), "renewal": (1, 0), "end": (0, 1)}
"""When the first margin counted comes: the first power of the retention, and periods of discounting beyond it."""


def lifetime_value(
    margin: float, retention: float, discount_rate: float, *, first: str = "now", periods: int | None = None
) -> float:
    r"""The present value of a customer's margins: margin × Σ rᵗ ÷ (1 + d)ᵗ, in closed form.

    Every customer stays from one period to the next with the same chance *r*, so lives are geometric. Whoever values
    customers anywhere in the workbench by a constant retention has to agree with this function.

    Parameters
    ----------
    margin : float
        What a customer brings in a period that they stay, less what it costs to keep them.
    retention : float
        Chance to stay for the next period, 0 to 1: 1 less the churn of a period.
    discount_rate : float
        A period, above −1; `rate_a_period` makes it from a yearly one.
    first : {"now", "renewal", "end"}
        When the first margin comes. ``now``: today, from a customer who is there (*t* from 0). ``renewal``: at the next
        renewal, if the customer stays for it (*t* from 1). ``end``: from a customer who is there, at the end of each
        period.
    periods : int, optional
        How many margins count at most; without it all of them.

    Returns
    -------
    float
        In the currency of the margin.

    Raises
    ------
    DataError
        When a figure is not possible.
    NoSolutionError
        When the sum has no end: discounted, the margins do not grow smaller.

    Notes
    -----
    With *q* = *r* ÷ (1 + *d*), *n* margins from the first on are worth margin × (1 − *q*ⁿ) ÷ (1 − *q*), and all of them
    margin × (1 + *d*) ÷ (1 + *d* − *r*). The three cases are those of Fader and Hardie (2012), *Reconciling and
    Clarifying CLV Formulas*: m(1 + d) ÷ (1 + d − r), mr ÷ (1 + d − r) and m ÷ (1 + d − r).

    Examples
    --------
    >>> round(lifetime_value(100, retention=0.8, discount_rate=0.1), 2)
    366.67
    >>> round(lifetime_value(100, 0.8, 0.1, first="renewal"), 2), round(lifetime_value(100, 0.8, 0.1, first="end"), 2)
    (266.67, 333.33)
    """
    _check(margin, retention, first, periods)
    rate = checked_rate(discount_rate)
    power, later = FIRST[first]
    kept = retention / (1 + rate)
    opening = kept**power / (1 + rate) ** later
    return margin * opening * (_whole_sum(kept) if periods is None else _sum_of(periods, kept))


def retention_gain(
    customers: float,
    margin: float,
    churn_before: float,
    churn_after: float,
    discount_rate: float,
    *,
    first: str = "renewal",
) -> float:
    """What today's customers are worth more when fewer of them leave.

    Parameters
    ----------
    customers : float
        How many there are today.
    margin : float
        Of a customer in a period.
    churn_before, churn_after : float
        Share of the customers who leave in a period.
    discount_rate : float
        A period.
    first : str
        As `lifetime_value`; the churn of this period already counts by default.

    Raises
    ------
    DataError, NoSolutionError
        As `lifetime_value`.

    Examples
    --------
    >>> round(retention_gain(1000, 20.0, churn_before=0.02, churn_after=0.018, discount_rate=0.008), 2)
    55384.62
    """
    after, before = (
        lifetime_value(margin, 1 - churn, discount_rate, first=first) for churn in (churn_after, churn_before)
    )
    return customers * (after - before)


def rate_a_period(yearly: float, periods_a_year: int = 12) -> float:
    """The rate of a period that compounds to a yearly one.

    Examples
    --------
    >>> round(rate_a_period(0.10), 6)
    0.007974
    """
    return math.expm1(math.log1p(checked_rate(yearly)) / periods_a_year)


def _whole_sum(kept: float) -> float:
    if kept >= 1:
        raise NoSolutionError(
            Problem(
                _("Discounted, the margins of a customer do not grow smaller, so their sum has no end."),
                _("a retention below 1 plus the discount rate"),
                _("Correct one of them, or count a number of periods."),
            )
        )
    return 1 / (1 - kept)


def _sum_of(periods: int, kept: float) -> float:
    return float(periods) if kept == 1 else (1 - kept**periods) / (1 - kept)


def _check(margin: float, retention: float, first: str, periods: int | None) -> None:
    problems = []
    if not math.isfinite(margin):
        problems.append(Problem(_("The margin is {margin}.").format(margin=margin), _("an amount")))
    if not 0 <= retention <= 1:
        found = _("The retention is {retention}.").format(retention=retention)
        problems.append(Problem(found, _("a share from 0 to 1: 1 less the churn of a period")))
    if first not in FIRST:
        found = _("The first margin comes at {first}.").format(first=first)
        problems.append(Problem(found, _("one of {names}").format(names=", ".join(FIRST))))
    if periods is not None and periods < 0:
        problems.append(Problem(_("It counts {count} periods.").format(count=periods), _("0 or more")))
    if problems:
        raise DataError(problems)
