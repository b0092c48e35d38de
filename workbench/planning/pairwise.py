"""Weights from pairwise comparisons: Saaty's analytic hierarchy process, with Harker's method for missing ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from workbench.errors import DataError, Problem
from workbench.language import gettext as _
from workbench.language import listed
from workbench.planning.consistency import EXACT, LARGEST, Consistency, Judgement
from workbench.planning.reliability import Matrix
from workbench.planning.weighting import Weights

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Saaty's random index for 1 to 15 criteria (Saaty 1980, *The Analytic Hierarchy Process*, McGraw-Hill, page 21)."""
MISREAD = 0.02
"""How far two mirrored comparisons may miss 1 when multiplied, for those who write 0.33 for a third."""


def comparison_matrix(items: Sequence[str], judgements: Mapping[tuple[str, str], float]) -> pd.DataFrame:
    """The square of all comparisons, from those that were made.

    Parameters
    ----------
    items : sequence of str
        What is compared.
    judgements : mapping of (str, str) to float
        Pair → how many times as important the first is as the second: from 1/9 to 9, 1 for equal. Each pair once, in
        either order.

    Returns
    -------
    DataFrame
        items × items, NaN where no comparison was made.

    Raises
    ------
    DataError
        When a pair names something else, the same twice, or stands there both ways round.

    Examples
    --------
    >>> comparison_matrix(["Value", "Cost"], {("Value", "Cost"): 2})
           Value  Cost
    Value    1.0   2.0
    Cost     0.5   1.0
    """
    problems = [
        Problem(_("There is a comparison of {one} with {other}.").format(one=one, other=other), expected, remedy)
        for one, other in judgements
        for expected, remedy in _wrong_pair(one, other, items, judgements)
    ]
    if problems:
        raise DataError(problems)
    matrix = pd.DataFrame(np.diag(np.ones(len(items))), index=list(items), columns=list(items)).replace(0.0, np.nan)
    for (one, other), given in judgements.items():
        matrix.loc[one, other], matrix.loc[other, one] = given, 1 / given if given else np.nan
    return matrix


def combined_comparisons(matrices: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One matrix of several raters: the geometric mean of the comparisons made (Aczél and Saaty 1983).

    Parameters
    ----------
    matrices : sequence of DataFrame
        All with the same items in the same order; NaN where a rater made no comparison.

    Raises
    ------
    DataError
        When there is none, or they do not have the same items.
    """
    if not matrices or any(list(matrix.index) != list(matrices[0].index) for matrix in matrices):
        found = _("The raters' comparisons are not about the same items.")
        raise DataError(Problem(found, _("the same items in the same order"), _("Correct the lists of items.")))
    for matrix in matrices:
        _check_cells(matrix)
    logs = np.log([matrix.to_numpy(dtype=float) for matrix in matrices])
    made = np.isfinite(logs)
    sums, counts = np.where(made, logs, 0.0).sum(axis=0), made.sum(axis=0)
    means = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return pd.DataFrame(np.exp(means), index=matrices[0].index, columns=matrices[0].columns)


def pairwise_weights(comparisons: pd.DataFrame) -> Weights:
    """Weights from the principal eigenvector of pairwise comparisons.

    Parameters
    ----------
    comparisons : DataFrame
        Square, with the same names on rows and columns: how many times as important the row is as the column, from 1/9
        to 9; 1 on the diagonal, and the inverse on the other side of it. NaN where no comparison was made, on both
        sides; the others must still connect all criteria.

    Raises
    ------
    DataError
        When the matrix is not so.

    Notes
    -----
    Saaty, T. L. (1980). *The Analytic Hierarchy Process.* McGraw-Hill. A missing comparison is taken as the ratio of
    the weights themselves: Harker, P. T. (1987). Incomplete pairwise comparisons in the analytic hierarchy process.
    *Mathematical Modelling* 9(11), 837–848. The random index then shrinks linearly with what is missing (Ágoston and
    Csató 2022, *Omega* 108, 102576).

    Examples
    --------
    >>> matrix = comparison_matrix(["A", "B", "C"], {("A", "B"): 2, ("B", "C"): 2, ("A", "C"): 4})
    >>> pairwise_weights(matrix).weights.round(3).tolist()
    [0.571, 0.286, 0.143]
    """
    _check_cells(comparisons)
    _check_connected(comparisons)
    matrix = _reciprocal(comparisons.to_numpy(dtype=float))
    eigenvalue, weights = _principal(matrix)
    series = pd.Series(weights, index=comparisons.index).rename_axis("criterion_id").rename("weight")
    return Weights(series, "pairwise", _consistency(matrix, eigenvalue, series))


def _wrong_pair(
    one: str, other: str, items: Sequence[str], judgements: Mapping[tuple[str, str], float]
) -> list[tuple[str, str]]:
    if one not in items or other not in items:
        return [(listed(list(items)), _("Compare two of these."))]
    if one == other:
        return [(_("two different ones"), _("Remove this comparison."))]
    if (other, one) in judgements and items.index(one) > items.index(other):
        return [(_("each pair once"), _("Remove one of the two comparisons of this pair."))]
    return []


def _check_cells(comparisons: pd.DataFrame) -> None:
    names = [str(name) for name in comparisons.index]
    n = len(names)
    found = ""
    if names != [str(name) for name in comparisons.columns] or len(set(names)) < n:
        found = _("Rows and columns of the comparisons do not name the same criteria once each.")
    elif not 2 <= n <= len(RANDOM_INDEX):
        found = _("{count} criteria are compared.").format(count=n)
    if found:
        expected = _("from 2 to {most} criteria, the same on rows and columns").format(most=len(RANDOM_INDEX))
        raise DataError(Problem(found, expected, _("Correct the list of criteria.")))
    matrix = comparisons.to_numpy(dtype=float)
    problems = [problem for i in range(n) for j in range(i, n) if (problem := _wrong_cell(matrix, names, i, j))]
    if problems:
        raise DataError(problems)


def _wrong_cell(matrix: Matrix, names: list[str], i: int, j: int) -> Problem | None:
    there, back = matrix[i, j], matrix[j, i]
    if np.isnan(there) and np.isnan(back) and i != j:
        return None
    expected = ""
    if i == j:
        expected = "" if there == 1 else "1"
    elif not all(1 / LARGEST - MISREAD <= given <= LARGEST + MISREAD for given in (there, back)):
        expected = _("a number from 1/9 to 9")
    elif abs(there * back - 1) > MISREAD:
        expected = _("a comparison that is the inverse of the one the other way round")
    if not expected:
        return None
    found = _("{one} against {other} is {there}, and the other way round {back}.").format(
        one=names[i], other=names[j], there=there, back=back
    )
    return Problem(found, expected, _("Correct the comparison."))


def _check_connected(comparisons: pd.DataFrame) -> None:
    names = [str(name) for name in comparisons.index]
    apart = ~_reached(comparisons.to_numpy(dtype=float))
    if apart.any():
        unlinked = listed([name for name, alone in zip(names, apart, strict=True) if alone])
        found = _("No chain of comparisons leads from {first} to {names}.").format(first=names[0], names=unlinked)
        raise DataError(Problem(found, _("comparisons that connect all criteria"), _("Make at least one more.")))


def _reached(matrix: Matrix) -> np.ndarray:
    """Which criteria a chain of comparisons leads to from the first."""
    linked = np.isfinite(matrix)
    reached = np.arange(len(matrix)) == 0
    for _step in range(len(matrix)):
        reached = linked[reached].any(axis=0)
    return np.asarray(reached)


def _reciprocal(matrix: Matrix) -> Matrix:
    """Exact inverses on both sides of the diagonal, and ones on it: the geometric mean of the two readings."""
    exact = np.sqrt(matrix / matrix.T)
    np.fill_diagonal(exact, 1.0)
    return np.asarray(exact)


def _principal(matrix: Matrix) -> tuple[float, Matrix]:
    """Principal eigenvalue and eigenvector (which sums to 1), missing comparisons taken as the ratio of the weights."""
    missing = np.isnan(matrix)
    filled = np.where(missing, 0.0, matrix) + np.diag(missing.sum(axis=1))
    values, vectors = np.linalg.eig(filled)
    first = int(np.argmax(values.real))
    vector = np.abs(vectors[:, first].real)
    return float(values[first].real), np.asarray(vector / vector.sum())


def _consistency(matrix: Matrix, eigenvalue: float, weights: pd.Series) -> Consistency:
    n = len(matrix)
    missing = int(np.isnan(matrix).sum()) // 2
    spare = (n - 1) * (n - 2) // 2
    index = max((eigenvalue - n) / (n - 1), 0.0)
    random_index = RANDOM_INDEX[n - 1] * (1 - missing / spare) if spare else 0.0
    if index < EXACT or not random_index:
        return Consistency(eigenvalue, index, random_index, 0.0, missing, None)
    return Consistency(eigenvalue, index, random_index, index / random_index, missing, _worst(matrix, weights))


def _worst(matrix: Matrix, weights: pd.Series) -> Judgement | None:
    """The comparison farthest from the ratio of the weights, and what it would be if it had not been made."""
    values = weights.to_numpy()
    names = [str(name) for name in weights.index]
    errors = np.nan_to_num(matrix * values[None, :] / values[:, None])
    for place in np.argsort(-errors, axis=None, kind="stable"):
        i, j = (int(index) for index in np.unravel_index(place, errors.shape))
        without = matrix.copy()
        without[i, j] = without[j, i] = np.nan
        if i != j and _reached(without).all():
            _value, others = _principal(without)
            return Judgement(names[i], names[j], float(matrix[i, j]), float(others[i] / others[j]))
    return None
