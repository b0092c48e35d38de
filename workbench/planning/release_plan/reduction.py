"""The Next Release Problem made small: only what tells one selection of customers from another is left.

Sets of customers and of requirements are kept as whole numbers, a bit each: unions of thousands are then one step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter

import numpy as np
from scipy.sparse import csr_array

from workbench.planning.release_plan.checks import SAME
from workbench.planning.release_plan.model import SCALE, Model

MANY = 12
"""Customers who share a group that is made 0 or 1. Without any such group the solver's cuts on the budget are weak;
with those of fewer customers it branches where nothing is to be decided. Measured on the published shapes."""


@dataclass(frozen=True, eq=False)
class Published:
    """The problem by numbers: profits of customers, costs of requirements, and who wants and needs which.

    Attributes
    ----------
    profits, costs : ndarray
        By customer and by requirement.
    wants, needs : sequence of sequence of int
        The requirements that each customer wants, and that each requirement needs directly.
    budget : float
        What the requirements may cost.
    """

    profits: np.ndarray
    costs: np.ndarray
    wants: Sequence[Sequence[int]]
    needs: Sequence[Sequence[int]]
    budget: float


@dataclass(frozen=True, eq=False)
class Reduced:
    """The small problem: entries for customers, then for groups of requirements.

    Attributes
    ----------
    model : Model
        What to solve.
    whole : ndarray of bool
        Which entries have to be 0 or 1: customers, and groups that many of them share. Where customers are, the other
        groups may lie between without harm.
    sets : list of int
        Per entry of a customer: everything that it needs, as bits.
    """

    model: Model
    whole: np.ndarray
    sets: list[int]


def bits(mask: int) -> list[int]:
    """The places of the ones of a whole number, from the last.

    Examples
    --------
    >>> bits(0b10110)
    [1, 2, 4]
    """
    places = []
    while mask:
        lowest = mask & -mask
        places.append(lowest.bit_length() - 1)
        mask ^= lowest
    return places


def needed_sets(given: Published) -> list[int]:
    """Per customer, everything that has to be made for it: what it wants and all that this needs, as bits."""
    closures = _closures(given.needs)
    return [_union(closures[wanted] for wanted in wants) for wants in given.wants]


def cost(given: Published, requirements: int) -> float:
    """What a set of requirements costs."""
    return float(given.costs[bits(requirements)].sum())


def reduce(given: Published, sets: Sequence[int]) -> Reduced:
    """The problem without what cannot change the answer.

    - Customers with the same set become one, with their profits together. One that pays nothing, or whose set alone
      costs more than the budget, drops out.
    - Requirements that none of the others reaches drop out. Those that the same customers need become a group; one
      that a single customer needs becomes part of what that customer costs.
    - A prerequisite needs a row only where it is direct and joins two groups, and a wanted requirement only where no
      other wanted one needs it.
    """
    profits = _profits(given, sets)
    members = [bits(needed) for needed in profits]
    reached_by = _reached_by(len(given.costs), members)
    groups = _groups(given, reached_by)
    at = {mask: place for place, mask in enumerate(groups, len(profits))}
    at |= {1 << place: place for place in range(len(profits))}
    links = sorted(_links(given, members, reached_by, at))
    costs = np.concatenate([_own_costs(given, reached_by, len(profits)), list(groups.values())])
    worth = np.concatenate([list(profits.values()), np.zeros(len(groups))])
    whole = np.array([True] * len(profits) + [mask.bit_count() >= MANY for mask in groups])
    return Reduced(_model(worth, costs, links, given.budget), whole, list(profits))


def _closures(needs: Sequence[Sequence[int]]) -> list[int]:
    """Per requirement: itself and all that it needs, at whatever remove."""
    closures = [0] * len(needs)
    for place in TopologicalSorter(dict(enumerate(needs))).static_order():
        closures[place] = _union(closures[needed] for needed in needs[place]) | 1 << place
    return closures


def _union(masks: Iterable[int]) -> int:
    union = 0
    for mask in masks:
        union |= mask
    return union


def _profits(given: Published, sets: Sequence[int]) -> dict[int, float]:
    """Set → profit of the customers who need just this set."""
    profits: dict[int, float] = {}
    for needed, profit in zip(sets, given.profits, strict=True):
        if profit > 0:
            profits[needed] = profits.get(needed, 0.0) + float(profit)
    limit = given.budget * (1 + SAME)
    return {needed: profit for needed, profit in profits.items() if cost(given, needed) <= limit}


def _reached_by(count: int, members: Sequence[Sequence[int]]) -> list[int]:
    """Per requirement: the customers who need it, as bits."""
    reached = [0] * count
    for customer, needed in enumerate(members):
        itself = 1 << customer
        for requirement in needed:
            reached[requirement] |= itself
    return reached


def _groups(given: Published, reached_by: Sequence[int]) -> dict[int, float]:
    """Customers who need it → cost of a group of requirements; those of a single customer are no group."""
    groups: dict[int, float] = {}
    for mask, price in zip(reached_by, given.costs, strict=True):
        if mask.bit_count() > 1:
            groups[mask] = groups.get(mask, 0.0) + float(price)
    return groups


def _own_costs(given: Published, reached_by: Sequence[int], count: int) -> np.ndarray:
    """Per customer: the cost of what no other customer needs."""
    own = np.zeros(count)
    for mask, price in zip(reached_by, given.costs, strict=True):
        if mask.bit_count() == 1:
            own[mask.bit_length() - 1] += price
    return own


def _links(
    given: Published, members: Sequence[Sequence[int]], reached_by: Sequence[int], at: Mapping[int, int]
) -> set[tuple[int, int]]:
    """Entry and the entry that it needs."""
    entries = [at.get(mask, -1) for mask in reached_by]
    links = {
        (entry, entries[needed])
        for entry, needs in zip(entries, given.needs, strict=True)
        if entry >= 0
        for needed in needs
    }
    for customer, all_needed in enumerate(members):
        implied = {needed for place in all_needed for needed in given.needs[place]}
        links |= {(customer, entries[place]) for place in all_needed if place not in implied}
    return {(entry, other) for entry, other in links if entry != other}


def _model(worth: np.ndarray, costs: np.ndarray, links: Sequence[tuple[int, int]], budget: float) -> Model:
    """A row a link, then the budget."""
    scale = SCALE / costs.max() if costs.size and costs.max() > 0 else 1.0
    columns = np.concatenate([np.array(links, dtype=int).ravel(), np.arange(len(costs))])
    values = np.concatenate([np.tile([1.0, -1.0], len(links)), costs * scale])
    starts = np.append(2 * np.arange(len(links) + 1), len(columns))
    matrix = csr_array((values, columns, starts), shape=(len(links) + 1, len(costs)))
    upper = np.append(np.zeros(len(links)), budget * scale)
    return Model(worth, np.ones(len(worth), dtype=bool), matrix, np.full(len(upper), -np.inf), upper)
