"""Why a project is out of the plan: what forbids it, what it would cost, and what more would bring it in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.errors import NoSolutionError, Problem
from workbench.language import gettext as _
from workbench.language import listed, number, percent
from workbench.planning.release_plan.checks import SAME
from workbench.planning.release_plan.conflicts import smallest_conflict
from workbench.planning.release_plan.least import least, more_in, there_is
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.rules import Rule, amount_told
from workbench.planning.release_plan.solve import ReleasePlan, plan_releases, plan_worth

Kind = Literal["decision", "conflict", "value"]


@dataclass(frozen=True)
class Relief:
    """The least extra amount of one resource, all in one release, with which a best plan does the project.

    Attributes
    ----------
    resource : str
        Which resource.
    release : int
        Where the extra amount is needed.
    amount : float
        How much, in the resource's own unit.
    share : float
        The same as a share of what there is of the resource over all releases.
    """

    resource: str
    release: int
    amount: float
    share: float


@dataclass(frozen=True, eq=False)
class Reason:
    """Why one project is out.

    Attributes
    ----------
    project : str
        Which one.
    kind : str
        ``decision``: it is forced out; ``conflict``: no plan with it keeps all rules; ``value``: the best plan with it
        is worth less.
    conflict : tuple of Rule
        The smallest set of rules that forbids it; empty unless the kind is conflict.
    loss : float or None
        Points that the best plan with it is worth less; None where there is no such plan.
    pushed_out : tuple of str
        Projects of today's plan that the best plan with it does not do.
    moved : tuple of str
        Projects of today's plan that it does in another release.
    reliefs : tuple of Relief or None
        For each resource of which more in one release would by itself bring it in, the least that does; the smallest
        share first. None where it was not looked for: by request, after a decision, or when a plan with it is level.
    told : str
        All this in a few words, in the language in use when it was found.
    """

    project: str
    kind: Kind
    conflict: tuple[Rule, ...]
    loss: float | None
    pushed_out: tuple[str, ...]
    moved: tuple[str, ...]
    reliefs: tuple[Relief, ...] | None
    told: str


def reasons(
    plan: ReleasePlan, projects: Collection[str] | None = None, *, with_relief: bool = True
) -> dict[str, Reason]:
    """Why each project is out that is out of an optimal plan, found with the solver.

    Parameters
    ----------
    plan : ReleasePlan
        An optimal plan.
    projects : collection of str, optional
        Only these of the projects that are left out; all of them by default.
    with_relief : bool
        Whether to look for the extra amounts that would bring a project in, which takes the longest.

    Returns
    -------
    dict of str to Reason
        In the projects' order.

    Raises
    ------
    NoSolutionError
        When the plan is not proven optimal: then nothing can be said of what another one would lack.

    Notes
    -----
    Each project is forced in. The extra amount is exact for the resource and release: below it, every best plan is one
    without the project. It starts from the least amount with which a plan with the project is worth what the best
    without it is worth today, and grows until it has caught up with what the same amount does for plans without it.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.planning.release_plan.problem import portfolio
    >>> projects = pd.DataFrame({"project_id": ["A", "B"], "title": ["Web", "Chat"]})
    >>> there_is = pd.DataFrame({"release": [1], "resource": "days", "available": [10.0]})
    >>> uses = pd.DataFrame({"project_id": ["A", "B"], "resource": "days", "amount": [8.0, 7.0]})
    >>> none = pd.DataFrame({"project_id": [], "needs_project_id": []})
    >>> best = plan_releases(portfolio(projects, none, there_is, uses, pd.Series({"A": 50.0, "B": 20.0})))
    >>> print(reasons(best)["B"].told)
    With it, the best plan is worth 30 points (60%) less. That plan leaves out Web (A).
    5 of “days” more in release 1 would bring it in.
    """
    if plan.status != "optimal":
        told = _("Why a project is out can be said of an optimal plan only.")
        raise NoSolutionError(Problem(told, remedy=_("Give it more time, or allow a gap of zero.")))
    asked = plan.left_out if projects is None else [name for name in plan.left_out if name in set(projects)]
    return {project: _reason(plan, project, with_relief) for project in asked}


def _reason(plan: ReleasePlan, project: str, with_relief: bool) -> Reason:
    portfolio = plan.portfolio
    if project in portfolio.forced_out:
        return Reason(project, "decision", (), None, (), (), None, _("It is left out by decision."))
    forced = portfolio.with_(must_do=portfolio.must_do | {project})
    other = plan_releases(forced)
    if other.status == "infeasible":
        return _forbidden(plan, project, forced, with_relief)
    loss = max(0.0, plan.objective - other.objective)
    told = [_told_cost(plan, project, loss), *_told_changes(plan, other)]
    reliefs = _reliefs(plan, project) if with_relief and not _is_level(plan, loss) else None
    changes = _pushed_out(plan, other), _moved(plan, other)
    return Reason(project, "value", (), loss, *changes, reliefs, " ".join([*told, *_told_relief(reliefs)]))


def _forbidden(plan: ReleasePlan, project: str, forced: Portfolio, with_relief: bool) -> Reason:
    asked = f"must_do:{project}"
    conflict = tuple(rule for rule in smallest_conflict(forced).rules if rule.name != asked)
    reliefs = _reliefs(plan, project) if with_relief else None
    told = _("No plan can do it: {rules}").format(rules=" ".join(rule.told for rule in conflict))
    return Reason(project, "conflict", conflict, None, (), (), reliefs, " ".join([told, *_told_relief(reliefs)]))


def _pushed_out(plan: ReleasePlan, other: ReleasePlan) -> tuple[str, ...]:
    return tuple(name for name in plan.plan if name not in other.plan)


def _moved(plan: ReleasePlan, other: ReleasePlan) -> tuple[str, ...]:
    return tuple(name for name, release in plan.plan.items() if other.plan.get(name, release) != release)


def _is_level(plan: ReleasePlan, loss: float) -> bool:
    return loss <= SAME * max(1.0, plan.objective)


def _told_cost(plan: ReleasePlan, project: str, loss: float) -> str:
    if not _is_level(plan, loss):
        return _("With it, the best plan is worth {loss} points ({share}) less.").format(
            loss=number(loss), share=percent(loss / plan.objective)
        )
    return _("It adds no value.") if plan.portfolio.value[project] == 0 else _("A plan of the same value does it.")


def _told_changes(plan: ReleasePlan, other: ReleasePlan) -> list[str]:
    named = plan.portfolio.named
    pushed_out, moved = ([named(name) for name in names] for names in (_pushed_out(plan, other), _moved(plan, other)))
    told = [_("That plan leaves out {projects}.").format(projects=listed(pushed_out))] if pushed_out else []
    return told + ([_("It has {projects} in another release.").format(projects=listed(moved))] if moved else [])


def _told_relief(reliefs: Sequence[Relief] | None) -> list[str]:
    """Of what the least part more would do."""
    if reliefs is None:
        return []
    if not reliefs:
        return [_("More of one resource in one release would not bring it in.")]
    amount = amount_told(reliefs[0].resource, reliefs[0].amount)
    told = _("{amount} more in release {release} would bring it in.")
    return [told.format(amount=amount, release=reliefs[0].release)]


def _reliefs(plan: ReleasePlan, project: str) -> tuple[Relief, ...]:
    found = [_least_of(plan, project, str(resource)) for resource in plan.portfolio.capacity.index]
    return tuple(sorted(filter(None, found), key=lambda relief: relief.share))


def _least_of(plan: ReleasePlan, project: str, resource: str) -> Relief | None:
    """The release in which the least extra amount of a resource is enough."""
    portfolio = plan.portfolio
    if not portfolio.demand[resource].gt(0).any():
        return None
    total = sum(there_is(portfolio, resource).values())
    best: Relief | None = None
    for release in portfolio.releases:
        amount = _extra(plan, project, resource, release, best.amount if best else float("inf"))
        if amount is not None and amount > 0 and (best is None or amount < best.amount):
            best = Relief(resource, release, amount, amount / total if total > 0 else float("inf"))
    return best


def _extra(plan: ReleasePlan, project: str, resource: str, release: int, most: float) -> float | None:
    """The least extra amount with which a best plan does the project; None when none up to `most` is enough."""
    with_it, without_it = _with_and_without(plan.portfolio, project)
    to_beat = plan.objective
    while (found := least(with_it, more_in(with_it, resource, release), to_beat, most)) is not None:
        rival = plan_releases(_with_more(without_it, resource, release, found.amount)).objective
        if rival <= plan_worth(with_it, found.plan) + SAME * max(1.0, rival):
            return found.amount
        to_beat = rival
    return None


def _with_and_without(portfolio: Portfolio, project: str) -> tuple[Portfolio, Portfolio]:
    with_it = portfolio.with_(must_do=portfolio.must_do | {project})
    return with_it, portfolio.with_(forced_out=portfolio.forced_out | {project})


def _with_more(portfolio: Portfolio, resource: str, release: int, amount: float) -> Portfolio:
    capacity = portfolio.capacity.copy()
    capacity.at[resource, release] = there_is(portfolio, resource)[release] + amount
    return portfolio.with_(capacity=capacity)
