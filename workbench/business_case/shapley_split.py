"""Shapley's split of a difference over the changes that make it, whatever the order they are made in."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

MOST_CHANGES = 12
"""Changes that can be split exactly: their number of combinations doubles with each."""


def shapley_split(worths: Numbers) -> Numbers:
    """What each change contributes to the whole difference, averaged over all orders of making the changes.

    Parameters
    ----------
    worths : ndarray, shape (2 ** changes,)
        The figure after each combination of changes; bit *i* of the position says whether change *i* is made. The
        first is the figure before any change, the last after all.

    Returns
    -------
    ndarray, shape (changes,)
        Contributions; they add up to the last worth minus the first.

    Notes
    -----
    L. S. Shapley, “A value for n-person games” (1953).

    Examples
    --------
    A price that goes from 2 to 3 and a quantity that goes from 10 to 20:

    >>> shapley_split(np.array([20.0, 30.0, 40.0, 60.0])).tolist()
    [15.0, 25.0]
    """
    changes = len(worths).bit_length() - 1
    combinations = np.arange(len(worths))
    made = np.array([combination.bit_count() for combination in range(len(worths))])
    # Orders in which these changes come first, then the one looked at, then the others, as a share of all orders.
    shares = np.array([1 / (changes * math.comb(changes - 1, count)) for count in range(changes)])
    split = np.empty(changes)
    for change in range(changes):
        without = combinations[combinations >> change & 1 == 0]
        split[change] = ((worths[without | 1 << change] - worths[without]) * shares[made[without]]).sum()
    return split


def split_in_order(worths: Numbers) -> Numbers:
    """What each change adds when they are made one after another in the order given.

    Parameters
    ----------
    worths : ndarray, shape (changes + 1,)
        The figure before any change, after the first, after the first two, and so on.

    Examples
    --------
    >>> split_in_order(np.array([20.0, 30.0, 60.0])).tolist()
    [10.0, 30.0]
    """
    return np.diff(worths)
