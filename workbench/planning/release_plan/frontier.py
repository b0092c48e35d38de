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
from workbench.planning.release_plan.least import least, scaled, there_is
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.solve import ReleasePlan, plan_releases
from workbench.results import Result

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
        brings the same value), least_factor, and today (whether it is today's budget).
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
        Seconds for each budget; a value that is not proven the best shows its gap.

    Raises
    ------
    SettingsError
        When a budget is negative, or there are fewer than two points.
    NoSolutionError
        When there is no money to scale.

    Notes
    -----
    The epsilon-constraint method (Haimes, Lasdon and Wismer 1971), turned round once for each value found: the least
    money that brings it. So every pair of value and least budget is efficient: no plan is worth more for that money,
    and none is worth as much for less.
    """
    _check(portfolio, budgets, points)
    today = sum(there_is(portfolio, MONEY).values())
    factors = _even(portfolio, points) if budgets is None else [budget / today for budget in budgets]
    found: list[ReleasePlan] = []
    for factor in _with_today(factors):
        best = plan_releases(_with_money(portfolio, factor), time_limit=time_limit)
        found.append(_no_worse(best, found[-1]) if found else best)
    rows = [_row(portfolio, factor, best, today) for factor, best in zip(_with_today(factors), found, strict=True)]
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


def _even(portfolio: Portfolio, points: int) -> list[float]:
    """Even steps from the least money with which there is a plan to the least that buys the highest value."""
    lowest = least(portfolio, scaled(portfolio, MONEY), 0.0)
    if lowest is None:
        return []
    unlimited = [f"capacity:{release}:{MONEY}" for release in portfolio.releases if portfolio.money.gt(0).any()]
    richest = plan_releases(portfolio, without=unlimited).objective
    highest = least(portfolio, scaled(portfolio, MONEY), richest)
    top = highest.amount if highest is not None else max(1.0, lowest.amount)
    return [float(factor) for factor in np.linspace(lowest.amount, top, points)]


def _with_today(factors: Iterable[float]) -> list[float]:
    """In order, with today's; what is nearly today's is today's."""
    others = [factor for factor in factors if abs(factor - 1) > SAME]
    return sorted({*others, 1.0})


def _with_money(portfolio: Portfolio, factor: float) -> Portfolio:
    scale = np.where(portfolio.capacity.index == MONEY, factor * (1 + ROUNDING), 1.0)
    return portfolio.with_(capacity=portfolio.capacity.mul(scale, axis=0))


def _no_worse(found: ReleasePlan, cheaper: ReleasePlan) -> ReleasePlan:
    """A search cut short may miss the plan of a smaller budget, which the larger one allows too."""
    if found.status == "infeasible" or found.objective >= cheaper.objective:
        return found
    gap = (found.bound - cheaper.objective) / found.bound
    return replace(cheaper, bound=found.bound, gap=max(gap, 0.0), status="feasible")


def _row(portfolio: Portfolio, factor: float, found: ReleasePlan, today: float) -> dict[str, object]:
    if found.status == "infeasible":
        nothing = {"value": np.nan, "projects": 0, "spent": 0.0, "least_budget": np.nan, "least_factor": np.nan}
        return _budget(factor, found, today) | nothing
    enough = least(portfolio, scaled(portfolio, MONEY), found.objective, factor * (1 + SAME))
    smallest = min(factor, enough.amount) if enough is not None else factor
    return _budget(factor, found, today) | {
        "value": found.objective,
        "projects": len(found.plan),
        "spent": float(portfolio.money[list(found.plan)].sum()),
        "least_budget": smallest * today,
        "least_factor": smallest,
    }


def _budget(factor: float, found: ReleasePlan, today: float) -> dict[str, object]:
    return {
        "budget": factor * today,
        "factor": factor,
        "today": factor == 1.0,
        "status": found.status,
        "gap": found.gap,
    }
