"""Maximum likelihood in logs of positive parameters, and what the data do not determine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Likelihood = Callable[[Floats], tuple[float, Floats]]
"""Parameters → log-likelihood of all customers, and its derivatives by the parameters."""

REACH = 7.0
"""How far a parameter may go from where it starts, in logs: beyond, it is as good as nothing or endless."""
STEP = 1e-4
NEWTON_STEPS = 8
NEAR_ENOUGH, NEAR = 1e-9, 1e-4
"""In log-likelihood: what a further step may still gain where steps end, and where a maximum counts as found."""
FLAT = 3.0
"""A direction of a larger standard error in logs is not determined: its interval has no end in practice."""
TOUCHES = 0.02


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where a likelihood is largest.

    Attributes
    ----------
    parameters : ndarray
        Of the largest likelihood.
    covariance : ndarray
        Of the logs of the parameters, from the observed information; what the data do not determine is left out.
    undetermined : ndarray of bool
        Which parameters the data do not determine: the likelihood hardly changes, however large or small they are.
    log_likelihood : float
    converged : bool
        Whether no step, in any direction that the data determine, gains anything.
    """

    parameters: Floats
    covariance: Floats
    undetermined: NDArray[np.bool_]
    log_likelihood: float
    converged: bool

    @property
    def sound(self) -> bool:
        """Whether it has converged and everything is determined."""
        return self.converged and not bool(self.undetermined.any())


def total(values: NDArray[Any], counts: NDArray[Any]) -> float:
    """The sum of the values, each as often as it counts.

    Not ``@``: for sums as short as these, threads of a linear algebra library cost more than they save.
    """
    return float(np.einsum("i,i", values, counts))


def maximise(likelihood: Likelihood, starts: Sequence[Sequence[float]], customers: float) -> Maximum:
    """The largest likelihood, from the first start that leads to one, or the best of them all.

    Parameters
    ----------
    likelihood : callable
        Positive parameters → log-likelihood and its derivatives.
    starts : sequence of sequences
        Parameters to start from; the next is tried only where one ends without a clear maximum.
    customers : float
        How many the likelihood is of: it is climbed in its mean.

    Notes
    -----
    BFGS in logs, then Newton's steps with the Hessian that the standard errors need: central differences of the
    derivatives.
    """
    best: Maximum | None = None
    for start in starts:
        found = _climb(likelihood, np.log(np.asarray(start, dtype=float)), customers)
        if best is None or found.log_likelihood > best.log_likelihood + NEAR_ENOUGH:
            best = found
        if found.sound:
            break
    if best is None:
        raise ValueError("a likelihood is climbed from a start")
    return best


def _climb(likelihood: Likelihood, start: Floats, customers: float) -> Maximum:
    bounds = np.stack([start - REACH, start + REACH], axis=1)

    def downhill(logs: Floats) -> tuple[float, Floats]:
        within = np.clip(logs, bounds[:, 0], bounds[:, 1])
        parameters = np.exp(within)
        value, slope = likelihood(parameters)
        return -value / customers, np.where(within == logs, -slope * parameters / customers, 0.0)

    logs = minimize(downhill, start, jac=True, method="BFGS", options={"maxiter": 500, "gtol": 1e-5}).x
    return _finish(downhill, np.clip(logs, bounds[:, 0], bounds[:, 1]), bounds, customers)


def _finish(downhill: Likelihood, logs: Floats, bounds: Floats, customers: float) -> Maximum:
    """Newton's steps where the data determine something; then how well they do."""
    value, slope = downhill(logs)
    gain = np.inf
    for _each in range(NEWTON_STEPS):
        spreads, directions = _spread(downhill, logs, customers)
        step = _newton(slope, spreads, directions, customers)
        gain = float(-slope @ step) * customers / 2
        if gain < NEAR_ENOUGH:
            break
        logs, value, slope = _along(downhill, bounds, logs, step, value, slope)
    else:
        spreads, directions = _spread(downhill, logs, customers)
    known = spreads <= FLAT
    root = directions[:, known] * spreads[known]
    at_an_end = (np.abs(logs[:, None] - bounds) < STEP).any(axis=1)
    loose = np.asarray((np.abs(directions[:, ~known]) > TOUCHES).any(axis=1) | at_an_end, dtype=np.bool_)
    return Maximum(np.exp(logs), root @ root.T, loose, -value * customers, bool(gain < NEAR))


def _spread(downhill: Likelihood, logs: Floats, customers: float) -> tuple[Floats, Floats]:
    """Standard error along each direction of the information, endless where there is none; and the directions."""
    slopes = [(downhill(logs + move)[1] - downhill(logs - move)[1]) / (2 * STEP) for move in STEP * np.eye(len(logs))]
    hessian = np.array(slopes)
    curvature, directions = np.linalg.eigh((hessian + hessian.T) / 2 * customers)
    return np.where(curvature > 0, 1 / np.sqrt(np.maximum(curvature, 1e-300)), np.inf), directions


def _newton(slope: Floats, spreads: Floats, directions: Floats, customers: float) -> Floats:
    known = spreads <= FLAT
    variances = np.where(known, spreads, 0.0) ** 2
    step: Floats = -directions @ (variances * (directions.T @ slope)) * customers
    return step


def _along(
    downhill: Likelihood, bounds: Floats, logs: Floats, step: Floats, value: float, slope: Floats
) -> tuple[Floats, float, Floats]:
    """As much of the step as does not lead uphill."""
    for share in (1.0, 0.25, 0.05):
        moved = np.clip(logs + share * step, bounds[:, 0], bounds[:, 1])
        reached, its_slope = downhill(moved)
        if reached <= value:
            return moved, reached, its_slope
    return logs, value, slope
