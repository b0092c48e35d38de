"""Changes that a person makes to a plan, held against the rules: what they break, and what they gain or lose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from workbench.errors import Problem, SettingsError
from workbench.language import either, number, quoted
from workbench.language import gettext as _
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.rules import Rule, broken
from workbench.planning.release_plan.solve import ReleasePlan, plan_worth
from workbench.results import Result

OUT = "out"
SAME = 1e-9


@dataclass(frozen=True, eq=False)
class HandMade(Result):
    """A plan with changes made by hand.

    Attributes
    ----------
    before : ReleasePlan
        The plan that was changed.
    plan : dict of str to int
        Project → release after the changes; nothing else was moved.
    broken : tuple of Rule
        The rules that it breaks.
    difference : float
        Points that it is worth more than the plan before; negative where it is worth less.
    """

    before: ReleasePlan
    plan: dict[str, int]
    broken: tuple[Rule, ...]
    difference: float

    def to_frame(self) -> pd.DataFrame:
        """The rules that it breaks: name and told."""
        return pd.DataFrame({"name": [one.name for one in self.broken], "told": [one.told for one in self.broken]})

    @property
    def conclusion(self) -> str:
        """Whether the changes can be made, and what they gain or lose."""
        return f"{self._told_rules()} {self._told_value()}"

    def _told_rules(self) -> str:
        if not self.broken:
            return _("The changes keep all the rules.")
        return _("The changes break what holds: {rules}").format(rules=" ".join(one.told for one in self.broken))

    def _told_value(self) -> str:
        if abs(self.difference) < SAME:
            return _("The plan is then worth as much.")
        told = _("The plan is then worth {points} points more.") if self.difference > 0 else None
        told = told or _("The plan is then worth {points} points less.")
        return told.format(points=number(abs(self.difference)))


def by_hand(before: ReleasePlan, changes: Sequence[str]) -> HandMade:
    """Change a plan by hand, and see what that breaks and brings.

    Parameters
    ----------
    before : ReleasePlan
        The plan.
    changes : sequence of str
        Each a project, the sign = and a release, or ``out``: ``PRJ-03=2``, ``PRJ-02=out``.

    Raises
    ------
    SettingsError
        With every change that cannot be read or that names what there is not.

    Examples
    --------
    >>> from workbench.planning.release_plan.problem import portfolio
    >>> from workbench.planning.release_plan.solve import plan_releases
    >>> there_is = pd.DataFrame({"release": [1, 2], "resource": "money", "available": [10.0, 5.0]})
    >>> uses = pd.DataFrame({"project_id": ["A"], "resource": ["money"], "amount": [8.0]})
    >>> projects = pd.DataFrame({"project_id": ["A"], "title": ["Web"]})
    >>> needs = pd.DataFrame(columns=["project_id", "needs_project_id"])
    >>> best = plan_releases(portfolio(projects, needs, there_is, uses, pd.Series({"A": 50.0})))
    >>> [rule.name for rule in by_hand(best, ["A=2"]).broken]
    ['capacity:2:money']
    """
    read = [_read(change, before.portfolio) for change in changes]
    problems = [one for one in read if isinstance(one, Problem)]
    if problems:
        raise SettingsError(problems)
    plan = _changed(before.plan, [one for one in read if not isinstance(one, Problem)])
    return HandMade(
        before=before,
        plan=plan,
        broken=broken(before.portfolio, plan),
        difference=plan_worth(before.portfolio, plan) - before.objective,
    )


def _changed(plan: dict[str, int], changes: Iterable[tuple[str, int | None]]) -> dict[str, int]:
    chosen: dict[str, int | None] = {**plan, **dict(changes)}
    return {project: release for project, release in chosen.items() if release is not None}


def _read(change: str, portfolio: Portfolio) -> tuple[str, int | None] | Problem:
    project, _sign, where = (part.strip() for part in change.partition("="))
    if project not in portfolio.projects:
        return _wrong(change, either(portfolio.projects))
    if where == OUT:
        return project, None
    releases = {str(release): release for release in portfolio.releases}
    return (project, releases[where]) if where in releases else _wrong(change, either([*releases, OUT]))


def _wrong(change: str, expected: str) -> Problem:
    found = _("The change {change} cannot be read.").format(change=quoted(change))
    return Problem(found, expected, _("Write it as PRJ-03=2, or as PRJ-03=out."))
