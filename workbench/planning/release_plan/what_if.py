"""A program's tables, planned under one scenario after another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from workbench.planning.release_plan.problem import Portfolio, portfolio, project_values
from workbench.planning.release_plan.scenario import Scenario, changed, changed_weights
from workbench.planning.scoring import score_requirements

TABLES = ("requirements", "criteria", "raters", "scores", "projects", "dependencies", "capacity", "demand")
"""The planning tables that a release plan rests on, in the order of the fields of `WhatIf`."""
NEEDED = tuple(name for name in TABLES if name != "dependencies")
"""Those that it cannot do without: projects need not depend on one another."""


@dataclass(frozen=True, eq=False)
class WhatIf:
    """What stays the same whatever the scenario.

    Attributes
    ----------
    requirements, criteria, raters, scores, projects, dependencies, capacity, demand : DataFrame
        The planning tables of these names.
    minimum_shares : mapping of str to float
        Department → least share of the plan's money.
    discount : float
        Share of its value that a project loses with each release that it waits.
    """

    requirements: pd.DataFrame
    criteria: pd.DataFrame
    raters: pd.DataFrame
    scores: pd.DataFrame
    projects: pd.DataFrame
    dependencies: pd.DataFrame
    capacity: pd.DataFrame
    demand: pd.DataFrame
    minimum_shares: Mapping[str, float]
    discount: float

    @cached_property
    def as_it_stands(self) -> Portfolio:
        """The program without any change.

        Raises
        ------
        DataError, SettingsError
            As `portfolio` does.
        """
        return portfolio(
            self.projects,
            self.dependencies,
            self.capacity,
            self.demand,
            self._value(Scenario()),
            self.requirements,
            minimum_shares=self.minimum_shares,
            discount=self.discount,
        )

    @property
    def weighed(self) -> pd.DataFrame:
        """The criteria whose weights change what a project is worth: those of value."""
        return self.criteria[self.criteria["axis"] == "value"]

    def under(self, scenario: Scenario) -> Portfolio:
        """The program under a scenario."""
        return changed(self.as_it_stands, scenario, self._value(scenario) if scenario.weights else None)

    def _value(self, scenario: Scenario) -> pd.Series:
        criteria = changed_weights(self.criteria, scenario)
        scores = score_requirements(self.requirements, criteria, self.raters, self.scores)
        return project_values(self.projects, scores.table)
