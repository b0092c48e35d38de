"""Why a project is out of the plan: what forbids it, what it would cost, and what more would bring it in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.errors import NoSolutionError, Problem
from workbench.language import gettext as _
from workbench.language import listed, number, percent
from workbench.planning.release_plan.checks import SAME
from workbench.planning.release_plan.conflicts import MOST_NAMED, smallest_conflict
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
    proven : bool
        Whether this is certain: false where the time was up before a plan was proven the best.
    conflict : tuple of Rule
        The smallest set of rules that forbids it, or a set in which it is where the time was up before. Empty unless
        the kind is conflict.
    loss : float or None
        Points that the best plan with it is worth less; None where none was found.
    pushed_out : tuple of str
        Projects of today's plan that the best plan with it does not do.
    moved : tuple of str
        Projects of today's plan that it does in another release.
    reliefs : tuple of Relief or None
        For each resource of which more in one release would by itself bring it in, the least that does; the smallest
        share first. None where it was not looked for (by request, after a decision, when a plan with it is level), or
        not proven in time.
    told : str
        All this in a few words, in the language in use when it was found.
    """

    project: str
    kind: Kind
    proven: bool
    conflict: tuple[Rule, ...]
    loss: float | None
    pushed_out: tuple[str, ...]
    moved: tuple[str, ...]
    reliefs: tuple[Relief, ...] | None
    told: str


def reasons(
    plan: ReleasePlan,
    projects: Collection[str] | None = None,
    *,
    with_relief: bool = True,
    time_limit: float | None = None,
) -> dict[str, Reason]:
    """Why each project is out that is out of a plan, found with the solver.

    Parameters
    ----------
    plan : ReleasePlan
        The best plan. One that is not proven the best gives reasons that are not proven either.
    projects : collection of str, optional
        Only these of the projects that are left out; all of them by default.
    with_relief : bool
        Whether to look for the extra amounts that would bring a project in, which takes the longest.
    time_limit : float, optional
        Seconds for each question that is put to the solver.

    Returns
    -------
    dict of str to Reason
        In the projects' order.

    Raises
    ------
    NoSolutionError
        When there is no plan.

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
    if plan.status == "infeasible":
        raise NoSolutionError(Problem(_("No plan keeps all the rules, so no project is left out of it.")))
    asked = plan.left_out if projects is None else [name for name in plan.left_out if name in set(projects)]
    asking = _Asking(plan, with_relief and plan.status == "optimal", time_limit)
    return {project: asking.reason(project) for project in asked}


@dataclass(frozen=True)
class _Asking:
    """A plan, and how far to ask why projects are out of it."""

    plan: ReleasePlan
    with_relief: bool
    time_limit: float | None

    def reason(self, project: str) -> Reason:
        portfolio = self.plan.portfolio
        if project in portfolio.forced_out:
            return Reason(project, "decision", True, (), None, (), (), None, _("It is left out by decision."))
        forced = portfolio.with_(must_do=portfolio.must_do | {project})
        try:
            other = plan_releases(forced, time_limit=self.time_limit)
        except NoSolutionError:
            told = _("In the time given, no plan with it was found, and none was ruled out.")
            return Reason(project, "value", False, (), None, (), (), None, told)
        return self._forbidden(project, forced) if other.status == "infeasible" else self._dear(project, other)

    def _dear(self, project: str, other: ReleasePlan) -> Reason:
        loss = max(0.0, self.plan.objective - other.objective)
        proven = self.plan.status == other.status == "optimal"
        told = [_told_cost(self.plan, project, loss), *_told_changes(self.plan, other)]
        told += [] if proven else [_("This is not proven: there may be better plans.")]
        reliefs = self._reliefs(project) if proven and not _is_level(self.plan, loss) else None
        changes = _pushed_out(self.plan, other), _moved(self.plan, other)
        told += _told_relief(reliefs)
        return Reason(project, "value", proven, (), loss, *changes, reliefs, " ".join(told))

    def _forbidden(self, project: str, forced: Portfolio) -> Reason:
        found = smallest_conflict(forced, known=True, time_limit=self.time_limit)
        conflict = tuple(rule for rule in found.rules if rule.name != f"must_do:{project}")
        reliefs = self._reliefs(project)
        rules = " ".join(rule.told for rule in conflict) if len(conflict) <= MOST_NAMED else found.conclusion
        told = _("No plan can do it: {rules}").format(rules=rules)
        proof = found.told_proof if len(conflict) <= MOST_NAMED else ()
        told = " ".join([told, *proof, *_told_relief(reliefs)])
        return Reason(project, "conflict", True, conflict, None, (), (), reliefs, told)

    def _reliefs(self, project: str) -> tuple[Relief, ...] | None:
        """The least for each resource; None where it is not looked for, or not proven in time."""
        if not self.with_relief:
            return None
        try:
            found = [self._least_of(project, str(resource)) for resource in self.plan.portfolio.capacity.index]
        except NoSolutionError:
            return None
        return tuple(sorted(filter(None, found), key=lambda relief: relief.share))

    def _least_of(self, project: str, resource: str) -> Relief | None:
        """The release in which the least extra amount of a resource is enough."""
        portfolio = self.plan.portfolio
        if not portfolio.demand[resource].gt(0).any():
            return None
        total = sum(there_is(portfolio, resource).values())
        best: Relief | None = None
        for release in portfolio.releases:
            amount = self._extra(project, resource, release, best.amount if best else float("inf"))
            if amount is not None and amount > 0 and (best is None or amount < best.amount):
                best = Relief(resource, release, amount, amount / total if total > 0 else float("inf"))
        return best

    def _extra(self, project: str, resource: str, release: int, most: float) -> float | None:
        """The least extra amount with which a best plan does the project; None when none up to `most` is enough."""
        with_it, without_it = _with_and_without(self.plan.portfolio, project)
        more, to_beat = more_in(with_it, resource, release), self.plan.objective
        while (found := least(with_it, more, to_beat, most=most, time_limit=self.time_limit)) is not None:
            rival = self._proven(_with_more(without_it, resource, release, found.amount))
            if rival <= plan_worth(with_it, found.plan) + SAME * max(1.0, rival):
                return found.amount
            to_beat = rival
        return None

    def _proven(self, portfolio: Portfolio) -> float:
        found = plan_releases(portfolio, time_limit=self.time_limit)
        if found.status != "optimal":
            raise NoSolutionError(Problem(_("The best plan was not proven in time.")))
        return found.objective


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


def _with_and_without(portfolio: Portfolio, project: str) -> tuple[Portfolio, Portfolio]:
    with_it = portfolio.with_(must_do=portfolio.must_do | {project})
    return with_it, portfolio.with_(forced_out=portfolio.forced_out | {project})


def _with_more(portfolio: Portfolio, resource: str, release: int, amount: float) -> Portfolio:
    capacity = portfolio.capacity.copy()
    capacity.at[resource, release] = there_is(portfolio, resource)[release] + amount
    return portfolio.with_(capacity=capacity)
