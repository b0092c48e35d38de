"""What can be wrong with the tables that a release plan is made of; all of it is told at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.errors import DataError, Location, Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import listed, percent, quoted
from workbench.planning.release_plan import network

MONEY = "money"
"""The resource that minimum shares are taken of."""
SAME = 1e-6
"""Figures that are closer than this, as a share of the larger, are equal: the rest is the rounding of sums."""


@dataclass(frozen=True, eq=False)
class Tables:
    """What is checked together, before a portfolio is made of it."""

    projects: pd.DataFrame
    dependencies: pd.DataFrame
    capacity: pd.DataFrame
    demand: pd.DataFrame
    value: pd.Series
    departments: pd.DataFrame
    shares: Mapping[str, float]
    forced_out: frozenset[str]

    @property
    def ids(self) -> list[str]:
        """The projects, in the table's order."""
        return [str(name) for name in self.projects["project_id"]]

    @property
    def needs(self) -> list[network.Pair]:
        """The dependencies as pairs."""
        return pairs(self.dependencies, "needs_project_id")


def pairs(table: pd.DataFrame, column: str) -> list[network.Pair]:
    """Project and what stands in another column, each pair once."""
    found = zip(table["project_id"].astype(str), table[column].astype(str), strict=True)
    return list(dict.fromkeys(found))


def must_do(projects: pd.DataFrame) -> list[str]:
    """The projects that have to be done."""
    return [str(name) for name in projects.loc[_flags(projects), "project_id"]]


def excluding(projects: pd.DataFrame) -> tuple[network.Pair, ...]:
    """The pairs that cannot both be done; a pair that both of them name counts once."""
    if "excludes" not in projects.columns:
        return ()
    named = [(str(own), str(other)) for own, others in _excludes(projects) for other in others]
    return tuple({frozenset(pair): pair for pair in reversed(named)}.values())[::-1]


def check(tables: Tables) -> None:
    """Raise what is wrong with the tables, all of it at once."""
    problems = [*_nothing_to_plan(tables), *_doubled(tables), *_unknown(tables), *_amounts(tables), *_values(tables)]
    problems += [*_unsupplied(tables), *_cycles(tables), *_windows(tables), *_unserved(tables)]
    problems += [*_forced_out(tables), *_never_possible(tables)]
    if problems:
        raise DataError(problems)


def check_discount(discount: float) -> None:
    """Raise when the discount is out of its bounds."""
    if not 0 <= discount < 1:
        found = _("{name} is {value}.").format(name="discount", value=discount)
        expected = _("a share from 0 to below 1")
        raise SettingsError(Problem(found, expected, _("Correct {name}.").format(name="discount")))


def check_shares(shares: Mapping[str, float]) -> None:
    """Raise when a minimum share is out of its bounds, or when they cannot be met together."""
    expected = _("a share from 0 to 1")
    remedy = _("Correct {name}.").format(name="minimum_shares")
    problems = [
        Problem(_("The minimum share of {name} is {value}.").format(name=quoted(name), value=share), expected, remedy)
        for name, share in shares.items()
        if not 0 <= share <= 1
    ]
    total = sum(shares.values())
    if not problems and total > 1 + SAME:
        found = _("The minimum shares sum to {total}.").format(total=percent(total))
        problems = [Problem(found, _("no more than {all}").format(all=percent(1)), remedy)]
    if problems:
        raise SettingsError(problems)


def checked_value(value: pd.Series) -> pd.Series:
    """The values as they are, once none is missing or negative."""
    problems = list(_wrong_values(value))
    if problems:
        raise DataError(problems)
    return value.astype(float)


def checked_amounts(name: str, given: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """A frame of amounts in the order of another, once none is missing, negative or beside the other's."""
    beside = [*given.index.symmetric_difference(like.index), *given.columns.symmetric_difference(like.columns)]
    if beside:
        found = _("The table {name} differs in {what}.").format(name=quoted(name), what=listed(list(map(str, beside))))
        expected = _("the same rows and columns as before")
        raise DataError(Problem(found, expected, _("Change amounts only."), Location(name)))
    amounts = given.reindex_like(like).astype(float)
    wrong = ~(np.isfinite(amounts.to_numpy()) & (amounts.to_numpy() >= 0))
    problems = [
        _not_an_amount(f"{like.index[row]}, {like.columns[column]}", amounts.to_numpy()[row, column], Location(name))
        for row, column in np.argwhere(wrong)
    ]
    if problems:
        raise DataError(problems)
    return amounts


def checked_projects(name: str, given: Collection[str], known: Collection[str]) -> frozenset[str]:
    """The projects as they are, once all are known."""
    problems = [_unknown_project(project, Location(name)) for project in given if project not in known]
    if problems:
        raise DataError(problems)
    return frozenset(given)


def _flags(projects: pd.DataFrame) -> pd.Series:
    if "must_do" in projects.columns:
        return projects["must_do"].astype(bool)
    return pd.Series(False, index=projects.index)


def _excludes(projects: pd.DataFrame) -> Iterator[tuple[str, tuple[str, ...]]]:
    return zip(projects["project_id"], projects["excludes"], strict=True)


def _nothing_to_plan(tables: Tables) -> Iterator[Problem]:
    if tables.projects.empty:
        yield Problem(_("There is no project."), _("one or more"), _("Fill in the table projects."))
    if tables.capacity.empty:
        yield Problem(_("There is no release."), _("one or more"), _("Fill in the table capacity."))


def _doubled(tables: Tables) -> Iterator[Problem]:
    keys = {"projects": ["project_id"], "capacity": ["release", "resource"], "demand": ["project_id", "resource"]}
    for name, columns in keys.items():
        table = getattr(tables, name)
        for row in table.loc[table.duplicated(columns), columns].drop_duplicates().astype(str).to_numpy():
            found = _("{row} stands there more than once.").format(row=", ".join(row))
            yield Problem(found, _("each once"), _("Remove or rename the second one."), Location(name))


def _unknown(tables: Tables) -> Iterator[Problem]:
    known = set(tables.ids)
    excluded = [(str(own), str(other)) for own, other in excluding(tables.projects)]
    named = {
        "dependencies": [name for pair in tables.needs for name in pair],
        "projects": [name for pair in excluded for name in pair],
        "demand": list(map(str, tables.demand["project_id"])),
        "value": list(map(str, tables.value.index)),
        "forced_out": sorted(tables.forced_out),
    }
    for place, names in named.items():
        yield from (_unknown_project(name, Location(place)) for name in dict.fromkeys(names) if name not in known)


def _unknown_project(project: str, where: Location) -> Problem:
    found = _("There is no project {id}.").format(id=quoted(project))
    return Problem(found, _("a project of the table projects"), _("Correct the id, or add the project."), where)


def _amounts(tables: Tables) -> Iterator[Problem]:
    for name, column, keys in (
        ("capacity", "available", ["release", "resource"]),
        ("demand", "amount", ["project_id", "resource"]),
    ):
        table = getattr(tables, name)
        amounts = table[column].astype(float)
        wrong = table[~(np.isfinite(amounts) & (amounts >= 0))]
        for row, found in zip(wrong[keys].astype(str).to_numpy(), wrong[column], strict=True):
            yield _not_an_amount(", ".join(row), found, Location(name, column=column))


def _not_an_amount(row: str, found: float, where: Location) -> Problem:
    told = _("The amount of {row} is {found}.").format(row=row, found=found)
    return Problem(told, _("a number, zero or more"), _("Enter the amount."), where)


def _values(tables: Tables) -> Iterator[Problem]:
    known = dict.fromkeys(tables.ids)
    doubled = tables.value.index[tables.value.index.duplicated()].unique()
    for name in doubled:
        found = _("{row} stands there more than once.").format(row=name)
        yield Problem(found, _("each once"), _("Remove or rename the second one."), Location("value"))
    if doubled.empty:
        yield from _wrong_values(tables.value.reindex(list(known)))


def _wrong_values(value: pd.Series) -> Iterator[Problem]:
    values = value.astype(float)
    for project, found in values[~(np.isfinite(values) & (values >= 0))].items():
        told = _("The value of project {id} is {found}.").format(id=project, found=found)
        yield Problem(told, _("a number, zero or more"), _("Give the project its value."), Location("value"))


def _unsupplied(tables: Tables) -> Iterator[Problem]:
    """A resource that is used and that no release lists; one listed with zero is a decision, and stands."""
    listed_ones = set(tables.capacity["resource"])
    used = tables.demand[tables.demand["amount"].astype(float) > 0]
    for resource, rows in used[~used["resource"].isin(listed_ones)].groupby("resource", sort=False):
        found = _("{projects} need {resource}, and no release supplies it.").format(
            projects=listed(list(dict.fromkeys(rows["project_id"]))), resource=quoted(str(resource))
        )
        remedy = _("Add the resource to the table capacity, or take it out of the table demand.")
        yield Problem(found, _("a row in the table capacity"), remedy, Location("demand", column="resource"))


def _cycles(tables: Tables) -> Iterator[Problem]:
    for path in network.cycles(tables.needs):
        found = _("These projects need one another in a circle: {path}.").format(path=network.told(path))
        remedy = _("Remove one of these dependencies.")
        yield Problem(found, _("dependencies that come to an end"), remedy, Location("dependencies"))


def _windows(tables: Tables) -> Iterator[Problem]:
    if not {"earliest_release", "latest_release"} <= set(tables.projects.columns):
        return
    both = tables.projects.dropna(subset=["earliest_release", "latest_release"])
    for row in both[both["earliest_release"] > both["latest_release"]].itertuples():
        found = _("Project {id} cannot come before release {earliest}, nor after release {latest}.").format(
            id=row.project_id, earliest=row.earliest_release, latest=row.latest_release
        )
        remedy = _("Correct one of the two.")
        yield Problem(found, _("an earliest release up to the latest"), remedy, Location("projects"))


def _unserved(tables: Tables) -> Iterator[Problem]:
    where = Location(column="minimum_shares")
    served = tables.departments.sum()
    for name in tables.shares:
        if not served.get(name, 0.0) > 0:
            found = _("There is a minimum share for {department}, and no project serves it.")
            known = [quoted(str(other)) for other in served.index if other]
            expected = listed(known) or _("a department that asks for a requirement of a project")
            remedy = _("Correct the name, or take the share out.")
            yield Problem(found.format(department=quoted(name)), expected, remedy, where)
    if tables.shares and MONEY not in set(tables.capacity["resource"]):
        found = _("There are minimum shares, and no release has the resource {money}.").format(money=quoted(MONEY))
        yield Problem(found, _("a row in the table capacity"), _("Add it, or take the shares out."), where)


def _forced_out(tables: Tables) -> Iterator[Problem]:
    """Who has to be done or is needed, and is left out; those that are left out themselves need nothing."""
    musts = set(must_do(tables.projects))
    for project in tables.ids:
        if project in tables.forced_out:
            if project in musts:
                found = _("Project {id} has to be done, and it is left out.").format(id=project)
                yield Problem(found, _("one or the other"), _("Decide which."), Location("projects", column="must_do"))
            continue
        path = network.chain(tables.needs, project, tables.forced_out)
        if path:
            told = {"id": project, "needed": path[-1], "path": network.told(path)}
            found = _("Project {id} needs {needed}, which is left out: {path}.")
            remedy = _("Leave {id} out as well, or let {needed} in.").format(**told)
            yield Problem(found.format(**told), _("what a project needs"), remedy, Location("dependencies"))


def _never_possible(tables: Tables) -> Iterator[Problem]:
    """Projects that need one that cannot be done as well, or are on both sides themselves."""
    for one, other in excluding(tables.projects):
        for project, excluded in dict.fromkeys(((one, other), (other, one))):
            path = [one, other] if one == other else network.chain(tables.needs, project, {excluded})
            if not path:
                continue
            found = _("Project {id} can never be done: it excludes {other} and needs it: {path}.").format(
                id=project, other=excluded, path=network.told(path)
            )
            remedy = _("Remove the exclusion, or the dependency.")
            where = Location("projects", column="excludes")
            yield Problem(found, _("an exclusion of what is not needed"), remedy, where)
