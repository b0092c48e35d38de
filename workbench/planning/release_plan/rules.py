"""Every limit of a plan as a named rule; a plan made by hand is held to them without any solver."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from workbench.errors import DataError, Location, Problem
from workbench.language import gettext as _
from workbench.language import listed, money, number, percent, quoted
from workbench.planning.release_plan.checks import MONEY, SAME, checked_projects
from workbench.planning.release_plan.problem import Portfolio

Plan = Mapping[str, int]
"""Project → release; what is not named is left out."""
DIGITS = 6


@dataclass(frozen=True)
class Rule:
    """One thing that a plan has to keep to.

    Attributes
    ----------
    kind : str
        ``capacity``, ``needs``, ``must_do``, ``forced_out``, ``excludes``, ``choose_one``, ``earliest``, ``latest`` or
        ``minimum_share``.
    name : str
        Stable id: the kind and what it is about, for example ``capacity:2:money``.
    told : str
        The rule as a sentence, in the language in use when it was made.
    projects : tuple of str
        Those that it is about: the one that needs before the one needed; empty for capacity and minimum shares.
    release : int or None
        The release of a capacity, and of earliest and latest.
    resource, department : str
        What a capacity and a minimum share are about.
    limit : float
        The amount of a capacity, the share of a minimum share.
    """

    kind: str
    name: str
    told: str
    projects: tuple[str, ...] = ()
    release: int | None = None
    resource: str = ""
    department: str = ""
    limit: float = 0.0


def rules(portfolio: Portfolio) -> tuple[Rule, ...]:
    r"""Every rule of a portfolio; its capacities only where a project uses the resource.

    Examples
    --------
    >>> import pandas as pd
    >>> from workbench.planning.release_plan.problem import portfolio
    >>> projects = pd.DataFrame({"project_id": ["A", "B"], "title": ["Web", "Chat"], "must_do": [True, False]})
    >>> needs = pd.DataFrame({"project_id": ["B"], "needs_project_id": ["A"]})
    >>> there_is = pd.DataFrame({"release": [1], "resource": ["money"], "available": [10.0]})
    >>> uses = pd.DataFrame({"project_id": ["A", "B"], "resource": "money", "amount": [6.0, 5.0]})
    >>> for rule in rules(portfolio(projects, needs, there_is, uses, pd.Series({"A": 50.0, "B": 80.0}))):
    ...     print(rule.name, "|", rule.told.replace("\xa0", " "))
    must_do:A | Web (A) has to be done.
    needs:B:A | Chat (B) needs Web (A) in the same release or an earlier one.
    capacity:1:money | Release 1 has at most 10 €.
    """
    made = (_must_do, _forced_out, _needs, _excludes, _choose_one, _windows, _capacities, _minimum_shares)
    return tuple(rule for make in made for rule in make(portfolio))


def broken(portfolio: Portfolio, plan: Plan) -> tuple[Rule, ...]:
    """The rules that a plan breaks, found by looking at the plan alone.

    Parameters
    ----------
    portfolio : Portfolio
        What is planned.
    plan : mapping of str to int
        Project → release; those that it does not name are left out.

    Raises
    ------
    DataError
        When the plan names a project or a release that does not exist.
    """
    _check(portfolio, plan)
    return tuple(rule for rule in rules(portfolio) if not _KEPT[rule.kind](portfolio, rule, plan))


def amount_told(resource: str, amount: float) -> str:
    """An amount of a resource as a sentence names it."""
    if resource == MONEY:
        return money(amount, digits=DIGITS if abs(amount) < 1e6 else 4)
    return _("{amount} of {resource}").format(
        amount=number(amount, DIGITS), resource=quoted(resource.replace("_", " "))
    )


def used(portfolio: Portfolio, plan: Plan, release: int, resource: str) -> float:
    """How much of a resource a plan uses in a release."""
    projects = [project for project, planned in plan.items() if planned == release]
    return float(portfolio.demand.loc[projects, resource].sum())


def _must_do(portfolio: Portfolio) -> Iterator[Rule]:
    for project in filter(portfolio.must_do.__contains__, portfolio.projects):
        told = _("{project} has to be done.").format(project=portfolio.named(project))
        yield Rule("must_do", f"must_do:{project}", told, (project,))


def _forced_out(portfolio: Portfolio) -> Iterator[Rule]:
    for project in filter(portfolio.forced_out.__contains__, portfolio.projects):
        told = _("{project} is left out by decision.").format(project=portfolio.named(project))
        yield Rule("forced_out", f"forced_out:{project}", told, (project,))


def _needs(portfolio: Portfolio) -> Iterator[Rule]:
    for project, needed in portfolio.needs:
        names = {"project": portfolio.named(project), "needed": portfolio.named(needed)}
        told = _("{project} needs {needed} in the same release or an earlier one.").format(**names)
        yield Rule("needs", f"needs:{project}:{needed}", told, (project, needed))


def _excludes(portfolio: Portfolio) -> Iterator[Rule]:
    for project, other in portfolio.excludes:
        names = {"project": portfolio.named(project), "other": portfolio.named(other)}
        told = _("{project} and {other} cannot both be done.").format(**names)
        yield Rule("excludes", f"excludes:{project}:{other}", told, (project, other))


def _choose_one(portfolio: Portfolio) -> Iterator[Rule]:
    for group, projects in portfolio.choose_one.items():
        names = listed([portfolio.named(project) for project in projects])
        told = _("Of {projects} exactly one is done.").format(projects=names)
        yield Rule("choose_one", f"choose_one:{group}", told, projects)


def _windows(portfolio: Portfolio) -> Iterator[Rule]:
    for project, release in portfolio.earliest.items():
        if release > portfolio.releases[0]:
            told = _("{project} cannot come before release {release}.")
            told = told.format(project=portfolio.named(project), release=release)
            yield Rule("earliest", f"earliest:{project}", told, (project,), release)
    for project, release in portfolio.latest.items():
        if release < portfolio.releases[-1]:
            told = _("{project} cannot come after release {release}.")
            told = told.format(project=portfolio.named(project), release=release)
            yield Rule("latest", f"latest:{project}", told, (project,), release)


def _capacities(portfolio: Portfolio) -> Iterator[Rule]:
    demanded = [str(name) for name, uses in portfolio.demand.items() if uses.gt(0).any()]
    available = portfolio.capacity.to_dict()
    for release in portfolio.releases:
        for resource in demanded:
            limit = float(available[release][resource])
            told = _("Release {release} has at most {amount}.")
            told = told.format(release=release, amount=amount_told(resource, limit))
            name = f"capacity:{release}:{resource}"
            yield Rule("capacity", name, told, release=release, resource=resource, limit=limit)


def _minimum_shares(portfolio: Portfolio) -> Iterator[Rule]:
    for department, share in portfolio.minimum_shares.items():
        told = _("At least {share} of the plan's money goes to {department}.")
        told = told.format(share=percent(share), department=quoted(department))
        yield Rule("minimum_share", f"minimum_share:{department}", told, department=department, limit=share)


def _capacity_is_kept(portfolio: Portfolio, rule: Rule, plan: Plan) -> bool:
    amount = used(portfolio, plan, rule.release or 0, rule.resource)
    return amount <= rule.limit + SAME * max(amount, rule.limit)


def _need_is_kept(portfolio: Portfolio, rule: Rule, plan: Plan) -> bool:
    project, needed = rule.projects
    return project not in plan or (needed in plan and plan[needed] <= plan[project])


def _release(rule: Rule, plan: Plan) -> int:
    """Where the plan has the rule's project; where the rule wants it when the plan leaves it out."""
    return plan.get(rule.projects[0], rule.release or 0)


def _share_is_kept(portfolio: Portfolio, rule: Rule, plan: Plan) -> bool:
    spent = portfolio.money[list(plan)]
    own = float((spent * portfolio.departments.loc[list(plan), rule.department]).sum())
    return own >= rule.limit * float(spent.sum()) * (1 - SAME)


_KEPT: dict[str, Callable[[Portfolio, Rule, Plan], bool]] = {
    "must_do": lambda portfolio, rule, plan: rule.projects[0] in plan,
    "forced_out": lambda portfolio, rule, plan: rule.projects[0] not in plan,
    "needs": _need_is_kept,
    "excludes": lambda portfolio, rule, plan: not all(project in plan for project in rule.projects),
    "choose_one": lambda portfolio, rule, plan: sum(project in plan for project in rule.projects) == 1,
    "earliest": lambda portfolio, rule, plan: _release(rule, plan) >= (rule.release or 0),
    "latest": lambda portfolio, rule, plan: _release(rule, plan) <= (rule.release or 0),
    "capacity": _capacity_is_kept,
    "minimum_share": _share_is_kept,
}


def _check(portfolio: Portfolio, plan: Plan) -> None:
    checked_projects("plan", plan, portfolio.projects)
    known = listed([str(release) for release in portfolio.releases])
    problems = [
        Problem(
            _("Project {id} is planned for release {release}.").format(id=project, release=release),
            _("one of the releases {known}").format(known=known),
            _("Correct the release."),
            Location("plan"),
        )
        for project, release in plan.items()
        if release not in portfolio.releases
    ]
    if problems:
        raise DataError(problems)


def resource_label(resource: str) -> str:
    """What a resource is called where it stands alone.

    Examples
    --------
    >>> resource_label("money"), resource_label("development_days")
    ('Money', 'Development days')
    """
    return _("Money") if resource == MONEY else resource.replace("_", " ").capitalize()
