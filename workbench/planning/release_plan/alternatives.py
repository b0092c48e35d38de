"""Other plans that are nearly as good as the best, and really different from it and from each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from workbench.errors import NoSolutionError, Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import ngettext, number, percent
from workbench.planning.release_plan.least import worth_at_least
from workbench.planning.release_plan.model import Cut
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.rules import Plan
from workbench.planning.release_plan.solve import ReleasePlan, plan_releases
from workbench.results import Result


@dataclass(frozen=True, eq=False)
class Alternatives(Result):
    """Plans that are nearly as good as the best.

    Attributes
    ----------
    best : ReleasePlan
        The plan that they are held against.
    plans : tuple of ReleasePlan
        The best first; each is the best of those that differ enough from all before it.
    within : float
        The share of the best value that a plan may lack.
    differing_in : int
        In how many projects any two of them differ at least. A project differs when it is done in one plan and not in
        the other, or in another release.
    complete : bool
        Whether there is no further plan of the kind than those found; false when as many as asked for were found, or
        the time was up.
    """

    best: ReleasePlan
    plans: tuple[ReleasePlan, ...]
    within: float
    differing_in: int
    complete: bool

    def to_frame(self) -> pd.DataFrame:
        """A row per plan: plan (1, 2, …), value, share (of the best), differs, added, dropped and moved (tuples)."""
        rows = [
            (place, plan.objective, self.share(plan), len(differing(self.best.plan, plan.plan)), *self._changes(plan))
            for place, plan in enumerate(self.plans, start=1)
        ]
        names = ["plan", "value", "share", "differs", "added", "dropped", "moved"]
        return pd.DataFrame(rows, columns=names)

    def share(self, plan: ReleasePlan) -> float:
        """The value of a plan as a share of the best."""
        return plan.objective / self.best.objective if self.best.objective else 1.0

    def _changes(self, plan: ReleasePlan) -> tuple[tuple[str, ...], ...]:
        mine, other = self.best.plan, plan.plan
        added = tuple(name for name in other if name not in mine)
        dropped = tuple(name for name in mine if name not in other)
        return added, dropped, tuple(name for name in mine if other.get(name, mine[name]) != mine[name])

    @property
    def conclusion(self) -> str:
        """How many there are, and what the best of them lacks."""
        told = {"share": percent(self.within), "projects": self.differing_in}
        if not self.plans:
            none = _("No plan within {share} of the best treats at least {projects} of the projects otherwise.")
            if not self.complete:
                none = _(
                    "No plan was found within {share} of the best that treats at least {projects} of the projects "
                    "otherwise."
                )
            return none.format(**told)
        counted = ngettext(
            "{count} other plan is within {share} of the best and treats at least {projects} of the projects "
            "otherwise; it lacks {points} points.",
            "{count} other plans are within {share} of the best, and any two treat at least {projects} of the projects "
            "otherwise; the best of them lacks {points} points.",
            len(self.plans),
        )
        lacking = max(0.0, self.best.objective - self.plans[0].objective)
        return counted.format(count=len(self.plans), points=number(lacking), **told)


def differing(one: Plan, other: Plan) -> tuple[str, ...]:
    """The projects that two plans treat differently: done in one only, or in another release.

    Examples
    --------
    >>> differing({"A": 1, "B": 2}, {"A": 1, "B": 3, "C": 1})
    ('B', 'C')
    """
    return tuple(name for name in dict.fromkeys([*one, *other]) if one.get(name) != other.get(name))


def alternatives(
    plan: ReleasePlan,
    count: int = 3,
    *,
    within: float = 0.05,
    differing_in: int = 2,
    time_limit: float | None = None,
) -> Alternatives:
    """Find plans that are nearly as good as the best, and differ from it and from each other.

    Parameters
    ----------
    plan : ReleasePlan
        The best plan.
    count : int
        How many to find at most.
    within : float
        The share of the best value that they may lack, 0 to 1.
    differing_in : int
        In how many projects any two plans differ at least.
    time_limit : float, optional
        Seconds for each of them.

    Returns
    -------
    Alternatives
        The best of those that differ enough first, and so on.

    Raises
    ------
    NoSolutionError
        When there is no plan to hold others against.
    SettingsError
        When a number is out of its bounds.

    Notes
    -----
    One cut for each plan found: of the decisions of that plan, at most so many may be taken again (as in Balas and
    Jeroslow 1972). The idea of handing a committee several distinct plans is Greer and Ruhe's (2004).
    """
    _check(count, within, differing_in)
    if plan.status == "infeasible":
        raise NoSolutionError(Problem(_("No plan keeps all the rules, so none is nearly as good.")))
    portfolio = plan.portfolio
    cuts = [worth_at_least(portfolio, (1 - within) * plan.objective), _unlike(portfolio, plan.plan, differing_in)]
    found: list[ReleasePlan] = []
    while len(found) < count:
        try:
            other = plan_releases(portfolio, time_limit=time_limit, cuts=cuts)
        except NoSolutionError:
            break
        if other.status == "infeasible":
            return Alternatives(plan, tuple(found), within, differing_in, complete=True)
        found.append(other)
        cuts.append(_unlike(portfolio, other.plan, differing_in))
    return Alternatives(plan, tuple(found), within, differing_in, complete=False)


def _unlike(portfolio: Portfolio, plan: Mapping[str, int], differing_in: int) -> Cut:
    """At most all but so many projects are treated as in the plan: in its release, or not at all."""
    taken: dict[str | tuple[str, int], float] = dict.fromkeys(plan.items(), 1.0)
    left_out: dict[str | tuple[str, int], float] = {name: -1.0 for name in portfolio.projects if name not in plan}
    return Cut(taken | left_out, upper=len(plan) - differing_in)


def _check(count: int, within: float, differing_in: int) -> None:
    wrong = [
        _("{name} is {value}; it must be {expected}.").format(name=name, value=value, expected=expected)
        for name, value, expected, holds in (
            ("count", count, _("0 or more"), count >= 0),
            ("within", within, _("from 0 to 1"), 0 <= within <= 1),
            ("differing_in", differing_in, _("1 or more"), differing_in >= 1),
        )
        if not holds
    ]
    if wrong:
        raise SettingsError([Problem(told) for told in wrong])
