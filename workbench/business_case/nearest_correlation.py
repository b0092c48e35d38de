"""Correlation matrices: whether one is possible, the nearest that is, and the factor that draws from it."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.errors import NoSolutionError
from workbench.language import gettext as _

Numbers: TypeAlias = NDArray[np.float64]

ROUNDING = 1e-9
"""How far below zero an eigenvalue may lie by rounding alone."""
MOST_ROUNDS = 10_000


def is_possible(matrix: ArrayLike) -> bool:
    """Whether anything could be correlated like this: no eigenvalue is below zero.

    Examples
    --------
    >>> is_possible([[1, 0.9], [0.9, 1]]), is_possible([[1, 0.9, 0], [0.9, 1, 0.9], [0, 0.9, 1]])
    (True, False)
    """
    return bool(np.linalg.eigvalsh(np.asarray(matrix, dtype=float))[0] >= -ROUNDING)


def nearest_correlation(matrix: ArrayLike) -> Numbers:
    """The correlation matrix nearest to a symmetric matrix, by the sum of squared differences.

    Parameters
    ----------
    matrix : array_like, shape (n, n)
        Symmetric.

    Raises
    ------
    NoSolutionError
        When the iteration does not settle.

    Notes
    -----
    Higham (2002), Computing the nearest correlation matrix: a problem from finance, *IMA Journal of Numerical
    Analysis* 22(3), 329-343: alternating projections on the matrices without negative eigenvalues and on those with a
    unit diagonal, with Dykstra's correction.

    Examples
    --------
    >>> nearest_correlation([[1, 1, 0], [1, 1, 1], [0, 1, 1]]).round(4)[0].tolist()
    [1.0, 0.7607, 0.1573]
    """
    current = np.array(matrix, dtype=float)
    correction = np.zeros_like(current)
    for _round in range(MOST_ROUNDS):
        before, shifted = current, current - correction
        projected = _without_negative_eigenvalues(shifted)
        correction = projected - shifted
        current = projected.copy()
        np.fill_diagonal(current, 1.0)
        if np.abs(current - before).max() < ROUNDING / 10:
            return _settled(current)
    raise NoSolutionError(_("No nearest correlation matrix was found."))


def _without_negative_eigenvalues(matrix: Numbers) -> Numbers:
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray((vectors * np.maximum(values, 0.0)) @ vectors.T)


def _settled(matrix: Numbers) -> Numbers:
    """The matrix with what the last round left below zero taken away, and a diagonal of exactly one."""
    fine = _without_negative_eigenvalues(matrix)
    scale = 1 / np.sqrt(np.diag(fine))
    fine = fine * np.outer(scale, scale)
    np.fill_diagonal(fine, 1.0)
    return np.asarray((fine + fine.T) / 2)


def lower_factor(matrix: Numbers) -> Numbers:
    """The lower triangle L with L Lᵀ = matrix, also where some variables follow wholly from those before them.

    Parameters
    ----------
    matrix : ndarray, shape (n, n)
        A correlation matrix.

    Examples
    --------
    >>> lower_factor(np.array([[1.0, 1.0], [1.0, 1.0]])).tolist()
    [[1.0, 0.0], [1.0, 0.0]]
    """
    factor = np.zeros_like(matrix)
    for column in range(len(matrix)):
        rest = matrix[column:, column] - factor[column:, :column] @ factor[column, :column]
        # SciPy's decomposition refuses a pivot of zero; here such a variable brings nothing new.
        if rest[0] > ROUNDING:
            factor[column:, column] = rest / np.sqrt(rest[0])
    return factor
