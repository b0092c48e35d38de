"""The plan of the highest value that keeps all rules, proven best or with how far it may be from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from workbench.errors import NoSolutionError, Problem, SettingsError
from workbench.language import either, listed, ngettext, number, percent
from workbench.language import gettext as _
from workbench.planning.release_plan.model import Cut, model
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.rules import broken, rules
from workbench.planning.release_plan.solver import Answer, gap_between, solve, wrong, wrong_limits
from workbench.results import Result

Status = Literal["optimal", "feasible", "infeasible"]
MOST_NAMED = 6
"""Projects left out that are still named one by one."""


@dataclass(frozen=True, eq=False)
class ReleasePlan(Result):
    """Which projects are done and in which release.

    Attributes
    ----------
    status : str
        ``optimal``: no plan is worth more; ``feasible``: a plan, with a `gap`; ``infeasible``: no plan keeps all rules.
    gap : float
        Share of the bound by which a better plan might exceed this one, 0 to 1; 0 when optimal or infeasible.
    bound : float
        No plan is worth more than this; the objective when optimal, 0 when infeasible.
    objective : float
        Value of the plan after the discount, in points.
    plan : dict of str to int
        Project → release, by release and then in the projects' order.
    left_out : tuple of str
        The other projects, in their order.
    load : DataFrame
        A row per release and resource: release, resource, used, available.
    portfolio : Portfolio
        What was planned.
    """

    status: Status
    gap: float
    bound: float
    objective: float
    plan: dict[str, int]
    left_out: tuple[str, ...]
    load: pd.DataFrame
    portfolio: Portfolio

    def to_frame(self) -> pd.DataFrame:
        """A row per project: project_id, title, release (``<NA>`` where left out), value, worth (after discount)."""
        projects = list(self.portfolio.projects)
        worth = self.portfolio.worth
        return pd.DataFrame(
            {
                "project_id": projects,
                "title": [self.portfolio.titles.get(project, "") for project in projects],
                "release": pd.array([self.plan.get(project, pd.NA) for project in projects], dtype="Int64"),
                "value": self.portfolio.value.to_numpy(),
                "worth": [worth.at[name, self.plan[name]] if name in self.plan else 0.0 for name in projects],
            }
        )

    @property
    def conclusion(self) -> str:
        """How much is done and what it is worth, what is left out, and how sure it is that nothing is better."""
        if self.status == "infeasible":
            return _("No plan keeps all the rules.")
        return " ".join(filter(None, (_told_plan(self), _told_left_out(self), _told_proof(self))))


def plan_releases(
    portfolio: Portfolio,
    *,
    time_limit: float | None = None,
    gap: float = 0.0,
    without: Collection[str] = (),
    cuts: Sequence[Cut] = (),
) -> ReleasePlan:
    """Choose projects and their releases so that the plan is worth the most.

    Parameters
    ----------
    portfolio : Portfolio
        What is planned.
    time_limit : float, optional
        Seconds after which the best plan found so far is returned with its gap.
    gap : float
        Stop as soon as no plan can be worth more by a larger share than this; 0 asks for proof.
    without : collection of str
        Names of rules to leave out.
    cuts : sequence of Cut
        Further conditions.

    Raises
    ------
    NoSolutionError
        When no plan was found before the time was up. A plan that cannot exist raises nothing: its status says so.
    SettingsError
        When the time limit is not positive, the gap is negative, or a rule to leave out does not exist.

    Notes
    -----
    An integer program solved by HiGHS (Huangfu and Hall 2018) through ``scipy.optimize.milp``. A chosen project that is
    worth nothing and that no rule asks for is left out again.

    Examples
    --------
    >>> from workbench.planning.release_plan.problem import portfolio
    >>> projects = pd.DataFrame({"project_id": ["A", "B", "C"], "title": ["Web", "Chat", "Data"]})
    >>> needs = pd.DataFrame({"project_id": ["B"], "needs_project_id": ["A"]})
    >>> there_is = pd.DataFrame({"release": [1, 2], "resource": "money", "available": [10.0, 20.0]})
    >>> uses = pd.DataFrame({"project_id": ["A", "B", "C"], "resource": "money", "amount": [10.0, 15.0, 9.0]})
    >>> best = plan_releases(portfolio(projects, needs, there_is, uses, pd.Series({"A": 50.0, "B": 80.0, "C": 60.0})))
    >>> best.plan, best.left_out, round(best.objective, 6)
    ({'A': 1, 'B': 2}, ('C',), 122.0)
    """
    every = rules(portfolio)
    _check({rule.name for rule in every}, time_limit, gap, without)
    found = solve(model(portfolio, [rule for rule in every if rule.name not in without], cuts), time_limit, gap)
    if found.status == "infeasible":
        return _result(portfolio, {}, 0.0, "infeasible")
    if found.chosen is None:
        raise NoSolutionError(_nothing_found(found))
    plan = _plan(portfolio, found.chosen)
    if not cuts:
        plan = _without_the_worthless(portfolio, plan, without)
    return _result(portfolio, plan, found.bound, "optimal" if found.status == "optimal" else "feasible")


def plan_worth(portfolio: Portfolio, plan: Mapping[str, int]) -> float:
    """What a plan is worth after the discount, in points."""
    worth = portfolio.worth
    places = worth.index.get_indexer(pd.Index(list(plan))), worth.columns.get_indexer(pd.Index(list(plan.values())))
    return float(worth.to_numpy()[places].sum())


def known_plan(portfolio: Portfolio, plan: Mapping[str, int], bound: float) -> ReleasePlan:
    """A plan that was found in another way, told against a bound that no plan exceeds."""
    return _result(portfolio, dict(plan), bound, "feasible")


def _plan(portfolio: Portfolio, chosen: np.ndarray) -> dict[str, int]:
    entries = chosen.reshape(len(portfolio.projects), len(portfolio.releases))
    pairs = [(int(release), int(project)) for project, release in zip(*np.nonzero(entries), strict=True)]
    return {portfolio.projects[project]: portfolio.releases[release] for release, project in sorted(pairs)}


def _without_the_worthless(portfolio: Portfolio, plan: dict[str, int], without: Collection[str]) -> dict[str, int]:
    """The solver may take along what costs and brings nothing: it sees no difference."""
    for project in [name for name in reversed(plan) if portfolio.value[name] == 0]:
        rest = {name: release for name, release in plan.items() if name != project}
        if all(rule.name in without for rule in broken(portfolio, rest)):
            plan = rest
    return plan


def _result(portfolio: Portfolio, plan: dict[str, int], bound: float, status: Status) -> ReleasePlan:
    objective = plan_worth(portfolio, plan)
    gap = gap_between(objective, bound) if status == "feasible" else 0.0
    if status == "feasible" and not gap:
        status = "optimal"
    bound = bound if gap else objective
    left_out = tuple(project for project in portfolio.projects if project not in plan)
    return ReleasePlan(status, gap, bound, objective, plan, left_out, _load(portfolio, plan), portfolio)


def _load(portfolio: Portfolio, plan: Mapping[str, int]) -> pd.DataFrame:
    resources, releases = list(portfolio.capacity.index), portfolio.releases
    place = pd.Index(portfolio.projects).get_indexer(pd.Index(list(plan), dtype=object))
    uses = np.zeros((len(releases), len(resources)))
    np.add.at(uses, [releases.index(release) for release in plan.values()], portfolio.demand.to_numpy()[place])
    return pd.DataFrame(
        {
            "release": np.repeat(releases, len(resources)),
            "resource": resources * len(releases),
            "used": uses.ravel(),
            "available": portfolio.capacity.to_numpy().T.ravel(),
        }
    )


def _check(known: Collection[str], time_limit: float | None, gap: float, without: Collection[str]) -> None:
    unknown = [name for name in without if name not in known]
    problems = wrong_limits(time_limit, gap) + [wrong("without", name, either(sorted(known))) for name in unknown]
    if problems:
        raise SettingsError(problems)


def _nothing_found(found: Answer) -> Problem:
    if found.status == "time_is_up":
        told = _("No plan was found in the time given, and none was ruled out.")
        return Problem(told, remedy=_("Give it more time, or loosen a rule."))
    told = _("The solver gave up: {reason}").format(reason=found.message)
    return Problem(told, remedy=_("Look for amounts that are very large or very small beside the others."))


def _told_plan(found: ReleasePlan) -> str:
    count, total = len(found.plan), len(found.portfolio.projects)
    if not count:
        return _("The best plan does none of the {total} projects.").format(total=total)
    releases = len(set(found.plan.values()))
    figures = {"count": count, "total": total, "releases": releases, "points": number(found.objective)}
    told = ngettext(
        "The plan does {count} of {total} projects in {releases} release, worth {points} points.",
        "The plan does {count} of {total} projects over {releases} releases, worth {points} points.",
        releases,
    )
    return told.format(**figures)


def _told_left_out(found: ReleasePlan) -> str:
    if not found.left_out or not found.plan:
        return ""
    if len(found.left_out) > MOST_NAMED:
        return _("{count} are left out.").format(count=len(found.left_out))
    names = [found.portfolio.named(project) for project in found.left_out]
    return _("Left out: {projects}.").format(projects=listed(names))


def _told_proof(found: ReleasePlan) -> str:
    if found.status == "optimal":
        return _("No plan within the rules is worth more.")
    return _("A better one could be worth up to {bound} points: this plan may lack {gap} of it.").format(
        bound=number(found.bound), gap=percent(found.gap)
    )
