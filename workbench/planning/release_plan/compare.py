"""Two plans side by side: what they do, when, for how much and to what value."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from workbench.errors import NoSolutionError, Problem
from workbench.language import gettext as _
from workbench.language import listed, money, number
from workbench.language import mark as N_
from workbench.planning.release_plan.solve import ReleasePlan
from workbench.results import Result

CHANGES = {
    "added": N_("added"),
    "dropped": N_("dropped"),
    "earlier": N_("earlier"),
    "later": N_("later"),
    "same": N_("as before"),
    "out": N_("out in both"),
}
"""What can happen to a project between two plans; translate it where it is shown."""
SAME = 1e-9
MOST_NAMED = 6


@dataclass(frozen=True, eq=False)
class PlanComparison(Result):
    """What changes from one plan to another.

    Attributes
    ----------
    before, after : ReleasePlan
        The two plans.
    table : DataFrame
        A row per project of either: project_id, title, before and after (releases, ``<NA>`` where left out) and change
        (a key of `CHANGES`).
    value_difference : float
        Points that the second plan is worth more; each plan is valued by its own portfolio.
    money_difference : float
        Money that the second plan spends more.
    """

    before: ReleasePlan
    after: ReleasePlan
    table: pd.DataFrame
    value_difference: float
    money_difference: float

    def to_frame(self) -> pd.DataFrame:
        """The projects with their change, as in `table`."""
        return self.table.copy()

    def having(self, *changes: str) -> tuple[str, ...]:
        """The projects with one of these changes."""
        return tuple(self.table.loc[self.table["change"].isin(changes), "project_id"])

    @property
    def conclusion(self) -> str:
        """What the second plan is worth and costs beside the first, and which projects change."""
        infeasible = self.before.status == "infeasible", self.after.status == "infeasible"
        if any(infeasible):
            return _NO_PLAN[infeasible]()
        return " ".join([_told_value(self.value_difference), _told_money(self.money_difference), *_told_changes(self)])


def compare(before: ReleasePlan, after: ReleasePlan) -> PlanComparison:
    """Hold one plan against another, for example under another budget.

    Parameters
    ----------
    before, after : ReleasePlan
        The plans, of the same program or of two states of it.

    Raises
    ------
    NoSolutionError
        When the two plans have no project in common.
    """
    projects = tuple(dict.fromkeys([*before.portfolio.projects, *after.portfolio.projects]))
    if not set(before.portfolio.projects) & set(after.portfolio.projects):
        raise NoSolutionError(Problem(_("The two plans have no project in common, so there is nothing to compare.")))
    titles = {**after.portfolio.titles, **before.portfolio.titles}
    table = pd.DataFrame(
        {
            "project_id": projects,
            "title": [titles.get(name, "") for name in projects],
            "before": pd.array([before.plan.get(name, pd.NA) for name in projects], dtype="Int64"),
            "after": pd.array([after.plan.get(name, pd.NA) for name in projects], dtype="Int64"),
            "change": [_change(before.plan.get(name), after.plan.get(name)) for name in projects],
        }
    )
    return PlanComparison(before, after, table, after.objective - before.objective, spent(after) - spent(before))


def spent(plan: ReleasePlan) -> float:
    """The money that a plan spends, over all releases."""
    return float(plan.portfolio.money[list(plan.plan)].sum())


def _change(before: int | None, after: int | None) -> str:
    if before is None:
        return "out" if after is None else "added"
    if after is None:
        return "dropped"
    return "same" if before == after else "earlier" if after < before else "later"


_NO_PLAN = {
    (True, True): lambda: _("Neither of the two has a plan that keeps all the rules."),
    (True, False): lambda: _("Only the second has a plan that keeps all the rules."),
    (False, True): lambda: _("Only the first has a plan that keeps all the rules."),
}


def _told_value(difference: float) -> str:
    if abs(difference) <= SAME * max(1.0, abs(difference)):
        return _("The second plan is worth as much as the first.")
    told = _("The second plan is worth {points} points more than the first.")
    if difference < 0:
        told = _("The second plan is worth {points} points less than the first.")
    return told.format(points=number(abs(difference)))


def _told_money(difference: float) -> str:
    if abs(difference) <= SAME:
        return _("It spends as much.")
    told = _("It spends {money} more.") if difference > 0 else _("It spends {money} less.")
    return told.format(money=money(abs(difference)))


def _told_changes(found: PlanComparison) -> list[str]:
    words = (
        (("added",), _("It adds {projects}.")),
        (("dropped",), _("It drops {projects}.")),
        (("earlier",), _("It brings {projects} forward.")),
        (("later",), _("It puts off {projects}.")),
    )
    told = [(found.having(*changes), sentence) for changes, sentence in words]
    return [sentence.format(projects=_named(names)) for names, sentence in told if names] or [
        _("The projects and their releases are the same.")
    ]


def _named(projects: tuple[str, ...]) -> str:
    if len(projects) <= MOST_NAMED:
        return listed(list(projects))
    return _("{count} projects").format(count=len(projects))
