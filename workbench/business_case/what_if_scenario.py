"""A what-if of a business case: assumptions, time and money that differ from the plan; kept as a line of text."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import quoted

HIGHEST_RATE, LONGEST_HORIZON, LONGEST_DELAY, HIGHEST_FACTOR = 1.0, 600, 120, 10.0
LONGEST = 20_000


@dataclass(frozen=True)
class CaseScenario:
    """What differs from the business case as it stands; what is not named stays.

    Attributes
    ----------
    values : mapping of str to float
        Assumption → value about which it is spread in place of its base.
    known : tuple of str
        Assumptions taken as if they were known: they do not vary.
    discount_rate : float or None
        Yearly, from 0 to 1.
    horizon_months : int or None
        Last month that counts, from 1 to 600.
    delay_months : int
        How many months later everything begins, from 0 to 120; the horizon stays where it is.
    cost_factor, benefit_factor : float
        What all costs and all benefits are multiplied by, from 0 to 10.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    discount_rate: float | None = None
    horizon_months: int | None = None
    delay_months: int = 0
    cost_factor: float = 1.0
    benefit_factor: float = 1.0

    def to_text(self) -> str:
        """One line from which `from_text` makes the same scenario."""
        own, plain = asdict(self), asdict(CaseScenario())
        return json.dumps({name: part for name, part in own.items() if part != plain[name]}, sort_keys=True)


def from_text(text: str) -> CaseScenario:
    """The scenario that a line of text stands for; an empty one stands for the business case as it is.

    Raises
    ------
    SettingsError
        When the text is no scenario: nothing in it is evaluated.

    Examples
    --------
    >>> from_text('{"values": {"fee": 9}, "known": ["fee"], "delay_months": 3}').values
    {'fee': 9.0}
    """
    if not text:
        return CaseScenario()
    try:
        given = json.loads(text[:LONGEST])
        return CaseScenario(**{name: _CHECKS[name](part) for name, part in given.items()})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        told = _("{text} is no saved scenario.").format(text=quoted(text[:60]))
        raise SettingsError(Problem(told, remedy=_("Take the link anew from the page that saved it."))) from error


def _values(given: Mapping[str, Any]) -> dict[str, float]:
    return {str(name): _within(-math.inf, value, math.inf) for name, value in given.items()}


def _known(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise TypeError(given)
    return tuple(map(str, given))


def _within(least: float, given: Any, most: float) -> float:
    number = float(given)
    if not (math.isfinite(number) and least <= number <= most):
        raise ValueError(given)
    return number


def _months(least: int, given: Any, most: int) -> int:
    months = _within(least, given, most)
    if months != int(months):
        raise ValueError(given)
    return int(months)


_CHECKS: dict[str, Any] = {
    "values": _values,
    "known": _known,
    "discount_rate": lambda given: _within(0, given, HIGHEST_RATE),
    "horizon_months": lambda given: _months(1, given, LONGEST_HORIZON),
    "delay_months": lambda given: _months(0, given, LONGEST_DELAY),
    "cost_factor": lambda given: _within(0, given, HIGHEST_FACTOR),
    "benefit_factor": lambda given: _within(0, given, HIGHEST_FACTOR),
}
