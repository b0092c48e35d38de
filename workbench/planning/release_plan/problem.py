"""What can be planned and under which rules: projects, releases, what they use and what there is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.planning.release_plan import checks
from workbench.planning.release_plan.checks import MONEY

NO_DEPARTMENT = ""
"""Column of `Portfolio.departments` for the money of projects whose requirements are not known."""


@dataclass(frozen=True, eq=False)
class Portfolio:
    """Projects, releases and rules, ready to be planned. `portfolio` makes one of the planning tables.

    Attributes
    ----------
    projects : tuple of str
        Ids in the table's order.
    titles : mapping of str to str
        Project → title.
    value : Series
        Index project; points, zero or more.
    releases : tuple of int
        Numbers of the releases, in order.
    capacity : DataFrame
        Index resource, a column per release; amount that there is.
    demand : DataFrame
        Index project, a column per resource; amount that the project uses, 0 where none, all in its release.
    needs : tuple of (str, str)
        (project, needed): the needed one is done in the same release or an earlier one.
    must_do, forced_out : frozenset of str
        Projects that have to be done, and those that are left out whatever they are worth.
    excludes : tuple of (str, str)
        Pairs that cannot both be done; each pair once.
    choose_one : mapping of str to tuple of str
        Name of a group → projects of which exactly one is done.
    earliest, latest : mapping of str to int
        Project → first and last release that it can be in; only where given.
    departments : DataFrame
        Index project, a column per department: share of the project's money; rows sum to 1.
    minimum_shares : mapping of str to float
        Department → least share of the plan's money, 0 to 1. Money is the resource of that name.
    discount : float
        Share of its value that a project loses with each release that it waits, from 0 to below 1.
    """

    projects: tuple[str, ...]
    titles: Mapping[str, str]
    value: pd.Series
    releases: tuple[int, ...]
    capacity: pd.DataFrame
    demand: pd.DataFrame
    needs: tuple[tuple[str, str], ...]
    must_do: frozenset[str]
    forced_out: frozenset[str]
    excludes: tuple[tuple[str, str], ...]
    choose_one: Mapping[str, tuple[str, ...]]
    earliest: Mapping[str, int]
    latest: Mapping[str, int]
    departments: pd.DataFrame
    minimum_shares: Mapping[str, float]
    discount: float

    def with_(self, **changes: Any) -> Portfolio:
        """The same with some fields changed, for a what-if: ``with_(capacity=…, must_do=…, forced_out=…)``.

        Raises
        ------
        DataError
            When an amount or a value is missing or negative, or a project is unknown.
        """
        if "value" in changes:
            changes["value"] = checks.checked_value(changes["value"].reindex(self.projects))
        for name in ("capacity", "demand"):
            if name in changes:
                mine: pd.DataFrame = getattr(self, name)
                changes[name] = checks.checked_amounts(name, changes[name], mine)
        for name in ("must_do", "forced_out"):
            if name in changes:
                changes[name] = checks.checked_projects(name, changes[name], self.projects)
        if "discount" in changes:
            checks.check_discount(changes["discount"])
        return replace(self, **changes)

    @property
    def worth(self) -> pd.DataFrame:
        """What a project counts for in each release: index project, a column per release; points after the discount."""
        kept = (1 - self.discount) ** np.arange(len(self.releases))
        return pd.DataFrame(
            np.outer(self.value.to_numpy(), kept), index=pd.Index(self.projects), columns=pd.Index(self.releases)
        )

    @property
    def money(self) -> pd.Series:
        """What each project costs; zeros where money is not among the resources."""
        if MONEY in self.demand.columns:
            return self.demand[MONEY]
        return pd.Series(0.0, index=pd.Index(self.projects), name=MONEY)

    def named(self, project: str) -> str:
        """A project as a sentence names it: its title and its id."""
        title = self.titles.get(project, "")
        return f"{title} ({project})" if title and title != project else project


def portfolio(
    projects: pd.DataFrame,
    dependencies: pd.DataFrame,
    capacity: pd.DataFrame,
    demand: pd.DataFrame,
    value: pd.Series,
    requirements: pd.DataFrame | None = None,
    *,
    minimum_shares: Mapping[str, float] | None = None,
    discount: float = 0.1,
    forced_out: Collection[str] = (),
) -> Portfolio:
    """Make what is to be planned out of the planning tables.

    Parameters
    ----------
    projects, dependencies, capacity, demand : DataFrame
        The planning tables of these names. Of projects only project_id and title are needed; must_do,
        earliest_release, latest_release, excludes, choose_one and requirement_ids count where they are there. What
        capacity does not list for a release is not there in it.
    value : Series
        Index project, points; for example from `project_values`.
    requirements : DataFrame, optional
        The planning table: it tells whose money a project's is, in equal parts by its requirements.
    minimum_shares : mapping of str to float, optional
        Department → least share of the plan's money.
    discount : float
        Share of its value that a project loses with each release that it waits.
    forced_out : collection of str
        Projects to leave out.

    Raises
    ------
    DataError
        With everything that is wrong: no project or no release, a double or unknown id, an amount or a value that is
        missing or negative, a resource that no release lists, dependencies in a circle, a project that can never be
        done because of what it needs, an earliest release after the latest, a share for a department that no project
        serves.
    SettingsError
        When the discount or a minimum share is out of its bounds, or the shares sum to more than 1.

    Examples
    --------
    >>> projects = pd.DataFrame({"project_id": ["A", "B"], "title": ["Web", "Chat"]})
    >>> needs = pd.DataFrame({"project_id": ["B"], "needs_project_id": ["A"]})
    >>> there_is = pd.DataFrame({"release": [1, 2], "resource": "money", "available": [10.0, 20.0]})
    >>> uses = pd.DataFrame({"project_id": ["A", "B"], "resource": "money", "amount": [10.0, 15.0]})
    >>> portfolio(projects, needs, there_is, uses, pd.Series({"A": 50.0, "B": 80.0})).worth.loc["B"].tolist()
    [80.0, 72.0]
    """
    shares = {name: share for name, share in (minimum_shares or {}).items() if share != 0}
    checks.check_discount(discount)
    checks.check_shares(shares)
    departments = _departments(projects, requirements)
    tables = checks.Tables(projects, dependencies, capacity, demand, value, departments, shares, frozenset(forced_out))
    checks.check(tables)
    ids = tuple(map(str, projects["project_id"]))
    there_is = capacity.pivot(index="resource", columns="release", values="available").fillna(0.0).astype(float)
    there_is = there_is.reindex(capacity["resource"].unique())
    uses = demand.pivot(index="project_id", columns="resource", values="amount")
    return Portfolio(
        projects=ids,
        titles=dict(zip(ids, projects["title"], strict=True)),
        value=value.reindex(ids).astype(float),
        releases=tuple(map(int, there_is.columns)),
        capacity=there_is,
        demand=uses.reindex(index=pd.Index(ids), columns=there_is.index).fillna(0.0).astype(float),
        needs=tuple(checks.pairs(dependencies, "needs_project_id")),
        must_do=frozenset(checks.must_do(projects)),
        forced_out=frozenset(forced_out),
        excludes=checks.excluding(projects),
        choose_one=_groups(projects),
        earliest=_where_given(projects, "earliest_release"),
        latest=_where_given(projects, "latest_release"),
        departments=departments,
        minimum_shares=shares,
        discount=float(discount),
    )


def project_values(projects: pd.DataFrame, scores: pd.DataFrame) -> pd.Series:
    """The value of each project: the sum of the value indices of the requirements that it delivers.

    A sum, because each requirement delivered is a good of its own: a project with two of them is worth both. A
    requirement without a value index adds nothing; `unvalued` names these.

    Parameters
    ----------
    projects : DataFrame
        The planning table; project_id and requirement_ids.
    scores : DataFrame
        Index requirement_id, column value: as ``RequirementScores.table``.

    Returns
    -------
    Series
        Index project_id; points.

    Examples
    --------
    >>> projects = pd.DataFrame({"project_id": ["A", "B"], "requirement_ids": [("R1", "R2"), ()]})
    >>> project_values(projects, pd.DataFrame({"value": [60.0, 30.0]}, index=["R1", "R2"])).to_dict()
    {'A': 90.0, 'B': 0.0}
    """
    known = scores["value"].dropna().to_dict()
    totals = [float(sum(known.get(name, 0.0) for name in dict.fromkeys(ids))) for ids in projects["requirement_ids"]]
    return pd.Series(totals, index=pd.Index(projects["project_id"], name="project_id"), name="value", dtype=float)


def unvalued(projects: pd.DataFrame, scores: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Per project: its requirements without a value index, which add nothing to its value. Only where there are any."""
    known = set(scores["value"].dropna().index)
    lacking = {
        str(project): tuple(name for name in ids if name not in known)
        for project, ids in zip(projects["project_id"], projects["requirement_ids"], strict=True)
    }
    return {project: names for project, names in lacking.items() if names}


def _departments(projects: pd.DataFrame, requirements: pd.DataFrame | None) -> pd.DataFrame:
    """Whose money a project's is: each of its requirements stands for an equal part."""
    index = pd.Index(projects["project_id"].astype(str), name="project_id")
    if requirements is None or "requirement_ids" not in projects.columns or projects.empty:
        return pd.DataFrame({NO_DEPARTMENT: 1.0}, index=index)
    asked_by = dict(zip(requirements["requirement_id"], requirements["department"], strict=True))
    shares = [_parts([asked_by.get(name, NO_DEPARTMENT) for name in ids]) for ids in projects["requirement_ids"]]
    return pd.DataFrame(shares, index=index).fillna(0.0)


def _parts(departments: list[str]) -> dict[str, float]:
    asked = departments or [NO_DEPARTMENT]
    return {name: asked.count(name) / len(asked) for name in dict.fromkeys(asked)}


def _groups(projects: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    if "choose_one" not in projects.columns:
        return {}
    named = projects[projects["choose_one"] != ""]
    return {str(name): tuple(ids) for name, ids in named.groupby("choose_one", sort=False)["project_id"]}


def _where_given(projects: pd.DataFrame, column: str) -> dict[str, int]:
    if column not in projects.columns:
        return {}
    given = projects[projects[column].notna()]
    return {str(name): int(number) for name, number in zip(given["project_id"], given[column], strict=True)}
