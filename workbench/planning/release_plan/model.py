"""A portfolio and its rules as the arrays of an integer program: a yes or no for each project in each release."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from workbench.planning.release_plan.checks import SAME
from workbench.planning.release_plan.problem import Portfolio
from workbench.planning.release_plan.rules import Rule

SCALE = 1000.0
"""The largest coefficient of a row of amounts: large beside the solver's absolute tolerance of a millionth."""


@dataclass(frozen=True)
class Cut:
    """One more linear condition on a plan: lower ≤ Σ coefficient × chosen ≤ upper.

    Attributes
    ----------
    coefficients : mapping
        A project stands for “done in any release”, a pair (project, release) for “done in that release”.
    lower, upper : float
        Bounds of the sum.
    """

    coefficients: Mapping[str, float] | Mapping[tuple[str, int], float] | Mapping[str | tuple[str, int], float]
    lower: float = -np.inf
    upper: float = np.inf


@dataclass(frozen=True, eq=False)
class Model:
    """Maximise ``worth @ x`` with ``lower ≤ matrix @ x ≤ upper`` and x either 0 or 1; 0 where not `allowed`.

    The entry of project i in release k is at ``i × releases + k``.
    """

    worth: np.ndarray
    allowed: np.ndarray
    matrix: csr_array
    lower: np.ndarray
    upper: np.ndarray


@dataclass
class _Rows:
    """Rows of a sparse matrix, as they are added."""

    columns: list[np.ndarray] = field(default_factory=list)
    coefficients: list[np.ndarray] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)

    def add(self, columns: np.ndarray, coefficients: np.ndarray, lower: float, upper: float) -> None:
        self.columns.append(columns)
        self.coefficients.append(coefficients)
        self.lower.append(lower)
        self.upper.append(upper)

    def matrix(self, width: int) -> csr_array:
        ends = np.cumsum([0, *map(len, self.columns)])
        parts = (np.concatenate(self.coefficients), np.concatenate(self.columns), ends)
        return csr_array(parts, shape=(len(self.columns), width))


@dataclass(frozen=True, eq=False)
class _Places:
    """Where the entries of a project stand."""

    portfolio: Portfolio
    at: dict[str, int]
    allowed: np.ndarray
    """Which entries may be 1, as far as single projects are concerned."""

    @property
    def releases(self) -> int:
        return len(self.portfolio.releases)

    def of(self, *projects: str) -> np.ndarray:
        """The entries of projects, release by release."""
        starts = np.array([self.at[project] for project in projects]) * self.releases
        return (starts[:, None] + np.arange(self.releases)).ravel()


def model(portfolio: Portfolio, rules: Sequence[Rule], cuts: Sequence[Cut] = ()) -> Model:
    """The arrays of a portfolio under some of its rules, and under further conditions.

    Parameters
    ----------
    portfolio : Portfolio
        What is planned.
    rules : sequence of Rule
        Those to keep to.
    cuts : sequence of Cut
        Further conditions.
    """
    worth, rows = portfolio.worth.to_numpy().ravel(), _Rows()
    at = {project: at for at, project in enumerate(portfolio.projects)}
    places = _Places(portfolio, at, _allowed(portfolio, rules).ravel())
    for project in portfolio.projects:
        rows.add(places.of(project), np.ones(places.releases), 0.0, 1.0)
    for rule in rules:
        if rule.kind in _ADDS:
            _ADDS[rule.kind](places, rule, rows)
    for cut in cuts:
        _add_cut(places, cut, rows)
    return Model(worth, places.allowed, rows.matrix(len(worth)), np.array(rows.lower), np.array(rows.upper))


def _allowed(portfolio: Portfolio, rules: Sequence[Rule]) -> np.ndarray:
    """Projects × releases: whether no rule on the project alone speaks against it."""
    allowed = np.ones(portfolio.worth.shape, dtype=bool)
    index, releases = pd.Index(portfolio.projects), np.array(portfolio.releases)
    for rule in rules:
        if rule.kind in _ALLOWS:
            allowed[index.get_indexer(pd.Index(rule.projects))] &= _ALLOWS[rule.kind](releases, rule.release)
        elif rule.kind == "capacity":
            allowed[~_fits(portfolio, rule), releases == rule.release] = False
    return allowed


_ALLOWS: dict[str, Callable[[np.ndarray, int | None], np.ndarray]] = {
    "forced_out": lambda releases, release: np.zeros(len(releases), dtype=bool),
    "earliest": lambda releases, release: releases >= release,
    "latest": lambda releases, release: releases <= release,
}


def _fits(portfolio: Portfolio, rule: Rule) -> np.ndarray:
    """Which projects use no more by themselves than there is. The others would spoil the scale of its row."""
    demand = portfolio.demand[rule.resource].to_numpy()
    fits: np.ndarray = demand <= rule.limit + SAME * np.maximum(demand, rule.limit)
    return fits


def _add_counted(lower: float, upper: float) -> Callable[[_Places, Rule, _Rows], None]:
    """A rule on how many of its projects are done."""

    def add(places: _Places, rule: Rule, rows: _Rows) -> None:
        columns = places.of(*rule.projects)
        rows.add(columns, np.ones(len(columns)), lower, upper)

    return add


def _add_need(places: _Places, rule: Rule, rows: _Rows) -> None:
    """By each release, the project is done only if the needed one is."""
    project, needed = (places.of(name) for name in rule.projects)
    for count in range(1, places.releases + 1):
        columns = np.concatenate([project[:count], needed[:count]])
        rows.add(columns, np.repeat([1.0, -1.0], count), -np.inf, 0.0)


def _add_capacity(places: _Places, rule: Rule, rows: _Rows) -> None:
    demand = places.portfolio.demand[rule.resource].to_numpy()
    release = places.portfolio.releases.index(rule.release or 0)
    users = np.flatnonzero((demand > 0) & places.allowed[release :: places.releases])
    if len(users):
        scale = SCALE / demand[users].max()
        rows.add(users * places.releases + release, demand[users] * scale, -np.inf, rule.limit * scale)


def _add_share(places: _Places, rule: Rule, rows: _Rows) -> None:
    """The department's money, less its share of all money, is not negative."""
    portfolio = places.portfolio
    excess = portfolio.money.to_numpy() * (portfolio.departments[rule.department].to_numpy() - rule.limit)
    each = np.repeat(excess, places.releases)
    columns = np.flatnonzero(each * places.allowed)
    if len(columns):
        rows.add(columns, each[columns] * SCALE / np.abs(each[columns]).max(), 0.0, np.inf)


_ADDS: dict[str, Callable[[_Places, Rule, _Rows], None]] = {
    "must_do": _add_counted(1.0, 1.0),
    "choose_one": _add_counted(1.0, 1.0),
    "excludes": _add_counted(0.0, 1.0),
    "needs": _add_need,
    "capacity": _add_capacity,
    "minimum_share": _add_share,
}


def _add_cut(places: _Places, cut: Cut, rows: _Rows) -> None:
    entries = list(_entries(places, cut))
    columns = np.array([column for column, _coefficient in entries], dtype=int)
    rows.add(columns, np.array([coefficient for _column, coefficient in entries], dtype=float), cut.lower, cut.upper)


def _entries(places: _Places, cut: Cut) -> Iterator[tuple[int, float]]:
    for key, coefficient in cut.coefficients.items():
        project, releases = (key, places.portfolio.releases) if isinstance(key, str) else (key[0], key[1:])
        for release in releases:
            yield places.at[project] * places.releases + places.portfolio.releases.index(release), coefficient
