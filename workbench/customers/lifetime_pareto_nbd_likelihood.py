"""The likelihood of the Pareto/NBD model and its derivatives, without a difference of nearly equal terms."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaln, psi

from workbench.customers.lifetime_fit import total
from workbench.customers.lifetime_hypergeometric import gauss

Floats = NDArray[np.float64]


class LogTail(NamedTuple):
    """The log of a tail integral and its derivatives by *p*, *q*, *A* and *B*."""

    value: Floats
    by_p: Floats
    by_q: Floats
    by_first: Floats
    by_second: Floats


def log_tail(p: Floats, q: Floats, A: Floats, B: Floats) -> LogTail:
    r"""The log of ∫₀^∞ (A + u)⁻ᵖ (B + u)⁻ᵠ du, with its derivatives.

    Parameters
    ----------
    p, q, A, B : ndarray
        Above 0, of one shape; p + q > 1.

    Notes
    -----
    A⁻ᵖ B¹⁻ᵠ 2F1(1, p; p + q; 1 − B/A) ÷ (p + q − 1) where A ≥ B, and with the pairs changed over where B is larger: the
    form of Fader and Hardie's note after Euler's transformation, so that the factor in front can be kept in logs and
    what is left of 2F1 stays small.

    Examples
    --------
    >>> one = np.ones(1)
    >>> bool(np.isclose(np.exp(log_tail(2 * one, one, 3 * one, 3 * one).value), 1 / 18)[0])
    True
    """
    swap = B > A
    p_, q_, A_, B_ = np.where(swap, q, p), np.where(swap, p, q), np.maximum(A, B), np.minimum(A, B)
    ratio = B_ / A_
    f = gauss(p_, p_ + q_, np.minimum(1 - ratio, 1 - 1e-15))
    log_A, log_B, over = np.log(A_), np.log(B_), 1 / (p_ + q_ - 1)
    by_z = f.by_z / f.value / A_
    value = np.log(over * f.value) - p_ * log_A + (1 - q_) * log_B
    by_p = (f.by_b + f.by_c) / f.value - over - log_A
    by_q = f.by_c / f.value - over - log_B
    by_first, by_second = by_z * ratio - p_ / A_, (1 - q_) / B_ - by_z
    return LogTail(
        value,
        np.where(swap, by_q, by_p),
        np.where(swap, by_p, by_q),
        np.where(swap, by_second, by_first),
        np.where(swap, by_first, by_second),
    )


def log_history(
    parameters: tuple[float, ...], x: Floats, t_x: Floats, T: Floats
) -> tuple[Floats, tuple[Floats, Floats, Floats, Floats]]:
    r"""The log of the density of a history, but for Γ(r + x) αʳ βˢ ÷ Γ(r), and its derivatives by r, alpha, s, beta.

    Notes
    -----
    The density of having bought *x* times until *t_x* and not since, whether still there at *T* or gone before, is
    s ∫ (α + t)⁻⁽ʳ⁺ˣ⁾ (β + t)⁻⁽ˢ⁺¹⁾ dt from *t_x* to *T*, plus (α + T)⁻⁽ʳ⁺ˣ⁾ (β + T)⁻ˢ. Integrated by parts, the second
    term turns the upper end of the first into a tail of its own sign: s ∫ (α + t)⁻⁽ʳ⁺ˣ⁾ (β + t)⁻⁽ˢ⁺¹⁾ dt from *t_x* on,
    plus (r + x) ∫ (α + t)⁻⁽ʳ⁺ˣ⁺¹⁾ (β + t)⁻ˢ dt from *T* on.
    """
    r, alpha, s, beta = parameters
    p = r + x
    flat = np.ones_like(p)
    gone = log_tail(p, (s + 1) * flat, alpha + t_x, beta + t_x)
    there = log_tail(p + 1, s * flat, alpha + T, beta + T)
    first, second = math.log(s) + gone.value, np.log(p) + there.value
    either = np.logaddexp(first, second)
    w, v = np.exp(first - either), np.exp(second - either)
    return either, (
        w * gone.by_p + v * (there.by_p + 1 / p),
        w * gone.by_first + v * there.by_first,
        w * (gone.by_q + 1 / s) + v * there.by_q,
        w * gone.by_second + v * there.by_second,
    )


class ParetoNbdLikelihood:
    """The log-likelihood of rows and its derivatives by r, alpha, s and beta."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.x, self.t_x, self.T, self.count = (
            rows[name].to_numpy(float) for name in ("frequency", "recency", "age", "count")
        )
        self.customers = float(self.count.sum())
        self.levels, at = np.unique(self.x, return_inverse=True)
        self.at_level = np.bincount(at, weights=self.count)

    def __call__(self, parameters: Floats) -> tuple[float, Floats]:
        """The log-likelihood and its derivatives."""
        r, alpha, s, beta = (float(each) for each in parameters)
        N, x = self.customers, self.levels
        density, slopes = log_history((r, alpha, s, beta), self.x, self.t_x, self.T)
        front = total(gammaln(r + x) - gammaln(r), self.at_level) + N * (r * math.log(alpha) + s * math.log(beta))
        own = (
            total(psi(r + x), self.at_level) + N * (math.log(alpha) - psi(r)),
            N * r / alpha,
            N * math.log(beta),
            N * s / beta,
        )
        return float(front + total(density, self.count)), np.array(own) + np.array(
            [total(each, self.count) for each in slopes]
        )
