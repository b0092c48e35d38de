"""How well an order of customers finds the buyers, and whether it does so better than another order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from workbench.customers.retention_shares import normal_quantile

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

TENTH = 0.1
DRAWS = 2000


def areas(scores: Floats, bought: Integers) -> tuple[Floats, Floats]:
    """The areas under the curve of several scores of the same customers, and their covariance.

    Parameters
    ----------
    scores : ndarray
        A row a score, a column a customer.
    bought : ndarray
        1 for buyers, 0 for others; both there.

    Returns
    -------
    tuple of ndarray
        As many areas as scores, and their covariances.

    Notes
    -----
    E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson (1988), *Biometrics* 44(3), by ranks as X. Sun and W. Xu (2014),
    *IEEE Signal Processing Letters* 21(11).

    Examples
    --------
    >>> areas(np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([0, 1, 0, 1]))[0].tolist()
    [0.75]
    """
    yes = bought == 1
    n, m = int(yes.sum()), int((~yes).sum())
    ranks = rankdata(scores, axis=1)
    beaten = (ranks[:, yes] - rankdata(scores[:, yes], axis=1)) / m
    beating = 1 - (ranks[:, ~yes] - rankdata(scores[:, ~yes], axis=1)) / n
    spread = np.atleast_2d(np.cov(beaten)) / n + np.atleast_2d(np.cov(beating)) / m
    return beaten.mean(axis=1), spread


def area_intervals(scores: Floats, bought: Integers, confidence: float) -> dict[str, float]:
    """The areas of two scores and their difference, each with its interval.

    Returns
    -------
    dict of str to float
        auc, auc_low, auc_high (the first score); other_auc, …; auc_difference, ….
    """
    found, spread = areas(scores, bought)
    z = normal_quantile(confidence)
    told: dict[str, float] = {}
    for name, contrast in (("auc", (1.0, 0.0)), ("other_auc", (0.0, 1.0)), ("auc_difference", (1.0, -1.0))):
        side = np.array(contrast)
        value, half = float(side @ found), z * float(np.sqrt(max(side @ spread @ side, 0.0)))
        least = -1.0 if name == "auc_difference" else 0.0
        told |= {name: value, f"{name}_low": max(value - half, least), f"{name}_high": min(value + half, 1.0)}
    return told


def in_top_tenth(score: Floats, seed: int) -> NDArray[np.bool_]:
    """Who is among the tenth with the highest score; of those who are equal at its edge, some are drawn.

    Parameters
    ----------
    score : ndarray
        Of the customers.
    seed : int
        Of the draw.
    """
    tie = np.random.default_rng(seed).permutation(len(score))
    top = np.zeros(len(score), dtype=bool)
    top[np.lexsort((tie, -score))[: round(TENTH * len(score))]] = True
    return top


def lift_intervals(scores: Floats, bought: Integers, seed: int, confidence: float) -> dict[str, float]:
    """The lifts in the top tenth of two scores and their difference, each with its interval.

    The lift is the share of buyers in the top tenth ÷ the share among all; 1 is chance.

    Returns
    -------
    dict of str to float
        lift, lift_low, lift_high (the first score); other_lift, …; lift_difference, ….

    Notes
    -----
    A bootstrap over customers (B. Efron and R. J. Tibshirani, 1993), by the eight kinds of customers that there are: in
    either top tenth or not, and buyer or not. Their counts are all that the lifts depend on, so a draw is multinomial.
    """
    one, other = (in_top_tenth(score, seed) for score in scores)
    kinds = 4 * one + 2 * other + bought
    counts = np.bincount(kinds, minlength=8)
    draws = np.random.default_rng(seed).multinomial(len(bought), counts / len(bought), size=DRAWS)
    told: dict[str, float] = {}
    ends = ((1 - confidence) / 2, (1 + confidence) / 2)
    values, drawn = _lifts(counts[None, :].astype(float)), _lifts(draws.astype(float))
    for at, name in enumerate(("lift", "other_lift", "lift_difference")):
        low, high = np.quantile(drawn[:, at], ends)
        told |= {name: float(values[0, at]), f"{name}_low": float(low), f"{name}_high": float(high)}
    return told


def _lifts(counts: Floats) -> Floats:
    buyer = np.array([0, 1, 0, 1, 0, 1, 0, 1])
    in_one, in_other = np.repeat([0, 1], 4), np.tile(np.repeat([0, 1], 2), 2)
    mean = counts @ buyer / counts.sum(axis=1)
    # A draw without any buyer has no lift; it counts as chance.
    rates = [(counts @ (buyer * top)) / np.maximum(counts @ top, 1) for top in (in_one, in_other)]
    lifts = [np.divide(rate, mean, out=np.ones_like(rate), where=mean > 0) for rate in rates]
    return np.column_stack([*lifts, lifts[0] - lifts[1]])
