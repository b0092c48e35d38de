"""Optimism bias: how much the UK Treasury would raise the cost and the time of such a project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from workbench import language
from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _
from workbench.language import mark as N_
from workbench.results import Result

COST_BOUNDS, TIME_BOUNDS = (0.10, 2.00), (0.10, 0.54)
"""Lower and upper bound for equipment and development projects, of capital expenditure and of works duration."""
ROUNDING = 0.005
SOURCE = N_("HM Treasury, Green Book supplementary guidance on optimism bias, after Mott MacDonald (2002)")


@dataclass(frozen=True)
class RiskArea:
    """A cause of optimism bias, and how far it is managed.

    Attributes
    ----------
    name : str
        What it is, for example the inadequacy of the business case.
    cost, time : float
        Its share of the upper bound of cost and of time; over all areas at most 1.
    mitigation : float
        How far it is managed: 0 not at all, 1 wholly.
    """

    name: str
    cost: float
    time: float
    mitigation: float


@dataclass(frozen=True, eq=False)
class OptimismBias(Result):
    """By how much project costs and time are raised.

    Attributes
    ----------
    cost, time : float
        The uplifts, as shares: 2 is 200% more.
    managed_cost, managed_time : float
        Share of the upper bound that is managed.
    cost_bounds, time_bounds : tuple of float
        Lower and upper bound.
    areas : tuple of RiskArea
        What is managed, and how far.
    """

    cost: float
    time: float
    managed_cost: float
    managed_time: float
    cost_bounds: tuple[float, float]
    time_bounds: tuple[float, float]
    areas: tuple[RiskArea, ...]

    def to_frame(self) -> pd.DataFrame:
        """name, cost, time and mitigation of each risk area."""
        rows = [(area.name, area.cost, area.time, area.mitigation) for area in self.areas]
        return pd.DataFrame(rows, columns=["name", "cost", "time", "mitigation"])

    @property
    def conclusion(self) -> str:
        """The uplifts, and how much of the bias is managed."""
        told = _(
            "For optimism bias the project costs are raised by {cost} and its time by {time}: the upper bounds of "
            "{most} and {longest} less what is managed of them ({managed_cost} and {managed_time})."
        )
        return told.format(
            cost=language.percent(self.cost),
            time=language.percent(self.time),
            most=language.percent(self.cost_bounds[1]),
            longest=language.percent(self.time_bounds[1]),
            managed_cost=language.percent(self.managed_cost),
            managed_time=language.percent(self.managed_time),
        )


def optimism_bias(
    areas: Sequence[RiskArea] = (),
    *,
    cost_bounds: tuple[float, float] = COST_BOUNDS,
    time_bounds: tuple[float, float] = TIME_BOUNDS,
) -> OptimismBias:
    """The uplifts that remain of the upper bounds after mitigation.

    Upper bound × (1 − Σ contribution × mitigation), never below the lower bound.

    Parameters
    ----------
    areas : sequence of RiskArea
        What is managed. Without any, the upper bounds hold, as the guidance asks at the start.
    cost_bounds, time_bounds : tuple of float
        Lower and upper bound of the kind of project; those of equipment and development by default.

    Raises
    ------
    SettingsError
        When contributions or mitigation are no shares, or contributions come to more than the whole.

    Notes
    -----
    Mott MacDonald (2002), *Review of Large Public Procurement in the UK*, for HM Treasury, whose Green Book guidance on
    optimism bias adopts its bounds.

    Examples
    --------
    >>> bias = optimism_bias([RiskArea("Inadequacy of the business case", cost=0.58, time=0.48, mitigation=0.5)])
    >>> round(bias.cost, 4), round(bias.time, 4)
    (1.42, 0.4104)
    """
    _check(areas)
    managed_cost = sum(area.cost * area.mitigation for area in areas)
    managed_time = sum(area.time * area.mitigation for area in areas)
    return OptimismBias(
        cost=_remaining(cost_bounds, managed_cost),
        time=_remaining(time_bounds, managed_time),
        managed_cost=managed_cost,
        managed_time=managed_time,
        cost_bounds=cost_bounds,
        time_bounds=time_bounds,
        areas=tuple(areas),
    )


def _remaining(bounds: tuple[float, float], managed: float) -> float:
    lower, upper = bounds
    return max(upper * (1 - managed), lower)


def _check(areas: Sequence[RiskArea]) -> None:
    problems = [
        Problem(
            _("The risk area {name} has the figures {figures}.").format(
                name=language.quoted(area.name), figures=", ".join(map(str, (area.cost, area.time, area.mitigation)))
            ),
            _("shares from 0 to 1 for its part of cost, its part of time and its mitigation"),
            _("Write 20% as 0.20."),
        )
        for area in areas
        if not all(0 <= share <= 1 for share in (area.cost, area.time, area.mitigation))
    ]
    for total in (sum(area.cost for area in areas), sum(area.time for area in areas)):
        # The guidance's own columns are rounded, and may add up to a little more than the whole.
        if not problems and total > 1 + ROUNDING * len(areas):
            found = _("The parts of the risk areas come to {total}.").format(total=language.percent(total))
            problems.append(Problem(found, _("at most 100%"), _("Correct them.")))
    if problems:
        raise SettingsError(problems)
