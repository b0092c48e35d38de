"""HiGHS behind one door: a model in, what is chosen and what is proven about it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from workbench.errors import Problem, SettingsError
from workbench.language import gettext as _
from workbench.planning.release_plan.model import SCALE, Model

OPTIMAL, TIME_IS_UP, INFEASIBLE = 0, 1, 2
PROVEN = 1e-9
"""A gap that is the rounding of sums, and no gap."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What the solver found.

    Attributes
    ----------
    status : str
        ``optimal``, ``feasible`` (a choice, perhaps not the best), ``infeasible``, ``time_is_up`` (no choice found in
        time) or ``given_up``.
    chosen : ndarray of bool or None
        The choice, where there is one.
    bound : float
        Nothing is worth more than this; infinite where nothing is known.
    message : str
        The solver's own word.
    """

    status: Literal["optimal", "feasible", "infeasible", "time_is_up", "given_up"]
    chosen: np.ndarray | None
    bound: float
    message: str


def solve(given: Model, time_limit: float | None, gap: float, whole: np.ndarray | None = None) -> Answer:
    """Find the choice of most worth.

    Parameters
    ----------
    given : Model
        What to choose from.
    time_limit : float or None
        Seconds.
    gap : float
        Relative gap at which to stop.
    whole : ndarray of bool, optional
        Entries that have to be 0 or 1; the others may lie between. All of them by default.
    """
    whole = np.ones(len(given.worth), dtype=bool) if whole is None else whole
    options = {"mip_rel_gap": gap} | ({} if time_limit is None else {"time_limit": time_limit})
    scale = _scale(given)
    found = _milp(given, scale, whole, options)
    bound = np.inf if found.mip_dual_bound is None else -float(found.mip_dual_bound) / scale
    if found.x is not None:
        is_optimal = found.status == OPTIMAL and gap == 0
        return Answer("optimal" if is_optimal else "feasible", found.x > 0.5, bound, found.message)
    stopped: dict[int, Literal["infeasible", "time_is_up"]] = {INFEASIBLE: "infeasible", TIME_IS_UP: "time_is_up"}
    return Answer(stopped.get(found.status, "given_up"), None, bound, found.message)


def relaxed(given: Model) -> float | None:
    """The most worth when every entry may lie between 0 and 1: what no choice exceeds. None when nothing is allowed."""
    found = _milp(given, _scale(given), np.zeros(len(given.worth), dtype=bool), {})
    return None if found.x is None else float(given.worth @ found.x)


def _scale(given: Model) -> float:
    """Brings worth to one size: the solver's tolerances are absolute."""
    return SCALE / float(given.worth.max()) if given.worth.max() > 0 else 1.0


def _milp(given: Model, scale: float, whole: np.ndarray, options: dict[str, float]) -> Any:
    return milp(
        -given.worth * scale,
        integrality=whole.astype(float),
        bounds=Bounds(0, given.allowed.astype(float)),
        constraints=LinearConstraint(given.matrix, given.lower, given.upper),
        options=options,
    )


def gap_between(objective: float, bound: float) -> float:
    """Share of the bound that is missing to it, 0 where that is only rounding.

    Examples
    --------
    >>> gap_between(90.0, 100.0)
    0.1
    """
    missing = (bound - objective) / bound if objective < bound < np.inf else float(bound == np.inf)
    return missing if missing > PROVEN else 0.0


def wrong_limits(time_limit: float | None, gap: float) -> list[Problem]:
    """What is wrong with a time limit and a gap."""
    problems = []
    if time_limit is not None and not time_limit > 0:
        problems.append(wrong("time_limit", time_limit, _("a number of seconds above zero")))
    if not 0 <= gap < 1:
        problems.append(wrong("gap", gap, _("a share from 0 to below 1")))
    return problems


def check_limits(time_limit: float | None, gap: float) -> None:
    """Raise when the time limit is not positive or the gap is no share."""
    problems = wrong_limits(time_limit, gap)
    if problems:
        raise SettingsError(problems)


def wrong(name: str, value: float | str, expected: str) -> Problem:
    """A parameter that is not what it should be."""
    found = _("{name} is {value}.").format(name=name, value=value)
    return Problem(found, expected, _("Correct {name}.").format(name=name))
