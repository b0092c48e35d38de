"""Support, confidence and lift from counted sums, with intervals that know that a customer's orders are alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from workbench.customers.affinity_counts import Counted
from workbench.customers.retention_shares import normal_quantile, wilson

Floats = NDArray[np.float64]

ROUNDING = 1e-12


@dataclass(frozen=True)
class PairCounts:
    """The sums of pairs as arrays, each over customers.

    Attributes
    ----------
    t, a, b, w : ndarray
        Units with both, with the first, with the second, and in all.
    squares : dict of str to ndarray
        Sums of the products of a customer's own counts, by the letters of the two (``tt``, ``ta``, …, ``ww``).
    """

    t: Floats
    a: Floats
    b: Floats
    w: Floats
    squares: dict[str, Floats]


def pair_counts(counted: Counted) -> PairCounts:
    """The pairs of `affinity_counts.counted` with the sums of their products beside them."""
    pairs, products = counted.pairs, counted.products.set_index("product_id")
    first, second = products.loc[pairs["first"]], products.loc[pairs["second"]]
    of_pairs = {key: pairs[f"{key[0]}_{key[1]}"].to_numpy(float) for key in ("tt", "ta", "tb", "tw", "ab")}
    of_products = {
        "aa": first["n_n"].to_numpy(float),
        "bb": second["n_n"].to_numpy(float),
        "aw": first["n_w"].to_numpy(float),
        "bw": second["n_w"].to_numpy(float),
        "ww": np.full(len(pairs), counted.units_squared),
    }
    w = np.full(len(pairs), counted.units)
    t, a, b = (column.to_numpy(float) for column in (pairs["t"], first["n"], second["n"]))
    return PairCounts(t, a, b, w, {**of_pairs, **of_products})


def log_variance(counts: PairCounts, **signs: int) -> Floats:
    """The variance of the logarithm of a product of counts and their reciprocals, customers being independent.

    Parameters
    ----------
    counts : PairCounts
        The sums.
    **signs : int
        1 or −1 for each of t, a, b and w that is in it: ``t=1, a=-1`` for a confidence.

    Notes
    -----
    The delta method with customers as clusters (J. N. K. Rao and A. J. Scott, 1992, A simple method for the analysis of
    clustered binary data, *Biometrics* 48(2)). With one unit a customer it is the usual 1/t − 1/a − 1/b + … .
    """
    total = np.zeros_like(counts.t)
    letters = list(signs)
    for at, one in enumerate(letters):
        for other in letters[at:]:
            scale = getattr(counts, one) * getattr(counts, other) / (signs[one] * signs[other])
            total += (1 if one == other else 2) * counts.squares[one + other] / scale
    return np.where(total < ROUNDING, 0.0, total)


def measured(counted: Counted, confidence: float) -> pd.DataFrame:
    """Each pair's support, confidences and lift.

    Returns
    -------
    DataFrame
        first, second, together, first_units, second_units; support, confidence (of those with the first, who has the
        second), confidence_back (the other way round) and lift, each with low and high; p_value (of a lift of 1).
    """
    counts = pair_counts(counted)
    t, a, b, w = counts.t, counts.a, counts.b, counts.w
    table = counted.pairs[["first", "second"]].reset_index(drop=True)
    table = table.assign(together=t.astype(int), first_units=a.astype(int), second_units=b.astype(int))
    shares = {
        "support": (w, log_variance(counts, t=1, w=-1)),
        "confidence": (a, log_variance(counts, t=1, a=-1)),
        "confidence_back": (b, log_variance(counts, t=1, b=-1)),
    }
    for name, (whole, variance) in shares.items():
        low, high = _share_interval(t, whole, variance, confidence)
        table = table.assign(**{name: t / whole, f"{name}_low": low, f"{name}_high": high})
    return table.assign(**_lift(counts, confidence))


def _share_interval(part: Floats, whole: Floats, log_var: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Wilson's interval with as many units as would be worth as much were they independent (Kish's effective size)."""
    share = part / whole
    independent = (1 - share) / part
    worth = np.divide(independent, log_var, out=np.ones_like(share), where=log_var > 0)
    size = whole * np.where(independent > 0, worth, 1.0)
    return wilson(share * size, size, confidence)


def _lift(counts: PairCounts, confidence: float) -> dict[str, Any]:
    lift = counts.t * counts.w / (counts.a * counts.b)
    error = np.sqrt(log_variance(counts, t=1, a=-1, b=-1, w=1))
    factor = np.exp(normal_quantile(confidence) * error)
    # Where everybody has one of the two the lift is 1 without an error, and nothing can be tested.
    z = np.divide(np.log(lift), error, out=np.zeros_like(lift), where=error > 0)
    return {"lift": lift, "lift_low": lift / factor, "lift_high": lift * factor, "p_value": 2 * ndtr(-np.abs(z))}


def false_discovery(p_values: Floats, family: int) -> Floats:
    """The smallest false discovery rate at which each is called a finding, among so many tests.

    Parameters
    ----------
    p_values : ndarray
        Of the pairs that are told.
    family : int
        All pairs that could have been told; the others count as 1.

    Notes
    -----
    Y. Benjamini and Y. Hochberg (1995), Controlling the false discovery rate, *Journal of the Royal Statistical Society
    B* 57(1). Pairs that are too rare to be told were chosen by the same data, hence they count.

    Examples
    --------
    >>> false_discovery(np.array([0.01, 0.04]), 4).tolist()
    [0.04, 0.08]
    """
    order = np.argsort(p_values, kind="stable")
    stepped = p_values[order] * family / np.arange(1, len(order) + 1)
    smallest = np.minimum.accumulate(stepped[::-1])[::-1]
    found = np.empty_like(p_values)
    found[order] = np.minimum(smallest, 1.0)
    return found
