"""A what-if: means, weights and decisions that differ from the program as it stands; kept as a line of text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import pandas as pd

from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import quoted
from workbench.planning.release_plan.problem import Portfolio

Decision = Literal["must", "out", "free"]
DECISIONS = ("free", "must", "out")
MOST_MEANS = 10.0
"""The largest factor on what there is of a resource: beyond it nothing binds any more."""
LONGEST = 20_000


@dataclass(frozen=True)
class Scenario:
    """What differs from the program as it stands; what is not named stays.

    Attributes
    ----------
    means : mapping of str to float
        Resource → factor on what there is of it in every release; 1 as it stands. Money is a resource too.
    weights : mapping of str to float
        Criterion → weight in place of its own, zero or more.
    decisions : mapping of str to str
        Project → ``must``, ``out``, or ``free`` where the program itself says that it must be done.
    """

    means: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)

    def to_text(self) -> str:
        """One line from which `from_text` makes the same scenario."""
        return json.dumps({name: part for name, part in asdict(self).items() if part}, sort_keys=True)


def from_text(text: str) -> Scenario:
    """The scenario that a line of text stands for; an empty one stands for the program as it is.

    Raises
    ------
    SettingsError
        When the text is no scenario: nothing in it is evaluated.

    Examples
    --------
    >>> from_text('{"means": {"money": 1.2}, "decisions": {"PRJ-03": "out"}}')
    Scenario(means={'money': 1.2}, weights={}, decisions={'PRJ-03': 'out'})
    """
    if not text:
        return Scenario()
    try:
        given = json.loads(text[:LONGEST])
        return Scenario(**{name: _CHECKS[name](part) for name, part in given.items()})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        told = _("{text} is no saved scenario.").format(text=quoted(text[:60]))
        raise SettingsError(Problem(told, remedy=_("Take the link anew from the page that saved it."))) from error


def changed_weights(criteria: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """The criteria with the weights of a scenario."""
    own = dict(zip(criteria["criterion_id"], criteria["weight"], strict=True))
    return criteria.assign(weight=[float(scenario.weights.get(name, own[name])) for name in criteria["criterion_id"]])


def changed(portfolio: Portfolio, scenario: Scenario, value: pd.Series | None = None) -> Portfolio:
    """A portfolio under a scenario.

    Parameters
    ----------
    portfolio : Portfolio
        The program as it stands.
    scenario : Scenario
        What differs. Resources and projects that the program does not have are passed over, so that a saved scenario
        outlives them.
    value : Series, optional
        Values of the projects under the scenario's weights.
    """
    factors = pd.Series(1.0, index=portfolio.capacity.index)
    for resource, factor in scenario.means.items():
        if resource in factors.index:
            factors[resource] = factor
    decided = {name: decision for name, decision in scenario.decisions.items() if name in portfolio.projects}
    return portfolio.with_(
        value=portfolio.value if value is None else value,
        capacity=portfolio.capacity.mul(factors, axis=0),
        must_do=_decided(portfolio.must_do, decided, "must"),
        forced_out=_decided(portfolio.forced_out, decided, "out"),
    )


def _decided(own: frozenset[str], decided: Mapping[str, Decision], decision: Decision) -> frozenset[str]:
    return (own - decided.keys()) | {name for name, taken in decided.items() if taken == decision}


def _factors(given: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): _within(float(factor), MOST_MEANS) for name, factor in given.items()}


def _weights(given: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): _within(float(weight), float("inf")) for name, weight in given.items()}


def _within(number: float, most: float) -> float:
    if not 0 <= number <= most or number == float("inf"):
        raise ValueError(number)
    return number


def _decisions(given: Mapping[str, Any]) -> dict[str, Decision]:
    if not set(given.values()) <= set(DECISIONS):
        raise ValueError(given)
    return {str(name): decision for name, decision in given.items()}


_CHECKS: dict[str, Any] = {"means": _factors, "weights": _weights, "decisions": _decisions}
