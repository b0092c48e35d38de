"""Zeros of a function of one variable: where it changes its sign, and where it touches zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np

from workbench.business_case.distribution_families import Numbers
from workbench.business_case.measures import ROUNDING

POINTS = 513
"""Values looked at for a change of sign; each change is then narrowed down to rounding."""
CURVES = 4.0
"""How many times as much as it bends from step to step a function may lie off zero to be looked at more closely."""
JUMPING = 1e-6
"""Share of the difference across a step that a function which goes through zero there does not keep at its zero."""
TRIES = 1000
"""How often a step is narrowed down at most; a function that is flat at its zero takes many more than others."""
Function: TypeAlias = Callable[[Numbers], Numbers]


class Zero(NamedTuple):
    """Where a function changes its sign or touches zero; at a jump it changes its sign without being zero."""

    value: float
    is_jump: bool


def zeros_of(function: Function, start: float, end: float) -> list[Zero]:
    """The zeros of a function between two values, rising.

    The function is computed at 513 even steps. Where it changes its sign between two of them, the place is narrowed
    down by Brent's method. Where it turns back towards where it came from, and bends enough there to reach zero in
    between, its turning point is looked for: beyond zero there are two zeros around it, and at zero it is one itself. A
    function that goes to zero and back faster than its steps show is not found out.

    Parameters
    ----------
    function : callable
        Takes an array of values, gives one of the same shape.
    start, end : float
        Both included.

    Notes
    -----
    R. P. Brent (1973), *Algorithms for Minimization without Derivatives*, chapters 4 and 5.

    Examples
    --------
    >>> [round(zero.value, 9) for zero in zeros_of(lambda x: (x - 1.0001) * (x - 1.0002), 0.0, 3.0)]
    [1.0001, 1.0002]
    >>> zeros_of(lambda x: np.where(x < 2, -1.0, 1.0), 0.0, 3.1)[0].is_jump
    True
    """
    points: Numbers = np.linspace(start, end, POINTS)
    values = function(points)
    if not values.any():
        return []
    points, values = _with_turning_points(function, points, values)
    exact = [Zero(float(point), is_jump=False) for point in points[values == 0]]
    crossings = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)
    steps = [(points[at : at + 2], values[at : at + 2]) for at in crossings]
    return sorted([*exact, *(_crossing(function, *step) for step in steps)])


def _crossing(function: Function, ends: Numbers, values: Numbers) -> Zero:
    from scipy.optimize import brentq

    found = float(brentq(lambda value: _at(function, value), *ends, xtol=1e-15, rtol=1e-14, maxiter=TRIES))
    return Zero(found, is_jump=bool(abs(_at(function, found)) > JUMPING * np.ptp(values)))


def _at(function: Function, value: float) -> float:
    return float(function(np.array([value]))[0])


def _with_turning_points(function: Function, points: Numbers, values: Numbers) -> tuple[Numbers, Numbers]:
    """The points with those added at which the function turns back at zero or beyond it; at zero it counts as zero."""
    touching = ROUNDING * np.abs(values).max()
    added = []
    for turn, side in _turns(values):
        point, value = _turning_point(function, points[turn], side)
        if side * value < -touching or (side * value <= touching and values[turn].all()):
            added.append((point, 0.0 if abs(value) <= touching else value))
    every = np.array([*zip(points, values, strict=True), *added])
    every = every[np.argsort(every[:, 0], kind="stable")]
    return every[:, 0], every[:, 1]


def _turns(values: Numbers) -> list[tuple[slice, float]]:
    """The steps in which a function on one side of zero may turn back at zero or beyond it, and that side."""
    size, sides = np.abs(values), np.sign(values)
    before, here, after = size[:-2], size[1:-1], size[2:]
    one_side = (sides[:-2] * sides[2:] > 0) & (sides[:-2] * sides[1:-1] >= 0)
    nearest = (here <= before) & (here < after) & (here <= CURVES * (before - 2 * here + after))
    inside = [(slice(at, at + 3), sides[at]) for at in np.flatnonzero(one_side & nearest)]
    at_start = [(slice(0, 2), sides[1])] if _turns_at_end(values[:3]) else []
    at_end = [(slice(len(values) - 2, len(values)), sides[-2])] if _turns_at_end(values[:-4:-1]) else []
    return [*at_start, *inside, *at_end]


def _turns_at_end(values: Numbers) -> bool:
    """Whether a function goes towards zero from its first value on, by the slope of the parabola through three."""
    here, after, farther = np.abs(values)
    one_side = values[1] * values[2] > 0 and values[0] * values[1] >= 0
    return bool(one_side and here < after and 4 * after < 3 * here + farther)


def _turning_point(function: Function, points: Numbers, side: float) -> tuple[float, float]:
    """Where the function comes nearest to zero, or farthest beyond it, and its value there."""
    from scipy.optimize import minimize_scalar

    ends = (float(points[0]), float(points[-1]))
    within = {"xatol": 1e-12 * (ends[1] - ends[0])}
    found = minimize_scalar(lambda value: side * _at(function, value), bounds=ends, method="bounded", options=within)
    return float(found.x), side * float(found.fun)
