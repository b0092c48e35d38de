"""A good plan at once, for a page that answers while a slider moves: greedy, then changes of one and two projects."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import pandas as pd

from workbench.errors import NoSolutionError
from workbench.language import gettext as _
from workbench.planning.release_plan.model import model
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.rules import rules
from workbench.planning.release_plan.solve import ReleasePlan, known_plan, plan_releases
from workbench.planning.release_plan.solver import relaxed

GAIN = 1e-9
"""Points that are the rounding of sums, and no gain."""
ROUNDS = 8
"""How often a plan is broken up in part and built up again."""
TAKEN_OUT = 0.35
"""Share of the projects that are taken out of it then."""
FORBIDDEN = -1e18
"""Worth of a project where it must not be: no gain makes up for it."""
AT_ONCE = 4096
"""Pairs of changes that are held against capacity in one go."""


def quick_plan(portfolio: Portfolio, *, time_limit: float = 0.15, seed: int = 0) -> ReleasePlan:
    """A plan at once: the best where the solver proves it in a moment, else one within a few per cent of it.

    Parameters
    ----------
    portfolio : Portfolio
        What is planned.
    time_limit : float
        Seconds that the solver may take before the search without it begins.
    seed : int
        Of what is taken out of a plan to build it up again in another way.

    Returns
    -------
    ReleasePlan
        Where it is not proven the best, its gap is told against the best bound that is known.

    Raises
    ------
    NoSolutionError
        When the rules are so tight that no plan was found in the time.

    Notes
    -----
    What the rules ask for is planned by the solver. Then projects are added, the most value for the scarce means
    first, and changes of one project or of two at a time are made while any of them adds value. The plan is then
    broken up in part and built up again, a few times: iterated local search (Lourenço, Martin and Stützle 2003).
    """
    try:
        proven = plan_releases(portfolio, time_limit=time_limit)
    except NoSolutionError:
        proven = None
    if proven is not None and proven.status != "feasible":
        return proven
    searched = _searched(portfolio, time_limit, seed)
    found = [one for one in (proven, searched) if one is not None]
    if not found:
        raise NoSolutionError(_("No plan was found in the time given, and none was ruled out."))
    best = max(found, key=lambda one: one.objective)
    return known_plan(portfolio, best.plan, min(one.bound for one in found))


def _searched(portfolio: Portfolio, time_limit: float, seed: int) -> ReleasePlan | None:
    """The best plan that the search finds; None where it finds nothing to begin with."""
    rest = portfolio.forced_out | (set(portfolio.projects) - _asked_for(portfolio))
    try:
        start = plan_releases(portfolio.with_(forced_out=rest), time_limit=time_limit)
    except NoSolutionError:
        return None
    if start.status == "infeasible":
        return None
    search = _Search(portfolio)
    best = search.best(search.placed(start.plan), np.random.default_rng(seed))
    return known_plan(portfolio, search.named(best), upper_bound(portfolio))


def upper_bound(portfolio: Portfolio) -> float:
    """Points that no plan exceeds: those of the best plan in which projects may be done in part.

    Raises
    ------
    NoSolutionError
        When not even such a plan keeps the rules.
    """
    bound = relaxed(model(portfolio, rules(portfolio)))
    if bound is None:
        raise NoSolutionError(_("No plan keeps all the rules."))
    return bound


def _asked_for(portfolio: Portfolio) -> set[str]:
    """Projects that rules ask for, with all that these need."""
    wanted = set(portfolio.must_do).union(*portfolio.choose_one.values())
    while more := {needed for project, needed in portfolio.needs if project in wanted} - wanted:
        wanted |= more
    return wanted


class _Search:
    """Plans as arrays: the place of each project, where the place after the last release means left out."""

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.out = len(portfolio.releases)
        arrays = model(portfolio, rules(portfolio))
        size = (len(portfolio.projects), self.out)
        worth = np.where(arrays.allowed.reshape(size), arrays.worth.reshape(size), -np.inf)
        self.worth = np.column_stack([worth, np.zeros(size[0])])
        self.capacity = portfolio.capacity.to_numpy(float).T
        self.demand = portfolio.demand.to_numpy(float)
        self.at = pd.Index(portfolio.projects)

    @cached_property
    def _needs(self) -> np.ndarray:
        return self._places([name for pair in self.portfolio.needs for name in pair]).reshape(-1, 2)

    @cached_property
    def _needed(self) -> np.ndarray:
        """Row by row, a project and all that it needs, itself or through others."""
        needed = np.eye(len(self.at), dtype=bool)
        for _step in self._needs:
            np.logical_or.at(needed, self._needs[:, 0], needed[self._needs[:, 1]])
        return needed

    @cached_property
    def _excludes(self) -> np.ndarray:
        return self._places([name for pair in self.portfolio.excludes for name in pair]).reshape(-1, 2)

    @cached_property
    def _must_do(self) -> np.ndarray:
        return self._places(list(self.portfolio.must_do))

    @cached_property
    def _groups(self) -> list[np.ndarray]:
        return [self._places(list(names)) for names in self.portfolio.choose_one.values()]

    @cached_property
    def _excess(self) -> np.ndarray:
        """What doing a project adds to each department's money beyond its least share: projects × departments."""
        given = self.portfolio
        owed = [given.departments[name].to_numpy() - share for name, share in given.minimum_shares.items()]
        return given.money.to_numpy()[:, None] * np.array(owed).reshape(-1, len(given.projects)).T

    def _places(self, names: list[str]) -> np.ndarray:
        return self.at.get_indexer(pd.Index(names)).astype(int)

    def placed(self, plan: dict[str, int]) -> np.ndarray:
        """The places of a plan."""
        places = np.full(len(self.at), self.out)
        places[self._places(list(plan))] = [self.portfolio.releases.index(release) for release in plan.values()]
        return places

    def named(self, places: np.ndarray) -> dict[str, int]:
        """The plan of places: project → release, by release."""
        done = [(place, number) for number, place in enumerate(places) if place < self.out]
        return {self.portfolio.projects[number]: self.portfolio.releases[place] for place, number in sorted(done)}

    def best(self, start: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """The best plan found from a start, whose own projects stay in it."""
        best = self.climb(start)
        for _round in range(ROUNDS):
            other = self._broken_up(best, start, random)
            if self._keeps(other) and self._worth(other := self.climb(other)) > self._worth(best) + GAIN:
                best = other
        return best

    def _worth(self, places: np.ndarray) -> float:
        return float(self.worth[np.arange(len(places)), places].sum())

    def _broken_up(self, places: np.ndarray, start: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """The plan without some of its projects, and without those that need them."""
        leaves = (random.random(len(places)) < TAKEN_OUT) & (start == self.out)
        rest = np.where(leaves, self.out, places)
        for _step in self._needs:
            rest = np.where(self._lacks(rest), self.out, rest)
        return rest

    def _lacks(self, places: np.ndarray) -> np.ndarray:
        """Whether a project lacks one that it needs."""
        lacking = np.zeros(len(places), dtype=bool)
        lacking[self._needs[places[self._needs[:, 1]] == self.out, 0]] = True
        return lacking

    def climb(self, places: np.ndarray) -> np.ndarray:
        """The plan after every change that adds value, until there is none."""
        while (better := self._filled(places)) is not None or (better := self._exchanged(places)) is not None:
            places = better
        return places

    def _filled(self, places: np.ndarray) -> np.ndarray | None:
        """One project more, with those that it lacks, or one earlier: the most value for its share of the means."""
        is_out = places == self.out
        together = np.where(is_out[:, None], self._needed & is_out, np.eye(len(places), dtype=bool))
        own = self.worth[np.arange(len(places)), places]
        worth = np.where(np.isfinite(self.worth), self.worth, FORBIDDEN)[:, : self.out]
        gains, uses = together @ (worth - own[:, None]), together @ self.demand
        fits = (gains > GAIN) & (uses[:, None, :] <= self._room(places) + GAIN * self.capacity).all(axis=2)
        scarcity = uses @ (1 / np.maximum(self.capacity.sum(axis=0), GAIN)) + GAIN
        order = np.argsort(-np.where(fits, gains / scarcity[:, None], 0), axis=None, kind="stable")[: fits.sum()]
        pairs = (divmod(int(number), self.out) for number in order)
        return self._first(places, (_to(np.flatnonzero(together[project]), place) for project, place in pairs))

    def _exchanged(self, places: np.ndarray) -> np.ndarray | None:
        """Two projects changed together: the pair that adds most."""
        changes, gains, loads = self._changes(places)
        first, second = np.triu_indices(len(changes), 1)
        total = gains[first] + gains[second]
        worth_it = np.flatnonzero((total > GAIN) & (changes[first, 0] != changes[second, 0]))
        order = worth_it[np.argsort(-total[worth_it], kind="stable")]
        return self._first(places, self._fitting(places, changes, loads, first[order], second[order]))

    def _fitting(
        self, places: np.ndarray, changes: np.ndarray, loads: np.ndarray, first: np.ndarray, second: np.ndarray
    ) -> Iterator[np.ndarray]:
        for start in range(0, len(first), AT_ONCE):
            some, others = first[start : start + AT_ONCE], second[start : start + AT_ONCE]
            for number in np.flatnonzero(self._fits(places, loads[some] + loads[others])):
                yield changes[[some[number], others[number]]]

    def _first(self, places: np.ndarray, candidates: Iterator[np.ndarray]) -> np.ndarray | None:
        """The first of these changes that keeps the rules."""
        for change in candidates:
            changed = places.copy()
            changed[change[:, 0]] = change[:, 1]
            if self._keeps(changed):
                return changed
        return None

    def _changes(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Every project to every other place that it may have: (project, place), points gained, load added."""
        own = self.worth[np.arange(len(places)), places]
        gained = self.worth - own[:, None]
        gained[np.arange(len(places)), places] = -np.inf
        changes = np.argwhere(np.isfinite(gained))
        project, place = changes.T
        loads = np.zeros((len(changes), self.out + 1, self.demand.shape[1]))
        rows = np.arange(len(changes))
        loads[rows, place] += self.demand[project]
        loads[rows, places[project]] -= self.demand[project]
        return changes, gained[project, place], loads[:, : self.out]

    def _room(self, places: np.ndarray) -> np.ndarray:
        """What a plan leaves free: releases × resources."""
        used = np.zeros((self.out + 1, self.demand.shape[1]))
        np.add.at(used, places, self.demand)
        return self.capacity - used[: self.out]

    def _fits(self, places: np.ndarray, added: np.ndarray) -> np.ndarray:
        room = self._room(places)
        # Where a change adds nothing it breaks nothing, whatever rounding has left of the room.
        fits: np.ndarray = (added <= room + GAIN * self.capacity) | (added <= 0)
        return np.asarray(fits.all(axis=(1, 2)))

    def _keeps(self, places: np.ndarray) -> bool:
        done = places < self.out
        return bool(
            (places[self._needs[:, 1]] <= places[self._needs[:, 0]]).all()
            and done[self._must_do].all()
            and not done[self._excludes].all(axis=1).any()
            and all(done[group].sum() == 1 for group in self._groups)
            and (done @ self._excess >= -GAIN * (1 + np.abs(self._excess).sum(axis=0))).all()
        )


def _to(projects: np.ndarray, place: int) -> np.ndarray:
    return np.column_stack([projects, np.full(len(projects), place)])
