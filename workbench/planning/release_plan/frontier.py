"""What more money would bring: the best value for each budget, and the least money for each value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from workbench.errors import NoSolutionError, Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import money, number
from workbench.planning.release_plan.checks import MONEY, SAME
from workbench.planning.release_plan.least import least, needed, scaled, there_is
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.rules import rules
from workbench.planning.release_plan.solve import ReleasePlan, plan_releases
from workbench.planning.release_plan.solver import gap_between
from workbench.results import Result

ANY_PLAN = 0.9
"""A gap so wide that the first plan will do."""
ROUNDING = 1e-9
"""How much more than the least money there is, as a share of it, when it is tried: the rounding of sums."""


@dataclass(frozen=True, eq=False)
class Frontier(Result):
    """The best value for budgets from the least to the one that buys everything worth having.

    Attributes
    ----------
    table : DataFrame
        A row per budget, smallest first: budget (money over all releases), factor (of today's), status, gap, value
        (points; NaN where no plan keeps all rules), projects (how many are done), spent, least_budget (the least that
        brings the same value), least_factor, proven (whether both are certain) and today (whether it is today's
        budget).
    plans : tuple of dict of str to int
        The best plan for each row; empty where there is none.
    today : float
        Today's money over all releases.
    """

    table: pd.DataFrame
    plans: tuple[dict[str, int], ...]
    today: float

    def to_frame(self) -> pd.DataFrame:
        """The budgets, as in `table`."""
        return self.table.copy()

    @property
    def conclusion(self) -> str:
        """What today's budget brings, and what the largest would."""
        told = self._told()
        if self.table["proven"].all():
            return told
        return f"{told} {_('Not all of this is proven: a budget may bring more than was found in the time given.')}"

    def _told(self) -> str:
        there = self.table[self.table["value"].notna()]
        if there.empty:
            return _("At none of the budgets does a plan keep all the rules.")
        top = there.loc[there["value"] >= there["value"].max() * (1 - SAME)].iloc[0]
        best = _("The most that money alone can bring is {points} points, from {money} on.").format(
            points=number(float(top["value"])), money=money(float(top["least_budget"]))
        )
        now = there[there["today"]]
        if now.empty:
            return best
        reached, enough = float(now["value"].iloc[0]), float(now["least_budget"].iloc[0])
        told = _("Today's budget of {money} brings {points} points; {least} would be enough for that.").format(
            money=money(self.today), points=number(reached), least=money(enough)
        )
        if reached >= float(top["value"]) * (1 - SAME):
            return f"{told} {_('More money alone would bring no more value.')}"
        return f"{told} {best}"


def frontier(
    portfolio: Portfolio, budgets: Sequence[float] | None = None, points: int = 12, *, time_limit: float | None = None
) -> Frontier:
    """The best value for each budget.

    A budget scales the money of all releases alike; the other resources stay as they are.

    Parameters
    ----------
    portfolio : Portfolio
        What is planned.
    budgets : sequence of float, optional
        Money over all releases. By default so many in even steps, from the least with which there is a plan to the
        least that buys the highest value; today's is always among them.
    points : int
        How many budgets to look at when none are given.
    time_limit : float, optional
        Seconds for each question that is put to the solver. What is not proven in time says so, and is what the plans
        that were found reach.

    Raises
    ------
    SettingsError
        When a budget is negative, or there are fewer than two points.
    NoSolutionError
        When there is no money to scale, or for a budget no plan was found in time.

    Notes
    -----
    The epsilon-constraint method (Haimes, Lasdon and Wismer 1971), turned round once for each value found: the least
    money that brings it. So every pair of value and least budget is efficient: no plan is worth more for that money,
    and none is worth as much for less.
    """
    _check(portfolio, budgets, points)
    today = sum(there_is(portfolio, MONEY).values())
    factors = _even(portfolio, points, time_limit) if budgets is None else [budget / today for budget in budgets]
    found: list[ReleasePlan] = []
    for factor in _with_today(factors):
        found.append(_best(_with_money(portfolio, factor), found[-1] if found else None, time_limit))
    each = zip(_with_today(factors), found, strict=True)
    rows = [
        _budget(factor, best, today) | _reached(portfolio, factor, best, today, time_limit) for factor, best in each
    ]
    return Frontier(pd.DataFrame(rows), tuple(best.plan for best in found), today)


def has_money(portfolio: Portfolio) -> bool:
    """Whether there is any money to scale."""
    return MONEY in portfolio.capacity.index and sum(there_is(portfolio, MONEY).values()) > 0


def _check(portfolio: Portfolio, budgets: Iterable[float] | None, points: int) -> None:
    told = _("The budget {budget} is not 0 or more.")
    wrong = [Problem(told.format(budget=one)) for one in budgets or () if not one >= 0]
    if budgets is None and points < 2:
        wrong.append(Problem(_("The number of points is {points}.").format(points=points), _("2 or more")))
    if wrong:
        raise SettingsError(wrong)
    if not has_money(portfolio):
        told = _("The capacity has no resource “{name}” with an amount above zero.").format(name=MONEY)
        raise NoSolutionError(Problem(told, remedy=_("Add the money of each release to the table “capacity”.")))


def _even(portfolio: Portfolio, points: int, time_limit: float | None) -> list[float]:
    """Even steps from the least money with which there is a plan to the least that buys the highest value."""
    of_money = scaled(portfolio, MONEY)
    cheapest = plan_releases(portfolio.with_(value=portfolio.value * 0), without=_limits(portfolio), gap=ANY_PLAN)
    if cheapest.status == "infeasible":
        return []
    lowest, _proven = _least(portfolio, 0.0, needed(portfolio, of_money, cheapest.plan), time_limit)
    richest = plan_releases(portfolio, without=_limits(portfolio), time_limit=time_limit)
    top, _proven = _least(portfolio, richest.objective, needed(portfolio, of_money, richest.plan), time_limit)
    return [float(factor) for factor in np.linspace(lowest, max(top, lowest), points)]


def _limits(portfolio: Portfolio) -> list[str]:
    """Names of the rules that limit money, but for releases without any: no multiple of nothing helps there."""
    of_money = [rule for rule in rules(portfolio) if rule.kind == "capacity" and rule.resource == MONEY]
    return [rule.name for rule in of_money if rule.limit > 0]


def _least(portfolio: Portfolio, value: float, enough: float, time_limit: float | None) -> tuple[float, bool]:
    """The least multiple of today's money that reaches a value, and whether that is proven; else what is enough."""
    try:
        found = least(
            portfolio, scaled(portfolio, MONEY), value, most=enough * (1 + SAME) + SAME, time_limit=time_limit
        )
    except NoSolutionError:
        return enough, False
    return (enough, True) if found is None else (min(found.amount, enough), True)


def _with_today(factors: Iterable[float]) -> list[float]:
    """In order, with today's; what is nearly today's is today's."""
    others = [factor for factor in factors if abs(factor - 1) > SAME]
    return sorted({*others, 1.0})


def _with_money(portfolio: Portfolio, factor: float) -> Portfolio:
    scale = np.where(portfolio.capacity.index == MONEY, factor * (1 + ROUNDING), 1.0)
    return portfolio.with_(capacity=portfolio.capacity.mul(scale, axis=0))


def _best(portfolio: Portfolio, cheaper: ReleasePlan | None, time_limit: float | None) -> ReleasePlan:
    """The best plan; where a search cut short misses it, that of a smaller budget, which the larger allows too."""
    known = cheaper if cheaper is not None and cheaper.status != "infeasible" else None
    try:
        found = plan_releases(portfolio, time_limit=time_limit)
    except NoSolutionError:
        if known is None:
            raise
        return replace(known, bound=np.inf, gap=1.0, status="feasible")
    if known is None or found.objective >= known.objective:
        return found
    return replace(known, bound=found.bound, gap=gap_between(known.objective, found.bound), status=found.status)


def _reached(
    portfolio: Portfolio, factor: float, found: ReleasePlan, today: float, time_limit: float | None
) -> dict[str, object]:
    if found.status == "infeasible":
        nothing = dict.fromkeys(["value", "least_budget", "least_factor"], np.nan)
        return {**nothing, "projects": 0, "spent": 0.0, "proven": True}
    enough = min(factor, needed(portfolio, scaled(portfolio, MONEY), found.plan))
    smallest, is_least = _least(portfolio, found.objective, enough, time_limit)
    return {
        "value": found.objective,
        "projects": len(found.plan),
        "spent": float(portfolio.money[list(found.plan)].sum()),
        "least_budget": smallest * today,
        "least_factor": smallest,
        "proven": is_least and found.status == "optimal",
    }


def _budget(factor: float, found: ReleasePlan, today: float) -> dict[str, object]:
    return {
        "budget": factor * today,
        "factor": factor,
        "today": factor == 1.0,
        "status": found.status,
        "gap": found.gap,
    }
