"""Shapley effects: which part of the variance each of several inputs brings when inputs move together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from math import factorial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbench.business_case.distribution_families import Numbers
from workbench.business_case.nearest_correlation import lower_factor

Output: TypeAlias = Callable[[Numbers], Numbers]
"""Takes normal scores, shape (draws, inputs); gives the result of each draw, shape (draws,)."""
Orders: TypeAlias = NDArray[np.int64]

ORDERS, DRAWS_AN_ORDER = 256, 32
RESAMPLES = 500
INTERVAL = (0.025, 0.975)


@dataclass(frozen=True, eq=False)
class Effects:
    """Shares of the variance that add up to 1, an entry per input; the intervals hold 95%.

    Attributes
    ----------
    share, low, high : ndarray, shape (inputs,)
        The Shapley effect of each input, and the ends of its interval.
    variance : float
        Of the result.
    """

    share: Numbers
    low: Numbers
    high: Numbers
    variance: float


def shapley_effects(
    output: Output,
    normal_scores: Numbers,
    *,
    orders: int = ORDERS,
    draws: int = DRAWS_AN_ORDER,
    seed: int = 1,
) -> Effects:
    """Shapley effects of inputs that a Gaussian copula ties together.

    An input's effect is what it adds to the variance that is left when all inputs outside a group are held, averaged
    over all orders in which inputs can join the group.

    Parameters
    ----------
    output : callable
        Normal scores in, results out.
    normal_scores : ndarray, shape (inputs, inputs)
        Their correlations.
    orders : int
        How many orders are drawn, in pairs of an order and its reverse; all there are, in turn, where those are fewer.
    draws : int
        Draws in each order; `output` is computed for orders × draws × (inputs + 1) points.
    seed : int
        The same seed gives the same effects.

    Notes
    -----
    Owen (2014), Sobol' indices and Shapley value, *SIAM/ASA Journal on Uncertainty Quantification* 2, 245-251; Song,
    Nelson and Staum (2016), Shapley effects for global sensitivity analysis, *SIAM/ASA Journal on Uncertainty
    Quantification* 4, 1060-1083 (random orders, and the variance that is left as cost). That variance is half the mean
    square of the difference between two draws that share what is held (Jansen 1999); with the order's own triangular
    factor such pairs come out of independent scores at once. Intervals by the bootstrap over pairs of orders
    (percentiles).

    Examples
    --------
    >>> scores = np.array([[1.0, 0.9], [0.9, 1.0]])
    >>> shapley_effects(lambda drawn: drawn[:, 0], scores, draws=2048).share.round(2).tolist()
    [0.6, 0.4]
    """
    chance = np.random.default_rng(seed)
    chosen = _orders(len(normal_scores), orders, chance)
    found = [_added(output, normal_scores, order, chance.standard_normal((2, draws, len(order)))) for order in chosen]
    added = np.array([gains for gains, _squares in found])
    squares = np.array([square for _gains, square in found])
    if len(added) % 2 == 0:
        added, squares = (values.reshape(-1, 2, *values.shape[1:]).mean(axis=1) for values in (added, squares))
    return _with_intervals(added, squares, chance)


def _orders(inputs: int, orders: int, chance: np.random.Generator) -> Orders:
    """Random orders, each followed by its reverse; every order as often as any other where there are only a few."""
    if factorial(min(inputs, 12)) <= orders:
        each = np.array(list(permutations(range(inputs))))
        whole = np.concatenate([np.stack([order, order[::-1]]) for order in each])
        return np.tile(whole, (max(orders // len(whole), 1), 1))
    drawn = [chance.permutation(inputs) for _pair in range(max(orders // 2, 1))]
    return np.concatenate([np.stack([order, order[::-1]]) for order in drawn])


def _added(output: Output, normal_scores: Numbers, order: NDArray[np.int64], fresh: Numbers) -> tuple[Numbers, float]:
    """What each input adds to the variance left as the group grows from the order's end; and the whole variance."""
    inputs, draws = len(order), fresh.shape[1]
    factor = lower_factor(normal_scores[np.ix_(order, order)])
    mixed = np.tile(fresh[0], (inputs + 1, 1, 1))
    for freed in range(1, inputs + 1):
        mixed[freed, :, inputs - freed :] = fresh[1][:, inputs - freed :]
    scores = np.empty_like(mixed)
    scores[:, :, order] = mixed @ factor.T
    results = output(scores.reshape(-1, inputs)).reshape(inputs + 1, draws)
    left = ((results - results[0]) ** 2).mean(axis=1) / 2
    gains = np.empty(inputs)
    gains[order[::-1]] = np.diff(left)
    return gains, float(left[-1])


def _with_intervals(added: Numbers, squares: Numbers, chance: np.random.Generator) -> Effects:
    """The last group is all inputs, whose cost is the variance, so that the shares add up to 1."""
    count = len(added)
    taken = chance.multinomial(count, np.full(count, 1 / count), size=RESAMPLES) / count
    shares = (taken @ added) / (taken @ squares)[:, None]
    low, high = np.quantile(shares, INTERVAL, axis=0)
    variance = float(squares.mean())
    return Effects(added.mean(axis=0) / variance, low, high, variance)
