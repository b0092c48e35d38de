"""The least amount of a resource with which plans reach a value: how much more of it, or how large a share of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, hstack, vstack

from workbench.errors import NoSolutionError, Problem
from workbench.language import gettext as _
from workbench.planning.release_plan.model import SCALE, Cut, Model, model
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.rules import rules, used
from workbench.planning.release_plan.solver import INFEASIBLE, OPTIMAL

NEAR = 1e-9
"""How far, as a share of it, a value may be missed and still be reached: the rounding of sums."""


@dataclass(frozen=True)
class Loosened:
    """A resource whose amount grows with what is to be kept small.

    Attributes
    ----------
    resource : str
        Which resource.
    start : mapping of int to float
        Release → amount of it that there is anyway.
    slope : mapping of int to float
        Release → how much more there is for each unit of what is to be kept small; above zero.
    """

    resource: str
    start: Mapping[int, float]
    slope: Mapping[int, float]


@dataclass(frozen=True)
class Least:
    """The least amount, and a plan that it allows."""

    amount: float
    plan: dict[str, int]


def there_is(portfolio: Portfolio, resource: str) -> dict[int, float]:
    """What each release has of a resource."""
    amounts = portfolio.capacity.loc[[resource]].to_numpy(dtype=float)[0]
    return dict(zip(portfolio.releases, amounts.tolist(), strict=True))


def more_in(portfolio: Portfolio, resource: str, release: int) -> Loosened:
    """More of a resource in one release."""
    return Loosened(resource, {release: there_is(portfolio, resource)[release]}, {release: 1.0})


def scaled(portfolio: Portfolio, resource: str) -> Loosened:
    """A multiple of what there is of a resource, in all releases alike."""
    amounts = there_is(portfolio, resource)
    slope = {release: amount for release, amount in amounts.items() if amount > 0}
    return Loosened(resource, dict.fromkeys(amounts, 0.0), slope)


def least(
    portfolio: Portfolio,
    loosened: Loosened,
    value: float,
    *,
    most: float = np.inf,
    time_limit: float | None = None,
) -> Least | None:
    """The least amount with which some plan is worth so much.

    Parameters
    ----------
    portfolio : Portfolio
        What is planned; all its rules hold, except that there is as much of the resource as `loosened` says.
    loosened : Loosened
        How the amount turns into capacity.
    value : float
        Points after the discount that the plan has to reach.
    most : float
        Do not look above this amount.
    time_limit : float, optional
        Seconds.

    Returns
    -------
    Least or None
        None when no amount up to `most` is enough.

    Raises
    ------
    NoSolutionError
        When the time is up before the amount is proven the least.
    """
    given = _with_amount(portfolio, loosened, value)
    size = given.matrix.shape[1]
    found = milp(
        np.append(np.zeros(size - 1), 1.0),
        integrality=np.append(np.ones(size - 1), 0),
        bounds=Bounds(0, np.append(given.allowed.astype(float), most * _unit(portfolio, loosened))),
        constraints=LinearConstraint(given.matrix, given.lower, given.upper),
        options={"mip_rel_gap": 0.0} | ({} if time_limit is None else {"time_limit": time_limit}),
    )
    if found.status == INFEASIBLE:
        return None
    if found.status != OPTIMAL:
        raise NoSolutionError(Problem(_("The least amount was not found: {reason}").format(reason=found.message)))
    plan = _plan(portfolio, found.x[:-1])
    return Least(needed(portfolio, loosened, plan), plan)


def worth_at_least(portfolio: Portfolio, value: float) -> Cut:
    """A plan of that value, in units in which the solver's absolute tolerance is small."""
    worth = portfolio.worth.to_numpy()
    scale = SCALE / max(float(worth.max()), NEAR)
    entries = [(project, release) for project in portfolio.projects for release in portfolio.releases]
    terms: dict[str | tuple[str, int], float] = dict(zip(entries, (worth.ravel() * scale).tolist(), strict=True))
    return Cut(terms, lower=(value - NEAR * abs(value)) * scale)


def needed(portfolio: Portfolio, loosened: Loosened, plan: Mapping[str, int]) -> float:
    """The amount that a plan takes, from its own sums: what the solver gives is rounded."""
    lacking = [
        (used(portfolio, plan, release, loosened.resource) - start) / loosened.slope[release]
        for release, start in loosened.start.items()
        if loosened.slope.get(release, 0.0) > 0
    ]
    return max(0.0, *lacking) if lacking else 0.0


def _with_amount(portfolio: Portfolio, loosened: Loosened, value: float) -> Model:
    """The model of all other rules, with the amount as one more column."""
    names = {f"capacity:{release}:{loosened.resource}" for release in loosened.start}
    kept = [rule for rule in rules(portfolio) if rule.name not in names]
    given = model(portfolio, kept, [worth_at_least(portfolio, value)])
    rows = [_row(portfolio, loosened, release) for release in loosened.start]
    matrix = vstack([hstack([given.matrix, coo_array((given.matrix.shape[0], 1))]), *(row for row, _limit in rows)])
    limits = [limit for _row, limit in rows]
    return Model(
        given.worth,
        given.allowed,
        matrix.tocsr(),
        np.append(given.lower, np.full(len(rows), -np.inf)),
        np.append(given.upper, limits),
    )


def _row(portfolio: Portfolio, loosened: Loosened, release: int) -> tuple[coo_array, float]:
    """What the plan uses in a release, less what the amount brings, is at most what there is anyway."""
    demand = portfolio.demand[loosened.resource].to_numpy()
    scale = SCALE / max(float(demand.max()), NEAR)
    each = np.zeros((len(demand), len(portfolio.releases)))
    each[:, portfolio.releases.index(release)] = demand * scale
    slope = loosened.slope.get(release, 0.0) * scale / _unit(portfolio, loosened)
    return coo_array(np.append(each.ravel(), -slope)[None, :]), loosened.start[release] * scale


def _unit(portfolio: Portfolio, loosened: Loosened) -> float:
    """What the column counts in: an amount of one fills the steepest release with the largest demand."""
    demand = float(portfolio.demand[loosened.resource].max())
    return SCALE * max(loosened.slope.values(), default=1.0) / max(demand, NEAR)


def _plan(portfolio: Portfolio, chosen: np.ndarray) -> dict[str, int]:
    entries = np.argwhere(chosen.reshape(len(portfolio.projects), -1) > 0.5)
    return {portfolio.projects[project]: portfolio.releases[release] for project, release in entries}
