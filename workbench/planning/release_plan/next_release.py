"""The published Next Release Problem: which customers to please when all of what each wants has to be made."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from workbench.errors import DataError, Location, Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import ngettext, number, percent, quoted
from workbench.planning.release_plan import network
from workbench.planning.release_plan.reduction import Published, bits, cost, needed_sets, reduce
from workbench.planning.release_plan.solver import check_limits, gap_between, solve, wrong
from workbench.results import Result


@dataclass(frozen=True, eq=False)
class NextRelease(Result):
    """The customers to please, and what has to be made for them.

    Attributes
    ----------
    status : str
        ``optimal``: no selection brings more; ``feasible``: a selection, with a `gap`.
    gap : float
        Share of the bound by which a better selection might exceed this one, 0 to 1; 0 when optimal.
    bound : float
        No selection brings more than this.
    profit : float
        Of the customers chosen.
    customers : tuple of str
        All whose wishes are met, in their order.
    requirements : tuple of str
        What is made, in their order: wishes and what these need.
    cost : float
        Of what is made.
    budget : float
        What it may cost.
    """

    status: Literal["optimal", "feasible"]
    gap: float
    bound: float
    profit: float
    customers: tuple[str, ...]
    requirements: tuple[str, ...]
    cost: float
    budget: float

    def to_frame(self) -> pd.DataFrame:
        """A row per requirement that is made: requirement_id."""
        return pd.DataFrame({"requirement_id": list(self.requirements)})

    @property
    def conclusion(self) -> str:
        """How many customers are pleased, by how much work, and how sure it is that nothing is better."""
        figures = {"count": len(self.customers), "profit": number(self.profit)}
        told = ngettext(
            "{count} customer gets all that it wants, with a profit of {profit}.",
            "{count} customers get all that they want, with a profit of {profit}.",
            len(self.customers),
        ).format(**figures)
        made = ngettext(
            "It takes {count} requirement at a cost of {cost}, out of {budget}.",
            "It takes {count} requirements at a cost of {cost}, out of {budget}.",
            len(self.requirements),
        ).format(count=len(self.requirements), cost=number(self.cost), budget=number(self.budget))
        proof = _("No other selection brings more.")
        if self.status == "feasible":
            proof = _("Another could bring up to {bound}: this one may lack {gap} of it.")
            proof = proof.format(bound=number(self.bound), gap=percent(self.gap))
        return f"{told} {made} {proof}"


def next_release(
    customers: pd.DataFrame,
    wants: pd.DataFrame,
    requirements: pd.DataFrame,
    prerequisites: pd.DataFrame,
    budget: float,
    *,
    time_limit: float | None = None,
    gap: float = 0.0,
) -> NextRelease:
    """Choose the customers whose wishes fit into a budget and who bring the most profit together.

    Parameters
    ----------
    customers : DataFrame
        customer_id and profit, zero or more.
    wants : DataFrame
        customer_id, requirement_id. A customer brings its profit when all that it wants is made.
    requirements : DataFrame
        requirement_id and cost, zero or more.
    prerequisites : DataFrame
        requirement_id, needs_requirement_id: what has to be made as well.
    budget : float
        What the requirements made may cost together.
    time_limit : float, optional
        Seconds after which the best selection found so far is returned with its gap.
    gap : float
        Stop as soon as no selection can bring more by a larger share than this; 0 asks for proof.

    Raises
    ------
    DataError
        With everything that is wrong: a double or unknown id, a profit or cost that is missing or negative,
        prerequisites in a circle (named as a path).
    SettingsError
        When the budget is missing or negative, the time limit is not positive, or the gap is no share.

    Notes
    -----
    Bagnall, Rayward-Smith and Whittley (2001). An integer program in which only customers are 0 or 1, on the problem
    that `workbench.planning.release_plan.reduction.reduce` leaves.

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": ["Ana", "Ben"], "profit": [30.0, 20.0]})
    >>> wants = pd.DataFrame({"customer_id": ["Ana", "Ben"], "requirement_id": ["R2", "R3"]})
    >>> requirements = pd.DataFrame({"requirement_id": ["R1", "R2", "R3"], "cost": [5.0, 4.0, 3.0]})
    >>> prerequisites = pd.DataFrame({"requirement_id": ["R2"], "needs_requirement_id": ["R1"]})
    >>> next_release(customers, wants, requirements, prerequisites, 10.0).requirements
    ('R1', 'R2')
    """
    _check(customers, wants, requirements, prerequisites)
    check_limits(time_limit, gap)
    if not 0 <= budget < np.inf:
        raise SettingsError(wrong("budget", budget, _("a number, zero or more")))
    given = _by_numbers(customers, wants, requirements, prerequisites, float(budget))
    sets = needed_sets(given)
    small = reduce(given, sets)
    if not small.sets:
        return _result(customers, requirements, given, sets, 0, 0.0)
    found = solve(small.model, time_limit, gap, small.whole)
    made = 0
    if found.chosen is not None:
        for needed, chosen in zip(small.sets, found.chosen, strict=False):
            made |= needed if chosen else 0
    bound = 0.0 if found.status == "optimal" else min(found.bound, float(small.model.worth.sum()))
    return _result(customers, requirements, given, sets, made, bound)


def _result(
    customers: pd.DataFrame, requirements: pd.DataFrame, given: Published, sets: list[int], made: int, bound: float
) -> NextRelease:
    """The selection in words; who wants nothing beyond what is made is pleased as well."""
    pleased = [place for place, needed in enumerate(sets) if not needed & ~made]
    profit = float(given.profits[pleased].sum())
    gap = gap_between(profit, bound)
    return NextRelease(
        status="feasible" if gap else "optimal",
        gap=gap,
        bound=bound if gap else profit,
        profit=profit,
        customers=tuple(customers["customer_id"].iloc[pleased].astype(str)),
        requirements=tuple(requirements["requirement_id"].iloc[bits(made)].astype(str)),
        cost=cost(given, made),
        budget=given.budget,
    )


def _by_numbers(
    customers: pd.DataFrame,
    wants: pd.DataFrame,
    requirements: pd.DataFrame,
    prerequisites: pd.DataFrame,
    budget: float,
) -> Published:
    at = {name: place for place, name in enumerate(requirements["requirement_id"].tolist())}
    who = {name: place for place, name in enumerate(customers["customer_id"].tolist())}
    wanted = _by_first(_columns(wants, "customer_id", "requirement_id"), who, at)
    needs = _by_first(_columns(prerequisites, "requirement_id", "needs_requirement_id"), at, at)
    profits, costs = (frame.to_numpy(dtype=float) for frame in (customers["profit"], requirements["cost"]))
    return Published(profits, costs, wanted, needs, budget)


def _columns(table: pd.DataFrame, first: str, second: str) -> list[tuple[str, str]]:
    """Two columns as pairs; as lists, since walking along a column of text is slow."""
    return list(zip(table[first].tolist(), table[second].tolist(), strict=True))


def _by_first(pairs: list[tuple[str, str]], first: dict[str, int], second: dict[str, int]) -> list[list[int]]:
    found: list[list[int]] = [[] for _each in first]
    for one, other in pairs:
        found[first[one]].append(second[other])
    return found


def _check(
    customers: pd.DataFrame, wants: pd.DataFrame, requirements: pd.DataFrame, prerequisites: pd.DataFrame
) -> None:
    problems = [
        *_wrong_figures(customers, "customers", "customer_id", "profit"),
        *_wrong_figures(requirements, "requirements", "requirement_id", "cost"),
        *_unknown(wants, "wants", "customer_id", customers["customer_id"]),
        *_unknown(wants, "wants", "requirement_id", requirements["requirement_id"]),
        *_unknown(prerequisites, "prerequisites", "requirement_id", requirements["requirement_id"]),
        *_unknown(prerequisites, "prerequisites", "needs_requirement_id", requirements["requirement_id"]),
        *_cycles(prerequisites),
    ]
    if problems:
        raise DataError(problems)


def _wrong_figures(table: pd.DataFrame, place: str, key: str, column: str) -> list[Problem]:
    names, figures = table[key].tolist(), table[column].to_numpy(dtype=float)
    doubled = [
        Problem(
            _("The id {id} stands there more than once.").format(id=quoted(str(name))),
            _("each id once"),
            _("Remove or rename the second one."),
            Location(place, column=key),
        )
        for name, count in Counter(names).items()
        if count > 1
    ]
    return doubled + [
        Problem(
            _("{id} has the {what} {found}.").format(id=quoted(str(names[row])), what=column, found=figures[row]),
            _("a number, zero or more"),
            _("Enter it."),
            Location(place, column=column),
        )
        for row in np.flatnonzero(~(np.isfinite(figures) & (figures >= 0)))
    ]


def _unknown(table: pd.DataFrame, place: str, column: str, known: pd.Series) -> list[Problem]:
    ids = set(known.tolist())
    return [
        Problem(
            _("There is nothing with the id {id}.").format(id=quoted(str(name))),
            _("an id that its own table has"),
            _("Correct the id, or add it there."),
            Location(place, column=column),
        )
        for name in dict.fromkeys(table[column].tolist())
        if name not in ids
    ]


def _cycles(prerequisites: pd.DataFrame) -> list[Problem]:
    return [
        Problem(
            _("These requirements need one another in a circle: {path}.").format(path=network.told(path)),
            _("prerequisites that come to an end"),
            _("Remove one of these prerequisites."),
            Location("prerequisites"),
        )
        for path in network.cycles(_columns(prerequisites, "requirement_id", "needs_requirement_id"))
    ]
