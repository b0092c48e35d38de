"""Scenarios as people define them: named sets of changes, read and checked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench import language
from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _
from workbench.program import formulas
from workbench.program.values import suggestion

AS_PLANNED, DO_NOTHING, DELAY, OWN = "as_planned", "do_nothing", "delay", "own"
OTHER_KEYS = ("delay_months", "cost_factor", "benefit_factor")
"""What a scenario can change beside assumptions."""


@dataclass(frozen=True)
class Scenario:
    """A named set of changes to the plan.

    Attributes
    ----------
    name : str
        What people call it.
    values : mapping of str to float
        Assumptions that have another value.
    delay_months : int
        How many months later everything begins; the horizon stays where it is.
    cost_factor, benefit_factor : float
        What all costs and all benefits are multiplied by.
    kind : str
        as_planned, own, delay or do_nothing.
    """

    name: str
    values: Mapping[str, float] = field(default_factory=dict)
    delay_months: int = 0
    cost_factor: float = 1.0
    benefit_factor: float = 1.0
    kind: str = OWN


def read_scenarios(plain: Mapping[str, Mapping[str, float]]) -> list[Scenario]:
    """Scenarios as a parameter file holds them: by name, what each changes.

    Parameters
    ----------
    plain : mapping
        Scenario → what changes → figure; beside assumptions, one of `OTHER_KEYS`.

    Examples
    --------
    >>> read_scenarios({"Cautious": {"churn_reduction": 0.05, "delay_months": 3}})[0].values
    {'churn_reduction': 0.05}
    """
    return [_scenario(name, changes) for name, changes in plain.items()]


def _scenario(name: str, changes: Mapping[str, float]) -> Scenario:
    values = {formulas.normalised(key): float(value) for key, value in changes.items() if key not in OTHER_KEYS}
    others: dict[str, Any] = {key: value for key, value in changes.items() if key in OTHER_KEYS}
    delay = others.get("delay_months", 0)
    # A parameter file's figures are all of one kind; `check` tells a delay that is no whole number of months.
    others["delay_months"] = int(delay) if math.isfinite(delay) and delay == int(delay) else delay
    return Scenario(name.strip(), values, **others)


def check(chosen: Sequence[Scenario], values: Mapping[str, float], delay_months: int) -> None:
    """Refuse scenarios that cannot be computed.

    Parameters
    ----------
    chosen : sequence of Scenario
        All scenarios to compare.
    values : mapping of str to float
        The assumptions as planned.
    delay_months : int
        Length of the delay that is always shown.

    Raises
    ------
    SettingsError
        With everything that is wrong.
    """
    problems = [problem for scenario in chosen for problem in _wrong_with(scenario, values)]
    names = [scenario.name for scenario in chosen]
    if "" in names:
        problems.append(Problem(_("A scenario has no name."), _("a name"), _("Name it.")))
    for name in sorted({name for name in names if names.count(name) > 1}):
        found = _("Two scenarios are called {name}.").format(name=language.quoted(name))
        problems.append(Problem(found, _("different names"), _("Rename one of them.")))
    if delay_months < 1:
        found = _("The delay to compare with is {count} months.").format(count=delay_months)
        problems.append(Problem(found, _("1 month or more")))
    if problems:
        raise SettingsError(problems)


def _wrong_with(scenario: Scenario, values: Mapping[str, float]) -> list[Problem]:
    problems = []
    for key, value in scenario.values.items():
        if key not in values:
            found = _("It changes {key}, which is not an assumption.").format(key=key)
            problems.append(_of(scenario, found, _("the id of an assumption"), suggestion(key, list(values))))
        elif not math.isfinite(value):
            problems.append(_of(scenario, _("It has no value for {key}.").format(key=key), _("a number"), ""))
    if not isinstance(scenario.delay_months, int) or scenario.delay_months < 0:
        found = _("It starts {count} months later.").format(count=scenario.delay_months)
        problems.append(_of(scenario, found, _("a whole number, 0 or more"), ""))
    for factor in (scenario.cost_factor, scenario.benefit_factor):
        if not (math.isfinite(factor) and factor >= 0):
            found = _("It multiplies all costs or benefits by {factor}.").format(factor=factor)
            problems.append(_of(scenario, found, _("a number of 0 or more"), ""))
    return problems


def _of(scenario: Scenario, found: str, expected: str, remedy: str) -> Problem:
    told = _("Scenario {name}: {problem}").format(name=language.quoted(scenario.name), problem=found)
    return Problem(told, expected, remedy)
